from dataclasses import replace
from datetime import date, timedelta

import pytest

from apothecary.law.facts import Origin
from apothecary.law.mandates import MandateFacts, mandate_problems
from apothecary.law.problem import Problem, Refused
from apothecary.law.tests.cases import ON, codes

ASKED = ["mandate-electronic"]
EXCEPTIONS = (
    "veterinarian",
    "outage",
    "out_of_state_pharmacy",
    "same_location",
    "unsupported_data_elements",
    "fda_required_elements",
    "standing_order",
    "research",
    "waiver",
    "impractical_delay",
)


def on_paper(state: str, schedule: int = 4) -> MandateFacts:
    return MandateFacts(state=state, schedule=schedule, origin=Origin.WRITTEN)


def judged(facts: MandateFacts, on: date = ON) -> list[Problem]:
    return mandate_problems(facts, on=on)


# State, schedules that must come electronically, first day.
MANDATES = [
    ("AZ", {2}, date(2020, 1, 1)),
    ("AR", {2, 3, 4, 5}, date(2021, 1, 1)),
    ("CA", {0, 2, 3, 4, 5}, date(2022, 1, 1)),
    ("CO", {2, 3, 4}, date(2021, 7, 1)),
    ("CT", {2, 3, 4, 5}, date(2018, 1, 1)),
    ("DE", {0, 2, 3, 4, 5}, date(2021, 1, 1)),
    ("FL", {0, 2, 3, 4, 5}, date(2021, 7, 1)),
    ("IN", {2, 3, 4, 5}, date(2021, 1, 1)),
    ("KS", {2, 3, 4, 5}, date(2021, 7, 1)),
    ("KY", {2, 3, 4, 5}, date(2021, 1, 1)),
    ("MN", {0, 2, 3, 4, 5}, date(2011, 1, 1)),
    ("MO", {2, 3, 4, 5}, date(2021, 1, 1)),
    ("NV", {2, 3, 4, 5}, date(2021, 1, 1)),
    ("SC", {2, 3, 4, 5}, date(2021, 1, 1)),
    ("TX", {2, 3, 4, 5}, date(2021, 1, 1)),
    ("WY", {2, 3, 4, 5}, date(2021, 1, 1)),
]


@pytest.mark.parametrize(("state", "schedules", "first"), MANDATES)
def test_a_mandate_holds_for_its_schedules_from_its_first_day(
    state: str, schedules: set[int], first: date
) -> None:
    for schedule in range(6):
        facts = on_paper(state, schedule)
        expected = ASKED if schedule in schedules else []
        assert judged(facts, first - timedelta(days=1)) == []
        assert codes(judged(facts, first)) == expected
        assert codes(judged(facts, first + timedelta(days=1))) == expected


@pytest.mark.parametrize("schedule", [0, 2, 3, 4, 5])
def test_what_came_electronically_fulfils_every_mandate(schedule: int) -> None:
    assert judged(replace(on_paper("CA", schedule), origin=Origin.ELECTRONIC)) == []


@pytest.mark.parametrize("origin", [Origin.WRITTEN, Origin.FAX, Origin.PHONE])
def test_every_other_way_is_looked_at_by_a_pharmacist(origin: Origin) -> None:
    assert codes(judged(replace(on_paper("TX"), origin=origin))) == ASKED


@pytest.mark.parametrize("schedule", [0, 2, 3, 4, 5])
def test_new_york_asks_for_every_prescription_from_the_year_its_source_names(
    schedule: int,
) -> None:
    facts = on_paper("NY", schedule)
    assert codes(judged(facts, date(2016, 1, 1))) == ASKED
    # Only the year is known: of the days before nobody says that there was no mandate.
    assert codes(judged(facts, date(2015, 12, 31))) == ["law-not-in-force"]


def test_new_york_asks_for_no_c_i() -> None:
    assert judged(on_paper("NY", 1)) == []


@pytest.mark.parametrize(
    ("small", "day", "expected"),
    [
        (False, date(2021, 6, 30), []),
        (False, date(2021, 7, 1), ASKED),
        (True, date(2021, 7, 1), []),
        (True, date(2023, 6, 30), []),
        (True, date(2023, 7, 1), ASKED),
        (True, date(2023, 7, 2), ASKED),
    ],
)
def test_small_prescribers_of_colorado_had_two_years_more(
    small: bool, day: date, expected: list[str]
) -> None:
    assert codes(judged(replace(on_paper("CO"), small_prescriber=small), day)) == expected


@pytest.mark.parametrize(
    ("schedule", "expected"), [(0, []), (1, []), (2, ASKED), (3, ASKED), (4, ASKED), (5, [])]
)
def test_the_later_mandate_of_colorado_is_about_the_same_schedules(
    schedule: int, expected: list[str]
) -> None:
    facts = replace(on_paper("CO", schedule), small_prescriber=True)
    assert codes(judged(facts, date(2024, 1, 1))) == expected


def test_a_small_prescriber_elsewhere_is_treated_as_any_other() -> None:
    assert codes(judged(replace(on_paper("TX"), small_prescriber=True))) == ASKED


@pytest.mark.parametrize("schedule", [2, 3, 4, 5])
def test_maine_asks_for_opioids_alone(schedule: int) -> None:
    opioid = replace(on_paper("ME", schedule), opioid=True)
    assert judged(opioid, date(2017, 6, 30)) == []
    assert codes(judged(opioid, date(2017, 7, 1))) == ASKED
    assert judged(replace(opioid, opioid=False)) == []


@pytest.mark.parametrize("schedule", [0, 1])
def test_what_no_prescriber_may_write_as_controlled_is_not_asked_for_in_maine(
    schedule: int,
) -> None:
    assert judged(replace(on_paper("ME", schedule), opioid=True)) == []


@pytest.mark.parametrize("state", ["WA", "TN", "IL"])
def test_a_doubtful_mandate_is_disabled_and_says_so(state: str) -> None:
    (problem,) = judged(on_paper(state))
    assert (problem.code, problem.verified) == ("law-doubtful-row", "KQ")
    assert state in problem.says


@pytest.mark.parametrize(
    ("state", "code"), [("VT", "law-unknown-state"), ("AL", "law-missing-row")]
)
def test_a_state_without_a_row_is_named(state: str, code: str) -> None:
    (problem,) = judged(on_paper(state))
    assert problem.code == code
    assert state in problem.says


@pytest.mark.parametrize("exception", EXCEPTIONS)
def test_an_exception_the_statute_lists_settles_it(exception: str) -> None:
    assert judged(replace(on_paper("TX"), exception=exception)) == []


@pytest.mark.parametrize(("state", "exception"), [("TX", "something else"), ("CA", "outage")])
def test_an_exception_nobody_lists_settles_nothing(state: str, exception: str) -> None:
    assert codes(judged(replace(on_paper(state), exception=exception))) == ASKED


def test_a_pharmacist_may_take_it_as_it_is_without_verifying_the_exception() -> None:
    assert judged(replace(on_paper("CA"), accepted=True)) == []


@pytest.mark.parametrize(
    ("schedule", "part_d", "day", "expected"),
    [
        (4, True, date(2023, 1, 1), ASKED),
        (2, True, date(2023, 1, 2), ASKED),
        (3, True, date(2023, 1, 2), ASKED),
        (5, True, date(2023, 1, 2), ASKED),
        (0, True, date(2023, 1, 2), []),
        (1, True, date(2023, 1, 2), []),
        (4, False, date(2023, 1, 2), []),
    ],
)
def test_medicare_part_d_asks_for_controlled_prescriptions_electronically_since_2023(
    schedule: int, part_d: bool, day: date, expected: list[str]
) -> None:
    # Maine's own mandate is about opioids, this drug is none.
    facts = replace(on_paper("ME", schedule), part_d=part_d)
    assert codes(judged(facts, day)) == expected


def test_before_2023_there_is_no_law_of_part_d_to_judge_by() -> None:
    with pytest.raises(Refused):
        judged(replace(on_paper("ME"), part_d=True), date(2022, 12, 31))
