"""Emergency oral orders of a C-II: those there are, what covers one, who was told."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router, Schema

from apothecary.doors.api.intake import MOST_FIELDS, Name, Typed
from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.said import Id, Sent
from apothecary.doors.asking import worker_of
from apothecary.intake.actions.covering import Marks, cover_by_arrival
from apothecary.intake.page import arrival_values
from apothecary.intake.queries import arrival_page
from apothecary.law.problem import refuse
from apothecary.prescriptions.emergency.following import tell_office
from apothecary.prescriptions.emergency.forms import read_telling
from apothecary.prescriptions.emergency.queries import OrderLine, open_orders, order_page
from apothecary.prescriptions.emergency.rules import Moment
from apothecary.prescriptions.emergency.taking import moment_of
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker

router = Router(tags=["emergency orders"])
Text = Annotated[str, Field(max_length=1000)]


class EmergencyOut(Schema):
    """An emergency oral order: its times, where it stands, what is to be done next."""

    id: int
    prescription_id: int
    number: int
    ordered_at: datetime
    due_on: date
    due_at: datetime
    because: str
    period: str
    stands: str
    next: str
    owes: list[str]
    left: str
    covered_on: date | None
    annotation: str
    told: list[str]


class CoverIn(Sent):
    """Which order it covers, the marks of the paper; ``values`` go over the entry form."""

    order_id: Id
    oral_order_on: date | None = None
    words: bool = False
    postmarked_on: date | None = None
    received_on: date | None = None
    values: dict[Name, Typed] = Field(default_factory=dict, max_length=MOST_FIELDS)


class ToldIn(Sent):
    """Who was told: DEA or the state, which office, who there, how, when (MM/DD/YYYY HH:MM)."""

    whom: Text = "dea"
    office: Text = ""
    spoke_with: Text = ""
    how: Text = ""
    told_at: Text = ""
    because: Text = ""


ORDER = {200: EmergencyOut, **REFUSALS}


def here(by: Worker) -> Moment:
    """When and where it is asked (1 query)."""
    return moment_of(Pharmacy.objects.get(pk=by.pharmacy_id), by.at)


def emergency_out(line: OrderLine) -> EmergencyOut:
    """An order as programs see it."""
    row, cover = line.order, line.cover
    return EmergencyOut(
        id=row.pk,
        prescription_id=row.prescription_id,
        number=row.prescription.number,
        ordered_at=row.ordered_at,
        due_on=row.due_on,
        due_at=row.due_at,
        because=row.because,
        period=row.period,
        stands=line.standing.where.value,
        next=line.standing.next,
        owes=sorted(line.standing.owes),
        left=line.left,
        covered_on=cover.received_on if cover else None,
        annotation=cover.annotation if cover else "",
        told=[notice.whom for notice in line.notices],
    )


def shown(by: Worker, oral_id: int) -> EmergencyOut:
    """One order of this pharmacy, or a refusal."""
    line = order_page(by.pharmacy_id, oral_id, now=here(by))
    if line is None:
        raise refuse("No such emergency order in this pharmacy.", code="no-emergency-order")
    return emergency_out(line)


def values_of(by: Worker, arrival_id: int) -> dict[str, str]:
    """What stands on the entry form of an arrival, or a refusal."""
    arrival = arrival_page(pharmacy_id=by.pharmacy_id, arrival_id=arrival_id)
    if arrival is None:
        raise refuse("No such arrival in this pharmacy.", code="no-arrival")
    return arrival_values(arrival)


@router.get(
    "/emergency-orders",
    response={200: list[EmergencyOut], **REFUSALS},
    summary="Emergency orders that wait for a prescription or a notice",
)
def orders(request: HttpRequest) -> list[EmergencyOut]:
    """The open ones, the soonest due first."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    return [emergency_out(line) for line in open_orders(by.pharmacy_id, now=here(by))]


@router.get("/emergency-orders/{oral_id}", response=ORDER, summary="An emergency order")
def order(request: HttpRequest, oral_id: Id) -> EmergencyOut:
    """One of them, wherever it stands."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    return shown(by, oral_id)


@router.post("/emergency-orders/{oral_id}/told", response=ORDER, summary="Who was told")
def told(request: HttpRequest, oral_id: Id, sent: ToldIn) -> EmergencyOut:
    """Write down that an office was told that nothing followed."""
    by = worker_of(request)
    by.must(Duty.EMERGENCY_ORAL)
    telling = read_telling(sent.model_dump(), zone=here(by).zone, at=by.at)
    tell_office(by=by, order_id=oral_id, telling=telling)
    return shown(by, oral_id)


@router.post("/arrivals/{arrival_id}/covers", response=ORDER, summary="It covers an order")
def covers(request: HttpRequest, arrival_id: Id, sent: CoverIn) -> EmergencyOut:
    """Attach a scanned paper or a message to the emergency order it follows."""
    by = worker_of(request)
    by.must(Duty.EMERGENCY_ORAL)
    made = cover_by_arrival(
        by=by,
        arrival_id=arrival_id,
        order_id=sent.order_id,
        typed=values_of(by, arrival_id) | sent.values,
        marks=Marks(
            oral_order_on=sent.oral_order_on,
            words=sent.words,
            postmarked_on=sent.postmarked_on,
            received_on=sent.received_on,
        ),
    )
    return shown(by, made.order_id)
