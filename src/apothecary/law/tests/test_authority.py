from dataclasses import replace
from datetime import date

import pytest

from apothecary.law.authority import authority_problems
from apothecary.law.facts import PrescriberFacts
from apothecary.law.tests.cases import ON, a_prescriber, an_rx, codes


@pytest.mark.parametrize("schedule", [0, 2, 3, 4, 5])
def test_a_registered_prescriber_may_prescribe(schedule: int) -> None:
    assert authority_problems(an_rx(schedule), a_prescriber(), on=ON) == []


def test_a_non_controlled_drug_needs_no_dea_number() -> None:
    assert authority_problems(an_rx(0), PrescriberFacts(), on=ON) == []


@pytest.mark.parametrize("schedule", [2, 3, 4, 5])
def test_a_controlled_drug_needs_a_dea_number(schedule: int) -> None:
    problems = authority_problems(an_rx(schedule), replace(a_prescriber(), dea=""), on=ON)
    assert codes(problems) == ["dea-needed"]
    assert problems[0].cite == "21 CFR 1306.05(a)"


@pytest.mark.parametrize(
    ("dea", "expected"),
    [
        ("AB1234567", ["dea-check-digit"]),
        ("1234567", ["dea-form"]),
        ("PB1234563", ["dea-not-a-prescriber"]),
        # A number that was mistyped says nothing of whose it is.
        ("PB1234567", ["dea-check-digit"]),
        ("MB1234563", []),
        ("AB1234563-77", []),
    ],
)
def test_the_dea_number_of_a_controlled_prescription_must_be_right(
    dea: str, expected: list[str]
) -> None:
    prescriber = replace(a_prescriber(), dea=dea)
    assert codes(authority_problems(an_rx(4), prescriber, on=ON)) == expected


def test_a_wrong_dea_number_on_a_non_controlled_prescription_is_not_judged() -> None:
    assert authority_problems(an_rx(0), replace(a_prescriber(), dea="AB1"), on=ON) == []


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2027, 1, 30), []),
        (date(2027, 1, 31), []),
        (date(2027, 2, 1), ["dea-expired"]),
    ],
)
def test_a_dea_registration_stands_until_its_last_day(on: date, expected: list[str]) -> None:
    assert codes(authority_problems(an_rx(4), a_prescriber(), on=on)) == expected


@pytest.mark.parametrize("letter", ["P", "R"])
def test_a_distributor_does_not_prescribe(letter: str) -> None:
    prescriber = replace(a_prescriber(), dea=f"{letter}B1234563")
    assert codes(authority_problems(an_rx(2), prescriber, on=ON)) == ["dea-not-a-prescriber"]


def test_a_registration_must_cover_the_schedule() -> None:
    prescriber = replace(a_prescriber(), schedules_authorized=frozenset({3, 4, 5}))
    problems = authority_problems(an_rx(2), prescriber, on=ON)
    assert codes(problems) == ["dea-schedule"]
    assert "C-II" in problems[0].says


def test_a_registration_that_was_not_looked_up_is_judged_by_its_number_alone() -> None:
    prescriber = PrescriberFacts(dea="AB1234563")
    assert authority_problems(an_rx(2), prescriber, on=ON) == []


def test_every_reason_is_given_at_once() -> None:
    prescriber = replace(
        a_prescriber(),
        npi="1234567890",
        licence_expires_on=date(2026, 1, 1),
        dea="PB1234563",
        dea_expires_on=date(2026, 1, 1),
        schedules_authorized=frozenset(),
    )
    assert codes(authority_problems(an_rx(3), prescriber, on=ON)) == [
        "npi-check-digit",
        "licence-expired",
        "dea-not-a-prescriber",
        "dea-expired",
        "dea-schedule",
    ]
