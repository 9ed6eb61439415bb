"""Rows of a return held for an act, and their steps: the one place where a state is set."""

from django.db import connection
from django.db.models import Max

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse
from apothecary.returns.shipments.models import Shipment, ShipmentLine
from apothecary.returns.shipments.rules import is_settled
from apothecary.returns.shipments.states import (
    CLOSED,
    LineState,
    ShipmentState,
    next_line_state,
    next_shipment_state,
)
from apothecary.staff.worker import Worker

NUMBERS = "SELECT pg_advisory_xact_lock(hashtextextended('return numbers', %s))"


def lock_shipment(*, by: Worker, shipment_id: int) -> Shipment:
    """A shipment with who gets it, held (1 query)."""
    rows = Shipment.objects.select_for_update(of=("self",), no_key=True)
    row = (
        rows.select_related("distributor", "wholesaler")
        .filter(pharmacy_id=by.pharmacy_id, pk=shipment_id)
        .first()
    )
    if row is None:
        raise refuse("No such return here.", code="no-return", field="shipment_id")
    return row


def must_be(row: Shipment, *states: ShipmentState) -> None:
    """Refuse by name what a shipment is too early or too late for."""
    if row.state not in {one.value for one in states}:
        says = f"Return {row} is {row.state}."
        raise refuse(says, code="return-state", field="shipment_id")


def goes(row: Shipment, to: ShipmentState) -> None:
    """Set the state by the table of steps. The caller saves."""
    row.state = next_shipment_state(ShipmentState(row.state), to).value


def line_goes(line: ShipmentLine, to: LineState, *, by: Worker) -> None:
    """Set a line's state by the table; what closes it says who and when. The caller saves."""
    line.state = next_line_state(LineState(line.state), to).value
    if to in CLOSED:
        line.closed_at, line.closed_by = by.at, by.person_id


def lines_of(row: Shipment) -> list[ShipmentLine]:
    """The lines of a shipment with their drugs, in order (1 query)."""
    found = row.lines.filter(pharmacy_id=row.pharmacy_id)
    return list(
        found.select_related("lot__package__product", "place", "received").order_by("number")
    )


def held_lines(row: Shipment) -> list[ShipmentLine]:
    """Those that are still to go (1 query)."""
    return [one for one in lines_of(row) if one.state == LineState.PICKED]


def next_number(pharmacy_id: int) -> int:
    """The number of the next return; one at a time takes it (2 queries)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('return', %s))", [pharmacy_id]
        )
    last = Shipment.objects.filter(pharmacy_id=pharmacy_id).aggregate(last=Max("number"))
    return int(last["last"] or 0) + 1


def settle_if_done(row: Shipment, *, by: Worker) -> None:
    """Close a shipment on which nothing is out any more (2 queries)."""
    states = row.lines.filter(pharmacy_id=row.pharmacy_id).values_list("state", flat=True)
    if row.state == ShipmentState.SHIPPED and is_settled([LineState(one) for one in states]):
        goes(row, ShipmentState.SETTLED)
        row.settled_at = by.at
        row.save(update_fields=["state", "settled_at"])


def drop_all(row: Shipment, because: str, *, by: Worker) -> None:
    """Let go of every line that has not left."""
    for line in held_lines(row):
        line_goes(line, LineState.DROPPED, by=by)
        line.because = because
        line.save()


def cancel(row: Shipment, because: str, *, by: Worker) -> None:
    """The shipment is over, nothing of it has left."""
    drop_all(row, because, by=by)
    goes(row, ShipmentState.CANCELLED)
    row.because = because
    row.save()
    record(by=by, did=Deed.RETURN_CANCELLED, about=row, details={"because": because})
