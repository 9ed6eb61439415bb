from decimal import Decimal

import pytest

from apothecary.law.distribution import (
    FORM222,
    INVOICE,
    distribution_problems,
    shipment_paper,
    shipment_problems,
)
from apothecary.law.tests.cases import ON, codes


@pytest.mark.parametrize(
    ("schedule", "paper"),
    [(1, FORM222), (2, FORM222), (3, INVOICE), (4, INVOICE), (5, INVOICE), (0, INVOICE)],
)
def test_c_i_and_c_ii_leave_on_the_receivers_form(schedule: int, paper: str) -> None:
    assert shipment_paper(schedule, on=ON) == paper
    assert shipment_problems(schedule, paper, on=ON) == []


@pytest.mark.parametrize(("schedule", "expected"), [(2, ["shipment-paper"]), (3, []), (5, [])])
def test_a_c_ii_does_not_leave_on_an_invoice(schedule: int, expected: list[str]) -> None:
    assert codes(shipment_problems(schedule, INVOICE, on=ON)) == expected
    assert shipment_problems(schedule, FORM222, on=ON) == []


@pytest.mark.parametrize(
    ("now", "distributed", "dispensed", "expected"),
    [
        ("4", "0", "95", []),
        ("5", "0", "95", []),
        ("5.001", "0", "95", ["distribution-share"]),
        ("1", "4", "95", []),
        ("2", "4", "95", ["distribution-share"]),
        ("1", "0", "0", ["distribution-share"]),
        ("0", "0", "0", []),
    ],
)
def test_a_pharmacy_distributes_at_most_five_percent_of_its_units_of_a_year(
    now: str, distributed: str, dispensed: str, expected: list[str]
) -> None:
    problems = distribution_problems(
        Decimal(now), Decimal(distributed), Decimal(dispensed), on=ON
    )
    assert codes(problems) == expected
    assert all(problem.cite == "21 CFR 1307.11" for problem in problems)
