from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.x12.values import (
    clock_text,
    day_text,
    decimal_text,
    implied_text,
    read_clock,
    read_day,
    read_decimal,
    read_implied,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("12", "12"),
        ("12.50", "12.50"),
        ("-12.5", "-12.5"),
        (".07", "0.07"),
        ("-.07", "-0.07"),
        ("12.", "12"),
        ("007", "7"),
        ("123456789012345678", "123456789012345678"),
    ],
)
def test_a_decimal_is_read_exactly(text: str, value: str) -> None:
    assert read_decimal(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", "-.", "+1", "1e3", "1,5", "1 ", " 1", "NaN", "Infinity", "1_0", "٣",
     "1.2.3", "--1", "1" * 21],
)  # fmt: skip
def test_what_is_no_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a decimal number"):
        read_decimal(text)


@pytest.mark.parametrize(
    ("text", "places", "value"),
    [("1234", 2, "12.34"), ("-5", 2, "-0.05"), ("0", 2, "0.00"), ("7", 0, "7")],
)
def test_a_point_that_is_not_written_is_put_back(text: str, places: int, value: str) -> None:
    assert read_implied(text, places) == Decimal(value)
    assert implied_text(Decimal(value), places) == text


@pytest.mark.parametrize("text", ["", "1.5", "x", "-", "1" * 20])
def test_an_implied_number_has_digits_alone(text: str) -> None:
    with pytest.raises(ValueError, match="must be a whole number"):
        read_implied(text, 2)


def test_an_amount_with_more_decimals_than_fit_is_not_cut() -> None:
    with pytest.raises(ValueError, match="more than 2 decimals"):
        implied_text(Decimal("1.005"), 2)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("0.00", "0"),
        ("-0.00", "0"),
        ("10.00", "10"),
        ("100", "100"),
        ("1E+2", "100"),
        ("4.85", "4.85"),
        ("-12.50", "-12.5"),
        ("0.07", "0.07"),
    ],
)
def test_a_decimal_is_written_as_short_as_can_be(value: str, text: str) -> None:
    assert decimal_text(Decimal(value)) == text


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_a_decimal_comes_back_as_it_was(value: Decimal) -> None:
    assert read_decimal(decimal_text(value)) == value


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_cents_come_back_as_they_were(value: Decimal) -> None:
    assert read_implied(implied_text(value, 2), 2) == value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20260115", date(2026, 1, 15)),
        ("260115", date(2026, 1, 15)),
        ("20280229", date(2028, 2, 29)),
    ],
)
def test_a_day_is_read_with_or_without_its_century(text: str, day: date) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize("text", ["20260229", "20261301", "260132", "00000000"])
def test_a_day_that_is_not_in_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no day of the calendar"):
        read_day(text)


@pytest.mark.parametrize("text", ["", "2026", "2026-01-15", "2026011", "2026011x"])
def test_a_day_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a date of 6 or 8 digits"):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("0000", time(0)),
        ("2359", time(23, 59)),
        ("235958", time(23, 59, 58)),
        ("2359581", time(23, 59, 58, 100_000)),
        ("23595812", time(23, 59, 58, 120_000)),
    ],
)
def test_a_time_is_read_to_the_hundredth(text: str, at: time) -> None:
    assert read_clock(text) == at


@pytest.mark.parametrize("text", ["2400", "1260", "125960"])
def test_a_time_that_is_not_on_the_clock_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no time of the day"):
        read_clock(text)


@pytest.mark.parametrize("text", ["", "8", "800", "08:00", "12345"])
def test_a_time_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a time of 4 to 8 digits"):
        read_clock(text)


_MOMENTS = st.builds(
    datetime.combine,
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.times(),
    st.just(UTC),
)


@given(_MOMENTS)
def test_days_and_times_come_back_as_they_were(at: datetime) -> None:
    assert read_day(day_text(at.date())) == at.date()
    assert read_day(day_text(at.date())[2:]) == at.date()
    assert read_clock(clock_text(at)) == time(at.hour, at.minute)
