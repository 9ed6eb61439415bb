"""A compound at the counter: every ingredient scanned, the whole weighed, all on the label."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world import LONG_GOOD, TODAY
from apothecary.filling.actions import (
    change_product,
    count_and_label,
    scan_bottle,
    send_to_check,
    start_filling,
)
from apothecary.filling.actions.by_scan import start_by_scan
from apothecary.filling.label import read
from apothecary.filling.offers import shortage_of
from apothecary.filling.queries import counter, filling_facts, queue
from apothecary.filling.rules import bottle_problems
from apothecary.filling.tests.bench import drawn, now, outcomes, symbol, upc
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Prescription
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.tests.mixed import (
    STEROID,
    TABLETS,
    compound,
    entered,
    recipe,
    stocked,
)
from apothecary.prescriptions.writer import advance
from apothecary.stock.queries import book_faults
from apothecary.verification.actions import approve
from apothecary.verification.dispensing import WrongBottle, dispense


def waiting(world, **changes):
    stocked(world)
    fill = entered(world, compound(world, **changes))
    return advance(fill, FillState.WAITING, by=world.system, did=Deed.FILL_MOVED)


def filling(world, **changes):
    return start_filling(by=world.technician, fill_id=waiting(world, **changes).pk)


def scan(world, fill, drug, **changes):
    raw = symbol(world, drug, lot={STEROID: "HC1", TABLETS: "LI1"}[drug]) if not changes else ""
    return scan_bottle(by=world.technician, fill_id=fill.pk, raw=changes.get("raw", raw))


def both(world, fill):
    for drug in (STEROID, TABLETS):
        scan(world, fill, drug)


def test_each_ingredient_has_its_line_of_the_pick_list(pharmacy):
    fill = waiting(pharmacy)
    (line,) = queue(pharmacy.pharmacy.pk)
    at = counter(pharmacy_id=pharmacy.pharmacy.pk, fill_id=fill.pk)
    assert at is not None
    assert line.picks == at.picks
    assert [(one.drug, one.lot, one.quantity, one.unit, one.bin) for one in at.picks] == [
        ("hydrocortisone 1%", "HC1", Decimal(30), "GM", "A1"),
        ("lisinopril 10 mg", "LI1", Decimal(7), "EA", "A1"),
    ]


def test_one_ingredient_scanned_is_not_enough(pharmacy):
    fill = filling(pharmacy)
    scan(pharmacy, fill, STEROID)
    facts = filling_facts(now(fill))
    assert (facts.bottles_scanned, facts.bottles_needed) == (1, 3)
    says = " ".join(problem.says for problem in bottle_problems(facts))
    assert "Units come from lot LI1 of lisinopril too" in says
    with pytest.raises(Refused, match="scan that bottle"):
        count_and_label(by=pharmacy.technician, fill_id=fill.pk, quantity=Decimal(40))


def test_thirty_grams_of_tubes_of_28_take_two_tubes(pharmacy):
    fill = filling(pharmacy)
    both(pharmacy, fill)
    assert [p.code for p in bottle_problems(filling_facts(now(fill)))] == ["bottles-missing"]
    again = symbol(pharmacy, STEROID, lot="HC1", serial="2")
    scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw=again)
    assert bottle_problems(filling_facts(now(fill))) == []


def finished(world, fill):
    both(world, fill)
    second = symbol(world, STEROID, lot="HC1", serial="2")
    scan_bottle(by=world.technician, fill_id=fill.pk, raw=second)
    return count_and_label(by=world.technician, fill_id=fill.pk, quantity=Decimal(40))


def test_every_ingredient_scanned_and_the_whole_weighed_it_goes_to_the_pharmacist(pharmacy):
    fill = filling(pharmacy)
    label = finished(pharmacy, fill)
    said = read(label.content)
    assert (said.drug_name, said.form, said.unit) == ("magic cream", "cream", "GM")
    assert said.auxiliary[0] == "Contains: hydrocortisone 1% 30 g; lisinopril 10 mg 7 ea"
    assert said.labeler == "Compounded by Sample Community Pharmacy"
    assert said.lot == "HC1, LI1"
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    assert now(fill).state == FillState.READY
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


@pytest.mark.parametrize("days", [1, 30, 180])
def test_the_label_says_the_beyond_use_day_and_not_a_year(pharmacy, days):
    fill = filling(pharmacy, beyond_use_days=days)
    said = read(finished(pharmacy, fill).content)
    assert said.discard_after == TODAY + timedelta(days=days)
    assert said.discard_after < LONG_GOOD


def test_an_ingredient_that_expires_first_ends_the_whole(pharmacy):
    soon = TODAY + timedelta(days=20)
    pharmacy.receive(STEROID, "100", lot="HC1", expires_on=soon)
    pharmacy.receive(TABLETS, "100", lot="LI1")
    fill = entered(pharmacy, compound(pharmacy, beyond_use_days=30))
    advance(fill, FillState.WAITING, by=pharmacy.system, did=Deed.FILL_MOVED)
    start_filling(by=pharmacy.technician, fill_id=fill.pk)
    for serial in ("1", "2"):
        raw = symbol(pharmacy, STEROID, lot="HC1", until=soon, serial=serial)
        scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw=raw)
    scan(pharmacy, fill, TABLETS)
    label = count_and_label(by=pharmacy.technician, fill_id=fill.pk, quantity=Decimal(40))
    assert label is not None
    assert read(label.content).discard_after == soon


def test_a_patient_who_reads_spanish_reads_what_it_contains_in_spanish(pharmacy):
    fill = filling(pharmacy)
    patient = fill.prescription.patient
    patient.language = "es"
    patient.save()
    Prescription.objects.filter(pk=fill.prescription_id).update(
        directions_spanish="Aplique en la mano dos veces al día."
    )
    said = read(finished(pharmacy, fill).content)
    assert said.auxiliary[0].startswith("Contiene: hydrocortisone 1% 30 g")


def test_a_bottle_that_is_no_ingredient_is_a_caught_slip(pharmacy):
    fill = filling(pharmacy)
    raw = symbol(pharmacy, "warfarin")
    row = scan(pharmacy, fill, STEROID, raw=raw)
    assert (row.outcome, outcomes(fill)) == ("wrong", ["wrong"])
    assert "is no ingredient of magic cream" in row.says


def test_an_equivalent_of_an_ingredient_is_no_ingredient(pharmacy):
    fill = filling(pharmacy)
    row = scan(pharmacy, fill, TABLETS, raw=symbol(pharmacy, "lisinopril-brand"))
    assert row.outcome == "wrong"


def test_another_lot_of_one_ingredient_is_drawn_and_the_other_stays_as_promised(pharmacy):
    fill = filling(pharmacy)
    pharmacy.receive(TABLETS, "50", lot="LI9")
    scan(pharmacy, fill, TABLETS, raw=symbol(pharmacy, TABLETS, lot="LI9"))
    assert drawn(fill) == {"HC1": Decimal(30), "LI9": Decimal(7)}


def test_a_code_without_a_lot_takes_the_lot_of_its_own_ingredient(pharmacy):
    fill = filling(pharmacy)
    row = scan(pharmacy, fill, TABLETS, raw=upc(pharmacy, TABLETS))
    assert (row.lot_number, row.lot_read) == ("LI1", False)


def test_an_ingredients_bottle_starts_the_compound_from_the_queue(pharmacy):
    fill = waiting(pharmacy)
    raw = symbol(pharmacy, STEROID, lot="HC1")
    assert start_by_scan(by=pharmacy.technician, raw=raw).pk == fill.pk
    assert outcomes(fill) == ["right"]


def test_a_compound_is_exchanged_for_no_other_product(pharmacy):
    fill = filling(pharmacy)
    offered = pharmacy.drugs[STEROID].pk
    with pytest.raises(Refused, match="exchanged for nothing"):
        change_product(by=pharmacy.technician, fill_id=fill.pk, package_id=offered)
    assert now(fill).package_id == fill.package_id


def test_a_compound_out_of_stock_says_which_ingredient_lacks_and_offers_no_part(pharmacy):
    stocked(pharmacy, tablets="0")
    fill = entered(pharmacy)
    advance(fill, FillState.WAITING, by=pharmacy.system, did=Deed.FILL_MOVED)
    short = shortage_of(pharmacy_id=pharmacy.pharmacy.pk, fill_id=fill.pk, today=TODAY)
    assert short is not None
    assert (short.free, short.offers) == (Decimal(0), [])
    assert short.fill.because == "needs 7 EA of lisinopril, 0 on hand"


def test_a_pharmacist_alone_scans_every_ingredient_too(pharmacy):
    fill = waiting(pharmacy)
    creams = [symbol(pharmacy, STEROID, lot="HC1", serial=serial) for serial in ("1", "2")]
    tablets = symbol(pharmacy, TABLETS, lot="LI1")
    with pytest.raises(Refused, match="Units come from lot LI1 of lisinopril too"):
        dispense(by=pharmacy.pharmacist, fill_id=fill.pk, codes=creams, counts=[Decimal(40)])
    with pytest.raises(WrongBottle):
        dispense(
            by=pharmacy.pharmacist,
            fill_id=fill.pk,
            codes=[symbol(pharmacy, "warfarin")],
            counts=[Decimal(40)],
        )
    done = dispense(
        by=pharmacy.pharmacist, fill_id=fill.pk, codes=[*creams, tablets], counts=[Decimal(40)]
    )
    assert done.state == FillState.READY
    assert outcomes(fill) == ["right", "right", "right"]
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_a_recipe_in_milliliters_is_measured_in_them(pharmacy):
    made = compound(pharmacy, form="12", unit="ML", route="26643006", makes=Decimal(120))
    assert (made.package.unit, made.package.product.form) == ("ML", "SUSPENSION")
    assert recipe(pharmacy).unit == "GM"
