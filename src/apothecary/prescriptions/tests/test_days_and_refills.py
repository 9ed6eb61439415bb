"""Until when and how often: the law at entry and at each refill, day before, on and after."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from apothecary.config.tests.world import NOON, TODAY
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import (
    cancel_fill,
    dispensed_so_far,
    enter_prescription,
    start_refill,
)
from apothecary.prescriptions.models import Dispensed, Fill, Prescription, PrescriptionState
from apothecary.prescriptions.states import FillState
from apothecary.staff.worker import Worker

# Texas, as the law's tables have it: C-II 30 days, C-III to C-V six months; others as the
# house says, here twelve months.
LAST_DAYS = [
    ("oxycodone", 0, date(2026, 10, 24), date(2026, 11, 23)),
    ("testosterone", 5, date(2026, 8, 31), date(2027, 2, 28)),
    ("alprazolam", 5, date(2026, 5, 23), date(2026, 11, 23)),
    ("pregabalin", 5, date(2026, 11, 20), date(2027, 5, 20)),
    ("lisinopril", 11, date(2025, 11, 23), date(2026, 11, 23)),
    ("lisinopril", 11, date(2024, 2, 29), date(2025, 2, 28)),
]


def on_day(worker: Worker, day: date) -> Worker:
    """The worker at noon of another day."""
    return worker.at_time(NOON + (day - TODAY), day)


def codes(refusal: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {problem.code for problem in refusal.value.problems}


@pytest.mark.parametrize("days", [-1, 0, 1])
@pytest.mark.parametrize(("drug", "refills", "written_on", "last"), LAST_DAYS)
def test_a_prescription_is_entered_until_its_last_day(
    pharmacy, drug, refills, written_on, last, days
):
    order = pharmacy.order(drug, refills=refills, written_on=written_on)
    by = on_day(pharmacy.technician, last + timedelta(days=days))
    if days <= 0:
        assert enter_prescription(by=by, order=order).prescription.expires_on == last
        return
    with pytest.raises(Refused) as refusal:
        enter_prescription(by=by, order=order)
    assert "rx-expired" in codes(refusal)
    assert all(problem.cite for problem in refusal.value.problems)
    assert not Prescription.objects.exists()


@pytest.mark.parametrize("days", [-1, 0, 1])
@pytest.mark.parametrize(
    ("drug", "last"), [("alprazolam", date(2027, 5, 20)), ("lisinopril", date(2027, 11, 20))]
)
def test_a_refill_starts_until_the_last_day(pharmacy, drug, last, days):
    pharmacy.receive(drug, "1000")
    first = enter_prescription(by=pharmacy.technician, order=pharmacy.order(drug, refills=2))
    pharmacy.walk(first, until=FillState.SOLD)
    by = on_day(pharmacy.technician, last + timedelta(days=days))
    if days <= 0:
        assert start_refill(by=by, prescription_id=first.prescription_id).number == 1
        return
    with pytest.raises(Refused) as refusal:
        start_refill(by=by, prescription_id=first.prescription_id)
    assert codes(refusal) == {"rx-expired"}
    assert Fill.objects.count() == 1


@pytest.mark.parametrize(
    ("drug", "most", "days"),
    [("oxycodone", 0, 1), ("testosterone", 5, 1), ("alprazolam", 5, 1), ("pregabalin", 5, 1)],
)
def test_a_controlled_drug_carries_as_many_refills_as_its_schedule_allows(
    pharmacy, drug, most, days
):
    enter_prescription(by=pharmacy.technician, order=pharmacy.order(drug, refills=most))
    with pytest.raises(Refused) as refusal:
        enter_prescription(by=pharmacy.technician, order=pharmacy.order(drug, refills=most + 1))
    assert "refills-authorized-over-limit" in codes(refusal)
    assert Prescription.objects.count() == 1


@pytest.mark.parametrize(
    ("drug", "authorized", "given"),
    [("oxycodone", 0, 0), ("alprazolam", 5, 5), ("alprazolam", 1, 1), ("lisinopril", 7, 7)],
)
def test_it_is_refilled_as_often_as_authorized_and_not_once_more(
    pharmacy, drug, authorized, given
):
    pharmacy.receive(drug, "1000")
    order = pharmacy.order(drug, refills=authorized)
    fill = enter_prescription(by=pharmacy.technician, order=order)
    pharmacy.walk(fill, until=FillState.SOLD)
    for _ in range(given):
        refill = start_refill(by=pharmacy.technician, prescription_id=fill.prescription_id)
        pharmacy.walk(refill, until=FillState.SOLD)
    with pytest.raises(Refused) as refusal:
        start_refill(by=pharmacy.technician, prescription_id=fill.prescription_id)
    assert "refill-none-left" in codes(refusal)
    assert Fill.objects.count() == given + 1


def test_a_c_ii_is_not_refilled_even_where_the_paper_says_so(pharmacy):
    pharmacy.receive("oxycodone", "1000")
    order = pharmacy.order("oxycodone", refills=0)
    fill = enter_prescription(by=pharmacy.technician, order=order)
    pharmacy.walk(fill, until=FillState.SOLD)
    Prescription.objects.update(refills=3)
    with pytest.raises(Refused) as refusal:
        start_refill(by=pharmacy.technician, prescription_id=fill.prescription_id)
    assert "refill-prohibited" in codes(refusal)
    assert "1306.12(a)" in refusal.value.problems[0].cite


@pytest.mark.parametrize(("days", "fine"), [(-1, False), (0, True), (1, True)])
@pytest.mark.parametrize("drug", ["oxycodone", "lisinopril"])
def test_nothing_is_filled_before_the_day_the_prescriber_set(pharmacy, drug, days, fine):
    not_before = TODAY - timedelta(days=days)
    order = replace(pharmacy.order(drug, refills=0), earliest_fill_on=not_before)
    if fine:
        enter_prescription(by=pharmacy.technician, order=order)
        return
    with pytest.raises(Refused) as refusal:
        enter_prescription(by=pharmacy.technician, order=order)
    assert codes(refusal) == {"fill-too-early"}


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_the_thirty_days_of_a_c_ii_in_a_series_run_from_its_earliest_day(pharmacy, days):
    earliest = date(2026, 12, 20)
    order = replace(pharmacy.order("oxycodone", refills=0), earliest_fill_on=earliest)
    by = on_day(pharmacy.technician, earliest + timedelta(days=30 + days))
    if days <= 0:
        enter_prescription(by=by, order=order)
        return
    with pytest.raises(Refused) as refusal:
        enter_prescription(by=by, order=order)
    assert "rx-expired" in codes(refusal)


@pytest.mark.parametrize(("days", "fine"), [(0, True), (1, False), (400, False)])
def test_a_prescription_of_tomorrow_is_not_entered_today(pharmacy, days, fine):
    order = pharmacy.order(written_on=TODAY + timedelta(days=days))
    if fine:
        enter_prescription(by=pharmacy.technician, order=order)
        return
    with pytest.raises(Refused) as refusal:
        enter_prescription(by=pharmacy.technician, order=order)
    assert "written_on" in {problem.field for problem in refusal.value.problems}


def test_a_fill_that_was_called_off_takes_no_refill(pharmacy):
    pharmacy.receive("alprazolam", "1000")
    order = pharmacy.order("alprazolam", refills=1)
    first = enter_prescription(by=pharmacy.technician, order=order)
    cancel_fill(by=pharmacy.technician, fill_id=first.pk, because="not today")
    for _ in range(2):
        again = start_refill(by=pharmacy.technician, prescription_id=first.prescription_id)
        pharmacy.walk(again, until=FillState.SOLD)
    with pytest.raises(Refused, match="No refills are left"):
        start_refill(by=pharmacy.technician, prescription_id=first.prescription_id)


@pytest.mark.parametrize("state", [PrescriptionState.CANCELLED, PrescriptionState.DISCONTINUED])
def test_a_prescription_that_was_stopped_gives_no_refill(pharmacy, state):
    fill = pharmacy.stocked(until=FillState.SOLD)
    Prescription.objects.update(state=state)
    with pytest.raises(Refused) as refusal:
        start_refill(by=pharmacy.technician, prescription_id=fill.prescription_id)
    assert codes(refusal) == {"rx-not-active"}


@pytest.mark.parametrize(
    ("entered_at", "first_on"),
    [
        (datetime(2026, 11, 24, 5, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 24, 6, 0, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 7, 2, 4, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 2, 5, 0, tzinfo=UTC), date(2026, 7, 2)),
    ],
)
def test_the_first_fill_is_of_the_pharmacys_day_not_of_greenwich(
    pharmacy, entered_at, first_on
):
    fill = pharmacy.enter()
    Fill.objects.filter(pk=fill.pk).update(created_at=entered_at)
    found = dispensed_so_far(fill.prescription, pharmacy=pharmacy.pharmacy)
    assert (found.fills, found.quantity, found.first_on) == (1, fill.quantity, first_on)


def test_what_was_called_off_was_never_the_first_fill(pharmacy):
    fill = pharmacy.enter()
    cancel_fill(by=pharmacy.technician, fill_id=fill.pk, because="moved away")
    assert dispensed_so_far(fill.prescription, pharmacy=pharmacy.pharmacy) == Dispensed()
