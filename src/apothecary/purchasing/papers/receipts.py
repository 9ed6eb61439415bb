"""Receipts (997): ours for what came, and theirs for our orders."""

from collections.abc import Mapping

from apothecary.journal.deeds import Deed
from apothecary.purchasing.ordering.going import PARTY, call_off
from apothecary.purchasing.ordering.held import lock_order
from apothecary.purchasing.ordering.models import Order
from apothecary.purchasing.ordering.writing import local_time, next_control
from apothecary.purchasing.papers.models import Interchange
from apothecary.purchasing.states import OrderState
from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.wires import Malformed, x12
from apothecary.wires.models import Outgoing
from apothecary.wires.x12 import GroupVerdict, SetVerdict, TransactionSet

ABOUT, FORMAT = "receipt", "x12-997"
ORDERS = "PO"


def write_receipt(
    row: Interchange, came: x12.Interchange, *, by: Worker, found: Mapping[int, SetVerdict]
) -> Outgoing | None:
    """Our 997 for what came, once; none for an interchange of receipts alone."""
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    wholesaler = row.wholesaler
    if all(group.functional == "FA" for group in came.groups):
        return None
    at = local_time(pharmacy, by.at).replace(tzinfo=None)
    raw = x12.acknowledge(came, at=at, control=next_control(wholesaler), found=found)
    if raw is None:
        return None
    return Outgoing.objects.create(
        pharmacy_id=by.pharmacy_id,
        party=PARTY,
        lane=wholesaler.code,
        format=FORMAT,
        about=ABOUT,
        about_id=row.pk,
        key=f"receipt-{row.pk}",
        raw=raw,
        made_at=by.at,
        next_try_at=by.at,
    )


def take_receipt(*, by: Worker, wholesaler: Wholesaler, transaction: TransactionSet) -> Order:
    """What a wholesaler says of an order's bytes. Raises Malformed when none is of ours."""
    verdict = x12.read_acknowledgement(transaction)
    if verdict.functional != ORDERS:
        raise Malformed("AK101", f"is {verdict.functional!r}, orders alone are sent")
    order = order_by_control(verdict.control, wholesaler=wholesaler, by=by)
    if order.receipt_at is None:
        order.receipt_at = by.at
        order.save(update_fields=["receipt_at"])
    if any(not one.accepted for one in verdict.sets) or verdict.status == "R":
        return refuse_order(order, words_of(verdict), by=by)
    return order


def take_envelope_receipt(
    *, by: Worker, wholesaler: Wholesaler, control: str, status: str, code: str
) -> Order | None:
    """A TA1: the envelope of an order could not be taken. An accepted one says nothing new."""
    if status != "R":
        return None
    order = order_by_control(control, wholesaler=wholesaler, by=by)
    return refuse_order(order, f"its envelope was refused (TA1 {code})", by=by)


def refuse_order(order: Order, says: str, *, by: Worker) -> Order:
    """The order reached nobody who could work it: it is over, and can be ordered again."""
    if order.state != OrderState.SENT:
        return order
    return call_off(order, f"refused: {says}", by=by, did=Deed.ORDER_REFUSED)


def order_by_control(control: str, *, wholesaler: Wholesaler, by: Worker) -> Order:
    """The order that went out under a control number, held."""
    plain = control.strip().lstrip("0")
    known = plain.isascii() and plain.isdigit() and len(plain) < 10
    rows = Order.objects.filter(
        pharmacy_id=by.pharmacy_id,
        wholesaler=wholesaler,
        control=int(plain) if known else 0,
    )
    order_id = rows.values_list("pk", flat=True).first()
    if order_id is None:
        raise Malformed("control", f"no order went out under {control[:20]!r}")
    return lock_order(by=by, order_id=order_id)


def words_of(verdict: GroupVerdict) -> str:
    """What was wrong with our order, as the receipt says it."""
    places = [
        f"{error.id} (segment {error.place})"
        + "".join(f" element {bad.place} {bad.value}".rstrip() for bad in error.elements)
        for one in verdict.sets
        for error in one.errors
    ]
    codes = [code for one in verdict.sets for code in one.codes] + list(verdict.codes)
    return "; ".join(places) or f"codes {', '.join(codes) or 'none'}"
