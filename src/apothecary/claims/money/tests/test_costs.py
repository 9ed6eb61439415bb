"""What the goods cost: our own invoice before what others paid, never one of a later day."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.claims.money.costs import OURS, SAID_340B, unit_costs
from apothecary.claims.money.margins import margin_of
from apothecary.claims.money.tests.books import given, surveyed
from apothecary.config.tests.world_days import TODAY
from apothecary.prescriptions.models import Fill
from apothecary.purchasing.matching.actions import approve_invoice
from apothecary.purchasing.matching.models import AcquisitionCost
from apothecary.purchasing.tests.test_matching import billed as invoiced
from apothecary.purchasing.tests.test_matching import match, received
from apothecary.purchasing.tests.yard import PRICES, Yard, yard_of

D = Decimal


@pytest.fixture
def yard(pharmacy) -> Yard:
    return yard_of(pharmacy)


def taken_in(yard: Yard, number: str):
    """An invoice for a bottle of tablets that was ordered and received."""
    order = yard.sent(lisinopril=1)
    received(yard, order, 1)
    return match(
        yard, invoiced(yard, order, ("lisinopril", 1, PRICES["lisinopril"]), number=number)
    )


def bought(yard: Yard, usd: str, *, number: str = "INV1", days_ago: int = 0) -> AcquisitionCost:
    """What a bottle cost by an invoice of that day."""
    invoice = taken_in(yard, number)
    return AcquisitionCost.objects.create(
        pharmacy=yard.world.pharmacy,
        package=yard.world.drugs["lisinopril"],
        usd=D(usd),
        invoice_line=invoice.lines.get(),
        invoiced_on=TODAY - timedelta(days=days_ago),
        known_at=yard.by.at,
    )


def cost(fill: Fill, *, days_ago: int = 0):
    return unit_costs([fill], on={fill.pk: TODAY - timedelta(days=days_ago)}).get(fill.pk)


def test_what_we_paid_goes_before_what_others_paid(pharmacy, yard):
    surveyed(pharmacy, "0.20000")
    row = bought(yard, "12.34")
    found = margin_of(given(pharmacy, "9.25"))
    # A bottle holds as many tablets as the drug file says.
    each = D("12.34") / pharmacy.drugs["lisinopril"].quantity
    assert found.cost_usd == (each * 30).quantize(D("0.01"))
    assert f"{OURS} {row.invoiced_on:%m/%d/%Y}" in found.says


def test_an_approved_invoice_says_what_a_fill_cost(pharmacy, yard):
    approve_invoice(by=yard.by, invoice_id=taken_in(yard, "INV1").pk)
    on, fill = AcquisitionCost.objects.get().invoiced_on, given(pharmacy, "9.25")
    found = unit_costs([fill], on={fill.pk: on})[fill.pk]
    assert found.since == on
    each = D(PRICES["lisinopril"]) / pharmacy.drugs["lisinopril"].quantity
    assert (found.source, found.unit) == (OURS, "EA")
    assert abs(found.usd - each) < D("0.000001")


def test_before_the_first_invoice_the_survey_counts(pharmacy, yard):
    surveyed(pharmacy, "0.20000", days_ago=30)
    bought(yard, "12.34", days_ago=3)
    fill = given(pharmacy, "9.25")
    said = [cost(fill, days_ago=days) for days in (4, 3, 2)]
    assert [(one.source, (TODAY - one.since).days) for one in said] == [
        ("NADAC", 30),
        (OURS, 3),
        (OURS, 3),
    ]


@pytest.mark.parametrize(("first", "second", "days"), [(5, 2, 2), (2, 5, 2)])
def test_the_invoice_of_the_later_day_counts_whichever_came_first(
    pharmacy, yard, first, second, days
):
    bought(yard, "10.00", days_ago=first)
    bought(yard, "20.00", number="INV2", days_ago=second)
    found = cost(given(pharmacy, "9.25"))
    usd = D(10) if days == first else D(20)
    assert (TODAY - found.since).days == days
    assert abs(found.usd - usd / pharmacy.drugs["lisinopril"].quantity) < D("0.000001")


def test_of_two_invoices_of_one_day_the_one_approved_last_counts(pharmacy, yard):
    bought(yard, "10.00")
    bought(yard, "20.00", number="INV2")
    each = D(20) / pharmacy.drugs["lisinopril"].quantity
    assert abs(cost(given(pharmacy, "9.25")).usd - each) < D("0.000001")


def test_a_340b_fill_costs_what_it_was_said_to_and_not_what_own_stock_did(pharmacy, yard):
    bought(yard, "12.34")
    fill = given(pharmacy, "9.25")
    fill.cost_340b_usd = D("0.30")
    fill.save()
    found = margin_of(fill)
    assert found.cost_usd == D("0.30")
    assert SAID_340B in found.says
    assert found.left_usd == D("9.25") + D("2.51") - D("0.30")


def test_an_invoice_of_another_package_says_nothing_of_this_one(pharmacy, yard):
    bought(yard, "12.34")
    other = pharmacy.enter("metformin")
    assert cost(other).source != OURS


def test_what_another_pharmacy_paid_is_not_what_we_paid(pharmacy, yard):
    bought(yard, "12.34")
    fill = given(pharmacy, "9.25")
    fill.pharmacy_id = pharmacy.other.pk
    assert cost(fill).source != OURS


@pytest.mark.parametrize(
    ("said", "quantity", "usd"),
    [
        ("0.00", "30", "0.00"),
        ("0.01", "30", "0.01"),
        ("0.10", "3", "0.10"),
        ("7.77", "7", "7.77"),
    ],
)
def test_what_was_said_under_340b_comes_out_to_the_cent(pharmacy, said, quantity, usd):
    fill = given(pharmacy, "9.25")
    fill.cost_340b_usd, fill.quantity = D(said), D(quantity)
    assert margin_of(fill).cost_usd == D(usd)


def test_without_invoice_survey_and_price_on_file_nothing_is_known(pharmacy):
    fill = given(pharmacy, "9.25")
    type(fill.package).every.filter(pk=fill.package_id).update(price_usd=None)
    fill = Fill.objects.select_related("package__product").get(pk=fill.pk)
    assert cost(fill) is None
    assert "No invoice and no reference price" in margin_of(fill).says


def test_no_fill_asks_no_invoice(pharmacy, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert unit_costs([], on={}) == {}
