"""Partial fills: a part, its completion, and every way in which they do not belong together."""

import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from simulators.payer.desk import Desk
from simulators.payer.memory import Memory
from simulators.payer.wire import read_money
from simulators.tests.counter import Fields, Response, changed, header, written

WHOLE = {"E7": "0000030000", "D5": "030"}
INTENDED = {"HF": "0000030000", "HG": "030"}
PART = {"E7": "0000012000", "D5": "012", "HD": "P", **INTENDED}
REST = {
    "E7": "0000018000", "D5": "018", "HD": "C", "EN": "7001234", "EP": "20260301", **INTENDED,
}  # fmt: skip
# Twelve and eighteen thirtieths of the cost; the fee goes with the first part.
PART_PRICE = {"D9": "0000340{", "DC": "0000200{", "DQ": "0004820{", "DU": "0000540{"}
REST_PRICE = {"D9": "0000510{", "DC": "0000000{", "DQ": "0007230{", "DU": "0000510{"}
MONEY = ("F5", "F6", "F7", "F9")


def part(**more: str) -> Fields:
    return changed({"07": PART | more, "11": PART_PRICE})


def rest(**more: str) -> Fields:
    return changed({"07": REST | more, "11": REST_PRICE})


def without(fields: Fields, *names: str) -> Fields:
    return {
        s: {i: v for i, v in pairs.items() if i not in names} for s, pairs in fields.items()
    }


def ask(desk: Desk, claim: Fields, **head: str) -> Response:
    return Response(desk.answer(written(header(**head), claim)).transmission)


def status(desk: Desk, claim: Fields, **head: str) -> str:
    return ask(desk, claim, **head).one("AN")


def refused(desk: Desk, claim: Fields, **head: str) -> list[str]:
    found = ask(desk, claim, **head)
    assert found.one("AN") == "R"
    return found.all("FB")


def taken_back(desk: Desk, hd: str) -> Response:
    keys = {"EM": "1", "D2": "7001234", "E1": "03", "D7": "00093310501", "D3": "00"}
    claim = {"04": {"C2": "XY1234567"}, "07": keys | ({"HD": hd} if hd else {})}
    return ask(desk, claim, code="B2")


def test_a_part_and_its_completion_are_paid_what_the_whole_is_paid(desk: Desk) -> None:
    whole = ask(desk, changed({"07": WHOLE | {"D2": "1"}, "04": {"C2": "XY7654321"}}))
    first, second = ask(desk, part()), ask(desk, rest())
    assert (first.one("AN"), second.one("AN")) == ("P", "P")
    for name in MONEY:
        parts = read_money(first.one(name)) + read_money(second.one(name))
        assert parts == read_money(whole.one(name)), name


def test_the_copay_is_taken_once_and_the_fee_paid_once(desk: Desk) -> None:
    first, second = ask(desk, part()), ask(desk, rest())
    assert read_money(first.one("F5")) == read_money(first.one("FI")) == Decimal("10.00")
    assert read_money(first.one("F7")) == Decimal("1.75")
    assert (read_money(second.one("F5")), second.one("FI")) == (Decimal(0), "")
    assert read_money(second.one("F7")) == 0


def test_what_the_first_part_left_of_the_copay_is_taken_with_the_completion(desk: Desk) -> None:
    small = {"D9": "0000050{", "DC": "0000000{", "DQ": "0000050{", "DU": "0000050{"}
    first = ask(desk, changed({"07": PART, "11": small}))
    second = ask(desk, rest())
    assert read_money(first.one("F5")) + read_money(second.one("F5")) == Decimal("10.00")
    assert read_money(first.one("F5")) == Decimal("5.00")


def test_each_part_sent_again_gets_its_first_answer(desk: Desk) -> None:
    for claim in (part(), rest()):
        first, again = ask(desk, claim), ask(desk, claim)
        assert (first.one("AN"), again.one("AN")) == ("P", "D")
        assert again.one("F3") == first.one("F3")
    assert len(desk.memory.everything()) == 2


def test_a_completion_without_its_part_is_refused(desk: Desk) -> None:
    assert refused(desk, rest()) == ["RJ"]
    assert desk.memory.everything() == []


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        # Nothing says that the part belongs to it: it is too soon as well.
        ({"EN": "7001235"}, ["RJ", "79"]),
        ({"EP": "20260228"}, ["RJ", "79"]),
        ({"HF": "0000031000"}, ["HF"]),
        ({"E7": "0000018001"}, ["E7"]),
        ({"E7": "0000030000"}, ["HF"]),
        ({"EP": "20260230"}, ["RH"]),
        ({"EP": "2026"}, ["EP", "RH"]),
        ({"EN": "X"}, ["EN"]),
        ({"HD": "X"}, ["HD"]),
    ],
)
def test_a_completion_that_does_not_fit_its_part_is_refused(
    desk: Desk, change: dict[str, str], codes: list[str]
) -> None:
    assert status(desk, part()) == "P"
    assert refused(desk, rest(**change)) == codes


@pytest.mark.parametrize(
    ("left_out", "code"), [("EN", "RG"), ("EP", "RH"), ("HF", "7T"), ("HG", "7U")]
)
def test_a_completion_names_its_part_and_what_was_intended(
    desk: Desk, left_out: str, code: str
) -> None:
    assert status(desk, part()) == "P"
    assert refused(desk, without(rest(), left_out)) == [code]


@pytest.mark.parametrize(("left_out", "code"), [("HF", "7T"), ("HG", "7U")])
def test_a_part_says_what_was_intended(desk: Desk, left_out: str, code: str) -> None:
    assert refused(desk, without(part(), left_out)) == [code]


@pytest.mark.parametrize(
    ("quantity", "answer"), [("0000029999", "P"), ("0000030000", "R"), ("0000030001", "R")]
)
def test_a_part_is_less_than_what_was_intended(desk: Desk, quantity: str, answer: str) -> None:
    assert status(desk, part(E7=quantity)) == answer


def test_a_second_part_of_the_same_fill_is_refused(desk: Desk) -> None:
    assert status(desk, part()) == "P"
    assert refused(desk, part(E7="0000006000")) == ["RB"]


def test_a_completion_of_another_drug_or_card_is_refused(desk: Desk) -> None:
    assert status(desk, part()) == "P"
    assert refused(desk, rest(D7="00591040701")) == ["RC"]
    other = rest()
    other["04"]["C3"] = "02"
    assert refused(desk, other) == ["RD"]


@pytest.mark.parametrize(("first", "second"), [(WHOLE, PART), (PART, WHOLE)])
def test_the_whole_is_not_paid_beside_its_parts(
    desk: Desk, first: dict[str, str], second: dict[str, str]
) -> None:
    assert status(desk, changed({"07": first})) == "P"
    assert refused(desk, changed({"07": second})) == ["83"]


def test_a_completion_is_not_too_soon_after_its_own_part(desk: Desk) -> None:
    assert status(desk, part()) == "P"
    assert status(desk, rest()) == "P"
    assert refused(desk, changed({"07": {"D2": "7009999"}})) == ["79"]


def test_the_completion_is_taken_back_before_its_part(desk: Desk) -> None:
    assert (status(desk, part()), status(desk, rest())) == ("P", "P")
    assert taken_back(desk, "P").all("FB") == ["RP"]
    assert taken_back(desk, "C").one("AN") == "A"
    assert taken_back(desk, "C").one("AN") == "S"
    assert taken_back(desk, "P").one("AN") == "A"
    assert [claim.state for claim in desk.memory.everything()] == ["reversed", "reversed"]


def test_without_its_status_the_last_part_is_taken_back_first(desk: Desk) -> None:
    assert (status(desk, part()), status(desk, rest())) == ("P", "P")
    assert taken_back(desk, "").one("AN") == "A"
    assert [claim.state for claim in desk.memory.everything()] == ["reversed", "paid"]


def test_a_completion_whose_part_was_taken_back_is_refused(desk: Desk) -> None:
    assert status(desk, part()) == "P"
    assert taken_back(desk, "P").one("AN") == "A"
    assert refused(desk, rest()) == ["RJ"]


def test_a_memory_from_before_parts_were_known_is_read(tmp_path: Path) -> None:
    path = str(tmp_path / "payer.sqlite")
    Memory(path).close()
    with sqlite3.connect(path) as file:
        file.execute("ALTER TABLE claims DROP COLUMN dispensing")
        file.execute("ALTER TABLE claims DROP COLUMN intended")
        file.execute(
            "INSERT INTO claims (authorization, plan, pharmacy, rx, fill, service_on, ndc,"
            " drug, cardholder, person, quantity, days, deductible_usd, print, pricing) VALUES"
            " ('A', 'p', 'n', '7', 0, '2026-03-01', 'd', 'g', 'c', '1', '30', 30, '0', '', '')"
        )
    memory = Memory(path)
    (old,) = memory.everything()
    assert (old.rx, old.dispensing, old.intended) == ("7", "", "")
    memory.close()
