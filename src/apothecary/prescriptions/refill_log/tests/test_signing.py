"""The day's refills: a line for each, signed by who let them out, in time or late."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.prescriptions.refill_log.models import DispensedRefill, RefillSignature
from apothecary.prescriptions.refill_log.queries import (
    count_of_day,
    lines_of_day,
    owed,
    owed_by,
)
from apothecary.prescriptions.refill_log.signing import sign_refills
from apothecary.prescriptions.refill_log.tests.log import (
    at_check,
    first_fill,
    later,
    refilled,
)
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed

OTHERS = [Role.CLERK, Role.TRAINEE, Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN]


def codes(refusal) -> list[str]:
    return [problem.code for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("drug", "lines"),
    [("testosterone", 1), ("alprazolam", 1), ("pregabalin", 1), ("lisinopril", 0)],
)
def test_each_refill_of_a_controlled_drug_is_a_line_of_the_day(pharmacy, drug, lines):
    refilled(pharmacy, drug)
    assert count_of_day(pharmacy.pharmacy.pk, TODAY) == lines


def test_a_first_fill_is_no_refill(pharmacy):
    first_fill(pharmacy)
    assert not DispensedRefill.objects.exists()


def test_a_refill_that_is_not_approved_yet_is_no_line(pharmacy):
    at_check(pharmacy)
    assert not DispensedRefill.objects.exists()


def test_a_line_shows_what_the_law_asks_of_a_refill(pharmacy):
    fill = refilled(pharmacy)
    (line,) = lines_of_day(pharmacy.pharmacy.pk, TODAY)
    assert (line.rx, line.refill, line.authorized) == (fill.prescription.number, 1, 2)
    assert line.drug.startswith("alprazolam")
    assert line.schedule == "C-IV"
    assert line.quantity == 30
    assert line.patient == "Doe, Jane"
    assert line.prescriber == str(pharmacy.prescriber)
    assert line.dea == pharmacy.prescriber.dea
    assert line.pharmacist == pharmacy.pharmacist.name
    assert (line.at, line.signed_at) == (NOON, None)


def test_a_refill_that_goes_back_to_the_shelf_stays_a_line_and_says_so(pharmacy):
    fill = refilled(pharmacy)
    advance(fill, FillState.RETURNED, by=pharmacy.technician, did=Deed.RETURNED_TO_STOCK)
    (line,) = lines_of_day(pharmacy.pharmacy.pk, TODAY)
    assert line.now == "returned"


def test_the_pharmacist_signs_the_refills_of_the_day_and_it_is_written_down(pharmacy):
    refilled(pharmacy)
    refilled(pharmacy, "testosterone", lot="L2")
    signature = sign_refills(by=pharmacy.pharmacist, day=TODAY, verified=True)
    assert (signature.refills, signature.late) == (2, False)
    assert {line.signed_at for line in lines_of_day(pharmacy.pharmacy.pk, TODAY)} == {NOON}
    assert owed_by(pharmacy.pharmacist) == []
    entry = Entry.objects.get(deed=Deed.REFILLS_SIGNED.value)
    assert (entry.about, entry.about_id) == ("refillsignature", signature.pk)


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_but_a_pharmacist_signs(pharmacy, role):
    refilled(pharmacy)
    with pytest.raises(NotAllowed):
        sign_refills(by=pharmacy.workers[role], day=TODAY, verified=True)
    assert not RefillSignature.objects.exists()


def test_who_has_not_verified_the_lines_has_not_signed(pharmacy):
    refilled(pharmacy)
    with pytest.raises(Refused) as refusal:
        sign_refills(by=pharmacy.pharmacist, day=TODAY, verified=False)
    assert codes(refusal) == ["printout-no-verified"]
    assert refusal.value.problems[0].field == "verified"
    assert not RefillSignature.objects.exists()


def test_each_pharmacist_signs_their_own_and_nobody_elses(pharmacy):
    refilled(pharmacy)
    refilled(pharmacy, "testosterone", lot="L2", who=Role.IN_CHARGE)
    sign_refills(by=pharmacy.pharmacist, day=TODAY, verified=True)
    left = owed(pharmacy.pharmacy.pk, at=NOON, on=TODAY)
    assert [(each.by_id, each.refills) for each in left] == [
        (pharmacy.workers[Role.IN_CHARGE].person_id, 1)
    ]


def test_who_has_nothing_to_sign_is_told_so(pharmacy):
    refilled(pharmacy)
    with pytest.raises(Refused) as refusal:
        sign_refills(by=pharmacy.workers[Role.IN_CHARGE], day=TODAY, verified=True)
    assert codes(refusal) == ["nothing-to-sign"]


def test_signing_twice_signs_once(pharmacy):
    refilled(pharmacy)
    sign_refills(by=pharmacy.pharmacist, day=TODAY, verified=True)
    with pytest.raises(Refused) as refusal:
        sign_refills(by=pharmacy.pharmacist, day=TODAY, verified=True)
    assert codes(refusal) == ["nothing-to-sign"]
    assert RefillSignature.objects.count() == 1


def test_what_is_dispensed_after_the_signature_is_signed_too(pharmacy):
    refilled(pharmacy)
    sign_refills(by=pharmacy.pharmacist, day=TODAY, verified=True)
    refilled(pharmacy, "testosterone", lot="L2", hours=3)
    (left,) = owed_by(pharmacy.pharmacist)
    assert left.refills == 1
    sign_refills(by=later(pharmacy, Role.PHARMACIST, hours=4), day=TODAY, verified=True)
    assert [row.refills for row in RefillSignature.objects.order_by("id")] == [1, 1]


def test_a_day_that_has_not_come_is_not_signed_ahead(pharmacy):
    refilled(pharmacy)
    with pytest.raises(Refused) as refusal:
        sign_refills(by=pharmacy.pharmacist, day=TODAY + timedelta(days=1), verified=True)
    assert codes(refusal) == ["in-future"]


@pytest.mark.parametrize(
    ("seconds", "late"), [(-1, False), (0, False), (1, True)], ids=["before", "on", "after"]
)
def test_the_signature_is_due_within_72_hours(pharmacy, seconds, late):
    refilled(pharmacy)
    by = later(pharmacy, Role.PHARMACIST, hours=72, seconds=seconds)
    (left,) = owed_by(by)
    assert bool(left.late) == late
    assert all(problem.cite == "21 CFR 1306.22(f)(3)" for problem in left.late)
    assert sign_refills(by=by, day=TODAY, verified=True).late == late


def test_the_other_pharmacy_sees_and_signs_nothing_of_it(pharmacy):
    refilled(pharmacy)
    assert owed(pharmacy.other.pk, at=NOON, on=TODAY) == []
    with pytest.raises(Refused) as refusal:
        sign_refills(by=pharmacy.stranger, day=TODAY, verified=True)
    assert codes(refusal) == ["nothing-to-sign"]


@pytest.mark.parametrize("change", ["day", "by_id", "fill_id"])
def test_a_line_of_the_log_is_not_changed_afterwards(pharmacy, change):
    refilled(pharmacy)
    new = {"day": TODAY - timedelta(days=1), "by_id": 1, "fill_id": 1}[change]
    with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
        DispensedRefill.objects.update(**{change: new})


def test_a_signed_line_is_not_signed_over_and_no_signature_is_taken_back(pharmacy):
    refilled(pharmacy)
    signature = sign_refills(by=pharmacy.pharmacist, day=TODAY, verified=True)
    for act in (
        lambda: DispensedRefill.objects.update(signature=None),
        lambda: DispensedRefill.objects.all().delete(),
        lambda: RefillSignature.objects.filter(pk=signature.pk).update(late=True),
    ):
        with pytest.raises(DatabaseError, match="record"), transaction.atomic():
            act()
