"""Somebody new is taken on file out of the message, with what the message says and no more."""

from datetime import date

import pytest

from apothecary.intake.actions.newcomers import add_sent_patient, add_sent_prescriber
from apothecary.intake.newcomers import digits, sent_allergies, sent_card
from apothecary.intake.tests.messages import Rx
from apothecary.law.problem import Refused
from apothecary.patients.models import Patient
from apothecary.prescriptions.models import Prescriber
from apothecary.staff.worker import NotAllowed

PETRA = {
    "new_last_name": "Novak",
    "new_first_name": "Petra",
    "new_born_on": "03/04/1991",
    "new_sex": "F",
    "new_language": "es",
    "new_weight_kg": "61.5",
    "new_phone": "+1 (512) 555-0177",
}
OSEI = {"new_last_name": "Osei", "new_first_name": "Amara", "new_npi": "1679576722"}
CARD = {"bin": "999999", "pcn": "TESTPCN", "holder": "XYZ1", "name": "Commercial"}


def test_a_new_patient_comes_with_the_card_that_was_sent(pharmacy, arrive):
    arrival = arrive(Rx(card=CARD))
    chosen = add_sent_patient(by=pharmacy.technician, arrival=arrival, typed=PETRA)
    patient = Patient.objects.get(pk=chosen["patient_id"])
    assert (patient.birth_date, patient.phone) == (date(1991, 3, 4), "5125550177")
    assert (patient.language, str(patient.weight_kg)) == ("es", "61.50")
    assert patient.coverages.get().cardholder_id == "XYZ1"


def test_nobody_has_asked_a_new_patient_about_allergies_yet(pharmacy, arrive):
    arrival = arrive(Rx())
    chosen = add_sent_patient(by=pharmacy.technician, arrival=arrival, typed=PETRA)
    assert Patient.objects.get(pk=chosen["patient_id"]).allergies_reviewed_on is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"new_last_name": ""}, "last_name"),
        ({"new_born_on": ""}, "born_on"),
        ({"new_born_on": "31/31/1991"}, "born_on"),
        ({"new_weight_kg": "heavy"}, "weight_kg"),
        ({"new_phone": "555"}, "phone"),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_nobody_is_taken_on_file(
    pharmacy, change, field
):
    with pytest.raises(Refused) as refusal:
        add_sent_patient(by=pharmacy.technician, arrival=None, typed=PETRA | change)
    assert field in {problem.field for problem in refusal.value.problems}
    assert not Patient.objects.filter(last_name="Novak").exists()


def test_a_prescriber_with_a_wrong_check_digit_is_not_taken_on_file(pharmacy):
    chosen = add_sent_prescriber(by=pharmacy.technician, typed=OSEI)
    assert Prescriber.objects.get(pk=chosen["prescriber_id"]).last_name == "Osei"
    with pytest.raises(Refused, match="check digit"):
        add_sent_prescriber(by=pharmacy.technician, typed=OSEI | {"new_npi": "1679576723"})


def test_a_clerk_takes_nobody_on_file(pharmacy):
    with pytest.raises(NotAllowed):
        add_sent_patient(by=pharmacy.clerk, arrival=None, typed=PETRA)
    with pytest.raises(NotAllowed):
        add_sent_prescriber(by=pharmacy.clerk, typed=OSEI)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("(512) 555-0177", "5125550177"), ("1-512-555-0177", "5125550177"), ("", ""),
     ("555", "555"), ("2125550177", "2125550177")],
)  # fmt: skip
def test_a_phone_number_is_kept_as_its_ten_digits(text, kept):
    assert digits(text) == kept


def test_a_card_without_the_numbers_of_a_claim_is_no_card():
    assert sent_card({"card_bin": "999999"}) is None
    assert sent_card({"card_bin": "9999", "card_cardholder_id": "X"}) is None
    assert sent_card({}) is None


def test_allergies_are_taken_by_name():
    assert sent_allergies({"allergies": "Penicillin G\n\nCodeine"}) == (
        "Penicillin G",
        "Codeine",
    )
