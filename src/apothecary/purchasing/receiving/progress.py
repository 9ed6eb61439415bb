"""How far an order has come, after each package at the door and on the shelf."""

from django.db import connection

from apothecary.purchasing.ordering.expecting import (
    expect_rest,
    rest_of,
    state_by_receipts,
)
from apothecary.purchasing.ordering.held import goes
from apothecary.purchasing.ordering.models import Order
from apothecary.purchasing.states import RECEIVABLE, OrderState
from apothecary.staff.worker import Worker

# Whether of one line more may come: one line's packages, however many lines the order has.
STILL_COMING = """
SELECT coalesce(l.promised + l.back_ordered, l.packages) >
       coalesce((SELECT sum(r.packages) FROM purchasing_receivedpackage r
                 WHERE r.pharmacy_id = l.pharmacy_id AND r.line_id = l.id
                   AND r.undone_at IS NULL), 0)
FROM purchasing_orderline l WHERE l.pharmacy_id = %s AND l.id = %s
"""


def note_progress(
    *, by: Worker, order_id: int | None, away: bool, line_id: int | None = None
) -> None:
    """The order's state by what has come of it; the order is held by whoever asks.

    ``away`` says that units went where they are free or set aside: only then are fewer of them
    expected, for what lies in receiving is on no shelf yet (2 queries, 5 when away). A good
    package of ``line_id`` changes nothing while more of that line is to come and the order is
    part received already: then the other lines are not counted.
    """
    if order_id is None:
        return
    rows = Order.objects.select_for_update(no_key=True)
    order = rows.get(pharmacy_id=by.pharmacy_id, pk=order_id)
    if order.state not in {state.value for state in RECEIVABLE}:
        return
    if not away and order.state == OrderState.PART_RECEIVED and still_coming(by, line_id):
        return
    rest = rest_of(pharmacy_id=by.pharmacy_id, order_id=order_id)
    to = state_by_receipts(rest, acknowledged=order.acknowledged_at is not None)
    if to.value != order.state:
        goes(order, to)
        order.save(update_fields=["state"])
    if away:
        expect_rest(by=by, order=order)


def still_coming(by: Worker, line_id: int | None) -> bool:
    """Whether more of a line may come to the door; of no line, no (1 query)."""
    if line_id is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(STILL_COMING, [by.pharmacy_id, line_id])
        row = cursor.fetchone()
    return bool(row and row[0])
