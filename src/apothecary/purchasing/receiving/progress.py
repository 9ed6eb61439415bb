"""How far an order has come, after each package at the door and on the shelf."""

from apothecary.purchasing.ordering.expecting import (
    expect_rest,
    rest_of,
    state_by_receipts,
)
from apothecary.purchasing.ordering.held import goes
from apothecary.purchasing.ordering.models import Order
from apothecary.purchasing.states import RECEIVABLE
from apothecary.staff.worker import Worker


def note_progress(*, by: Worker, order_id: int | None, away: bool) -> None:
    """The order's state by what has come of it; the order is held by whoever asks.

    ``away`` says that units went where they are free or set aside: only then are fewer of them
    expected, for what lies in receiving is on no shelf yet (2 queries, 5 when away).
    """
    if order_id is None:
        return
    rows = Order.objects.select_for_update(no_key=True)
    order = rows.get(pharmacy_id=by.pharmacy_id, pk=order_id)
    if order.state not in {state.value for state in RECEIVABLE}:
        return
    rest = rest_of(pharmacy_id=by.pharmacy_id, order_id=order_id)
    to = state_by_receipts(rest, acknowledged=order.acknowledged_at is not None)
    if to.value != order.state:
        goes(order, to)
        order.save(update_fields=["state"])
    if away:
        expect_rest(by=by, order=order)
