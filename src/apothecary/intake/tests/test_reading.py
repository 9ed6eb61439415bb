"""What a message says is kept under the name of its field; what is odd about it is said."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apothecary.intake.matching import SentDrug, SentPatient
from apothecary.intake.reading import (
    first_coverage,
    mistyped,
    oddities,
    plain,
    sent_drug,
    sent_patient,
    sent_values,
    shown_amount,
    shown_day,
)
from apothecary.intake.tests.messages import Rx
from apothecary.wires.script import Address, NewRx, parse_message
from apothecary.wires.script.model import CodedDrug, CompoundOrder, Contact, DrugUse
from apothecary.wires.script.tests.documents import FULL_NEW_RX

TODAY = date(2026, 11, 23)
HERE = Address("1234567", "P")


def body(raw: bytes) -> NewRx:
    found = parse_message(raw).body
    assert isinstance(found, NewRx)
    return found


PLAIN = body(Rx().xml())
FULL = body(FULL_NEW_RX.encode())


def values(rx: NewRx) -> dict[str, str]:
    return sent_values(rx, order_number="PO-77", signature="indicated")


def test_every_value_of_a_full_prescription_is_kept_under_its_own_name() -> None:
    kept = values(FULL)
    structured, compound = kept.pop("structured_sig"), kept.pop("compound")
    assert '"20170131"' in structured
    assert "codeine sulfate 30 MG Oral Tablet" in compound
    assert kept == {
        "patient_last_name": "Nuñez", "patient_first_name": "José", "patient_middle_name": "M",
        "patient_born_on": "2015-02-28", "patient_sex": "M", "patient_language": "es",
        "patient_phone": "5125550177", "patient_weight_kg": "24.94758035",
        "patient_species": "", "patient_street": "12 Cedar Lane", "patient_city": "Austin",
        "patient_state": "TX", "patient_postal_code": "78701",
        "prescriber_last_name": "Reyes", "prescriber_first_name": "Luz",
        "prescriber_npi": "1245319599", "prescriber_dea": "AB1234563",
        "prescriber_licence_number": "TX-L1", "prescriber_practice": "Hill Clinic",
        "prescriber_phone": "5125550123", "prescriber_fax": "",
        "prescriber_street": "12 Cedar Lane", "prescriber_city": "Austin",
        "prescriber_state": "TX", "prescriber_postal_code": "78701",
        "drug": "Oxycodone Hydrochloride 5 MG Oral Tablet", "ndc": "00406055201",
        "rxcui": "1049621", "drug_schedule": "II", "quantity": "12.5", "quantity_unit": "EA",
        "days_supply": "3", "refills": "0", "daw": "1", "written_on": "2026-03-02",
        "earliest_fill_on": "2026-03-05", "diagnosis": "S82201A", "note": "Call when ready",
        "directions": "Take 1 tablet by mouth every 6 hours as needed for pain",
        "card_plan_name": "Green Plan", "card_bin": "610999", "card_pcn": "RXPCN",
        "card_group": "G5", "card_cardholder_id": "GP100", "card_person_code": "03",
        "card_relationship": "3", "allergies": "Penicillin", "no_known_allergies": "",
        "order_number": "PO-77", "signature": "indicated", "urgency": "X",
    }  # fmt: skip


def test_what_was_not_sent_is_empty_and_nothing_is_made_up() -> None:
    bare = replace(
        PLAIN,
        patient=replace(PLAIN.patient, address=None, born_on=None, contacts=()),
        medication=replace(
            PLAIN.medication, product=None, quantity=None, days_supply=None, refills=None,
            written_on=None,
        ),
    )  # fmt: skip
    kept = values(bare)
    empty = {name for name, text in kept.items() if not text}
    assert {
        *("patient_street", "patient_city", "patient_state", "patient_postal_code"),
        *("patient_born_on", "patient_phone", "patient_weight_kg", "ndc", "rxcui", "quantity"),
        *("quantity_unit", "days_supply", "refills", "written_on", "earliest_fill_on"),
        *("structured_sig", "diagnosis", "card_bin", "card_cardholder_id", "allergies"),
    } <= empty
    assert sent_patient(kept).born_on is None
    assert sent_drug(kept).quantity == 0
    assert shown_amount(kept) is None


@pytest.mark.parametrize(("refills", "kept"), [(0, "0"), (3, "3"), (None, "")])
def test_no_refills_and_no_word_about_refills_are_two_things(
    refills: int | None, kept: str
) -> None:
    rx = replace(PLAIN, medication=replace(PLAIN.medication, refills=refills))
    assert values(rx)["refills"] == kept


@pytest.mark.parametrize(("qualifier", "ndc"), [("ND", "68180098001"), ("UP", ""), ("NH", "")])
def test_only_a_number_that_is_called_an_ndc_is_one(qualifier: str, ndc: str) -> None:
    product = CodedDrug("68180098001", qualifier)
    rx = replace(PLAIN, medication=replace(PLAIN.medication, product=product))
    assert values(rx)["ndc"] == ndc


@pytest.mark.parametrize(
    ("qualifier", "rxcui"),
    [("SCD", "314076"), ("SBD", "314076"), ("GPK", "314076"), ("BPK", "314076"), ("IN", "")],
)
def test_only_the_code_of_a_whole_product_is_taken_from_rxnorm(
    qualifier: str, rxcui: str
) -> None:
    codes = (CodedDrug("1", "DM"), CodedDrug("314076", qualifier), CodedDrug("2", "XX"))
    rx = replace(PLAIN, medication=replace(PLAIN.medication, drug_codes=codes))
    assert values(rx)["rxcui"] == rxcui


@pytest.mark.parametrize(
    ("unit", "billed"), [("C28254", "ML"), ("C48155", "GM"), ("C48542", "EA"), ("C0", "EA")]
)
def test_an_amount_is_counted_in_the_unit_a_claim_bills(unit: str, billed: str) -> None:
    assert values(body(Rx(unit=unit).xml()))["quantity_unit"] == billed


@pytest.mark.parametrize(("substitutions", "daw"), [("0", "0"), ("1", "1")])
def test_substitution_is_forbidden_only_by_the_prescriber(substitutions: str, daw: str) -> None:
    kept = values(body(Rx(substitutions=substitutions).xml()))
    assert kept["daw"] == daw
    assert sent_drug(kept).substitution is (daw == "0")


@pytest.mark.parametrize(
    ("sent", "kept"), [("es", "es"), ("SPA", "es"), ("spa", "es"), ("", "en"), ("de", "en")]
)
def test_the_label_is_spanish_only_for_whom_it_was_asked(sent: str, kept: str) -> None:
    rx = replace(PLAIN, patient=replace(PLAIN.patient, language=sent))
    assert values(rx)["patient_language"] == kept


def test_the_fax_is_the_fax_and_no_other_number() -> None:
    contacts = (*PLAIN.prescriber.contacts, Contact("Fax", "5125550198"))
    rx = replace(PLAIN, prescriber=replace(PLAIN.prescriber, contacts=contacts))
    assert values(rx)["prescriber_fax"] == "5125550198"
    assert values(rx)["prescriber_phone"] == "5125550199"
    assert values(PLAIN)["prescriber_fax"] == ""


def test_a_second_line_of_an_address_belongs_to_the_street() -> None:
    assert PLAIN.patient.address is not None
    address = replace(PLAIN.patient.address, line2="Apt 4", state="tx")
    kept = values(replace(PLAIN, patient=replace(PLAIN.patient, address=address)))
    assert (kept["patient_street"], kept["patient_state"]) == ("200 Oak Ave Apt 4", "TX")


def test_the_card_marked_primary_is_billed_first_else_the_first_sent() -> None:
    first, second = (replace(one, responsibility="S") for one in FULL.coverages)
    assert first_coverage(replace(FULL, coverages=(first, second))) == first
    primary = replace(second, responsibility="P")
    assert first_coverage(replace(FULL, coverages=(first, primary))) == primary
    assert first_coverage(replace(FULL, coverages=())) is None


def test_an_allergy_without_a_name_is_not_a_line() -> None:
    one = FULL.allergies[0]
    named = (one, replace(one, substance=""), replace(one, substance="Codeine"))
    assert values(replace(FULL, allergies=named))["allergies"] == "Penicillin\nCodeine"
    assert values(replace(FULL, no_known_allergies=True))["no_known_allergies"] == "yes"


def test_kept_values_are_read_back_as_the_patient_and_drug_that_were_sent() -> None:
    kept = values(PLAIN)
    assert sent_patient(kept) == SentPatient(
        *("Doe", "Jane", date(1980, 2, 29), "F", "200 Oak Ave", "78701", "5125550111")
    )
    words = "lisinopril 10 MG Oral Tablet"
    assert sent_drug(kept) == SentDrug(words, "68180098001", "", Decimal(30))
    assert shown_amount(kept) == Decimal(30)


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("30.500"), "30.5"), (Decimal(100), "100"), (Decimal("0.0"), "0"), (None, "")],
)
def test_a_number_is_kept_without_its_trailing_zeros(value: Decimal | None, text: str) -> None:
    assert plain(value) == text


def test_a_day_is_shown_as_the_counter_writes_it() -> None:
    assert (shown_day("2026-06-04"), shown_day("")) == ("06/04/2026", "")


def faults(rx: NewRx) -> list[str]:
    return [fault.field for fault in mistyped(rx, today=TODAY)]


@pytest.mark.parametrize(
    ("npi", "dea", "wrong"),
    [
        ("1234567893", "", []),
        ("1234567893", "AS1234563", []),
        ("", "", []),
        ("1234567894", "", ["NPI"]),
        ("1234567893", "AS1234564", ["DEANumber"]),
        ("1234567894", "AS1234564", ["NPI", "DEANumber"]),
    ],
)
def test_a_number_with_a_wrong_check_digit_goes_back_to_its_sender(
    npi: str, dea: str, wrong: list[str]
) -> None:
    prescriber = replace(PLAIN.prescriber, npi=npi, dea=dea)
    assert faults(replace(PLAIN, prescriber=prescriber)) == wrong


@pytest.mark.parametrize(
    ("written_on", "wrong"),
    [
        (TODAY, []),
        (date(2026, 11, 24), []),
        (date(2026, 11, 25), ["WrittenDate"]),
        (date(2020, 1, 1), []),
        (None, []),
    ],
)
def test_a_prescription_may_be_a_day_ahead_of_us_and_no_more(
    written_on: date | None, wrong: list[str]
) -> None:
    medication = replace(PLAIN.medication, written_on=written_on)
    assert faults(replace(PLAIN, medication=medication)) == wrong


def odd(rx: NewRx, to: Address = HERE) -> list[str]:
    return oddities(rx, sent_to=to, ncpdp_id="1234567")


def test_a_plain_prescription_has_nothing_odd() -> None:
    assert odd(PLAIN) == []


@pytest.mark.parametrize(
    ("code", "says"),
    [("Y", "do not fill"), ("H", "hold it until"), ("E", "already filled elsewhere")],
)
def test_a_prescriber_who_says_not_to_fill_is_heard(code: str, says: str) -> None:
    (said,) = odd(replace(PLAIN, medication=replace(PLAIN.medication, do_not_fill=code)))
    assert says in said


def test_each_oddity_is_said_on_its_own_and_all_together_in_order() -> None:
    mixed = replace(PLAIN.medication, compound=CompoundOrder("C28944", ()))
    (none_named,) = odd(replace(PLAIN, medication=mixed))
    assert "names no ingredient: read the directions" in none_named
    answered_of_one = replace(
        PLAIN, medication=replace(mixed, compound=FULL.medication.compound)
    )
    assert odd(answered_of_one) == [
        "It is a compound of 2: its ingredients stand in the message.",
        "The prescriber has answered a drug-use alert: see the message.",
    ]
    animal = replace(PLAIN, patient=replace(PLAIN.patient, species="Dog"))
    assert odd(animal) == ["The patient is an animal (Dog)."]
    alert = (DrugUse("DD", "M0", "1G", "2", ""),)
    answered = replace(PLAIN, medication=replace(PLAIN.medication, drug_use=alert))
    (said,) = odd(answered)
    assert said.startswith("The prescriber has answered a drug-use alert")
    assert odd(PLAIN, Address("7654321", "P")) == [
        "It is addressed to 7654321, not to this pharmacy (1234567)."
    ]
    assert len(odd(FULL, Address("7654321", "P"))) == 4
