"""Where a patient lives is typed on the profile, in the codes of a claim, and written down."""

import pytest

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.patients.models import Patient
from apothecary.patients.residence import PLACES, RESIDENCES, residence_problems, say_residence
from apothecary.patients.tests.test_pages import client_of
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed


def lives(pharmacy) -> tuple[str, str]:
    stand_in(pharmacy.pharmacy.pk)
    row = Patient.objects.get(pk=pharmacy.patient.pk)
    return row.residence, row.place_of_service


def say(pharmacy, residence: str = "03", place: str = "32", *, by=None) -> Patient:
    return say_residence(
        by=by or pharmacy.technician,
        patient_id=pharmacy.patient.pk,
        residence=residence,
        place_of_service=place,
    )


def deeds(pharmacy) -> list[str]:
    about = [("patient", pharmacy.patient.pk)]
    return [line.deed for line in history(pharmacy_id=pharmacy.pharmacy.pk, about=about)]


def test_a_nursing_facility_is_written_down_with_what_was_there_before(pharmacy):
    say(pharmacy)
    assert lives(pharmacy) == ("03", "32")
    about = [("patient", pharmacy.patient.pk)]
    line = history(pharmacy_id=pharmacy.pharmacy.pk, about=about)[-1]
    assert line.deed == Deed.PATIENT_CHANGED
    assert line.details["changed"] == {"residence": ["", "03"], "place_of_service": ["", "32"]}


def test_the_same_said_twice_is_written_once(pharmacy):
    say(pharmacy)
    say(pharmacy)
    assert deeds(pharmacy).count(Deed.PATIENT_CHANGED) == 1


def test_it_can_be_taken_back(pharmacy):
    say(pharmacy)
    say(pharmacy, "", "")
    assert lives(pharmacy) == ("", "")


def test_who_may_not_edit_a_patient_says_no_residence(pharmacy):
    with pytest.raises(NotAllowed):
        say(pharmacy, by=pharmacy.clerk)
    assert lives(pharmacy) == ("", "")


def test_another_pharmacys_patient_is_not_here(pharmacy):
    with pytest.raises(Refused, match="No such patient"):
        say(pharmacy, by=pharmacy.stranger)
    assert lives(pharmacy) == ("", "")


def test_codes_that_are_none_are_refused_both_at_once_and_nothing_changes(pharmacy):
    with pytest.raises(Refused) as refused:
        say(pharmacy, "3", "99")
    fields = [problem.field for problem in refused.value.problems]
    assert fields == ["residence", "place_of_service"]
    assert lives(pharmacy) == ("", "")
    assert Deed.PATIENT_CHANGED not in deeds(pharmacy)


def test_every_code_of_the_tables_is_taken_and_has_two_digits():
    for residence in RESIDENCES:
        for place in PLACES:
            assert residence_problems(residence, place) == []
            assert len(residence) == len(place) == 2
    assert residence_problems("", "") == []


@pytest.mark.parametrize("code", ["1", "08", "10", "16", " 1", "١١", "0x", "010"])
def test_a_code_outside_the_table_is_refused(code):
    (problem,) = residence_problems(code, "")
    assert problem.field == "residence"


def test_the_profile_shows_the_residence_and_takes_another(pharmacy):
    client = client_of(pharmacy)
    address = f"/patients/{pharmacy.patient.pk}/"
    answer = client.post(f"{address}residence", {"residence": "04", "place_of_service": "13"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert lives(pharmacy) == ("04", "13")
    page = client.get(address).content.decode()
    assert '<option value="04" selected>04 assisted living' in page


def test_by_htmx_the_page_is_loaded_anew(pharmacy):
    answer = client_of(pharmacy).post(
        f"/patients/{pharmacy.patient.pk}/residence",
        {"residence": "01"},
        headers={"HX-Request": "true"},
    )
    assert (answer.status_code, answer["HX-Redirect"]) == (
        204,
        f"/patients/{pharmacy.patient.pk}/",
    )
    assert lives(pharmacy) == ("01", "")


def test_the_screen_refuses_a_code_and_who_may_not(pharmacy):
    address = f"/patients/{pharmacy.patient.pk}/residence"
    assert client_of(pharmacy).post(address, {"residence": "77"}).status_code == 409
    clerk = client_of(pharmacy, Role.CLERK)
    assert clerk.post(address, {"residence": "01"}).status_code == 403
    assert client_of(pharmacy).get(address).status_code == 405
    assert lives(pharmacy) == ("", "")
