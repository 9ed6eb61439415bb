"""A fill is where its units say it is, and `check books` names the fill that is not."""

from decimal import Decimal

import pytest
from django.db import connection

from apothecary.journal.deeds import Deed
from apothecary.prescriptions.actions import cancel_fill
from apothecary.prescriptions.faults import fill_faults, promised_states
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.parting import give_part, try_stock_again
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.stock.actions import quarantine_lot
from apothecary.stock.models import Lot, Reservation

WALKED = [
    FillState.WAITING,
    FillState.FILLING,
    FillState.CHECK,
    FillState.READY,
    FillState.SOLD,
]
WRONG = {
    FillState.SCREENING: FillState.SOLD,
    FillState.WAITING: FillState.SHORT,
    FillState.FILLING: FillState.READY,
    FillState.CHECK: FillState.CANCELLED,
    FillState.READY: FillState.WAITING,
    FillState.SOLD: FillState.READY,
}


def faults(world) -> list[str]:
    return fill_faults(pharmacy_id=world.pharmacy.pk)


def put_by_force(fill: Fill, state: FillState) -> None:
    """What no action does: a state written past its one writer."""
    Fill.objects.filter(pk=fill.pk).update(state=state)


def test_units_are_promised_from_the_queue_to_the_check_and_nowhere_else():
    assert promised_states() == {FillState.WAITING, FillState.FILLING, FillState.CHECK}


@pytest.mark.parametrize("until", WALKED)
def test_a_fill_that_walked_the_plain_way_agrees_with_its_units(pharmacy, until):
    pharmacy.stocked(until=until)
    assert faults(pharmacy) == []


@pytest.mark.parametrize(("walked", "forced"), WRONG.items())
def test_a_state_written_past_the_one_writer_is_named_with_its_units(pharmacy, walked, forced):
    pharmacy.receive("lisinopril", "100")
    fill = pharmacy.enter()
    if walked is not FillState.SCREENING:
        pharmacy.walk(fill, until=walked)
    put_by_force(fill, forced)
    (fault,) = faults(pharmacy)
    assert fault.startswith(f"fill {fill.pk} of 30.000 is in {forced}: reserved ")


@pytest.mark.parametrize("until", WALKED[:-1])
def test_a_fill_cancelled_on_its_way_holds_nothing(pharmacy, until):
    fill = pharmacy.stocked(until=until)
    cancel_fill(by=pharmacy.technician, fill_id=fill.pk, because="moved away")
    assert faults(pharmacy) == []
    put_by_force(fill, FillState.WAITING)
    # Given back once, a promise may lawfully be none; a bag that is gone may not.
    assert len(faults(pharmacy)) == (1 if until is FillState.READY else 0)


def test_a_bag_on_the_shelf_again_agrees(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    advance(fill, FillState.RETURNED, by=pharmacy.technician, did=Deed.RETURNED_TO_STOCK)
    assert faults(pharmacy) == []
    put_by_force(fill, FillState.READY)
    assert "filled 30.000, sold 0, returned 30.000" in faults(pharmacy)[0]


def test_a_part_and_the_balance_owed_agree_each_with_its_own_units(pharmacy):
    fill = pharmacy.stocked(until=FillState.WAITING)
    owed = give_part(
        by=pharmacy.technician, fill_id=fill.pk, quantity_now=Decimal(12), because="short week"
    )
    assert faults(pharmacy) == []
    assert try_stock_again(by=pharmacy.technician, fill_id=owed.pk).state == FillState.WAITING
    assert faults(pharmacy) == []


def test_a_fill_whose_lot_was_quarantined_holds_no_promise_and_is_no_fault(pharmacy):
    fill = pharmacy.stocked(until=FillState.WAITING)
    quarantine_lot(by=pharmacy.technician, lot_id=Lot.objects.get().pk, because="recall")
    assert faults(pharmacy) == []
    Reservation.objects.filter(fill_id=fill.pk).delete()
    assert "is in waiting: reserved 0" in faults(pharmacy)[0]


def test_half_a_promise_is_a_fault(pharmacy):
    fill = pharmacy.stocked(until=FillState.WAITING)
    Reservation.objects.filter(fill_id=fill.pk).update(quantity=15)
    assert "reserved 15.000" in faults(pharmacy)[0]


def test_units_promised_to_a_fill_that_is_not_there_are_a_fault(pharmacy):
    fill = pharmacy.stocked(until=FillState.WAITING)
    Reservation.objects.filter(fill_id=fill.pk).update(fill_id=fill.pk + 1000)
    said = faults(pharmacy)
    assert f"fill {fill.pk + 1000} does not exist" in said[1]
    assert f"fill {fill.pk} of 30.000 is in waiting" in said[0]


def test_it_is_two_questions_however_many_fills_there_are(pharmacy, django_assert_num_queries):
    pharmacy.receive("lisinopril", "1000")
    for _ in range(4):
        pharmacy.walk(pharmacy.enter(), until=FillState.READY)
    with django_assert_num_queries(2, connection=connection):
        assert faults(pharmacy) == []
