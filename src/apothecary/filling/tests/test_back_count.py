"""What is left of a Schedule II drug is counted blind, and only then looked up in the books."""

from decimal import Decimal

import pytest

from apothecary.filling.actions import (
    count_and_label,
    count_back,
    leave_filling,
    record_count,
    scan_bottle,
    send_to_check,
    start_filling,
)
from apothecary.filling.left import left_by_the_books
from apothecary.filling.models import BackCount
from apothecary.filling.tests.bench import (
    deeds,
    filling,
    labelled,
    lines,
    now,
    scanned,
    symbol,
    waiting,
)
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.worker import NotAllowed
from apothecary.stock.models import Lot
from apothecary.verification.evidence import evidence

DRUG = "oxycodone"


@pytest.fixture
def fill(pharmacy) -> Fill:
    """Thirty of a thousand are in the vial, counted twice and labelled: 970 are left."""
    return labelled(pharmacy, DRUG)


def left(world, fill: Fill, counted: str, *, attempt: int = 1, lot: str = "L1") -> BackCount:
    return count_back(
        by=world.technician,
        fill_id=fill.pk,
        lot=lot,
        counted=Decimal(counted),
        try_number=attempt,
    )


def codes(refusal) -> list[str]:
    return [problem.code for problem in refusal.value.problems]


def test_a_count_that_agrees_lets_the_fill_go_to_the_pharmacist(pharmacy, fill):
    with pytest.raises(Refused) as refusal:
        send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    assert codes(refusal) == ["not-counted-back"]
    made = left(pharmacy, fill, "970")
    assert (made.agrees, made.expected, made.try_number) == (True, 970, 1)
    assert send_to_check(by=pharmacy.technician, fill_id=fill.pk).state == FillState.CHECK
    said = next(line for line in lines(pharmacy, fill) if line.deed == Deed.COUNTED_BACK)
    assert said.details == {"lot": "L1", "counted": "970", "books": "970", "try": 1}


@pytest.mark.parametrize(("counted", "difference"), [("969", -1), ("971", 1), ("0", -970)])
def test_one_that_differs_is_made_again_and_the_second_stands_and_is_shown(
    pharmacy, fill, counted, difference
):
    assert not left(pharmacy, fill, counted).agrees
    with pytest.raises(Refused, match="Schedule II is counted back"):
        send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    left(pharmacy, fill, counted, attempt=2)
    assert deeds(pharmacy, fill).count(Deed.BACK_COUNT_DIFFERS) == 2
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    (lot,) = evidence(now(fill)).left
    assert lot.difference == difference
    assert lot.says.endswith("short." if difference < 0 else "over.")
    assert lines(pharmacy, fill)[-1].details["left_differs"] == {"L1": str(difference)}


def test_a_slip_at_the_first_count_is_forgotten_when_the_second_agrees(pharmacy, fill):
    left(pharmacy, fill, "97")
    assert left(pharmacy, fill, "970", attempt=2).agrees
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    (lot,) = evidence(now(fill)).left
    assert (lot.difference, lot.says) == (0, "Left of lot L1: as the books say.")
    assert "left_differs" not in lines(pharmacy, fill)[-1].details


def test_a_click_twice_is_one_count_and_no_third_is_asked_for(pharmacy, fill):
    assert left(pharmacy, fill, "960").pk == left(pharmacy, fill, "970").pk
    left(pharmacy, fill, "961", attempt=2)
    for attempt in (0, 3, 9):
        with pytest.raises(Refused) as refusal:
            left(pharmacy, fill, "970", attempt=attempt)
        assert codes(refusal) == ["left-try"]
    assert BackCount.objects.count() == 2


def test_the_second_count_does_not_come_before_the_first(pharmacy, fill):
    with pytest.raises(Refused, match="0 made"):
        left(pharmacy, fill, "970", attempt=2)
    left(pharmacy, fill, "970")
    with pytest.raises(Refused, match="1 made"):
        left(pharmacy, fill, "970", attempt=2)


@pytest.mark.parametrize(
    ("counted", "code"),
    [("-1", "left-impossible"), ("1000001", "left-impossible"), ("969.5", "count-parts")],
)
def test_what_cannot_be_left_is_refused_and_not_kept(pharmacy, fill, counted, code):
    with pytest.raises(Refused) as refusal:
        left(pharmacy, fill, counted)
    assert (codes(refusal), refusal.value.problems[0].field) == ([code], "counted")
    assert not BackCount.objects.exists()


def test_only_the_lots_the_fill_is_taken_from_are_counted_back(pharmacy, fill):
    with pytest.raises(Refused, match="'L9' is not asked for"):
        left(pharmacy, fill, "970", lot="L9")
    assert left(pharmacy, fill, "970", lot=" l1 ").lot.number == "L1"


def test_nothing_is_counted_back_before_the_vial_is_counted(pharmacy):
    fill = scanned(pharmacy, DRUG)
    with pytest.raises(Refused, match="Count first"):
        left(pharmacy, fill, "970")
    record_count(by=pharmacy.technician, fill_id=fill.pk, quantity=Decimal(30))
    with pytest.raises(Refused, match="Schedule II is counted twice"):
        left(pharmacy, fill, "970")


@pytest.mark.parametrize("drug", ["lisinopril", "alprazolam"])
def test_what_is_not_schedule_ii_is_not_counted_back(pharmacy, drug):
    fill = labelled(pharmacy, drug)
    with pytest.raises(Refused, match="not asked for"):
        left(pharmacy, fill, "970")
    assert send_to_check(by=pharmacy.technician, fill_id=fill.pk).state == FillState.CHECK


def test_a_clerk_and_whoever_has_not_the_fill_in_hand_count_nothing_back(pharmacy, fill):
    with pytest.raises(NotAllowed):
        count_back(by=pharmacy.clerk, fill_id=fill.pk, lot="L1", counted=Decimal(970))
    with pytest.raises(Refused, match="is filling this one"):
        count_back(by=pharmacy.pharmacist, fill_id=fill.pk, lot="L1", counted=Decimal(970))
    left(pharmacy, fill, "970")
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    with pytest.raises(Refused, match="not in filling"):
        left(pharmacy, fill, "970")
    assert BackCount.objects.count() == 1


def test_a_fill_put_back_is_counted_back_anew(pharmacy, fill):
    left(pharmacy, fill, "970")
    leave_filling(by=pharmacy.technician, fill_id=fill.pk)
    start_filling(by=pharmacy.technician, fill_id=fill.pk)
    with pytest.raises(Refused, match="Scan the stock bottle first"):
        left(pharmacy, fill, "970")
    assert evidence(now(fill)).left == []


def test_each_lot_is_counted_for_itself(pharmacy):
    pharmacy.receive(DRUG, "20", lot="OLD")
    fill = waiting(pharmacy, DRUG, stock="100")
    start_filling(by=pharmacy.technician, fill_id=fill.pk)
    for lot in Lot.objects.order_by("id"):
        raw = symbol(pharmacy, DRUG, lot=lot.number, until=lot.expires_on, serial=lot.number)
        scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw=raw)
    record_count(by=pharmacy.technician, fill_id=fill.pk, quantity=Decimal(30))
    count_and_label(
        by=pharmacy.technician, fill_id=fill.pk, quantity=Decimal(30), pass_number=2
    )
    assert left(pharmacy, fill, "0", lot="OLD").agrees
    with pytest.raises(Refused, match="what is left of lot L1:"):
        send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    assert left(pharmacy, fill, "90", lot="L1").agrees
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)


# What the books say is left


def books(world, lot: str = "L1") -> Decimal:
    found = Lot.objects.get(number=lot, package=world.drugs[DRUG])
    return left_by_the_books(pharmacy_id=world.pharmacy.pk, lot_id=found.pk)


def test_what_lies_in_a_vial_is_not_left_from_its_count_until_it_is_put_back(pharmacy):
    fill = filling(pharmacy, DRUG)
    scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw=symbol(pharmacy, DRUG))
    assert books(pharmacy) == 1000
    record_count(by=pharmacy.technician, fill_id=fill.pk, quantity=Decimal(30))
    assert books(pharmacy) == 970
    leave_filling(by=pharmacy.technician, fill_id=fill.pk)
    assert books(pharmacy) == 1000


def test_a_vial_that_waits_for_its_check_is_not_left_and_one_approved_has_moved(pharmacy, fill):
    left(pharmacy, fill, "970")
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    assert books(pharmacy) == 970
    advance(now(fill), FillState.READY, by=pharmacy.pharmacist, did=Deed.FILL_APPROVED)
    assert books(pharmacy) == 970
    again = advance(
        now(fill), FillState.RETURNED, by=pharmacy.pharmacist, did=Deed.RETURNED_TO_STOCK
    )
    assert (again.state, books(pharmacy)) == (FillState.RETURNED, 1000)


def test_a_fill_sent_back_counts_as_poured_back_until_it_is_counted_anew(pharmacy, fill):
    left(pharmacy, fill, "970")
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    advance(now(fill), FillState.FILLING, by=pharmacy.pharmacist, did=Deed.FILL_SENT_BACK)
    assert books(pharmacy) == 1000


def test_two_vials_on_the_counter_are_both_missing_from_the_shelf(pharmacy, fill):
    left(pharmacy, fill, "970")
    other = waiting(pharmacy, DRUG, stock="0", patient=pharmacy.insured)
    assert books(pharmacy) == 970
    start_filling(by=pharmacy.technician, fill_id=other.pk)
    scan_bottle(by=pharmacy.technician, fill_id=other.pk, raw=symbol(pharmacy, DRUG))
    record_count(by=pharmacy.technician, fill_id=other.pk, quantity=Decimal(30))
    assert books(pharmacy) == 940


def test_a_lot_of_another_pharmacy_has_nothing_left_here(pharmacy, fill):
    lot = Lot.objects.get(number="L1")
    assert left_by_the_books(pharmacy_id=pharmacy.other.pk, lot_id=lot.pk) == 0
    assert left_by_the_books(pharmacy_id=pharmacy.pharmacy.pk, lot_id=0) == 0
