"""Taking a fill from the queue and putting it back: one fill, one pair of hands."""

from dataclasses import replace
from decimal import Decimal

import pytest

from apothecary.filling.actions import (
    give_part_now,
    leave_filling,
    mark_short,
    scan_bottle,
    send_to_check,
    start_by_scan,
    start_filling,
)
from apothecary.filling.models import BottleScan
from apothecary.filling.queries import filling_facts
from apothecary.filling.tests.bench import (
    deeds,
    drawn,
    filling,
    labelled,
    now,
    outcomes,
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
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed


def test_who_starts_a_fill_has_it_and_it_is_written_down(pharmacy):
    fill = start_filling(by=pharmacy.technician, fill_id=waiting(pharmacy).pk)
    assert (now(fill).state, now(fill).owner_id) == ("filling", pharmacy.technician.person_id)
    assert deeds(pharmacy, fill)[-1] == Deed.FILLING_STARTED


def test_a_second_person_may_not_start_the_same_fill(pharmacy):
    fill = filling(pharmacy)
    with pytest.raises(Refused, match="Technician S is filling this one"):
        start_filling(by=pharmacy.pharmacist, fill_id=fill.pk)
    assert now(fill).owner_id == pharmacy.technician.person_id


def test_a_second_click_on_start_is_refused_and_changes_nothing(pharmacy):
    fill = filling(pharmacy)
    with pytest.raises(Refused, match="not in waiting"):
        start_filling(by=pharmacy.technician, fill_id=fill.pk)
    assert deeds(pharmacy, fill).count(Deed.FILLING_STARTED) == 1


def test_a_clerk_may_not_fill(pharmacy):
    fill = waiting(pharmacy)
    with pytest.raises(NotAllowed):
        start_filling(by=pharmacy.clerk, fill_id=fill.pk)
    assert now(fill).state == FillState.WAITING


def test_a_trainee_may_fill_but_not_schedule_ii_where_the_state_does_not_say_so(pharmacy):
    assert start_filling(by=pharmacy.trainee, fill_id=waiting(pharmacy).pk)
    controlled = waiting(pharmacy, "oxycodone")
    standing = replace(pharmacy.trainee.standing, state_allows=frozenset())
    with pytest.raises(NotAllowed):
        start_filling(by=replace(pharmacy.trainee, standing=standing), fill_id=controlled.pk)
    assert now(controlled).state == FillState.WAITING


def test_a_fill_at_the_check_cannot_be_started(pharmacy):
    fill = labelled(pharmacy)
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    with pytest.raises(Refused, match="in check, not in waiting"):
        start_filling(by=pharmacy.technician, fill_id=fill.pk)


def test_a_stranger_finds_no_fill_of_ours(pharmacy):
    with pytest.raises(Refused, match="No such fill"):
        start_filling(by=pharmacy.stranger, fill_id=waiting(pharmacy).pk)


def test_a_fill_put_back_is_anybodys_and_its_bottles_must_be_scanned_again(pharmacy):
    fill = scanned(pharmacy)
    leave_filling(by=pharmacy.technician, fill_id=fill.pk, because="called to the counter")
    assert (now(fill).state, now(fill).owner_id) == (FillState.WAITING, None)
    again = start_filling(by=pharmacy.pharmacist, fill_id=fill.pk)
    assert filling_facts(again).bottles_scanned == 0
    assert BottleScan.objects.filter(fill=fill).count() == 1


def test_a_fill_that_waits_cannot_be_left(pharmacy):
    with pytest.raises(Refused, match="not in filling"):
        leave_filling(by=pharmacy.technician, fill_id=waiting(pharmacy).pk)


def test_somebody_elses_fill_can_be_put_back_when_they_were_called_away(pharmacy):
    fill = filling(pharmacy)
    leave_filling(by=pharmacy.pharmacist, fill_id=fill.pk)
    assert now(fill).state == FillState.WAITING


def test_what_the_pharmacist_sends_back_is_taken_by_the_first_and_done_anew(pharmacy):
    fill = labelled(pharmacy)
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    advance(
        now(fill), FillState.FILLING, by=pharmacy.pharmacist, did=Deed.FILL_SENT_BACK,
        because="sent back: count",
    )  # fmt: skip
    with pytest.raises(Refused, match="Scan the stock bottle first") as refusal:
        send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    codes = [problem.code for problem in refusal.value.problems]
    assert codes == ["no-bottle", "not-counted", "no-label"]
    start_filling(by=pharmacy.technician, fill_id=fill.pk)
    with pytest.raises(Refused, match="is filling this one"):
        start_filling(by=pharmacy.pharmacist, fill_id=fill.pk)


def test_what_is_not_on_the_shelf_goes_short_with_a_reason_and_gives_its_units_back(pharmacy):
    fill = filling(pharmacy)
    mark_short(by=pharmacy.technician, fill_id=fill.pk, because="shelf is empty")
    assert (now(fill).state, now(fill).because) == (FillState.SHORT, "shelf is empty")
    assert drawn(fill) == {}
    with pytest.raises(Refused, match="not in waiting or filling"):
        mark_short(by=pharmacy.technician, fill_id=fill.pk, because="again")


def test_short_without_a_reason_is_refused(pharmacy):
    fill = filling(pharmacy)
    with pytest.raises(Refused, match="what is missing"):
        mark_short(by=pharmacy.technician, fill_id=fill.pk, because=" ")
    assert now(fill).state == FillState.FILLING


def test_a_part_given_at_the_counter_stays_in_hand_and_the_rest_is_owed(pharmacy):
    fill = scanned(pharmacy)
    part = give_part_now(
        by=pharmacy.technician, fill_id=fill.pk, quantity_now=Decimal(12), because="two left"
    )
    assert (part.state, part.quantity) == (FillState.FILLING, 12)
    assert part.owner_id == pharmacy.technician.person_id
    balance = Fill.objects.get(prescription=fill.prescription, part=2)
    assert (balance.state, balance.quantity) == (FillState.SHORT, 18)
    assert drawn(fill) == {"L1": Decimal(12)}


def test_a_part_of_somebody_elses_fill_is_refused(pharmacy):
    fill = filling(pharmacy)
    with pytest.raises(Refused, match="is filling this one"):
        give_part_now(
            by=pharmacy.pharmacist, fill_id=fill.pk, quantity_now=Decimal(1), because="x"
        )
    assert not Fill.objects.filter(part=2).exists()


def test_a_bottle_scanned_at_the_queue_starts_the_first_fill_that_needs_it(pharmacy):
    later, first = waiting(pharmacy), waiting(pharmacy, stock="0")
    Fill.objects.filter(pk=first.pk).update(waiter=True)
    fill = start_by_scan(by=pharmacy.technician, raw=symbol(pharmacy, "lisinopril"))
    assert fill.pk == first.pk != later.pk
    assert filling_facts(now(fill)).bottles_scanned == 1


def test_a_second_bottle_at_the_queue_belongs_to_the_fill_in_hand(pharmacy):
    waiting(pharmacy)
    mine = filling(pharmacy, quantity="150")
    raw = symbol(pharmacy, "lisinopril", serial="2")
    assert start_by_scan(by=pharmacy.technician, raw=raw).pk == mine.pk


def test_the_code_of_a_prescription_starts_its_fill_without_counting_a_bottle(pharmacy):
    fill = waiting(pharmacy)
    code = f"RX{fill.prescription.number}-0-1"
    assert start_by_scan(by=pharmacy.technician, raw=code).pk == fill.pk
    assert start_by_scan(by=pharmacy.technician, raw=code).pk == fill.pk
    assert outcomes(fill) == []


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("RX9999999-0-1", "No fill RX9999999-0-1"),
        ("nonsense", "cannot be read"),
        ("warfarin", "Nothing at the filling counter needs warfarin"),
    ],
)
def test_a_scan_that_starts_nothing_says_why(pharmacy, raw, says):
    waiting(pharmacy)
    code = upc(pharmacy, "warfarin") if raw == "warfarin" else raw
    with pytest.raises(Refused, match=says):
        start_by_scan(by=pharmacy.technician, raw=code)
    assert not Fill.objects.filter(state=FillState.FILLING).exists()


def test_a_prescription_that_is_elsewhere_is_named_with_its_place(pharmacy):
    fill = labelled(pharmacy)
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    with pytest.raises(Refused, match="is in check, not at the filling counter"):
        start_by_scan(by=pharmacy.technician, raw=f"RX{fill.prescription.number}-0-1")


def test_a_fill_in_other_hands_is_not_scanned_into(pharmacy):
    fill = filling(pharmacy)
    with pytest.raises(Refused, match="Technician S is filling"):
        scan_bottle(by=pharmacy.pharmacist, fill_id=fill.pk, raw=symbol(pharmacy, "lisinopril"))
    assert outcomes(fill) == []


def test_an_intern_may_start_a_fill(pharmacy):
    intern = pharmacy.workers[Role.INTERN]
    assert start_filling(by=intern, fill_id=waiting(pharmacy).pk).owner_id == intern.person_id
