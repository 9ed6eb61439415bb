"""Who is asked first, who last, and who may not pay beside whom."""

from datetime import date

import pytest

from apothecary.law.payers import in_order, payer_problems
from apothecary.law.problem import Refused

ON = date(2026, 11, 23)
PLAN, PART_D, MEDICAID, COUPON = "commercial", "medicare d", "medicaid", "coupon"


def codes(*kinds: str) -> list[str]:
    return [problem.code for problem in payer_problems(kinds, on=ON)]


@pytest.mark.parametrize(
    "kinds",
    [
        (),
        (PLAN,),
        (PLAN, PLAN, PLAN),
        (PLAN, MEDICAID),
        (PART_D, MEDICAID),
        (MEDICAID, MEDICAID),
        (PLAN, MEDICAID, MEDICAID),
        (PLAN, COUPON),
        ("workers compensation",),
        ("something else", COUPON),
        ("something else", PLAN),
    ],
)
def test_these_may_pay_together(kinds):
    assert codes(*kinds) == []


def test_a_fourth_payer_is_refused():
    assert codes(PLAN, PLAN, PLAN, PLAN) == ["payers-too-many"]


@pytest.mark.parametrize("program", [PART_D, MEDICAID, "medicare b"])
def test_a_coupon_beside_a_federal_program_is_refused_with_its_citation(program):
    (problem,) = payer_problems([program, COUPON], on=ON)[:1]
    assert problem.code == "payers-coupon"
    assert problem.cite == "42 USC 1320a-7b(b), (f)"
    assert problem.verified == "K"


def test_medicaid_before_another_plan_is_refused_with_its_citation():
    (problem,) = payer_problems([MEDICAID, PLAN], on=ON)
    assert problem.code == "payers-order"
    assert "1396a(a)(25)" in problem.cite


@pytest.mark.parametrize(
    ("kinds", "asked"),
    [
        ((), []),
        ((PLAN, PART_D), [0, 1]),
        ((MEDICAID, PLAN), [1, 0]),
        ((MEDICAID, PLAN, PART_D), [1, 2, 0]),
        ((COUPON, PLAN), [1, 0]),
        # The coupon stays out where federal money pays.
        ((PLAN, COUPON, MEDICAID), [0, 2]),
        ((PART_D, COUPON), [0]),
        ((PLAN, PLAN, PLAN, PLAN), [0, 1, 2]),
    ],
)
def test_the_cards_are_asked_in_the_order_the_law_leaves(kinds, asked):
    assert in_order(kinds, on=ON) == asked


@pytest.mark.parametrize(
    "kinds", [(MEDICAID, PLAN, COUPON), (COUPON, PLAN), (PLAN, MEDICAID, PART_D, PLAN)]
)
def test_the_order_the_house_makes_by_itself_is_never_refused(kinds):
    asked = [kinds[place] for place in in_order(kinds, on=ON)]
    assert payer_problems(asked, on=ON) == []


def test_before_the_tables_begin_nothing_is_assumed():
    with pytest.raises(Refused, match="AKS-001"):
        payer_problems([PLAN], on=date(1999, 12, 31))
