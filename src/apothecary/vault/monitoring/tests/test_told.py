"""A dispensing as JSON and back, and elements as people type them."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.law.problem import Refused
from apothecary.vault.monitoring.told import (
    elements_of,
    from_json,
    key_of,
    to_json,
    typed,
    with_element,
)
from apothecary.wires.asap import Additional, Dispensed, Dispensing, Patient, Prescriber

ONE = Dispensing(
    patient=Patient(last_name="DOE", first_name="JANE", born_on=date(1980, 2, 29)),
    dispensed=Dispensed(
        rx_number="7000000",
        filled_on=date(2026, 1, 12),
        fill_number=0,
        quantity=Decimal("30"),
        days_supply=7,
        part=0,
        sold_at=time(10, 15),
    ),
    prescriber=Prescriber(dea_number="AS1234563"),
    additional=Additional(relationship="01"),
)
TEXTS = st.text(st.characters(codec="ascii", categories=("L", "N")), max_size=12)
DAYS = st.none() | st.dates()
AMOUNTS = st.none() | st.decimals(0, 99_999, places=3, allow_nan=False)


@given(TEXTS, TEXTS, DAYS, AMOUNTS, st.none() | st.integers(0, 99), st.booleans())
def test_what_is_kept_of_a_dispensing_is_what_was_handed_in(
    name, number, day, amount, refill, prescribed
):
    made = Dispensing(
        patient=Patient(last_name=name, born_on=day),
        dispensed=Dispensed(
            rx_number=number, quantity=amount, fill_number=refill, written_on=day
        ),
        prescriber=Prescriber(last_name=name) if prescribed else None,
    )
    assert from_json(to_json(made)) == made


def test_a_number_that_is_nought_is_kept_and_one_that_is_not_said_is_not():
    held = to_json(ONE)["DSP"]
    assert (held["fill_number"], held["part"]) == (0, 0)
    assert "refills_authorized" not in held
    assert from_json(to_json(ONE)) == ONE


def test_an_amount_is_kept_to_its_last_digit_and_without_exponent():
    many = replace(ONE.dispensed, quantity=Decimal("1E+2"))
    assert to_json(replace(ONE, dispensed=many))["DSP"]["quantity"] == "100"
    assert to_json(ONE)["DSP"]["quantity"] == "30"


@pytest.mark.parametrize(
    ("element", "key"),
    [
        ("PAT07", ("PAT", "last_name")),
        ("PAT18", ("PAT", "born_on")),
        ("DSP02", ("DSP", "rx_number")),
        ("DSP09", ("DSP", "quantity")),
        ("PRE02", ("PRE", "dea_number")),
        ("AIR06", ("AIR", "relationship")),
        ("pre02", ("PRE", "dea_number")),
    ],
)
def test_an_element_is_known_by_its_number(element, key):
    assert key_of(element) == key


@pytest.mark.parametrize("element", ["", "PHA03", "PAT00", "PAT99", "DSP", "DSPxx", "XXX01"])
def test_what_is_no_element_of_a_record_is_refused(element):
    with pytest.raises(Refused, match="no element") as refusal:
        key_of(element)
    assert refusal.value.problems[0].field == "element"


def test_one_element_is_mended_and_nothing_else_changes():
    mended = with_element(ONE, "PRE02", " BS1234563 ")
    assert mended == replace(ONE, prescriber=Prescriber(dea_number="BS1234563"))
    assert with_element(ONE, "PAT18", "1981-03-01").patient.born_on == date(1981, 3, 1)
    assert with_element(ONE, "DSP09", "12.5").dispensed.quantity == Decimal("12.5")
    assert with_element(ONE, "DSP10", "5").dispensed.days_supply == 5


def test_an_element_left_empty_is_taken_out():
    assert with_element(ONE, "AIR06", " ").additional == Additional()
    assert with_element(ONE, "PAT18", "").patient.born_on is None


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("PAT18", "02/29/1980"),
        ("PAT18", "2026-02-30"),
        ("DSP09", "thirty"),
        ("DSP09", "NaN"),
        ("DSP09", "Infinity"),
        ("DSP10", "7.5"),
        ("DSP28", "25:00"),
    ],
)
def test_what_is_not_of_the_elements_type_is_refused_by_its_name(element, value):
    with pytest.raises(Refused, match=element) as refusal:
        with_element(ONE, element, value)
    assert refusal.value.problems[0].field == "value"


def test_nobody_types_whether_a_record_is_new_or_a_void():
    with pytest.raises(Refused, match="follows from what is done"):
        with_element(ONE, "dsp01", "02")


def test_every_element_that_is_said_is_listed_under_its_number():
    rows = elements_of(ONE)
    assert ("DSP09", "quantity", "30") in rows
    assert ("PAT07", "last name", "DOE") in rows
    assert all(key_of(element) for element, _, _ in rows)


def test_a_time_is_read_as_one():
    assert typed(Dispensed, "sold_at", "10:15:00") == time(10, 15)
