"""A compound and a residence on the wire, as entered, and what the payer's own judge says."""

from dataclasses import replace
from decimal import Decimal

import pytest

from apothecary.claims.submitting import claim_waiting
from apothecary.claims.tests.counter import last_claim, now_of
from apothecary.journal.deeds import Deed
from apothecary.patients.residence import say_residence
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.tests.mixed import compound, order, stocked
from apothecary.prescriptions.writer import advance
from apothecary.wires.telecom import read


def ordered(till, **changes):
    """A compound of the insured patient that waits for its claim."""
    stocked(till.world)
    made = compound(till.world, **changes)
    wanted = replace(order(till.world, made, pay="plan"), patient=till.world.insured)
    fill = enter_prescription(by=till.world.technician, order=wanted)
    return advance(fill, FillState.CLAIM, by=till.world.system, did=Deed.FILL_SCREENED)


def wire(fill):
    (transaction,) = read(bytes(last_claim(fill).posted.raw)).transactions
    return transaction


def test_a_compound_is_billed_ingredient_by_ingredient_in_the_order_of_its_entry(till):
    fill = ordered(till)
    claim_waiting(till.world.pharmacy, till.at)
    said = wire(fill)
    assert [said.value("07", name) for name in ("E1", "D7", "D6", "E2")] == [
        "00",
        "0",
        "2",
        "6064005",
    ]
    assert (said.value("10", "EF"), said.value("10", "EG")) == ("03", "2")
    made = said.segment("10")
    assert made is not None
    names = ("RE", "TE", "ED", "EE", "UE")
    assert [tuple(map(part.value, names)) for part in made.repeats("EC")] == [
        ("03", "00168001531", Decimal(30), Decimal("2.40"), "09"),
        ("03", "68180098001", Decimal(7), Decimal("0.15"), "09"),
    ]
    assert said.value("11", "D9") == Decimal("2.55")
    assert said.value("11", "DU") == Decimal("2.55") + till.world.pharmacy.dispensing_fee_usd
    assert last_claim(fill).submitted_usd == said.value("11", "DU")


def test_a_drug_that_is_no_compound_says_so(till):
    fill = till.fill()
    claim_waiting(till.world.pharmacy, till.at)
    said = wire(fill)
    assert said.value("07", "D6") == "1"
    assert said.segment("10") is None


def test_the_payer_pays_a_compound_as_it_was_entered(till):
    fill = ordered(till)
    till.round()
    till.round()
    claim = last_claim(fill)
    assert (claim.state, claim.codes) == ("paid", [])
    assert now_of(fill).state == FillState.WAITING
    assert claim.paid_usd is not None
    assert claim.copay_usd is not None
    assert claim.submitted_usd is not None
    assert claim.paid_usd + claim.copay_usd <= claim.submitted_usd


@pytest.mark.parametrize(
    ("residence", "place", "on_wire"),
    [("", "", (None, "01")), ("03", "32", ("03", "32")), ("11", "", ("11", "01"))],
)
def test_a_claim_says_where_the_patient_lives_and_is_served(till, residence, place, on_wire):
    say_residence(
        by=till.world.technician,
        patient_id=till.world.insured.pk,
        residence=residence,
        place_of_service=place,
    )
    fill = till.fill()
    claim_waiting(till.world.pharmacy, till.at)
    message = read(bytes(last_claim(fill).posted.raw))
    assert tuple(message.transmission.value("01", name) for name in ("4X", "C7")) == on_wire


def test_a_vaccine_given_here_is_billed_with_its_fee_and_service_ma(till):
    product = till.world.drugs["insulin"].product
    product.kind = "VACCINE"
    product.save()
    till.world.receive("insulin", "10", lot="V1")
    wanted = replace(
        till.world.order("insulin", quantity="1", days=1, refills=0, pay="plan",
                         patient=till.world.insured),
        administration_usd=Decimal("25.00"),
    )  # fmt: skip
    fill = enter_prescription(by=till.world.technician, order=wanted)
    advance(fill, FillState.CLAIM, by=till.world.system, did=Deed.FILL_SCREENED)
    claim_waiting(till.world.pharmacy, till.at)
    said = wire(fill)
    assert said.value("11", "E3") == Decimal("25.00")
    services = said.segment("08")
    assert services is not None
    assert [one.value("E5") for one in services.repeats("7E")] == ["MA"]
    asked = [said.value("11", name) for name in ("D9", "DC", "E3")]
    assert said.value("11", "DU") == sum(one for one in asked if isinstance(one, Decimal))


def test_a_340b_drug_is_billed_at_its_cost_with_basis_08_and_clarification_20(till):
    till.world.receive("lisinopril", "100", lot="L340")
    wanted = replace(
        till.world.order(pay="plan", patient=till.world.insured),
        cost_340b_usd=Decimal("0.30"),
        because_340b="a patient of the clinic",
    )
    fill = enter_prescription(by=till.world.technician, order=wanted)
    advance(fill, FillState.CLAIM, by=till.world.system, did=Deed.FILL_SCREENED)
    claim_waiting(till.world.pharmacy, till.at)
    said = wire(fill)
    assert (said.value("11", "DN"), said.value("11", "D9")) == ("08", Decimal("0.30"))
    whole = said.segment("07")
    assert whole is not None
    assert [one.value("DK") for one in whole.repeats("NX")] == ["20"]
