from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apothecary.law.facts import Origin, PrescriberFacts
from apothecary.law.fills import first_fill_problems, next_fill_problems
from apothecary.law.tests.cases import ON, a_prescriber, an_rx, codes, filled


@pytest.mark.parametrize("schedule", [0, 2, 3, 4, 5])
def test_a_prescription_in_order_is_filled_for_the_first_time(schedule: int) -> None:
    assert next_fill_problems(an_rx(schedule), a_prescriber(), on=ON, house_months=12) == []


@pytest.mark.parametrize("schedule", [0, 3, 4, 5])
def test_a_prescription_in_order_is_refilled(schedule: int) -> None:
    rx = filled(an_rx(schedule), fills=1, authorized=1)
    assert next_fill_problems(rx, a_prescriber(), on=ON, house_months=12) == []


def test_a_c_ii_prescription_is_not_filled_a_second_time() -> None:
    rx = filled(an_rx(2), fills=1, authorized=0)
    problems = next_fill_problems(rx, a_prescriber(), on=ON)
    assert codes(problems) == ["refill-prohibited", "refill-none-left"]


def test_every_reason_against_a_first_fill_is_given_at_once() -> None:
    rx = replace(
        an_rx(2, origin=Origin.PHONE),
        quantity=Decimal(0),
        refills_authorized=1,
        earliest_fill_on=date(2026, 7, 1),
    )
    problems = first_fill_problems(rx, PrescriberFacts(), on=date(2026, 6, 30))
    assert codes(problems) == [
        "rx-quantity",
        "dea-needed",
        "refills-authorized-over-limit",
        "origin-cii-phone",
        "fill-too-early",
    ]


def test_a_missing_date_is_one_reason_not_two() -> None:
    rx = replace(an_rx(4), written_on=None)
    assert codes(first_fill_problems(rx, a_prescriber(), on=ON)) == ["rx-no-written-on"]


def test_schedule_i_is_refused_for_what_it_is() -> None:
    problems = first_fill_problems(an_rx(1), a_prescriber(), on=ON)
    assert "rx-schedule-i" in codes(problems)
    assert "law-missing-row" not in codes(problems)


def test_every_problem_of_law_carries_its_citation_and_mark() -> None:
    rx = replace(an_rx(4), refills_authorized=9)
    for problem in first_fill_problems(rx, PrescriberFacts(dea="AB1"), on=date(2027, 1, 1)):
        assert problem.cite
        assert problem.verified
        assert problem.code
        assert problem.says.endswith(".")
