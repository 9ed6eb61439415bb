"""Papers of the vault: a table over as many pages as it takes, with its head on each.

Our own layout, letter size, lying. Every page says what it is and which page of how many; the
last one has the lines for signatures. Measures are whole points, 72 to the inch.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO, StringIO

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from apothecary.workbench.label_content import BOLD, REGULAR, printable
from apothecary.workbench.label_layout import load_fonts, width_of, wrap

WIDE, HIGH, EDGE = 792, 612, 36
ROOM = WIDE - 2 * EDGE
TITLE, TEXT, SMALL, LEAD = 13, 8, 7, 11
SIGNATURE_HIGH = 34
REPEATED = 20_000
wide = lru_cache(maxsize=REPEATED)(stringWidth)


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its share of the width in points; numbers stand at the right."""

    title: str
    width: int
    right: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper: its head in pairs, its table, what stands below, who signs."""

    title: str
    head: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    below: Sequence[str] = ()
    signatures: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row broken into lines, cell by cell."""

    cells: Sequence[Sequence[str]]

    @property
    def high(self) -> int:
        return max(len(cell) for cell in self.cells) * LEAD


def paper_csv(paper: Paper) -> str:
    """The table alone, with its titles: what a spreadsheet wants."""
    held = StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow([column.title for column in paper.columns])
    writer.writerows([plain(cell) for cell in row] for row in paper.rows)
    return held.getvalue()


def plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "@", "\t", "\r"} else cell


def paper_pdf(paper: Paper) -> bytes:
    """The paper as PDF; letters the typeface lacks are written as the nearest it has."""
    load_fonts()
    pages = parted(paper)
    held = BytesIO()
    canvas = Canvas(held, pagesize=(WIDE, HIGH), invariant=1)
    canvas.setTitle(printable(paper.title))
    for number, rows in enumerate(pages, start=1):
        y = draw_head(canvas, paper, f"page {number} of {len(pages)}", whole=number == 1)
        y = draw_titles(canvas, paper.columns, y)
        y = draw_rows(canvas, paper.columns, rows, y)
        if number == len(pages):
            draw_foot(canvas, paper, y)
        canvas.showPage()
    canvas.save()
    return held.getvalue()


def parted(paper: Paper) -> list[list[Row]]:
    """The rows page by page; the last page has room for what stands below."""
    foot = len(paper.below) * LEAD + LEAD + signatures_high(paper)
    pages: list[list[Row]] = [[]]
    left = room_for_rows(paper, first=True)
    for cells in paper.rows:
        row = broken(paper.columns, cells)
        if row.high > left and pages[-1]:
            pages.append([])
            left = room_for_rows(paper, first=False)
        pages[-1].append(row)
        left -= row.high
    if left < foot and pages[-1]:
        pages.append([])
    return pages


def room_for_rows(paper: Paper, *, first: bool) -> int:
    """What is left of a page below its head."""
    return HIGH - 2 * EDGE - head_high(paper, whole=first) - LEAD - 6


def head_high(paper: Paper, *, whole: bool) -> int:
    return TITLE + 10 + (len(paper.head) * LEAD + 4 if whole else 0)


def signatures_high(paper: Paper) -> int:
    return SIGNATURE_HIGH * len(paper.signatures)


def broken(columns: Sequence[Column], cells: Sequence[str]) -> Row:
    """The cells of a row in lines that fit their columns."""
    pairs = zip(columns, cells, strict=True)
    return Row([fitting(cell, column.width - 4) for column, cell in pairs])


@lru_cache(maxsize=REPEATED)
def fitting(cell: str, width: int) -> tuple[str, ...]:
    """A cell in lines of that width. A year says the same few names and lots on every line."""
    text = printable(cell)
    fits = width_of(text, REGULAR, TEXT) <= width
    return (text,) if fits else tuple(wrap(text, REGULAR, TEXT, width))


def draw_head(canvas: Canvas, paper: Paper, page: str, *, whole: bool) -> int:
    """What it is and which page; on the first page whose it is. Returns where it ends."""
    y = HIGH - EDGE - TITLE
    canvas.setFont(BOLD, TITLE)
    canvas.drawString(EDGE, y, printable(paper.title))
    canvas.setFont(REGULAR, SMALL)
    canvas.drawRightString(WIDE - EDGE, y, page)
    y -= 10
    for label, value in paper.head if whole else ():
        y -= LEAD
        canvas.setFont(BOLD, TEXT)
        canvas.drawString(EDGE, y, printable(label))
        canvas.setFont(REGULAR, TEXT)
        canvas.drawString(EDGE + 130, y, printable(value))
    return y - 4 if whole else y


def draw_titles(canvas: Canvas, columns: Sequence[Column], y: int) -> int:
    y -= LEAD
    canvas.setFont(BOLD, TEXT)
    x = EDGE
    for column in columns:
        if column.right:
            canvas.drawRightString(x + column.width - 6, y, column.title)
        else:
            canvas.drawString(x, y, column.title)
        x += column.width
    canvas.line(EDGE, y - 3, EDGE + sum(column.width for column in columns), y - 3)
    canvas.setFont(REGULAR, TEXT)
    return y - 6


def draw_rows(canvas: Canvas, columns: Sequence[Column], rows: Sequence[Row], y: int) -> int:
    """All rows of a page in one piece of text: a piece for each cell takes twice as long."""
    text = canvas.beginText()
    for row in rows:
        x = EDGE
        for column, lines in zip(columns, row.cells, strict=True):
            for number, line in enumerate(lines, start=1):
                if line:
                    indent = column.width - 6 - wide(line, REGULAR, TEXT) if column.right else 0
                    text.setTextOrigin(x + indent, y + 3 - number * LEAD)
                    text.textOut(line)
            x += column.width
        y -= row.high
    canvas.drawText(text)
    return y


def draw_foot(canvas: Canvas, paper: Paper, y: int) -> None:
    """What stands below the table, and a line for each signature."""
    y -= LEAD
    canvas.setFont(REGULAR, TEXT)
    for line in paper.below:
        canvas.drawString(EDGE, y, printable(line))
        y -= LEAD
    for who in paper.signatures:
        y -= SIGNATURE_HIGH
        canvas.line(EDGE, y + 10, EDGE + 260, y + 10)
        canvas.line(EDGE + 290, y + 10, EDGE + 400, y + 10)
        canvas.drawString(EDGE, y, printable(who))
        canvas.drawString(EDGE + 290, y, "date")
