from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from apothecary.law.emergency import (
    FollowUpFacts,
    emergency_problems,
    follow_up_problems,
    situation_problems,
    state_follow_up,
    state_late_problems,
    supply_problems,
)
from apothecary.law.facts import Origin
from apothecary.law.problem import Problem
from apothecary.law.tests.cases import ON, an_rx, asks_for_exactly, codes

STEPS = ("limited_to_emergency", "reduced_to_writing", "prescriber_verified")
MARKS = frozenset({"emergency_words", "oral_order_date"})
ORAL = replace(an_rx(2, origin=Origin.PHONE), emergency=True)
ORDERED = date(2026, 3, 4)


def test_an_emergency_order_is_kept_short_written_down_and_verified() -> None:
    asks_for_exactly(
        lambda done: emergency_problems(ORAL, done, by_pharmacist=True, on=ON), *STEPS
    )


def test_only_a_pharmacist_takes_an_emergency_order() -> None:
    problems = emergency_problems(ORAL, set(STEPS), by_pharmacist=False, on=ON)
    assert codes(problems) == ["emergency-by"]
    assert "1306.11(d)" in problems[0].cite


@pytest.mark.parametrize(
    "rx", [an_rx(2), replace(an_rx(4, origin=Origin.PHONE), emergency=True), an_rx(0)]
)
def test_nothing_of_this_is_asked_of_what_is_no_emergency_order_of_a_c_ii(rx) -> None:
    assert emergency_problems(rx, set(), by_pharmacist=False, on=ON) == []


@pytest.mark.parametrize(
    ("day", "expected"),
    [(10, []), (11, []), (12, ["follow-up-overdue"])],
)
def test_a_follow_up_that_has_not_come_is_overdue_after_seven_days(
    day: int, expected: list[str]
) -> None:
    facts = FollowUpFacts(ordered_on=ORDERED)
    problems = follow_up_problems(facts, on=date(2026, 3, day))
    assert codes(problems) == expected
    assert all("tell the nearest DEA office" in problem.says for problem in problems)


@pytest.mark.parametrize(("day", "expected"), [(10, []), (11, []), (12, ["follow-up-overdue"])])
def test_a_postmark_counts_as_arrival(day: int, expected: list[str]) -> None:
    facts = FollowUpFacts(
        ordered_on=ORDERED,
        postmarked_on=date(2026, 3, day),
        received_on=date(2026, 3, 20),
        shown=MARKS,
    )
    assert codes(follow_up_problems(facts, on=date(2026, 3, 21))) == expected


def test_without_a_postmark_the_day_it_came_counts() -> None:
    late = FollowUpFacts(ordered_on=ORDERED, received_on=date(2026, 3, 12), shown=MARKS)
    assert codes(follow_up_problems(late, on=date(2026, 3, 12))) == ["follow-up-overdue"]
    in_time = replace(late, received_on=date(2026, 3, 11))
    assert follow_up_problems(in_time, on=date(2026, 4, 1)) == []


def test_the_follow_up_says_that_it_is_one_and_of_which_day() -> None:
    facts = FollowUpFacts(ordered_on=ORDERED, received_on=date(2026, 3, 6))
    asks_for_exactly(
        lambda shown: follow_up_problems(replace(facts, shown=shown), on=date(2026, 3, 6)),
        "emergency_words",
        "oral_order_date",
    )


def test_before_it_comes_nobody_asks_what_it_shows() -> None:
    assert follow_up_problems(FollowUpFacts(ordered_on=ORDERED), on=ORDERED) == []


def test_an_emergency_is_what_the_prescriber_has_determined_to_be_one() -> None:
    asks_for_exactly(
        lambda said: situation_problems(said, on=ON),
        "needed_at_once",
        "no_alternative",
        "no_written_in_time",
    )
    (problem,) = situation_problems({"needed_at_once", "no_alternative"}, on=ON)
    assert problem.cite == "21 CFR 290.10(a)-(c)"
    assert problem.field == "no_written_in_time"


@pytest.mark.parametrize(("days", "expected"), [(4, []), (5, []), (6, ["emergency-supply"])])
def test_new_york_fills_an_emergency_order_for_five_days(
    days: int, expected: list[str]
) -> None:
    problems = supply_problems("NY", days, on=ON)
    assert codes(problems) == expected
    assert all(one.cite == "N.Y. Pub. Health Law 3334(2)" for one in problems)


def test_a_state_without_a_row_sets_no_number_of_days() -> None:
    assert supply_problems("TX", 90, on=ON) == []


AT = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("late_by", "expected"),
    [
        (timedelta(seconds=-1), []),
        (timedelta(0), []),
        (timedelta(seconds=1), ["follow-up-state"]),
    ],
)
def test_in_new_york_the_follow_up_comes_within_seventy_two_hours(
    late_by: timedelta, expected: list[str]
) -> None:
    last = AT + timedelta(hours=72)
    waiting = state_late_problems("NY", AT, None, at=last + late_by, on=ON)
    came = state_late_problems("NY", AT, last + late_by, at=last + timedelta(days=9), on=ON)
    assert codes(waiting) == codes(came) == expected


def test_what_came_in_time_is_not_late_when_it_is_looked_at_later() -> None:
    came = AT + timedelta(hours=1)
    assert state_late_problems("NY", AT, came, at=AT + timedelta(days=30), on=ON) == []


def test_a_state_without_a_row_of_its_own_leaves_the_federal_days_and_says_so() -> None:
    assert state_late_problems("TX", AT, None, at=AT + timedelta(days=6), on=ON) == []
    silent = state_follow_up("TX", on=ON)
    assert isinstance(silent, Problem)
    assert "emergency_follow_up_hours" in silent.says
