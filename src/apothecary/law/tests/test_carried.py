from dataclasses import replace

import pytest

from apothecary.law.carried import (
    CarriedFacts,
    carried_problems,
    is_question,
    is_remark,
    refusals,
)
from apothecary.law.facts import Origin
from apothecary.law.mandates import MandateFacts
from apothecary.law.problem import Problem
from apothecary.law.purpose import PurposeFacts
from apothecary.law.signers import SignerFacts
from apothecary.law.supply_limits import SupplyFacts
from apothecary.law.tests.cases import ON, an_rx, codes


def carried(
    state: str = "TX", schedule: int = 4, origin: Origin = Origin.ELECTRONIC
) -> CarriedFacts:
    return CarriedFacts(
        mandate=MandateFacts(state=state, schedule=schedule, origin=origin),
        purpose=PurposeFacts(),
        signer=SignerFacts(kind="physician", state=state),
        supply=SupplyFacts(),
    )


def test_a_plain_prescription_in_texas_leaves_one_remark_and_no_question() -> None:
    problems = carried_problems(an_rx(4), carried(), on=ON)
    assert codes(problems) == ["supply-silent"]
    assert is_remark(problems[0])
    assert refusals(problems) == []


def test_a_drug_that_is_not_controlled_leaves_nothing() -> None:
    assert carried_problems(an_rx(0), carried(schedule=0), on=ON) == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (
            replace(carried(), purpose=PurposeFacts(for_office_stock=True)),
            "purpose-office-stock",
        ),
        (replace(carried(), purpose=PurposeFacts(ghb=True)), "purpose-no-medical-need"),
        (replace(carried(), purpose=PurposeFacts(signed_by="agent")), "purpose-signer"),
        (
            replace(carried(), purpose=PurposeFacts(printout_of_electronic=True)),
            "purpose-printout",
        ),
        (
            replace(
                carried(),
                purpose=PurposeFacts(reissued_after_failure=True, says_reissued=False),
            ),
            "purpose-reissue",
        ),
    ],
)
def test_what_the_law_says_no_to_is_refused(facts: CarriedFacts, code: str) -> None:
    assert codes(refusals(carried_problems(an_rx(4), facts, on=ON))) == [code]


@pytest.mark.parametrize(("days", "expected"), [(30, []), (31, ["supply-too-long"])])
def test_a_supply_over_the_states_limit_is_refused(days: int, expected: list[str]) -> None:
    rx = replace(an_rx(4, state="NY"), days_supply=days)
    problems = carried_problems(rx, carried("NY"), on=ON)
    assert codes(refusals(problems)) == expected


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(carried(), purpose=PurposeFacts(red_flags=("odd",))), "purpose-unresolved"),
        (replace(carried(), signer=SignerFacts(kind="", state="TX")), "signer-unknown"),
        (carried(origin=Origin.WRITTEN), "mandate-electronic"),
        (
            replace(carried(), purpose=PurposeFacts(by_telemedicine_alone=True)),
            "law-doubtful-row",
        ),
    ],
)
def test_what_a_pharmacist_settles_does_not_stop_the_entry(
    facts: CarriedFacts, code: str
) -> None:
    problems = carried_problems(an_rx(4), facts, on=ON)
    assert codes([one for one in problems if is_question(one)]) == [code]
    assert refusals(problems) == []


def test_what_nobody_has_on_file_is_a_question_and_said_once() -> None:
    problems = carried_problems(an_rx(4, state="VT"), carried("VT"), on=ON)
    assert codes(problems) == ["law-unknown-state"]
    assert all(is_question(one) and not is_remark(one) for one in problems)


def test_a_reason_nobody_has_sorted_refuses() -> None:
    new = Problem("A rule of tomorrow.", code="tomorrow")
    assert refusals([new]) == [new]
