from dataclasses import replace
from datetime import date

import pytest

from apothecary.law.problem import Problem
from apothecary.law.ratios import (
    INSTITUTIONAL,
    StaffFacts,
    acknowledgement_problems,
    limit_in_words,
    ratio_limit,
    ratio_problems,
    stopping_problems,
)
from apothecary.law.tests.cases import ON, codes, with_change

REFUSED = ["ratio-technicians"]


def at_work(state: str, technicians: int, *, certified: int = 0) -> StaffFacts:
    return StaffFacts(state=state, pharmacists=1, technicians=technicians, certified=certified)


def judged(facts: StaffFacts, on: date = ON) -> list[Problem]:
    return ratio_problems(facts, on=on)


# The most technicians one pharmacist may supervise, certified or not.
PLAIN = [
    ("AR", 3),
    ("ID", 6),
    ("IN", 4),
    ("KS", 4),
    ("LA", 4),
    ("MA", 4),
    ("MN", 3),
    ("MS", 2),
    ("MT", 3),
    ("NE", 3),
    ("NV", 3),
    ("NJ", 2),
    ("NC", 2),
    ("SC", 3),
    ("CT", 2),
    ("NY", 4),
    ("FL", 1),
]


@pytest.mark.parametrize(("state", "most"), PLAIN)
def test_no_more_technicians_work_than_the_state_lets_one_pharmacist_supervise(
    state: str, most: int
) -> None:
    assert judged(at_work(state, most - 1)) == []
    assert judged(at_work(state, most)) == []
    problems = judged(at_work(state, most + 1))
    assert codes(problems) == REFUSED
    assert problems[0].field == "technicians"


@pytest.mark.parametrize(("state", "most"), PLAIN)
def test_two_pharmacists_supervise_twice_as_many(state: str, most: int) -> None:
    two = replace(at_work(state, 2 * most), pharmacists=2)
    assert judged(two) == []
    assert codes(judged(replace(two, technicians=2 * most + 1))) == REFUSED


@pytest.mark.parametrize(
    "state", ["AK", "AZ", "DE", "IL", "KY", "ME", "MD", "MI", "MO", "NM", "OH", "OR", "PA"]
)
def test_some_states_set_no_ratio(state: str) -> None:
    assert judged(at_work(state, 40)) == []


@pytest.mark.parametrize(
    ("state", "technicians", "certified", "expected"),
    [
        ("AL", 3, 1, []),
        ("AL", 3, 0, REFUSED),
        ("AL", 1, 0, REFUSED),
        ("AL", 4, 1, REFUSED),
        ("AL", 4, 2, []),
        ("AL", 5, 5, REFUSED),
        ("GA", 3, 0, REFUSED),
        ("GA", 3, 1, []),
        ("GA", 4, 4, REFUSED),
        ("MN", 4, 0, REFUSED),
        ("MN", 4, 1, []),
        ("MN", 5, 5, REFUSED),
        ("NJ", 3, 0, REFUSED),
        ("NJ", 3, 1, []),
        ("NJ", 4, 4, REFUSED),
        ("CO", 6, 3, REFUSED),
        ("CO", 6, 4, []),
        ("CO", 7, 7, REFUSED),
        ("CO", 1, 0, REFUSED),
        ("CO", 1, 1, []),
    ],
)
def test_some_states_let_more_work_when_some_are_certified(
    state: str, technicians: int, certified: int, expected: list[str]
) -> None:
    assert codes(judged(at_work(state, technicians, certified=certified))) == expected


def test_under_two_pharmacists_one_certified_technician_is_not_two() -> None:
    two = replace(at_work("AL", 6, certified=1), pharmacists=2)
    assert codes(judged(two)) == REFUSED
    assert judged(replace(two, certified=2)) == []
    # One technician who is certified is all that one could ask for.
    assert judged(replace(two, technicians=1)) == []


@pytest.mark.parametrize(("technicians", "expected"), [(3, []), (4, REFUSED)])
def test_connecticut_lets_institutions_have_one_more(
    technicians: int, expected: list[str]
) -> None:
    facts = replace(at_work("CT", technicians), setting=INSTITUTIONAL)
    assert codes(judged(facts)) == expected


@pytest.mark.parametrize(
    ("technicians", "registered", "expected"),
    [
        (4, 2, []),
        (2, 0, []),
        (2, 2, []),
        (3, 0, ["ratio-unlicensed"]),
        (3, 3, ["ratio-registered"]),
        (6, 3, ["ratio-registered", "ratio-unlicensed"]),
    ],
)
def test_institutions_of_new_york_count_registered_and_unlicensed_apart(
    technicians: int, registered: int, expected: list[str]
) -> None:
    facts = at_work("NY", technicians, certified=registered)
    assert codes(judged(replace(facts, setting=INSTITUTIONAL))) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2021, 4, 24), ["law-not-in-force"]),
        (date(2021, 4, 25), []),
        (date(2021, 4, 26), []),
    ],
)
def test_new_york_counts_since_april_2021(day: date, expected: list[str]) -> None:
    assert codes(judged(at_work("NY", 4), day)) == expected


@pytest.mark.parametrize(("house", "expected"), [(None, REFUSED), (5, []), (4, REFUSED)])
@pytest.mark.parametrize("state", ["WA", "FL"])
def test_where_the_manager_sets_the_ratio_it_is_in_writing(
    state: str, house: int | None, expected: list[str]
) -> None:
    assert codes(judged(replace(at_work(state, 5), house_ratio=house))) == expected


def test_a_ratio_of_the_house_counts_nowhere_else() -> None:
    assert codes(judged(replace(at_work("MS", 3), house_ratio=9))) == REFUSED


@pytest.mark.parametrize(("approved", "expected"), [(None, REFUSED), (3, []), (2, REFUSED)])
def test_north_carolina_lets_more_work_with_the_boards_approval(
    approved: int | None, expected: list[str]
) -> None:
    assert codes(judged(replace(at_work("NC", 3), board_approved=approved))) == expected
    assert codes(judged(replace(at_work("MS", 3), board_approved=approved))) == REFUSED


@pytest.mark.parametrize(("trainees", "expected"), [(2, []), (3, []), (4, ["ratio-trainees"])])
def test_ohio_limits_trainees_to_three(trainees: int, expected: list[str]) -> None:
    facts = replace(at_work("OH", 10), trainees=trainees)
    assert codes(judged(facts)) == expected
    assert judged(replace(facts, pharmacists=2)) == []


@pytest.mark.parametrize(("state", "on"), [("CA", ON), ("TX", ON)])
def test_a_doubtful_ratio_is_disabled_and_says_so(state: str, on: date) -> None:
    (problem,) = judged(at_work(state, 1), on)
    assert (problem.code, problem.verified) == ("law-doubtful-row", "KQ")
    assert state in problem.says


@pytest.mark.parametrize(
    ("state", "code"), [("VT", "law-unknown-state"), ("DC", "law-missing-row")]
)
def test_a_state_without_a_ratio_is_named(state: str, code: str) -> None:
    (problem,) = judged(at_work(state, 1))
    assert problem.code == code
    assert state in problem.says


@pytest.mark.parametrize("state", ["AK", "MS", "WA", "VT"])
def test_without_a_pharmacist_no_technician_works(state: str) -> None:
    alone = replace(at_work(state, 1, certified=1), pharmacists=0, house_ratio=4)
    problems = judged(alone)
    assert (codes(problems), problems[0].field) == (["ratio-no-pharmacist"], "pharmacists")


def test_without_technicians_nobody_is_counted() -> None:
    assert judged(at_work("VT", 0)) == []


@pytest.mark.parametrize("part", [{"certified": 3}, {"trainees": 3}])
def test_the_certified_and_the_trainees_are_among_the_technicians(
    part: dict[str, int],
) -> None:
    with pytest.raises(ValueError, match="technicians: fewer than"):
        with_change(at_work("TX", 2), part)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (at_work("MN", 5), "3 each or 4 each (1 certified)"),
        (at_work("CO", 7), "6 each (majority certified)"),
        (at_work("WA", 5), "what the responsible manager sets in writing, and nothing is set"),
        (replace(at_work("FL", 5), house_ratio=4), "4 each by the pharmacy's own figure"),
    ],
)
def test_a_refusal_says_how_many_may_work(facts: StaffFacts, words: str) -> None:
    assert judged(facts)[0].says.endswith(f"the most here is {words}.")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 5, 29), []),
        (date(2026, 5, 30), []),
        (date(2026, 5, 31), ["ratio-not-acknowledged"]),
    ],
)
def test_in_florida_a_technician_signs_the_policies_within_90_days(
    day: date, expected: list[str]
) -> None:
    hired = date(2026, 3, 1)
    assert codes(acknowledgement_problems("FL", hired, None, on=day)) == expected
    signed = acknowledgement_problems("FL", hired, day, on=date(2027, 1, 1))
    assert codes(signed) == expected


def test_other_states_ask_for_no_signature_and_unknown_ones_are_named() -> None:
    late = date(2030, 1, 1)
    assert acknowledgement_problems("TX", ON, None, on=late) == []
    assert codes(acknowledgement_problems("VT", ON, None, on=late)) == ["law-unknown-state"]


@pytest.mark.parametrize(("technicians", "expected"), [(3, []), (4, []), (5, REFUSED)])
def test_in_new_york_a_fifth_under_one_pharmacist_is_stopped(
    technicians: int, expected: list[str]
) -> None:
    assert codes(stopping_problems(at_work("NY", technicians), on=ON)) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [(date(2021, 4, 24), []), (date(2021, 4, 25), REFUSED), (date(2021, 4, 26), REFUSED)],
)
def test_a_hard_limit_stops_from_the_day_of_its_rule(on: date, expected: list[str]) -> None:
    assert codes(stopping_problems(at_work("NY", 5), on=on)) == expected


@pytest.mark.parametrize(("trainees", "expected"), [(3, []), (4, ["ratio-trainees"])])
def test_in_ohio_a_fourth_trainee_is_stopped(trainees: int, expected: list[str]) -> None:
    facts = replace(at_work("OH", trainees), trainees=trainees)
    assert codes(stopping_problems(facts, on=ON)) == expected


@pytest.mark.parametrize("state", ["AL", "MS", "NJ", "SC", "FL", "WA", "NC", "CT"])
def test_what_a_survey_says_or_a_manager_or_board_may_raise_stops_nobody(state: str) -> None:
    facts = at_work(state, 9)
    assert codes(judged(facts)) == REFUSED
    assert stopping_problems(facts, on=ON) == []


@pytest.mark.parametrize("state", ["TX", "CA", "VA", "ZZ"])
def test_a_doubtful_or_missing_row_stops_nobody_and_says_so(state: str) -> None:
    assert stopping_problems(at_work(state, 99), on=ON) == []
    assert isinstance(ratio_limit(state, on=ON), Problem)


def test_where_no_pharmacist_is_here_nobody_is_counted() -> None:
    facts = replace(at_work("NY", 9), pharmacists=0)
    assert stopping_problems(facts, on=ON) == []


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("NY", "4 each"),
        ("AL", "3 each (1 certified) or 4 each (2 certified)"),
        ("AZ", "no limit"),
        ("WA", "what the responsible manager sets in writing, and nothing is set"),
    ],
)
def test_the_limit_is_said_in_words(state: str, words: str) -> None:
    row = ratio_limit(state, on=ON)
    assert not isinstance(row, Problem)
    assert limit_in_words(row) == words
