"""Which number a claim carries, and what is carried by itself."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from apothecary.claims.authorization.actions import note_decision
from apothecary.claims.authorization.consent import consent_for, consents_for
from apothecary.claims.authorization.due import expire, look_after
from apothecary.claims.authorization.facts import tried_before
from apothecary.claims.authorization.queries import for_claim, open_list
from apothecary.claims.authorization.rules import Decision
from apothecary.claims.authorization.states import AuthorizationState
from apothecary.claims.authorization.tests.desk import (
    DRUG,
    PLAN,
    claims_of,
    deeds_about,
    fill_now,
    now,
)
from apothecary.claims.models import Claim, PriorAuthorization
from apothecary.drugs.models import Product
from apothecary.journal.deeds import Deed
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import lock_fill

S = AuthorizationState
CLASS = "Anti-epileptic Agent [EPC]"


def granted(desk, *, quantity: str = "", days: int = 90, known: bool = False):
    """An authorization that the payer gave by phone; ``known``: its own machine has it too."""
    row = desk.started()
    said = Decision(
        approved=True,
        number=f"PH{row.pk}",
        from_on=desk.at.date(),
        until_on=desk.at.date() + timedelta(days=days),
        quantity=Decimal(quantity) if quantity else None,
        because="Kim, by phone",
    )
    if known:
        desk.payer.admin(
            "POST",
            "/authorizations",
            {
                "plan": PLAN,
                "number": said.number,
                "cardholder": row.coverage.cardholder_id,
                "ingredient": DRUG,
            },
        )
    note_decision(by=desk.technician, authorization_id=row.pk, said=said)
    desk.round()
    return now(row)


def number_of(row: PriorAuthorization, on: date, quantity: str = "60") -> str | None:
    return consent_for(
        prescription_id=row.prescription_id,
        coverage_id=row.coverage_id,
        on=on,
        quantity=Decimal(quantity),
    )


def test_without_an_authorization_of_ours_nothing_is_said(desk):
    row = desk.started()
    assert number_of(row, desk.at.date()) is None


@pytest.mark.parametrize(("after", "sent"), [(-1, False), (0, True), (90, True), (91, False)])
def test_a_number_is_sent_from_its_first_to_its_last_day(desk, after, sent):
    row = granted(desk)
    on = desk.at.date() + timedelta(days=after)
    assert number_of(row, on) == (row.number if sent else "")


def test_what_was_paid_under_it_is_used_up(desk):
    row = granted(desk, quantity="119", known=True)
    assert claims_of(row.fill_id)[-1].state == "paid"
    today = desk.at.date()
    assert number_of(row, today, "59") == row.number
    assert number_of(row, today, "59.001") == ""
    (consent,) = consents_for(
        prescription_id=row.prescription_id,
        coverage_id=row.coverage_id,
        on=today,
        quantity=Decimal(60),
    )
    assert (consent.left, consent.why_not) == (Decimal(59), "59 are left of it, 60 are needed")
    Claim.objects.filter(prior_authorization=row.number).update(state="reversed")
    assert number_of(row, today, "119") == row.number


def test_a_later_one_goes_before_one_that_has_ended(desk):
    row = granted(desk, days=10)
    on = desk.at.date() + timedelta(days=20)
    assert number_of(row, on) == ""
    following = PriorAuthorization.objects.get(pk=row.pk)
    following.pk, following.number = None, "NEXT1"
    following.until_on = on + timedelta(days=300)
    following.save(force_insert=True)
    assert number_of(row, on) == "NEXT1"


def test_another_card_carries_nothing_of_it(desk):
    row = granted(desk)
    other = consent_for(
        prescription_id=row.prescription_id,
        coverage_id=row.coverage_id + 1,
        on=desk.at.date(),
        quantity=Decimal(60),
    )
    assert other is None


def test_it_ends_the_day_after_its_last_once_and_is_written_down(desk):
    row = granted(desk, days=5)
    desk.at += timedelta(days=5)
    assert look_after(desk.world.pharmacy, desk.at) == 0
    assert now(row).state == S.APPROVED
    desk.at += timedelta(days=1)
    assert look_after(desk.world.pharmacy, desk.at) == 1
    assert now(row).state == S.EXPIRED
    assert deeds_about(row)[-1] == Deed.AUTHORIZATION_ENDED
    assert not expire(by=desk.technician, authorization_id=row.pk)
    assert look_after(desk.world.pharmacy, desk.at) == 0


@pytest.mark.parametrize(
    ("days", "listed"), [(31, False), (30, True), (14, True), (7, True), (0, True)]
)
def test_a_renewal_comes_on_the_list_ahead_with_its_key(desk, days, listed):
    granted(desk, days=days, known=True)
    lines = open_list(by=desk.technician)
    assert [line.key for line in lines] == (["Alt+R"] if listed else [])


def test_a_used_up_one_comes_on_the_list_whatever_its_day(desk):
    row = granted(desk, quantity="60", days=300, known=True)
    (line,) = open_list(by=desk.technician)
    assert (line.id, line.ours) == (row.pk, True)
    assert "used up" in line.says


def test_the_page_of_a_claim_says_whether_one_may_be_started_and_how_it_stands(desk):
    claim = desk.refused()
    told = for_claim(claim)
    assert (told.may_start, told.authorization_id, told.says) == (True, None, "")
    row = PriorAuthorization.objects.create(
        pharmacy=desk.world.pharmacy,
        patient_id=claim.fill.patient_id,
        coverage=claim.coverage,
        prescription_id=claim.fill.prescription_id,
        package_id=claim.fill.package_id,
        fill=claim.fill,
        claim=claim,
        kind="1",
        state=S.DEFERRED.value,
        made_at=desk.at,
    )
    told = for_claim(claim)
    assert (told.may_start, told.authorization_id) == (False, row.pk)
    assert told.says == "the payer decides later"
    PriorAuthorization.objects.update(state=S.DENIED.value, said="no trial")
    told = for_claim(claim)
    assert (told.may_start, told.says) == (True, "denied: no trial")
    claim.codes = ["08"]
    PriorAuthorization.objects.all().delete()
    assert not for_claim(claim).may_start
    claim.coverage = None
    assert for_claim(claim).authorization_id is None


def test_earlier_drugs_of_the_class_are_those_this_patient_was_given_here(desk):
    world = desk.world
    Product.objects.filter(packages__in=[world.drugs[DRUG], world.drugs["metformin"]]).update(
        classes=CLASS
    )
    sold = {}
    for drug in ("metformin", "lisinopril"):
        world.receive(drug, "100", lot="OLD")
        sold[drug] = desk.fill(drug, stock="")
        Fill.objects.filter(pk=sold[drug].pk).update(state=FillState.SOLD.value)
    claim = desk.refused()
    (one,) = tried_before(lock_fill(by=world.technician, fill_id=claim.fill_id))
    assert (one.name, one.fills, one.shared) == (
        "metformin hydrochloride",
        1,
        "Anti-epileptic Agent",
    )
    assert str(one).endswith(f"1 fill, last {one.last_on:%Y-%m-%d}")
    Fill.objects.filter(pk=sold["metformin"].pk).update(patient=world.patient)
    assert tried_before(lock_fill(by=world.technician, fill_id=claim.fill_id)) == []
    assert fill_now(claim.fill_id).state == FillState.REJECTED
