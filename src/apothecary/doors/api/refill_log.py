"""The day's refills of controlled drugs: read, signed by who dispensed them, what is owed."""

from datetime import date, datetime
from decimal import Decimal

from django.http import HttpRequest
from ninja import Router, Schema

from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.said import Day, Sent
from apothecary.doors.asking import worker_of
from apothecary.prescriptions.refill_log import queries
from apothecary.prescriptions.refill_log.signing import sign_refills
from apothecary.staff.duties import Duty

router = Router(tags=["refill log"])


class SignRefillsIn(Sent):
    """``verified``: each line of mine is what I dispensed."""

    day: Day
    verified: bool = False


class RefillLineOut(Schema):
    """A refill as the log shows it; quantity in its billing unit."""

    rx: int
    refill: int
    authorized: int
    written_on: date
    at: datetime
    drug: str
    form: str
    schedule: str
    ndc: str
    quantity: Decimal
    unit: str
    patient: str
    prescriber: str
    dea: str
    pharmacist: str
    signed_at: datetime | None
    now: str


class OwedOut(Schema):
    """What a pharmacist has not signed of a day; ``late`` says why that is too long."""

    day: date
    name: str
    refills: int
    since: datetime
    late: list[str]


class SignedOut(Schema):
    day: date
    refills: int
    late: bool


@router.get("/refills", response={200: list[RefillLineOut], **REFUSALS})
def refills(request: HttpRequest, day: Day | None = None) -> list[RefillLineOut]:
    """The refills of a day in their order; of today where none is said."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    lines = queries.lines_of_day(by.pharmacy_id, day or by.today)
    return [RefillLineOut.from_orm(line) for line in lines]


@router.get("/refills/owed", response={200: list[OwedOut], **REFUSALS})
def owed(request: HttpRequest) -> list[OwedOut]:
    """What is not signed, the oldest day first."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    return [
        OwedOut(
            day=each.day,
            name=each.name,
            refills=each.refills,
            since=each.since,
            late=[problem.says for problem in each.late],
        )
        for each in queries.owed(by.pharmacy_id, at=by.at, on=by.today)
    ]


@router.post("/refills/sign", response={200: SignedOut, **REFUSALS})
def sign(request: HttpRequest, sent: SignRefillsIn) -> SignedOut:
    """Sign one's own refills of a day; late is signed all the same, and said."""
    row = sign_refills(by=worker_of(request), day=sent.day, verified=sent.verified)
    return SignedOut(day=row.day, refills=row.refills, late=row.late)
