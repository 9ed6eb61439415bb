"""Finding a patient, the brief beside every fill, and the profile that is never read unseen."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.patients.models import Condition, Patient
from apothecary.patients.queries import brief, find_patients, split_asked
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in

TODAY = date(2026, 11, 23)


def client_of(pharmacy, role: Role = Role.TECHNICIAN) -> Client:
    token = worker_token(person=pharmacy.people[role], station="x", at=timezone.now())
    return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})


@pytest.mark.parametrize(
    ("asked", "name", "born"),
    [
        ("garcia,maria 4/2/61", "garcia,maria", date(1961, 4, 2)),
        ("garcia 04/02/1961", "garcia", date(1961, 4, 2)),
        ("4-2-61 garcia", "garcia", date(1961, 4, 2)),
        ("4/2/1961", "", date(1961, 4, 2)),
        ("garcia", "garcia", None),
        ("  o'brien , jo ", "o'brien , jo", None),
        ("2/30/1961", "", None),
        ("13/1/1961", "", None),
        ("5125550142", "", None),
        ("", "", None),
    ],
)
def test_a_name_and_a_birth_date_are_told_apart(asked, name, born):
    assert split_asked(asked, today=TODAY) == (name, born)


@pytest.mark.parametrize(
    ("year", "born"), [("25", 2025), ("26", 2026), ("27", 1927), ("00", 2000)]
)
def test_a_year_of_two_digits_is_the_last_that_is_not_in_the_future(year, born):
    assert split_asked(f"1/1/{year}", today=TODAY)[1] == date(born, 1, 1)


def find(pharmacy, asked: str) -> list[str]:
    here = pharmacy.pharmacy.pk
    return [str(one) for one in find_patients(pharmacy_id=here, asked=asked, today=TODAY)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("NUNEZ", ["Núñez-O'Brien, María"]),
        ("núñez o'brien, mari", ["Núñez-O'Brien, María"]),
        ("doe,j", ["Doe, Jane"]),
        ("doe,x", []),
        ("oe", []),
        ("4/2/61", ["Núñez-O'Brien, María"]),
        ("doe 4/2/61", []),
        ("(512) 555-0111", ["Doe, Jane", "Núñez-O'Brien, María"]),
        ("5550111", ["Doe, Jane", "Núñez-O'Brien, María"]),
        ("0111", []),
        ("%", []),
        ("_oe", []),
        ("12345678901", []),
    ],
)
def test_patients_are_found_by_the_beginning_of_the_name_the_birth_date_or_the_phone(
    pharmacy, asked, found
):
    assert find(pharmacy, asked) == found


def test_somebody_of_another_pharmacy_is_not_found(pharmacy):
    assert find(pharmacy, "doe") == ["Doe, Jane"]
    stand_in(pharmacy.other.pk)
    assert find(pharmacy, "doe") == []


def test_the_brief_is_one_query_with_allergies_conditions_and_cards(
    pharmacy, django_assert_num_queries
):
    Condition.objects.create(
        pharmacy=pharmacy.pharmacy, patient=pharmacy.insured, code="I10", says="Hypertension"
    )
    with django_assert_num_queries(1):
        who = brief(pharmacy.insured)
    assert who.allergies == [("penicillins", "hives")]
    assert who.conditions == ["Hypertension"]
    assert who.coverage == ["Commercial · 999999 · TESTPCN"]
    assert who.name == "NÚÑEZ-O'BRIEN, María"


def test_not_asked_and_none_known_are_never_alike(pharmacy):
    assert brief(pharmacy.patient).allergies is None
    pharmacy.patient.allergies_reviewed_on = TODAY
    assert brief(pharmacy.patient).allergies == []


def test_an_allergy_that_was_taken_back_is_not_shown(pharmacy):
    pharmacy.insured.allergies.update(active=False)
    assert brief(pharmacy.insured).allergies is None


def test_the_brief_says_weight_language_caps_and_notes(pharmacy):
    patient = Patient.objects.get(pk=pharmacy.patient.pk)
    Patient.objects.filter(pk=patient.pk).update(
        weight_kg="71.50", language="es", easy_open_caps=True, notes="Daughter picks up."
    )
    who = brief(Patient.objects.get(pk=patient.pk))
    assert (who.weight, who.language) == ("71.5 kg", "Spanish")
    assert who.notes == ["Wants easy-open caps.", "Daughter picks up."]
    assert brief(patient).weight == ""


def test_reading_a_profile_is_written_down_with_who_and_where(pharmacy):
    page = client_of(pharmacy).get(f"/patients/{pharmacy.insured.pk}/")
    assert page.status_code == 200
    for part in ("ABC123456", "penicillins", "(512) 555-0111"):
        assert part in page.content.decode()
    read = Entry.objects.get(deed=Deed.PATIENT_READ)
    assert (read.about, read.about_id) == ("patient", pharmacy.insured.pk)
    assert read.by_name == pharmacy.people[Role.TECHNICIAN].name


def test_who_may_not_read_records_reads_none_and_the_try_is_written_down(pharmacy):
    page = client_of(pharmacy, Role.ADMINISTRATOR).get(f"/patients/{pharmacy.insured.pk}/")
    assert page.status_code == 403
    assert "ABC123456" not in page.content.decode()
    assert not Entry.objects.filter(deed=Deed.PATIENT_READ).exists()
    assert Entry.objects.filter(deed=Deed.REFUSED_DUTY).exists()


def test_a_patient_who_is_not_here_is_no_page_and_nothing_is_written(pharmacy):
    assert client_of(pharmacy).get("/patients/999999/").status_code == 404
    assert not Entry.objects.filter(deed=Deed.PATIENT_READ).exists()


def test_the_profile_costs_at_most_eight_queries(pharmacy, django_assert_max_num_queries):
    client = client_of(pharmacy)
    with django_assert_max_num_queries(8):
        assert client.get(f"/patients/{pharmacy.insured.pk}/").status_code == 200
