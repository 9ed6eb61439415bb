"""Signed orders go out byte for byte until somebody answers, and an answer counts once."""

import json

import pytest

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.staff.duties import Role
from apothecary.vault.book.tests.hands import deeds, not_allowed, refused
from apothecary.vault.csos.answering import say_answer, take_answer, verdict_of
from apothecary.vault.csos.lines import desks_at
from apothecary.vault.csos.models import CsosOrder
from apothecary.vault.csos.sending import CsosPost, send_order
from apothecary.vault.csos.states import CsosState
from apothecary.vault.csos.tests.authority import DAY
from apothecary.vault.csos.tests.desk import PLAINS, OrderDesk
from apothecary.vault.orders.tests.desk import elsewhere, later
from apothecary.wires.errors import Rejected
from apothecary.wires.models import Outgoing, OutgoingState
from apothecary.wires.web import NoAnswer, NotConnected


@pytest.fixture
def desk(pharmacy, tmp_path):
    return OrderDesk(pharmacy, tmp_path / "trust")


class Counterpart:
    """A supplier who says what the test gives it to say, and keeps what it was handed."""

    def __init__(self, *says):
        self.says, self.got = list(says), []

    def hand_over(self, raw):
        self.got.append(raw)
        said = self.says.pop(0)
        if isinstance(said, Exception):
            raise said
        return said if isinstance(said, bytes) else json.dumps(said).encode()


def answer(order, state="accepted", **more):
    return {"order": order.number, "state": state, "number": "C-1", "says": state} | more


def told(desk, order, *says, rounds=1):
    """The worker's rounds with a supplier who says that; the order afterwards."""
    there = Counterpart(*says)
    post = CsosPost({PLAINS.dea: there})
    for each in range(rounds):
        post.send_due(desk.world.pharmacy, NOON + each * DAY)
    order.refresh_from_db()
    return there


def test_what_is_sent_is_what_was_signed(desk):
    order = desk.sent()
    there = told(desk, order, answer(order))
    assert there.got == [bytes(order.raw)]
    assert (order.state, order.supplier_number) == (CsosState.ACCEPTED, "C-1")
    assert json.loads(bytes(order.answer))["state"] == "accepted"
    assert deeds("csosorder", order.pk)[-2:] == [
        "sent an electronic order to its supplier",
        "took in what a supplier said of an electronic order",
    ]


def test_a_supplier_does_not_accept_and_its_statement_stays_with_the_order(desk):
    order = desk.sent()
    told(desk, order, answer(order, "refused", code="revoked", says="was revoked"))
    assert (order.state, order.answer_code) == (CsosState.REFUSED, "revoked")
    assert order.answer_says == "was revoked"


def test_bytes_that_the_desk_cannot_take_are_not_sent_again(desk):
    order = desk.sent()
    there = told(desk, order, Rejected("422 body"), rounds=3)
    assert len(there.got) == 1
    assert (order.state, order.answer_code) == (CsosState.REFUSED, "unreadable")


@pytest.mark.parametrize("failure", [NotConnected("no line"), NoAnswer("broke")])
def test_without_an_answer_the_same_bytes_go_out_again(desk, failure):
    order = desk.sent()
    there = told(desk, order, failure, answer(order), rounds=2)
    assert there.got == [bytes(order.raw)] * 2
    assert order.state == CsosState.ACCEPTED


def test_a_supplier_without_a_desk_is_waited_for_and_shown_so(desk):
    order = desk.sent()
    CsosPost({"PC2222228": Counterpart()}).send_due(desk.world.pharmacy, NOON)
    order.refresh_from_db()
    assert order.state == CsosState.SENT
    assert "none is set up" in order.outgoing.problem
    assert CsosPost({}).send_due(desk.world.pharmacy, NOON) == 0


def test_an_item_that_the_supplier_voids_is_not_waited_for(desk):
    order = desk.sent(3, 2)
    told(desk, order, answer(order, void=[{"line": 2, "because": "no such item"}]))
    first, second = order.lines.order_by("number")
    assert first.void_on is None
    assert (second.void_on, second.void_because) == (TODAY, "no such item")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"order": "26X000001", "state": "maybe"}',
        b'{"order": "26X000009", "state": "accepted"}',
        b'{"order": "26X000001", "state": ["accepted"]}',
        b'{"order": "26X000001", "state": "accepted", "void": [{}]}',
        b'{"order": "26X000001", "state": "accepted", "void": 3}',
        b"\xff\xfe",
    ],
)
def test_an_answer_that_is_not_understood_leaves_the_order_to_a_person(desk, raw):
    order = desk.sent()
    assert verdict_of(raw, number=order.number).state is None
    told(desk, order, raw)
    assert order.state == CsosState.SENT
    assert order.answer_says
    assert bytes(order.answer) == raw
    by = desk.boss
    say_answer(by=by, order_id=order.pk, accepted=True, because="their portal shows it")
    order.refresh_from_db()
    assert (order.state, order.answer_says) == (CsosState.ACCEPTED, "their portal shows it")


def test_the_second_answer_changes_nothing(desk):
    order = desk.sent()
    told(desk, order, answer(order))
    again = json.dumps(answer(order, "refused")).encode()
    take_answer(by=desk.world.system, outgoing_id=order.outgoing_id, raw=again)
    order.refresh_from_db()
    assert order.state == CsosState.ACCEPTED


def test_what_was_said_by_phone_ends_the_waiting(desk):
    order = desk.sent()
    say_answer(by=desk.boss, order_id=order.pk, accepted=False, because="they are closed")
    assert Outgoing.objects.get(pk=order.outgoing_id).state == OutgoingState.ANSWERED
    assert told(desk, order).got == []
    assert order.state == CsosState.REFUSED


def test_an_order_goes_out_once_and_when_it_is_signed(desk, pharmacy):
    by = pharmacy.technician
    written, order = desk.written(), desk.sent()
    assert refused(lambda: send_order(by=by, order_id=written.pk)) == {"csos-state": "state"}
    assert refused(lambda: send_order(by=by, order_id=order.pk)) == {"csos-state": "state"}
    assert Outgoing.objects.filter(party="ordering desk").count() == 1


def test_an_order_that_lay_for_too_long_is_not_sent(desk, pharmacy):
    order = desk.signed()
    fits = later(pharmacy.technician, TODAY + 60 * DAY)
    late = later(pharmacy.technician, TODAY + 61 * DAY)
    act = lambda: send_order(by=late, order_id=order.pk)  # noqa: E731
    assert refused(act) == {"csos-too-old": "order_number"}
    assert send_order(by=fits, order_id=order.pk).state == CsosState.SENT


def test_who_does_not_order_sends_none_nor_says_what_was_answered(desk, pharmacy):
    order = desk.signed()
    for role in (Role.CLERK, Role.TRAINEE, Role.ADMINISTRATOR):
        not_allowed(lambda role=role: send_order(by=pharmacy.workers[role], order_id=order.pk))
    sent = desk.sent()
    not_allowed(
        lambda: say_answer(by=pharmacy.technician, order_id=sent.pk, accepted=True, because="x")
    )
    theirs = elsewhere(pharmacy, Role.IN_CHARGE)
    act = lambda: send_order(by=theirs, order_id=order.pk)  # noqa: E731
    assert refused(act) == {"no-order": "order"}
    act = lambda: say_answer(  # noqa: E731
        by=desk.boss, order_id=sent.pk, accepted=True, because=" "
    )
    assert refused(act) == {"missing": "because"}
    act = lambda: say_answer(  # noqa: E731
        by=desk.boss, order_id=order.pk, accepted=True, because="x"
    )
    assert refused(act) == {"csos-state": "state"}
    assert CsosOrder.objects.get(pk=order.pk).state == CsosState.SIGNED


@pytest.mark.parametrize(
    ("addresses", "says"),
    [
        ("caprock=https://a/b", "not a registration"),
        ("RC9001013", "not a registration"),
        ("RC9001013=ftp://a/b", "no address"),
        ("RC9001013=http://far.example/b", "open line"),
        ("RC9001013=https://me:word@a/b", "no secret"),
        ("RC9001013=https://a/b,RC9001013=https://c/d", "second line"),
    ],
)
def test_an_address_that_is_none_is_named(addresses, says):
    with pytest.raises(ValueError, match=says):
        desks_at(addresses)


def test_desks_are_named_by_registration_and_show_no_token():
    found = desks_at("RC9001013=https://a/b, PB1111119=http://127.0.0.1:1/x",
                     tokens="RC9001013=secret")  # fmt: skip
    assert set(found) == {"RC9001013", "PB1111119"}
    assert "secret" not in repr(found["RC9001013"])
    with pytest.raises(NotConnected):
        found["PB1111119"].hand_over(b"x")
