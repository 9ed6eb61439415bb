"""Just below, on and just above the quantity at which one more day begins, for every rule."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.directions.product import Customs, Product
from apothecary.directions.reading import read_directions
from apothecary.directions.supply import days_supply, quantity_needed
from apothecary.directions.tests.test_supply_products import INHALER, PENS, SPRAY, VIAL, drops

TABLET = Product(unit="EA", form="TABLET")
LIQUID = Product(unit="ML", form="SYRUP")
CREAM = Product(unit="GM", form="CREAM")
PATCH = Product(unit="EA", form="PATCH")
MIEBO = drops("Miebo", "SOLUTION", "3")
STRONG = Product(name="amoxicillin 400 mg/5 mL", unit="ML", form="POWDER, FOR SUSPENSION")
SYRINGES = Product(
    unit="ML",
    package_quantity=Decimal(2),
    package_text="4 SYRINGE in 1 CARTON > .5 mL in 1 SYRINGE",
)


@pytest.mark.parametrize(
    ("rule", "product", "sig", "steps"),
    [
        ("DS-COUNT", TABLET, "1 tab po tid", [("3", 1), ("5", 1), ("6", 2), ("7", 2)]),
        ("DS-COUNT", TABLET, "1/2 tab po qd", [("14", 28), ("14.5", 29), ("15", 30)]),
        ("DS-LIQUID", LIQUID, "5 mL po tid", [("149.9", 9), ("150", 10), ("150.1", 10)]),
        ("DS-WEIGHED", CREAM, "apply 2 g to affected area bid",
         [("119.9", 29), ("120", 30), ("123.9", 30), ("124", 31)]),
        ("DS-MOST", TABLET, "1-2 tabs po q4-6h prn", [("11", None), ("12", 1), ("24", 2)]),
        ("DS-MOST", TABLET, "1-2 tabs po q6h prn max 4 tablets a day",
         [("3", None), ("4", 1), ("7", 1), ("8", 2)]),
        ("DS-TAPER", TABLET, "2 tabs po qd x 2 days then 1 tab qd x 2 days",
         [("3", 1), ("4", 2), ("5", 3), ("6", 4), ("7", 4)]),
        ("DS-DOWN", TABLET, "1 tab po qd", [("0.9", None), ("1", 1), ("1.9", 1), ("2", 2)]),
        ("DS-WEEK", TABLET, "1 tab po once a week", [("1", 7), ("3", 21), ("4", 28)]),
        ("DS-WEEK", TABLET, "1 tab po mon wed fri", [("2", 4), ("3", 7), ("12", 28)]),
        ("DS-MONTH", TABLET, "1 tab po once a month", [("1", 30), ("2", 60)]),
        ("DS-MONTH", TABLET, "1 tab po qd x 1 month", [("29", 29), ("30", 30), ("31", 30)]),
        ("DS-DROP-SOLUTION", drops(), "1 drop in right eye bid",
         [("4.9", 49), ("5", 50), ("5.05", 50), ("5.1", 51)]),
        ("DS-DROP-SUSPENSION", drops(form="SUSPENSION/ DROPS"), "1 drop in right eye tid",
         [("4.9", 24), ("5", 25), ("5.2", 26)]),
        ("DS-DROP-PRODUCT", MIEBO, "1 drop in both eyes qid",
         [("2.9", 32), ("3", 34), ("6", 68)]),
        ("DS-EYE-OPEN", drops("Xalatan", ml="2.5"), "1 drop in right eye qhs",
         [("2", 40), ("2.1", 42), ("2.5", 42), ("2.55", 43), ("5", 84)]),
        ("DS-INSULIN-OPEN", VIAL, "inject 30 units under the skin daily",
         [("8.3", 27), ("8.4", 28), ("10", 28), ("10.3", 29), ("20", 56)]),
        ("DS-PEN-PRIME", PENS, "inject 18 units under the skin daily",
         [("2.9", 14), ("3", 15), ("15", 75)]),
        ("DS-PUFF", INHALER, "inhale 2 puffs daily",
         [("0.084", None), ("0.085", 1), ("8.5", 100), ("17", 200)]),
        ("DS-SPRAY", SPRAY, "1 spray in each nostril daily", [("15.9", 59), ("16", 60)]),
        ("DS-PATCH", PATCH, "apply 1 patch every 72 hours", [("9", 27), ("10", 30)]),
        ("DS-PATCH", PATCH, "apply 1 patch twice a week", [("7", 24), ("8", 28)]),
        ("DS-LIQUID", STRONG, "take 400 mg by mouth twice daily",
         [("99", 9), ("100", 10), ("109.9", 10), ("110", 11)]),
        ("DS-PACKAGE", SYRINGES, "inject 1 syringe under the skin once a week",
         [("0.4", 5), ("0.5", 7), ("2", 28)]),
    ],
)  # fmt: skip
def test_a_day_begins_exactly_where_the_rule_says(
    rule: str, product: Product, sig: str, steps: list[tuple[str, int | None]]
) -> None:
    directions = read_directions(sig, form=product.form, drug=product.name)
    assert directions.certain, directions.questions
    for quantity, days in steps:
        proof = days_supply(Decimal(quantity), directions, product=product)
        assert proof.days == days, (quantity, proof.lines)
    rules = {line.rule.id for line in proof.working if line.rule is not None}
    of_product = {"DS-DROP-PRODUCT", "DS-EYE-OPEN", "DS-INSULIN-OPEN"}
    assert rule in rules or rule in of_product, rules


@pytest.mark.parametrize(
    ("palms", "grams"), [("1", "0.25"), ("2", "0.5"), ("3", "0.75"), ("10", "2.5")]
)
def test_a_fingertip_unit_of_half_a_gram_covers_two_palms(palms: str, grams: str) -> None:
    customs = Customs(palms=Decimal(palms))
    directions = read_directions("apply to affected area once daily")
    needed = quantity_needed(1, directions, CREAM, customs=customs)
    # A tube cannot be split, but its size is not known here.
    assert needed.quantity == Decimal(grams)
    assert needed.lines[0] == f"{grams} g for an area of {palms} palms"


@pytest.mark.parametrize("palms", ["0", "-1"])
def test_an_area_of_nothing_is_asked_again(palms: str) -> None:
    directions = read_directions("apply to affected area once daily")
    customs = Customs(palms=Decimal(palms))
    proof = days_supply(Decimal(30), directions, product=CREAM, customs=customs)
    assert proof.days is None
    assert proof.lines[0].startswith("How large is the area")


@pytest.mark.parametrize(
    ("first", "later", "days"),
    [
        # One dose to begin with has no day of its own before several a day …
        ("2 tabs po now", "1 tab po bid", 14),
        ("2 tabs po once", "1 tab po q8h", 9),
        ("30 mL po now", "1 mL po bid", None),
        ("20 mL po now", "5 mL po bid", 1),
        # … but it has before one a day.
        ("2 tabs po on day 1", "1 tab po daily on days 2-5", 5),
    ],
)
def test_a_loading_dose_shares_its_day_with_what_is_taken_more_than_once_a_day(
    first: str, later: str, days: int | None
) -> None:
    directions = read_directions(f"{first}, then {later}")
    assert directions.certain, directions.questions
    assert days_supply(Decimal(30), directions).days == days


PRODUCT = st.builds(
    Product,
    name=st.sampled_from(["", "Lantus 100 unit/mL pen", "x 0 unit/mL", "Miebo", "Toujeo Max "
                          "300 unit/mL", "insulin 100 unit/0 mL", "a 5 mg/5 mL", "u-100"])
    | st.text(max_size=30),
    form=st.sampled_from(["", "SOLUTION", "OINTMENT", "SUSPENSION"]) | st.text(max_size=9),
    route=st.sampled_from(["", "OPHTHALMIC"]),
    unit=st.sampled_from(["", "EA", "ML", "GM"]),
    unit_word=st.sampled_from(["", "kit", "inhaler", "tablet"]),
    package_quantity=st.none() | st.decimals("0.001", "100000", places=3),
    package_text=st.sampled_from(
        ["", "1 INHALER in 1 CARTON > 200 AEROSOL, METERED in 1 INHALER",
         "5 SYRINGE in 1 CARTON > 3 mL in 1 SYRINGE", "1 VIAL in 1 CARTON > .5 mL in 1 VIAL"]
    ) | st.text(max_size=40),
)  # fmt: skip
SIGS = st.sampled_from(
    ["1 tab po bid", "5 mL po tid x 10 days", "1 gtt ou bid", "10 units sq qhs", "2 puffs bid",
     "2 sprays in each nostril daily", "apply 1 patch every 72 hours", "aaa bid",
     "apply 2 g to affected area bid", "500 mg po bid", "1 vial via neb q6h", "1 tab po once",
     "1 syringe sq weekly", "1 tab po qam x 3 days and 1 tab po qhs", "inject 57 units daily",
     "3 tabs po qd x 4 days then 2 tabs qd x 4 days", "1 tab po monthly", "ud", "zz"]
)  # fmt: skip


@given(PRODUCT, SIGS, st.decimals("0.001", "100000", places=3), st.integers(1, 400))
def test_whatever_the_product_there_are_days_or_a_sentence_that_says_why_not(
    product: Product, sig: str, quantity: Decimal, days: int
) -> None:
    directions = read_directions(sig, form=product.form, drug=product.name)
    proof = days_supply(quantity, directions, product=product)
    assert proof.lines
    assert proof.days is None or proof.days >= 1
    needed = quantity_needed(days, directions, product)
    assert needed.lines
    if needed.quantity is not None:
        assert needed.quantity > 0
        lasts = days_supply(needed.quantity, directions, product=product)
        course = "The course ends" in " ".join(needed.lines)
        assert course or lasts.days is None or lasts.days >= days
