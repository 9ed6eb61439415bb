"""What may be billed apart, pure: fees, 340B costs, sites and routes, each on its boundary."""

from decimal import Decimal

import pytest

from apothecary.prescriptions.apart_rules import (
    SITES_OF,
    fee_problems,
    giving_problems,
    is_vaccine,
    programme_problems,
)
from apothecary.prescriptions.vaccine_tables import GivenBy, Site


@pytest.mark.parametrize(
    ("kind", "vaccine"),
    [("VACCINE", True), ("vaccine", True), (" Vaccine ", True), ("", False),
     ("HUMAN PRESCRIPTION DRUG", False), ("COMPOUND", False)],
)  # fmt: skip
def test_the_directory_says_what_is_a_vaccine(kind, vaccine):
    assert is_vaccine(kind) is vaccine


@pytest.mark.parametrize(
    ("fee", "codes"),
    [
        (None, []),
        (Decimal("-0.01"), ["vaccine-fee"]),
        (Decimal("0.00"), ["vaccine-fee"]),
        (Decimal("0.01"), []),
        (Decimal("1000.00"), []),
        (Decimal("1000.01"), ["vaccine-fee"]),
    ],
)
def test_a_fee_for_giving_a_vaccine_is_above_nothing_and_possible(fee, codes):
    assert [problem.code for problem in fee_problems(fee, kind="VACCINE")] == codes


def test_nothing_but_a_vaccine_is_given_here():
    (problem,) = fee_problems(Decimal(20), kind="HUMAN PRESCRIPTION DRUG")
    assert (problem.code, problem.field) == ("no-vaccine", "administration_usd")


@pytest.mark.parametrize(
    ("cost", "because", "compound", "codes"),
    [
        (None, "", False, []),
        (None, "", True, []),
        (Decimal("0.00"), "clinic", False, []),
        (Decimal("-0.01"), "clinic", False, ["340b-cost"]),
        (Decimal("10000000.00"), "clinic", False, []),
        (Decimal("10000000.01"), "clinic", False, ["340b-cost"]),
        (Decimal(5), "", False, ["340b-because"]),
        (Decimal(5), "  ", False, ["340b-because"]),
        (Decimal(5), "clinic", True, ["340b-compound"]),
        (Decimal(-5), "", True, ["340b-cost", "340b-because", "340b-compound"]),
    ],
)
def test_340b_needs_its_cost_and_its_reason_and_is_no_compound(cost, because, compound, codes):
    found = programme_problems(cost, because=because, compound=compound)
    assert [problem.code for problem in found] == codes


def test_every_route_has_its_sites_and_every_site_a_route():
    assert set(SITES_OF) == set(GivenBy.values)
    assert set().union(*SITES_OF.values()) == set(Site.values)
    for route, sites in SITES_OF.items():
        for site in Site.values:
            wrong = [problem.field for problem in giving_problems(site, route)]
            assert wrong == ([] if site in sites else ["site"])


@pytest.mark.parametrize("route", ["", "im", "IV", "XX"])
def test_what_is_no_route_of_a_vaccine_is_refused(route):
    assert [problem.field for problem in giving_problems("LD", route)] == ["route"]
