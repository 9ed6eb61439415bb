"""Two people at one bill, one order or one paper at once: money moves once, orders go once."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest

from apothecary.purchasing.matching.actions import (
    accept_difference,
    approve_invoice,
    claim_difference,
    credit_difference,
    match_invoice,
    write_off_difference,
)
from apothecary.purchasing.matching.models import AcquisitionCost, Difference, Invoice
from apothecary.purchasing.ordering.going import approve_and_send, cancel_order
from apothecary.purchasing.ordering.models import Order
from apothecary.purchasing.papers.models import Interchange, Paper
from apothecary.purchasing.receiving.delivery import close_receipt
from apothecary.purchasing.receiving.models import ShipNotice
from apothecary.purchasing.states import ClaimState, InvoiceState, OrderState
from apothecary.purchasing.tests.test_at_once import together
from apothecary.purchasing.tests.yard import Yard, yard_of
from apothecary.staff.duties import Role
from apothecary.wires.models import Outgoing

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 4


@pytest.fixture
def yard(town) -> Yard:
    return yard_of(town)


def billed(yard: Yard, *, came: int = 3) -> Invoice:
    """A bill for three bottles of which so many came."""
    order = yard.sent(lisinopril=3)
    receipt = yard.begun(order)
    yard.takes_in(receipt, yard.came(packages=came))
    close_receipt(by=yard.by, receipt_id=receipt.pk)
    yard.takes(yard.invoice(order, ("lisinopril", 3, "2.11")))
    return Invoice.objects.get()


def owed(yard: Yard) -> Difference:
    """One bottle of the bill never came."""
    match_invoice(by=yard.by, invoice_id=billed(yard, came=2).pk)
    return Difference.objects.get()


def test_a_bill_compared_by_several_people_names_each_difference_once(yard):
    row = billed(yard, came=2)
    match = partial(match_invoice, by=yard.by, invoice_id=row.pk)
    assert together(yard, [match] * PEOPLE) == ["done"] + ["matched"] * (PEOPLE - 1)
    assert [str(one.usd) for one in Difference.objects.all()] == ["2.11"]


def test_a_bill_approved_by_several_people_says_once_what_was_paid(yard):
    row = billed(yard)
    match_invoice(by=yard.by, invoice_id=row.pk)
    approve = partial(approve_invoice, by=yard.by, invoice_id=row.pk)
    assert together(yard, [approve] * PEOPLE) == ["approved"] * (PEOPLE - 1) + ["done"]
    row.refresh_from_db()
    assert row.state == InvoiceState.APPROVED
    assert AcquisitionCost.objects.count() == 1


def test_the_whole_of_a_claim_credited_by_several_people_is_credited_once(yard):
    row = owed(yard)
    claim_difference(by=yard.by, difference_id=row.pk, because="by phone")
    credit = partial(
        credit_difference,
        by=yard.by,
        difference_id=row.pk,
        usd=Decimal("2.11"),
        reference="CR1",
    )
    found = together(yard, [credit] * PEOPLE)
    assert found.count("done") == 1
    row.refresh_from_db()
    assert (row.state, row.credited_usd) == (ClaimState.CREDITED, Decimal("2.11"))


def test_credited_in_parts_at_once_no_part_is_lost_and_none_is_too_much(yard):
    row = owed(yard)
    claim_difference(by=yard.by, difference_id=row.pk, because="by phone")
    credit = partial(
        credit_difference,
        by=yard.by,
        difference_id=row.pk,
        usd=Decimal("0.60"),
        reference="CR1",
    )
    found = together(yard, [credit] * PEOPLE)
    row.refresh_from_db()
    assert row.credited_usd == Decimal("0.60") * found.count("done")
    assert row.credited_usd <= row.usd


def test_a_difference_claimed_accepted_and_written_off_at_once_goes_one_way(yard):
    row = owed(yard)
    pic = yard.world.workers[Role.IN_CHARGE]
    acts: list[Callable[[], object]] = [
        partial(accept_difference, by=pic, difference_id=row.pk, because="agreed"),
        partial(write_off_difference, by=pic, difference_id=row.pk, because="too small"),
    ]
    assert together(yard, acts) == ["difference-state", "done"]
    row.refresh_from_db()
    assert row.state in {ClaimState.ACCEPTED, ClaimState.WRITTEN_OFF}


def test_an_order_sent_by_several_people_goes_once(yard):
    order = yard.padded(lisinopril=3)
    send = partial(approve_and_send, by=yard.by, order_id=order.pk)
    assert together(yard, [send] * PEOPLE) == ["done"] + ["order-state"] * (PEOPLE - 1)
    assert Outgoing.objects.filter(about="order").count() == 1


def test_an_order_sent_and_called_off_at_once_ends_in_one_state_that_its_message_fits(yard):
    order = yard.padded(lisinopril=3)
    acts: list[Callable[[], object]] = [
        partial(approve_and_send, by=yard.by, order_id=order.pk),
        partial(cancel_order, by=yard.by, order_id=order.pk, because="not needed"),
    ]
    found = together(yard, acts)
    assert "done" in found
    order.refresh_from_db()
    waiting = Outgoing.objects.filter(about="order", state="waiting").count()
    assert (order.state, waiting) in {
        (OrderState.CANCELLED.value, 0),
        (OrderState.SENT.value, 1),
    }


def test_a_ship_notice_that_comes_several_times_at_once_is_announced_once(yard):
    order = yard.sent(lisinopril=3)
    raw = yard.raw(yard.notice(order, ("lisinopril", 3, "L7")))
    found = together(yard, [partial(yard.takes_raw, raw)] * PEOPLE)
    assert found == ["done"] * PEOPLE
    assert (ShipNotice.objects.count(), Paper.objects.count()) == (1, 1)


def test_two_contents_under_one_control_number_at_once_are_both_kept(yard):
    order = yard.sent(lisinopril=3)
    raws = [
        yard.raw(yard.notice(order, ("lisinopril", 3, "L7"), shipment=name), control=77)
        for name in ("SH1", "SH2")
    ]
    acts: list[Callable[[], object]] = [partial(yard.takes_raw, raw) for raw in raws * 2]
    assert together(yard, acts) == ["done"] * PEOPLE
    kept = {bytes(one.incoming.raw) for one in Interchange.objects.select_related("incoming")}
    assert kept == set(raws)
    assert Interchange.objects.count() == 2
    assert ShipNotice.objects.count() == 1


def test_an_answer_and_a_notice_at_once_both_count(yard):
    order = yard.sent(lisinopril=3)
    acts: list[Callable[[], object]] = [
        partial(yard.takes_raw, yard.raw(yard.answer(order, ("lisinopril", 3, [("IA", 3)])))),
        partial(yard.takes_raw, yard.raw(yard.notice(order, ("lisinopril", 3, "L7")))),
    ]
    assert together(yard, acts) == ["done"] * 2
    assert [one.problem for one in Paper.objects.all()] == ["", ""]
    assert yard.line(order, "lisinopril").promised == 3
    assert Order.objects.get(pk=order.pk).state == OrderState.ACKNOWLEDGED
