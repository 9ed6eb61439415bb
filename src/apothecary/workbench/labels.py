"""Vial labels, 4 by 3 inches: the same layout as PDF and as ZPL for a label printer.

The ZPL carries the label as one graphic. A printer's own fonts differ by model and firmware and
many lack the letters of Spanish; drawn here, a label is the same on every printer, and a line
that was measured to fit does fit. Module sizes of the code are whole printer dots.
"""

from io import BytesIO
from typing import Literal

import zxingcpp
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfgen.canvas import Canvas

from apothecary.law.problem import refuse_if
from apothecary.workbench import label_layout as layout
from apothecary.workbench.label_content import FILES, FONTS, LabelContent, label_problems
from apothecary.workbench.label_graphics import graphics
from apothecary.workbench.label_layout import Code, Mark, Rule, Text, lay_out, load_fonts

__all__ = ["Dpi", "LabelContent", "label_pdf", "label_zpl"]

Dpi = Literal[203, 300]
POINTS_AN_INCH = 72
# Half a millimetre a module: 4 dots at 203 dpi and 6 at 300 dpi, read by every counter scanner.
DOTS_A_MODULE: dict[Dpi, int] = {203: 4, 300: 6}

Matrix = list[list[bool]]


def label_pdf(content: LabelContent, dpi: Dpi = 203) -> bytes:
    """The label as PDF, one page a part, aligned to the dots of a printer of ``dpi``.

    Raises Refused with every reason when the label would lack something, could not print a
    letter, or would need more than four parts.
    """
    matrix, parts = prepared(content, dpi)
    held = BytesIO()
    page = Canvas(held, pagesize=(layout.WIDTH, layout.HEIGHT), invariant=1)
    page.setTitle(f"Label {content.rx_number}")
    for marks in parts:
        for mark in marks:
            paint_pdf(page, mark, matrix, dpi)
        page.showPage()
    page.save()
    return held.getvalue()


def label_zpl(content: LabelContent, dpi: Dpi = 203) -> bytes:
    """The label as ZPL II, one ``^XA … ^XZ`` a part; the same refusals as ``label_pdf``."""
    matrix, parts = prepared(content, dpi)
    return b"".join(zpl_part(marks, matrix, dpi) for marks in parts)


def prepared(content: LabelContent, dpi: Dpi) -> tuple[Matrix, list[list[Mark]]]:
    """The code's modules and the laid-out parts, or a refusal."""
    refuse_if(label_problems(content))
    matrix = code_matrix(content.payload)
    return matrix, lay_out(content, len(matrix) * module_points(dpi))


def code_matrix(payload: str) -> Matrix:
    """The square DataMatrix of the payload, True where a module is dark."""
    code = zxingcpp.create_barcode(
        payload, zxingcpp.BarcodeFormat.DataMatrix, force_square=True
    )
    picture = zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False)
    rows, columns = picture.shape
    dots = memoryview(picture).cast("B")  # type: ignore[arg-type]  # a buffer, unlike its stub
    return [[dots[y * columns + x] == 0 for x in range(columns)] for y in range(rows)]


def module_points(dpi: Dpi) -> float:
    return DOTS_A_MODULE[dpi] * POINTS_AN_INCH / dpi


def dots(points: float, dpi: Dpi) -> int:
    """Points as the nearest whole printer dot."""
    return round(points * dpi / POINTS_AN_INCH)


def paint_pdf(page: Canvas, mark: Mark, matrix: Matrix, dpi: Dpi) -> None:
    load_fonts()
    if isinstance(mark, Text):
        page.setFont(mark.font, mark.size)
        page.drawString(mark.x, layout.HEIGHT - mark.y, mark.text)
    elif isinstance(mark, Rule):
        page.setLineWidth(mark.thickness)
        page.line(mark.x, layout.HEIGHT - mark.y, mark.x + mark.width, layout.HEIGHT - mark.y)
    else:
        code_pdf(page, mark, matrix, dpi)


def code_pdf(page: Canvas, place: Code, matrix: Matrix, dpi: Dpi) -> None:
    """Runs of dark modules as rectangles whose edges lie on printer dots."""
    dot = POINTS_AN_INCH / dpi
    side = DOTS_A_MODULE[dpi]
    left = dots(place.right, dpi) - len(matrix[0]) * side
    top = dots(place.top, dpi)
    high = layout.HEIGHT * dpi // POINTS_AN_INCH
    for y, row in enumerate(matrix):
        for start, length in runs(row):
            page.rect(
                (left + start * side) * dot,
                (high - top - (y + 1) * side) * dot,
                length * side * dot,
                side * dot,
                stroke=0,
                fill=1,
            )


def runs(row: list[bool]) -> list[tuple[int, int]]:
    """Start and length of each run of dark modules."""
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((x, 1))
    return found


def zpl_part(marks: list[Mark], matrix: Matrix, dpi: Dpi) -> bytes:
    picture = label_image(marks, matrix, dpi)
    return b"".join(
        [
            f"^XA^PW{picture.width}^LL{picture.height}^LH0,0\n".encode("ascii"),
            *(comment(mark.text) for mark in marks if isinstance(mark, Text)),
            graphics(picture),
            b"^XZ\n",
        ]
    )


def comment(text: str) -> bytes:
    """What a line of the label says, as a remark printers skip: for logs and people."""
    harmless = text.replace("^", " ").replace("~", " ")
    return f"^FX {harmless}^FS\n".encode()


def label_image(marks: list[Mark], matrix: Matrix, dpi: Dpi) -> Image.Image:
    """One part in printer dots, black on white, one bit a dot."""
    size = (dots(layout.WIDTH, dpi), dots(layout.HEIGHT, dpi))
    picture = Image.new("1", size, 1)
    pen = ImageDraw.Draw(picture)
    pen.fontmode = "1"
    for mark in marks:
        paint_dots(pen, mark, matrix, dpi)
    return picture


def paint_dots(pen: ImageDraw.ImageDraw, mark: Mark, matrix: Matrix, dpi: Dpi) -> None:
    if isinstance(mark, Text):
        place = (dots(mark.x, dpi), dots(mark.y, dpi))
        pen.text(
            place, mark.text, fill=0, font=face(mark.font, dots(mark.size, dpi)), anchor="ls"
        )
    elif isinstance(mark, Rule):
        left, y = dots(mark.x, dpi), dots(mark.y, dpi)
        thick = max(dots(mark.thickness, dpi), 1)
        pen.rectangle((left, y, left + dots(mark.width, dpi) - 1, y + thick - 1), fill=0)
    else:
        code_dots(pen, mark, matrix, dpi)


def code_dots(pen: ImageDraw.ImageDraw, place: Code, matrix: Matrix, dpi: Dpi) -> None:
    side = DOTS_A_MODULE[dpi]
    left = dots(place.right, dpi) - len(matrix[0]) * side
    top = dots(place.top, dpi)
    for y, row in enumerate(matrix):
        for start, length in runs(row):
            x = left + start * side
            box = (x, top + y * side, x + length * side - 1, top + (y + 1) * side - 1)
            pen.rectangle(box, fill=0)


def face(font: str, size: int) -> ImageFont.FreeTypeFont:
    """The same typeface the layout was measured with, at a height in dots."""
    return ImageFont.truetype(FONTS / FILES[font], size, layout_engine=ImageFont.Layout.BASIC)
