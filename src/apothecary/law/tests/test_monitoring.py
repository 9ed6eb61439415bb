from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apothecary.law.monitoring import (
    ReportDue,
    ReportFacts,
    correction_due_at,
    look_up_needed,
    outage_notice_due_at,
    report_due,
    report_needed,
    report_problems,
    zero_report_needed,
)
from apothecary.law.problem import Problem
from apothecary.law.tables import Row
from apothecary.law.tests.cases import ON, codes

CHICAGO = ZoneInfo("America/Chicago")
# A Thursday evening in the store; it is Friday already in UTC.
EVENING = datetime(2026, 3, 5, 20, tzinfo=CHICAGO)
SECOND = timedelta(seconds=1)


def a_report(state: str, schedule: int = 2) -> ReportFacts:
    return ReportFacts(state=state, schedule=schedule, dispensed_at=EVENING)


@pytest.mark.parametrize(
    ("state", "hours"), [("DC", 24), ("AL", 24), ("AZ", 24), ("NY", 24), ("OK", 0)]
)
def test_where_a_state_counts_hours_the_report_is_due_to_the_second(
    state: str, hours: int
) -> None:
    due = report_due(a_report(state), on=ON)
    assert isinstance(due, ReportDue)
    assert due.at == EVENING.astimezone(UTC) + timedelta(hours=hours)
    for later, late in ((-SECOND, False), (timedelta(), False), (SECOND, True)):
        at = due.at + later
        assert codes(report_problems(a_report(state), at=at, on=ON)) == (
            ["report-late"] if late else []
        )
        done = replace(a_report(state), reported_at=at)
        next_year = at + timedelta(days=365)
        assert bool(report_problems(done, at=next_year, on=ON)) is late


@pytest.mark.parametrize("state", ["CA", "FL", "TX"])
def test_where_a_state_counts_business_days_the_report_is_due_by_the_next(state: str) -> None:
    due = report_due(a_report(state), on=ON)
    assert isinstance(due, ReportDue)
    assert (due.at, due.on) == (None, date(2026, 3, 6))
    last_minute = datetime(2026, 3, 6, 23, 59, tzinfo=CHICAGO)
    assert report_problems(a_report(state), at=last_minute, on=ON) == []
    midnight = datetime(2026, 3, 7, 0, 0, tzinfo=CHICAGO)
    problems = report_problems(a_report(state), at=midnight, on=ON)
    assert codes(problems) == ["report-late"]
    assert "2026-03-06" in problems[0].says


def test_over_a_weekend_and_a_holiday_the_next_business_day_is_later() -> None:
    friday = replace(a_report("TX"), dispensed_at=datetime(2026, 9, 4, 20, tzinfo=CHICAGO))
    due = report_due(friday, on=ON)
    assert isinstance(due, ReportDue)
    assert due.on == date(2026, 9, 7)
    labor_day = replace(friday, holidays=frozenset({date(2026, 9, 7)}))
    due = report_due(labor_day, on=ON)
    assert isinstance(due, ReportDue)
    assert due.on == date(2026, 9, 8)


@pytest.mark.parametrize(
    ("state", "schedules"),
    [
        ("AL", {2, 3, 4, 5}),
        ("AZ", {2, 3, 4}),
        ("NY", {2, 3, 4, 5}),
        ("CA", {2, 3, 4, 5}),
        ("TX", {2, 3, 4, 5}),
    ],
)
def test_each_state_says_which_schedules_are_reported(state: str, schedules: set[int]) -> None:
    reported = {each for each in range(6) if report_needed(state, each, on=ON) is True}
    assert reported == schedules


def test_a_schedule_that_is_not_reported_is_never_late() -> None:
    much_later = EVENING + timedelta(days=30)
    assert report_problems(a_report("AZ", 5), at=much_later, on=ON) == []
    assert codes(report_problems(a_report("AZ", 4), at=much_later, on=ON)) == ["report-late"]


def test_what_is_not_controlled_is_not_reported_anywhere() -> None:
    assert report_needed("VT", 0, on=ON) is False
    assert report_problems(a_report("VT", 0), at=EVENING, on=ON) == []


def test_where_only_the_schedules_are_unknown_every_controlled_drug_is_judged() -> None:
    unknown = report_needed("DC", 5, on=ON)
    assert isinstance(unknown, Problem)
    assert unknown.code == "law-missing-row"
    late = EVENING + timedelta(hours=25)
    assert codes(report_problems(a_report("DC", 5), at=late, on=ON)) == ["report-late"]


@pytest.mark.parametrize(
    ("state", "code"),
    [("AK", "law-doubtful-row"), ("VT", "law-unknown-state"), ("MI", "law-missing-row")],
)
def test_a_state_whose_time_is_not_known_or_doubtful_is_named(state: str, code: str) -> None:
    (problem,) = report_problems(a_report(state), at=EVENING, on=ON)
    assert problem.code == code
    assert state in problem.says


def test_new_york_wants_a_report_of_a_day_without_dispensing() -> None:
    assert zero_report_needed("NY", on=ON) is True
    assert isinstance(zero_report_needed("TX", on=ON), Problem)


@pytest.mark.parametrize("due_at", [correction_due_at, outage_notice_due_at])
def test_the_district_wants_corrections_and_news_of_outages_within_a_day(due_at) -> None:
    assert due_at("DC", EVENING, on=ON) == EVENING.astimezone(UTC) + timedelta(hours=24)
    unknown = due_at("TX", EVENING, on=ON)
    assert isinstance(unknown, Problem)
    assert "TX" in unknown.says


@pytest.mark.parametrize(
    ("kinds", "needed"),
    [
        (["opioids"], True),
        (["benzodiazepines"], True),
        (["barbiturates"], True),
        (["carisoprodol"], True),
        (["stimulants", "opioids"], True),
        (["stimulants"], False),
        (["something else"], False),
        ([], False),
    ],
)
def test_in_texas_four_kinds_of_drug_want_the_programme_looked_at(
    kinds: list[str], *, needed: bool
) -> None:
    row = look_up_needed("TX", 2, kinds, on=ON)
    assert isinstance(row, Row) is needed
    assert needed or row is None
    assert not isinstance(row, Row) or row.cite == "Tex. Health & Safety Code 481.0764(a)"


def test_where_the_states_rule_is_not_known_it_is_said_of_controlled_drugs_alone() -> None:
    assert isinstance(look_up_needed("OH", 2, ["opioids"], on=ON), Problem)
    assert look_up_needed("OH", 0, ["opioids"], on=ON) is None
    assert look_up_needed("TX", 0, ["opioids"], on=ON) is None
