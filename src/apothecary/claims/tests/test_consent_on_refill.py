"""A refill carries the payer's consent as long as it is one, and not a day longer."""

from datetime import timedelta

import pytest

from apothecary.claims.models import Claim, PriorAuthorization
from apothecary.claims.submitting import claim_waiting
from apothecary.claims.tests.counter import last_claim, queued
from apothecary.claims.tests.test_several_payers import pays
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState


@pytest.fixture
def authorized(till) -> Claim:
    """A claim that was paid under a number which the payer gave until the end of the day."""
    claim = queued(till, till.fill())
    Claim.objects.filter(pk=claim.pk).update(prior_authorization="12345678901")
    pays(till, claim, patient="10.00")
    PriorAuthorization.objects.create(
        pharmacy=till.world.pharmacy,
        patient=till.world.insured,
        prescription=claim.fill.prescription,
        fill=claim.fill,
        coverage=till.world.insured.coverages.get(),
        package=claim.fill.package,
        kind="1",
        state="approved",
        number="12345678901",
        until_on=till.at.date(),
        made_at=till.at,
    )
    return claim


def refill(till, claim: Claim) -> Claim:
    """The claim of the next fill of the same prescription."""
    Fill.objects.filter(pk=claim.fill_id).update(state=FillState.SOLD)
    fill = Fill.objects.get(pk=claim.fill_id)
    fill.pk, fill.number, fill.state, fill.copay_usd = None, 1, FillState.CLAIM.value, None
    fill.save(force_insert=True)
    claim_waiting(till.world.pharmacy, till.at)
    return last_claim(fill)


def test_on_its_last_day_the_number_is_sent(till, authorized):
    assert refill(till, authorized).prior_authorization == "12345678901"


def test_the_day_after_it_is_not_although_the_claim_before_carried_it(till, authorized):
    till.at += timedelta(days=1)
    assert refill(till, authorized).prior_authorization == ""


def test_used_up_it_is_not_sent(till, authorized):
    PriorAuthorization.objects.update(quantity=authorized.quantity)
    assert refill(till, authorized).prior_authorization == ""


def test_what_only_earlier_claims_carried_is_carried_on(till, authorized):
    PriorAuthorization.objects.all().delete()
    assert refill(till, authorized).prior_authorization == "12345678901"
