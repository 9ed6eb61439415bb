"""What a fill leaves, by the price of its day; and what is under water before the sale."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.claims.money.margins import losses_by, margin_of, under_water
from apothecary.claims.money.tests.books import billed
from apothecary.config.tests.world_days import TODAY
from apothecary.drugs.models import Batch
from apothecary.drugs.side_tables import Price
from apothecary.prescriptions.models import Fill

D = Decimal


def surveyed(pharmacy, usd: str, *, days_ago: int = 0, unit: str = "EA") -> None:
    """A price of the survey, in force since so many days."""
    batch = Batch.objects.get()
    Price.objects.create(
        ndc11=pharmacy.drugs["lisinopril"].ndc11,
        effective_on=TODAY - timedelta(days=days_ago),
        price_usd=D(usd),
        unit=unit,
        source=batch.source,
        since=batch,
        batch=batch,
    )


def given(pharmacy, plan_usd: str, copay: str = "2.51") -> Fill:
    """Thirty tablets that the plan and the patient pay for."""
    fill = pharmacy.enter()
    fill.pay, fill.copay_usd = "plan", D(copay)
    fill.save()
    billed(pharmacy, plan_usd, fill=fill)
    return fill


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


def test_nothing_under_water_is_an_empty_list(pharmacy):
    assert under_water(pharmacy_id=pharmacy.pharmacy.pk) == []
    assert losses_by([], product=True) == []
