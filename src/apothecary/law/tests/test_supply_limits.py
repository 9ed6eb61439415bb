from dataclasses import replace
from datetime import date

import pytest

from apothecary.law import tables
from apothecary.law.facts import RxFacts
from apothecary.law.problem import Problem
from apothecary.law.supply_limits import SupplyFacts, supply_problems
from apothecary.law.tables import Row, state
from apothecary.law.tests.cases import ON, an_rx, codes

PLAIN = SupplyFacts()
PAIN = SupplyFacts(opioid=True, acute=True)


def for_days(days: int | None, state: str = "NY", schedule: int = 2) -> RxFacts:
    return replace(an_rx(schedule, state=state), days_supply=days)


def judged(rx: RxFacts, facts: SupplyFacts = PLAIN) -> list[Problem]:
    return supply_problems(rx, facts, on=ON)


@pytest.mark.parametrize("schedule", [2, 3, 4, 5])
@pytest.mark.parametrize(
    ("days", "expected"),
    [(29, []), (30, []), (31, ["supply-too-long"]), (None, ["supply-unknown"])],
)
def test_new_york_lets_thirty_days_of_a_controlled_substance_be_prescribed(
    schedule: int, days: int | None, expected: list[str]
) -> None:
    assert codes(judged(for_days(days, schedule=schedule))) == expected


@pytest.mark.parametrize("code", ["A", "B", "C", "D", "E", "F"])
@pytest.mark.parametrize(("days", "expected"), [(91, []), (92, []), (93, ["supply-too-long"])])
def test_a_condition_code_lets_three_months_be_prescribed(
    code: str, days: int, expected: list[str]
) -> None:
    # Written on 2 March 2026; three months later it is 2 June, 92 days.
    assert codes(judged(for_days(days), SupplyFacts(condition_code=code))) == expected


@pytest.mark.parametrize("code", ["", "G", "a"])
def test_no_other_letter_is_a_condition_code(code: str) -> None:
    problems = judged(for_days(31), SupplyFacts(condition_code=code))
    assert codes(problems) == ["supply-too-long"]
    assert "30 are the most" in problems[0].says


@pytest.mark.parametrize(
    ("days", "expected"), [(183, []), (184, []), (185, ["supply-too-long"])]
)
def test_an_anabolic_steroid_with_a_code_may_be_prescribed_for_six_months(
    days: int, expected: list[str]
) -> None:
    facts = SupplyFacts(condition_code="F", anabolic=True)
    assert codes(judged(for_days(days, schedule=3), facts)) == expected


def test_without_a_written_date_the_months_are_counted_from_the_day_of_the_fill() -> None:
    rx = replace(for_days(92), written_on=None)
    assert judged(rx, SupplyFacts(condition_code="A")) == []
    late = supply_problems(rx, SupplyFacts(condition_code="A"), on=date(2026, 1, 31))
    assert codes(late) == ["supply-too-long"]


@pytest.mark.parametrize(
    ("left", "expected"), [(6, []), (7, []), (8, ["supply-early"]), (0, [])]
)
def test_new_york_wants_all_but_seven_days_used_before_more_is_given(
    left: int, expected: list[str]
) -> None:
    assert codes(judged(for_days(30), SupplyFacts(days_left=left))) == expected


@pytest.mark.parametrize(
    ("state", "exception", "most"),
    [("FL", False, 3), ("FL", True, 7), ("AZ", False, 5), ("AZ", True, 14)],
)
def test_florida_and_arizona_limit_the_opioid_for_acute_pain(
    state: str, exception: bool, most: int
) -> None:
    facts = replace(PAIN, exception=exception)
    assert codes(judged(for_days(most - 1, state), facts)) == ["supply-silent"]
    assert codes(judged(for_days(most, state), facts)) == ["supply-silent"]
    problems = judged(for_days(most + 1, state), facts)
    assert codes(problems) == ["supply-silent", "supply-opioid"]
    assert f"at most {most} days" in problems[1].says
    unknown = judged(for_days(None, state), facts)
    assert codes(unknown) == ["supply-silent-long", "supply-opioid"]


@pytest.mark.parametrize(
    "facts", [replace(PAIN, acute=False), replace(PAIN, opioid=False), PLAIN]
)
def test_for_chronic_pain_or_another_drug_that_limit_does_not_hold(facts: SupplyFacts) -> None:
    assert codes(judged(for_days(30, "FL"), facts)) == ["supply-silent"]


def test_that_limit_is_about_c_ii() -> None:
    assert codes(judged(for_days(30, "FL", schedule=3), PAIN)) == ["supply-silent"]


@pytest.mark.parametrize("schedule", [2, 3, 4, 5])
def test_a_state_that_is_known_and_silent_is_said_to_be_silent(schedule: int) -> None:
    (problem,) = judged(for_days(30, "TX", schedule))
    assert problem.code == "supply-silent"
    assert "on file for TX" in problem.says


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (89, "supply-silent"),
        (90, "supply-silent"),
        (91, "supply-silent-long"),
        (None, "supply-silent-long"),
    ],
)
def test_more_c_ii_than_a_series_may_cover_is_a_question_where_the_state_is_silent(
    days: int | None, expected: str
) -> None:
    (problem,) = judged(for_days(days, "TX"))
    assert problem.code == expected
    assert (problem.cite == "21 CFR 1306.12(b)") == (expected == "supply-silent-long")
    assert codes(judged(for_days(days, "TX", schedule=4))) == ["supply-silent"]


def test_an_opioid_for_acute_pain_is_a_question_where_the_state_is_silent() -> None:
    problems = judged(for_days(7, "TX"), PAIN)
    assert codes(problems) == ["supply-silent", "supply-silent-opioid"]
    assert "TX is not on file: a pharmacist decides" in problems[1].says


def test_a_state_that_is_silent_on_early_refills_leaves_them_to_the_house() -> None:
    assert codes(judged(for_days(30, "TX"), SupplyFacts(days_left=20))) == ["supply-silent"]


def test_a_state_nobody_knows_anything_of_is_named() -> None:
    problems = judged(for_days(5, "VT"), PAIN)
    assert codes(problems) == ["law-unknown-state"] * 3
    assert all("VT" in problem.says for problem in problems)


def test_a_drug_that_is_not_controlled_is_prescribed_for_any_time() -> None:
    assert judged(for_days(None, "VT", schedule=0), PAIN) == []


@pytest.mark.parametrize("gone", ["cs_condition_codes", "cs_condition_supply_months"])
def test_without_the_rows_on_codes_the_short_limit_holds(
    monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    left: dict[str, tuple[Row, ...]] = {
        row.id: (row,)
        for name in ("cs_days_supply_max", "cs_condition_codes", "cs_condition_supply_months")
        if name != gone and isinstance(row := state("NY", name, on=ON), Row)
    }
    monkeypatch.setattr(tables, "states", lambda: {"NY": left})
    problems = judged(for_days(31), SupplyFacts(condition_code="A"))
    assert codes(problems) == ["supply-too-long"]
