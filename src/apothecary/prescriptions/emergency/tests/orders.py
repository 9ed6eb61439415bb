"""An emergency oral order of the tests' world, and what follows it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.prescriptions.actions import Order, enter_prescription
from apothecary.prescriptions.emergency.following import Came, cover_order, tell_office
from apothecary.prescriptions.emergency.models import EmergencyOrder
from apothecary.prescriptions.emergency.queries import elements_of
from apothecary.prescriptions.emergency.rules import Covering, Moment, Taken, Telling
from apothecary.prescriptions.models import Fill, Origin
from apothecary.staff.worker import Worker

DRUG = "oxycodone"
CHICAGO = ZoneInfo("America/Chicago")
TAKEN = Taken(
    ordered_at=NOON - timedelta(minutes=5),
    said="Jane Doe, oxycodone 5 mg, 1 tablet every 6 hours as needed, 12 tablets, Dr. Smith",
    because="pain of a fracture, the office is closed and the patient is at home",
    period="until the office opens in three days: 4 tablets a day",
    determined=frozenset({"needed_at_once", "no_alternative", "no_written_in_time"}),
    prescriber_known=True,
)
TOLD = Telling(
    whom="dea",
    office="DEA Austin Resident Office",
    spoke_with="Duty agent Ray",
    how="telephone, then letter",
    told_at=NOON,
)


def moment(at: datetime = NOON, *, state: str = "TX") -> Moment:
    return Moment(at=at, zone=CHICAGO, state=state)


def ordered(world: Any, taken: Taken | None = TAKEN, **changed: Any) -> Order:
    """The order as it is entered; ``changed`` are fields of the order."""
    plain = world.order(
        changed.pop("drug", DRUG),
        quantity="12",
        days=3,
        refills=changed.pop("refills", 0),
        origin=Origin.TELEPHONE,
        written_on=TODAY,
    )
    return replace(plain, emergency=taken, **changed)


def take(world: Any, taken: Taken = TAKEN, *, by: Worker | None = None) -> Fill:
    return enter_prescription(by=by or world.pharmacist, order=ordered(world, taken))


def record_of(fill: Fill) -> EmergencyOrder:
    return EmergencyOrder.objects.get(prescription=fill.prescription)


def later(worker: Worker, **after: float) -> Worker:
    """The same worker so much later, on the pharmacy's own day."""
    at = worker.at + timedelta(**after)
    return worker.at_time(at, at.astimezone(CHICAGO).date())


def covering(fill: Fill, **changed: Any) -> Covering:
    """The signed paper that covers it, come on the sixth day."""
    paper = Covering(
        electronic=False,
        elements=elements_of(fill.prescription),
        written_on=TODAY,
        received_on=TODAY + timedelta(days=6),
        oral_order_on=TODAY,
        words=True,
    )
    return replace(paper, **changed)


def cover(world: Any, fill: Fill, *, by: Worker | None = None, **changed: Any) -> Any:
    """Attach what covers it, on the sixth day."""
    worker = by or later(world.pharmacist, days=6)
    return cover_order(
        by=worker,
        order_id=record_of(fill).pk,
        cover=covering(fill, **changed),
        came=Came(arrival=4711, at=worker.at),
    )


def tell(world: Any, fill: Fill, *, by: Worker | None = None, **changed: Any) -> Any:
    """Tell DEA, on the eighth day."""
    worker = by or later(world.pharmacist, days=8)
    telling = replace(TOLD, told_at=worker.at)
    return tell_office(
        by=worker, order_id=record_of(fill).pk, telling=replace(telling, **changed)
    )


def day(number: int) -> date:
    """So many days after the order."""
    return TODAY + timedelta(days=number)


def last_instant() -> datetime:
    """The end of the seventh day in Chicago, as an instant."""
    return datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


def twelve() -> Decimal:
    return Decimal(12)
