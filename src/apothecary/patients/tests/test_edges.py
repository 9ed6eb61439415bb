"""What may not reach a patient's record, and two at one counter who take on the same person."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connections

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.patients.actions import PatientDetails, add_patient, change_patient
from apothecary.patients.cards import add_coverage, lock_patient
from apothecary.patients.models import (
    Allergy,
    Condition,
    Coverage,
    Patient,
    PatientIdentifier,
)
from apothecary.patients.rules import named_once
from apothecary.patients.tests.test_actions import CARD, ROSA
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed


def ours(world) -> int:
    return Patient.objects.filter(pharmacy_id=world.pharmacy.pk).count()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_name": "R\0s"}, "last_name"),
        ({"notes": "\0"}, "notes"),
        ({"language": "english"}, "language"),
        ({"language": ""}, "language"),
        ({"weight_kg": Decimal("NaN")}, "weight_kg"),
        ({"weight_kg": Decimal("Infinity")}, "weight_kg"),
        ({"weight_kg": Decimal(-1)}, "weight_kg"),
        ({"state": "T1"}, "state"),
    ],
)
def test_what_no_record_can_hold_is_refused_and_nothing_changed(pharmacy, change, field):
    before = ours(pharmacy)
    with pytest.raises(Refused) as added:
        add_patient(by=pharmacy.technician, details=replace(ROSA, **change))
    with pytest.raises(Refused) as changed:
        change_patient(
            by=pharmacy.technician,
            patient_id=pharmacy.patient.pk,
            details=replace(ROSA, **change),
        )
    for refusal in (added, changed):
        assert [problem.field for problem in refusal.value.problems] == [field]
    assert ours(pharmacy) == before
    assert Patient.objects.get(pk=pharmacy.patient.pk).last_name == "Doe"


@pytest.mark.parametrize(
    ("change", "field"),
    [({"relationship": "18"}, "relationship"), ({"plan_name": "\0"}, "plan_name")],
)
def test_a_card_no_record_can_hold_is_refused_and_none_is_added(pharmacy, change, field):
    with pytest.raises(Refused) as refused:
        add_coverage(
            by=pharmacy.technician,
            patient_id=pharmacy.patient.pk,
            card=replace(CARD, **change),
        )
    assert [problem.field for problem in refused.value.problems] == [field]
    assert not Coverage.objects.filter(patient=pharmacy.patient).exists()


def test_an_allergy_is_on_file_once_however_often_it_is_said(pharmacy):
    patient = add_patient(
        by=pharmacy.technician, details=ROSA, allergies=("Sulfa", " sulfa ", "", "Latex")
    )
    assert [one.allergen for one in patient.allergies.order_by("pk")] == ["Sulfa", "Latex"]


def test_an_allergy_without_a_name_is_no_answer_to_the_question(pharmacy):
    patient = add_patient(by=pharmacy.technician, details=ROSA, allergies=(" ",))
    assert patient.allergies_reviewed_on is None
    assert not patient.allergies.exists()


def test_an_allergy_with_a_nul_byte_keeps_the_patient_off_file(pharmacy):
    before = ours(pharmacy)
    with pytest.raises(Refused, match="NUL byte in the allergies"):
        add_patient(by=pharmacy.technician, details=ROSA, allergies=("Sul\0fa",))
    assert ours(pharmacy) == before


def test_stray_spaces_do_not_make_a_second_person(pharmacy):
    add_patient(by=pharmacy.technician, details=ROSA)
    with pytest.raises(Refused, match="is here"):
        add_patient(by=pharmacy.technician, details=replace(ROSA, street=" 12 Elm St "))


def test_nobody_is_changed_into_somebody_who_is_here(pharmacy):
    add_patient(by=pharmacy.technician, details=ROSA)
    other = add_patient(by=pharmacy.technician, details=replace(ROSA, street="9 Far Rd"))
    with pytest.raises(Refused, match="is here"):
        change_patient(by=pharmacy.technician, patient_id=other.pk, details=ROSA)
    assert Patient.objects.get(pk=other.pk).street == "9 Far Rd"
    changed = change_patient(
        by=pharmacy.technician, patient_id=other.pk, details=replace(ROSA, street="8 Far Rd")
    )
    assert changed.street == "8 Far Rd"


def test_a_clerk_adds_no_card_and_nothing_is_written(pharmacy):
    lines = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("patient", pharmacy.patient.pk)])
    with pytest.raises(NotAllowed):
        add_coverage(by=pharmacy.clerk, patient_id=pharmacy.patient.pk, card=CARD)
    assert not Coverage.objects.filter(patient=pharmacy.patient).exists()
    assert lines == history(
        pharmacy_id=pharmacy.pharmacy.pk, about=[("patient", pharmacy.patient.pk)]
    )


def test_a_further_card_is_written_down_and_a_nameless_plan_is_called_by_its_bin(pharmacy):
    card = add_coverage(
        by=pharmacy.technician,
        patient_id=pharmacy.patient.pk,
        card=replace(CARD, plan_name="", relationship=""),
    )
    assert (card.order, str(card), card.relationship) == (1, "BIN 999999", "1")
    line = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("patient", pharmacy.patient.pk)])
    assert line[-1].deed == Deed.PATIENT_CHANGED


@pytest.mark.parametrize("patient_id", [0, -1, 10**30])
def test_a_patient_who_is_not_here_takes_no_card(pharmacy, patient_id):
    with pytest.raises(Refused, match="No such patient"):
        add_coverage(by=pharmacy.technician, patient_id=patient_id, card=CARD)
    with pytest.raises(Refused, match="No such patient"):
        lock_patient(by=pharmacy.stranger, patient_id=pharmacy.patient.pk)


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        ((), []),
        (("", "  "), []),
        (("Sulfa", "SULFA", "sulfa "), ["Sulfa"]),
        (("Penicillin  G", "Latex", "penicillin g"), ["Penicillin G", "Latex"]),
        (("花粉", "花粉"), ["花粉"]),
    ],
)
def test_a_name_is_kept_once_as_it_was_first_written(names, kept):
    assert named_once(names) == kept


def test_what_is_on_file_says_its_own_name():
    assert str(Patient(last_name="Doe", first_name="Jane")) == "Doe, Jane"
    assert str(Allergy(allergen="Latex")) == "Latex"
    assert str(Condition(says="Hypertension")) == "Hypertension"
    assert "7001" in str(PatientIdentifier(kind="mrn", number="7001"))


def at_once(world, *acts: Callable[[], object]) -> list[object]:
    """What each act gave, or the refusal it met, all let go at the same instant."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        stand_in(world.pharmacy.pk)
        gate.wait()
        try:
            return act()
        except Refused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_four_who_take_the_same_person_on_file_at_once_make_one_patient(pharmacy):
    def add(details: PatientDetails = ROSA) -> object:
        return add_patient(by=pharmacy.technician, details=details)

    got = at_once(pharmacy, *[add] * 4)
    assert sum(isinstance(each, Refused) for each in got) == 3
    assert Patient.objects.filter(folded="rios,rosa").count() == 1
