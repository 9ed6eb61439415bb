from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from lxml import etree

from apothecary.wires.script import (
    Acknowledgement,
    CancelRx,
    NewRx,
    Response,
    Untyped,
    canonical,
    parse_message,
)
from apothecary.wires.script.as_json import document_from_json, document_to_json
from apothecary.wires.script.model import (
    Address,
    Allergy,
    CodedDrug,
    Contact,
    Diagnosis,
    DrugUse,
    Identifier,
    Leaf,
    Quantity,
)
from apothecary.wires.script.tests.documents import (
    CANCEL_RX,
    FULL_NEW_RX,
    HEADER,
    MEDICATION,
    NEW_RX,
    PATIENT,
    PRESCRIBER,
    envelope,
)


def new_rx(text: str) -> NewRx:
    body = parse_message(text.encode()).body
    assert isinstance(body, NewRx)
    return body


def test_the_envelope_says_who_sent_what_when() -> None:
    message = parse_message(FULL_NEW_RX.encode())
    header = message.header
    assert message.kind == "NewRx"
    assert header.to == Address("4567890", "P")
    assert header.sender == Address("7001112223334", "D")
    assert header.message_id == "M-1001"
    assert header.relates_to == ""
    assert header.sent_at == datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
    assert header.software == ("Fern Records", "Chart", "7.2")
    assert header.prescriber_order_number == "PO-77"
    assert header.rx_reference_number == "R5"
    assert header.signature == "indicated"
    assert not header.is_test
    assert message.warnings == ()


def test_a_plain_new_prescription_is_read() -> None:
    body = new_rx(NEW_RX)
    drug = body.medication
    assert drug.description == "Lisinopril 10 MG Oral Tablet"
    assert drug.product == CodedDrug("68180098001", "ND")
    assert drug.drug_codes == (CodedDrug("314076", "SCD"),)
    assert drug.quantity == Quantity(Decimal(30), "38", "C48542")
    assert (drug.days_supply, drug.refills) == (30, 3)
    assert drug.written_on == date(2026, 3, 2)
    assert drug.substitution_allowed
    assert drug.sig_text == "Take 1 tablet by mouth once daily"
    assert drug.structured_sig == ()
    assert drug.dea_schedule == ""
    assert (body.patient.name.last, body.patient.name.first) == ("Okafor", "Ada")
    assert body.patient.born_on == date(1984, 7, 9)
    assert body.patient.gender == "F"
    assert body.patient.address is not None
    assert body.patient.address.city == "Austin"
    assert body.prescriber.npi == "1245319599"
    assert body.prescriber.phone == "5125550123"
    assert body.pharmacy is not None
    assert body.pharmacy.ncpdp_id == "4567890"
    assert body.coverages == ()
    assert body.weight_kg is None
    assert body.rest == ()


def test_every_optional_part_of_a_prescription_is_read() -> None:
    body = new_rx(FULL_NEW_RX)
    drug = body.medication
    assert (drug.strength, drug.strength_form_code, drug.strength_unit_code) == (
        "5",
        "C42998",
        "C28253",
    )
    assert drug.dea_schedule == "II"
    assert drug.quantity == Quantity(Decimal("12.5"), "38", "C48542")
    assert drug.written_on == date(2026, 3, 2)
    assert drug.last_fill_on == date(2026, 2, 1)
    assert drug.effective_on == date(2026, 3, 5)
    assert drug.expires_on == date(2026, 4, 1)
    assert drug.needed_by == date(2026, 3, 6)
    assert not drug.substitution_allowed
    assert drug.refills == 0
    assert drug.diagnoses == (
        Diagnosis("S82201A", "ABF", "Broken shin", "Primary"),
        Diagnosis("G8918", "ABF", "", "Secondary"),
    )
    assert (drug.prior_authorization, drug.prior_authorization_status) == ("PA12345", "A")
    assert drug.note == "Call when ready"
    assert drug.drug_use == (DrugUse("DD", "M0", "1G", "2", "Known to the patient"),)
    assert drug.coverage_status == ("PR",)
    assert drug.do_not_fill == "H"
    assert drug.order_capture == "EP"
    assert drug.fill_indicator == "All Fill Statuses"
    assert drug.is_compound
    assert [leaf.text for leaf in drug.structured_sig] == ["20170131", "1"]
    assert body.urgency == "X"
    assert body.request_code == "C1"
    assert body.prohibit_renewal
    assert body.supervisor is not None
    assert body.supervisor.name.last == "Grant"


def test_people_keep_their_names_numbers_and_language() -> None:
    body = new_rx(FULL_NEW_RX)
    patient, prescriber = body.patient, body.prescriber
    assert (patient.name.first, patient.name.last) == ("José", "Nuñez")
    assert (patient.name.middle, patient.name.suffix, patient.name.prefix) == ("M", "Jr", "Mr")
    assert patient.identifiers == (Identifier("MedicalRecordIdentificationNumberEHR", "MR-5"),)
    assert patient.contacts == (
        Contact("PrimaryTelephone", "5125550177", "12"),
        Contact("ElectronicMail", "jose@example.org"),
    )
    assert patient.phone == "5125550177"
    assert patient.language == "es"
    assert prescriber.dea == "AB1234563"
    assert prescriber.state_license == "TX-L1"
    assert prescriber.specialty == "207Q00000X"
    assert prescriber.practice == "Hill Clinic"
    assert not prescriber.veterinarian


def test_coverage_allergies_and_weight_are_read() -> None:
    body = new_rx(FULL_NEW_RX)
    first, second = body.coverages
    assert (first.bin, first.pcn, first.group_id) == ("610999", "RXPCN", "G5")
    assert (first.cardholder_id, first.person_code, first.relationship) == ("GP100", "03", "3")
    assert (first.payer_id, first.payer_name, first.group_name) == (
        "T01",
        "Green Plan",
        "Teachers",
    )
    assert (first.responsibility, first.member_id) == ("P", "PB9")
    assert first.cardholder_name is not None
    assert first.cardholder_name.last == "Nuñez"
    assert second.cardholder_id == "SECOND1"
    assert body.allergies == (
        Allergy("Penicillin", "7980", "RX", "Drug allergy", "Hives", "Moderate"),
    )
    assert not body.no_known_allergies
    # The newest weight counts, although it stands first: 55 lb.
    assert body.weight_kg == Decimal("24.94758035")


def test_no_known_allergies_is_something_else_than_silence() -> None:
    stated = NEW_RX.replace(
        "<NewRx>",
        "<NewRx><AllergyOrAdverseEvent><NoKnownAllergies>Y</NoKnownAllergies>"
        "</AllergyOrAdverseEvent>",
    )
    assert new_rx(stated).no_known_allergies
    assert not new_rx(NEW_RX).no_known_allergies
    denied = stated.replace(">Y<", ">N<")
    assert not new_rx(denied).no_known_allergies


def texts_of(value: object) -> list[str]:
    """Every text, number and day anywhere in a typed value."""
    if is_dataclass(value) and not isinstance(value, type):
        return [text for one in fields(value) for text in texts_of(getattr(value, one.name))]
    if isinstance(value, tuple):
        return [text for one in value for text in texts_of(one)]
    return [str(value)]


@pytest.mark.parametrize("text", [NEW_RX, FULL_NEW_RX, CANCEL_RX])
def test_no_value_that_was_sent_is_lost_in_the_typed_body(text: str) -> None:
    body = parse_message(text.encode()).body
    kept = texts_of(body)
    sent = etree.fromstring(text.encode()).find("Body")
    assert sent is not None
    spelled = {"1": "False", "0": "True", "true": "True", "C48675": "II"}
    spelled["2026-03-02T09:15:00"] = "2026-03-02"
    names = {"EffectiveDate"}  # said by the name of the field it went to
    for element in sent.iter():
        value = (element.text or "").strip()
        if len(element) == 0 and value not in names:
            assert value in kept or spelled[value] in kept, (element.tag, value)


def test_what_has_no_name_in_the_model_is_kept_with_its_path() -> None:
    rest = new_rx(FULL_NEW_RX).rest
    medication = "NewRx/MedicationPrescribed"
    assert Leaf(f"{medication}/FlavoringRequested", "Y") in rest
    assert Leaf(f"{medication}/PatientCodifiedNote[1]/Qualifier", "AN") in rest
    assert Leaf(f"{medication}/PatientCodifiedNote[2]/Qualifier", "AP") in rest
    assert Leaf("NewRx/Observation/ObservationNotes", "Weighed dressed") in rest
    assert Leaf("NewRx/Patient/HumanPatient/HospiceIndicator", "N") in rest
    assert not any(leaf.path.startswith(f"{medication}/Sig") for leaf in rest)


@pytest.mark.parametrize("text", [NEW_RX, FULL_NEW_RX, CANCEL_RX])
def test_a_round_trip_is_equal_after_canonicalisation(text: str) -> None:
    message = parse_message(text.encode())
    again = document_from_json(document_to_json(message.raw))
    assert canonical(again) == message.canonical()
    assert b"Body" in message.canonical()


def test_canonical_form_does_not_depend_on_spelling() -> None:
    other = NEW_RX.replace("'1.0'", '"1.0"').replace("<Patient>", "<Patient >")
    assert other != NEW_RX
    assert canonical(other.encode()) == canonical(NEW_RX.encode())


def test_a_cancellation_names_the_order_it_cancels() -> None:
    message = parse_message(CANCEL_RX.encode())
    assert message.header.relates_to == "M-0900"
    assert message.header.prescriber_order_number == "PO-77"
    assert isinstance(message.body, CancelRx)
    assert message.body.change == "C"
    assert message.body.medication.description == "Lisinopril 10 MG Oral Tablet"
    assert message.body.patient.name.last == "Okafor"


def test_a_cancellation_need_not_repeat_the_directions() -> None:
    short = (
        "<CancelRx>"
        + PATIENT
        + PRESCRIBER
        + "<MedicationPrescribed><DrugDescription>Lisinopril 10 MG</DrugDescription>"
        "</MedicationPrescribed></CancelRx>"
    )
    body = parse_message(envelope(short).encode()).body
    assert isinstance(body, CancelRx)
    assert body.pharmacy is None
    assert body.medication.quantity is None
    assert body.medication.refills is None


def answer(body: str) -> object:
    header = HEADER.replace(
        "<SentTime>", "<RelatesToMessageID>A1</RelatesToMessageID><SentTime>"
    )
    return parse_message(envelope(body, header=header).encode()).body


def test_acknowledgements_are_read() -> None:
    assert answer("<Status><Code>010</Code></Status>") == Acknowledgement("010", (), "")
    assert answer(
        "<Error><Code>900</Code><DescriptionCode>210</DescriptionCode>"
        "<DescriptionCode>220</DescriptionCode><Description>No</Description></Error>"
    ) == Acknowledgement("900", ("210", "220"), "No")
    assert answer(
        "<Verify><VerifyStatus><Code>010</Code></VerifyStatus></Verify>"
    ) == Acknowledgement("010", (), "")


def test_responses_say_their_outcome_and_reasons() -> None:
    denied = answer(
        "<RxRenewalResponse><Response><Denied><ReasonCode>AA</ReasonCode>"
        "<ReferenceNumber>7</ReferenceNumber><DenialReason>Not seen since May</DenialReason>"
        f"</Denied></Response>{PATIENT}</RxRenewalResponse>"
    )
    assert isinstance(denied, Response)
    assert denied.outcome == "Denied"
    assert denied.reason_codes == ("AA",)
    assert denied.denial_reason == "Not seen since May"
    assert denied.reference == "7"
    assert "Okafor" in [leaf.text for leaf in denied.rest]
    approved = answer(
        "<CancelRxResponse><Response><Approved><Note>Done</Note></Approved></Response>"
        "</CancelRxResponse>"
    )
    assert approved == Response("Approved", (), "", "Done", "", ())


def test_other_known_messages_are_read_at_the_envelope() -> None:
    body = envelope(f"<RxRenewalRequest>{PATIENT}{MEDICATION}</RxRenewalRequest>")
    message = parse_message(body.encode())
    assert message.kind == "RxRenewalRequest"
    assert isinstance(message.body, Untyped)
    path = "RxRenewalRequest/Patient/HumanPatient/Name/LastName"
    assert Leaf(path, "Okafor") in message.body.rest


def test_a_prescription_for_an_animal_is_read() -> None:
    animal = (
        "<Patient><NonHumanPatient><Species>Canine</Species>"
        "<Name><LastName>Okafor</LastName><FirstName>Rex</FirstName></Name>"
        "</NonHumanPatient></Patient>"
    )
    vet = PRESCRIBER.replace("NonVeterinarian", "Veterinarian")
    body = new_rx(NEW_RX.replace(PATIENT, animal).replace(PRESCRIBER, vet))
    assert body.patient.species == "Canine"
    assert body.patient.born_on is None
    assert body.prescriber.veterinarian


def test_a_sender_with_a_namespace_is_understood_and_noted() -> None:
    spaced = NEW_RX.replace("<Message ", '<Message xmlns="http://example.org/script" ')
    message = parse_message(spaced.encode())
    assert isinstance(message.body, NewRx)
    assert message.body.medication.refills == 3
    assert any("has the namespace" in str(warning) for warning in message.warnings)


def test_departures_that_leave_no_doubt_are_warnings() -> None:
    moved = NEW_RX.replace(PATIENT, "").replace(MEDICATION, MEDICATION + PATIENT)
    odd = moved.replace("<NewRx>", "<NewRx><LocalThing>9</LocalThing>")
    message = parse_message(odd.encode())
    assert [str(warning) for warning in message.warnings] == [
        "NewRx/LocalThing: is not part of this message in the standard",
        "NewRx: has its parts in another order than the standard",
    ]
    assert isinstance(message.body, NewRx)
    assert message.body.rest == (Leaf("NewRx/LocalThing", "9"),)


def test_a_date_without_its_wrapper_is_understood() -> None:
    bare = NEW_RX.replace("<WrittenDate><Date>2026-03-02</Date>", "<WrittenDate>2026-03-02")
    assert new_rx(bare).medication.written_on == date(2026, 3, 2)


def test_comments_inside_a_message_do_not_hide_values() -> None:
    noted = NEW_RX.replace("<LastName>Okafor", "<!-- x --><LastName>Oka<!-- y -->for")
    assert new_rx(noted).patient.name.last == "Okafor"
