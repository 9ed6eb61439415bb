"""As sent beside as entered: what agrees is quiet, what differs says so."""

import json
from decimal import Decimal

import pytest

from apothecary.intake.models import Arrival, ArrivalState, Source
from apothecary.prescriptions.models import Prescription
from apothecary.screening.sent import as_sent, day_of, number

MESSAGE = {
    "patient_last_name": "DOE",
    "patient_first_name": "Jane",
    "patient_born_on": "1980-02-29",
    "patient_street": "200 Oak Ave",
    "patient_city": "Anytown",
    "patient_postal_code": "78701-1234",
    "patient_phone": "5125550111",
    "prescriber_last_name": "Smith",
    "prescriber_first_name": "Alex",
    "prescriber_npi": "1234567893",
    "drug": "Lisinopril 10 MG Oral Tablet",
    "ndc": "68180098001",
    "rxcui": "314076",
    "quantity": "30",
    "quantity_unit": "EA",
    "days_supply": "30",
    "refills": "2",
    "daw": "0",
    "written_on": "2026-11-20",
    "directions": "1 tab po qd",
    "note": "",
}


@pytest.fixture
def rx(pharmacy):
    return pharmacy.enter().prescription


def arrived(rx: Prescription, source: Source = Source.ELECTRONIC, **changes) -> Arrival:
    sent = changes.pop("sent", MESSAGE)
    return Arrival.objects.create(
        pharmacy=rx.pharmacy,
        source=source,
        state=ArrivalState.ENTERED,
        prescription=rx,
        sent=json.dumps(sent),
        arrived_at=rx.entered_at,
        promised_at=rx.entered_at,
        **changes,
    )


def differing(rx: Prescription) -> list[str]:
    return [line.label for line in as_sent(rx).lines if line.differs]


def test_what_was_entered_as_sent_differs_nowhere(rx):
    arrived(rx)
    paper = as_sent(rx)
    assert (paper.came_by, paper.differing) == ("electronic", 0)
    said = {line.label: line.sent for line in paper.lines}
    assert said["Directions"] == "1 tab po qd"
    assert said["Born"] == "02/29/1980"
    assert said["Substitution"] == "allowed"


@pytest.mark.parametrize(
    ("changed", "label"),
    [
        ({"patient_first_name": "June"}, "Patient"),
        ({"patient_born_on": "1980-02-28"}, "Born"),
        ({"patient_postal_code": "78702"}, "Address"),
        ({"prescriber_npi": "1245319599"}, "Prescriber"),
        ({"quantity": "90"}, "Quantity"),
        ({"days_supply": "90"}, "Days"),
        ({"refills": "3"}, "Refills"),
        ({"daw": "1"}, "Substitution"),
        ({"written_on": "2026-11-19"}, "Written"),
        ({"earliest_fill_on": "2026-12-24"}, "Not before"),
    ],
)
def test_each_value_that_was_entered_otherwise_is_marked(rx, changed, label):
    arrived(rx, sent=MESSAGE | changed)
    assert differing(rx) == [label]


@pytest.mark.parametrize("changed", [{"quantity": "30.000"}, {"refills": ""}, {"ndc": ""}])
def test_a_value_written_otherwise_or_not_sent_differs_in_nothing(rx, changed):
    arrived(rx, sent=MESSAGE | changed)
    assert differing(rx) == []


@pytest.mark.parametrize(("given", "differs"), [("314076", []), ("314077", ["Drug"])])
def test_another_clinical_drug_than_the_code_sent_is_marked(rx, given, differs):
    product = rx.package.product
    product.rxcui = given
    product.save()
    arrived(rx, sent=MESSAGE | {"ndc": "00000000000"})
    assert differing(rx) == differs


def test_the_same_ndc_is_the_same_drug_whatever_the_other_code_says(rx):
    product = rx.package.product
    product.rxcui = "314077"
    product.save()
    arrived(rx)
    assert differing(rx) == []


def test_a_telephoned_prescription_says_who_called_and_whether_it_was_read_back(rx):
    arrived(rx, Source.PHONE, caller="Nurse Lee", taken_by_name="Rosa Ames", read_back=True)
    assert as_sent(rx).came_by == "phone: Nurse Lee to Rosa Ames, read back"
    Arrival.objects.update(read_back=False)
    assert "not read back" in as_sent(rx).came_by


def test_what_came_by_hand_is_compared_with_nothing(rx):
    arrived(rx, Source.PAPER, sent={})
    paper = as_sent(rx)
    assert paper.differing == 0
    said = {line.label: line.sent for line in paper.lines}
    assert (said["Drug"], said["Quantity"]) == ("lisinopril 10 mg tablet", "")


def test_without_an_arrival_the_paper_is_as_it_was_written(rx):
    paper = as_sent(rx)
    assert (paper.came_by, paper.at) == ("electronic", rx.entered_at)
    said = {line.label: line.sent for line in paper.lines}
    assert said["Directions"] == "Take 1 tablet by mouth once daily."


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30"])
def test_a_day_that_is_none_is_none(text):
    assert day_of(text) is None


@pytest.mark.parametrize(
    ("text", "value"), [("2.5", Decimal("2.5")), ("", None), ("many", None), ("NaN", None)]
)
def test_a_number_that_is_none_is_none(text, value):
    assert number(text) == value
