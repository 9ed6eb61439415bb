"""What one alone leaves behind, and what proved a vial, long after too."""

from datetime import date
from decimal import Decimal

import pytest

from apothecary.config.tests.world import NOON
from apothecary.filling.actions import send_to_check
from apothecary.filling.models import BottleScan, Count, LabelPrint
from apothecary.filling.tests.bench import labelled, symbol, upc
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.stock.actions import quarantine_lot
from apothecary.stock.models import Lot, Reservation
from apothecary.verification.actions import approve
from apothecary.verification.dispensing import dispense
from apothecary.verification.evidence import evidence
from apothecary.verification.models import Check

THIRTY = [Decimal(30)]
SOON = date(2027, 6, 30)


def last_line(world, fill: Fill):
    return history(pharmacy_id=world.pharmacy.pk, about=[("fill", fill.pk)])[-1]


def fill_of(fill: Fill) -> Fill:
    return Fill.objects.get(pk=fill.pk)


def two_lots(world) -> Fill:
    """A fill of thirty that needs the rest of one lot and some of the next."""
    world.receive("lisinopril", "20", lot="OLD", expires_on=SOON)
    world.receive("lisinopril", "100", lot="NEW")
    return world.walk(world.enter(), until=FillState.WAITING)


@pytest.mark.parametrize("order", [("OLD", "NEW"), ("NEW", "OLD"), ("new", "old")])
def test_the_bottles_of_one_alone_are_told_in_the_order_they_were_scanned(pharmacy, order):
    fill = two_lots(pharmacy)
    until = {"OLD": SOON, "NEW": date(2028, 12, 31)}
    codes = [
        symbol(pharmacy, "lisinopril", lot=lot, until=until[lot.upper()], serial=str(number))
        for number, lot in enumerate(order)
    ]
    dispense(by=pharmacy.pharmacist, fill_id=fill.pk, codes=codes, counts=THIRTY)
    scans = BottleScan.objects.filter(fill=fill).order_by("id")
    lots = [lot.upper() for lot in order]
    assert [(scan.lot_number, scan.serial) for scan in scans] == [
        (lots[0], "SN0"),
        (lots[1], "SN1"),
    ]
    assert [scan.expires_on for scan in scans] == [until[lot] for lot in lots]
    assert all(scan.lot_read for scan in scans)
    assert len({scan.key for scan in scans}) == 2
    assert [bottle.lot for bottle in evidence(fill_of(fill)).bottles] == lots
    assert last_line(pharmacy, fill).details["lots"] == ["NEW", "OLD"]


def test_a_promised_lot_whose_bottle_nobody_scanned_stops_one_alone(pharmacy):
    fill = two_lots(pharmacy)
    codes = [symbol(pharmacy, "lisinopril", lot="OLD", until=SOON)]
    with pytest.raises(Refused, match="NEW"):
        dispense(by=pharmacy.pharmacist, fill_id=fill.pk, codes=codes, counts=THIRTY)
    codes = [symbol(pharmacy, "lisinopril", lot="THIRD")]
    with pytest.raises(Refused, match="take lot OLD or NEW") as refusal:
        dispense(by=pharmacy.pharmacist, fill_id=fill.pk, codes=codes, counts=THIRTY)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.field) == ("lot-not-listed", "codes")
    assert fill_of(fill).state == FillState.WAITING
    assert not BottleScan.objects.exists()


def test_without_bottle_or_count_one_alone_dispenses_nothing(pharmacy):
    fill = pharmacy.stocked(until=FillState.WAITING)
    code = upc(pharmacy, "lisinopril")
    for codes, counts in (([], THIRTY), ([code], [])):
        with pytest.raises(Refused):
            dispense(by=pharmacy.pharmacist, fill_id=fill.pk, codes=codes, counts=counts)
    assert fill_of(fill).state == FillState.WAITING
    assert not Count.objects.exists()
    assert not LabelPrint.objects.exists()


def test_when_the_promise_was_taken_back_one_alone_is_told(pharmacy):
    fill = pharmacy.stocked(until=FillState.WAITING)
    quarantine_lot(by=pharmacy.pharmacist, lot_id=Lot.objects.get().pk, because="recall")
    assert not Reservation.objects.filter(fill_id=fill.pk, state="pending").exists()
    codes = [upc(pharmacy, "lisinopril")]
    with pytest.raises(Refused, match="Nothing is reserved") as refusal:
        dispense(by=pharmacy.pharmacist, fill_id=fill.pk, codes=codes, counts=THIRTY)
    assert refusal.value.problems[0].code == "not-reserved"
    assert fill_of(fill).state == FillState.WAITING


def test_one_alone_leaves_the_same_rows_as_the_long_way(pharmacy):
    fill = pharmacy.stocked(until=FillState.WAITING)
    code = upc(pharmacy, "lisinopril")
    dispense(by=pharmacy.pharmacist, fill_id=fill.pk, codes=[code], counts=THIRTY)
    scan, count = BottleScan.objects.get(), Count.objects.get()
    label = LabelPrint.objects.get()
    me = pharmacy.pharmacist
    for row in (scan, count, label):
        assert (row.fill_id, row.pharmacy_id, row.at) == (fill.pk, me.pharmacy_id, NOON)
        assert (row.by_id, row.station) == (me.person_id, me.station)
    assert scan.lot is not None
    assert (scan.raw, scan.outcome, scan.bottles) == (code, "right", 1)
    assert (scan.lot.number, scan.lot_number, scan.lot_read) == ("L1", "L1", False)
    assert (scan.package_id, scan.expires_on) == (fill.package_id, scan.lot.expires_on)
    assert (count.pass_number, count.method, count.quantity) == (1, "hand", 30)
    details = last_line(pharmacy, fill).details
    assert (details["label"], details["counted"]) == (label.content_hash, ["30"])
    assert (details["alone"], Check.objects.get().by_id) == (True, me.person_id)
    assert Prescription.objects.get().reviewed_by == me.person_id
    assert fill_of(fill).data_reviewed


def test_a_wrong_bottle_is_written_down_with_what_was_wanted(pharmacy):
    fill = pharmacy.stocked(until=FillState.WAITING)
    codes = [upc(pharmacy, "lisinopril"), upc(pharmacy, "warfarin")]
    with pytest.raises(Refused, match="Wrong product") as refusal:
        dispense(by=pharmacy.pharmacist, fill_id=fill.pk, codes=codes, counts=THIRTY)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.field) == ("wrong-product", "codes")
    line = last_line(pharmacy, fill)
    assert (line.deed, line.by) == (Deed.WRONG_PRODUCT_CAUGHT, pharmacy.pharmacist.name)
    ndc, wanted = (pharmacy.drugs[drug].ndc for drug in ("warfarin", "lisinopril"))
    assert line.details == {"ndc": ndc, "wanted": wanted}


def test_the_evidence_is_this_fills_alone(pharmacy):
    mine = labelled(pharmacy)
    other = labelled(pharmacy, "metformin")
    seen = evidence(fill_of(mine))
    assert [bottle.drug for bottle in seen.bottles] == ["lisinopril 10 mg"]
    assert [(count.quantity, count.method) for count in seen.counts] == [(30, "by hand")]
    assert seen.label is not None
    assert seen.label.id == LabelPrint.objects.get(fill=mine).pk
    assert seen.filled_by == pharmacy.technician.name
    assert evidence(fill_of(other)).label != seen.label
    assert evidence(pharmacy.enter()).filled_by == ""


@pytest.mark.parametrize("end", [FillState.SOLD, FillState.RETURNED])
def test_what_proved_a_vial_is_still_told_when_it_is_bagged_and_gone(pharmacy, end):
    fill = send_to_check(by=pharmacy.technician, fill_id=labelled(pharmacy).pk)
    at_the_check = evidence(fill_of(fill))
    assert at_the_check.scanned == 1
    approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    assert evidence(fill_of(fill)) == at_the_check
    advance(fill_of(fill), end, by=pharmacy.pharmacist, did=Deed.FILL_MOVED)
    assert evidence(fill_of(fill)) == at_the_check
