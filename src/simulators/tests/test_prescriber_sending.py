"""The prescriber over a real socket: what it thinks of the answers, and its patience."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from simulators.prescriber.command import main
from simulators.prescriber.flaws import EITHER, FLAWS
from simulators.prescriber.judge import Expectation, read_answer, wrongs
from simulators.prescriber.post import Reply
from simulators.tests.counter import Running
from simulators.tests.house import Answer, House, message, reply_to, trusting

EXPECTED = Expectation("M1", "1234567893", "1234567", frozenset(["status"]))


def send(house: House, *options: str) -> int:
    return main(
        ["--to", house.url, "--token", "t0k", "--pace", "max", "--seed", "5", "--run", "r",
         "--today", "2026-03-02", "--give-up-after", "3", *options]
    )  # fmt: skip


def good(raw: bytes) -> Answer:
    kind = ("CancelRxResponse", "") if b"<CancelRx>" in raw else ("Status", "010")
    return reply_to(raw, *kind)


def test_plain_messages_taken_by_the_house_are_right(tmp_path: Path) -> None:
    log, report = tmp_path / "log.jsonl", tmp_path / "report.json"
    with House(good) as house:
        code = send(house, "--count", "5", "--log", str(log), "--report", str(report))
    assert code == 0
    assert len(house.got) == 5
    assert set(house.credentials) == {"Bearer t0k"}
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["sent"].encode() for line in lines] == house.got
    assert json.loads(report.read_text())["answers"] == {"newrx: status 010": 5}


def test_the_token_may_go_as_a_basic_password() -> None:
    with House(good) as house:
        assert send(house, "--count", "1", "--user", "eprescribing") == 0
    assert house.credentials == ["Basic ZXByZXNjcmliaW5nOnQwaw=="]


@pytest.mark.parametrize("flaw", list(FLAWS))
def test_a_house_that_takes_what_it_must_refuse_is_found_out(flaw: str) -> None:
    with House(trusting) as house:
        code = send(house, "--flaw", flaw)
    assert len(house.got) == 1
    assert code == (0 if FLAWS[flaw].right == EITHER else 1)


@pytest.mark.parametrize("flaw", list(FLAWS))
def test_a_house_that_refuses_a_flaw_is_right(flaw: str) -> None:
    def refusing(raw: bytes) -> Answer:
        if flaw in {"malformed", "entities"}:
            return 400, b"cannot read this"
        return reply_to(raw, "Error", "900")

    with House(refusing) as house:
        assert send(house, "--flaw", flaw) == 0


def test_a_cancel_follows_its_prescription() -> None:
    with House(good) as house:
        assert send(house, "--once", "cancel") == 0
    assert [b"<CancelRx>" in raw for raw in house.got] == [False, True]


def test_a_repetition_is_the_same_message() -> None:
    with House(good) as house:
        assert send(house, "--once", "repeat") == 0
    assert house.got[0] == house.got[1]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda raw: (500, b"traceback"), "house broke"),
        (lambda raw: (200, b"ok"), "answered nothing"),
        (lambda raw: (422, b"no"), "answered error"),
        (lambda raw: reply_to(raw, "Error", "900"), "answered error 900"),
        (lambda raw: reply_to(raw, "Status", "999"), "not in the standard"),
        (lambda raw: reply_to(raw, "NewRx", "000"), "answered NewRx"),
    ],
)
def test_a_wrong_answer_to_a_plain_message_is_reported(
    answer: Callable[[bytes], Answer], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with House(answer) as house:
        assert send(house, "--count", "1") == 1
    assert says in capsys.readouterr().out


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ({"to": "1234567893", "sender": "1234567", "relates_to": "M1"}, ""),
        ({"to": "1234567893", "sender": "1234567", "relates_to": "M2"}, "RelatesToMessageID"),
        ({"to": "1234567", "sender": "1234567893", "relates_to": "M1"}, "not swapped"),
    ],
)
def test_an_answer_must_refer_to_the_message_and_swap_the_addresses(
    header: dict[str, str], says: str
) -> None:
    to, sender, relates_to = header["to"], header["sender"], header["relates_to"]
    raw = message("Status", "000", to=to, sender=sender, relates_to=relates_to)
    reply = Reply(200, raw)
    found = wrongs(EXPECTED, reply, read_answer(reply))
    assert bool(found) is bool(says)
    assert all(says in one for one in found)


def test_an_entity_in_an_answer_is_not_resolved() -> None:
    raw = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><Message><Body><Status><Code>&e;</Code></Status></Body></Message>'
    assert read_answer(Reply(200, raw)).code == ""


def test_a_house_that_is_busy_gets_the_same_message_again() -> None:
    turns = [503, 503]

    def busy(raw: bytes) -> Answer:
        return (turns.pop(), b"") if turns else good(raw)

    with House(busy) as house:
        assert send(house, "--count", "1") == 0
    assert len(house.got) == 3
    assert len(set(house.got)) == 1


def test_a_house_that_stays_away_is_given_up(capsys: pytest.CaptureFixture[str]) -> None:
    with House(good) as house:
        pass
    assert send(house, "--count", "1", "--give-up-after", "0.1") == 3
    assert '"unanswered": ["SIMr0000001"]' in capsys.readouterr().out


def test_a_house_that_never_answers_counts_as_down() -> None:
    def slow(raw: bytes) -> Answer:
        time.sleep(0.4)
        return good(raw)

    with House(slow) as house:
        assert send(house, "--count", "1", "--timeout", "0.1", "--give-up-after", "0") == 3


def test_a_refused_credential_ends_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    with House(lambda raw: (401, b"")) as house:
        assert send(house, "--count", "9") == 3
    assert len(house.got) == 1
    assert "credential" in capsys.readouterr().err


def test_sigterm_ends_it_at_once_with_a_report() -> None:
    with House(good) as house:
        running = Running(
            "simulators.prescriber", "--to", house.url, "--token", "t", "--pace", "6/min"
        )
        assert running.line().startswith("prescriber: ready")
        assert "newrx" in running.line()
        begun = time.monotonic()
        assert running.stop() == 0
        assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    "options",
    [
        ["--pace", "fast"],
        ["--pace", "0/min"],
        ["--flawed", "2"],
        ["--flawed", "-1"],
        ["--flaw", "unheard-of"],
        ["--today", "tomorrow"],
    ],
)
def test_a_bad_option_is_refused(options: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--to", "http://127.0.0.1:1/script", "--token", "t", *options])
    assert ended.value.code == 2


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/script", "127.0.0.1:8000/script", ""])
def test_a_bad_address_is_refused(url: str) -> None:
    assert main(["--to", url, "--token", "t", "--count", "1"]) == 2
