"""At the match: everything of the lot is held and listed at once, and no bag of it is sold."""

from decimal import Decimal

import pytest
from django.db import transaction

from apothecary.config.tests.world_days import TODAY
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.parting import try_stock_again
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance, lock_fill
from apothecary.returns.recalls.finding import where_it_stands, who_got_it
from apothecary.returns.recalls.matching import match, take_fill_back
from apothecary.returns.recalls.models import Recall, RecallCall
from apothecary.returns.recalls.states import Depth, RecallState
from apothecary.returns.recalls.taking import take_notice
from apothecary.returns.recalls.tests.notices import (
    DRUG,
    NUMBER,
    another,
    hits,
    notice,
    state_of,
    take,
)
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed
from apothecary.stock.actions import quarantine_lot
from apothecary.stock.models import Balance, LotState, PlaceKind
from apothecary.stock.queries import book_faults
from apothecary.stock.recalled.holding import recalled_because

pytestmark = pytest.mark.django_db
D = Decimal


def listed(recall) -> list[tuple[str, str, D, bool]]:
    return [
        (hit.lot.number, hit.place.name, hit.expected, hit.fill_id is not None)
        for hit in hits(recall)
    ]


def stored(fill: Fill) -> Fill:
    return Fill.objects.get(pk=fill.pk)


def test_the_lot_on_the_shelf_is_quarantined_and_its_place_is_on_the_list(pharmacy):
    lot, other = pharmacy.receive(DRUG, "100"), pharmacy.receive(DRUG, "50", lot="L2")
    recall = take(pharmacy)
    assert state_of(lot)[0] == LotState.QUARANTINED
    assert NUMBER in state_of(lot)[1]
    assert state_of(other)[0] == LotState.AVAILABLE
    assert listed(recall) == [("L1", "Shelf", D(100), False)]
    assert (recall.state, recall.due_on.isoformat()) == (RecallState.OPEN, "2026-11-26")
    deeds = [
        line.deed
        for line in history(pharmacy_id=pharmacy.pharmacy.pk, about=[("recall", recall.pk)])
    ]
    assert deeds == [Deed.RECALL_TAKEN, Deed.RECALL_MATCHED]


@pytest.mark.parametrize("number", ["l-1", "001", "L 1"])
def test_a_lot_is_matched_however_its_number_is_written(pharmacy, number):
    lot = pharmacy.receive(DRUG, "100", lot=number)
    take(pharmacy, "Lot L1, 1")
    assert state_of(lot)[0] == LotState.QUARANTINED


def test_a_lot_of_another_drug_with_the_same_number_is_not_touched(pharmacy):
    pharmacy.receive(DRUG, "100")
    other = pharmacy.receive("warfarin", "100")
    recall = take(pharmacy)
    assert state_of(other)[0] == LotState.AVAILABLE
    assert len(hits(recall)) == 1


def test_a_notice_of_something_that_is_not_here_is_on_file_and_lists_nothing(pharmacy):
    recall = take(pharmacy, "Lot X9")
    assert (recall.state, hits(recall)) == (RecallState.OPEN, [])


def test_every_place_is_listed_bag_bench_check_fridge_and_quarantine(pharmacy):
    lot = pharmacy.receive(DRUG, "300")
    bag = another(pharmacy, until=FillState.READY)
    bench = another(pharmacy, until=FillState.FILLING)
    check = another(pharmacy, until=FillState.CHECK)
    another(pharmacy, until=FillState.WAITING)
    recall = take(pharmacy)
    assert listed(recall) == [
        ("L1", "Shelf", D(210), False),
        ("L1", "Shelf", D(30), True),
        ("L1", "Shelf", D(30), True),
        ("L1", "Shelf", D(30), True),
    ]
    fills = {hit.fill_id for hit in hits(recall)} - {None}
    assert fills == {bag.pk, bench.pk, check.pk}
    assert sum(hit.expected for hit in hits(recall)) == 300
    there = Balance.objects.get(lot=lot, place__kind=PlaceKind.SHELF)
    assert (there.on_hand, there.reserved) == (300, 0)
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


@pytest.mark.parametrize(
    "state", [FillState.WAITING, FillState.FILLING, FillState.CHECK, FillState.READY]
)
def test_a_fill_with_the_lot_that_is_not_sold_goes_back_and_says_why(pharmacy, state):
    fill = pharmacy.stocked(until=state)
    take(pharmacy)
    assert stored(fill).state == FillState.SHORT
    assert NUMBER in stored(fill).because
    assert stored(fill).bin == ""


def test_a_fill_that_was_taken_back_is_filled_from_another_lot(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    pharmacy.receive(DRUG, "100", lot="L2")
    take(pharmacy)
    try_stock_again(by=pharmacy.technician, fill_id=fill.pk)
    assert stored(fill).state == FillState.WAITING
    reserved = Balance.objects.filter(reserved__gt=0).values_list("lot__number", flat=True)
    assert list(reserved) == ["L2"]


def test_a_bag_of_the_lot_is_not_sold_even_before_it_was_taken_back(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    lot = Balance.objects.filter(on_hand__gt=0, place__kind=PlaceKind.SHELF).get().lot
    quarantine_lot(by=pharmacy.technician, lot_id=lot.pk, because="recall")
    held = lock_fill(by=pharmacy.technician, fill_id=fill.pk)
    with pytest.raises(Refused) as refusal, transaction.atomic():
        advance(held, FillState.SOLD, by=pharmacy.technician, did=Deed.SOLD)
    assert refusal.value.problems[0].code == "ledger-AP004"


def test_a_bag_of_another_lot_stays_in_its_bin(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    take(pharmacy, "Lot L2")
    assert stored(fill).state == FillState.READY


def test_a_fill_that_was_sold_meanwhile_is_left_alone(pharmacy):
    fill = pharmacy.stocked(until=FillState.SOLD)
    recall = take(pharmacy)
    assert take_fill_back(recall, fill.pk, "L1", by=pharmacy.system) is False
    assert stored(fill).state == FillState.SOLD


def test_the_patients_of_a_class_i_recall_are_on_the_call_list_once(pharmacy):
    pharmacy.receive(DRUG, "300")
    for patient in (pharmacy.patient, pharmacy.patient, pharmacy.insured):
        another(pharmacy, until=FillState.SOLD, patient=patient)
    recall = take(pharmacy, recall_class="I")
    calls = RecallCall.objects.filter(recall=recall)
    assert {call.patient_id for call in calls} == {pharmacy.patient.pk, pharmacy.insured.pk}
    got = who_got_it(pharmacy_id=pharmacy.pharmacy.pk, recall=NUMBER)
    assert [(one.units, one.lot) for one in got] == [(D(30), "L1")] * 3


def test_a_class_ii_recall_names_its_patients_and_calls_none_until_it_goes_deeper(pharmacy):
    pharmacy.stocked(until=FillState.SOLD)
    recall = take(pharmacy)
    assert len(who_got_it(pharmacy_id=pharmacy.pharmacy.pk, recall=NUMBER)) == 1
    assert not RecallCall.objects.filter(recall=recall).exists()


@pytest.mark.parametrize(("since", "many"), [(0, 1), (1, 0)])
def test_patients_are_looked_for_back_to_a_day(pharmacy, since, many):
    from_day = TODAY.fromordinal(TODAY.toordinal() + since)
    pharmacy.stocked(until=FillState.SOLD)
    take(pharmacy)
    got = who_got_it(pharmacy_id=pharmacy.pharmacy.pk, recall=NUMBER, since=from_day)
    assert len(got) == many


# In doubt


def test_in_doubt_every_lot_of_the_package_is_held_until_somebody_decides(pharmacy):
    lots = [pharmacy.receive(DRUG, "100", lot=lot) for lot in ("L1", "L2")]
    recall = take(pharmacy, "Lots L1 through L9")
    assert recall.state == RecallState.DOUBTFUL
    assert [state_of(lot)[0] for lot in lots] == [LotState.QUARANTINED] * 2
    assert len(hits(recall)) == 2


def test_in_doubt_a_bag_stays_in_its_bin_and_is_not_sold(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    take(pharmacy, "Lots L1 through L9")
    assert stored(fill).state == FillState.READY
    held = lock_fill(by=pharmacy.technician, fill_id=fill.pk)
    with pytest.raises(Refused), transaction.atomic():
        advance(held, FillState.SOLD, by=pharmacy.technician, did=Deed.SOLD)


def test_in_doubt_nobody_is_called(pharmacy):
    pharmacy.stocked(until=FillState.SOLD)
    recall = take(pharmacy, "Lots L1 through L9", recall_class="I")
    assert not RecallCall.objects.filter(recall=recall).exists()


# Again, later, changed


def test_the_same_notice_again_changes_nothing(pharmacy):
    pharmacy.stocked(until=FillState.SOLD)
    first = take(pharmacy, recall_class="I")
    before = (listed(first), RecallCall.objects.count())
    again = take(pharmacy, recall_class="I")
    assert (again.pk, listed(again), RecallCall.objects.count()) == (first.pk, *before)
    assert match(by=pharmacy.system, recall_id=first.pk) == 0


def test_a_lot_that_comes_after_the_notice_is_refused_by_every_way_in(pharmacy):
    take(pharmacy, "Lot L9")
    with pytest.raises(Refused, match=NUMBER):
        pharmacy.receive(DRUG, "100", lot="L9")
    because = recalled_because(
        pharmacy_id=pharmacy.pharmacy.pk, package_id=pharmacy.drugs[DRUG].pk, lot="L9"
    )
    assert "Plains Pharma" in because


def test_a_notice_that_grows_holds_the_new_lot_and_keeps_the_old(pharmacy):
    lots = [pharmacy.receive(DRUG, "100", lot=lot) for lot in ("L1", "L2")]
    recall = take(pharmacy)
    take(pharmacy, "Lot L2")
    assert [state_of(lot)[0] for lot in lots] == [LotState.QUARANTINED] * 2
    assert [one[0] for one in listed(recall)] == ["L1", "L2"]


def test_a_notice_that_becomes_class_i_is_due_today_and_goes_to_the_patients(pharmacy):
    pharmacy.stocked(until=FillState.SOLD)
    take(pharmacy, recall_class="III")
    recall = take(pharmacy, recall_class="I")
    assert (recall.due_on, recall.depth) == (pharmacy.system.today, Depth.CONSUMER)
    assert RecallCall.objects.filter(recall=recall).count() == 1


def test_a_notice_that_turns_doubtful_asks_a_person_again(pharmacy):
    pharmacy.receive(DRUG, "100")
    take(pharmacy)
    recall = take(pharmacy, "Lots L1 through L9")
    assert (recall.state, bool(recall.doubt)) == (RecallState.DOUBTFUL, True)


def test_a_lot_that_stands_in_quarantine_already_keeps_its_reason_and_is_listed(pharmacy):
    lot = pharmacy.receive(DRUG, "100")
    quarantine_lot(by=pharmacy.technician, lot_id=lot.pk, because="a broken seal")
    recall = take(pharmacy)
    assert state_of(lot) == (LotState.QUARANTINED, "a broken seal")
    assert len(hits(recall)) == 1


def test_two_notices_about_one_lot_each_have_their_own_list(pharmacy):
    pharmacy.receive(DRUG, "100")
    first, second = take(pharmacy), take(pharmacy, number="D-0002-2026")
    assert (len(hits(first)), len(hits(second))) == (1, 1)


# Whose it is


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_who_does_not_work_recalls_takes_none_in(pharmacy, role):
    with pytest.raises(NotAllowed):
        take_notice(by=pharmacy.workers[role], notice=notice(pharmacy))
    assert not Recall.objects.exists()


def test_another_pharmacy_holds_nothing_of_ours_and_sees_nothing(pharmacy):
    lot = pharmacy.receive(DRUG, "100")
    ours = take(pharmacy, "Lot L2")
    stand_in(pharmacy.other.pk)
    theirs = take_notice(by=pharmacy.stranger, notice=notice(pharmacy))
    assert hits(theirs) == []
    assert where_it_stands(pharmacy_id=pharmacy.other.pk, recall=NUMBER) == []
    with pytest.raises(Refused, match="No such recall"):
        match(by=pharmacy.stranger, recall_id=ours.pk)
    stand_in(pharmacy.pharmacy.pk)
    assert state_of(lot)[0] == LotState.AVAILABLE


def test_a_fill_in_screening_is_none_of_a_recall(pharmacy):
    fill = enter_prescription(by=pharmacy.technician, order=pharmacy.order())
    pharmacy.receive(DRUG, "100")
    take(pharmacy)
    assert stored(fill).state == FillState.SCREENING
