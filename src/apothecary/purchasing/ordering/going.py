"""Approving, sending, calling off and closing an order."""

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, Refused, refuse, refuse_if
from apothecary.purchasing.ordering.expecting import expect_rest
from apothecary.purchasing.ordering.held import (
    goes,
    hold_orders,
    lines_of,
    lock_order,
    must_be,
    next_number,
)
from apothecary.purchasing.ordering.models import Order, OrderLine
from apothecary.purchasing.ordering.rules import Approvable, approval_problems
from apothecary.purchasing.ordering.writing import local_time, next_control, order_bytes
from apothecary.purchasing.states import OrderState
from apothecary.purchasing.wholesalers.actions import because_problems
from apothecary.purchasing.wholesalers.rules import due_day
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import Programme
from apothecary.wires import Malformed
from apothecary.wires.models import Outgoing, OutgoingState

PARTY, FORMAT, ABOUT = "wholesaler", "x12-850", "order"
S = OrderState


@transaction.atomic
def approve_order(*, by: Worker, order_id: int) -> Order:
    """Say that an order goes out as it stands; a person answers for it."""
    by.must(Duty.ORDER_STOCK)
    if by.person_id is None:
        raise refuse("A person approves an order, not the house.", code="no-person")
    order = lock_order(by=by, order_id=order_id)
    must_be(order, S.DRAFT)
    refuse_if(problems_of(order))
    goes(order, S.APPROVED)
    order.approved_at, order.approved_by = by.at, by.person_id
    order.save()
    record(by=by, did=Deed.ORDER_APPROVED, about=order, details={"po": order.po})
    return order


def problems_of(order: Order) -> list[Problem]:
    """Why an order may not go out (1 query)."""
    asked = Approvable(
        account=order.wholesaler.account_for(order.programme),
        wholesaler_active=order.wholesaler.active,
        lines=[
            (
                str(line.package.product),
                line.package.product.schedule,
                line.item.discontinued_on is None,
            )
            for line in lines_of(order)
        ],
        programme=order.programme,
    )
    return approval_problems(asked)


@transaction.atomic
def reopen_order(*, by: Worker, order_id: int) -> Order:
    """Put an approved order back on the pad; the pad of that wholesaler must be empty."""
    by.must(Duty.ORDER_STOCK)
    hold_orders(by.pharmacy_id)
    order = lock_order(by=by, order_id=order_id)
    must_be(order, S.APPROVED)
    if pad_is_taken(order):
        says = "There is another draft for this wholesaler: send or cancel that one first."
        raise refuse(says, code="pad-taken")
    goes(order, S.DRAFT)
    order.approved_at, order.approved_by = None, None
    order.save()
    record(by=by, did=Deed.ORDER_REOPENED, about=order, details={"po": order.po})
    return order


def pad_is_taken(order: Order) -> bool:
    """Whether another draft stands for the same wholesaler and programme (1 query)."""
    rows = Order.objects.filter(
        pharmacy_id=order.pharmacy_id,
        wholesaler_id=order.wholesaler_id,
        programme=order.programme,
        state=S.DRAFT.value,
    )
    return rows.exclude(pk=order.pk).exists()


@transaction.atomic
def send_order(*, by: Worker, order_id: int) -> Order:
    """Write the order into the outbox, once; its units are expected from here on."""
    by.must(Duty.ORDER_STOCK)
    order = lock_order(by=by, order_id=order_id)
    must_be(order, S.APPROVED)
    refuse_if(problems_of(order))
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    wholesaler = order.wholesaler
    now = local_time(pharmacy, by.at)
    order.sent_at = by.at
    order.due_on = due_day(
        lead_days=wholesaler.lead_days, order_by=wholesaler.order_by, now=now
    )
    goes(order, S.SENT)
    lines = lines_of(order)
    order.control = next_control(wholesaler)
    try:
        raw = order_bytes(order, lines, pharmacy, control=order.control)
    except Malformed as bad:
        raise Refused(
            [Problem(f"The order cannot be written: {bad}.", code="unwritable")]
        ) from bad
    order.outgoing = put_out(order, raw, by=by)
    order.save()
    OrderLine.objects.filter(pharmacy_id=by.pharmacy_id, order=order).update(
        due_on=order.due_on
    )
    expect_rest(by=by, order=order)
    details = {"po": order.po, "wholesaler": wholesaler.name, "lines": len(lines)}
    record(by=by, did=Deed.ORDER_SENT, about=order, details=details)
    return order


def put_out(order: Order, raw: bytes, *, by: Worker) -> Outgoing:
    """The message in the outbox; its key lets no second one be."""
    return Outgoing.objects.create(
        pharmacy_id=by.pharmacy_id,
        party=PARTY,
        lane=order.wholesaler.code,
        format=FORMAT,
        about=ABOUT,
        about_id=order.pk,
        key=f"order-{order.pk}",
        raw=raw,
        made_at=by.at,
        next_try_at=by.at,
    )


def approve_and_send(*, by: Worker, order_id: int) -> Order:
    """Both at one key: what is approved goes out."""
    with transaction.atomic():
        approve_order(by=by, order_id=order_id)
        return send_order(by=by, order_id=order_id)


@transaction.atomic
def cancel_order(*, by: Worker, order_id: int, because: str) -> Order:
    """Call an order off. One the wholesaler may have seen is called off by phone as well."""
    by.must(Duty.ORDER_STOCK)
    order = lock_order(by=by, order_id=order_id)
    must_be(order, S.DRAFT, S.APPROVED, S.SENT, S.ACKNOWLEDGED)
    refuse_if(because_problems(because, "the order is called off"))
    return call_off(order, because, by=by, did=Deed.ORDER_CANCELLED)


def call_off(order: Order, because: str, *, by: Worker, did: Deed) -> Order:
    """The order is over and nothing of it comes; a message nobody has seen stays here."""
    never_sent = Outgoing.objects.filter(
        pk=order.outgoing_id or 0, state=OutgoingState.WAITING, sent_at=None
    )
    unseen = bool(never_sent.update(state=OutgoingState.FAILED, problem="called off"))
    goes(order, S.CANCELLED)
    order.because = because
    order.save()
    expect_rest(by=by, order=order)
    details = {"po": order.po, "because": because, "seen": order.sent_at and not unseen}
    record(by=by, did=did, about=order, details=details)
    return order


@transaction.atomic
def close_order(*, by: Worker, order_id: int, because: str) -> Order:
    """Expect nothing more of an order that has come, wholly or in part."""
    by.must(Duty.ORDER_STOCK)
    order = lock_order(by=by, order_id=order_id)
    must_be(order, S.PART_RECEIVED, S.RECEIVED)
    if order.state == S.PART_RECEIVED:
        refuse_if(because_problems(because, "nothing more of it will come"))
    goes(order, S.CLOSED)
    order.because = because
    order.save()
    expect_rest(by=by, order=order)
    record(by=by, did=Deed.ORDER_CLOSED, about=order, details={"because": because})
    return order


@transaction.atomic
def order_again(*, by: Worker, order_id: int) -> Order:
    """Put the lines of an order that was called off on the pad anew."""
    by.must(Duty.ORDER_STOCK)
    hold_orders(by.pharmacy_id)
    old = lock_order(by=by, order_id=order_id)
    must_be(old, S.CANCELLED)
    if pad_is_taken(old):
        says = "There is a draft for this wholesaler already: put the lines there."
        raise refuse(says, code="pad-taken")
    order = Order.objects.create(
        pharmacy_id=by.pharmacy_id,
        number=next_number(by.pharmacy_id),
        wholesaler=old.wholesaler,
        programme=Programme(old.programme).value,
        made_at=by.at,
        made_by=by.person_id,
        because=f"again for {old.po}",
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            pharmacy_id=by.pharmacy_id,
            order=order,
            number=line.number,
            item_id=line.item_id,
            package_id=line.package_id,
            packages=line.packages,
            price_usd=line.price_usd,
            because=line.because,
            instead_of_id=line.instead_of_id,
        )
        for line in lines_of(old)
    )
    details = {"po": order.po, "again for": old.po}
    record(by=by, did=Deed.PAD_CHANGED, about=order, details=details)
    return order
