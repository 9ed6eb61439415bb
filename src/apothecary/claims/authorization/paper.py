"""The paper form of one authorization from the rows of the house."""

from apothecary.claims.authorization.facts import Tried
from apothecary.claims.authorization.fax import Asked, Form
from apothecary.claims.authorization.queries import Page, kind_of
from apothecary.claims.authorization.states import Kind
from apothecary.claims.building.text import icd_code
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.wires.script.authorization_model import Question
from apothecary.workbench.filters import phone, quantity

Rows = tuple[tuple[str, str], ...]


def form_of(page: Page, *, by: Worker) -> Form:
    """Everything the paper says, filled in from what we know (1 query)."""
    row, rx, sheet = page.row, page.row.prescription, page.sheet
    package, product = row.fill.package, row.fill.package.product
    code = icd_code(rx.diagnosis)
    return Form(
        number=row.pk,
        kind=kind_of(row),
        made_on=by.today,
        to_name=row.coverage.plan_name,
        to_fax=said_phone(sheet.pa_fax),
        to_phone=said_phone(sheet.pa_phone),
        pharmacy=pharmacy_rows(Pharmacy.objects.get(pk=by.pharmacy_id)),
        patient=(
            ("Name", str(row.patient)),
            ("Born", f"{row.patient.birth_date:%m/%d/%Y}"),
            ("Sex", row.patient.sex),
            ("Phone", said_phone(row.patient.phone)),
        ),
        card=(
            ("Member number", row.coverage.cardholder_id),
            ("BIN, PCN", f"{row.coverage.bin}, {row.coverage.pcn}"),
            ("Group", row.coverage.group),
            ("Person", row.coverage.person_code),
        ),
        prescriber=(
            ("Name", str(rx.prescriber)),
            ("NPI", rx.prescriber.npi),
            ("Practice", rx.prescriber.practice),
            ("Phone", said_phone(rx.prescriber.phone)),
            ("Fax", said_phone(rx.prescriber.fax)),
        ),
        drug=(
            ("Drug", f"{product.brand or product.name} {product.strength_said} {product.form}"),
            ("NDC", package.ndc11),
            ("Quantity", quantity(row.fill.quantity, package.unit)),
            ("Days’ supply", str(row.fill.days_supply)),
            ("Refills", str(rx.refills)),
            ("Directions", rx.directions),
            ("Prescribed on", f"{rx.written_on:%m/%d/%Y}"),
            ("Diagnosis", code or rx.diagnosis),
        ),
        refused=row.because if row.kind != Kind.APPEAL else row.said,
        grounds=row.because if row.kind == Kind.APPEAL else "",
        tried=tuple(said_tried(one) for one in page.tried),
        questions=tuple(
            Asked(
                one.question.text,
                tuple(c.text for c in one.question.choices),
                answer_of(one.question, one.given.values if one.given else ()),
            )
            for one in page.questions
        ),
    )


def answer_of(question: Question, values: tuple[str, ...]) -> str:
    """An answer in words: of a choice its text."""
    texts = {choice.id: choice.text for choice in question.choices}
    return ", ".join(texts.get(value, value) for value in values)


def said_tried(one: Tried) -> str:
    """An earlier drug, with its class and its days."""
    return f"{one} (first {one.first_on:%Y-%m-%d}; {one.shared})"


def said_phone(number: str) -> str:
    """A number as it is read, empty where there is none."""
    return str(phone(number)) if number else ""


def pharmacy_rows(pharmacy: Pharmacy) -> Rows:
    """Who asks."""
    return (
        ("Name", pharmacy.name),
        ("NPI", pharmacy.npi),
        ("Address", f"{pharmacy.street}, {pharmacy.city}, {pharmacy.state}"),
        ("Phone", said_phone(pharmacy.phone)),
    )
