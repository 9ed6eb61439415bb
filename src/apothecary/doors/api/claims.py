"""Claims and their rejects: one endpoint per action."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router, Schema

from apothecary.claims.actions import (
    back_to_entry,
    bill_cash,
    bill_later,
    cancel_claimed,
    date_it,
    resubmit,
    settle_by_phone,
)
from apothecary.claims.models import Claim
from apothecary.claims.rules import Changes
from apothecary.doors.api.prescriptions import FILL, REFUSALS
from apothecary.doors.api.said import Day, Id, Sent, Word
from apothecary.doors.api.schemas import BecauseIn, FillOut, fill_out
from apothecary.doors.asking import worker_of
from apothecary.staff.duties import Duty

router = Router(tags=["claims"])
MOST = 200


class ClaimOut(Schema):
    """One transaction with a payer."""

    id: int
    fill_id: int
    kind: str
    try_number: int
    payer: int
    payers: int
    state: str
    part: str
    plan_name: str
    submitted_usd: Decimal
    paid_usd: Decimal | None
    copay_usd: Decimal | None
    deductible_left_usd: Decimal | None
    corrected: str
    authorization: str
    codes: list[str]
    messages: list[str]
    next_fill_on: date | None
    problem: str
    made_at: datetime
    answered_at: datetime | None
    closing: str


class ChangesIn(Sent):
    """What changes before the claim goes out again; what is left out stays as it was."""

    bin: str | None = None
    pcn: str | None = None
    cardholder_id: str | None = None
    group: str | None = None
    person_code: str | None = None
    relationship: str | None = None
    daw: str | None = None
    clarification: str | None = None
    prior_authorization: str | None = None
    safety_codes: str | None = None
    authorization_type: str | None = None
    other_coverage: str | None = None
    delay_reason: str | None = None


class DateIn(Sent):
    """The day on which the claim goes out again."""

    on: Day


CLAIM = {200: ClaimOut, **REFUSALS}


def claim_out(claim: Claim) -> ClaimOut:
    """A claim as programs see it."""
    return ClaimOut.from_orm(claim)


@router.get("/claims", response={200: list[ClaimOut], **REFUSALS}, summary="Claims")
def claims(
    request: HttpRequest,
    fill_id: Id | None = None,
    state: Word = "",
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50,
) -> list[ClaimOut]:
    """Claims of a fill or in a state, the oldest first."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    found = Claim.objects.filter(pharmacy_id=by.pharmacy_id)
    if fill_id is not None:
        found = found.filter(fill_id=fill_id)
    if state:
        found = found.filter(state=state, closed_at=None)
    return [claim_out(claim) for claim in found.order_by("id")[:limit]]


@router.post("/claims/{claim_id}/resubmit", response=CLAIM, summary="Send it again")
def send_again(request: HttpRequest, claim_id: Id, sent: ChangesIn) -> ClaimOut:
    """Send a claim again, corrected; or the same bytes when its fate is unknown."""
    changes = Changes(**sent.dict())
    return claim_out(resubmit(by=worker_of(request), claim_id=claim_id, changes=changes))


@router.post("/claims/{claim_id}/date", response=CLAIM, summary="Put it off to a day")
def put_off(request: HttpRequest, claim_id: Id, sent: DateIn) -> ClaimOut:
    """Too soon today: the claim goes out again by itself on the day."""
    return claim_out(date_it(by=worker_of(request), claim_id=claim_id, on=sent.on))


@router.post("/claims/{claim_id}/cash", response=FILL, summary="The patient pays")
def cash(request: HttpRequest, claim_id: Id) -> FillOut:
    """The patient pays the cash price; filling goes on."""
    return fill_out(bill_cash(by=worker_of(request), claim_id=claim_id))


@router.post("/claims/{claim_id}/later", response=FILL, summary="Bill later")
def later(request: HttpRequest, claim_id: Id) -> FillOut:
    """The payer cannot be reached: filling goes on, the claim goes on trying."""
    return fill_out(bill_later(by=worker_of(request), claim_id=claim_id))


@router.post("/claims/{claim_id}/back-to-entry", response=FILL, summary="Correct the entry")
def to_entry(request: HttpRequest, claim_id: Id, sent: BecauseIn) -> FillOut:
    """What is wrong stands in the prescription."""
    by = worker_of(request)
    return fill_out(back_to_entry(by=by, claim_id=claim_id, because=sent.because))


@router.post("/claims/{claim_id}/cancel", response=FILL, summary="Cancel the fill")
def cancel(request: HttpRequest, claim_id: Id, sent: BecauseIn) -> FillOut:
    """The patient does not want it any more."""
    by = worker_of(request)
    return fill_out(cancel_claimed(by=by, claim_id=claim_id, because=sent.because))


@router.post("/claims/{claim_id}/settled", response=CLAIM, summary="Settled by phone")
def settled(request: HttpRequest, claim_id: Id, sent: BecauseIn) -> ClaimOut:
    """What the wire could not settle was settled with the payer by phone."""
    by = worker_of(request)
    return claim_out(settle_by_phone(by=by, claim_id=claim_id, because=sent.because))
