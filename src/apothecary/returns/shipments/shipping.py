"""Goods out of the door: from quarantine to whoever takes them, through the ledger."""

from datetime import date, timedelta

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.law.waste import confirm_due
from apothecary.returns.shipments.held import (
    goes,
    held_lines,
    line_goes,
    lock_shipment,
    must_be,
)
from apothecary.returns.shipments.models import FollowUp, Shipment, ShipmentLine
from apothecary.returns.shipments.rules import text_problems
from apothecary.returns.shipments.states import Group, LineState, ShipmentState
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import Line, post
from apothecary.stock.places.queries import the_place

S = ShipmentState
# House policy (C): a wholesaler's credit is due within a month.
WHOLESALER_DAYS = 30


@transaction.atomic
def ship_return(*, by: Worker, shipment_id: int, carrier: str, tracking: str = "") -> Shipment:
    """Send what they take on its way, once: its units leave the house by the ledger."""
    by.must(Duty.MANAGE_STOCK)
    row = lock_shipment(by=by, shipment_id=shipment_id)
    must_be(row, S.AUTHORIZED)
    if row.group != Group.PLAIN:
        by.must(Duty.COUNT_CONTROLLED)
    refuse_if(text_problems(carrier, "who carries it", field="carrier"))
    lines = held_lines(row)
    post(by=by, key=f"return-{row.pk}", lines=moves_of(row, lines))
    for line in lines:
        line_goes(line, LineState.SHIPPED, by=by)
        line.save()
    goes(row, S.SHIPPED)
    row.shipped_at, row.shipped_by = by.at, by.person_id
    row.carrier, row.tracking = carrier.strip(), tracking.strip()[:60]
    row.credit_due_on = by.today + timedelta(days=credit_days(row))
    if any(line.codes for line in lines):
        row.confirm_by = confirm_due(by.today, on=by.today)
    row.save()
    details = {"to": row.partner.name, "lines": len(lines), "tracking": row.tracking}
    record(by=by, did=Deed.RETURN_SHIPPED, about=row, details=details)
    return row


def moves_of(row: Shipment, lines: list[ShipmentLine]) -> list[Line]:
    """What the ledger does: to the distributor, or back to the supplier."""
    kind = PlaceKind.SUPPLIER if row.is_saleable else PlaceKind.REVERSE
    to = the_place(row.pharmacy_id, kind)
    return [
        Line(one.place_id, to.pk, one.lot_id, one.quantity, f"returned on {row}: {one.reason}")
        for one in lines
    ]


def credit_days(row: Shipment) -> int:
    """How long their credit takes."""
    return row.distributor.credit_days if row.distributor else WHOLESALER_DAYS


@transaction.atomic
def confirm_arrival(*, by: Worker, shipment_id: int, on: date) -> Shipment:
    """Write down that they have it: of hazardous drugs within 35 days (40 CFR 266.509)."""
    by.must(Duty.MANAGE_STOCK)
    row = lock_shipment(by=by, shipment_id=shipment_id)
    must_be(row, S.SHIPPED, S.SETTLED)
    if row.shipped_at is None or not row.pharmacy.day_of(row.shipped_at) <= on <= by.today:
        says = f"It cannot have arrived on {on}."
        raise refuse(says, code="bad-day", field="on")
    if row.confirmed_on is not None:
        says = f"It arrived on {row.confirmed_on}: that is written down."
        raise refuse(says, code="confirmed", field="shipment_id")
    row.confirmed_on = on
    row.save(update_fields=["confirmed_on"])
    record(by=by, did=Deed.RETURN_CONFIRMED, about=row, details={"on": on})
    return row


@transaction.atomic
def follow_up(
    *, by: Worker, shipment_id: int, says: str, promised_on: date | None = None
) -> FollowUp:
    """Write down that somebody asked after the credit, and what was said."""
    by.must(Duty.ORDER_STOCK)
    row = lock_shipment(by=by, shipment_id=shipment_id)
    must_be(row, S.SHIPPED)
    refuse_if(text_problems(says, "what was said", field="says"))
    if promised_on is not None and promised_on < by.today:
        words = f"{promised_on} is past: nobody promises that."
        raise refuse(words, code="bad-day", field="promised_on")
    note = FollowUp.objects.create(
        pharmacy_id=by.pharmacy_id,
        shipment=row,
        at=by.at,
        by_id=by.person_id,
        name=by.name,
        says=says.strip(),
        promised_on=promised_on,
    )
    details = {"says": says, "promised": promised_on}
    record(by=by, did=Deed.RETURN_CHASED, about=row, details=details)
    return note
