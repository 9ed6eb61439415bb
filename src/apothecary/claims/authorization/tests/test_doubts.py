"""When the payer is not to be understood, or says nothing: asked again, then said so."""

import pytest

from apothecary.claims.authorization.actions import ask, withdraw
from apothecary.claims.authorization.answering import (
    act_on_answer,
    act_on_reply,
    note_doubt,
    take_reply,
)
from apothecary.claims.authorization.states import AuthorizationState, Way
from apothecary.claims.authorization.tests.desk import now, sent_of
from apothecary.claims.authorization.tests.test_post import opened, receipt, reply
from apothecary.claims.rules import MOST_DOUBTS
from apothecary.wires.models import Incoming, OutgoingState
from apothecary.wires.script.authorization_model import APPROVED, REQUEST, Verdict

S = AuthorizationState


@pytest.fixture(params=[Way.LINE, Way.EPA], ids=["line", "electronic"])
def out(desk, request):
    """A request that is on its way, by either wire."""
    row = desk.started()
    ask(by=desk.technician, authorization_id=row.pk, way=request.param)
    return now(row)


@pytest.fixture
def electronic(desk):
    row = desk.started()
    ask(by=desk.technician, authorization_id=row.pk, way=Way.EPA)
    return now(row)


def doubts(desk, row, times: int) -> None:
    for _ in range(times):
        note_doubt(by=desk.world.system, outgoing_id=sent_of(row).pk, says="no answer")


def test_the_same_bytes_go_out_again_and_at_last_it_is_said_that_nobody_answers(desk, out):
    sent = bytes(sent_of(out).raw)
    doubts(desk, out, MOST_DOUBTS - 1)
    waiting = now(out)
    assert (waiting.state, waiting.doubts) == (S.ASKED, MOST_DOUBTS - 1)
    assert (sent_of(waiting).problem, bytes(sent_of(waiting).raw)) == ("no answer", sent)
    assert sent_of(waiting).next_try_at > desk.world.system.at
    doubts(desk, out, 1)
    assert now(out).state == S.UNANSWERED
    assert sent_of(now(out)).state == OutgoingState.FAILED
    # Whoever doubts once more doubts nothing: it waits for nobody.
    doubts(desk, out, 1)
    assert now(out).doubts == MOST_DOUBTS


def test_each_doubt_waits_longer_than_the_one_before(desk, out):
    waits = []
    for _ in range(MOST_DOUBTS - 1):
        doubts(desk, out, 1)
        waits.append(sent_of(now(out)).next_try_at)
    assert waits == sorted(set(waits))


@pytest.mark.parametrize("raw", [b"", b"garbage", b"D0B11A011234567        20261123"])
def test_an_answer_of_the_line_that_is_none_is_a_doubt(desk, raw):
    row = desk.started()
    ask(by=desk.technician, authorization_id=row.pk, way=Way.LINE)
    row = now(row)
    act_on_answer(by=desk.world.system, outgoing_id=sent_of(row).pk, raw=raw)
    assert (now(row).state, now(row).doubts) == (S.ASKED, 1)
    assert now(row).problem.startswith("unusable answer")


def replies(desk, row, verdict: Verdict) -> None:
    """The payer answers what is out about it."""
    take_reply(by=desk.world.system, outgoing_id=sent_of(row).pk, raw=reply(row, verdict))


def test_a_withdrawal_nobody_answers_leaves_it_as_the_payer_has_it(desk, electronic):
    replies(desk, electronic, opened())
    withdraw(by=desk.technician, authorization_id=electronic.pk, because="not needed")
    going = now(electronic)
    assert going.state == S.WITHDRAWING
    doubts(desk, going, MOST_DOUBTS)
    assert now(electronic).state == S.DEFERRED
    assert now(electronic).inquire_at > desk.world.system.at


def test_a_number_that_was_given_stays_when_its_withdrawal_is_never_answered(desk, electronic):
    given = Verdict(step=REQUEST, reference="PA-1", case_id="C9", status=APPROVED, number="N1")
    replies(desk, electronic, given)
    assert (now(electronic).state, now(electronic).number) == (S.APPROVED, "N1")
    withdraw(by=desk.technician, authorization_id=electronic.pk, because="another drug")
    doubts(desk, now(electronic), MOST_DOUBTS)
    assert (now(electronic).state, now(electronic).number) == (S.APPROVED, "N1")


def test_a_receipt_of_a_withdrawal_is_not_its_answer(desk, electronic):
    replies(desk, electronic, opened())
    withdraw(by=desk.technician, authorization_id=electronic.pk, because="not needed")
    row = now(electronic)
    take_reply(by=desk.world.system, outgoing_id=sent_of(row).pk,
               raw=receipt(row, "Status", "000"))  # fmt: skip
    assert now(row).state == S.WITHDRAWING


def test_a_message_that_is_about_no_authorization_is_nobodys(desk, electronic):
    kept = Incoming.objects.count()
    before = now(electronic)
    for act in (act_on_answer, act_on_reply):
        act(by=desk.world.system, outgoing_id=99_999_999, raw=b"anything")
    note_doubt(by=desk.world.system, outgoing_id=99_999_999, says="no answer")
    assert (now(electronic).state, now(electronic).doubts) == (before.state, before.doubts)
    assert Incoming.objects.count() == kept
