"""What the entry form asks, and what it proves by itself."""

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
