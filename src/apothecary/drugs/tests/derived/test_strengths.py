"""Strengths in the house's words: nothing reckoned, one way to write each unit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.derived.strengths import BadStrength, number, plain_unit, strength_text


@pytest.mark.parametrize(
    ("amount", "unit", "said"),
    [
        ("5", "mg/1", "5 mg"),
        (".5", "mg/1", "0.5 mg"),
        ("12.50", "mg/1", "12.5 mg"),
        ("400", "mg/5mL", "400 mg/5 mL"),
        ("100", "[iU]/mL", "100 unit/mL"),
        ("100", "U/mL", "100 unit/mL"),
        ("5000", "[USP'U]/.5mL", "5000 unit/0.5 mL"),
        ("20", "meq/15mL", "20 mEq/15 mL"),
        ("5", "ug/h", "5 mcg/h"),
        (".0375", "mg/d", "0.0375 mg/24 h"),
        ("4.6", "mg/24h", "4.6 mg/24 h"),
        ("3", "[hp_X]/1", "3 hp_X"),
        ("200", "[kp_C]/200[kp_C]", "200 kp_C/200 kp_C"),
        ("1", "g/100g", "1 g/100 g"),
        ("1", "mL/mL", "1 mL/mL"),
        ("7", "mg/", "7 mg"),
        ("7", "", "7"),
        ("1000", "mg/1", "1000 mg"),
        ("", "/", ""),
        (" ", "", ""),
    ],
)
def test_a_strength_is_written_with_its_unit_in_one_way(amount, unit, said):
    assert strength_text(amount, unit) == said


@pytest.mark.parametrize(
    ("amount", "unit", "prefer", "said"),
    [
        ("125", "ug/1", "mg", "0.125 mg"),
        (".125", "mg/1", "mg", "0.125 mg"),
        (".05", "mg/1", "mcg", "50 mcg"),
        ("50", "ug/1", "mcg", "50 mcg"),
        ("2.5", "mg/72h", "mcg", "2500 mcg/72 h"),
        ("1", "g/1", "mcg", "1 g"),
        ("10", "mg/1", "", "10 mg"),
    ],
)
def test_milligrams_and_micrograms_of_one_drug_are_written_as_one_of_them(
    amount, unit, prefer, said
):
    assert strength_text(amount, unit, prefer=prefer) == said


@pytest.mark.parametrize("amount", ["five", "1,5", "-1", "1e3", "NaN", "5 mg", "٥"])
def test_an_amount_that_is_no_number_is_refused(amount):
    with pytest.raises(BadStrength, match="is no number"):
        strength_text(amount, "mg/1")


def test_a_unit_without_an_amount_is_refused():
    with pytest.raises(BadStrength):
        strength_text("", "mg/1")


@pytest.mark.parametrize(
    ("value", "said"), [("5.0", "5"), ("100", "100"), (".50", "0.5"), ("1E+3", "1000")]
)
def test_a_number_has_a_leading_zero_and_no_trailing_one(value, said):
    assert number(Decimal(value)) == said


@given(st.decimals(min_value="0.001", max_value=99_999, places=3))
def test_a_strength_in_micrograms_and_in_milligrams_is_the_same_text(milligrams):
    as_mg = strength_text(f"{milligrams:f}", "mg/1", prefer="mcg")
    as_mcg = strength_text(f"{milligrams * 1000:f}", "ug/1", prefer="mcg")
    assert as_mg == as_mcg


@pytest.mark.parametrize(
    ("unit", "plain"), [("ug", "mcg"), ("[PNU]", "PNU"), ("{kp_C}", "kp_C"), ("mg", "mg")]
)
def test_units_lose_their_brackets(unit, plain):
    assert plain_unit(unit) == plain
