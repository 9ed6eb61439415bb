"""What the entry form asks, and what it proves by itself."""

import json
from decimal import Decimal

import pytest

from apothecary.intake.judging import DrugFacts, asked, read_sig

TABLET = DrugFacts(name="lisinopril", strength="10 mg", form="tablet", unit="EA")


def questions(directions: str, quantity: str, days: str, drug: DrugFacts = TABLET):
    reading = read_sig(directions, quantity, drug)
    values = {"directions": directions, "quantity": quantity, "days_supply": days}
    return asked(values, sent={}, why={}, drug=drug, reading=reading)


@pytest.mark.parametrize(
    ("days", "asks"), [("14", True), ("15", False), ("16", True), ("", False)]
)
def test_the_days_are_asked_about_unless_the_quantity_proves_them(days, asks):
    assert ("days_supply" in questions("1 tab po bid", "30", days)) is asks


def test_directions_that_are_not_understood_ask_what_is_meant():
    asks = questions("1 tab po zz", "30", "30")
    assert "zz" in asks["directions"]
    assert "cannot be proved" in asks["days_supply"]


def test_nothing_typed_asks_nothing():
    assert questions("", "", "") == {}


@pytest.mark.parametrize(
    "quantity", ["abc", "0", "-5", "NaN", "Infinity", "1E+999999", "1E-999999"]
)
def test_a_quantity_that_is_none_proves_nothing_and_breaks_nothing(quantity):
    assert read_sig("1 tab po bid", quantity, TABLET).proof is None


@pytest.mark.parametrize(
    ("unit", "asks"), [("EA", False), ("ML", True), ("GM", True), ("", False)]
)
def test_a_quantity_in_another_unit_than_the_product_is_asked_about(unit, asks):
    reading = read_sig("1 tab po daily", "30", TABLET)
    values = {"directions": "1 tab po daily", "quantity": "30", "days_supply": "30"}
    found = asked(values, sent={"quantity_unit": unit}, why={}, drug=TABLET, reading=reading)
    assert ("quantity" in found) is asks


def test_what_matching_found_only_likely_is_asked_with_its_reason():
    reading = read_sig("", "", TABLET)
    found = asked({}, sent={}, why={"patient_id": "Sex differs."}, drug=TABLET, reading=reading)
    assert found == {"patient_id": "Sex differs. Is it right?"}


def test_the_label_says_plain_words_only_where_all_is_understood():
    assert read_sig("1 tab po bid", "30", TABLET).label == "Take 1 tablet by mouth twice daily."
    unclear = read_sig(" 1 tab po zz ", "30", TABLET)
    assert (unclear.label, unclear.spanish) == ("1 tab po zz", "")


CODED = json.dumps(
    [
        ["/Sig/Instruction/DoseAdministration/Dosage/DoseQuantity", "2"],
        ["/Sig/Instruction/DoseAdministration/Dosage/DoseUnitOfMeasure/Text", "Tablet"],
        ["/Sig/Instruction/DoseAdministration/Dosage/DoseUnitOfMeasure/Code", "C48542"],
        ["/Sig/Instruction/TimingAndDuration/Frequency/FrequencyNumericValue", "2"],
        ["/Sig/Instruction/TimingAndDuration/Frequency/FrequencyUnits/Text", "day"],
    ]
)


@pytest.mark.parametrize(
    ("typed", "asks"),
    [
        ("2 tabs po bid", None),
        ("1 tab po bid", "Dose: the text says 1 tablet, the coded directions 2 tablets. "
         "Which?"),
        ("2 tabs po q12h", None),
        ("2 tabs po q8h", "How often: the text says every 8 hours, the coded directions "
         "twice daily. Which?"),
        ("", None),
    ],
)  # fmt: skip
def test_coded_directions_that_contradict_the_text_are_asked_about(typed, asks):
    reading = read_sig(typed, "", TABLET)
    sent = {"structured_sig": CODED}
    found = asked({"directions": typed}, sent=sent, why={}, drug=TABLET, reading=reading)
    assert found.get("directions") == asks


PENS = DrugFacts(
    name="insulin glargine",
    brand="Lantus Solostar",
    strength="100 unit/mL",
    form="INJECTION, SOLUTION",
    route="SUBCUTANEOUS",
    unit="ML",
    unit_word="mL",
    package_quantity=Decimal(15),
    package_text="5 SYRINGE in 1 CARTON > 3 mL in 1 SYRINGE",
)


def test_the_proof_knows_what_the_package_on_file_holds():
    reading = read_sig("inject 22 units subcut qhs", "15", PENS)
    assert reading.proof is not None
    assert reading.proof.days == 62
    assert "2 units to prime before each injection" in reading.proof.lines
    assert reading.proof.doubts


def test_the_question_on_the_days_says_what_is_missing():
    spray = DrugFacts(name="fluticasone", form="SPRAY, METERED", unit="GM")
    asks = questions("2 sprays in each nostril daily", "16", "30", spray)
    assert asks["days_supply"] == (
        "The days cannot be proved: How many sprays one GM holds is not known."
    )


@pytest.mark.parametrize(
    ("days", "needed"),
    [("30", None), ("31", "62"), ("14", "28"), ("", None), ("x", None), ("99999", None),
     ("0", None), ("²", None)],
)  # fmt: skip
def test_days_that_the_quantity_does_not_last_show_the_quantity_they_need(days, needed):
    found = read_sig("1 tab po bid", "60", TABLET).needed(days)
    assert (found.quantity if found else None) == (Decimal(needed) if needed else None)


def test_directions_with_a_question_need_no_quantity():
    assert read_sig("1 tab po zz", "60", TABLET).needed("14") is None
    assert read_sig("1 tab po bid", "", TABLET).needed("14") is not None


def test_what_has_no_spanish_is_named_and_the_label_stays_english():
    reading = read_sig("1 tab po q6h prn intrusive thoughts", "30", TABLET)
    assert reading.spanish == ""
    assert reading.english.startswith("Take 1 tablet")
    assert reading.directions.untranslated() == ("intrusive thoughts",)
