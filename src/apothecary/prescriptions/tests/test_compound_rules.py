"""What may be a compound here, pure: each limit on the value before it, on it and after it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.prescriptions.compound_rules import (
    BASES,
    FORMS,
    MOST_DAYS_OF_USE,
    PIECES,
    ROUTES,
    CompoundFacts,
    IngredientFacts,
    compound_problems,
    cost_of,
    schedule_of,
)

STEROID = IngredientFacts(
    package_id=1,
    says="hydrocortisone 1%",
    quantity=Decimal(30),
    unit="GM",
    package_unit="GM",
    legend=True,
    basis="09",
    cost_usd=Decimal("2.40"),
)
BASE = replace(STEROID, package_id=2, says="white petrolatum", legend=False)
OINTMENT = CompoundFacts(
    name="hydrocortisone in petrolatum",
    form="02",
    route="6064005",
    unit="GM",
    makes=Decimal(60),
    beyond_use_days=180,
    ingredients=(STEROID, BASE),
)


def fields(**changes: Any) -> list[str]:
    return [problem.field for problem in compound_problems(replace(OINTMENT, **changes))]


def of_first(**changes: Any) -> list[str]:
    return fields(ingredients=(replace(STEROID, **changes), BASE))


def test_two_ingredients_of_which_one_is_a_prescription_drug_are_a_compound():
    assert compound_problems(OINTMENT) == []


@pytest.mark.parametrize(("many", "refused"), [(1, True), (2, False), (25, False), (26, True)])
def test_a_compound_has_two_to_twenty_five_ingredients(many, refused):
    parts = tuple(replace(STEROID, package_id=n) for n in range(many))
    assert fields(ingredients=parts) == (["ingredients"] if refused else [])


def test_bases_alone_are_no_compound_of_a_claim():
    parts = (replace(STEROID, legend=False), BASE)
    (problem,) = compound_problems(replace(OINTMENT, ingredients=parts))
    assert "None of its ingredients is a prescription drug" in problem.says


def test_the_same_package_twice_is_refused_where_it_stands_again():
    assert fields(ingredients=(STEROID, BASE, STEROID)) == ["ingredients.3"]


@pytest.mark.parametrize("route", sorted(code for code in ROUTES if ROUTES[code].sterile))
def test_what_must_be_sterile_is_refused_with_the_reason_and_its_source(route):
    (problem,) = compound_problems(replace(OINTMENT, route=route))
    assert "no sterile room" in problem.says
    assert (problem.field, problem.cite, problem.verified) == (
        "route",
        "USP <797> (2023), scope",
        "K",
    )


def test_the_routes_that_need_no_sterile_room_are_taken():
    open_routes = [code for code in ROUTES if not ROUTES[code].sterile]
    assert open_routes
    for route in open_routes:
        assert fields(route=route) == []


@pytest.mark.parametrize(
    ("days", "refused"), [(0, True), (1, False), (MOST_DAYS_OF_USE, False), (181, True)]
)
def test_a_compound_is_used_for_at_most_180_days(days, refused):
    problems = compound_problems(replace(OINTMENT, beyond_use_days=days))
    assert [problem.field for problem in problems] == (["beyond_use_days"] if refused else [])
    assert all("USP <795>" in problem.cite for problem in problems)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "   "}, ["name"]),
        ({"name": "x" * 60}, []),
        ({"name": "x" * 61}, ["name"]),
        ({"form": "08"}, ["form"]),
        ({"form": ""}, ["form"]),
        ({"route": ""}, ["route"]),
        ({"route": "1"}, ["route"]),
        ({"unit": "TAB"}, ["unit"]),
        ({"unit": ""}, ["unit"]),
        ({"unit": "EA"}, ["unit"]),
        ({"form": "01"}, ["unit"]),
        ({"form": "01", "unit": "EA"}, []),
        ({"form": "01", "unit": "EA", "makes": Decimal("30.5")}, ["makes"]),
        ({"makes": Decimal(0)}, ["makes"]),
        ({"makes": Decimal(-1)}, ["makes"]),
        ({"makes": Decimal("0.001")}, []),
        ({"makes": Decimal(10_000)}, []),
        ({"makes": Decimal("10000.001")}, ["makes"]),
    ],
)
def test_the_whole_is_refused_by_the_field_that_is_wrong(changes, wrong):
    assert fields(**changes) == wrong


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"quantity": Decimal(0)}, ["ingredients.1.quantity"]),
        ({"quantity": Decimal(-5)}, ["ingredients.1.quantity"]),
        ({"quantity": Decimal("0.001")}, []),
        ({"quantity": Decimal(10_001)}, ["ingredients.1.quantity"]),
        ({"unit": "ML"}, ["ingredients.1.unit"]),
        ({"unit": ""}, ["ingredients.1.unit"]),
        ({"unit": "EA", "package_unit": "EA", "quantity": Decimal("6.5")},
         ["ingredients.1.quantity"]),
        ({"unit": "EA", "package_unit": "EA", "quantity": Decimal(7)}, []),
        ({"basis": "00"}, ["ingredients.1.basis"]),
        ({"basis": ""}, ["ingredients.1.basis"]),
        ({"cost_usd": None}, ["ingredients.1.cost_usd"]),
        ({"cost_usd": Decimal("-0.01")}, ["ingredients.1.cost_usd"]),
        ({"cost_usd": Decimal("0.00")}, []),
    ],
)  # fmt: skip
def test_an_ingredient_is_refused_by_its_place_and_field(changes, wrong):
    assert of_first(**changes) == wrong


def test_all_that_is_wrong_is_told_at_once():
    assert set(
        fields(name="", form="99", ingredients=(replace(STEROID, quantity=Decimal(0)),))
    ) == {"name", "form", "ingredients", "ingredients.1.quantity"}


def test_every_form_is_counted_or_measured_and_taken_in_its_own_unit():
    for form in FORMS:
        own, other = ("EA", "GM") if form in PIECES else ("GM", "EA")
        assert fields(form=form, unit=own) == []
        assert fields(form=form, unit=other) == ["unit"]


def test_every_basis_of_the_table_is_taken():
    for basis in BASES:
        assert of_first(basis=basis) == []


@pytest.mark.parametrize(
    ("schedules", "strictest"),
    [([], 0), ([0, 0], 0), ([0, 4], 4), ([5, 2, 0], 2), ([3, 4], 3)],
)
def test_a_mixture_is_controlled_as_its_strictest_ingredient_is(schedules, strictest):
    assert schedule_of(schedules) == strictest


def test_what_the_file_has_no_price_for_costs_nothing_known():
    assert cost_of(None, Decimal(30)) is None


@given(
    price=st.decimals(min_value=0, max_value=1000, places=5),
    quantity=st.decimals(min_value=Decimal("0.001"), max_value=1000, places=3),
)
def test_a_cost_by_the_file_is_within_half_a_cent_of_the_exact_product(price, quantity):
    cost = cost_of(price, quantity)
    assert cost is not None
    assert abs(cost - price * quantity) <= Decimal("0.005")
    assert cost == cost.quantize(Decimal("0.01"))
