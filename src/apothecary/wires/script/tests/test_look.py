from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from apothecary.wires.script.look import Look, Notes, read_instant
from apothecary.wires.script.model import Leaf


def look(xml: str) -> Look:
    return Look(etree.fromstring(xml), "R", Notes())


def faults(place: Look) -> list[str]:
    return [str(fault) for fault in place.notes.faults]


def test_an_absent_part_is_empty_and_no_fault() -> None:
    place = look("<r/>")
    assert place.text("A") == ""
    assert place.whole("A", most=9) is None
    assert place.number("A") is None
    assert place.day("A") is None
    assert place.each("A") == []
    assert not place.at("A")
    assert faults(place) == []


def test_a_needed_part_that_is_absent_is_one_fault_each() -> None:
    place = look("<r/>")
    place.text("A", need=True)
    inner = place.need("B")
    assert inner.text("C", need=True) == ""
    assert inner.day("D", need=True) is None
    assert faults(place) == ["R/A: is missing", "R/B: is missing"]


@pytest.mark.parametrize(
    ("text", "value", "fault"),
    [
        ("0", 0, ""),
        ("9", 9, ""),
        ("+5", 5, ""),
        ("007", 7, ""),
        ("10", None, "R/A: must be 0 to 9, is 10"),
        ("-1", None, "R/A: must be 0 to 9, is -1"),
        ("1.0", None, "R/A: must be a whole number, is '1.0'"),
        ("٣", None, "R/A: must be a whole number, is '٣'"),
        ("--1", None, "R/A: must be a whole number, is '--1'"),
        ("9" * 13, None, f"R/A: must be a whole number, is '{'9' * 13}'"),
    ],
)
def test_a_whole_number_stays_within_its_bounds(
    text: str, value: int | None, fault: str
) -> None:
    place = look(f"<r><A>{text}</A></r>")
    assert place.whole("A", most=9) == value
    assert faults(place) == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", Decimal(1)),
        ("1.", Decimal(1)),
        (".5", Decimal("0.5")),
        ("-2.50", Decimal("-2.50")),
        ("1,5", None),
        ("Infinity", None),
        ("0x10", None),
        ("1e5", None),
        ("1_000", None),
        ("５", None),
    ],
)
def test_only_a_plain_decimal_is_a_number(text: str, value: Decimal | None) -> None:
    place = look(f"<r><A>{text}</A></r>")
    assert place.number("A") == value
    assert len(faults(place)) == (value is None)


@pytest.mark.parametrize(
    ("inner", "day"),
    [
        ("<Date>2024-02-29</Date>", date(2024, 2, 29)),
        ("<Date>2024-02-29Z</Date>", date(2024, 2, 29)),
        ("<Date>2024-02-29-06:00</Date>", date(2024, 2, 29)),
        ("<DateTime>2024-02-29T23:59:59Z</DateTime>", date(2024, 2, 29)),
        ("2024-02-29", date(2024, 2, 29)),
        ("<Date>2023-02-29</Date>", None),
        ("<Date>2024-00-10</Date>", None),
        ("<Date>20240229</Date>", None),
        ("<DateTime>29 February 2024</DateTime>", None),
        ("<Other>2024-02-29</Other>", None),
        ("", None),
    ],
)
def test_a_day_is_a_day_of_the_calendar_or_a_fault(inner: str, day: date | None) -> None:
    place = look(f"<r><A>{inner}</A></r>")
    assert place.day("A") == day
    assert len(faults(place)) == (day is None)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-02T15:30:00Z", datetime(2026, 3, 2, 15, 30, tzinfo=UTC)),
        ("2026-03-02T15:30:00.0Z", datetime(2026, 3, 2, 15, 30, tzinfo=UTC)),
        ("2026-03-02T15:30:00", datetime(2026, 3, 2, 15, 30, tzinfo=UTC)),
        ("2026-03-02T09:30:00-06:00", datetime(2026, 3, 2, 15, 30, tzinfo=UTC)),
        ("2026-03-02", None),
        ("2026-03-02T25:00:00Z", None),
        ("2026-02-29T10:00:00Z", None),
        ("2026-03-02 15:30:00", None),
        ("now", None),
        ("", None),
    ],
)
def test_an_instant_without_zone_is_universal_time(text: str, instant: datetime | None) -> None:
    assert read_instant(text) == instant


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1)))  # noqa: DTZ001
def test_every_instant_comes_back_as_written(instant: datetime) -> None:
    assert read_instant(instant.isoformat().replace("+00:00", "Z")) == instant


@pytest.mark.parametrize(("length", "fine"), [(4, True), (5, True), (6, False)])
def test_a_text_may_be_as_long_as_its_field(length: int, fine: bool) -> None:
    place = look(f"<r><A>{'x' * length}</A></r>")
    assert place.text("A", most=5) == "x" * length
    assert (faults(place) == []) is fine


def test_repeats_are_told_apart_by_their_number() -> None:
    place = look("<r><A>1</A><B/><A>2</A></r>")
    assert [(one.path, one.own_text()) for one in place.each("A")] == [
        ("R/A[1]", "1"),
        ("R/A[2]", "2"),
    ]
    assert [one.path for one in place.each("B")] == ["R/B"]
    assert faults(place) == []
    place.each("A", most=1)
    assert faults(place) == ["R/A: may stand 1 times, stands 2 times"]


def test_what_nobody_read_is_left_over_with_its_attributes() -> None:
    place = look('<r v="1"><A q="2">x</A><B><C>y</C><C n="3">z</C></B><D/></r>')
    assert place.text("A") == "x"
    assert place.leaves() == [
        Leaf("R/@v", "1"),
        Leaf("R/A/@q", "2"),
        Leaf("R/B/C[1]", "y"),
        Leaf("R/B/C[2]/@n", "3"),
        Leaf("R/B/C[2]", "z"),
        Leaf("R/D", ""),
    ]


def test_what_was_listed_once_is_not_listed_again() -> None:
    place = look('<r><A q="1"><B k="2">x</B></A><C>y</C></r>')
    assert place.at("A").leaves() == [
        Leaf("R/A/@q", "1"),
        Leaf("R/A/B/@k", "2"),
        Leaf("R/A/B", "x"),
    ]
    assert place.leaves() == [Leaf("R/C", "y")]
    assert place.leaves() == []


def test_a_namespace_and_comments_do_not_hide_a_child() -> None:
    place = look('<r xmlns:n="u"><!-- a --><?b c?><n:A> x <!-- d -->y </n:A></r>')
    assert place.text("A", need=True) == "x y"
    assert faults(place) == []
