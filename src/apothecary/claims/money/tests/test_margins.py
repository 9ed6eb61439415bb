"""What a fill leaves, by the price of its day; and what is under water before the sale."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.claims.money.margins import losses_by, margin_of, margins_of, under_water
from apothecary.claims.money.tests.books import billed, given, surveyed
from apothecary.config.tests.world_days import TODAY
from apothecary.prescriptions.models import Fill

D = Decimal


def test_what_is_left_is_plan_and_patient_less_the_cost_of_the_day(pharmacy):
    surveyed(pharmacy, "0.20000", days_ago=3)
    found = margin_of(given(pharmacy, "9.25"))
    assert (found.cost_usd, found.left_usd) == (D("6.00"), D("5.76"))
    assert "Leaves" in found.says
    assert f"NADAC {TODAY - timedelta(days=3):%m/%d/%Y}" in found.says
    assert not found.is_under_water


@pytest.mark.parametrize(
    ("price", "left", "wet"),
    [("0.39200", "0.00", False), ("0.39233", "-0.01", True), ("0.50000", "-3.24", True)],
)
def test_a_fill_is_under_water_from_a_cent_below_its_cost(pharmacy, price, left, wet):
    surveyed(pharmacy, price)
    found = margin_of(given(pharmacy, "9.25"))
    assert (found.left_usd, found.is_under_water) == (D(left), wet)
    assert ("Below cost" in found.says) == wet


def test_the_price_is_that_of_the_day_and_not_a_later_one(pharmacy):
    surveyed(pharmacy, "0.10000", days_ago=2)
    surveyed(pharmacy, "0.50000", days_ago=-1)
    assert margin_of(given(pharmacy, "9.25")).cost_usd == D("3.00")


def test_a_price_by_another_unit_says_nothing(pharmacy):
    surveyed(pharmacy, "0.10000", unit="ML")
    found = margin_of(given(pharmacy, "9.25"))
    assert (found.cost_usd, found.left_usd, found.is_under_water) == (None, None, False)
    assert "not known" in found.says


def test_without_a_survey_the_price_of_the_drug_file_counts_with_its_source(pharmacy):
    found = margin_of(given(pharmacy, "9.25"))
    assert found.price is not None
    assert found.price.source == "the world of the tests"


def test_a_copay_that_is_not_known_leaves_the_margin_open(pharmacy):
    fill = given(pharmacy, "9.25")
    fill.copay_usd = None
    assert margin_of(fill).left_usd is None
    assert "not known yet" in margin_of(fill).says


def test_a_cash_fill_is_paid_by_the_patient_alone(pharmacy):
    fill = pharmacy.enter()
    found = margin_of(fill)
    assert (found.plan_usd, found.patient_usd) == (0, fill.price_usd)


def test_two_payers_count_together(pharmacy):
    surveyed(pharmacy, "0.20000")
    fill = given(pharmacy, "3.00")
    billed(pharmacy, "2.00", fill=fill, payer=2)
    assert margin_of(fill).plan_usd == D("5.00")


def test_what_is_under_water_and_not_sold_is_listed_worst_first(pharmacy):
    surveyed(pharmacy, "0.50000")
    dry, wet, wetter = (given(pharmacy, usd) for usd in ("13.00", "9.25", "8.25"))
    rows = under_water(pharmacy_id=pharmacy.pharmacy.pk)
    assert [row.fill.pk for row in rows] == [wetter.pk, wet.pk]
    assert dry.pk not in {row.fill.pk for row in rows}
    assert losses_by(rows, product=False) == [("Commercial", D("7.48"))]
    assert losses_by(rows, product=True)[0][1] == D("7.48")


@pytest.mark.parametrize(
    ("state", "listed"),
    [("screening", False), ("claim", False), ("waiting", True), ("filling", True),
     ("check", True), ("ready", True), ("sold", False), ("cancelled", False)],
)  # fmt: skip
def test_what_the_patient_pays_alone_is_listed_from_its_price_to_its_sale(
    pharmacy, state, listed
):
    surveyed(pharmacy, "0.50000")
    fill = pharmacy.enter()
    Fill.objects.filter(pk=fill.pk).update(price_usd=D("14.99"), state=state)
    rows = under_water(pharmacy_id=pharmacy.pharmacy.pk)
    assert [(row.fill.pk, row.margin.left_usd) for row in rows] == (
        [(fill.pk, D("-0.01"))] if listed else []
    )
    assert not any(row.is_billed for row in rows)


def test_several_fills_are_reckoned_in_four_questions(pharmacy, django_assert_num_queries):
    surveyed(pharmacy, "0.39233")
    wet, dry = given(pharmacy, "9.25"), given(pharmacy, "9.26")
    other = [wet.pk, dry.pk, 0]
    with django_assert_num_queries(4):
        found = margins_of(pharmacy_id=pharmacy.pharmacy.pk, fill_ids=other)
    assert [(fill.pk, one.left_usd) for fill, one in found] == [
        (wet.pk, D("-0.01")),
        (dry.pk, D("0.00")),
    ]
    assert [one for _, one in found] == [margin_of(wet), margin_of(dry)]
    assert margins_of(pharmacy_id=pharmacy.other.pk, fill_ids=other) == []


def test_nothing_under_water_is_an_empty_list(pharmacy):
    assert under_water(pharmacy_id=pharmacy.pharmacy.pk) == []
    assert losses_by([], product=True) == []
