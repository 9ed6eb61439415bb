"""Insurance cards on file: whose money, what a claim needs of them, and when they are good."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date

from django.db import transaction
from django.db.models import Q

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.patients.models import Coverage, CoverageKind, Patient
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

BIN_DIGITS = 6
LENGTHS = {"pcn": 10, "group": 15, "cardholder_id": 20, "person_code": 3, "employer": 30}
REFERENCE_CHARACTERS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An insurance card as it was sent or shown.

    ``injured_on``, ``claim_reference`` and ``employer`` are of an injury at work.
    """

    plan_name: str
    bin: str
    cardholder_id: str
    pcn: str = ""
    group: str = ""
    person_code: str = ""
    relationship: str = "1"
    kind: str = CoverageKind.COMMERCIAL.value
    starts_on: date | None = None
    ends_on: date | None = None
    injured_on: date | None = None
    claim_reference: str = ""
    employer: str = ""


def card_problems(card: Card) -> list[Problem]:
    """Why a claim could not be made with this card."""
    problems = []
    if not is_digits(card.bin, BIN_DIGITS):
        says = f"BIN {card.bin!r} is not {BIN_DIGITS} digits."
        problems.append(Problem(says, field="bin", code="card-bin"))
    for name, most in {**LENGTHS, "claim_reference": REFERENCE_CHARACTERS}.items():
        if len(getattr(card, name)) > most:
            says = f"The card's {name.replace('_', ' ')} is over {most} characters."
            problems.append(Problem(says, field=name, code="card-length"))
    if not card.cardholder_id.strip():
        says = "The card shows no cardholder number."
        problems.append(Problem(says, field="cardholder_id", code="card-holder"))
    if len(card.relationship) > 1:
        says = f"Relationship {card.relationship!r} is no code of one character."
        problems.append(Problem(says, field="relationship", code="card-relationship"))
    if card.kind not in CoverageKind.values:
        says = f"{card.kind!r} is no kind of card."
        problems.append(Problem(says, field="kind", code="card-kind"))
    if card.kind == CoverageKind.WORKERS_COMPENSATION and card.injured_on is None:
        says = "A claim for an injury at work needs the day of the injury."
        problems.append(Problem(says, field="injured_on", code="card-injury"))
    if card.starts_on and card.ends_on and card.ends_on < card.starts_on:
        says = "The card ends before it begins."
        problems.append(Problem(says, field="ends_on", code="card-days"))
    return problems + unprintable_problems(asdict(card))


def unprintable_problems(values: Mapping[str, object]) -> list[Problem]:
    """The texts with a NUL byte in them, which no record can hold."""
    return [
        Problem(f"There is a NUL byte in the {name.replace('_', ' ')}.", field=name, code="nul")
        for name, value in values.items()
        if isinstance(value, str) and "\0" in value
    ]


def is_digits(text: str, count: int) -> bool:
    """Whether the text is exactly so many plain digits."""
    return len(text) == count and text.isascii() and text.isdigit()


@transaction.atomic
def add_coverage(*, by: Worker, patient_id: int, card: Card) -> Coverage:
    """Put a further insurance card on file, last in order."""
    by.must(Duty.EDIT_PATIENT)
    patient = lock_patient(by=by, patient_id=patient_id)
    refuse_if(card_problems(card))
    twin = patient.coverages.filter(
        Q(ends_on=None) | Q(ends_on__gte=by.today),
        bin=card.bin,
        pcn=card.pcn,
        cardholder_id=card.cardholder_id,
    )
    if twin.exists():
        says = f"The card {card.cardholder_id} of BIN {card.bin} is on file."
        raise refuse(says, code="card-twice", field="cardholder_id")
    coverage = add_card(by=by, patient=patient, card=card)
    said = {"card": [card.plan_name, card.bin]}
    record(by=by, did=Deed.PATIENT_CHANGED, about=patient, details=said)
    return coverage


def add_card(*, by: Worker, patient: Patient, card: Card) -> Coverage:
    """Write the card's row."""
    last = patient.coverages.order_by("-order").values_list("order", flat=True).first() or 0
    return Coverage.objects.create(
        pharmacy_id=by.pharmacy_id, patient=patient, order=last + 1, **as_row(card)
    )


def as_row(card: Card) -> dict[str, object]:
    """The card as columns."""
    values = asdict(card)
    values["plan_name"] = card.plan_name or f"BIN {card.bin}"
    values["relationship"] = card.relationship or "1"
    return values


@transaction.atomic
def change_coverage(*, by: Worker, coverage_id: int, card: Card) -> Coverage:
    """Correct a card on file; what stood there before stays in the journal."""
    by.must(Duty.EDIT_PATIENT)
    coverage = lock_card(by=by, coverage_id=coverage_id)
    refuse_if(card_problems(card))
    values = as_row(card)
    changed: dict[str, list[str]] = {}
    for name in (each.name for each in fields(Card)):
        before = getattr(coverage, name)
        if before != values[name]:
            changed[name] = [str(before), str(values[name])]
            setattr(coverage, name, values[name])
    if changed:
        coverage.save(update_fields=list(changed))
        said = {"coverage": coverage.pk, "changed": changed}
        about = ("patient", coverage.patient_id)
        record(by=by, did=Deed.PATIENT_CHANGED, about=about, details=said)
    return coverage


def lock_card(*, by: Worker, coverage_id: int) -> Coverage:
    """A card of this pharmacy, held until the act is done (1 query)."""
    coverage = (
        Coverage.objects.select_for_update()
        .filter(pharmacy_id=by.pharmacy_id, pk=coverage_id)
        .first()
    )
    if coverage is None:
        raise refuse("No such card in this pharmacy.", code="no-card")
    return coverage


def lock_patient(*, by: Worker, patient_id: int) -> Patient:
    """The patient of this pharmacy, held until the act is done (1 query)."""
    patient = (
        Patient.objects.select_for_update()
        .filter(pharmacy_id=by.pharmacy_id, pk=patient_id)
        .first()
    )
    if patient is None:
        raise refuse("No such patient in this pharmacy.", code="no-patient")
    return patient
