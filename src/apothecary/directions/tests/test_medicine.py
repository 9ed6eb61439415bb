"""What a drug's name says about its strength, and doses against it."""

from decimal import Decimal
from fractions import Fraction

import pytest

from apothecary.directions.medicine import in_same_unit, medicine_of
from apothecary.directions.reading import read_directions

D = Decimal


@pytest.mark.parametrize(
    ("drug", "form", "strength", "unit", "per", "counted_in"),
    [
        ("Carvedilol 12.5 mg tablet", "", "12.5", "mg", "1", "tablet"),
        ("Metformin HCl 500 mg", "tablet", "500", "mg", "1", "tablet"),
        ("Gabapentin 300mg", "CAPSULE", "300", "mg", "1", "capsule"),
        ("Amoxicillin 400 mg/5 mL suspension", "", "400", "mg", "5", "mL"),
        ("Amoxicillin 400mg/5ml", "oral suspension", "400", "mg", "5", "mL"),
        ("Ergocalciferol 50,000 unit capsule", "", "50000", "unit", "1", "capsule"),
        ("Potassium chloride ER 10 mEq", "tablet", "10", "mEq", "1", "tablet"),
        ("Levothyroxine 25 ug tablet", "", "25", "mcg", "1", "tablet"),
        ("Albuterol 90 mcg/actuation", "inhaler", "90", "mcg", "1", "puff"),
        ("Insulin glargine 100 units/mL", "injection", "100", "unit", "1", ""),
        ("Adalimumab 40 mg/0.4 mL", "pen injector", "40", "mg", "0.4", ""),
        ("Mupirocin 2%", "ointment", "0", "", "1", ""),
        ("Hydrocodone-acetaminophen 5-325 mg tablet", "", "0", "", "1", ""),
        ("Losartan-HCTZ 50 mg-12.5 mg tablet", "", "0", "", "1", ""),
        ("Lisinopril", "tablet", "0", "", "1", ""),
        ("", "", "0", "", "1", ""),
    ],
)
def test_a_strength_is_known_where_one_alone_is_named(
    drug: str, form: str, strength: str, unit: str, per: str, counted_in: str
) -> None:
    found = medicine_of(drug, form)
    assert (found.strength, found.strength_unit) == (D(strength), unit)
    assert (found.per, found.counted_in) == (D(per), counted_in)


@pytest.mark.parametrize(
    ("amount", "unit", "wanted", "found"),
    [
        ("1", "g", "mg", D(1000)),
        ("0.05", "mg", "mcg", D(50)),
        ("250", "mcg", "mg", D("0.25")),
        ("10", "mEq", "mEq", D(10)),
        ("10", "mEq", "mg", None),
        ("10", "unit", "mg", None),
    ],
)
def test_only_masses_are_turned_into_each_other(
    amount: str, unit: str, wanted: str, found: Decimal | None
) -> None:
    assert in_same_unit(D(amount), unit, wanted) == found


def test_the_amount_and_the_drug_in_it_go_both_ways() -> None:
    syrup = medicine_of("Cefdinir 125 mg/5 mL", "oral suspension")
    assert syrup.amount_of(D(80), "mg") == Fraction(16, 5)
    assert syrup.drug_in(D("3.2"), "mL", "mg") == 80
    assert syrup.drug_in(D(1), "tablet", "mg") is None
    assert syrup.amount_of(D(80), "unit") is None


@pytest.mark.parametrize(
    ("sig", "drug", "form", "dose"),
    [
        ("Take 25 mg bid", "Carvedilol 12.5 mg", "tablet", "2 tablet"),
        ("Take 12.5 mg bid", "Metoprolol 25 mg", "tablet", "0.5 tablet"),
        ("Take 6.25 mg bid", "Metoprolol 25 mg", "tablet", ""),
        ("Take 25 mg daily", "Metoprolol ER 50 mg", "tablet", ""),
        ("Take 50 mg daily", "Metoprolol ER 50 mg", "tablet", "1 tablet"),
        ("Take 30 mg daily", "Duloxetine 20 mg", "capsule", ""),
        ("Take 60 mg daily", "Duloxetine 20 mg", "capsule", "3 capsule"),
        ("Take 20 mg daily", "Sertraline 25 mg", "tablet", ""),
        ("Give 80 mg bid", "Cefdinir 125 mg/5 mL", "oral suspension", "3.2 mL"),
        ("Give 100 mg bid", "Cefdinir 125 mg/7 mL", "oral suspension", "5.6 mL"),
        ("Give 100 mg bid", "Cefdinir 150 mg/5 mL", "oral suspension", ""),
        ("Take 25-50 mg qhs prn sleep", "Trazodone 50 mg", "tablet", "0.5-1 tablet"),
        ("Take 5 mg q6h", "Hydrocodone-acetaminophen 5-325 mg", "tablet", ""),
        ("Take 10 mEq daily", "Sertraline 25 mg", "tablet", "10 mEq"),
        ("Inject 40 mg sc weekly", "Adalimumab 40 mg/0.4 mL", "injection", "40 mg"),
    ],
)
def test_a_dose_by_strength_comes_out_even_or_is_asked(
    sig: str, drug: str, form: str, dose: str
) -> None:
    directions = read_directions(sig, drug=drug, form=form)
    assert directions.certain is bool(dose), directions.questions
    if dose:
        amount, unit = dose.split()
        low, _, high = amount.partition("-")
        (step,) = directions.steps
        assert (step.dose_min, step.dose_max) == (D(low), D(high or low))
        assert step.dose_unit == unit


@pytest.mark.parametrize(
    ("sig", "drug", "certain"),
    [
        ("1 tablet (500 mg) daily", "Metformin 500 mg tablet", True),
        ("1 tablet (500 mg) daily", "Metformin 1000 mg tablet", False),
        ("2 tablets (1000 mg total) daily", "Metformin 500 mg tablet", True),
        ("2 tablets (1 g total) daily", "Metformin 500 mg tablet", True),
        ("2 tablets (500 mg) daily", "Metformin 500 mg tablet", True),
        ("2 tablets (500 mg total) daily", "Metformin 500 mg tablet", False),
        ("500 mg (1 tablet) daily", "Metformin 500 mg tablet", True),
        ("500 mg (2 tablets) daily", "Metformin 500 mg tablet", False),
        ("500 mg (2 tablets) daily", "Metformin 250 mg tablet", True),
        ("1 tablet (500 mg) daily", "", True),
        ("1 tab q6h prn, max 1000 mg per day", "Ibuprofen 200 mg tablet", True),
        ("2 tabs q6h, max 1200 mg per day", "Ibuprofen 200 mg tablet", False),
        ("500 mg q4h, max 2 g per day", "", False),
        ("500 mg q6h, max 2 g per day", "", True),
        ("6 tabs prn pain, max 5 tablets per day", "", False),
    ],
)
def test_the_strength_beside_a_dose_and_the_maximum_must_agree_with_it(
    sig: str, drug: str, certain: bool
) -> None:
    assert read_directions(sig, drug=drug, form="tablet").certain is certain
