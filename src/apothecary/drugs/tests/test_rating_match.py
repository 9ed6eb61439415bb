"""Which row of the Orange Book a listed product is: one, or none with the reason."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.rating_match import Fit, Row, amounts, fitting


@pytest.mark.parametrize(
    ("book", "listing"),
    [
        ("10MG", "10 mg"),
        ("EQ 10MG BASE", "10 mg"),
        ("EQ 100MG TARTRATE", "100 mg"),
        ("0.1MG", "100 mcg"),
        ("1GM", "1000 mg"),
        ("EQ 400MG BASE/5ML", "400 mg/5 mL"),
        ("80MG/ML", "400 mg/5 mL"),
        ("50MG/10ML (5MG/ML)", "5 mg/mL"),
        ("EQ 100MG/10ML BASE (10MG/ML)", "10 mg/mL"),
        ("EQ 1GM/100ML BASE (10MG/ML)", "1000 mg/100 mL"),
        ("EQ 250MG ACID", "250 mg"),
        ("325MG;5MG", "5 mg / 325 mg"),
        ("10MG;EQ 20MG BASE", "10 mg / 20 mg"),
        ("100 UNITS/ML", "100 unit/mL"),
        ("10,000 UNITS/ML", "10000 unit/mL"),
        ("1%", "10 mg/g"),
        ("1%", "10 mg/mL"),
        ("2.5%", "25 mg/mL"),
        ("0.1MG/24HR", "0.1 mg/24 h"),
        ("0.024MG/HR", "24 mcg/h"),
        ("EQ 0.09MG BASE/INH", "90 mcg"),
        ("5MG/VIAL", "5 mg"),
        ("2MEQ/ML", "2 mEq/mL"),
    ],
)
def test_both_ways_of_writing_a_strength_are_one(book, listing):
    found = amounts(book, between=";")
    assert found
    assert found == amounts(listing, between=" / ")


@pytest.mark.parametrize(
    ("book", "listing"),
    [
        ("10MG", "10 mcg"),
        ("10MG", "20 mg"),
        ("10MG", "10 mg / 10 mg"),
        ("10MG/ML", "10 mg"),
        ("10MG/ML", "10 mg/5 mL"),
        ("10MG/HR", "10 mg"),
        ("10MEQ", "10 mg"),
        ("10 UNITS/ML", "10 mg/mL"),
        ("325MG;5MG", "325 mg"),
    ],
)
def test_what_is_not_the_same_strength_never_becomes_it(book, listing):
    assert amounts(book, between=";") != amounts(listing, between=" / ")


@pytest.mark.parametrize(
    "said", ["N/A", "", "0.15MG,N/A;0.02MG,0.01MG", "10MG;", "MG", "5MG/0ML"]
)
def test_a_strength_that_is_no_single_amount_is_not_read(said):
    assert amounts(said, between=";") == ()


@given(st.fractions(min_value=Fraction(1, 1000), max_value=10_000, max_denominator=1000))
def test_a_thousand_micrograms_are_a_milligram_exactly(value):
    thousandths = value * 1000
    if thousandths.denominator != 1:
        return
    mcg = f"{thousandths.numerator}MCG"
    ((found, unit, per),) = amounts(mcg, between=";")
    assert (found, unit, per) == (value, "MG", "")


TABLET = Row(1, "5MG", "TABLET;ORAL", "AB", "RX")
VIAL = Row(2, "5MG/VIAL", "INJECTABLE;INJECTION", "AP", "RX")
OLD = Row(3, "5MG", "TABLET;ORAL", "", "DISCN")
SLOW = Row(4, "5MG", "TABLET, EXTENDED RELEASE;ORAL", "AB2", "RX")


@pytest.mark.parametrize(
    ("rows", "form", "route", "fit", "row"),
    [
        ([TABLET], "tablet", "oral", Fit.ONE, 1),
        ([TABLET], "tablet, film coated", "oral", Fit.ONE, 1),
        ([TABLET, VIAL], "tablet", "oral", Fit.ONE, 1),
        ([TABLET, OLD], "tablet", "oral", Fit.ONE, 1),
        ([OLD], "tablet", "oral", Fit.ONE, 3),
        ([TABLET, SLOW], "tablet, film coated, extended release", "oral", Fit.ONE, 4),
        ([TABLET, SLOW], "tablet, coated", "oral", Fit.ONE, 1),
        ([TABLET, VIAL], "powder", "oral", Fit.SEVERAL, None),
        ([TABLET, SLOW], "pellet", "oral", Fit.SEVERAL, None),
        ([Row(9, "10MG", "TABLET;ORAL", "AB", "RX")], "tablet", "oral", Fit.STRENGTH, None),
        ([Row(9, "N/A", "TABLET;ORAL", "AB", "RX")], "tablet", "oral", Fit.STRENGTH, None),
        ([], "tablet", "oral", Fit.STRENGTH, None),
    ],
)
def test_one_row_fits_or_none(rows, form, route, fit, row):
    ended, found = fitting(rows, strength="5 mg", form=form, route=route)
    assert (ended, found and found.id) == (fit, row)


def test_two_rows_of_one_form_and_one_code_are_as_good_as_one():
    twice = [TABLET, Row(5, "5MG", "TABLET;ORAL", "AB", "RX")]
    assert fitting(twice, strength="5 mg", form="tablet", route="oral") == (Fit.ONE, TABLET)


def test_a_listing_without_a_strength_fits_no_row():
    assert fitting([TABLET], strength="", form="tablet", route="oral") == (Fit.STRENGTH, None)
