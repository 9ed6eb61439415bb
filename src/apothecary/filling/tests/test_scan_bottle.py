"""A scan proves the bottle: the right one counts once, another one stops everything."""

from datetime import date, timedelta

import pytest

from apothecary.config.tests.world import TODAY
from apothecary.filling.actions import (
    confirm_bottles,
    scan_bottle,
    send_to_check,
    set_aside_wrong,
    take_lot,
)
from apothecary.filling.models import BottleScan
from apothecary.filling.queries import filling_facts
from apothecary.filling.tests.bench import (
    deeds,
    drawn,
    filling,
    gtin14,
    labelled,
    lines,
    now,
    outcomes,
    scanned,
    symbol,
    upc,
    waiting,
)
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.staff.worker import NotAllowed
from apothecary.stock.actions import quarantine_lot
from apothecary.stock.models import Lot
from apothecary.stock.queries import book_faults

SOON = TODAY + timedelta(days=29)


def scan(world, fill, raw):
    return scan_bottle(by=world.technician, fill_id=fill.pk, raw=raw)


def refused_and_kept(world, fill, raw, *, match):
    """The scan is refused in these words, kept and written down; the stock is as it was."""
    before = drawn(fill)
    with pytest.raises(Refused, match=match):
        scan(world, fill, raw)
    row = BottleScan.objects.filter(fill=fill).latest("id")
    assert (row.outcome, row.raw) == ("refused", raw)
    assert deeds(world, fill)[-1] == Deed.BOTTLE_REFUSED
    assert drawn(fill) == before
    assert filling_facts(now(fill)).bottles_scanned == 0


def test_the_right_bottle_is_recorded_with_its_lot_expiry_and_serial(pharmacy):
    fill = filling(pharmacy)
    raw = symbol(pharmacy, "lisinopril")
    row = scan(pharmacy, fill, raw)
    assert (row.outcome, row.raw, row.symbology) == ("right", raw, "GS1 DataMatrix")
    assert (row.lot_number, row.serial, row.lot_read) == ("L1", "SN1", True)
    line = lines(pharmacy, fill)[-1]
    assert (line.deed, line.details["lot"]) == (Deed.BOTTLE_SCANNED, "L1")


def test_the_same_bottle_scanned_twice_counts_once(pharmacy):
    fill = filling(pharmacy)
    first = scan(pharmacy, fill, symbol(pharmacy, "lisinopril"))
    assert scan(pharmacy, fill, symbol(pharmacy, "lisinopril")).pk == first.pk
    assert outcomes(fill) == ["right"]
    assert deeds(pharmacy, fill).count(Deed.BOTTLE_SCANNED) == 1


def test_a_linear_code_carries_no_lot_and_takes_the_first_of_the_pick_list(pharmacy):
    fill = filling(pharmacy)
    row = scan(pharmacy, fill, upc(pharmacy, "lisinopril"))
    assert (row.lot_number, row.lot_read) == ("L1", False)


@pytest.mark.parametrize("form", ["upc", "gtin", "ndc10", "ndc11", "hyphens"])
def test_every_form_of_the_code_is_the_same_bottle(pharmacy, form):
    package = pharmacy.drugs["lisinopril"]
    forms = {
        "upc": upc(pharmacy, "lisinopril"),
        "gtin": gtin14(pharmacy, "lisinopril"),
        "ndc10": package.ndc10,
        "ndc11": package.ndc11,
        "hyphens": package.ndc,
    }
    fill = filling(pharmacy)
    assert scan(pharmacy, fill, forms[form]).outcome == "right"
    scan(pharmacy, fill, forms["upc"])
    assert outcomes(fill) == ["right"]


def test_a_wrong_product_is_kept_as_a_caught_slip_and_stops_everything(pharmacy):
    fill = filling(pharmacy)
    row = scan(pharmacy, fill, symbol(pharmacy, "warfarin", lot="W1"))
    assert (row.outcome, row.package.ndc) == ("wrong", "0093-1713-01")
    line = lines(pharmacy, fill)[-1]
    assert line.deed == Deed.WRONG_PRODUCT_CAUGHT
    assert (line.details["wanted"], line.details["ndc"]) == ("68180-0980-1", "0093-1713-01")
    with pytest.raises(Refused, match="Set that bottle aside first"):
        scan(pharmacy, fill, symbol(pharmacy, "lisinopril"))
    assert outcomes(fill) == ["wrong"]


def test_the_same_wrong_bottle_twice_is_one_slip(pharmacy):
    fill = filling(pharmacy)
    first = scan(pharmacy, fill, upc(pharmacy, "warfarin"))
    assert scan(pharmacy, fill, upc(pharmacy, "warfarin")).pk == first.pk
    assert deeds(pharmacy, fill).count(Deed.WRONG_PRODUCT_CAUGHT) == 1


def test_another_wrong_bottle_waits_until_the_first_is_set_aside(pharmacy):
    fill = filling(pharmacy)
    scan(pharmacy, fill, upc(pharmacy, "warfarin"))
    with pytest.raises(Refused, match="Set that bottle aside first"):
        scan(pharmacy, fill, upc(pharmacy, "metformin"))


def test_a_wrong_bottle_set_aside_with_a_reason_lets_filling_go_on(pharmacy):
    fill = filling(pharmacy)
    slip = scan(pharmacy, fill, upc(pharmacy, "warfarin"))
    set_aside_wrong(
        by=pharmacy.technician, fill_id=fill.pk, scan_id=slip.pk, because="wrong shelf"
    )
    assert lines(pharmacy, fill)[-1].details["because"] == "wrong shelf"
    assert scan(pharmacy, fill, symbol(pharmacy, "lisinopril")).outcome == "right"
    with pytest.raises(Refused, match="nothing to set aside"):
        set_aside_wrong(
            by=pharmacy.technician, fill_id=fill.pk, scan_id=slip.pk, because="again"
        )


def test_setting_aside_without_a_reason_is_refused(pharmacy):
    fill = filling(pharmacy)
    slip = scan(pharmacy, fill, upc(pharmacy, "warfarin"))
    with pytest.raises(Refused, match="why this bottle was in hand"):
        set_aside_wrong(by=pharmacy.technician, fill_id=fill.pk, scan_id=slip.pk, because=" ")
    assert BottleScan.objects.get(pk=slip.pk).open_slip


def test_a_right_bottle_cannot_be_set_aside_nor_one_of_another_fill(pharmacy):
    fill, other = scanned(pharmacy), filling(pharmacy, "metformin")
    right = BottleScan.objects.get(fill=fill)
    for fill_id, says in ((fill.pk, "nothing to set aside"), (other.pk, "No such scan")):
        with pytest.raises(Refused, match=says):
            set_aside_wrong(
                by=pharmacy.technician, fill_id=fill_id, scan_id=right.pk, because="x"
            )


def test_a_clerk_may_not_scan(pharmacy):
    fill = filling(pharmacy)
    with pytest.raises(NotAllowed):
        scan_bottle(by=pharmacy.clerk, fill_id=fill.pk, raw=symbol(pharmacy, "lisinopril"))
    assert outcomes(fill) == []


def test_a_fill_that_was_not_started_takes_no_scan(pharmacy):
    fill = waiting(pharmacy)
    with pytest.raises(Refused, match="in waiting, not in filling"):
        scan(pharmacy, fill, symbol(pharmacy, "lisinopril"))


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("hello", "cannot be read"),
        ("", "is empty"),
        ("0\x001", "cannot be read"),
        ("300930000001", "cannot be read"),
        ("0002-3214-02", "NDC 0002-3214-02 is not in the drug file"),
        ("RX7000000-0-1", "the label of a prescription, not a stock bottle"),
        ("9" * 500, "500 characters"),
    ],
)
def test_what_is_no_bottle_is_refused_and_kept(pharmacy, raw, says):
    fill = filling(pharmacy)
    with pytest.raises(Refused, match=says):
        scan(pharmacy, fill, raw)
    row = BottleScan.objects.get(fill=fill)
    assert (row.outcome, row.raw) == ("refused", raw.replace("\x00", "␀")[:400])


def test_an_expired_lot_is_refused_by_name_even_if_the_books_know_it_otherwise(pharmacy):
    fill = filling(pharmacy)
    raw = symbol(pharmacy, "lisinopril", until=date(2026, 11, 22))
    refused_and_kept(pharmacy, fill, raw, match="Lot L1 expired on 11/22/2026")


@pytest.mark.parametrize(("days", "good"), [(29, False), (30, True), (31, True)])
def test_a_lot_must_last_as_long_as_the_supply(pharmacy, days, good):
    until = TODAY + timedelta(days=days)
    fill = filling(pharmacy)
    pharmacy.receive("lisinopril", "100", lot="L9", expires_on=until)
    raw = symbol(pharmacy, "lisinopril", lot="L9", until=until)
    if good:
        assert scan(pharmacy, fill, raw).lot.number == "L9"
    else:
        refused_and_kept(pharmacy, fill, raw, match="before the supply is used up")


def test_a_lot_the_books_do_not_know_is_to_be_received_first(pharmacy):
    fill = filling(pharmacy)
    raw = symbol(pharmacy, "lisinopril", lot="NEW")
    refused_and_kept(pharmacy, fill, raw, match=r"Lot NEW .* receive it first")


def test_a_bottle_whose_expiry_differs_from_the_books_is_refused_naming_both(pharmacy):
    fill = filling(pharmacy)
    raw = symbol(pharmacy, "lisinopril", until=date(2028, 11, 30))
    refused_and_kept(pharmacy, fill, raw, match="11/30/2028, the books say 12/31/2028")


def test_a_quarantined_lot_is_refused_with_its_reason(pharmacy):
    fill = filling(pharmacy)
    bad = pharmacy.receive("lisinopril", "100", lot="BAD")
    quarantine_lot(by=pharmacy.pharmacist, lot_id=bad.pk, because="recall")
    raw = symbol(pharmacy, "lisinopril", lot="BAD")
    refused_and_kept(pharmacy, fill, raw, match=r"quarantined \(recall\)")


def test_another_good_lot_in_hand_takes_over_the_reservation(pharmacy):
    fill = filling(pharmacy)
    pharmacy.receive("lisinopril", "100", lot="L2")
    assert scan(pharmacy, fill, symbol(pharmacy, "lisinopril", lot="L2")).lot_number == "L2"
    assert drawn(fill) == {"L2": 30}
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_a_lot_with_too_little_is_drawn_first_and_the_rest_comes_from_the_next(pharmacy):
    fill = filling(pharmacy)
    pharmacy.receive("lisinopril", "12", lot="L2")
    scan(pharmacy, fill, symbol(pharmacy, "lisinopril", lot="L2"))
    assert drawn(fill) == {"L2": 12, "L1": 18}
    facts = filling_facts(now(fill))
    assert (facts.bottles_scanned, facts.bottles_needed) == (1, 2)


def test_a_lot_promised_to_other_fills_is_refused(pharmacy):
    pharmacy.receive("lisinopril", "30", lot="L0", expires_on=date(2028, 1, 31))
    waiting(pharmacy)
    fill = filling_of_l1(pharmacy)
    raw = symbol(pharmacy, "lisinopril", lot="L0", until=date(2028, 1, 31))
    refused_and_kept(pharmacy, fill, raw, match="nothing of lot L0 is left")


def filling_of_l1(world):
    fill = filling(world, quantity="31")
    assert drawn(fill) == {"L1": 31}
    return fill


def test_a_lot_beyond_the_pick_list_is_refused_once_a_listed_bottle_was_scanned(pharmacy):
    fill = scanned(pharmacy)
    pharmacy.receive("lisinopril", "100", lot="L2")
    with pytest.raises(Refused, match=r"L2 is not on the pick list \(L1\)"):
        scan(pharmacy, fill, symbol(pharmacy, "lisinopril", lot="L2"))
    assert drawn(fill) == {"L1": 30}


def test_a_reservation_lost_to_a_quarantine_is_made_anew_by_the_next_bottle(pharmacy):
    fill = filling(pharmacy)
    pharmacy.receive("lisinopril", "100", lot="L2")
    lot = Lot.objects.get(number="L1")
    quarantine_lot(by=pharmacy.pharmacist, lot_id=lot.pk, because="recall")
    assert drawn(fill) == {}
    scan(pharmacy, fill, symbol(pharmacy, "lisinopril", lot="L2"))
    assert drawn(fill) == {"L2": 30}


def test_a_recall_after_the_count_stops_the_fill_before_the_check(pharmacy):
    fill = labelled(pharmacy)
    lot = Lot.objects.get(number="L1")
    quarantine_lot(by=pharmacy.pharmacist, lot_id=lot.pk, because="recall")
    with pytest.raises(Refused, match="Nothing is reserved for this fill any more"):
        send_to_check(by=pharmacy.technician, fill_id=fill.pk)


def test_a_lost_separator_leaves_the_lot_to_a_person(pharmacy):
    fill = filling(pharmacy)
    raw = f"]d201{gtin14(pharmacy, 'lisinopril')}17281231" + "10L121SN77"
    row = scan(pharmacy, fill, raw)
    assert (row.lot_read, row.outcome) == (False, "right")
    assert "separator" in row.says


def test_the_lot_on_the_bottle_can_be_named_when_the_code_carries_none(pharmacy):
    fill = filling(pharmacy)
    pharmacy.receive("lisinopril", "100", lot="L2")
    row = scan(pharmacy, fill, upc(pharmacy, "lisinopril"))
    row = take_lot(by=pharmacy.technician, fill_id=fill.pk, scan_id=row.pk, number=" l2 ")
    assert (row.lot_number, drawn(fill)) == ("L2", {"L2": 30})


def test_a_lot_that_was_read_cannot_be_renamed_and_an_unknown_one_not_named(pharmacy):
    fill = filling(pharmacy)
    read = scan(pharmacy, fill, symbol(pharmacy, "lisinopril"))
    with pytest.raises(Refused, match="carries no lot"):
        take_lot(by=pharmacy.technician, fill_id=fill.pk, scan_id=read.pk, number="L1")
    other = filling(pharmacy, "metformin")
    row = scan(pharmacy, other, upc(pharmacy, "metformin"))
    with pytest.raises(Refused, match=r"Lot ZZ .* not in the books"):
        take_lot(by=pharmacy.technician, fill_id=other.pk, scan_id=row.pk, number="ZZ")
    assert BottleScan.objects.get(pk=row.pk).lot_number == "L1"


@pytest.mark.parametrize(("quantity", "needed"), [("100", 1), ("101", 2), ("250", 3)])
def test_more_than_a_bottle_holds_takes_more_bottles(pharmacy, quantity, needed):
    fill = filling(pharmacy, quantity=quantity)
    for serial in range(1, needed + 1):
        facts = filling_facts(now(fill))
        assert (facts.bottles_scanned, facts.bottles_needed) == (serial - 1, needed)
        scan(pharmacy, fill, symbol(pharmacy, "lisinopril", serial=str(serial)))
    assert filling_facts(now(fill)).bottles_scanned == needed


def test_bottles_without_a_number_are_counted_by_a_person(pharmacy):
    fill = filling(pharmacy, quantity="250")
    row = scan(pharmacy, fill, upc(pharmacy, "lisinopril"))
    confirm_bottles(by=pharmacy.technician, fill_id=fill.pk, scan_id=row.pk, bottles=3)
    assert filling_facts(now(fill)).bottles_scanned == 3


@pytest.mark.parametrize("bottles", [0, -1, 100])
def test_an_impossible_number_of_bottles_is_refused(pharmacy, bottles):
    fill = filling(pharmacy, quantity="250")
    row = scan(pharmacy, fill, upc(pharmacy, "lisinopril"))
    with pytest.raises(Refused, match="Bottles are 1 to 99"):
        confirm_bottles(
            by=pharmacy.technician, fill_id=fill.pk, scan_id=row.pk, bottles=bottles
        )


def test_bottles_with_a_number_of_their_own_are_scanned_each(pharmacy):
    fill = filling(pharmacy, quantity="250")
    row = scan(pharmacy, fill, symbol(pharmacy, "lisinopril"))
    with pytest.raises(Refused, match="scan each"):
        confirm_bottles(by=pharmacy.technician, fill_id=fill.pk, scan_id=row.pk, bottles=3)
