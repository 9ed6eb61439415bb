"""Orders and lines held for an act, always the order first."""

from django.db import connection

from apothecary.law.problem import refuse
from apothecary.purchasing.ordering.models import Order, OrderLine
from apothecary.purchasing.states import OrderState, next_order_state
from apothecary.staff.worker import Worker

# The number of an order is the next of its pharmacy: whoever asks for one waits for the last.
NUMBERS = 7_311


def hold_orders(pharmacy_id: int) -> None:
    """One pad is changed by one act at a time (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBERS, pharmacy_id])


def next_number(pharmacy_id: int) -> int:
    """The next order's number; ``hold_orders`` comes first (1 query)."""
    last = Order.objects.filter(pharmacy_id=pharmacy_id).order_by("-number").first()
    return last.number + 1 if last else 1


def lock_order(*, by: Worker, order_id: int) -> Order:
    """The order with its wholesaler, held until the act ends (1 query)."""
    rows = Order.objects.select_for_update(of=("self",), no_key=True)
    order = (
        rows.select_related("wholesaler", "outgoing")
        .filter(pharmacy_id=by.pharmacy_id, pk=order_id)
        .first()
    )
    if order is None:
        raise refuse("No such order here.", code="no-order", field="order_id")
    return order


def must_be(order: Order, *states: OrderState) -> None:
    """Refuse by name what an order is too early or too late for."""
    if order.state not in states:
        says = f"{order.po} is {order.state}: that cannot be done with it now."
        raise refuse(says, code="order-state")


def goes(order: Order, to: OrderState) -> None:
    """Set the state by the table of steps; the caller saves."""
    order.state = next_order_state(OrderState(order.state), to).value


def lines_of(order: Order) -> list[OrderLine]:
    """The lines with their drugs, by number (1 query)."""
    rows = OrderLine.objects.filter(pharmacy_id=order.pharmacy_id, order=order)
    return list(rows.select_related("package__product", "item").order_by("number"))
