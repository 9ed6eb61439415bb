"""The post room: addresses, what goes wrong on the way, and answers nobody can use."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from apothecary.claims.authorization.actions import ask, withdraw
from apothecary.claims.authorization.answering import take_message, take_reply
from apothecary.claims.authorization.post import addresses_in, ask_by_http
from apothecary.claims.authorization.states import AuthorizationState, Way
from apothecary.claims.authorization.tests.desk import BIN, claims_of, now, sent_of
from apothecary.claims.failures import NoAnswer, NotConnected
from apothecary.wires import Malformed
from apothecary.wires.models import Incoming
from apothecary.wires.script.authorization_model import (
    APPROVED,
    CANCEL,
    DENIED,
    INITIATION,
    OPEN,
    REQUEST,
    Question,
    QuestionSet,
    Verdict,
)
from apothecary.wires.script.authorization_write import write_verdict
from apothecary.wires.script.model import Address

S = AuthorizationState
AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
QUESTIONS = QuestionSet("Q", "", (Question("1", "Quantity?", "Numeric"),))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"


@contextmanager
def talker(answer: bytes) -> Iterator[str]:
    """A server that says these bytes to the first caller and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            line, _ = server.accept()
            with line:
                heard = b""
                # What is not read when it hangs up would be answered with a reset.
                while not heard.endswith(b"<Message/>"):
                    heard += line.recv(65536)
                line.sendall(answer)

        thread = threading.Thread(target=talk)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/epa?plan=1"
        thread.join(timeout=5)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("999996=http://payer.test/epa", {"999996": "http://payer.test/epa"}),
        (
            "999996=https://a.test/x, 999997=https://b.test",
            {"999996": "https://a.test/x", "999997": "https://b.test"},
        ),
    ],
)
def test_the_addresses_of_the_payers_are_read(text, found):
    assert dict(addresses_in(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        "999996",
        "99999=http://a.test",
        "99999x=http://a.test",
        "999996=ftp://a.test",
        "999996=http://",
    ],
)
def test_an_address_that_is_none_is_refused_with_its_text(text):
    with pytest.raises(ValueError, match="is not BIN="):
        addresses_in(text)


def test_an_answer_comes_back_whole():
    with talker(HEAD + b"hello") as url:
        assert ask_by_http(url, b"<Message/>") == b"hello"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"", "the line broke"),
        (b"hello\r\n\r\n", "the line broke"),
        (HEAD + b"he", "the line broke"),
        (HEAD.replace(b"200 OK", b"503 Busy") + b"hello", "answered 503"),
        (HEAD.replace(b"5\r", b"1000002\r") + b"x" * 1_000_002, "more than 1000000 bytes"),
    ],
)
def test_half_an_answer_is_none(answer, says):
    with talker(answer) as url, pytest.raises(NoAnswer, match=says):
        ask_by_http(url, b"<Message/>")


def test_nobody_there_is_told_from_no_answer():
    with pytest.raises(NotConnected, match="no line"):
        ask_by_http("http://127.0.0.1:9/epa", b"")


@pytest.fixture
def out(desk):
    """An electronic request that is on its way."""
    row = desk.started()
    ask(by=desk.technician, authorization_id=row.pk, way=Way.EPA)
    return now(row)


def reply(row, verdict: Verdict, *, to: str = "") -> bytes:
    return write_verdict(
        verdict,
        to=Address("1234567", "P"),
        sender=Address(BIN, "PY"),
        message_id="R1",
        sent_at=AT,
        relates_to=to or sent_of(row).key,
    )


def opened() -> Verdict:
    return Verdict(
        step=INITIATION, reference="PA-1", status=OPEN, case_id="C9", questions=QUESTIONS
    )


def receipt(row, kind: str, code: str) -> bytes:
    """A Status or an Error instead of the response."""
    raw = reply(row, opened()).decode()
    start, end = raw.index("<Body>"), raw.index("</Body>")
    said = f"<Body><{kind}><Code>{code}</Code><Description>Busy</Description></{kind}>"
    return (raw[:start] + said + raw[end:]).encode()


def takes(desk, row, raw: bytes) -> None:
    take_reply(by=desk.world.system, outgoing_id=row.outgoing_id, raw=raw)


def test_a_receipt_waits_for_the_answer_which_then_comes_by_the_door(desk, out):
    takes(desk, out, receipt(out, "Status", "000"))
    assert now(out).state == S.DEFERRED
    assert "by a message of its own" in now(out).said
    assert take_message(by=desk.world.system, raw=reply(out, opened()))
    assert (now(out).state, now(out).reference) == (S.QUESTIONED, "C9")
    assert now(out).answers["1"]["values"] == ["60"]
    # The door gives the same message again: it answers nothing any more.
    assert not take_message(by=desk.world.system, raw=reply(out, opened()))


def test_a_message_that_answers_nothing_of_ours_changes_nothing(desk, out):
    assert not take_message(by=desk.world.system, raw=reply(out, opened(), to="M-77"))
    assert now(out).state == S.ASKED


@pytest.mark.parametrize("kind", ["a receipt", "nonsense", "a request", "another payer"])
def test_a_message_that_is_no_answer_of_the_payer_asked_is_refused(desk, out, kind):
    raw = {
        "a receipt": receipt(out, "Status", "000"),
        "nonsense": b"nonsense",
        "a request": bytes(sent_of(out).raw),
        "another payer": reply(out, opened()).replace(BIN.encode(), b"610500"),
    }[kind]
    with pytest.raises(Malformed):
        take_message(by=desk.world.system, raw=raw)
    assert (now(out).state, now(out).doubts) == (S.ASKED, 0)


def test_a_payer_that_names_only_the_case_is_understood(desk, out):
    takes(desk, out, receipt(out, "Status", "000"))
    late = replace(opened(), reference=f"PA-{out.pk}")
    for named in ("PA-", "PA-x", "PA-99999999999999999999", "", f"PA-{out.pk + 1}"):
        other = without_relation(out, replace(late, reference=named or "none"))
        assert not take_message(by=desk.world.system, raw=other)
    assert take_message(by=desk.world.system, raw=without_relation(out, late))
    assert now(out).state == S.QUESTIONED


def without_relation(row, verdict: Verdict) -> bytes:
    """The response without the number of our message."""
    told = f"<RelatesToMessageID>{sent_of(row).key}</RelatesToMessageID>".encode()
    raw = reply(row, verdict)
    assert told in raw
    return raw.replace(told, b"")


def test_only_a_withdrawal_is_answered_by_a_cancellation(desk, out):
    gone = Verdict(step=CANCEL, reference="PA-1", status=APPROVED)
    with pytest.raises(Malformed, match="another question"):
        take_message(by=desk.world.system, raw=reply(out, gone))
    takes(desk, out, reply(out, opened()))
    withdraw(by=desk.technician, authorization_id=out.pk, because="not needed")
    with pytest.raises(Malformed, match="another question"):
        take_message(by=desk.world.system, raw=reply(now(out), opened()))
    assert now(out).state == S.WITHDRAWING
    assert take_message(by=desk.world.system, raw=reply(now(out), gone))
    assert now(out).state == S.CANCELLED


def test_a_final_error_gives_it_back_to_us_and_a_passing_one_is_asked_again(desk, out):
    takes(desk, out, receipt(out, "Error", "602"))
    assert (now(out).state, now(out).doubts) == (S.ASKED, 1)
    takes(desk, out, receipt(out, "Error", "900"))
    assert (now(out).state, now(out).said) == (S.DRAFT, "the payer refused it: Busy")


@pytest.mark.parametrize("kind", ["nonsense", "other number", "our own request", "not well"])
def test_an_answer_nobody_can_use_is_kept_and_asked_for_again(desk, out, kind):
    raw = {
        "nonsense": b"garbage",
        "other number": reply(out, opened(), to="M-77"),
        "our own request": bytes(sent_of(out).raw),
        "not well": reply(out, opened()).replace(b"<QuestionID>1", b"<QuestionID>"),
    }[kind]
    takes(desk, out, raw)
    assert (now(out).state, now(out).doubts) == (S.ASKED, 1)
    assert now(out).problem.startswith("unusable answer")
    kept = Incoming.objects.get(partner="epa")
    assert bytes(kept.raw) == raw


def test_an_answer_after_the_decision_changes_nothing(desk, out):
    takes(desk, out, reply(out, opened()))
    denied = Verdict(step=REQUEST, reference="PA-1", status=DENIED, reason="late")
    takes(desk, out, reply(out, denied))
    assert now(out).state == S.QUESTIONED
    approved = Verdict(step=REQUEST, reference="PA-1", status=APPROVED, number="X1")
    takes(desk, out, reply(out, approved))
    assert now(out).number == ""


def test_a_number_that_no_claim_can_carry_is_kept_and_said(desk, out):
    number = "A" * 20
    takes(desk, out, reply(out, Verdict(step=REQUEST, reference="", status=APPROVED)))
    approved = Verdict(step=REQUEST, reference="PA-1", status=APPROVED, number=number)
    takes(desk, out, reply(out, approved))
    row = now(out)
    assert (row.state, row.number) == (S.APPROVED, number)
    assert "could not be sent" in row.problem
    assert "11 characters" in row.problem
    (claim,) = claims_of(row.fill_id)
    assert claim.closed_at is None
