"""Who answers for a check, what is kept of it, and what the evidence of one alone shows."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world import NOON
from apothecary.filling.actions import send_to_check
from apothecary.filling.models import BottleScan, Count, LabelPrint
from apothecary.filling.tests.bench import labelled, symbol, upc
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import enter_prescription, start_refill
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.screening.actions import screen_waiting
from apothecary.screening.models import Finding
from apothecary.screening.queries import unresolved
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.actions import quarantine_lot
from apothecary.stock.models import Lot, Reservation
from apothecary.verification.actions import Signature, approve, send_back
from apothecary.verification.dispensing import dispense
from apothecary.verification.evidence import evidence
from apothecary.verification.models import Check
from apothecary.verification.queries import check_list, checks_of

THIRTY = [Decimal(30)]
SOON = date(2027, 6, 30)


def last_line(world, fill: Fill):
    return history(pharmacy_id=world.pharmacy.pk, about=[("fill", fill.pk)])[-1]


def handed_on(world, fill: Fill, *hands: tuple[FillState, Deed, Role]) -> None:
    for to, did, role in hands:
        advance(fill, to, by=world.workers[role], did=did)


def two_lots(world) -> Fill:
    """A fill of thirty that needs the rest of one lot and some of the next."""
    world.receive("lisinopril", "20", lot="OLD", expires_on=SOON)
    world.receive("lisinopril", "100", lot="NEW")
    return world.walk(world.enter(), until=FillState.WAITING)


@pytest.mark.parametrize("fill_id", [0, 999_999])
def test_whose_duty_it_is_comes_before_every_other_question(pharmacy, fill_id):
    with pytest.raises(NotAllowed):
        approve(by=pharmacy.technician, fill_id=fill_id)
    with pytest.raises(NotAllowed):
        send_back(by=pharmacy.technician, fill_id=fill_id, reason_code="mood")
    with pytest.raises(NotAllowed):
        dispense(by=pharmacy.technician, fill_id=fill_id, codes=["x"], counts=THIRTY)


@pytest.mark.parametrize(
    ("filled", "sent", "alone"),
    [
        (Role.PHARMACIST, Role.TECHNICIAN, False),
        (Role.TECHNICIAN, Role.PHARMACIST, True),
        (Role.IN_CHARGE, Role.IN_CHARGE, False),
    ],
)
def test_who_sent_it_to_the_check_filled_it_and_alone_is_written_in_both_books(
    pharmacy, filled, sent, alone
):
    fill = pharmacy.stocked(until=FillState.WAITING)
    handed_on(
        pharmacy,
        fill,
        (FillState.FILLING, Deed.FILLING_STARTED, filled),
        (FillState.CHECK, Deed.SENT_TO_CHECK, sent),
    )
    approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    assert Check.objects.get().filled_alone is alone
    assert last_line(pharmacy, fill).details.get("filled alone", False) is alone


@pytest.mark.parametrize(
    ("first", "second", "alone"),
    [(Role.PHARMACIST, Role.TECHNICIAN, False), (Role.TECHNICIAN, Role.PHARMACIST, True)],
)
def test_of_two_turns_the_last_one_says_who_filled_it(pharmacy, first, second, alone):
    fill = pharmacy.stocked(until=FillState.FILLING)
    other = pharmacy.walk(pharmacy.enter(), until=FillState.FILLING)
    handed_on(
        pharmacy,
        fill,
        (FillState.CHECK, Deed.SENT_TO_CHECK, first),
        (FillState.FILLING, Deed.FILL_SENT_BACK, Role.PHARMACIST),
        (FillState.CHECK, Deed.SENT_TO_CHECK, second),
    )
    handed_on(pharmacy, other, (FillState.CHECK, Deed.SENT_TO_CHECK, first))
    approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    assert Check.objects.get().filled_alone is alone


def test_an_approval_is_kept_with_who_when_and_that_the_data_were_seen(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    check = Check.objects.get()
    assert (check.fill_id, check.pharmacy_id, check.at) == (fill.pk, pharmacy.pharmacy.pk, NOON)
    assert (check.data_reviewed, check.reason_code, check.text) == (True, "", "")
    assert last_line(pharmacy, fill).details == {"from": "check", "to": "ready"}


@pytest.mark.parametrize(
    ("text", "kept", "because"),
    [
        ("", "", "sent back: wrong count"),
        ("  ", "", "sent back: wrong count"),
        (" 29 in it ", "29 in it", "sent back: wrong count, 29 in it"),
    ],
)
def test_what_goes_back_is_kept_with_its_reason_and_approves_nothing(
    pharmacy, text, kept, because
):
    fill = pharmacy.stocked(until=FillState.CHECK)
    send_back(by=pharmacy.pharmacist, fill_id=fill.pk, reason_code="wrong-count", text=text)
    check = Check.objects.get()
    assert (check.outcome, check.reason_code, check.text) == ("sent_back", "wrong-count", kept)
    assert (check.by_id, check.at) == (pharmacy.pharmacist.person_id, NOON)
    assert (check.data_reviewed, check.filled_alone) == (False, False)
    assert Fill.objects.get(pk=fill.pk).because == because
    line = last_line(pharmacy, fill)
    assert (line.deed, line.details["reason"]) == (Deed.FILL_SENT_BACK, "wrong-count")
    assert line.details["because"] == because
    assert Prescription.objects.get().reviewed_at is None


def test_what_was_sent_back_is_not_sent_back_again(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    send_back(by=pharmacy.pharmacist, fill_id=fill.pk, reason_code="label")
    lines = Entry.objects.count()
    with pytest.raises(Refused, match="not in check") as refusal:
        send_back(by=pharmacy.pharmacist, fill_id=fill.pk, reason_code="label")
    assert refusal.value.problems[0].code == "wrong-state"
    assert (Check.objects.count(), Entry.objects.count()) == (1, lines)


def test_every_check_of_a_fill_is_told_in_its_order(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    send_back(by=pharmacy.pharmacist, fill_id=fill.pk, reason_code="label")
    again = Fill.objects.get(pk=fill.pk)
    handed_on(pharmacy, again, (FillState.CHECK, Deed.SENT_TO_CHECK, Role.TECHNICIAN))
    other = pharmacy.walk(pharmacy.enter(), until=FillState.CHECK)
    for each, role in ((other, Role.PHARMACIST), (fill, Role.IN_CHARGE)):
        approve(by=pharmacy.workers[role], fill_id=each.pk)
    told = [(check.outcome, check.by.name) for check in checks_of(fill)]
    assert told == [
        ("sent_back", pharmacy.pharmacist.name),
        ("approved", pharmacy.workers[Role.IN_CHARGE].name),
    ]
    assert not check_list(pharmacy.pharmacy.pk)


def test_the_data_are_reviewed_once_by_the_first_and_of_this_prescription_alone(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    untouched = pharmacy.enter("metformin").prescription
    approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    advance(fill_of(fill), FillState.SOLD, by=pharmacy.technician, did=Deed.SOLD)
    again = start_refill(by=pharmacy.technician, prescription_id=fill.prescription_id)
    Fill.objects.filter(pk=again.pk).update(data_reviewed=False)
    again = pharmacy.walk(fill_of(again), until=FillState.CHECK)
    charge = pharmacy.workers[Role.IN_CHARGE]
    later = charge.at_time(NOON + timedelta(days=1), charge.today + timedelta(days=1))
    approve(by=later, fill_id=again.pk)
    rx = Prescription.objects.get(pk=fill.prescription_id)
    assert (rx.reviewed_by, rx.reviewed_at) == (pharmacy.pharmacist.person_id, NOON)
    assert fill_of(again).data_reviewed
    untouched.refresh_from_db()
    assert (untouched.reviewed_at, untouched.reviewed_by) == (None, None)


def fill_of(fill: Fill) -> Fill:
    return Fill.objects.get(pk=fill.pk)


def test_a_finding_in_the_way_of_an_approval_is_named_with_its_source(pharmacy):
    pharmacy.receive("amoxicillin", "500")
    order = pharmacy.order("amoxicillin", patient=pharmacy.insured)
    fill = enter_prescription(by=pharmacy.technician, order=order)
    screen_waiting(pharmacy.pharmacy, NOON)
    (finding,) = unresolved(fill_of(fill))
    Fill.objects.filter(pk=fill.pk).update(state=FillState.CHECK)
    with pytest.raises(Refused) as refusal:
        approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.cite) == ("finding-open", finding.cite)
    assert problem.says == f"Not resolved yet: {finding.says}"
    waits = pharmacy.walk(pharmacy.enter("amoxicillin"), until=FillState.WAITING)
    Finding.objects.update(fill=waits)
    codes = [upc(pharmacy, "amoxicillin")]
    with pytest.raises(Refused) as refusal:
        dispense(by=pharmacy.pharmacist, fill_id=waits.pk, codes=codes, counts=THIRTY)
    assert [problem.code for problem in refusal.value.problems] == ["finding-open"]
    assert not Check.objects.exists()
    assert not BottleScan.objects.exists()


def test_a_pin_that_does_not_match_leaves_no_check(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    wrong = Signature(pharmacy.people[Role.PHARMACIST].initials, "0000")
    with pytest.raises(Refused, match="do not match"):
        send_back(by=pharmacy.technician, fill_id=fill.pk, reason_code="label", signature=wrong)
    assert (fill_of(fill).state, Check.objects.count()) == (FillState.CHECK, 0)


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
