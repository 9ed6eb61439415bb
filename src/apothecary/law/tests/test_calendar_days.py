from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.law.calendar_days import (
    business_days_after,
    days_after,
    hours_after,
    in_utc,
    months_after,
    years_after,
)
from apothecary.law.csos import compromise_problems
from apothecary.law.epcs import clock_problems
from apothecary.law.monitoring import ReportFacts, report_problems
from apothecary.law.refill_records import Due, printout_problems
from apothecary.law.tests.cases import ON

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_months_are_calendar_months_and_end_with_a_shorter_one(
    day: date, months: int, then: date
) -> None:
    assert months_after(day, months) == then


@pytest.mark.parametrize(
    ("day", "years", "then"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2026, 3, 4), 2, date(2028, 3, 4)),
    ],
)
def test_years_keep_the_day_or_end_february(day: date, years: int, then: date) -> None:
    assert years_after(day, years) == then


@pytest.mark.parametrize(
    ("day", "days", "then"),
    [
        (date(2026, 3, 4), 1, date(2026, 3, 5)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),
        (date(2026, 3, 7), 1, date(2026, 3, 9)),
        (date(2026, 3, 6), 2, date(2026, 3, 10)),
        (date(2026, 3, 7), 0, date(2026, 3, 7)),
    ],
)
def test_saturdays_and_sundays_are_no_business_days(day: date, days: int, then: date) -> None:
    assert business_days_after(day, days) == then


def test_a_holiday_is_no_business_day() -> None:
    labor_day = frozenset({date(2026, 9, 7)})
    friday = date(2026, 9, 4)
    assert business_days_after(friday, 1) == date(2026, 9, 7)
    assert business_days_after(friday, 1, holidays=labor_day) == date(2026, 9, 8)


@given(DAYS, st.integers(1, 30))
def test_between_two_ends_lie_as_many_business_days_as_were_asked(day: date, days: int) -> None:
    end = business_days_after(day, days)
    assert end.weekday() < 5
    passed = [day + timedelta(days=step) for step in range(1, (end - day).days + 1)]
    assert sum(each.weekday() < 5 for each in passed) == days


@given(DAYS, st.integers(0, 4000))
def test_days_after_a_day_count_the_first_one_out(day: date, days: int) -> None:
    assert (days_after(day, days) - day).days == days


@given(DAYS, st.integers(0, 240), st.integers(0, 240))
def test_more_months_never_end_sooner(day: date, fewer: int, more: int) -> None:
    low, high = sorted((fewer, more))
    assert months_after(day, low) <= months_after(day, high)


def test_an_instant_without_a_zone_is_refused_and_named() -> None:
    with pytest.raises(ValueError, match="instant: has no time zone"):
        hours_after(datetime(2026, 3, 4, 9), 6)  # noqa: DTZ001 the case itself


NAIVE = datetime(2026, 3, 4, 9)  # noqa: DTZ001 the case itself
AWARE = datetime(2026, 3, 4, 9, tzinfo=UTC)


def test_an_instant_is_the_same_one_in_utc() -> None:
    chicago = datetime(2026, 3, 4, 9, tzinfo=ZoneInfo("America/Chicago"))
    assert in_utc(chicago) == chicago
    assert in_utc(chicago).hour == 15


@pytest.mark.parametrize(
    "ask",
    [
        lambda: in_utc(NAIVE),
        lambda: printout_problems(Due(since=AWARE), at=NAIVE, on=ON),
        lambda: printout_problems(Due(since=AWARE, done_at=NAIVE), at=AWARE, on=ON),
        lambda: compromise_problems(AWARE, None, at=NAIVE, on=ON),
        lambda: clock_problems(NAIVE, AWARE, on=ON),
        lambda: clock_problems(AWARE, NAIVE, on=ON),
        lambda: report_problems(
            ReportFacts(state="TX", schedule=2, dispensed_at=AWARE), at=NAIVE, on=ON
        ),
    ],
)
def test_no_rule_takes_an_instant_without_a_zone_for_the_machines_own_time(
    ask: Callable[[], object],
) -> None:
    with pytest.raises(ValueError, match="instant: has no time zone"):
        ask()


def test_hours_are_counted_through_the_night_the_clocks_change() -> None:
    eve = datetime(2026, 3, 7, 12, tzinfo=ZoneInfo("America/Chicago"))
    assert hours_after(eve, 24) == datetime(2026, 3, 8, 18, tzinfo=UTC)
