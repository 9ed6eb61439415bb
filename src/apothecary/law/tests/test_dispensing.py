from dataclasses import replace

import pytest

from apothecary.law.dispensing import (
    counselling_problems,
    hand_over_problems,
    identification_needed,
)
from apothecary.law.facts import Counselling
from apothecary.law.problem import Problem
from apothecary.law.tables import policy
from apothecary.law.tests.cases import ON, a_hand_over, codes


@pytest.mark.parametrize("schedule", [0, 2, 5])
def test_a_finished_bag_is_handed_over(schedule: int) -> None:
    assert hand_over_problems(a_hand_over(schedule), on=ON) == []


@pytest.mark.parametrize(
    ("known", "seen", "expected"),
    [
        (False, False, ["pickup-no-identification"]),
        (True, False, []),
        (False, True, []),
    ],
)
def test_texas_asks_an_unknown_receiver_of_a_controlled_drug_for_identification(
    known: bool, seen: bool, expected: list[str]
) -> None:
    facts = replace(a_hand_over(4), receiver_known=known, identification_seen=seen)
    problems = hand_over_problems(facts, on=ON)
    assert codes(problems) == expected
    assert all("481.074" in problem.cite for problem in problems)


def test_a_non_controlled_drug_needs_no_identification() -> None:
    facts = replace(a_hand_over(0), identification_seen=False, dispensed_by_pharmacist=False)
    assert hand_over_problems(facts, on=ON) == []


def test_texas_lets_only_a_pharmacist_dispense_a_controlled_drug() -> None:
    facts = replace(a_hand_over(3), dispensed_by_pharmacist=False)
    assert codes(hand_over_problems(facts, on=ON)) == ["pickup-not-dispensed-by-pharmacist"]


@pytest.mark.parametrize(
    ("house", "expected"),
    [(None, ["law-missing-row"]), (True, ["pickup-no-identification"]), (False, [])],
)
def test_where_the_state_is_silent_the_house_must_say_whether_it_wants_identification(
    house: bool | None, expected: list[str]
) -> None:
    facts = replace(a_hand_over(4, state="FL"), identification_seen=False)
    assert codes(hand_over_problems(facts, on=ON, house_identification=house)) == expected


def test_where_the_state_does_not_ask_for_a_pharmacists_hand_none_is_asked_for() -> None:
    facts = replace(a_hand_over(4, state="FL"), dispensed_by_pharmacist=False)
    assert hand_over_problems(facts, on=ON, house_identification=False) == []


def test_who_must_be_asked_for_identification_is_known_before_the_sale() -> None:
    assert identification_needed(0, "TX", on=ON) is None
    row = identification_needed(2, "TX", on=ON)
    assert row is not None
    assert not isinstance(row, Problem)
    assert row.verified == "V1"


@pytest.mark.parametrize("answer", [Counselling.ACCEPTED, Counselling.REFUSED])
def test_an_answered_offer_to_counsel_is_enough_even_when_refused(answer: Counselling) -> None:
    facts = replace(a_hand_over(), medicaid=True, counselling=answer)
    assert counselling_problems(facts, on=ON, house_counsels_new=True) == []


@pytest.mark.parametrize(
    ("state", "new", "medicaid", "house", "cite"),
    [
        ("TX", False, True, False, "42 USC 1396r-8"),
        ("TX", True, True, False, "42 USC 1396r-8"),
        ("CA", True, False, False, "16 CCR 1707.2"),
        ("TX", True, False, True, "house policy"),
        ("TX", True, False, False, None),
        ("CA", False, False, True, None),
    ],
)
def test_the_offer_to_counsel_is_asked_for_by_federal_law_the_state_or_the_house(
    state: str, new: bool, medicaid: bool, house: bool, cite: str | None
) -> None:
    facts = replace(
        a_hand_over(state=state),
        new_prescription=new,
        medicaid=medicaid,
        counselling=Counselling.NOT_OFFERED,
    )
    problems = counselling_problems(facts, on=ON, house_counsels_new=house)
    assert [problem.cite.startswith(cite) for problem in problems if cite] == (
        [True] if cite else []
    )
    assert bool(problems) is (cite is not None)


def test_a_state_that_asks_for_no_identification_is_taken_at_its_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = identification_needed(2, "TX", on=ON)
    assert row is not None
    assert not isinstance(row, Problem)
    free = {"TX": {row.id: (replace(row, value=False),)}}
    monkeypatch.setattr("apothecary.law.tables.states", lambda: free)
    assert identification_needed(2, "TX", on=ON) is None


@pytest.mark.parametrize(
    "row_id", ["controlled_pickup_identification", "counsel_every_new_prescription"]
)
def test_the_house_asks_for_identification_and_counsels_on_new_prescriptions(
    row_id: str,
) -> None:
    house = policy(row_id, on=ON).yes()
    facts = replace(
        a_hand_over(4, state="FL"),
        identification_seen=False,
        counselling=Counselling.NOT_OFFERED,
    )
    asked = hand_over_problems(
        facts, on=ON, house_identification=house, house_counsels_new=house
    )
    assert codes(asked) == ["pickup-no-identification", "counselling-not-offered"]
