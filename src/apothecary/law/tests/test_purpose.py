from dataclasses import replace
from datetime import date

import pytest

from apothecary.law import purpose
from apothecary.law.problem import Refused
from apothecary.law.purpose import (
    PurposeFacts,
    purpose_problems,
    three_day_problems,
    x_number_needed,
)
from apothecary.law.tables import Row, federal
from apothecary.law.tests.cases import ON, an_rx, codes

CLEAR = PurposeFacts()


@pytest.mark.parametrize("schedule", [0, 2, 3, 4, 5])
def test_a_prescription_nobody_doubts_is_worked_on(schedule: int) -> None:
    assert purpose_problems(an_rx(schedule), CLEAR, on=ON) == []


FAULTS = [
    (
        replace(CLEAR, red_flags=("pays cash", "120 miles away")),
        "purpose-unresolved",
        "1306.04(a)",
        "resolution",
    ),
    (
        replace(CLEAR, for_office_stock=True),
        "purpose-office-stock",
        "1306.04(b)",
        "for_office_stock",
    ),
    (replace(CLEAR, ghb=True), "purpose-no-medical-need", "1306.05(c)", "medical_need"),
    (replace(CLEAR, signed_by="something else"), "purpose-signer", "1306.05(f)", "signed_by"),
    (
        replace(CLEAR, by_telemedicine_alone=True),
        "law-doubtful-row",
        "1307.41",
        "",
    ),
    (
        replace(CLEAR, printout_of_electronic=True),
        "purpose-printout",
        "1311.170",
        "printout_of_electronic",
    ),
    (
        replace(CLEAR, reissued_after_failure=True, says_reissued=False),
        "purpose-reissue",
        "1311.170",
        "says_reissued",
    ),
]


@pytest.mark.parametrize(("facts", "code", "cite", "field"), FAULTS)
def test_each_doubt_about_a_controlled_prescription_stops_it_with_its_law(
    facts: PurposeFacts, code: str, cite: str, field: str
) -> None:
    (problem,) = purpose_problems(an_rx(2), facts, on=ON)
    assert (problem.code, problem.field) == (code, field)
    assert cite in problem.cite


@pytest.mark.parametrize("facts", [row[0] for row in FAULTS])
def test_nothing_of_this_is_asked_of_a_drug_that_is_not_controlled(facts: PurposeFacts) -> None:
    assert purpose_problems(an_rx(0), facts, on=ON) == []


def test_all_doubts_are_told_at_once() -> None:
    facts = PurposeFacts(
        red_flags=("early again",), for_office_stock=True, ghb=True, signed_by="agent"
    )
    assert codes(purpose_problems(an_rx(2), facts, on=ON)) == [
        "purpose-unresolved",
        "purpose-office-stock",
        "purpose-no-medical-need",
        "purpose-signer",
    ]


def test_what_made_somebody_doubt_is_read_out() -> None:
    facts = replace(CLEAR, red_flags=("pays cash", "120 miles away"))
    says = purpose_problems(an_rx(4), facts, on=ON)[0].says
    assert "pays cash; 120 miles away" in says


@pytest.mark.parametrize(
    "facts",
    [
        replace(CLEAR, red_flags=("pays cash",), resolution="insured from next month"),
        replace(CLEAR, ghb=True, medical_need="narcolepsy"),
        replace(CLEAR, reissued_after_failure=True),
        replace(CLEAR, says_reissued=False),
    ],
)
def test_a_doubt_that_is_answered_stops_nothing(facts: PurposeFacts) -> None:
    assert purpose_problems(an_rx(2), facts, on=ON) == []


def test_the_rule_on_telemedicine_ships_disabled_and_says_so() -> None:
    (problem,) = purpose_problems(an_rx(2), replace(CLEAR, by_telemedicine_alone=True), on=ON)
    assert problem.verified == "KQ"
    assert "doubtful and therefore disabled" in problem.says


@pytest.mark.parametrize(
    ("allowed", "expected"), [(True, []), (False, ["purpose-telemedicine"])]
)
def test_once_the_rule_on_telemedicine_is_confirmed_its_answer_is_followed(
    monkeypatch: pytest.MonkeyPatch, allowed: bool, expected: list[str]
) -> None:
    def confirmed(row_id: str, *, on: date) -> Row:
        if row_id != "DEA-191":
            return federal(row_id, on=on)
        return replace(federal("DEA-175", on=on), value=allowed)

    monkeypatch.setattr(purpose, "federal", confirmed)
    facts = replace(CLEAR, by_telemedicine_alone=True)
    assert codes(purpose_problems(an_rx(2), facts, on=ON)) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, ["withdrawal-supply"]),
        (1, []),
        (2, []),
        (3, []),
        (4, ["withdrawal-supply"]),
    ],
)
def test_three_days_of_relief_are_dispensed_at_one_time_and_no_more(
    days: int, expected: list[str]
) -> None:
    assert codes(three_day_problems(days, on=ON)) == expected


def test_the_three_days_begin_with_the_rule_of_august_2023() -> None:
    with pytest.raises(Refused):
        three_day_problems(3, on=date(2023, 8, 7))
    assert three_day_problems(3, on=date(2023, 8, 8)) == []
    assert three_day_problems(3, on=date(2023, 8, 9)) == []


def test_no_second_number_is_asked_for_on_buprenorphine_since_december_2022() -> None:
    with pytest.raises(Refused):
        x_number_needed(on=date(2022, 12, 28))
    assert x_number_needed(on=date(2022, 12, 29)) is False
    assert x_number_needed(on=date(2022, 12, 30)) is False
