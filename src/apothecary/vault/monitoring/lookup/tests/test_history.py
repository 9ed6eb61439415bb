"""What a programme's answer must be, and who was taken with what."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.vault.monitoring.lookup.history import (
    Dispensed,
    Person,
    overlaps,
    question_of,
    read_history,
)
from apothecary.vault.monitoring.lookup.tests.hands import OXYCODONE
from apothecary.wires.errors import Malformed


def found(**spoiled: object) -> bytes:
    return json.dumps(
        {"request": "1", "result": "found", "fills": [OXYCODONE | spoiled]}
    ).encode()


def test_a_history_is_read_with_its_oldest_fill_first() -> None:
    later = OXYCODONE | {"filled_on": "2026-11-20"}
    raw = json.dumps({"request": "1", "result": "found", "fills": [later, OXYCODONE]}).encode()
    history = read_history(raw, number="1")
    assert [one.filled_on.day for one in history.fills] == [1, 20]
    assert history.fills[0].quantity == Decimal(60)


@pytest.mark.parametrize(
    ("spoiled", "field"),
    [
        ({"filled_on": "2026-13-01"}, "filled_on"),
        ({"filled_on": None}, "filled_on"),
        ({"quantity": "many"}, "quantity"),
        ({"quantity": "NaN"}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": 60}, "quantity"),
        ({"days_supply": "0"}, "days_supply"),
        ({"days_supply": "367"}, "days_supply"),
        ({"days_supply": "1.5"}, "days_supply"),
        ({"drug": " "}, "drug"),
        ({"prescriber": ""}, "prescriber"),
        ({"pharmacy": "a\0b"}, "pharmacy"),
        ({"state": []}, "state"),
    ],
)
def test_a_fill_that_cannot_be_is_refused_by_its_field(
    spoiled: dict[str, object], field: str
) -> None:
    with pytest.raises(Malformed, match=rf"fills\[0\]\.{field}"):
        read_history(found(**spoiled), number="1")


@pytest.mark.parametrize(("days", "good"), [("1", True), ("366", True)])
def test_a_supply_of_one_day_and_of_a_year_are_taken(days: str, *, good: bool) -> None:
    assert bool(read_history(found(days_supply=days), number="1").fills) is good


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"request": "2", "result": "none"}',
        b'{"request": "1", "result": "maybe"}',
        b'{"request": "1", "result": "found"}',
        b'{"request": "1", "result": "found", "fills": [1]}',
        b'{"request": "1", "result": "candidates", "candidates": [{"id": "1"}]}',
    ],
)
def test_what_is_no_answer_to_this_question_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        read_history(raw, number="1")


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_otherwise(raw: bytes) -> None:
    try:
        read_history(raw, number="1")
    except Malformed:
        return


def test_a_question_says_who_asks_why_and_about_whom() -> None:
    who = Person(last_name="Doe", first_name="Jane", born_on=date(1980, 2, 29))
    asks = {"pharmacy": "FP9000011", "who": "Rita", "why": "a prescription"}
    said = json.loads(question_of(who, number="1", requester=asks, states="TX,OK"))
    assert said["patient"]["born"] == "1980-02-29"
    assert said["requester"]["why"] == "a prescription"
    assert said["states"] == ["TX", "OK"]


def fill(day: int, days: int, prescriber: str = "A", pharmacy: str = "P") -> Dispensed:
    on = date(2026, 11, day)
    return Dispensed(on, "1", "oxycodone", Decimal(10), days, prescriber, pharmacy, "TX")


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [
        (fill(1, 10), fill(11, 5, "B"), None),
        (fill(1, 10), fill(10, 5, "B"), 1),
        (fill(1, 30), fill(10, 5, "B"), 5),
        (fill(1, 10), fill(1, 10, pharmacy="Q"), 10),
        (fill(1, 10), fill(5, 10), None),
    ],
)
def test_an_overlap_is_of_days_and_of_two_hands(
    first: Dispensed, second: Dispensed, days: int | None
) -> None:
    found = [many for _, _, many in overlaps((first, second))]
    assert found == ([] if days is None else [days])


@pytest.mark.parametrize(("day", "covered"), [(1, True), (10, True), (11, False)])
def test_a_supply_covers_its_first_day_and_its_last(day: int, *, covered: bool) -> None:
    assert fill(1, 10).covers(date(2026, 11, day)) is covered
    assert not fill(2, 10).covers(date(2026, 11, 1))
