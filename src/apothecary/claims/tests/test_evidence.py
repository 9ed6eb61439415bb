"""What the house may take for known about a refused claim, and what it may not."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from apothecary.claims.coach import Limits, Member, ShelfPackage
from apothecary.claims.correcting import correct_rejects
from apothecary.claims.evidence import (
    PAID_WITHIN,
    answered_member,
    case_of,
    days_proved,
    limits_of,
    on_the_shelf,
    other_cards,
    paid_member,
    reviewed,
)
from apothecary.claims.models import Claim
from apothecary.claims.suggestions import alternatives, on_hand
from apothecary.claims.tests.counter import Till, last_claim, states
from apothecary.drugs.models import Package
from apothecary.patients.models import Coverage
from apothecary.patients.rules import folded_name
from apothecary.prescriptions.models import Fill
from apothecary.stock.models import Lot, LotState
from apothecary.wires.telecom import Preferred


def refused(till: Till, code: str = "75", drug: str = "lisinopril") -> Claim:
    """A claim that the payer has refused, with its fill as the actions hold it."""
    till.payer.misbehave("reject", code=code, count=1)
    fill = till.fill(drug)
    till.round()
    claim = last_claim(fill)
    assert claim.codes == [code]
    return claim


def another_package(till: Till, drug: str = "lisinopril") -> Package:
    """The same product in another package, and nothing of it on the shelf."""
    package = Package.objects.get(pk=till.world.drugs[drug].pk)
    package.pk, package.package_code = None, "99"
    package.ndc, package.ndc10, package.ndc11 = "68180-980-99", "6818098099", "68180098099"
    package.save(force_insert=True)
    till.world.drugs[f"{drug}-99"] = package
    return package


def with_directions(fill: Fill, text: str) -> Fill:
    fill.prescription.directions = fill.prescription.directions_as_written = text
    return fill


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Take 1 tablet by mouth once daily.", 30),
        ("Take 1 tablet by mouth twice daily.", 15),
        ("Take 2 tablets by mouth three times daily.", 5),
        ("Take 1 tablet by mouth every other day.", 60),
        ("Use as directed.", None),
        ("Take tablets daily.", None),
        ("", None),
    ],
)
def test_days_are_known_where_directions_are_certain(till, text, days):
    fill = with_directions(refused(till).fill, text)
    assert days_proved(fill, by=till.world.technician) == days


def test_days_of_a_part_or_of_another_quantity_than_prescribed_are_not_known(till):
    fill = refused(till).fill
    fill.part = 2
    assert days_proved(fill, by=till.world.technician) is None
    fill.part, fill.quantity = 1, Decimal(12)
    assert days_proved(fill, by=till.world.technician) is None


def test_a_prescription_nobody_has_reviewed_is_not_reviewed(till):
    fill = refused(till).fill
    assert reviewed(fill) is False
    fill.data_reviewed = True
    assert reviewed(fill) is True


@pytest.mark.parametrize(("there", "known"), [("29", False), ("30", True), ("31", True)])
def test_another_package_counts_when_all_of_the_fill_can_come_from_it(till, there, known):
    claim = refused(till, "54")
    package = another_package(till)
    till.world.receive("lisinopril-99", there, lot="X1")
    found = on_the_shelf(claim.fill, by=till.world.technician)
    assert found == (ShelfPackage(package.pk, "68180098099") if known else None)


@pytest.mark.parametrize(("left", "known"), [(29, False), (30, True), (31, True)])
def test_another_package_counts_when_it_lasts_as_long_as_the_supply(till, left, known):
    claim = refused(till, "54")
    another_package(till)
    lasts = till.world.technician.today + timedelta(days=left)
    till.world.receive("lisinopril-99", "100", lot="X1", expires_on=lasts)
    assert bool(on_the_shelf(claim.fill, by=till.world.technician)) is known


def test_what_is_set_aside_and_what_is_another_product_do_not_count(till):
    claim = refused(till, "54")
    another_package(till)
    till.world.receive("lisinopril-99", "100", lot="X1")
    till.world.receive("lisinopril-brand", "100", lot="X2")
    Lot.objects.filter(number="X1").update(state=LotState.QUARANTINED)
    assert on_the_shelf(claim.fill, by=till.world.technician) is None


def test_the_package_on_the_shelf_is_billed_and_will_be_picked(till):
    till.payer.misbehave("reject", code="54", count=1)
    package = another_package(till)
    till.world.receive("lisinopril-99", "100", lot="X1")
    fill = till.fill(stock="")
    till.round()
    assert correct_rejects(till.world.pharmacy, till.at) == 1
    till.sends()
    claim = last_claim(fill)
    assert states(fill) == [("B1", "rejected"), ("B1", "paid")]
    assert claim.fill.package_id == package.pk
    assert case_of(claim, by=till.world.technician).sent.get("07", "D7") == "68180098099"
    # What was prescribed stays what was prescribed.
    assert claim.fill.prescription.package_id == till.world.drugs["lisinopril"].pk


def test_other_cards_are_those_good_today_beside_the_one_billed(till):
    claim = refused(till)
    by = till.world.technician
    assert other_cards(claim, by=by) == 0
    second = Coverage.objects.create(
        pharmacy=till.world.pharmacy, patient=till.world.insured, order=2,
        plan_name="Second", bin="999998", pcn="TESTMCD", cardholder_id="700000001",
    )  # fmt: skip
    assert other_cards(claim, by=by) == 1
    second.ends_on = by.today - timedelta(days=1)
    second.save()
    assert other_cards(claim, by=by) == 0


def test_the_person_code_that_was_paid_for_this_card_and_patient_is_known(till):
    paid = till.fill("metformin")
    till.round()
    claim = refused(till, "53")
    known = paid_member(claim, by=till.world.technician)
    assert known == Member("the claim it paid on November 23", person_code="01")
    Claim.objects.filter(fill=paid).update(cardholder_id="OTHER")
    assert paid_member(claim, by=till.world.technician) is None


@pytest.mark.parametrize(("past", "known"), [(0, True), (1, False)])
def test_what_was_paid_too_long_ago_says_nothing_about_the_card(till, past, known):
    paid = till.fill("metformin")
    till.round()
    claim = refused(till, "53")
    made = till.world.technician.at - PAID_WITHIN - timedelta(seconds=past)
    Claim.objects.filter(fill=paid).update(made_at=made)
    assert bool(paid_member(claim, by=till.world.technician)) is known


def test_the_plans_answer_names_group_number_and_person_and_the_claim_is_paid(till):
    """Andre Baptiste is on the payer's list; his card here has another group and number."""
    patient = till.world.insured
    patient.last_name, patient.first_name = "Baptiste", "Andre"
    patient.folded = folded_name("Baptiste", "Andre")
    patient.birth_date, patient.sex, patient.postal_code = date(1979, 11, 5), "M", "78640"
    patient.save()
    Coverage.objects.filter(patient=patient).update(cardholder_id="LS-18X")
    fill = till.fill()
    till.round()
    assert last_claim(fill).codes == ["52"] or "52" in last_claim(fill).codes
    assert correct_rejects(till.world.pharmacy, till.at) == 1
    till.sends()
    member = answered_member(last_claim(fill))
    assert member is not None
    assert (member.cardholder_id, member.group) == ("LS1869953", "LSH1001")
    assert member.person_code.lstrip("0") == "1"
    correct_rejects(till.world.pharmacy, till.at)
    till.sends()
    assert last_claim(fill).cardholder_id == "LS1869953"
    assert states(fill)[-1] == ("B1", "paid")


def test_limits_come_from_the_sheet_and_a_waiter_is_not_put_off(till):
    claim = refused(till)
    limits: Limits = limits_of(claim, waiter=False)
    assert {"person_code", "pcn", "refill_too_soon"} <= set(limits.allowed)
    assert "refill_too_soon" not in limits_of(claim, waiter=True).allowed
    assert (limits.done, limits.typed) == (frozenset(), frozenset())


def test_of_a_payer_without_a_sheet_only_what_no_payer_minds_is_allowed(till):
    claim = refused(till)
    claim.bin = "123456"
    assert "person_code" not in limits_of(claim, waiter=False).allowed
    assert "refill_too_soon" in limits_of(claim, waiter=False).allowed


def test_the_products_a_payer_names_stand_with_shelf_and_price(till):
    fill = refused(till, "70").fill
    metformin = till.world.drugs["metformin"]
    till.world.receive("metformin", "120", lot="M1")
    named = (
        Preferred("03", metformin.ndc11, "METFORMIN 500 MG", None, Decimal("5.00")),
        Preferred("03", "99999999999", "NOBODY HAS IT", None, None),
    )
    first, second = alternatives(named, fill, by=till.world.technician)
    assert (first.package, first.on_hand) == (metformin, Decimal(120))
    assert first.price_usd is not None
    assert first.cost_share_usd == Decimal("5.00")
    assert (second.package, second.on_hand, second.price_usd) == (None, 0, None)
    assert alternatives((), fill, by=till.world.technician) == []
    assert on_hand([], by=till.world.technician) == {}
