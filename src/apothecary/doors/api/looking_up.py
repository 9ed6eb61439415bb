"""A patient looked up at the state's monitoring programme: asked, read, signed."""

from datetime import date, datetime
from decimal import Decimal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.said import Id, Sent
from apothecary.doors.api.schemas import BecauseIn
from apothecary.doors.asking import worker_of
from apothecary.intake.looking_up import ask_at_entry
from apothecary.law.problem import refuse
from apothecary.screening.looked import ask_anew
from apothecary.staff.duties import Duty
from apothecary.vault.monitoring.lookup import asking
from apothecary.vault.monitoring.lookup.history import overlaps
from apothecary.vault.monitoring.lookup.models import LookUp

router = Router(tags=["look-ups"])


class AtEntryIn(Sent):
    """Whom and what the prescription is for, as it is being typed in."""

    patient_id: int = Field(gt=0, lt=2**63)
    package_id: int = Field(gt=0, lt=2**63)


class PersonIn(Sent):
    """Which of the people the programme named; its own number."""

    number: str = Field(min_length=1, max_length=100)


class DispensedOut(Schema):
    """One dispensing as the programme tells it; ``quantity`` in its billing unit."""

    filled_on: date
    ndc11: str
    drug: str
    quantity: Decimal
    days_supply: int
    prescriber: str
    pharmacy: str
    state: str


class CandidateOut(Schema):
    number: str
    says: str


class LookUpOut(Schema):
    """A question and where it stands; ``fill_id`` is empty while it is being entered."""

    id: int
    fill_id: int | None
    arrival_id: int | None
    patient_id: int
    programme: str
    state: str
    because: str
    asked_at: datetime
    answered_at: datetime | None
    problem: str
    signed_at: datetime | None
    exception: str


class HistoryOut(LookUpOut):
    """A question with its answer; ``overlaps`` are pairs taken on the same days."""

    fills: list[DispensedOut]
    candidates: list[CandidateOut]
    overlaps: int


@router.post("/arrivals/{arrival_id}/look-up", response={200: LookUpOut, **REFUSALS})
def ask_entering(request: HttpRequest, arrival_id: Id, sent: AtEntryIn) -> LookUp:
    """Ask about the patient of what is being typed in."""
    return ask_at_entry(
        by=worker_of(request),
        arrival_id=arrival_id,
        patient_id=sent.patient_id,
        package_id=sent.package_id,
    )


@router.post("/fills/{fill_id}/look-ups", response={200: LookUpOut, **REFUSALS})
def ask(request: HttpRequest, fill_id: Id, sent: BecauseIn) -> LookUp:
    """Ask about the patient of a fill, for the first time or again."""
    return ask_anew(by=worker_of(request), fill_id=fill_id, because=sent.because)


@router.get("/fills/{fill_id}/look-ups", response={200: list[LookUpOut], **REFUSALS})
def of_fill(request: HttpRequest, fill_id: Id) -> list[LookUp]:
    """What was asked for a fill, the last first."""
    by = worker_of(request)
    by.must(Duty.ASK_HISTORY)
    return list(asking.look_ups_of(by.pharmacy_id, fill_id).defer("answer"))


@router.get("/look-ups/{look_up_id}", response={200: HistoryOut, **REFUSALS})
def answer(request: HttpRequest, look_up_id: Id) -> HistoryOut:
    """A question with what the programme says."""
    by = worker_of(request)
    by.must(Duty.ASK_HISTORY)
    row = LookUp.objects.filter(pharmacy_id=by.pharmacy_id, pk=look_up_id).first()
    if row is None:
        raise refuse("No such look-up in this pharmacy.", code="no-look-up")
    found = asking.history_of(row)
    return HistoryOut(
        **LookUpOut.from_orm(row).dict(),
        fills=[DispensedOut.from_orm(one) for one in found.fills],
        candidates=[CandidateOut.from_orm(one) for one in found.candidates],
        overlaps=len(overlaps(found.fills)),
    )


@router.post("/look-ups/{look_up_id}/sign", response={200: LookUpOut, **REFUSALS})
def sign(request: HttpRequest, look_up_id: Id) -> LookUp:
    """A pharmacist signs that the answer was looked at."""
    return asking.sign_look_up(by=worker_of(request), look_up_id=look_up_id)


@router.post("/look-ups/{look_up_id}/without", response={200: LookUpOut, **REFUSALS})
def without(request: HttpRequest, look_up_id: Id, sent: BecauseIn) -> LookUp:
    """A pharmacist writes why the fill goes on although nobody could look."""
    by = worker_of(request)
    return asking.except_look_up(by=by, look_up_id=look_up_id, because=sent.because)


@router.post("/look-ups/{look_up_id}/choose", response={200: LookUpOut, **REFUSALS})
def choose(request: HttpRequest, look_up_id: Id, sent: PersonIn) -> LookUp:
    """A pharmacist says which of several people is meant: the programme is asked again."""
    by = worker_of(request)
    return asking.choose_person(by=by, look_up_id=look_up_id, number=sent.number)
