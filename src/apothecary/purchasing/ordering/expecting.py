"""What of an order is still to come: counted anew after every paper and every scan."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from apothecary.purchasing.ordering.models import Order
from apothecary.purchasing.states import RECEIVABLE, OrderState
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import Programme
from apothecary.stock.levels.actions import Coming, expect

# What lies in receiving came, and is on no shelf yet: it is still on its way to there.
REST = """
SELECT l.id, l.package_id, k.quantity, l.packages, l.promised, l.back_ordered, l.due_on,
       coalesce((SELECT sum(r.packages) FROM purchasing_receivedpackage r
                 WHERE r.pharmacy_id = l.pharmacy_id AND r.line_id = l.id
                   AND r.undone_at IS NULL), 0),
       coalesce((SELECT sum(r.packages) FROM purchasing_receivedpackage r
                 WHERE r.pharmacy_id = l.pharmacy_id AND r.line_id = l.id
                   AND r.undone_at IS NULL
                   AND (r.put_away_at IS NOT NULL OR r.condition <> 'good')), 0)
FROM purchasing_orderline l
JOIN drugs_package k ON k.id = l.package_id
WHERE l.pharmacy_id = %s AND l.order_id = %s
ORDER BY l.number
"""


@dataclass(frozen=True, slots=True)
class LineRest:
    """How far one line has come, in whole packages; ``units`` is what one of them holds."""

    line_id: int
    package_id: int
    units: Decimal
    ordered: int
    promised: int | None
    back_ordered: int
    due_on: date | None
    received: int
    away: int

    @property
    def said(self) -> int:
        """What they said they send, now or later; else all that was ordered."""
        return self.ordered if self.promised is None else self.promised + self.back_ordered

    @property
    def coming(self) -> int:
        """What may still come to the door."""
        return max(self.said - self.received, 0)

    @property
    def to_shelve(self) -> int:
        """What may still come to the shelf: from the wholesaler, or out of receiving."""
        return max(self.said, self.received) - self.away


def rest_of(*, pharmacy_id: int, order_id: int) -> list[LineRest]:
    """How far each line of an order has come (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(REST, [pharmacy_id, order_id])
        return [LineRest(*row) for row in cursor.fetchall()]


def expect_rest(*, by: Worker, order: Order) -> list[LineRest]:
    """Write down what is still to come of an order; nothing of one that is over."""
    rest = rest_of(pharmacy_id=by.pharmacy_id, order_id=order.pk)
    lines = coming_of(rest, order) if OrderState(order.state) in RECEIVABLE else []
    expect(by=by, source=order.po, lines=lines)
    return rest


def coming_of(rest: Iterable[LineRest], order: Order) -> list[Coming]:
    """Units by package: two lines of one package are one row."""
    units: dict[int, Decimal] = {}
    due: dict[int, date | None] = {}
    for one in rest:
        if one.to_shelve > 0:
            before = units.get(one.package_id, Decimal(0))
            units[one.package_id] = before + one.units * one.to_shelve
            days = [day for day in (due.get(one.package_id), one.due_on) if day]
            due[one.package_id] = min(days, default=None)
    programme = Programme(order.programme)
    return [Coming(pk, quantity, due[pk], programme) for pk, quantity in units.items()]


def state_by_receipts(rest: Iterable[LineRest], *, acknowledged: bool) -> OrderState:
    """Where an order is by what has come of it."""
    rows = list(rest)
    if not any(one.received for one in rows):
        return OrderState.ACKNOWLEDGED if acknowledged else OrderState.SENT
    if any(one.coming for one in rows):
        return OrderState.PART_RECEIVED
    return OrderState.RECEIVED
