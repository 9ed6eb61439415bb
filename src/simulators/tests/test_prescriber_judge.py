"""The prescriber's judgement of an answer, and the reading of its own options."""

import argparse
from collections.abc import Callable

import pytest

from simulators.prescriber.command import read_pace, read_share
from simulators.prescriber.flaws import EITHER, REFUSED
from simulators.prescriber.judge import (
    ERROR_CODES,
    STATUS_CODES,
    Expectation,
    read_answer,
    wrongs,
)
from simulators.prescriber.post import Reply
from simulators.tests.house import message

PLAIN = frozenset(["status"])
CANCEL = frozenset(["cancel-response", "status"])


def expecting(right: frozenset[str], *, readable: bool = True) -> Expectation:
    return Expectation("M1", "1910000000", "9999991", right, readable)


def reply(kind: str, code: str, status: int = 200) -> Reply:
    raw = message(kind, code, to="1910000000", sender="9999991", relates_to="M1")
    return Reply(status, raw)


def judged(right: frozenset[str], answer: Reply, *, readable: bool = True) -> list[str]:
    return wrongs(expecting(right, readable=readable), answer, read_answer(answer))


@pytest.mark.parametrize("code", sorted(STATUS_CODES))
def test_every_status_code_of_the_standard_is_taken(code: str) -> None:
    assert judged(PLAIN, reply("Status", code)) == []


@pytest.mark.parametrize("code", sorted(ERROR_CODES))
def test_every_error_code_of_the_standard_is_taken(code: str) -> None:
    assert judged(REFUSED, reply("Error", code)) == []


@pytest.mark.parametrize(
    ("right", "kind", "code", "good"),
    [
        (PLAIN, "Status", "000", True),
        (PLAIN, "Verify", "010", True),
        (PLAIN, "Error", "900", False),
        (PLAIN, "CancelRxResponse", "", False),
        (REFUSED, "Error", "601", True),
        (REFUSED, "Status", "000", False),
        (REFUSED, "Verify", "010", False),
        (EITHER, "Status", "010", True),
        (EITHER, "Error", "900", True),
        (EITHER, "RxFill", "", False),
        (CANCEL, "CancelRxResponse", "", True),
        (CANCEL, "Status", "010", True),
        (CANCEL, "Error", "900", False),
        (PLAIN, "Status", "7", False),
        (REFUSED, "Error", "000", False),
    ],
)
def test_the_kind_and_code_of_an_answer_decide(
    right: frozenset[str], kind: str, code: str, good: bool
) -> None:
    assert (judged(right, reply(kind, code)) == []) is good


@pytest.mark.parametrize(
    ("status", "body", "right", "good"),
    [
        (400, b"", REFUSED, True),
        (422, b'{"problems": []}', REFUSED, True),
        (413, b"<html>", REFUSED, True),
        (400, b"", PLAIN, False),
        (200, b"", REFUSED, False),
        (200, b"<html/>", PLAIN, False),
        (302, b"", REFUSED, False),
        (500, b"", REFUSED, False),
        (200, b"<Message><Header/><Body/></Message>", PLAIN, False),
        (200, b"<Message><Body><Status/><Error/></Body></Message>", PLAIN, False),
    ],
)
def test_an_answer_without_a_message_is_an_error_only_as_4xx(
    status: int, body: bytes, right: frozenset[str], good: bool
) -> None:
    assert (judged(right, Reply(status, body)) == []) is good


def test_a_right_message_with_http_500_is_still_wrong() -> None:
    assert judged(REFUSED, reply("Error", "602", status=500)) == ["HTTP 500: the house broke"]


def test_a_namespaced_answer_is_read_by_local_name() -> None:
    raw = message("Status", "010", to="1910000000", sender="9999991", relates_to="M1")
    spaced = raw.replace(b"<Message>", b'<Message xmlns="urn:old">')
    assert judged(PLAIN, Reply(200, spaced)) == []


def test_everything_wrong_is_told_together() -> None:
    raw = message("Error", "123", to="9999991", sender="1910000000", relates_to="M9")
    assert len(judged(PLAIN, Reply(200, raw))) == 4


def test_an_unreadable_message_need_not_be_referred_to() -> None:
    raw = message("Error", "900", to="", sender="9999991", relates_to="unknown")
    assert judged(REFUSED, Reply(200, raw), readable=False) == []
    assert judged(REFUSED, Reply(200, raw)) != []


@pytest.mark.parametrize(
    ("text", "per_second"),
    [
        ("1/s", 1.0),
        ("2.5/sec", 2.5),
        ("60/min", 1.0),
        ("3600/h", 1.0),
        ("7200/hour", 2.0),
        ("86400/day", 1.0),
        ("max", None),
    ],
)
def test_a_pace_is_messages_per_unit_of_time(text: str, per_second: float | None) -> None:
    assert read_pace(text) == per_second


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_pace, "20"),
        (read_pace, "0/s"),
        (read_pace, "-1/s"),
        (read_pace, "1/week"),
        (read_pace, ""),
        (read_share, "1.1"),
        (read_share, "-0.1"),
        (read_share, "10%"),
        (read_share, ""),
        (read_share, "nan"),
    ],
)
def test_what_is_no_pace_or_share_is_refused(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        read(text)


@pytest.mark.parametrize(
    ("text", "share"), [("0", 0), ("1", 1), ("0.1", 0.1), (".25", 0.25), ("1.0", 1), ("0.", 0)]
)
def test_a_share_lies_between_nothing_and_all(text: str, share: float) -> None:
    assert read_share(text) == share
