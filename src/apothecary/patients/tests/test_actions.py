"""A patient on file: once, whole, and with every change written down."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world import TODAY
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.patients.actions import (
    PatientDetails,
    add_patient,
    change_patient,
    patient_problems,
)
from apothecary.patients.cards import Card, add_coverage, card_problems
from apothecary.patients.models import Patient
from apothecary.staff.worker import NotAllowed

ROSA = PatientDetails(
    last_name="Ríos",
    first_name="Rosa",
    birth_date=date(1990, 5, 17),
    sex="F",
    street="12 Elm St",
    city="Anytown",
    state="TX",
    postal_code="78701",
    phone="5125550123",
)
CARD = Card(plan_name="Commercial", bin="999999", pcn="TESTPCN", cardholder_id="XYZ1")


def deeds(world, patient):
    lines = history(pharmacy_id=world.pharmacy.pk, about=[("patient", patient.pk)])
    return [line.deed for line in lines]


def test_a_new_patient_is_on_file_with_card_and_allergies_and_written_down(pharmacy):
    patient = add_patient(
        by=pharmacy.technician, details=ROSA, card=CARD, allergies=("Penicillin G",)
    )
    found = Patient.objects.get(pk=patient.pk)
    assert (found.folded, found.pharmacy_id) == ("rios,rosa", pharmacy.pharmacy.pk)
    assert [card.bin for card in found.coverages.all()] == ["999999"]
    # Known by name alone: shown to everybody, matched to no class by guess.
    allergy = found.allergies.get()
    assert (allergy.allergen, allergy.ingredient, allergy.allergy_class) == (
        "Penicillin G",
        "",
        "",
    )
    assert found.allergies_reviewed_on == TODAY
    assert deeds(pharmacy, patient) == [Deed.PATIENT_ADDED]


def test_nobody_has_asked_about_allergies_until_somebody_has(pharmacy):
    assert add_patient(by=pharmacy.technician, details=ROSA).allergies_reviewed_on is None


def test_asked_and_none_known_is_not_the_same_as_not_asked(pharmacy):
    patient = add_patient(by=pharmacy.technician, details=ROSA, no_known_allergies=True)
    assert patient.allergies_reviewed_on == TODAY
    assert not patient.allergies.exists()


def test_the_same_patient_is_not_taken_on_file_twice(pharmacy):
    add_patient(by=pharmacy.technician, details=ROSA)
    again = replace(ROSA, last_name="RIOS", street="12 ELM ST")
    with pytest.raises(Refused, match="is here"):
        add_patient(by=pharmacy.technician, details=again)
    assert Patient.objects.filter(folded="rios,rosa").count() == 1


def test_two_people_of_one_name_and_birth_date_may_live_at_two_addresses(pharmacy):
    add_patient(by=pharmacy.technician, details=ROSA)
    add_patient(by=pharmacy.technician, details=replace(ROSA, street="900 Far Rd"))
    assert Patient.objects.filter(folded="rios,rosa").count() == 2


def test_a_clerk_may_not_change_a_patient_profile(pharmacy):
    with pytest.raises(NotAllowed):
        add_patient(by=pharmacy.clerk, details=ROSA)
    with pytest.raises(NotAllowed):
        change_patient(by=pharmacy.clerk, patient_id=pharmacy.patient.pk, details=ROSA)
    assert not Patient.objects.filter(folded="rios,rosa").exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_name": " "}, "last_name"),
        ({"first_name": "--"}, "first_name"),
        ({"birth_date": TODAY + timedelta(days=1)}, "birth_date"),
        ({"birth_date": date(1895, 12, 31)}, "birth_date"),
        ({"sex": "X"}, "sex"),
        ({"phone": "555-0123"}, "phone"),
        ({"weight_kg": Decimal(0)}, "weight_kg"),
        ({"weight_kg": Decimal("700.01")}, "weight_kg"),
        ({"state": "Texas"}, "state"),
    ],
)
def test_impossible_details_are_refused_naming_the_field(change, field):
    problems = patient_problems(replace(ROSA, **change), on=TODAY)
    assert [problem.field for problem in problems] == [field]


@pytest.mark.parametrize("born", [TODAY, TODAY - timedelta(days=1), date(1896, 1, 1)])
def test_a_patient_may_be_born_today_or_very_long_ago(born):
    assert patient_problems(replace(ROSA, birth_date=born), on=TODAY) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"bin": "99999"}, "bin"),
        ({"bin": "99999A"}, "bin"),
        ({"cardholder_id": " "}, "cardholder_id"),
        ({"cardholder_id": "1" * 21}, "cardholder_id"),
        ({"pcn": "1" * 11}, "pcn"),
    ],
)
def test_a_card_that_no_claim_could_carry_is_refused(change, field):
    assert [problem.field for problem in card_problems(replace(CARD, **change))] == [field]


def test_a_bad_card_keeps_the_patient_off_file_too(pharmacy):
    with pytest.raises(Refused, match="BIN"):
        add_patient(by=pharmacy.technician, details=ROSA, card=replace(CARD, bin="1"))
    assert not Patient.objects.filter(folded="rios,rosa").exists()


def test_a_change_keeps_what_was_there_before_in_the_journal(pharmacy):
    patient = add_patient(by=pharmacy.technician, details=ROSA)
    married = replace(ROSA, last_name="Vega")
    change_patient(by=pharmacy.technician, patient_id=patient.pk, details=married)
    assert Patient.objects.get(pk=patient.pk).folded == "vega,rosa"
    line = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("patient", patient.pk)])[-1]
    assert line.details["changed"] == {"last_name": ["Ríos", "Vega"]}


def test_a_change_to_the_same_is_no_change(pharmacy):
    patient = add_patient(by=pharmacy.technician, details=ROSA)
    change_patient(by=pharmacy.technician, patient_id=patient.pk, details=ROSA)
    assert deeds(pharmacy, patient) == [Deed.PATIENT_ADDED]


def test_a_further_card_is_the_last_in_order(pharmacy):
    add_coverage(by=pharmacy.technician, patient_id=pharmacy.insured.pk, card=CARD)
    assert list(
        pharmacy.insured.coverages.order_by("order").values_list("order", flat=True)
    ) == [1, 2]


def test_a_stranger_cannot_change_our_patient(pharmacy):
    with pytest.raises(Refused, match="No such patient"):
        change_patient(by=pharmacy.stranger, patient_id=pharmacy.patient.pk, details=ROSA)
    assert Patient.objects.get(pk=pharmacy.patient.pk).last_name == "Doe"
