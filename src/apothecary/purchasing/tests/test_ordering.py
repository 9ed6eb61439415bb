"""Pad, approve, send, answer, decide, call off: works, wrong role, wrong state, twice."""

from decimal import Decimal

import pytest

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.purchasing.ordering.answers import decide
from apothecary.purchasing.ordering.going import (
    approve_and_send,
    approve_order,
    cancel_order,
    close_order,
    order_again,
    reopen_order,
    send_order,
)
from apothecary.purchasing.ordering.models import LineAnswer, Order, OrderLine
from apothecary.purchasing.ordering.pad import change_line, fill_pad, put_on_pad
from apothecary.purchasing.states import Decided, OrderState, Said
from apothecary.purchasing.tests.yard import ACCOUNT, yard_of
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.kinds import Programme
from apothecary.stock.levels.models import Expected
from apothecary.stock.models import ShelfItem
from apothecary.wires.models import Outgoing, OutgoingState
from apothecary.wires.x12 import read
from apothecary.wires.x12.supply import dialect, read_purchase_order


def deeds(yard, order: Order) -> list[str]:
    of = yard.world.pharmacy.pk
    return [line.deed for line in history(pharmacy_id=of, about=[("order", order.pk)])]


def coming(yard, drug: str = "lisinopril") -> Decimal:
    """Units still expected of a drug."""
    rows = Expected.objects.filter(package=yard.world.drugs[drug])
    return sum((row.quantity for row in rows), Decimal(0))


# The pad


def test_the_levels_fill_the_pad_once_and_leave_schedule_ii_out(yard, pharmacy):
    kept = [pharmacy.drugs["lisinopril"], pharmacy.drugs["oxycodone"]]
    ShelfItem.objects.exclude(package__in=kept).delete()
    ShelfItem.objects.update(reorder_at=100, order_up_to=300)
    found = fill_pad(by=yard.by)
    (line,) = OrderLine.objects.all()
    assert (line.package, line.packages) == (pharmacy.drugs["lisinopril"], 3)
    assert line.price_usd == Decimal("2.11")
    assert [one.need.schedule for one in found.left_out] == [2]
    assert fill_pad(by=yard.by).lines == []
    assert OrderLine.objects.count() == 1


def test_the_pad_asks_the_cheapest_of_several_wholesalers(yard, pharmacy):
    other = yard_of(pharmacy, "others", priority=2)
    other.items["warfarin"].prices.update(usd="9.00")
    line = put_on_pad(by=yard.by, package=pharmacy.drugs["warfarin"], packages=1)
    assert line.order.wholesaler == other.wholesaler
    same = put_on_pad(by=yard.by, package=pharmacy.drugs["lisinopril"], packages=1)
    assert same.order.wholesaler == yard.wholesaler


def test_a_340b_order_goes_on_its_own_account_and_price(yard, pharmacy):
    yard.lists("lisinopril", "1.00", programme=Programme.DISCOUNT_340B)
    line = put_on_pad(
        by=yard.by,
        package=pharmacy.drugs["lisinopril"],
        packages=1,
        programme=Programme.DISCOUNT_340B,
    )
    own = put_on_pad(by=yard.by, package=pharmacy.drugs["lisinopril"], packages=1)
    assert (line.price_usd, own.price_usd) == (1, Decimal("2.11"))
    assert line.order_id != own.order_id
    approve_and_send(by=yard.by, order_id=line.order_id)
    assert b"0012345B" in bytes(Outgoing.objects.get().raw)
    assert Expected.objects.get().programme == Programme.DISCOUNT_340B


def test_schedule_ii_is_refused_on_the_pad_by_its_rule(yard, pharmacy):
    with pytest.raises(Refused, match="Form 222"):
        put_on_pad(by=yard.by, package=pharmacy.drugs["oxycodone"], packages=1)
    assert not Order.objects.exists()


def test_what_no_catalogue_has_is_refused_by_name(yard, pharmacy):
    with pytest.raises(Refused, match="No catalogue has a price"):
        put_on_pad(by=yard.by, package=pharmacy.drugs["lisinopril-brand"], packages=1)


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_a_clerk_or_administrator_orders_nothing(yard, pharmacy, role):
    by = pharmacy.workers[role]
    with pytest.raises(NotAllowed):
        put_on_pad(by=by, package=pharmacy.drugs["lisinopril"], packages=1)
    assert not Order.objects.exists()


def test_a_line_is_changed_and_taken_off_the_pad(yard):
    order = yard.padded(lisinopril=3)
    line = yard.line(order, "lisinopril")
    change_line(by=yard.by, line_id=line.pk, packages=5)
    assert yard.line(order, "lisinopril").packages == 5
    change_line(by=yard.by, line_id=line.pk, packages=0)
    assert not OrderLine.objects.exists()
    with pytest.raises(Refused, match="nothing on this order"):
        approve_order(by=yard.by, order_id=order.pk)


def test_the_same_item_again_is_one_line_with_the_last_number(yard):
    yard.padded(lisinopril=3)
    order = yard.padded(lisinopril=4)
    assert [line.packages for line in OrderLine.objects.filter(order=order)] == [4]


# Approve and send


def test_an_approved_order_goes_out_once_in_the_wholesalers_dialect(yard, pharmacy):
    order = yard.padded(lisinopril=3, warfarin=2)
    approve_order(by=yard.by, order_id=order.pk)
    order = send_order(by=yard.by, order_id=order.pk)
    with pytest.raises(Refused, match="is sent"):
        send_order(by=yard.by, order_id=order.pk)
    (out,) = Outgoing.objects.all()
    assert (out.about, out.lane, out.key) == ("order", "plains", f"order-{order.pk}")
    (one,) = read(bytes(out.raw)).sets()
    paper = read_purchase_order(one, dialect("plain"))
    assert (paper.number, paper.account) == (order.po, ACCOUNT)
    assert paper.buyer_dea == pharmacy.pharmacy.dea
    assert [(int(line.quantity), line.product.ndc) for line in paper.lines] == [
        (3, pharmacy.drugs["lisinopril"].ndc11),
        (2, pharmacy.drugs["warfarin"].ndc11),
    ]
    assert coming(yard) == 300
    assert deeds(yard, order)[-2:] == [Deed.ORDER_APPROVED, Deed.ORDER_SENT]


def test_the_house_itself_approves_nothing(yard, pharmacy):
    order = yard.padded(lisinopril=1)
    with pytest.raises(Refused, match="A person approves"):
        approve_order(by=pharmacy.system, order_id=order.pk)


def test_a_draft_is_not_sent_before_somebody_has_approved_it(yard):
    order = yard.padded(lisinopril=1)
    with pytest.raises(Refused, match="is draft"):
        send_order(by=yard.by, order_id=order.pk)
    assert not Outgoing.objects.exists()


def test_an_approved_order_goes_back_on_the_pad_when_there_is_no_other(yard):
    order = yard.padded(lisinopril=1)
    approve_order(by=yard.by, order_id=order.pk)
    assert reopen_order(by=yard.by, order_id=order.pk).state == OrderState.DRAFT
    approve_order(by=yard.by, order_id=order.pk)
    yard.padded(warfarin=1)
    with pytest.raises(Refused, match="another draft"):
        reopen_order(by=yard.by, order_id=order.pk)


def test_orders_are_numbered_one_after_the_other(yard):
    first, second = yard.sent(lisinopril=1), yard.sent(lisinopril=1)
    assert (first.po, second.po) == ("PO000001", "PO000002")
    assert second.control == (first.control or 0) + 1


# What the wholesaler says


def test_an_order_taken_as_it_stands_asks_nobody_anything(yard):
    order = yard.sent(lisinopril=3)
    yard.takes(yard.answer(order, ("lisinopril", 3, [("IA", 3)])))
    order.refresh_from_db()
    assert (order.state, order.seller_number) == (OrderState.ACKNOWLEDGED, "SO77")
    assert not LineAnswer.objects.filter(needs_decision=True).exists()
    assert coming(yard) == 300


def test_what_is_short_is_expected_less_and_waits_for_a_person(yard):
    order = yard.sent(lisinopril=3)
    yard.takes(yard.answer(order, ("lisinopril", 3, [("IQ", 2), ("IB", 1)])))
    assert coming(yard) == 300
    later = LineAnswer.objects.get(said=Said.BACK_ORDERED)
    decide(by=yard.by, answer_id=later.pk, decision=Decided.REFUSED, because="called: no")
    assert coming(yard) == 200


def test_a_refusal_needs_its_reason_and_a_decision_is_made_once(yard):
    order = yard.sent(lisinopril=3)
    yard.takes(yard.answer(order, ("lisinopril", 3, [("IB", 3)])))
    one = LineAnswer.objects.get()
    with pytest.raises(Refused, match="why"):
        decide(by=yard.by, answer_id=one.pk, decision=Decided.REFUSED)
    decide(by=yard.by, answer_id=one.pk, decision=Decided.TAKEN)
    with pytest.raises(Refused, match="decided already"):
        decide(by=yard.by, answer_id=one.pk, decision=Decided.TAKEN)


@pytest.mark.parametrize(
    ("decision", "price"), [(Decided.TAKEN, "2.50"), (Decided.REFUSED, "2.11")]
)
def test_a_new_price_is_agreed_on_only_when_somebody_takes_it(yard, decision, price):
    order = yard.sent(lisinopril=3)
    yard.takes(yard.answer(order, ("lisinopril", 3, [("IP", 3)]), price="2.50"))
    one = LineAnswer.objects.get()
    assert one.said == Said.PRICE
    decide(by=yard.by, answer_id=one.pk, decision=decision, because="x")
    assert yard.line(order, "lisinopril").price_usd == Decimal(price)
    assert coming(yard) == 300


def test_a_substitute_the_drug_file_does_not_know_never_becomes_a_drug(yard):
    order = yard.sent(lisinopril=3)
    yard.takes(yard.answer(order, ("lisinopril", 3, [("IS", 3)])))
    one = LineAnswer.objects.get()
    LineAnswer.objects.update(package=None, ndc="99999999999")
    with pytest.raises(Refused, match="not in the drug file"):
        decide(by=yard.by, answer_id=one.pk, decision=Decided.TAKEN)
    assert OrderLine.objects.count() == 1
    decide(by=yard.by, answer_id=one.pk, decision=Decided.REFUSED, because="unknown")


def test_a_substitute_that_is_schedule_ii_cannot_be_taken(yard, pharmacy):
    order = yard.sent(lisinopril=3)
    yard.takes(yard.answer(order, ("lisinopril", 3, [("IS", 3)])))
    LineAnswer.objects.update(package=pharmacy.drugs["oxycodone"])
    with pytest.raises(Refused, match="Form 222"):
        decide(by=yard.by, answer_id=LineAnswer.objects.get().pk, decision=Decided.TAKEN)


def test_an_order_refused_as_a_whole_is_over_and_can_be_ordered_again(yard):
    order = yard.sent(lisinopril=3)
    yard.takes(yard.answer(order, ("lisinopril", 3, [("IR", 3)]), kind="RJ"))
    order.refresh_from_db()
    assert order.state == OrderState.CANCELLED
    assert coming(yard) == 0
    anew = order_again(by=yard.by, order_id=order.pk)
    assert (anew.state, anew.lines.get().packages) == (OrderState.DRAFT, 3)


def test_a_later_answer_overtakes_what_nobody_decided_on(yard):
    order = yard.sent(lisinopril=3)
    yard.takes(yard.answer(order, ("lisinopril", 3, [("IB", 3)])))
    yard.takes(yard.answer(order, ("lisinopril", 3, [("IA", 3)])))
    assert not LineAnswer.objects.filter(needs_decision=True).exists()
    assert yard.line(order, "lisinopril").promised == 3


# Called off and closed


def test_an_order_nobody_has_seen_is_called_off_in_the_outbox(yard):
    order = yard.sent(lisinopril=3)
    cancel_order(by=yard.by, order_id=order.pk, because="ordered twice")
    assert Outgoing.objects.get().state == OutgoingState.FAILED
    assert coming(yard) == 0


def test_calling_off_needs_its_reason_and_changes_nothing_without(yard):
    order = yard.sent(lisinopril=3)
    with pytest.raises(Refused, match="why"):
        cancel_order(by=yard.by, order_id=order.pk, because=" ")
    assert Order.objects.get().state == OrderState.SENT
    assert coming(yard) == 300


def test_an_order_that_came_is_not_called_off_but_closed(yard):
    order = yard.sent(lisinopril=2)
    yard.takes_in(yard.begun(order), yard.came(serial="A1"))
    with pytest.raises(Refused, match="part received"):
        cancel_order(by=yard.by, order_id=order.pk, because="x")
    with pytest.raises(Refused, match="why"):
        close_order(by=yard.by, order_id=order.pk, because="")
    close_order(by=yard.by, order_id=order.pk, because="the rest was refused")
    assert Order.objects.get().state == OrderState.CLOSED
    assert coming(yard) == 0


def test_an_order_of_another_pharmacy_is_none(yard, pharmacy):
    order = yard.padded(lisinopril=1)
    with pytest.raises(Refused, match="No such order"):
        approve_order(by=pharmacy.stranger, order_id=order.pk)
