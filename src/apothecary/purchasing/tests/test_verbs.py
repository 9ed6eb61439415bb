"""Every verb of the room by every role, by a stranger, and in every state: done or refused."""

from itertools import product

import pytest
from django.db import transaction

from apothecary.law.problem import Refused
from apothecary.purchasing.matching.models import Difference, Invoice
from apothecary.purchasing.ordering.answers import decide
from apothecary.purchasing.ordering.models import LineAnswer, Order, OrderLine
from apothecary.purchasing.ordering.pad import change_line
from apothecary.purchasing.states import (
    RECEIVABLE,
    UNSETTLED,
    ClaimState,
    Decided,
    InvoiceState,
    OrderState,
)
from apothecary.purchasing.tests.desk import (
    DIFFERENCE_VERBS,
    INVOICE_VERBS,
    ORDER_VERBS,
    VERBS,
    Desk,
    Verb,
    desk_of,
    written,
)
from apothecary.staff.duties import Duty, Role
from apothecary.staff.worker import NotAllowed

S, C, I = OrderState, ClaimState, InvoiceState  # noqa: E741 read as tables below
ROLES = [role for role in Role if role is not Role.SYSTEM]


@pytest.fixture
def desk(yard) -> Desk:
    return desk_of(yard)


def refused(act) -> set[str]:
    """The codes of a refusal; whatever was written before it is undone with it."""
    with pytest.raises(Refused) as refusal, transaction.atomic():
        act()
    return {one.code for one in refusal.value.problems}


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_verb_is_done_by_whose_duty_it_is_and_by_nobody_else(desk, pharmacy, verb: Verb):
    """All roles in turn: each is undone again, so that the next one finds the same desk."""
    done = {}
    for role in ROLES:
        by, before = pharmacy.workers[role], written()
        point = transaction.savepoint()
        try:
            verb.act(desk, by)
            done[role] = True
            assert written() != before or verb.name == "go on receiving"
        except NotAllowed:
            done[role] = False
            assert written() == before
        transaction.savepoint_rollback(point)
        desk.draft.refresh_from_db()
    assert done == {role: pharmacy.workers[role].may(verb.duty) for role in ROLES}
    assert True in done.values()
    assert False in done.values()


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_what_is_another_pharmacys_is_not_there_for_a_stranger(desk, pharmacy, verb: Verb):
    stranger, before = pharmacy.stranger, written()
    if not stranger.may(verb.duty):
        with pytest.raises(NotAllowed):
            verb.act(desk, stranger)
    else:
        codes = refused(lambda: verb.act(desk, stranger))
        assert len(codes) == 1
        assert codes.pop().startswith(("no-", "nothing-there"))
    assert written() == before


def test_the_duties_of_ordering_and_of_writing_off_are_not_those_of_the_same_people(pharmacy):
    orders = {role for role in ROLES if pharmacy.workers[role].may(Duty.ORDER_STOCK)}
    gives_up = {role for role in ROLES if pharmacy.workers[role].may(Duty.WRITE_OFF)}
    assert gives_up < orders
    assert Role.TECHNICIAN not in gives_up


# Orders

ALLOWED = {
    "approve": {S.DRAFT},
    "reopen": {S.APPROVED},
    "send": {S.APPROVED},
    "cancel": {S.DRAFT, S.APPROVED, S.SENT, S.ACKNOWLEDGED},
    "close": {S.PART_RECEIVED, S.RECEIVED},
    "again": {S.CANCELLED},
    "receive": set(RECEIVABLE),
}
BECOMES = {
    "approve": S.APPROVED,
    "reopen": S.DRAFT,
    "send": S.SENT,
    "cancel": S.CANCELLED,
    "close": S.CLOSED,
}


@pytest.mark.parametrize(("name", "state"), list(product(ORDER_VERBS, S)))
def test_a_verb_of_an_order_is_done_in_its_states_and_refused_by_name_in_the_others(
    yard, name, state
):
    order = yard.padded(lisinopril=3)
    Order.objects.filter(pk=order.pk).update(state=state.value)
    before = written()
    act = ORDER_VERBS[name]
    if state not in ALLOWED[name]:
        assert refused(lambda: act(yard.by, order.pk)) == {"order-state"}
        assert written() == before
        return
    act(yard.by, order.pk)
    assert Order.objects.get(pk=order.pk).state == BECOMES.get(name, state)
    assert written() != before


@pytest.mark.parametrize("state", S)
def test_a_line_is_changed_on_the_pad_alone(yard, state):
    order = yard.padded(lisinopril=3)
    Order.objects.filter(pk=order.pk).update(state=state.value)
    line = OrderLine.objects.get(order=order)
    act = lambda: change_line(by=yard.by, line_id=line.pk, packages=5)  # noqa: E731
    if state is not S.DRAFT:
        assert refused(act) == {"order-state"}
    else:
        act()
    line.refresh_from_db()
    assert line.packages == (5 if state is S.DRAFT else 3)


@pytest.mark.parametrize(("state", "decision"), list(product(S, Decided)))
def test_an_answer_is_decided_on_while_the_order_is_under_way(desk, state, decision):
    # There is one draft of a wholesaler: the desk's own makes room.
    Order.objects.filter(pk=desk.draft.pk).update(state=S.CANCELLED.value)
    Order.objects.filter(pk=desk.order.pk).update(state=state.value)
    by, answer = desk.yard.by, desk.answer
    act = lambda: decide(  # noqa: E731
        by=by, answer_id=answer.pk, decision=decision, because="x"
    )
    if state not in RECEIVABLE:
        assert refused(act) == {"order-state"}
    else:
        act()
    decided = LineAnswer.objects.get(pk=answer.pk).decided
    assert decided == (decision.value if state in RECEIVABLE else "")


# Differences

DONE_IN = {
    "claim": {C.OPEN},
    "credit": {C.CLAIMED, C.SHORT_CREDITED},
    "accept": {C.OPEN, C.CLAIMED},
    "write off": set(UNSETTLED),
}
THEN = {
    "claim": C.CLAIMED,
    "credit": C.SHORT_CREDITED,
    "accept": C.ACCEPTED,
    "write off": C.WRITTEN_OFF,
}


@pytest.mark.parametrize(("name", "state"), list(product(DIFFERENCE_VERBS, C)))
def test_a_difference_goes_its_way_and_no_other(desk, pharmacy, name, state):
    row = desk.difference
    Difference.objects.filter(pk=row.pk).update(state=state.value, usd="11.00")
    by, before = pharmacy.workers[Role.IN_CHARGE], written()
    act = DIFFERENCE_VERBS[name]
    if state not in DONE_IN[name]:
        assert refused(lambda: act(by, row.pk)) == {"difference-state"}
        assert written() == before
        return
    act(by, row.pk)
    row.refresh_from_db()
    assert row.state == THEN[name]
    # Whoever closes it stands there with the hour; what is open names nobody.
    assert (row.closed_by is None) == (row.state in UNSETTLED)


@pytest.mark.parametrize("name", ["claim", "accept", "write off"])
@pytest.mark.parametrize("because", ["", " ", "\t\n"])
def test_nothing_is_settled_without_a_reason_that_can_be_read_out_later(
    desk, pharmacy, name, because, monkeypatch
):
    monkeypatch.setattr("apothecary.purchasing.tests.desk.WHY", because)
    by, before = pharmacy.workers[Role.IN_CHARGE], written()
    act = DIFFERENCE_VERBS[name]
    assert refused(lambda: act(by, desk.difference.pk)) == {"no-reason"}
    assert written() == before


# Invoices


@pytest.mark.parametrize(("name", "state"), list(product(INVOICE_VERBS, I)))
def test_a_bill_is_compared_once_and_approved_once(desk, pharmacy, name, state):
    desk.receipt.closed_at = desk.yard.by.at
    desk.receipt.save()
    Difference.objects.update(state=C.CLAIMED.value)
    Invoice.objects.filter(pk=desk.invoice.pk).update(state=state.value)
    before = written()
    wrong = {
        ("match", I.DIFFERS): "matched",
        ("match", I.MATCHED): "matched",
        ("match", I.APPROVED): "matched",
        ("approve", I.NEW): "not-matched",
        ("approve", I.APPROVED): "approved",
    }
    act = INVOICE_VERBS[name]
    if (name, state) in wrong:
        codes = refused(lambda: act(desk.yard.by, desk.invoice.pk))
        assert codes == {wrong[name, state]}
        assert written() == before
        return
    act(desk.yard.by, desk.invoice.pk)
    after = Invoice.objects.get(pk=desk.invoice.pk).state
    # Two of three came: the bill differs; what is approved stays so.
    assert after == (I.DIFFERS if name == "match" else I.APPROVED)
