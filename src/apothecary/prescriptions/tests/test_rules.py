"""What a price is, and what an entry must hold."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.prescriptions.rules import (
    MOST_DAYS,
    MOST_REFILLS,
    MOST_UNITS,
    EntryFacts,
    PriceFacts,
    entry_problems,
    ingredient_cost_usd,
    usual_and_customary_usd,
)

CLEAN = EntryFacts(
    quantity=Decimal(30),
    days_supply=30,
    refills=2,
    daw="0",
    directions="Take 1 tablet by mouth once daily.",
    unit="EA",
    price_usd=Decimal("11.76"),
)
PRICE = PriceFacts(
    unit_price_usd=Decimal("0.02110"),
    quantity=Decimal(30),
    markup_percent=Decimal(20),
    fee_usd=Decimal(11),
)
MONEY = st.decimals("0", "9999", places=5)
UNITS = st.decimals("0.001", "9999", places=3)


def fields(facts: EntryFacts) -> list[str]:
    return [problem.field for problem in entry_problems(facts)]


def test_a_clean_entry_has_no_problem():
    assert entry_problems(CLEAN) == []


@pytest.mark.parametrize(
    ("quantity", "unit", "fine"),
    [
        ("0.001", "ML", True),
        ("0", "ML", False),
        ("-1", "EA", False),
        ("1", "EA", True),
        ("1.5", "EA", False),
        ("1.5", "ML", True),
        ("28.4", "GM", True),
        (str(MOST_UNITS), "EA", True),
        (str(MOST_UNITS + 1), "EA", False),
    ],
)
def test_a_quantity_is_above_nothing_below_absurd_and_whole_where_it_is_counted(
    quantity, unit, fine
):
    facts = replace(CLEAN, quantity=Decimal(quantity), unit=unit)
    assert fields(facts) == ([] if fine else ["quantity"])


@pytest.mark.parametrize(
    ("days", "fine"), [(-1, False), (0, False), (1, True), (MOST_DAYS, True), (366, False)]
)
def test_days_of_supply_are_one_to_a_year(days, fine):
    assert fields(replace(CLEAN, days_supply=days)) == ([] if fine else ["days_supply"])


@pytest.mark.parametrize(
    ("refills", "fine"), [(-1, False), (0, True), (MOST_REFILLS, True), (100, False)]
)
def test_refills_fit_the_two_digits_of_the_claim(refills, fine):
    assert fields(replace(CLEAN, refills=refills)) == ([] if fine else ["refills"])


@pytest.mark.parametrize("daw", ["", "A", "10", " "])
def test_a_product_selection_code_is_one_digit(daw):
    assert fields(replace(CLEAN, daw=daw)) == ["daw"]


@pytest.mark.parametrize("directions", ["", "  ", "\n"])
def test_no_prescription_is_without_directions(directions):
    assert fields(replace(CLEAN, directions=directions)) == ["directions"]


@pytest.mark.parametrize(
    ("price", "fine"),
    [(None, False), ("-0.01", False), ("0", True), ("10000000", True), ("10000000.01", False)],
)
def test_a_price_is_known_not_below_zero_and_not_above_all_prices(price, fine):
    facts = replace(CLEAN, price_usd=None if price is None else Decimal(price))
    assert fields(facts) == ([] if fine else ["price_usd"])


def test_every_problem_is_named_at_once():
    facts = EntryFacts(
        quantity=Decimal(0),
        days_supply=0,
        refills=-1,
        daw="x",
        directions="",
        unit="EA",
        price_usd=None,
    )
    assert fields(facts) == [
        "quantity",
        "days_supply",
        "refills",
        "daw",
        "directions",
        "price_usd",
    ]


def test_the_cash_price_is_cost_and_markup_and_fee():
    assert ingredient_cost_usd(PRICE) == Decimal("0.63")
    assert usual_and_customary_usd(PRICE) == Decimal("11.76")


def test_without_a_reference_price_there_is_no_cash_price():
    facts = replace(PRICE, unit_price_usd=None)
    assert ingredient_cost_usd(facts) is None
    assert usual_and_customary_usd(facts) is None


@pytest.mark.parametrize(
    ("unit_price", "quantity", "cost"),
    [("0.005", "1", "0.01"), ("0.00499", "1", "0.00"), ("0.015", "1", "0.02")],
)
def test_half_a_cent_goes_up(unit_price, quantity, cost):
    facts = replace(PRICE, unit_price_usd=Decimal(unit_price), quantity=Decimal(quantity))
    assert ingredient_cost_usd(facts) == Decimal(cost)


@given(unit_price=MONEY, quantity=UNITS, markup=st.decimals("0", "200", places=2))
def test_a_price_has_two_places_and_is_never_below_the_fee(unit_price, quantity, markup):
    facts = PriceFacts(unit_price, quantity, markup, Decimal(11))
    price = usual_and_customary_usd(facts)
    assert price is not None
    assert price.as_tuple().exponent == -2
    assert price >= Decimal(11)


@given(quantity=UNITS, more=UNITS)
def test_more_units_never_cost_less(quantity, more):
    small = usual_and_customary_usd(replace(PRICE, quantity=quantity))
    large = usual_and_customary_usd(replace(PRICE, quantity=quantity + more))
    assert small is not None
    assert large is not None
    assert large >= small
