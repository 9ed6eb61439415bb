"""A copay that the plan has not named: said as such on every screen, never taken as zero."""

from decimal import Decimal

import pytest

from apothecary.pickup.tests.counter import HX, asked, stored, typed
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState

BADGE = "being billed"


@pytest.fixture
def unnamed(ready) -> Fill:
    """A bag whose plan has not answered; it is the balance of a part, so it has no price."""
    Fill.objects.filter(pk=ready.pk).update(pay="plan", copay_usd=None, price_usd=Decimal(0))
    return stored(ready)


@pytest.mark.parametrize("page", ["/pickup/", "/pickup/bag/{bag}/", "/rx/{number}/"])
def test_a_copay_nobody_knows_is_being_billed_and_not_nothing(tech, unnamed, page):
    there = page.format(bag=unnamed.pk, number=unnamed.prescription.number)
    shown, _ = asked(tech, there)
    assert BADGE in shown
    assert "$0.00" not in shown
    Fill.objects.filter(pk=unnamed.pk).update(copay_usd=Decimal(0))
    shown, _ = asked(tech, there)
    assert BADGE not in shown
    assert "$0.00" in shown


def test_a_whole_fill_that_is_being_billed_says_what_it_costs_at_most(tech, ready):
    Fill.objects.filter(pk=ready.pk).update(
        pay="plan", copay_usd=None, price_usd=Decimal("12.50")
    )
    shown, _ = asked(tech, "/pickup/")
    assert BADGE in shown
    assert "at most" in shown
    assert "$12.50" in shown


def test_it_is_sold_on_account_alone_and_the_register_offers_nothing_else(tech, unnamed):
    shown, _ = asked(tech, f"/pickup/bag/{unnamed.pk}/")
    assert 'name="method" value="charge"' in shown
    for method in ("card", "cash", "nothing"):
        assert f'name="method" value="{method}"' not in shown
    refused = tech.post("/pickup/sell", typed(unnamed, method="nothing"), headers=HX)
    assert (refused.status_code, stored(unnamed).state) == (409, FillState.READY)
    tech.post("/pickup/sell", typed(unnamed, method="charge"), headers=HX)
    assert stored(unnamed).state == FillState.SOLD


def test_a_bag_that_is_not_ticked_makes_nobody_pay_later(pharmacy, tech, unnamed):
    other = pharmacy.stocked("metformin", until=FillState.READY)
    there = f"/pickup/patient/{unnamed.patient_id}/bags"
    part = tech.post(there, {"fill_ids": [str(other.pk)]}, headers=HX).content.decode()
    assert 'value="card"' in part
    part = tech.post(there, {"fill_ids": [str(unnamed.pk)]}, headers=HX).content.decode()
    assert 'name="method" value="charge"' in part


@pytest.mark.parametrize(
    ("state", "pay", "copay", "billing"),
    [
        (FillState.REVIEW, "plan", None, False),
        (FillState.CLAIM, "plan", None, True),
        (FillState.REJECTED, "plan", None, False),
        (FillState.SHORT, "plan", None, False),
        (FillState.WAITING, "plan", None, True),
        (FillState.READY, "plan", None, True),
        (FillState.READY, "plan", Decimal(0), False),
        (FillState.READY, "cash", None, False),
        (FillState.SOLD, "plan", None, False),
    ],
)
def test_a_fill_is_being_billed_from_its_claim_until_it_leaves_the_house(
    state, pay, copay, billing
):
    assert Fill(state=state, pay=pay, copay_usd=copay).being_billed is billing
