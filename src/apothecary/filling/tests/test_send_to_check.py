"""A fill goes to the pharmacist only with everything that proves it; a picture may go along."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world import NOON, TODAY
from apothecary.filling.actions import (
    add_photo,
    count_and_label,
    print_label,
    scan_bottle,
    send_to_check,
    set_aside_wrong,
)
from apothecary.filling.actions.send import LARGEST_PHOTO
from apothecary.filling.models import VialPhoto
from apothecary.filling.queries import counter, photo_of
from apothecary.filling.tests.bench import (
    deeds,
    filling,
    labelled,
    lines,
    now,
    scanned,
    symbol,
    upc,
)
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.patients.models import Patient
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.worker import NotAllowed
from apothecary.stock.models import Balance, PlaceKind
from apothecary.stock.queries import book_faults

JPEG = b"\xff\xd8\xff\xe0 a vial"


def test_a_proven_fill_goes_to_the_check_and_says_what_proves_it(pharmacy):
    fill = labelled(pharmacy)
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    assert (now(fill).state, now(fill).owner_id) == (FillState.CHECK, None)
    said = lines(pharmacy, fill)[-1]
    assert said.deed == Deed.SENT_TO_CHECK
    assert (said.details["lots"], said.details["counted"]) == (["L1"], ["30"])
    assert said.by == pharmacy.technician.name


def test_everything_that_is_missing_is_said_at_once(pharmacy):
    fill = filling(pharmacy)
    scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw=upc(pharmacy, "warfarin"))
    with pytest.raises(Refused) as refusal:
        send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    codes = [problem.code for problem in refusal.value.problems]
    assert codes == ["open-slip", "no-bottle", "not-counted", "no-label"]
    assert now(fill).state == FillState.FILLING


def test_a_wrong_bottle_after_the_label_stops_the_handing_over(pharmacy):
    fill = labelled(pharmacy)
    slip = scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw=upc(pharmacy, "warfarin"))
    with pytest.raises(Refused, match="Set that bottle aside first"):
        send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    set_aside_wrong(by=pharmacy.technician, fill_id=fill.pk, scan_id=slip.pk, because="alike")
    assert send_to_check(by=pharmacy.technician, fill_id=fill.pk).state == FillState.CHECK


def test_a_label_that_no_longer_agrees_must_be_printed_again(pharmacy):
    fill = labelled(pharmacy)
    Patient.objects.filter(pk=pharmacy.patient.pk).update(last_name="Doe-Smith")
    with pytest.raises(Refused, match="no longer says what is in the vial"):
        send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    print_label(by=pharmacy.technician, fill_id=fill.pk)
    assert send_to_check(by=pharmacy.technician, fill_id=fill.pk).state == FillState.CHECK


def test_a_label_is_not_stale_for_the_night_that_has_passed(pharmacy):
    fill = labelled(pharmacy)
    tomorrow = pharmacy.technician.at_time(NOON + timedelta(days=1), TODAY + timedelta(days=1))
    assert send_to_check(by=tomorrow, fill_id=fill.pk).state == FillState.CHECK


def test_a_clerk_another_person_and_a_second_click_send_nothing(pharmacy):
    fill = labelled(pharmacy)
    with pytest.raises(NotAllowed):
        send_to_check(by=pharmacy.clerk, fill_id=fill.pk)
    with pytest.raises(Refused, match="Technician S is filling"):
        send_to_check(by=pharmacy.pharmacist, fill_id=fill.pk)
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    with pytest.raises(Refused, match="in check, not in filling"):
        send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    assert deeds(pharmacy, fill).count(Deed.SENT_TO_CHECK) == 1


def test_what_was_scanned_is_what_the_ledger_moves_at_the_check(pharmacy):
    fill = filling(pharmacy)
    pharmacy.receive("lisinopril", "100", lot="L2", expires_on=date(2029, 5, 31))
    raw = symbol(pharmacy, "lisinopril", lot="L2", until=date(2029, 5, 31))
    finish(pharmacy, fill, raw)
    advance(now(fill), FillState.READY, by=pharmacy.pharmacist, did=Deed.FILL_APPROVED)
    left = {
        balance.lot.number: balance.on_hand
        for balance in Balance.objects.filter(place__kind=PlaceKind.SHELF).select_related("lot")
    }
    assert left == {"L1": 1000, "L2": 70}
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def finish(world, fill, raw):
    scan_bottle(by=world.technician, fill_id=fill.pk, raw=raw)
    count_and_label(by=world.technician, fill_id=fill.pk, quantity=Decimal(30))
    send_to_check(by=world.technician, fill_id=fill.pk)


def test_the_check_sees_the_evidence_of_the_turn_that_was_sent(pharmacy):
    fill = labelled(pharmacy)
    add_photo(by=pharmacy.technician, fill_id=fill.pk, image=JPEG)
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    seen = counter(pharmacy_id=pharmacy.pharmacy.pk, fill_id=fill.pk)
    assert seen is not None
    assert [scan.lot_number for scan in seen.scans] == ["L1"]
    assert (seen.facts.counts, seen.label is not None) == ((Decimal(30),), True)
    assert seen.photo_id == VialPhoto.objects.get(fill=fill).pk


def test_a_picture_is_kept_whole_and_the_last_one_counts(pharmacy):
    fill = scanned(pharmacy)
    for image in (JPEG, b"\x89PNG\r\n\x1a\n a vial"):
        add_photo(by=pharmacy.technician, fill_id=fill.pk, image=image)
    last = photo_of(now(fill))
    assert last is not None
    assert (last.media_type, bytes(last.image)) == ("image/png", image)
    assert deeds(pharmacy, fill)[-1] == Deed.VIAL_PHOTOGRAPHED


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (b"<svg onload=x>", "neither JPEG nor PNG"),
        (b"", "neither JPEG nor PNG"),
        (JPEG + bytes(LARGEST_PHOTO), "at most 4096"),
    ],
)
def test_what_is_no_picture_is_refused(pharmacy, image, says):
    fill = scanned(pharmacy)
    with pytest.raises(Refused, match=says):
        add_photo(by=pharmacy.technician, fill_id=fill.pk, image=image)
    assert not VialPhoto.objects.exists()
