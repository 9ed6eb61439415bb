"""What the counter refuses: other hands, other states, a second time. Nothing changes by it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world import NOON, TODAY
from apothecary.filling.actions import (
    add_photo,
    confirm_bottles,
    count_and_label,
    give_part_now,
    leave_filling,
    mark_short,
    print_label_again,
    record_count,
    scan_bottle,
    send_to_check,
    set_aside_wrong,
    start_filling,
    start_next,
    take_lot,
)
from apothecary.filling.actions.send import LARGEST_PHOTO
from apothecary.filling.models import BottleScan, LabelPrint, VialPhoto
from apothecary.filling.offers import shortage_of
from apothecary.filling.queries import counter, photo_of, queue, waiting_fills
from apothecary.filling.tests.bench import (
    deeds,
    drawn,
    filling,
    labelled,
    lines,
    now,
    scanned,
    symbol,
    upc,
    waiting,
)
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.worker import NotAllowed
from apothecary.stock.models import Balance

JPEG = b"\xff\xd8\xff"


def no_schedule_ii(world):
    """A trainee in a state that lets trainees fill no Schedule II."""
    standing = replace(world.trainee.standing, state_allows=frozenset())
    return replace(world.trainee, standing=standing)


def slip_of(world, fill) -> BottleScan:
    return scan_bottle(by=world.technician, fill_id=fill.pk, raw=upc(world, "warfarin"))


# In hand, and in whose


def test_who_may_not_fill_schedule_ii_counts_none_and_gives_no_part_of_it(pharmacy):
    fill, trainee = scanned(pharmacy, "oxycodone"), no_schedule_ii(pharmacy)
    record_count(by=pharmacy.technician, fill_id=fill.pk, quantity=Decimal(30))
    before = deeds(pharmacy, fill)
    with pytest.raises(NotAllowed):
        record_count(by=trainee, fill_id=fill.pk, quantity=Decimal(30), pass_number=2)
    with pytest.raises(NotAllowed):
        give_part_now(by=trainee, fill_id=fill.pk, quantity_now=Decimal(1), because="x")
    assert deeds(pharmacy, fill) == before


def test_the_next_of_the_queue_passes_by_what_one_may_not_fill_and_what_others_have(pharmacy):
    waiting(pharmacy, "oxycodone")
    filling(pharmacy, "metformin")
    free = waiting(pharmacy)
    trainee = no_schedule_ii(pharmacy)
    assert start_next(by=trainee).pk == free.pk
    assert now(free).owner_id == trainee.person_id
    # It is in hand now: the key goes on with it, and starts nothing a second time.
    assert start_next(by=trainee).pk == free.pk
    assert deeds(pharmacy, free).count(Deed.FILLING_STARTED) == 1
    with pytest.raises(NotAllowed):
        start_next(by=pharmacy.clerk)


def test_the_fill_in_ones_hands_goes_before_a_waiter(pharmacy):
    mine, waiter = filling(pharmacy), waiting(pharmacy, "metformin")
    Fill.objects.filter(pk=waiter.pk).update(waiter=True)
    assert start_next(by=pharmacy.technician).pk == mine.pk


def test_who_takes_what_was_sent_back_is_written_down_as_having_it_again(pharmacy):
    fill = labelled(pharmacy)
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    advance(
        now(fill), FillState.FILLING, by=pharmacy.pharmacist, did=Deed.FILL_SENT_BACK,
        because="count",
    )  # fmt: skip
    start_filling(by=pharmacy.technician, fill_id=fill.pk)
    assert now(fill).owner_id == pharmacy.technician.person_id
    line = lines(pharmacy, fill)[-1]
    assert (line.deed, line.details) == (Deed.FILLING_STARTED, {"again": True})


def test_a_clerk_puts_nothing_back_and_marks_nothing_short(pharmacy):
    fill = filling(pharmacy)
    with pytest.raises(NotAllowed):
        leave_filling(by=pharmacy.clerk, fill_id=fill.pk, because="x")
    with pytest.raises(NotAllowed):
        mark_short(by=pharmacy.clerk, fill_id=fill.pk, because="x")
    assert (now(fill).state, drawn(fill)) == (FillState.FILLING, {"L1": Decimal(30)})


def test_why_a_fill_was_put_back_or_goes_short_is_kept_without_stray_spaces(pharmacy):
    fill = filling(pharmacy)
    leave_filling(by=pharmacy.technician, fill_id=fill.pk, because="called away")
    assert now(fill).because == "called away"
    assert lines(pharmacy, fill)[-1].deed == Deed.FILLING_LEFT
    mark_short(by=pharmacy.technician, fill_id=fill.pk, because=" shelf empty ")
    assert (now(fill).state, now(fill).because) == (FillState.SHORT, "shelf empty")


def test_a_part_of_what_waits_leaves_it_waiting_in_nobodys_hands(pharmacy):
    fill = waiting(pharmacy)
    part = give_part_now(
        by=pharmacy.technician, fill_id=fill.pk, quantity_now=Decimal(12), because="two left"
    )
    assert (part.state, part.quantity, part.owner_id) == (FillState.WAITING, 12, None)


# Counts, labels, pictures


def test_one_key_of_somebody_elses_second_count_prints_nothing_and_of_ones_own_does(pharmacy):
    fill = scanned(pharmacy, "oxycodone")
    record_count(by=pharmacy.technician, fill_id=fill.pk, quantity=Decimal(30))

    def second(by):
        return count_and_label(by=by, fill_id=fill.pk, quantity=Decimal(30), pass_number=2)

    assert second(pharmacy.pharmacist) is None
    assert not LabelPrint.objects.exists()
    assert second(pharmacy.technician) is not None
    assert deeds(pharmacy, fill).count(Deed.COUNTED) == 2


def test_a_clerk_prints_no_label_again(pharmacy):
    fill = labelled(pharmacy)
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    with pytest.raises(NotAllowed):
        print_label_again(by=pharmacy.clerk, fill_id=fill.pk, because="torn")
    assert LabelPrint.objects.count() == 1
    print_label_again(by=pharmacy.technician, fill_id=fill.pk, because=" torn ")
    line = lines(pharmacy, fill)[-1]
    assert (line.deed, line.details["because"]) == (Deed.LABEL_PRINTED, "torn")


def test_a_picture_may_be_as_large_as_it_may_and_not_a_byte_more(pharmacy):
    fill = scanned(pharmacy)
    whole = JPEG + bytes(LARGEST_PHOTO - len(JPEG))
    photo = add_photo(by=pharmacy.technician, fill_id=fill.pk, image=whole)
    assert lines(pharmacy, fill)[-1].details == {"photo": photo.pk, "bytes": LARGEST_PHOTO}
    with pytest.raises(Refused, match="at most 4096"):
        add_photo(by=pharmacy.technician, fill_id=fill.pk, image=whole + b"x")
    assert VialPhoto.objects.count() == 1


def test_a_picture_is_taken_by_whoever_fills_while_it_is_filled(pharmacy):
    fill, waits = scanned(pharmacy), waiting(pharmacy, "metformin")
    for by in (pharmacy.clerk, pharmacy.stranger):
        with pytest.raises((NotAllowed, Refused)):
            add_photo(by=by, fill_id=fill.pk, image=JPEG)
    with pytest.raises(Refused, match="is filling this one"):
        add_photo(by=pharmacy.pharmacist, fill_id=fill.pk, image=JPEG)
    with pytest.raises(Refused, match="not in filling"):
        add_photo(by=pharmacy.technician, fill_id=waits.pk, image=JPEG)
    assert not VialPhoto.objects.exists()


def test_a_picture_of_a_turn_that_was_left_is_not_shown_for_the_next(pharmacy):
    fill = scanned(pharmacy)
    add_photo(by=pharmacy.technician, fill_id=fill.pk, image=JPEG)
    leave_filling(by=pharmacy.technician, fill_id=fill.pk)
    again = start_filling(by=pharmacy.technician, fill_id=fill.pk)
    seen = counter(pharmacy_id=pharmacy.pharmacy.pk, fill_id=fill.pk)
    assert seen is not None
    assert (photo_of(again), seen.photo_id, seen.scans) == (None, None, [])


# Bottles


def test_a_slip_is_set_aside_once_with_who_when_and_why(pharmacy):
    fill = scanned(pharmacy)
    slip = slip_of(pharmacy, fill)
    set_aside_wrong(by=pharmacy.technician, fill_id=fill.pk, scan_id=slip.pk, because=" alike ")
    slip.refresh_from_db()
    assert (slip.aside_because, slip.aside_at) == ("alike", NOON)
    assert slip.aside_by_id == pharmacy.technician.person_id
    line = lines(pharmacy, fill)[-1]
    assert (line.deed, line.details) == (
        Deed.WRONG_SET_ASIDE,
        {"scan": slip.pk, "because": "alike"},
    )
    with pytest.raises(Refused, match="nothing to set aside"):
        set_aside_wrong(
            by=pharmacy.technician, fill_id=fill.pk, scan_id=slip.pk, because="again"
        )
    assert deeds(pharmacy, fill).count(Deed.WRONG_SET_ASIDE) == 1


def test_a_bottle_of_an_earlier_turn_is_no_bottle_of_this_one(pharmacy):
    fill = filling(pharmacy)
    slip = slip_of(pharmacy, fill)
    leave_filling(by=pharmacy.technician, fill_id=fill.pk)
    start_filling(by=pharmacy.technician, fill_id=fill.pk)
    with pytest.raises(Refused, match="No such scan"):
        set_aside_wrong(by=pharmacy.technician, fill_id=fill.pk, scan_id=slip.pk, because="x")


@pytest.mark.parametrize(("bottles", "good"), [(0, False), (1, True), (99, True), (100, False)])
def test_one_to_ninety_nine_bottles_of_one_code_are_believed(pharmacy, bottles, good):
    fill = filling(pharmacy)
    scan = scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw=upc(pharmacy, "lisinopril"))
    said = {"fill_id": fill.pk, "scan_id": scan.pk, "bottles": bottles}
    if good:
        assert confirm_bottles(by=pharmacy.technician, **said).bottles == bottles
        line = lines(pharmacy, fill)[-1]
        assert line.details == {"scan": scan.pk, "bottles": bottles}
        return
    with pytest.raises(Refused, match="Bottles are 1 to 99"):
        confirm_bottles(by=pharmacy.technician, **said)
    scan.refresh_from_db()
    assert scan.bottles == 1


def test_bottles_of_the_wrong_product_are_not_counted(pharmacy):
    fill = filling(pharmacy)
    slip = slip_of(pharmacy, fill)
    with pytest.raises(Refused, match="right product"):
        confirm_bottles(by=pharmacy.technician, fill_id=fill.pk, scan_id=slip.pk, bottles=2)


def test_a_lot_is_named_in_any_case_and_it_is_written_down_that_it_was_typed(pharmacy):
    fill = filling(pharmacy)
    pharmacy.receive("lisinopril", "500", lot="Ab2")
    scan = scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw=upc(pharmacy, "lisinopril"))
    named = take_lot(by=pharmacy.technician, fill_id=fill.pk, scan_id=scan.pk, number=" aB2 ")
    assert (named.lot_number, drawn(fill)) == ("Ab2", {"Ab2": Decimal(30)})
    assert lines(pharmacy, fill)[-1].details == {"scan": scan.pk, "lot": "Ab2", "typed": True}


def test_the_wrong_product_takes_no_lot(pharmacy):
    fill = filling(pharmacy)
    slip = slip_of(pharmacy, fill)
    with pytest.raises(Refused, match="carries no lot"):
        take_lot(by=pharmacy.technician, fill_id=fill.pk, scan_id=slip.pk, number="L1")


# What the counter shows


def test_the_queue_goes_by_waiter_then_promise_then_age(pharmacy):
    fills = [waiting(pharmacy, stock="1000" if n == 0 else "0") for n in range(4)]
    late, soon, third, waiter = fills
    for fill, hours in ((late, 9), (soon, 1), (third, 9), (waiter, 20)):
        Fill.objects.filter(pk=fill.pk).update(promised_at=NOON + timedelta(hours=hours))
    Fill.objects.filter(pk=waiter.pk).update(waiter=True)
    shown = [fill.pk for fill in waiting_fills(pharmacy.pharmacy.pk)]
    assert shown == [waiter.pk, soon.pk, late.pk, third.pk]
    assert list(waiting_fills(pharmacy.other.pk)) == []


def test_the_pick_list_names_what_is_promised_now_and_nothing_given_back(pharmacy):
    fill = filling(pharmacy)
    pharmacy.receive("lisinopril", "500", lot="L2")
    scan_bottle(
        by=pharmacy.technician, fill_id=fill.pk, raw=symbol(pharmacy, "lisinopril", lot="L2")
    )
    (line,) = queue(pharmacy.pharmacy.pk)
    assert [(each.lot, each.quantity) for each in line.picks] == [("L2", Decimal(30))]


def test_a_fill_of_the_other_pharmacy_is_on_no_page_of_ours(pharmacy):
    fill = waiting(pharmacy)
    other = pharmacy.other.pk
    assert counter(pharmacy_id=other, fill_id=fill.pk) is None
    assert shortage_of(pharmacy_id=other, fill_id=fill.pk, today=TODAY) is None


@pytest.mark.parametrize(("there", "free"), [("12", 12), ("500", 30)])
def test_out_of_stock_says_how_many_could_be_given_now_and_never_more(pharmacy, there, free):
    fill = waiting(pharmacy)
    mark_short(by=pharmacy.technician, fill_id=fill.pk, because="shelf empty")
    Balance.objects.filter(lot__package=fill.package, place__kind="shelf").update(on_hand=there)
    shown = shortage_of(pharmacy_id=pharmacy.pharmacy.pk, fill_id=fill.pk, today=TODAY)
    assert shown is not None
    assert (shown.free, shown.offers) == (free, [])
