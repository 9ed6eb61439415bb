"""The paper form of a request, for payers that take no other: everything we know filled in.

What only the prescriber can answer is left open and says so; nothing clinical is supposed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from io import BytesIO

from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from apothecary.workbench.label_content import BOLD, REGULAR
from apothecary.workbench.label_layout import load_fonts

# In points, 72 to the inch: whole ones.
MARGIN, NAME_WIDTH = 54, 122
OPEN_LINE = "_" * 58
TEXT = ParagraphStyle("text", fontName=REGULAR, fontSize=9, leading=12)
SMALL = ParagraphStyle("small", parent=TEXT, fontSize=8, leading=10)
TITLE = ParagraphStyle("title", parent=TEXT, fontName=BOLD, fontSize=14, leading=18)
HEAD = ParagraphStyle("head", parent=TEXT, fontName=BOLD, fontSize=10, spaceBefore=10)
# Said on every such paper that leaves the house (45 CFR 164.530(c): a safeguard, own words).
CONFIDENTIAL = (
    "This paper holds health information of one person. If it came to you by mistake, call the "
    "pharmacy above and destroy it."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question on the form: its words, the choices, and the answer where one is known."""

    text: str
    choices: tuple[str, ...] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Everything on the paper, as it is to be read."""

    number: int
    kind: str
    made_on: date
    to_name: str
    to_fax: str
    to_phone: str
    pharmacy: tuple[tuple[str, str], ...]
    patient: tuple[tuple[str, str], ...]
    card: tuple[tuple[str, str], ...]
    prescriber: tuple[tuple[str, str], ...]
    drug: tuple[tuple[str, str], ...]
    refused: str
    tried: tuple[str, ...]
    questions: tuple[Asked, ...]
    grounds: str = ""


def form_pdf(form: Form) -> bytes:
    """The form as PDF, letter size, as many pages as it needs; equal facts, equal bytes."""
    load_fonts()
    held = BytesIO()
    paper = SimpleDocTemplate(
        held,
        pagesize=letter,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=f"Prior authorization {form.number}",
        author="",
        invariant=1,
    )
    paper.build(pieces(form), onFirstPage=foot(form), onLaterPages=foot(form))
    return held.getvalue()


def pieces(form: Form) -> list[Flowable]:
    """The paper from top to bottom."""
    to = " · ".join(
        part
        for part in (
            form.to_name,
            f"fax {form.to_fax}" if form.to_fax else "",
            f"phone {form.to_phone}" if form.to_phone else "",
        )
        if part
    )
    found: list[Flowable] = [
        Paragraph("Request for prior authorization", TITLE),
        Paragraph(f"To: {escape(to)}", TEXT),
        Paragraph(f"{escape(form.kind)} · {form.made_on:%B} {form.made_on:%d, %Y}", TEXT),
    ]
    for name, rows in (
        ("Pharmacy", form.pharmacy),
        ("Patient", form.patient),
        ("Card", form.card),
        ("Prescriber", form.prescriber),
        ("Drug", form.drug),
    ):
        found += [Paragraph(name, HEAD), facts(rows)]
    found += [Paragraph("Why it is asked", HEAD), Paragraph(escape(form.refused), TEXT)]
    if form.grounds:
        found.append(Paragraph(escape(form.grounds), TEXT))
    found.append(Paragraph("Dispensed here before, of the same class", HEAD))
    found += [Paragraph(escape(one), TEXT) for one in form.tried or ("None on our records.",)]
    return found + clinical(form.questions)


def facts(rows: Sequence[tuple[str, str]]) -> Table:
    """Names and values in two columns, the empty ones left out."""
    shown = [
        [Paragraph(escape(name), SMALL), Paragraph(escape(value), TEXT)]
        for name, value in rows
        if value
    ]
    table = Table(shown or [["", ""]], colWidths=[NAME_WIDTH, None], hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [("VALIGN", (0, 0), (-1, -1), "TOP"), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)]
        )
    )
    return table


def clinical(questions: Sequence[Asked]) -> list[Flowable]:
    """The prescriber's part: the payer's questions, the diagnosis, the signature."""
    found: list[Flowable] = [Paragraph("To be completed by the prescriber", HEAD)]
    for number, one in enumerate(questions, start=1):
        found.append(Paragraph(f"{number}. {escape(one.text)}", TEXT))
        if one.answer:
            found.append(Paragraph(f"<b>{escape(one.answer)}</b>", TEXT))
        elif one.choices:
            found += [Paragraph(f"[  ] {escape(choice)}", TEXT) for choice in one.choices]
        else:
            found.append(Paragraph(OPEN_LINE, TEXT))
        found.append(Spacer(1, 4))
    for says in (
        "Diagnosis and ICD-10 code, if not given above",
        "What was tried before, with dates and what came of it",
        "Why this drug is needed",
        "Signature of the prescriber, and date",
    ):
        found += [Paragraph(says, TEXT), Paragraph(OPEN_LINE, TEXT), Spacer(1, 6)]
    return [*found, Paragraph(CONFIDENTIAL, SMALL)]


class Foot:
    """The line at the bottom of each page: which request, which page."""

    def __init__(self, form: Form) -> None:
        self.says = f"Prior authorization PA-{form.number}"

    def __call__(self, page: Canvas, paper: SimpleDocTemplate) -> None:
        """Draw it."""
        page.setFont(REGULAR, 8)
        page.drawString(MARGIN, MARGIN // 2, f"{self.says} · page {page.getPageNumber()}")


def foot(form: Form) -> Foot:
    """What stands at the bottom of each page of a form."""
    return Foot(form)
