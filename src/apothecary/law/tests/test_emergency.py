from dataclasses import replace
from datetime import date

import pytest

from apothecary.law.emergency import FollowUpFacts, emergency_problems, follow_up_problems
from apothecary.law.facts import Origin
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
