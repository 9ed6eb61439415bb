"""Taking an emergency oral order of a C-II: a pharmacist, one call, every element written."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.facts import PartialReason
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import enter_prescription, start_refill
from apothecary.prescriptions.carried import Carried
from apothecary.prescriptions.emergency.models import EmergencyOrder
from apothecary.prescriptions.emergency.tests.orders import (
    TAKEN,
    day,
    last_instant,
    later,
    ordered,
    record_of,
    take,
)
from apothecary.prescriptions.models import Origin, Prescription
from apothecary.prescriptions.on_file import file_prescription
from apothecary.prescriptions.parting import give_part, say_part_reason
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed


def refused(world, order, *, by=None) -> list[tuple[str, str]]:
    """Field and code of every reason against an order."""
    with pytest.raises(Refused) as refusal:
        enter_prescription(by=by or world.pharmacist, order=order)
    assert not EmergencyOrder.objects.exists()
    assert not Prescription.objects.exists()
    return [(one.field, one.code) for one in refusal.value.problems]


def test_a_pharmacist_takes_the_order_and_its_time_begins(pharmacy):
    fill = take(pharmacy)
    row = record_of(fill)
    assert fill.prescription.emergency
    assert fill.prescription.origin == Origin.TELEPHONE
    assert (row.ordered_on, row.due_on, row.due_at) == (TODAY, day(7), last_instant())
    assert row.by_name == pharmacy.pharmacist.name
    assert row.kept_until.year == 2028
    lines = history(
        pharmacy_id=pharmacy.pharmacy.pk, about=[("prescription", fill.prescription_id)]
    )
    assert Deed.EMERGENCY_TAKEN in [line.deed for line in lines]


@pytest.mark.parametrize(
    "role", [Role.CLERK, Role.TRAINEE, Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN]
)
def test_nobody_but_a_pharmacist_takes_one(pharmacy, role):
    with pytest.raises(NotAllowed):
        take(pharmacy, by=pharmacy.workers[role])
    assert not Prescription.objects.exists()


def test_what_says_it_is_an_emergency_and_has_no_record_of_the_call_is_none(pharmacy):
    order = replace(ordered(pharmacy, None), carried=Carried(emergency=True))
    assert ("emergency", "emergency-no-record") in refused(pharmacy, order)


def test_without_an_emergency_a_c_ii_does_not_come_by_telephone(pharmacy):
    assert ("origin", "origin-cii-phone") in refused(pharmacy, ordered(pharmacy, None))


WRONG = [
    ({"because": ""}, "emergency_because", "emergency-because"),
    ({"period": ""}, "emergency_period", "emergency-limited-to-emergency"),
    ({"said": ""}, "emergency_said", "emergency-reduced-to-writing"),
    (
        {"prescriber_known": False},
        "emergency_verified_how",
        "emergency-prescriber-verified",
    ),
    (
        {"determined": TAKEN.determined - {"no_alternative"}},
        "emergency_no_alternative",
        "situation-no-alternative",
    ),
    ({"determined": frozenset()}, "emergency_needed_at_once", "situation-needed-at-once"),
    (
        {"ordered_at": NOON + timedelta(seconds=1)},
        "emergency_ordered_at",
        "emergency-to-come",
    ),
    (
        {"ordered_at": NOON - timedelta(days=2)},
        "emergency_ordered_at",
        "emergency-not-at-once",
    ),
    ({"because": "x" * 1001}, "emergency_because", "emergency-text"),
    ({"period": "three\x00days"}, "emergency_period", "emergency-text"),
]


@pytest.mark.parametrize(("change", "field", "code"), WRONG)
def test_what_is_missing_or_wrong_of_the_call_is_refused_by_its_field(
    pharmacy, change, field, code
):
    order = ordered(pharmacy, replace(TAKEN, **change))
    assert (field, code) in refused(pharmacy, order)


def test_an_effort_in_good_faith_stands_for_a_prescriber_nobody_knows(pharmacy):
    how = "called back at the number of the clinic in the state's directory"
    fill = take(pharmacy, replace(TAKEN, prescriber_known=False, verified_how=how))
    assert record_of(fill).verified_how == how


def test_only_a_schedule_ii_drug_is_ordered_so(pharmacy):
    order = ordered(pharmacy, drug="alprazolam")
    assert refused(pharmacy, order) == [("package_id", "emergency-schedule")]


def test_it_has_no_refills_and_is_never_refilled(pharmacy):
    assert any(
        field == "refills_authorized" or code.startswith("refill")
        for field, code in refused(pharmacy, ordered(pharmacy, refills=1))
    )
    pharmacy.receive("oxycodone", "100")
    fill = pharmacy.walk(take(pharmacy), until=FillState.SOLD)
    with pytest.raises(Refused) as refusal:
        start_refill(by=pharmacy.pharmacist, prescription_id=fill.prescription_id)
    assert "21 CFR 1306.12(a)" in [one.cite for one in refusal.value.problems]


def test_it_comes_by_telephone_and_is_dated_as_it_was_ordered(pharmacy):
    written = ordered(pharmacy, origin=Origin.WRITTEN)
    assert refused(pharmacy, written) == [("origin", "emergency-origin")]
    earlier = ordered(pharmacy, written_on=TODAY - timedelta(days=1))
    assert refused(pharmacy, earlier) == [("written_on", "emergency-written")]


def test_an_order_of_last_night_is_still_put_in_writing(pharmacy):
    night = NOON - timedelta(days=1)
    order = ordered(
        pharmacy, replace(TAKEN, ordered_at=night), written_on=TODAY - timedelta(days=1)
    )
    fill = enter_prescription(by=pharmacy.pharmacist, order=order)
    assert record_of(fill).due_on == day(6)


def test_an_emergency_is_not_kept_on_file(pharmacy):
    with pytest.raises(Refused, match="no emergency"):
        file_prescription(by=pharmacy.pharmacist, order=ordered(pharmacy))
    assert not Prescription.objects.exists()


def test_in_new_york_it_is_for_five_days_and_due_in_seventy_two_hours(pharmacy):
    pharmacy.pharmacy.state = "NY"
    pharmacy.pharmacy.save()
    long = ordered(pharmacy, days_supply=6)
    long.patient.pharmacy.state = "NY"
    assert ("days_supply", "emergency-supply") in refused(pharmacy, long)
    order = ordered(pharmacy, days_supply=5)
    order.patient.pharmacy.state = "NY"
    row = record_of(enter_prescription(by=pharmacy.pharmacist, order=order))
    assert row.due_at == TAKEN.ordered_at + timedelta(hours=72)
    assert row.due_on == day(7)


@pytest.mark.parametrize(("minutes", "late"), [(-1, False), (0, False), (1, True)])
def test_a_part_that_was_asked_for_leaves_seventy_two_hours_from_the_oral_order(
    pharmacy, minutes, late
):
    pharmacy.receive("oxycodone", "100")
    fill = pharmacy.walk(take(pharmacy), until=FillState.WAITING)
    left = timedelta(hours=72, minutes=minutes) - (NOON - TAKEN.ordered_at)
    by = later(pharmacy.pharmacist, seconds=left.total_seconds())
    if late:
        with pytest.raises(Refused, match="Too late"):
            say_part_reason(by=by, fill_id=fill.pk, reason=PartialReason.PATIENT_ASKED)
        return
    say_part_reason(by=by, fill_id=fill.pk, reason=PartialReason.PATIENT_ASKED)
    balance = give_part(by=by, fill_id=fill.pk, quantity_now=Decimal(4), because="asked")
    assert balance.quantity == Decimal(8)


@pytest.mark.parametrize("what", ["update", "delete"])
def test_what_was_written_down_stays(pharmacy, what):
    rows = EmergencyOrder.objects.filter(pk=record_of(take(pharmacy)).pk)
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        rows.update(because="nothing") if what == "update" else rows.delete()
