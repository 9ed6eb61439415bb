"""Papers of returns as PDF, letter size: equal facts, equal bytes."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from io import BytesIO

from reportlab.lib.colors import black
from reportlab.lib.pagesizes import landscape, letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from apothecary.workbench.label_content import BOLD, REGULAR
from apothecary.workbench.label_layout import load_fonts

# In points, 72 to the inch: whole ones.
MARGIN, NAME_WIDTH = 40, 130
HAIR = Decimal("0.25")
TEXT = ParagraphStyle("text", fontName=REGULAR, fontSize=9, leading=12)
SMALL = ParagraphStyle("small", parent=TEXT, fontSize=8, leading=10)
TITLE = ParagraphStyle("title", parent=TEXT, fontName=BOLD, fontSize=15, leading=20)
HEAD = ParagraphStyle("head", parent=TEXT, fontName=BOLD, fontSize=10, spaceBefore=10)
STRONG = ParagraphStyle("strong", parent=SMALL, fontName=BOLD)
RULED = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), HAIR, black),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
)
PLAIN = TableStyle(
    [("VALIGN", (0, 0), (-1, -1), "TOP"), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)]
)
SIGN_LINE = "_" * 46


def sheet(title: str, pieces: Sequence[Flowable], *, foot: str) -> bytes:
    """The PDF of some pieces under a title, on as many pages as they need."""
    held = BytesIO()
    paper = SimpleDocTemplate(
        held,
        pagesize=landscape(letter),
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=title,
        author="",
        invariant=1,
    )
    marks = Foot(foot)
    paper.build([said(title, TITLE), *pieces], onFirstPage=marks, onLaterPages=marks)
    return held.getvalue()


def said(words: str, style: ParagraphStyle) -> Paragraph:
    """Words in a style whose fonts are there."""
    load_fonts()
    return Paragraph(escape(words), style)


def facts(rows: Sequence[tuple[str, str]]) -> Table:
    """Names and values in two columns, the empty ones left out."""
    shown = [[said(name, SMALL), said(value, TEXT)] for name, value in rows if value]
    table = Table(shown, colWidths=[NAME_WIDTH, None], hAlign="LEFT")
    table.setStyle(PLAIN)
    return table


def grid(heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Table:
    """A ruled table whose head stands on every page."""
    shown = [[said(head, STRONG) for head in heads]]
    shown += [[said(cell, SMALL) for cell in row] for row in rows]
    table = Table(shown, colWidths=list(widths), hAlign="LEFT", repeatRows=1)
    table.setStyle(RULED)
    return table


def head(says: str) -> Paragraph:
    """A heading inside a paper."""
    return said(says, HEAD)


def text(says: str) -> Paragraph:
    """A line of text."""
    return said(says, TEXT)


def signatures(who: Sequence[str]) -> list[Flowable]:
    """A line to sign for each."""
    found: list[Flowable] = []
    for one in who:
        found += [Spacer(1, 14), text(f"{SIGN_LINE}  {one}")]
    return found


def units(value: Decimal) -> str:
    """A quantity without trailing noughts."""
    said = f"{value:f}"
    return said.rstrip("0").rstrip(".") if "." in said else said


class Foot:
    """The line at the bottom of each page: which paper, which page."""

    def __init__(self, says: str) -> None:
        self.says = says

    def __call__(self, page: Canvas, paper: SimpleDocTemplate) -> None:
        """Draw it."""
        page.setFont(REGULAR, 8)
        page.drawString(MARGIN, MARGIN // 2, f"{self.says} · page {page.getPageNumber()}")
