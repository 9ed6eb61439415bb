"""Odd ways of speaking: each changes how an answer is written, never what was decided."""

import pytest

from simulators.payer.desk import Desk
from simulators.payer.dialects import DIALECTS
from simulators.payer.plans import Books
from simulators.payer.wire import FS, GS, RS
from simulators.tests.counter import (
    PHARMACY,
    Response,
    RunningPayer,
    changed,
    header,
    written,
)

BAD = {"07": {"D5": "000"}}


def paid(desk: Desk, dialect: str = "") -> str:
    return desk.answer(written(header(), changed()), dialect=dialect).transmission


def refused(desk: Desk, dialect: str = "") -> str:
    return desk.answer(written(header(), changed(BAD)), dialect=dialect).transmission


def test_every_dialect_is_spoken_by_a_plan_of_its_own(books: Books) -> None:
    spoken = [plan.dialect for plan in books.plans if plan.dialect]
    assert sorted(spoken) == sorted((name,) for name in DIALECTS)
    assert {plan.bin for plan in books.plans if plan.dialect} == {"999989"}


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_a_dialect_never_changes_what_was_decided(desk: Desk, books: Books, name: str) -> None:
    plan = next(p for p in books.plans if p.dialect == (name,))
    card = {"C2": "OD1234567", "C1": "ODD1"}
    claim = changed({"04": card})
    answered = desk.answer(written(header(bin_number=plan.bin, pcn=plan.pcns[0]), claim))
    assert answered.statuses == ["P"]
    assert answered.dialect == (name,)
    assert answered.transmission != paid(desk)
    (kept,) = [c for c in desk.memory.everything() if c.plan == plan.key]
    assert kept.rx == "7001234"


def test_the_first_separator_may_be_missing(desk: Desk) -> None:
    text = paid(desk, "no-first-separator")
    assert text[31:35] == f"{FS}AM2"
    assert text.count(RS) == text.count(f"{FS}AM") - 1


def test_counts_may_come_without_their_zero(desk: Desk) -> None:
    answer = Response(refused(desk, "short-codes"))
    assert (answer.one("FA"), answer.one("UF"), answer.one("UH")) == ("1", "1", "1")
    assert answer.all("FB") == ["19"]


def test_amounts_may_come_without_leading_zeros(desk: Desk) -> None:
    plain, bare = Response(paid(desk)), Response(paid(desk, "dropped-zeros"))
    assert (plain.one("F5"), bare.one("F5")) == ("0000100{", "100{")
    assert plain.usd("F9") == bare.usd("F9")


def test_one_more_etx_may_follow(desk: Desk) -> None:
    paid(desk)
    assert paid(desk, "trailing-etx") == paid(desk) + "\x03"


def test_values_may_be_padded(desk: Desk) -> None:
    answer = Response(paid(desk, "padded"))
    assert len(answer.one("F3")) == 20
    assert answer.one("D2") == "7001234     "


def test_private_fields_and_segments_may_come_along(desk: Desk) -> None:
    text = paid(desk, "private")
    assert f"{RS}{FS}AM91{FS}#1PRIVATE{FS}Z*" in text
    assert Response(text).one("$7") == "HOUSE USE ONLY"


def test_a_long_message_is_cut_over_lines_that_say_they_go_on(desk: Desk) -> None:
    answer = Response(refused(desk, "continued"))
    lines = answer.all("FQ")
    assert lines[-1] == "DAYS SUPPLY"
    assert all(len(line) <= 40 for line in lines)
    assert "".join(lines[:-1]).endswith("UNTIL IT IS DONE")
    assert answer.one("UF") == f"{len(lines):02d}"
    assert len(answer.all("UG")) == len(lines) - 2
    assert answer.all("UH") == [f"{n:02d}" for n in range(1, len(lines) + 1)]


def test_the_header_may_lack_the_blanks_of_the_provider(desk: Desk) -> None:
    text = paid(desk, "short-header")
    assert text.startswith(f"D0B11A01{PHARMACY}20260301{RS}")


def test_another_prescriptions_answer_may_follow_the_right_one(desk: Desk) -> None:
    answer = Response(paid(desk, "one-more-answer"))
    assert [answer.one("D2", n) for n in range(2)] == ["7001234", "999999999"]
    assert answer.text[4] == "1"


def test_the_answer_may_be_for_somebody_else(desk: Desk) -> None:
    answer = Response(paid(desk, "somebody-else"))
    assert answer.one("D2") == "999999999"
    assert PHARMACY not in answer.text


def test_texts_may_come_in_lower_case(desk: Desk) -> None:
    assert Response(refused(desk, "lower-case")).one("FQ") == "days supply"


def test_segments_may_come_in_another_order(desk: Desk) -> None:
    group = paid(desk, "reordered").split(GS)[1]
    assert [part[3:5] for part in group.split(RS)[1:]] == ["22", "21", "23"]


def test_a_header_refusal_is_always_plain(desk: Desk) -> None:
    raw = written(header(code="Z9"), changed())
    assert desk.answer(raw, dialect="private") == desk.answer(raw)


def test_any_plan_can_be_made_to_speak_oddly_for_a_while(payer: RunningPayer) -> None:
    payer.admin("POST", "/faults", {"kind": "odd", "dialect": "lower-case", "count": 1})
    raw = written(header(), changed({"04": {"C2": "LD0000001"}, "07": {"D5": "000"}}))
    with payer.till() as till:
        assert [till.ask(raw).one("FQ") for _ in range(2)] == ["days supply", "DAYS SUPPLY"]


def test_a_trailing_etx_on_the_line_is_noise_between_frames(payer: RunningPayer) -> None:
    payer.admin("POST", "/faults", {"kind": "odd", "dialect": "trailing-etx", "count": 1})
    raw = written(header(), changed({"04": {"C2": "LD0000002"}, "07": {"D5": "000"}}))
    with payer.till() as till:
        assert till.ask(raw).all("FB") == ["19"]
        assert till.ask(raw).all("FB") == ["19"]
