"""A part now and the balance later: how much, how late, nothing twice, and written down."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world import NOON, TODAY, World
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.facts import PartialReason
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import cancel_fill, enter_prescription
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.parting import (
    give_part,
    owed_problems,
    say_part_reason,
    try_stock_again,
)
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed, Worker
from apothecary.verification.actions import approve

TEN = Decimal(10)
SECOND = timedelta(seconds=1)
HOURS_72 = timedelta(hours=72)


def waiting(world: World, drug: str, *, stock: str = "10") -> Fill:
    """A fill that waits for more than there is on the shelf."""
    world.receive(drug, stock, lot="FIRST")
    order = world.order(drug, quantity="30", refills=0)
    fill = enter_prescription(by=world.technician, order=order)
    return advance(fill, FillState.WAITING, by=world.system, did=Deed.FILL_MOVED)


def parted(world: World, drug: str, *, reason: str = PartialReason.SHORT) -> Fill:
    """The balance of a fill of which ten were given, with its units on the shelf by now."""
    fill = waiting(world, drug)
    say_part_reason(by=world.technician, fill_id=fill.pk, reason=reason)
    balance = give_part(by=world.technician, fill_id=fill.pk, quantity_now=TEN, because="short")
    world.receive(drug, "100", lot="LATER")
    return balance


def ten_now(fill: Fill, *, by: Worker) -> Fill:
    """Ten are given now; the answer is the balance."""
    return give_part(by=by, fill_id=fill.pk, quantity_now=TEN, because="short")


def later(worker: Worker, after: timedelta) -> Worker:
    """The same worker so much later; on the same calendar, as far as a test needs it."""
    return worker.at_time(NOON + after, TODAY + timedelta(days=after.days))


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("drug", "after", "in_time"),
    [
        ("oxycodone", timedelta(0), True),
        ("oxycodone", HOURS_72 - SECOND, True),
        ("oxycodone", HOURS_72, True),
        ("oxycodone", HOURS_72 + SECOND, False),
        ("lisinopril", HOURS_72 + SECOND, True),
        ("lisinopril", timedelta(days=200), True),
    ],
)
def test_the_balance_of_a_c_ii_is_handed_out_within_72_hours_or_not_at_all(
    pharmacy, drug, after, in_time
):
    balance = parted(pharmacy, drug)
    by = later(pharmacy.technician, after)
    if in_time:
        assert try_stock_again(by=by, fill_id=balance.pk).state == FillState.WAITING
        return
    with pytest.raises(Refused, match="72 hours") as refusal:
        try_stock_again(by=by, fill_id=balance.pk)
    assert codes(refusal) == ["part-too-late"]
    assert "1306.13(a)" in refusal.value.problems[0].cite
    assert Fill.objects.get(pk=balance.pk).state == FillState.SHORT


@pytest.mark.parametrize(("late", "state"), [(0, FillState.READY), (1, FillState.CHECK)])
def test_a_balance_that_lay_on_the_counter_too_long_is_not_approved(pharmacy, late, state):
    balance = try_stock_again(by=pharmacy.technician, fill_id=parted(pharmacy, "oxycodone").pk)
    for to in (FillState.FILLING, FillState.CHECK):
        advance(balance, to, by=pharmacy.pharmacist, did=Deed.FILL_MOVED)
    by = later(pharmacy.pharmacist, HOURS_72 + late * SECOND)
    if late:
        with pytest.raises(Refused, match="72 hours"):
            approve(by=by, fill_id=balance.pk)
    else:
        approve(by=by, fill_id=balance.pk)
    assert Fill.objects.get(pk=balance.pk).state == state


def test_the_clock_of_a_second_parting_runs_from_the_first(pharmacy):
    balance = parted(pharmacy, "oxycodone")
    by = later(pharmacy.technician, HOURS_72 - SECOND)
    third = ten_now(balance, by=by)
    assert (third.part, third.quantity) == (3, TEN)
    with pytest.raises(Refused, match="72 hours"):
        try_stock_again(by=later(by, HOURS_72 + SECOND), fill_id=third.pk)


def test_a_part_of_a_c_ii_is_not_parted_again_after_72_hours(pharmacy):
    balance = parted(pharmacy, "oxycodone")
    by = later(pharmacy.technician, HOURS_72 + SECOND)
    with pytest.raises(Refused, match="72 hours"):
        ten_now(balance, by=by)
    assert Fill.objects.filter(prescription_id=balance.prescription_id).count() == 2


def test_when_the_first_part_was_called_off_the_balance_is_the_first(pharmacy):
    balance = parted(pharmacy, "oxycodone")
    first = Fill.objects.exclude(pk=balance.pk).get()
    cancel_fill(by=pharmacy.technician, fill_id=first.pk, because="left")
    assert owed_problems(balance, by=later(pharmacy.technician, timedelta(days=5))) == []


@pytest.mark.parametrize(
    ("drug", "written_on", "on", "in_time"),
    [
        ("alprazolam", date(2026, 8, 31), date(2027, 2, 28), True),
        ("alprazolam", date(2026, 8, 31), date(2027, 3, 1), False),
        ("alprazolam", date(2026, 11, 20), date(2027, 5, 20), True),
        ("alprazolam", date(2026, 11, 20), date(2027, 5, 21), False),
        ("lisinopril", date(2026, 11, 20), date(2027, 5, 21), True),
    ],
)
def test_parts_of_c_iii_to_c_v_end_six_months_after_issue(
    pharmacy, drug, written_on, on, in_time
):
    balance = parted(pharmacy, drug)
    Prescription.objects.update(written_on=written_on)
    balance.prescription.refresh_from_db()
    by = pharmacy.technician.at_time(NOON + (on - TODAY), on)
    found = [problem.code for problem in owed_problems(balance, by=by)]
    assert found == ([] if in_time else ["part-too-late"])


@pytest.mark.parametrize("quantity", ["-1", "0", "0.5", "9.999", "30", "31", "1000000"])
def test_a_part_is_some_whole_tablets_and_not_all(pharmacy, quantity):
    fill = waiting(pharmacy, "lisinopril")
    with pytest.raises(Refused) as refusal:
        give_part(
            by=pharmacy.technician,
            fill_id=fill.pk,
            quantity_now=Decimal(quantity),
            because="short",
        )
    assert codes(refusal) == ["part-quantity"]
    assert Fill.objects.count() == 1


def test_the_same_click_twice_parts_the_part_and_loses_nothing(pharmacy):
    fill = waiting(pharmacy, "lisinopril")
    ten_now(fill, by=pharmacy.technician)
    with pytest.raises(Refused, match="below 10"):
        ten_now(fill, by=pharmacy.technician)
    assert sum(part.quantity for part in Fill.objects.all()) == 30


def test_nobody_without_the_duty_parts_a_fill_and_it_is_written_down_who_did(pharmacy):
    fill = waiting(pharmacy, "lisinopril")
    with pytest.raises(NotAllowed):
        ten_now(fill, by=pharmacy.workers[Role.CLERK])
    balance = ten_now(fill, by=pharmacy.technician)
    line = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("fill", fill.pk)])[-1]
    assert (line.deed, line.by) == (Deed.BALANCE_OWED, pharmacy.technician.name)
    assert line.details["balance_fill"] == balance.pk


@pytest.mark.parametrize("until", [FillState.CHECK, FillState.READY, FillState.SOLD])
def test_what_is_counted_or_gone_is_parted_no_more(pharmacy, until):
    fill = pharmacy.stocked(until=until)
    with pytest.raises(Refused, match="somebody has moved it on"):
        ten_now(fill, by=pharmacy.technician)
