from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.asap.values import READERS, WRITERS, Value, in_ascii


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "DOE  ", "DOE"),
        ("text", "  DOE", "  DOE"),
        ("text", "   ", ""),
        ("code", "01", "01"),
        ("digits", "0012", "0012"),
        ("digits", " 12 ", "12"),
        ("digits", "  ", ""),
        ("number", "0", 0),
        ("number", "007", 7),
        ("number", " ", None),
        ("part", "00", 0),
        ("part", "12", 12),
        ("decimal", "30", Decimal(30)),
        ("decimal", "2.4", Decimal("2.4")),
        ("decimal", "2.", Decimal(2)),
        ("decimal", ".5", Decimal("0.5")),
        ("decimal", "00030.000", Decimal(30)),
        ("decimal", " ", None),
        ("date", "20260115", date(2026, 1, 15)),
        ("date", "20240229", date(2024, 2, 29)),
        ("date", "        ", None),
        ("time", "101500", time(10, 15)),
        ("time", "235959", time(23, 59, 59)),
        ("time", "000000", time(0)),
        ("time", " ", None),
        ("utc", "101500Z", time(10, 15, tzinfo=UTC)),
        ("utc", "000000Z", time(0, tzinfo=UTC)),
        ("utc", " ", None),
    ],
)
def test_a_value_is_read_by_its_kind(kind: str, raw: str, value: Value) -> None:
    assert READERS[kind](raw) == value


@pytest.mark.parametrize(
    ("kind", "raw", "reason"),
    [
        ("digits", "12-3", "must be digits, is '12-3'"),
        ("digits", "١٢", "must be digits"),
        ("number", "-1", "must be digits, is '-1'"),
        ("number", "1.0", "must be digits"),
        ("number", "²", "must be digits"),
        ("part", "A", "must be digits"),
        ("decimal", "-2", "must be digits with at most one point, is '-2'"),
        ("decimal", "1e3", "at most one point"),
        ("decimal", "1,5", "at most one point"),
        ("decimal", "1.2.3", "at most one point"),
        ("decimal", ".", "at most one point"),
        ("decimal", "NaN", "at most one point"),
        ("decimal", "1 0", "at most one point"),
        ("date", "2026011", "must be CCYYMMDD, is '2026011'"),
        ("date", "2026-1-5", "must be digits"),
        ("date", "20260230", "is not a day of the calendar: '20260230'"),
        ("date", "20250229", "is not a day of the calendar"),
        ("date", "00000000", "is not a day of the calendar"),
        ("time", "1015", "must be HHMMSS, is '1015'"),
        ("time", "240000", "is not a time of day: '240000'"),
        ("time", "106000", "is not a time of day"),
        ("time", "101560", "is not a time of day"),
        ("time", "101500Z", "must be HHMMSS"),
        ("time", "10:150", "must be digits"),
        ("utc", "101500", "must be HHMMSSZ, is '101500'"),
        ("utc", "101500z", "must be HHMMSSZ"),
        ("utc", "250000Z", "is not a time of day"),
    ],
)
def test_what_is_no_value_of_its_kind_is_refused(kind: str, raw: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        READERS[kind](raw)


@pytest.mark.parametrize(
    ("kind", "value", "length", "raw"),
    [
        ("text", "O'NEIL-DOE, JR.", 50, "O'NEIL-DOE, JR."),
        ("text", "", 5, ""),
        ("text", "ABCDE", 5, "ABCDE"),
        ("code", "07", 2, "07"),
        ("digits", "0012", 4, "0012"),
        ("digits", "", 4, ""),
        ("number", 0, 2, "0"),
        ("number", 99, 2, "99"),
        ("part", 0, 2, "00"),
        ("part", 7, 2, "07"),
        ("part", 99, 2, "99"),
        ("decimal", Decimal("30.000"), 11, "30"),
        ("decimal", Decimal("2.40"), 11, "2.4"),
        ("decimal", Decimal("0.5"), 11, "0.5"),
        ("decimal", Decimal(100), 11, "100"),
        ("decimal", Decimal("1E+3"), 11, "1000"),
        ("decimal", Decimal("1E-3"), 11, "0.001"),
        ("decimal", Decimal(0), 11, "0"),
        ("date", date(2026, 1, 5), 8, "20260105"),
        ("date", date(987, 1, 5), 8, "09870105"),
        ("time", time(1, 2, 3), 6, "010203"),
        ("utc", time(1, 2, 3, tzinfo=UTC), 7, "010203Z"),
    ],
)
def test_a_value_is_written_by_its_kind(kind: str, value: Value, length: int, raw: str) -> None:
    assert WRITERS[kind](value, length) == raw


@pytest.mark.parametrize(
    ("kind", "value", "length", "reason"),
    [
        ("text", "ABCDEF", 5, "may have 5 characters, has 6"),
        ("text", "PEÑA", 9, "holds a character that a report cannot carry: 'PEÑA'"),
        ("text", "A\nB", 9, "cannot carry"),
        ("text", "\x7f", 9, "cannot carry"),
        ("text", 5, 9, "must be text, is int"),
        ("text", date(2026, 1, 1), 9, "must be text, is date"),
        ("digits", "12A", 9, "must be digits, is '12A'"),
        ("number", -1, 2, "must be a whole number not below zero, is -1"),
        ("number", 100, 2, "may have 2 characters, has 3"),
        ("number", True, 2, "must be a whole number"),
        ("number", Decimal(1), 2, "must be a whole number"),
        ("number", "1", 2, "must be a whole number"),
        ("part", 100, 2, "may have 2 characters"),
        ("decimal", Decimal("-1"), 11, "must be a Decimal not below zero"),
        ("decimal", Decimal("NaN"), 11, "must be a Decimal not below zero"),
        ("decimal", Decimal("Infinity"), 11, "must be a Decimal not below zero"),
        ("decimal", Decimal("123456789.123"), 11, "may have 11 characters, has 13"),
        ("decimal", 3, 11, "must be a Decimal"),
        ("date", datetime(2026, 1, 1, tzinfo=UTC), 8, "must be a date, is datetime"),
        ("date", "20260101", 8, "must be a date, is str"),
        ("time", time(1, tzinfo=UTC), 6, "must be a time of day without a zone"),
        ("time", "010203", 6, "must be a time of day"),
        ("utc", time(1), 7, "must be a time of day in UTC"),
        ("utc", time(1, tzinfo=timezone(timedelta(hours=-5))), 7, "in UTC"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_never_cut(
    kind: str, value: Value, length: int, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        WRITERS[kind](value, length)


def test_every_kind_is_read_and_written() -> None:
    assert set(READERS) == set(WRITERS)


DECIMALS = st.decimals(0, 9_999_999, allow_nan=False, allow_infinity=False, places=3)


@given(DECIMALS)
def test_a_quantity_comes_back_as_the_same_number(value: Decimal) -> None:
    assert READERS["decimal"](WRITERS["decimal"](value, 11)) == value


@given(st.dates())
def test_a_day_comes_back_as_it_was(value: date) -> None:
    assert READERS["date"](WRITERS["date"](value, 8)) == value


@given(st.times().map(lambda one: one.replace(microsecond=0)))
def test_a_time_comes_back_in_its_own_zone(value: time) -> None:
    assert READERS["time"](WRITERS["time"](value, 6)) == value
    in_utc = value.replace(tzinfo=UTC)
    assert READERS["utc"](WRITERS["utc"](in_utc, 7)) == in_utc


@given(st.integers(0, 9999))
def test_a_number_comes_back_as_it_was(value: int) -> None:
    assert READERS["number"](WRITERS["number"](value, 4)) == value


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Peña", "Pena"), ("José", "Jose"), ("Zoë", "Zoe"), ("DOE", "DOE"), ("", ""), ("½", None),
     ("Łukasz", None), ("李", None), ("a\tb", None), ("ﬁ", "fi")],
)  # fmt: skip
def test_accents_are_dropped_where_the_caller_asks_for_it(text: str, plain: str | None) -> None:
    if plain is not None:
        assert in_ascii(text) == plain
    else:
        with pytest.raises(ValueError, match="holds a character without a plain letter"):
            in_ascii(text)
