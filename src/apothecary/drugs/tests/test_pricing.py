"""What it costs, what a sale leaves, and which packages fit a quantity."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.pricing import (
    MOST_CHOICES,
    MOST_PACKAGES,
    Margin,
    Size,
    UnitPrice,
    cost_usd,
    fits,
    margin,
)

SINCE = date(2026, 1, 7)
PRICE = UnitPrice(Decimal("0.02110"), "EA", SINCE)


def size(ndc: str, quantity: str, *, unit: str = "EA", inner: int = 1, usd: str = "") -> Size:
    price = UnitPrice(Decimal(usd), unit, SINCE) if usd else None
    return Size(ndc, Decimal(quantity), unit, inner, price)


@pytest.mark.parametrize(
    ("quantity", "cost"), [("30", "0.63"), ("1", "0.02"), ("0.5", "0.01"), ("1000", "21.10")]
)
def test_a_price_times_a_quantity_is_rounded_to_the_cent_once(quantity, cost):
    assert cost_usd(PRICE, Decimal(quantity), "EA") == Decimal(cost)


def test_a_price_by_another_unit_or_none_says_nothing():
    assert cost_usd(PRICE, Decimal(30), "GM") is None
    assert cost_usd(None, Decimal(30), "EA") is None


@pytest.mark.parametrize(
    ("sale", "cost", "left", "percent"),
    [
        ("10.00", "4.00", "6.00", "60.0"),
        ("4.00", "10.00", "-6.00", "-150.0"),
        ("3.00", "2.00", "1.00", "33.3"),
        ("0", "2.00", "-2.00", None),
    ],
)
def test_what_a_sale_leaves_is_told_in_dollars_and_of_the_price(sale, cost, left, percent):
    found = margin(sale_usd=Decimal(sale), cost_usd=Decimal(cost))
    assert found == Margin(Decimal(left), percent and Decimal(percent))


@pytest.mark.parametrize(
    ("quantity", "best", "left", "opened"),
    [
        ("30", (("A", 1),), "0", False),
        ("90", (("A", 3),), "0", False),
        ("100", (("B", 1),), "0", False),
        ("130", (("B", 1), ("A", 1)), "0", False),
        ("31", (("A", 2),), "29", True),
        ("95", (("B", 1),), "5", True),
        ("500", (("B", 5),), "0", False),
    ],
)
def test_the_packages_with_the_least_left_over_come_first(quantity, best, left, opened):
    found = fits(Decimal(quantity), "EA", [size("A", "30"), size("B", "100")])
    assert (found[0].packages, found[0].left) == (best, Decimal(left))
    assert found[0].opened is opened


def test_whole_blister_cards_are_not_opened():
    (found,) = fits(Decimal(90), "EA", [size("U", "100", inner=10)])
    assert (found.left, found.opened) == (Decimal(10), False)
    (found,) = fits(Decimal(95), "EA", [size("U", "100", inner=10)])
    assert (found.left, found.opened) == (Decimal(5), True)


def test_of_packages_that_fit_alike_the_cheaper_comes_first():
    offered = [size("A", "30", usd="0.03"), size("B", "30", usd="0.02"), size("C", "30")]
    found = fits(Decimal(30), "EA", offered)
    assert [choice.packages[0][0] for choice in found[:3]] == ["B", "A", "C"]
    assert [choice.cost_usd for choice in found[:3]] == [Decimal("0.60"), Decimal("0.90"), None]


def test_a_cost_is_known_only_when_every_package_has_a_price():
    found = fits(Decimal(130), "EA", [size("A", "100", usd="0.02"), size("B", "30")])
    assert found[0].packages == (("A", 1), ("B", 1))
    assert found[0].cost_usd is None


def test_packages_in_another_unit_are_left_out():
    assert fits(Decimal(30), "EA", [size("G", "30", unit="GM")]) == []


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_nothing_fits_a_quantity_that_is_not_above_zero(quantity):
    assert fits(Decimal(quantity), "EA", [size("A", "30")]) == []


def test_more_packages_than_anybody_opens_are_no_choice():
    most = Decimal(MOST_PACKAGES)
    assert fits(most, "EA", [size("A", "1")])
    assert fits(most + 1, "EA", [size("A", "1")]) == []


SIZES = st.lists(st.integers(1, 500), min_size=1, max_size=5, unique=True)


@given(st.integers(1, 600), SIZES)
def test_every_choice_holds_the_quantity_and_none_has_a_package_too_many(quantity, held):
    offered = [size(str(each), str(each)) for each in held]
    found = fits(Decimal(quantity), "EA", offered)
    assert len(found) <= MOST_CHOICES
    assert [choice.left for choice in found] == sorted(choice.left for choice in found)
    for choice in found:
        holds = {ndc: Decimal(ndc) for ndc, _ in choice.packages}
        assert choice.taken == sum(holds[ndc] * many for ndc, many in choice.packages)
        assert choice.taken - quantity == choice.left >= 0
        assert choice.left < max(holds.values())
