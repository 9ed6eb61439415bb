from datetime import date

import pytest

from apothecary.law.calendar_days import business_days_after
from apothecary.law.holidays import day_named, federal_holidays, holidays_around, observed
from apothecary.law.losses import notice_due_on
from apothecary.law.problem import Refused
from apothecary.law.tests.cases import ON

# As the Office of Personnel Management lists them; 4 July 2026 is a Saturday, 4 July 2027 and
# 19 June 2027 and 25 December 2027 fall on a weekend too.
KEPT = {
    2026: ["01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "09-07", "10-12", "11-11",
           "11-26", "12-25"],
    2027: ["01-01", "01-18", "02-15", "05-31", "06-18", "07-05", "09-06", "10-11", "11-11",
           "11-25", "12-24", "12-31"],
}  # fmt: skip


@pytest.mark.parametrize("year", KEPT)
def test_these_are_the_days_the_government_keeps(year: int) -> None:
    expected = {date.fromisoformat(f"{year}-{day}") for day in KEPT[year]}
    assert federal_holidays(year, on=ON) == expected


def test_new_years_day_of_a_saturday_is_kept_in_the_year_before() -> None:
    assert date(2027, 12, 31) in federal_holidays(2027, on=ON)
    assert date(2028, 1, 1) not in federal_holidays(2028, on=ON)
    assert date(2028, 1, 1) not in holidays_around(date(2027, 12, 30), on=ON)


@pytest.mark.parametrize(
    ("found", "due"),
    [
        (date(2026, 11, 20), date(2026, 11, 23)),  # a Friday: Monday
        (date(2026, 11, 21), date(2026, 11, 23)),  # a Saturday: Monday
        (date(2026, 11, 22), date(2026, 11, 23)),  # a Sunday: Monday
        (date(2026, 11, 24), date(2026, 11, 25)),
        (date(2026, 11, 25), date(2026, 11, 27)),  # the day before Thanksgiving
        (date(2026, 11, 26), date(2026, 11, 27)),  # on Thanksgiving itself
        (date(2026, 7, 2), date(2026, 7, 6)),  # Independence Day is kept on Friday
        (date(2026, 12, 31), date(2027, 1, 4)),  # over New Year's and a weekend
        (date(2027, 12, 30), date(2028, 1, 3)),
    ],
)
def test_one_business_day_runs_over_weekends_and_holidays(found: date, due: date) -> None:
    holidays = holidays_around(found, on=ON)
    assert business_days_after(found, 1, holidays=holidays) == due
    assert notice_due_on(found, on=ON, holidays=holidays) == due


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("7-4", date(2026, 7, 4)),
        ("5-mon-last", date(2026, 5, 25)),
        ("1-mon-3", date(2026, 1, 19)),
        ("2-sun-1", date(2026, 2, 1)),
        ("2-sat-last", date(2026, 2, 28)),
    ],
)
def test_a_row_names_a_date_or_which_weekday_of_a_month(name: str, day: date) -> None:
    assert day_named(name, 2026) == day


@pytest.mark.parametrize("name", ["something else", "13-1", "2-30", "1-day-3", "", "1-mon-x"])
def test_what_names_no_day_stops(name: str) -> None:
    with pytest.raises(ValueError, match=r"day|month|tuple|int"):
        day_named(name, 2026)


@pytest.mark.parametrize(
    ("day", "kept"),
    [
        (date(2026, 7, 4), date(2026, 7, 3)),
        (date(2027, 7, 4), date(2027, 7, 5)),
        (date(2025, 7, 4), date(2025, 7, 4)),
    ],
)
def test_a_holiday_of_a_weekend_is_kept_beside_it(day: date, kept: date) -> None:
    assert observed(day) == kept


def test_before_the_row_was_in_force_nobody_assumes_it() -> None:
    assert federal_holidays(2026, on=date(2021, 6, 17))
    with pytest.raises(Refused, match="USC-6103"):
        federal_holidays(2026, on=date(2021, 6, 16))
