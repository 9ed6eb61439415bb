"""The walk of a fill: one writer, one table, the ledger and the journal at every step."""

from datetime import date
from decimal import Decimal

import pytest

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import (
    cancel_fill,
    cancel_prescription,
    enter_prescription,
    start_refill,
)
from apothecary.prescriptions.models import Fill, NumberBlock, Prescription
from apothecary.prescriptions.parting import give_part, try_stock_again
from apothecary.prescriptions.states import ENDED, STEPS, TABLE, FillState
from apothecary.prescriptions.writer import advance, lock_fill
from apothecary.staff.worker import NotAllowed
from apothecary.stock.models import Balance, PlaceKind
from apothecary.stock.queries import book_faults

WAY = {
    FillState.WAITING: "system",
    FillState.FILLING: "technician",
    FillState.CHECK: "technician",
    FillState.READY: "pharmacist",
    FillState.SOLD: "technician",
}


def walk(world, fill: Fill, *, until: FillState) -> Fill:
    """Take a fill from screening along the plain way."""
    for state, who in WAY.items():
        advance(fill, state, by=getattr(world, who), did=Deed.FILL_MOVED)
        if state is until:
            break
    return fill


def shelf(world, drug: str) -> tuple[Decimal, Decimal]:
    balance = Balance.objects.get(lot__package=world.drugs[drug], place__kind=PlaceKind.SHELF)
    return balance.on_hand, balance.reserved


def test_a_prescription_gets_the_next_number_of_the_stores_block(pharmacy):
    first, second = pharmacy.enter(), pharmacy.enter("metformin")
    assert second.prescription.number == first.prescription.number + 1 == 7_000_001


def test_an_entered_prescription_is_written_in_the_journal_and_waits_for_screening(pharmacy):
    fill = pharmacy.enter()
    assert fill.state == FillState.SCREENING
    lines = history(
        pharmacy_id=pharmacy.pharmacy.pk,
        about=[("prescription", fill.prescription_id), ("fill", fill.pk)],
    )
    assert [line.deed for line in lines] == [Deed.PRESCRIPTION_ENTERED, Deed.FILL_MOVED]
    assert lines[0].by == pharmacy.technician.name


def test_a_clerk_may_not_enter_a_prescription_and_nothing_is_written(pharmacy):
    with pytest.raises(NotAllowed):
        enter_prescription(by=pharmacy.clerk, order=pharmacy.order())
    assert not Prescription.objects.exists()


@pytest.mark.parametrize("quantity", ["0", "-30", "99999", "30.5"])
def test_an_impossible_quantity_is_refused_naming_the_field(pharmacy, quantity):
    with pytest.raises(Refused) as refusal:
        enter_prescription(by=pharmacy.technician, order=pharmacy.order(quantity=quantity))
    assert "quantity" in {problem.field for problem in refusal.value.problems}
    assert not Prescription.objects.exists()


def test_every_reason_is_given_at_once(pharmacy):
    order = pharmacy.order(
        "oxycodone", refills=3, days=0, directions=" ", written_on=date(2026, 1, 2)
    )
    with pytest.raises(Refused) as refusal:
        enter_prescription(by=pharmacy.technician, order=order)
    fields = {problem.field for problem in refusal.value.problems}
    assert {"days_supply", "directions", "written_on"} <= fields
    cites = " ".join(problem.cite for problem in refusal.value.problems)
    assert "1306.12(a)" in cites


def test_the_plain_way_moves_the_units_to_the_patient(pharmacy):
    pharmacy.receive("lisinopril", "100")
    fill = walk(pharmacy, pharmacy.enter(), until=FillState.SOLD)
    assert Fill.objects.get(pk=fill.pk).state == FillState.SOLD
    assert shelf(pharmacy, "lisinopril") == (70, 0)
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_without_enough_stock_a_fill_is_short_and_says_how_much_is_missing(pharmacy):
    pharmacy.receive("lisinopril", "12")
    fill = advance(pharmacy.enter(), FillState.WAITING, by=pharmacy.system, did=Deed.FILL_MOVED)
    assert (fill.state, fill.because) == (FillState.SHORT, "needs 30, 12 on hand")
    with pytest.raises(Refused, match="Still out of stock"):
        try_stock_again(by=pharmacy.technician, fill_id=fill.pk)
    pharmacy.receive("lisinopril", "50", lot="L2")
    assert try_stock_again(by=pharmacy.technician, fill_id=fill.pk).state == FillState.WAITING


def test_a_technician_may_not_approve(pharmacy):
    pharmacy.receive("lisinopril", "100")
    fill = walk(pharmacy, pharmacy.enter(), until=FillState.CHECK)
    with pytest.raises(NotAllowed):
        advance(fill, FillState.READY, by=pharmacy.technician, did=Deed.FILL_APPROVED)
    assert Fill.objects.get(pk=fill.pk).state == FillState.CHECK


def test_a_fill_seen_before_somebody_moved_it_cannot_be_moved_again(pharmacy):
    pharmacy.receive("lisinopril", "100")
    fill = walk(pharmacy, pharmacy.enter(), until=FillState.WAITING)
    stale = lock_fill(by=pharmacy.technician, fill_id=fill.pk)
    advance(fill, FillState.FILLING, by=pharmacy.technician, did=Deed.FILLING_STARTED)
    with pytest.raises(Refused, match="Somebody else"):
        advance(stale, FillState.FILLING, by=pharmacy.technician, did=Deed.FILLING_STARTED)


def test_a_step_that_is_not_in_the_table_does_not_exist(pharmacy):
    fill = pharmacy.enter()
    for to in FillState:
        if (FillState.SCREENING, to) not in TABLE:
            with pytest.raises(Refused, match="cannot go to"):
                advance(fill, to, by=pharmacy.pharmacist, did=Deed.FILL_MOVED)


def test_nothing_leaves_an_ended_fill():
    assert not [step for step in STEPS if step.start in ENDED]


@pytest.mark.parametrize("until", [None, *list(WAY)[:-1]])
def test_a_fill_is_cancelled_in_every_state_and_its_units_are_free_again(pharmacy, until):
    pharmacy.receive("lisinopril", "100")
    fill = pharmacy.enter()
    if until:
        walk(pharmacy, fill, until=until)
    cancel_fill(by=pharmacy.technician, fill_id=fill.pk, because="patient changed her mind")
    assert Fill.objects.get(pk=fill.pk).state == FillState.CANCELLED
    assert shelf(pharmacy, "lisinopril") == (100, 0)
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_a_sold_fill_cannot_be_cancelled(pharmacy):
    pharmacy.receive("lisinopril", "100")
    fill = walk(pharmacy, pharmacy.enter(), until=FillState.SOLD)
    with pytest.raises(Refused, match="cannot go to"):
        cancel_fill(by=pharmacy.technician, fill_id=fill.pk, because="too late")
    assert shelf(pharmacy, "lisinopril") == (70, 0)


def test_a_cancelled_prescription_takes_its_open_fill_with_it_and_gives_no_refill(pharmacy):
    pharmacy.receive("lisinopril", "100")
    fill = walk(pharmacy, pharmacy.enter(), until=FillState.READY)
    rx = fill.prescription
    cancel_prescription(by=pharmacy.technician, prescription_id=rx.pk, because="CancelRx")
    assert Fill.objects.get(pk=fill.pk).state == FillState.CANCELLED
    with pytest.raises(Refused, match="cancelled by the prescriber"):
        start_refill(by=pharmacy.technician, prescription_id=rx.pk)


def test_a_refill_waits_until_the_fill_before_it_has_ended(pharmacy):
    pharmacy.receive("lisinopril", "100")
    fill = pharmacy.enter()
    with pytest.raises(Refused, match="already on its way"):
        start_refill(by=pharmacy.technician, prescription_id=fill.prescription_id)
    walk(pharmacy, fill, until=FillState.SOLD)
    refill = start_refill(by=pharmacy.technician, prescription_id=fill.prescription_id)
    assert (refill.number, refill.state) == (1, FillState.SCREENING)


def test_a_third_refill_of_a_prescription_with_two_is_refused(pharmacy):
    pharmacy.receive("lisinopril", "200")
    fill = walk(pharmacy, pharmacy.enter(), until=FillState.SOLD)
    for _ in range(2):
        refill = start_refill(by=pharmacy.technician, prescription_id=fill.prescription_id)
        walk(pharmacy, refill, until=FillState.SOLD)
    with pytest.raises(Refused, match="refill"):
        start_refill(by=pharmacy.technician, prescription_id=fill.prescription_id)


def test_a_part_is_given_now_and_the_balance_is_owed(pharmacy):
    pharmacy.receive("lisinopril", "12")
    fill = advance(pharmacy.enter(), FillState.WAITING, by=pharmacy.system, did=Deed.FILL_MOVED)
    balance = give_part(
        by=pharmacy.technician, fill_id=fill.pk, quantity_now=Decimal(12), because="short"
    )
    part = Fill.objects.get(pk=fill.pk)
    assert (part.state, part.quantity, part.days_supply) == (FillState.WAITING, 12, 12)
    assert (balance.state, balance.quantity, balance.part) == (FillState.SHORT, 18, 2)
    assert part.days_supply + balance.days_supply == 30
    assert shelf(pharmacy, "lisinopril") == (12, 12)


@pytest.mark.parametrize("quantity", ["0", "-1", "30", "31"])
def test_a_part_is_more_than_nothing_and_less_than_all(pharmacy, quantity):
    pharmacy.receive("lisinopril", "12")
    fill = advance(pharmacy.enter(), FillState.WAITING, by=pharmacy.system, did=Deed.FILL_MOVED)
    with pytest.raises(Refused, match="part"):
        give_part(
            by=pharmacy.technician,
            fill_id=fill.pk,
            quantity_now=Decimal(quantity),
            because="short",
        )


def test_a_stranger_finds_no_fill_of_ours(pharmacy):
    fill = pharmacy.enter()
    with pytest.raises(Refused, match="No such fill"):
        lock_fill(by=pharmacy.stranger, fill_id=fill.pk)


def test_a_block_that_is_used_up_gives_no_number(pharmacy):
    NumberBlock.objects.filter(pharmacy=pharmacy.pharmacy).update(first=1, last=1, next=2)
    with pytest.raises(Refused, match="block of Rx numbers"):
        pharmacy.enter()
    assert not Prescription.objects.exists()
