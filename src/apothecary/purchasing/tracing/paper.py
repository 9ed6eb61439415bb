"""Papers of tracing as PDF, in layouts of our own: an inspector's answer, a notification."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from io import BytesIO

from reportlab.lib.pagesizes import landscape, letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from apothecary.law.problem import refuse
from apothecary.purchasing.tracing.answering import Answer, Traced
from apothecary.purchasing.tracing.cases.form_3911 import Form3911
from apothecary.workbench.label_content import BOLD, REGULAR
from apothecary.workbench.label_layout import load_fonts

# In points, 72 to the inch: whole ones.
MARGIN, NAME_WIDTH, VALUE_WIDTH, GRID = 48, 170, 346, (84, 128, 132, 92, 130, 130)
MOST_ON_PAPER = 2_000
LONGEST_PIECE = 2_400
TEXT = ParagraphStyle("text", fontName=REGULAR, fontSize=9, leading=12, splitLongWords=1)
SMALL = ParagraphStyle("small", parent=TEXT, fontSize=7, leading=9)
HEAD = ParagraphStyle("head", parent=SMALL, fontName=BOLD)
TITLE = ParagraphStyle("title", parent=TEXT, fontName=BOLD, fontSize=14, leading=18)
COLUMNS = ("Sold on", "Product", "Serial, lot, expiry", "Seller", "Papers", "Here")


def answer_pdf(answer: Answer, *, pharmacy: str, address: str) -> bytes:
    """An inspector's answer, a line a package. Refused above what anybody reads on paper."""
    if len(answer.packages) > MOST_ON_PAPER:
        says = f"{len(answer.packages):,} packages fill no paper: take CSV, or ask by lot."
        raise refuse(says, code="too-many", field="kind")
    load_fonts()
    title = f"Tracing answer: {answer.said}"
    rows: list[list[Flowable]] = [[Paragraph(one, HEAD) for one in COLUMNS]]
    rows += [answer_line(one) for one in answer.packages]
    table = Table(rows, colWidths=GRID, repeatRows=1)
    table.setStyle(RULES)
    pieces = [
        Paragraph(escape(title), TITLE),
        Paragraph(escape(f"{pharmacy}, {address}"), TEXT),
        Paragraph(
            escape(
                f"{len(answer.packages)} packages, as known at {answer.asked_at:%Y-%m-%d %H:%M}"
                " UTC. Transaction information and statements are kept six years."
            ),
            TEXT,
        ),
        Spacer(1, 8),
        table,
    ]
    return built(pieces, title=title, at=answer.asked_at, wide=True)


def answer_line(one: Traced) -> list[Flowable]:
    """One package as six cells."""
    came = f"came {one.received_at:%Y-%m-%d}, {one.condition}" if one.received_at else ""
    cells = (
        f"{one.transaction_on}",
        f"{one.name} {one.strength} {one.form}, {one.container}, NDC {one.ndc or '?'}",
        f"{one.serial or 'no serial number'}, lot {one.lot}, {one.expires_on or 'no expiry'}",
        f"{one.seller}",
        f"{one.orders} {one.invoices} document {one.document}. {one.statement}",
        f"{came or 'not received'}{f', lot now {one.lot_now}' if one.lot_now else ''}",
    )
    return [Paragraph(escape(cell[:LONGEST_PIECE]), SMALL) for cell in cells]


def form_pdf(form: Form3911, *, case: int, made_at: datetime) -> bytes:
    """The items of a notification, in an order of our own; what is not known stays open."""
    load_fonts()
    title = f"Drug notification, case {case}"
    rows: list[list[Flowable]] = []
    for label, value in form.lines():
        parts = pieces_of(value) or ["—"]
        rows += [
            [Paragraph(escape(label if first else ""), HEAD), Paragraph(escape(part), TEXT)]
            for first, part in zip([True, *[False] * len(parts)], parts, strict=False)
        ]
    table = Table(rows, colWidths=(NAME_WIDTH, VALUE_WIDTH))
    table.setStyle(RULES)
    pieces = [
        Paragraph(escape(title), TITLE),
        Paragraph(
            "The facts that Form FDA 3911 asks for, to be typed into the FDA's own form. "
            "This paper is not that form.",
            TEXT,
        ),
        Spacer(1, 8),
        table,
    ]
    return built(pieces, title=title, at=made_at, wide=False)


def pieces_of(text: str) -> list[str]:
    """A long text in pieces that fit a page each."""
    return [text[at : at + LONGEST_PIECE] for at in range(0, len(text), LONGEST_PIECE)]


RULES = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 1, "#999999"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
    ]
)


def built(pieces: Sequence[Flowable], *, title: str, at: datetime, wide: bool) -> bytes:
    """The paper; equal facts, equal bytes."""
    held = BytesIO()

    def foot(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont(REGULAR, 7)
        said = f"{title} · made {at:%Y-%m-%d %H:%M} UTC · page {document.page}"
        canvas.drawString(MARGIN, MARGIN // 2, said[:150])

    paper = SimpleDocTemplate(
        held,
        pagesize=landscape(letter) if wide else letter,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=title,
        author="",
        invariant=1,
    )
    paper.build(list(pieces), onFirstPage=foot, onLaterPages=foot)
    return held.getvalue()
