"""The other way round: the quantity that so many days need."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.directions.product import Customs, Product
from apothecary.directions.reading import read_directions
from apothecary.directions.supply import days_supply, quantity_needed
from apothecary.directions.tests.test_supply_products import INHALER, PENS, SPRAY, VIAL, drops

TABLETS = Product(unit="EA", form="TABLET", package_quantity=Decimal(100))
LIQUID = Product(unit="ML", form="SOLUTION", route="ORAL", package_quantity=Decimal(473))


@pytest.mark.parametrize(
    ("days", "sig", "product", "quantity"),
    [
        (30, "1 tab po bid", TABLETS, "60"),
        (7, "1/2 tab po qd", TABLETS, "4"),
        (10, "1-2 tabs po q6h prn pain", TABLETS, "80"),
        (10, "5 ml po tid", LIQUID, "150"),
        (7, "2.5 ml po q8h", LIQUID, "52.5"),
        (28, "1 tab po once a week", TABLETS, "4"),
        (30, "1 tab po once a week", TABLETS, "5"),
        (84, "1 tab po mon wed fri", TABLETS, "36"),
        (12, "3 tabs po qd x 4 days then 2 tabs qd x 4 days then 1 tab qd x 4 days", TABLETS,
         "24"),
        (5, "3 tabs po qd x 4 days then 2 tabs qd x 4 days", TABLETS, "14"),
        (30, "1 tab po bid x 10 days", TABLETS, "20"),
        (30, "2 tabs po now then 1 tab po bid", TABLETS, "62"),
        (25, "1 drop in both eyes twice daily", drops(), "5"),
        (26, "1 drop in both eyes twice daily", drops(), "10"),
        (25, "inhale 2 puffs by mouth 4 times daily", INHALER, "8.5"),
        (26, "inhale 2 puffs by mouth 4 times daily", INHALER, "17.0"),
        (30, "2 sprays in each nostril daily", SPRAY, "16"),
        (28, "inject 35 units under the skin daily", VIAL, "10"),
        (30, "inject 35 units under the skin daily", VIAL, "20"),
        (30, "inject 10 units under the skin daily", VIAL, "20"),
        (56, "inject 10 units under the skin daily", VIAL, "20"),
        (57, "inject 10 units under the skin daily", VIAL, "30"),
        (30, "inject 22 units under the skin daily", PENS, "15"),
        (63, "inject 22 units under the skin daily", PENS, "30"),
    ],
)  # fmt: skip
def test_the_least_quantity_that_lasts_so_many_days(
    days: int, sig: str, product: Product, quantity: str
) -> None:
    directions = read_directions(sig, form=product.form, drug=product.name)
    needed = quantity_needed(days, directions, product)
    assert needed.quantity == Decimal(quantity), needed.lines


@pytest.mark.parametrize(
    ("days", "sig", "product", "line"),
    [
        (0, "1 tab po bid", TABLETS, "0 days are no supply."),
        (-1, "1 tab po bid", TABLETS, "-1 days are no supply."),
        (10_001, "1 tab po bid", TABLETS, "10001 days are no supply."),
        (30, "1 tab po", TABLETS, "The directions leave a question open."),
        (30, "apply to skin bid", Product(unit="GM", form="CREAM"),
         "The quantity of one day is not known."),
        (30, "inject 10 units subcut daily", Product(name="insulin 100 unit/mL", unit="ML"),
         "How much one container holds is not known; opened it keeps 28 days."),
        (30, "inject 5 units subcut daily for 9 days then inject 6 units subcut daily", VIAL,
         "An opened one expires while the dose changes: reckon by hand."),
        (30, "inject 10 units under the skin daily",
         Product(name="insulin mix 100 unit/mL pen", unit="ML"),
         "How long an opened one of this product keeps is not known: see its label."),
        (10_000, "take 1000 mL by mouth daily", Product(unit="ML"),
         "No quantity is so large."),
    ],
)  # fmt: skip
def test_no_quantity_is_given_where_something_is_missing(
    days: int, sig: str, product: Product, line: str
) -> None:
    needed = quantity_needed(days, read_directions(sig), product)
    assert needed.quantity is None
    assert line in needed.lines


def test_a_course_that_ends_earlier_needs_no_more_than_the_course() -> None:
    needed = quantity_needed(30, read_directions("1 tab po bid x 10 days"), TABLETS)
    assert needed.lines[-1] == "The course ends after 10 days."


def test_the_working_of_a_quantity_names_the_package_rule() -> None:
    directions = read_directions("inject 22 units under the skin daily")
    needed = quantity_needed(30, directions, PENS)
    assert needed.lines[-1] == "1 package of 15 = 15"
    assert needed.working[-1].source.startswith("DS-PEN-CARTON")
    full_box = "A full box instead of less needs the prescriber's word (DS-INSULIN-QTY)."
    assert full_box in needed.doubts


SIGS = st.builds(
    lambda dose, times, span: f"take {dose} tablets by mouth {times} times every {span} days",
    st.integers(2, 6),
    st.integers(2, 6),
    st.integers(2, 9),
)
PRODUCTS = st.sampled_from(
    [
        (TABLETS, "take 1 tablet by mouth twice daily"),
        (TABLETS, "take 1 tablet by mouth every other day"),
        (TABLETS, "3 tabs po qd x 4 days then 2 tabs qd x 4 days then 1 tab qd"),
        (TABLETS, "1 tab po qam x 3 days and 2 tabs po qhs"),
        (LIQUID, "take 7.5 mL by mouth every 6 hours"),
        (drops(), "1 drop in both eyes three times daily"),
        (drops("Xalatan", ml="2.5"), "1 drop in the right eye at bedtime"),
        (INHALER, "inhale 2 puffs by mouth twice daily"),
        (SPRAY, "2 sprays in each nostril daily"),
        (VIAL, "inject 12 units under the skin twice daily"),
        (VIAL, "inject 3 units under the skin daily"),
        (PENS, "inject 22 units under the skin daily"),
        (PENS, "inject 4 units under the skin daily"),
    ]
)


@given(PRODUCTS, st.integers(1, 400))
def test_the_quantity_for_so_many_days_lasts_them(case: tuple[Product, str], days: int) -> None:
    product, sig = case
    directions = read_directions(sig, form=product.form, drug=product.name)
    needed = quantity_needed(days, directions, product)
    assert needed.quantity is not None, needed.lines
    proof = days_supply(needed.quantity, directions, product=product)
    assert proof.days is not None
    assert proof.days >= days


@given(PRODUCTS, st.integers(1, 4000), st.integers(0, 4000))
def test_more_quantity_never_lasts_fewer_days(
    case: tuple[Product, str], tenths: int, more: int
) -> None:
    product, sig = case
    directions = read_directions(sig, form=product.form, drug=product.name)
    one = days_supply(Decimal(tenths) / 10, directions, product=product)
    other = days_supply(Decimal(tenths + more) / 10, directions, product=product)
    assert (one.days or 0) <= (other.days or 0)


@given(SIGS, st.integers(1, 1000))
def test_the_days_never_use_more_than_the_quantity(sig: str, quantity: int) -> None:
    directions = read_directions(sig)
    assert directions.certain, directions.questions
    a_day = directions.quantity_per_day()
    assert a_day is not None
    days = days_supply(Decimal(quantity), directions, product=TABLETS).days or 0
    assert a_day * days <= quantity < a_day * (days + 1)


@given(
    st.decimals(min_value="0.001", max_value="1000", places=3),
    st.integers(1, 100),
    st.integers(1, 60),
)
def test_priming_never_makes_pens_last_longer(
    quantity: Decimal, units: int, prime: int
) -> None:
    directions = read_directions(f"inject {units} units under the skin daily")
    bare = days_supply(
        quantity, directions, product=PENS, customs=Customs(prime_units=Decimal(0))
    )
    primed = days_supply(
        quantity, directions, product=PENS, customs=Customs(prime_units=Decimal(prime))
    )
    assert (primed.days or 0) <= (bare.days or 0)
