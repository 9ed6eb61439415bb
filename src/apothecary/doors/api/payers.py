"""Who pays: the cards of a patient, the order for a fill, and questions to payers."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router, Schema

from apothecary.claims.choosing import bill_next_card, choose_cards
from apothecary.claims.eligibility import ask_about_card, ask_about_patient, found_by
from apothecary.claims.models import Inquiry
from apothecary.claims.payers.found import take_insured, take_other
from apothecary.doors.api.claims import CLAIM, ClaimOut, claim_out
from apothecary.doors.api.prescriptions import FILL, REFUSALS
from apothecary.doors.api.said import Day, Id, Sent, Word
from apothecary.doors.api.schemas import FillOut, fill_out
from apothecary.doors.asking import worker_of
from apothecary.patients.cards import Card, add_coverage, change_coverage
from apothecary.patients.models import Coverage, CoverageKind
from apothecary.staff.duties import Duty

router = Router(tags=["payers"])


class CardOut(Schema):
    """An insurance card on file."""

    id: int
    patient_id: int
    order: int
    kind: str
    plan_name: str
    bin: str
    pcn: str
    group: str
    cardholder_id: str
    person_code: str
    relationship: str
    starts_on: date | None
    ends_on: date | None
    injured_on: date | None
    claim_reference: str
    employer: str


class CardIn(Sent):
    """An insurance card as it is shown."""

    bin: Word
    cardholder_id: Word
    plan_name: Word = ""
    pcn: Word = ""
    group: Word = ""
    person_code: Word = ""
    relationship: Word = "1"
    kind: Word = CoverageKind.COMMERCIAL.value
    starts_on: Day | None = None
    ends_on: Day | None = None
    injured_on: Day | None = None
    claim_reference: Word = ""
    employer: Word = ""


class PayersIn(Sent):
    """The cards that are asked for a fill, first to last."""

    coverage_ids: Annotated[list[Id], Field(min_length=1, max_length=9)]


class QuestionIn(Sent):
    """Which payer is asked about a patient without a card."""

    bin: Word
    pcn: Word = ""


class InquiryOut(Schema):
    """A question to a payer about a patient, and what it knows."""

    id: int
    patient_id: int
    coverage_id: int | None
    bin: str
    pcn: str
    state: str
    codes: list[str]
    problem: str
    made_at: datetime
    answered_at: datetime | None
    group: str = ""
    cardholder_id: str = ""
    other_bins: list[str] = []


CARD = {200: CardOut, **REFUSALS}
INQUIRY = {200: InquiryOut, **REFUSALS}


def card_of(sent: CardIn) -> Card:
    """The card as the house keeps it."""
    return Card(**sent.dict())


def card_out(card: Coverage) -> CardOut:
    """A card as programs see it."""
    return CardOut.from_orm(card)


def inquiry_out(inquiry: Inquiry) -> InquiryOut:
    """A question as programs see it, with what it found."""
    out, found = InquiryOut.from_orm(inquiry), found_by(inquiry)
    if found is not None:
        out.group, out.cardholder_id = found.insured.group, found.insured.cardholder_id
        out.other_bins = [other.bin for other in found.others]
    return out


@router.post("/fills/{fill_id}/payers", response=FILL, summary="Choose who pays")
def choose(request: HttpRequest, fill_id: Id, sent: PayersIn) -> FillOut:
    """Bill a fill to these cards in this order; what was billed to others is taken back."""
    by = worker_of(request)
    return fill_out(choose_cards(by=by, fill_id=fill_id, coverage_ids=sent.coverage_ids))


@router.post("/claims/{claim_id}/next-card", response=CLAIM, summary="Ask the next card")
def next_card(request: HttpRequest, claim_id: Id) -> ClaimOut:
    """This payer will not pay: ask the next card, and tell it of the refusal."""
    return claim_out(bill_next_card(by=worker_of(request), claim_id=claim_id))


@router.get(
    "/patients/{patient_id}/cards", response={200: list[CardOut], **REFUSALS}, summary="Cards"
)
def cards(request: HttpRequest, patient_id: Id) -> list[CardOut]:
    """The insurance cards of a patient in their order."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    found = Coverage.objects.filter(pharmacy_id=by.pharmacy_id, patient_id=patient_id)
    return [card_out(card) for card in found.order_by("order")]


@router.post("/patients/{patient_id}/cards", response=CARD, summary="A further card")
def add(request: HttpRequest, patient_id: Id, sent: CardIn) -> CardOut:
    """Put a further insurance card on file, last in order."""
    by = worker_of(request)
    return card_out(add_coverage(by=by, patient_id=patient_id, card=card_of(sent)))


@router.post("/cards/{coverage_id}/change", response=CARD, summary="Correct a card")
def change(request: HttpRequest, coverage_id: Id, sent: CardIn) -> CardOut:
    """Correct a card on file; every field is as it is said here."""
    by = worker_of(request)
    return card_out(change_coverage(by=by, coverage_id=coverage_id, card=card_of(sent)))


@router.post("/cards/{coverage_id}/ask", response=INQUIRY, summary="Ask about a card")
def ask_card(request: HttpRequest, coverage_id: Id) -> InquiryOut:
    """Ask the payer of a card whether it knows the patient (E1)."""
    return inquiry_out(ask_about_card(by=worker_of(request), coverage_id=coverage_id))


@router.post("/patients/{patient_id}/ask", response=INQUIRY, summary="Ask about a patient")
def ask_patient(request: HttpRequest, patient_id: Id, sent: QuestionIn) -> InquiryOut:
    """Look for a patient without a card at a payer (E1)."""
    asked = ask_about_patient(
        by=worker_of(request), patient_id=patient_id, bin_number=sent.bin, pcn=sent.pcn
    )
    return inquiry_out(asked)


@router.get(
    "/patients/{patient_id}/inquiries",
    response={200: list[InquiryOut], **REFUSALS},
    summary="Questions to payers",
)
def inquiries(request: HttpRequest, patient_id: Id) -> list[InquiryOut]:
    """What payers were asked about a patient, the newest first."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    found = Inquiry.objects.filter(pharmacy_id=by.pharmacy_id, patient_id=patient_id)
    rows = found.select_related("outgoing").order_by("-pk")[:50]
    return [inquiry_out(inquiry) for inquiry in rows]


@router.post("/inquiries/{inquiry_id}/take", response=CARD, summary="Take the card")
def take(request: HttpRequest, inquiry_id: Id) -> CardOut:
    """Put the card on file as the payer knows the patient."""
    return card_out(take_insured(by=worker_of(request), inquiry_id=inquiry_id))


@router.post("/inquiries/{inquiry_id}/take/{place}", response=CARD, summary="Take another card")
def take_seen(request: HttpRequest, inquiry_id: Id, place: Id) -> CardOut:
    """Put another card on file that the payer has seen; ``place`` counts from 1."""
    return card_out(take_other(by=worker_of(request), inquiry_id=inquiry_id, place=place))
