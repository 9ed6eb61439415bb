"""The bag tag on paper: the label stock of the vials, letters one can read from a step away.

The same layout as PDF, as ZPL for a label printer and as a picture for the screen.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from math import ceil

from reportlab.pdfgen.canvas import Canvas

from apothecary.law.problem import refuse
from apothecary.pickup.tags import BagTag
from apothecary.workbench import labels
from apothecary.workbench.label_content import BOLD, REGULAR, printable, undrawable
from apothecary.workbench.label_layout import (
    HEIGHT,
    INNER,
    MARGIN,
    WIDTH,
    Code,
    Flow,
    Mark,
    load_fonts,
    width_of,
    wrap,
)
from apothecary.workbench.labels import Dpi, Matrix

NAME_SIZES = (38, 32, 26, 21, 17)
BIG = 24
MARKED = 20
SMALL = 10
KEEP = {"refrigerator": "KEEP IN THE FRIDGE", "freezer": "KEEP IN THE FREEZER"}
SCREEN_DPI: Dpi = 203


def tag_pdf(tag: BagTag, dpi: Dpi = 203) -> bytes:
    """The tag as PDF of one page, its code aligned to the dots of a printer of ``dpi``.

    Raises Refused when the name has a letter the typeface cannot draw or does not fit.
    """
    matrix, marks = prepared(tag, dpi)
    load_fonts()
    held = BytesIO()
    page = Canvas(held, pagesize=(WIDTH, HEIGHT), invariant=1)
    page.setTitle(f"Tag {tag.payload}")
    for mark in marks:
        labels.paint_pdf(page, mark, matrix, dpi)
    page.showPage()
    page.save()
    return held.getvalue()


def tag_zpl(tag: BagTag, dpi: Dpi = 203) -> bytes:
    """The tag as ZPL II, drawn as one graphic; the same refusals as ``tag_pdf``."""
    matrix, marks = prepared(tag, dpi)
    return labels.zpl_part(marks, matrix, dpi)


def tag_png(tag: BagTag) -> bytes:
    """The tag as it is printed, for the screen."""
    matrix, marks = prepared(tag, SCREEN_DPI)
    held = BytesIO()
    labels.label_image(marks, matrix, SCREEN_DPI).save(held, "PNG")
    return held.getvalue()


def prepared(tag: BagTag, dpi: Dpi) -> tuple[Matrix, list[Mark]]:
    """The code's modules and everything on the tag, or a refusal."""
    missing = undrawable(tag.name + tag.bin)
    if missing:
        says = f"The tag cannot print “{''.join(sorted(missing))}”: write it by hand."
        raise refuse(says, code="tag-letters", field="name")
    matrix = labels.code_matrix(tag.payload)
    return matrix, lay_out(tag, ceil(len(matrix) * labels.module_points(dpi)))


def lay_out(tag: BagTag, code_size: int) -> list[Mark]:
    """Who, how many, where it lies, what to think of; the code in the upper right corner."""
    flow = Flow(MARGIN - 2)
    name = printable(tag.name)
    size, lines = fitted(name, INNER - code_size - 8)
    for line in lines:
        flow.line(line, size, BOLD)
    flow.y = max(flow.y, MARGIN + code_size + 2)
    flow.rule()
    flow.line(f"BAG {tag.number} OF {tag.bags}", BIG, BOLD)
    for words in marked(tag):
        flow.line(words, MARKED, BOLD)
    flow.rule()
    flow.line(f"ready {tag.ready_on:%m/%d/%Y} · goes back {tag.back_on:%m/%d/%Y}", SMALL)
    flow.line(tag.payload, SMALL, REGULAR)
    if flow.y > HEIGHT - MARGIN:
        says = "The name is too long for a tag: write it by hand."
        raise refuse(says, code="tag-full", field="name")
    return [*flow.marks, Code(WIDTH - MARGIN, MARGIN)]


def fitted(name: str, width: int) -> tuple[int, list[str]]:
    """The name on one line as large as it fits, else small on several."""
    for size in NAME_SIZES:
        if width_of(name, BOLD, size) <= width:
            return size, [name]
    return NAME_SIZES[-1], wrap(name, BOLD, NAME_SIZES[-1], width)


def marked(tag: BagTag) -> Iterator[str]:
    """What whoever hands it over must not miss."""
    if tag.bin:
        yield f"BIN {printable(tag.bin)}"
    if tag.cold:
        yield KEEP[tag.cold]
    if tag.counselling:
        yield "COUNSELLING DUE"


@dataclass(frozen=True, slots=True)
class TagPaper:
    """One form of the tag: its media type and how it is made."""

    media_type: str
    made: Callable[[BagTag], bytes]


TAG_PAPERS: Mapping[str, TagPaper] = {
    "pdf": TagPaper("application/pdf", tag_pdf),
    "zpl": TagPaper("application/zpl", tag_zpl),
}
