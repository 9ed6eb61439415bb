"""Morphine equivalents over everything, naloxone, and a benzodiazepine beside an opioid."""

import re
from decimal import Decimal

import pytest

from apothecary.arithmetic.table import calculation_of
from apothecary.screening import limits
from apothecary.screening.rules.facts import Use
from apothecary.screening.rules.found import NOTE, PHARMACIST
from apothecary.screening.rules.opioids import mme
from apothecary.screening.rules.tables import tables
from apothecary.screening.tests.people import drug, found, of_kind, patient

FACTORS = {row.ingredient: row for row in limits.read_opioid_factors()}


def test_the_factors_are_those_of_the_table_of_calculations():
    by_mg, by_patch = calculation_of("F01"), calculation_of("F02")
    assert by_mg is not None
    assert by_patch is not None
    note = dict(re.findall(r"(\w+) (\d+(?:\.\d+)?)(?:,|;)", by_mg.note.split(":", 1)[1]))
    ours = {key: row.factor for key, row in FACTORS.items() if row.per == "mg"}
    assert ours == {key: Decimal(factor) for key, factor in note.items()}
    assert FACTORS["fentanyl"].factor == Decimal("2.4")


@pytest.mark.parametrize(
    ("new", "counted"),
    [
        (drug("oxycodone", strength="10 mg", a_day="4"), "60"),
        (drug("morphine", strength="30 mg", a_day="1"), "30"),
        (drug("codeine", strength="30 mg", a_day="4"), "18"),
        (drug("tramadol", strength="50 mg", a_day="4"), "40"),
        (drug("methadone", strength="10 mg", a_day="1"), "47"),
        (drug("hydromorphone", strength="4 mg", a_day="2"), "40"),
        (drug("tapentadol", strength="100 mg", a_day="2"), "80"),
        (drug("oxymorphone", strength="5 mg", a_day="2"), "30"),
        (drug("fentanyl", strength="25 mcg/h", form="patch", a_day="0.33"), "60"),
        (drug("morphine", strength="10 mg/5 mL", form="oral-liquid", a_day="15"), "30"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_an_opioid_counts_by_the_factor_of_the_cdc(new, counted):
    assert mme(new, new.ingredients[0]) == Decimal(counted)


def test_a_patch_counts_by_the_hour_and_a_lozenge_of_it_has_no_factor():
    assert mme(drug("fentanyl", strength="200 mcg", form="oral-dissolving"), "fentanyl") is None


@pytest.mark.parametrize(("a_day", "fires"), [("4.999", False), ("5", True)])
def test_from_fifty_equivalents_on_the_pharmacist_is_told(a_day, fires):
    new = drug("hydrocodone", strength="10 mg", a_day=a_day)
    findings = of_kind("opioid load", found(new, patient()))
    assert [each.severity for each in findings] == ([PHARMACIST] if fires else [])


def test_the_sum_goes_over_the_profile_and_names_its_parts():
    new = drug("tramadol", strength="50 mg", a_day="4")
    other = drug("oxycodone", strength="5 mg", a_day="2")
    (finding,) = of_kind("opioid load", found(new, patient(other)))
    assert finding.says.startswith("55 MME a day over all opioids.")
    assert set(finding.because) == {"tramadol: 40 MME a day", "oxycodone: 15 MME a day"}
    assert "CDC" in finding.origin.cite


def test_naloxone_on_the_profile_makes_it_a_note():
    new = drug("oxycodone", strength="10 mg", a_day="4")
    rescue = drug("naloxone", form="nasal-spray", strength="")
    (finding,) = of_kind("opioid load", found(new, patient(rescue)))
    assert finding.severity == NOTE
    assert "Naloxone is on the profile." in finding.says
    (without,) = of_kind("opioid load", found(new, patient()))
    assert "offer naloxone" in without.says


@pytest.mark.parametrize("key", sorted(tables().classes["opioids"] - set(FACTORS)))
def test_an_opioid_without_a_factor_is_left_out_and_said(key):
    findings = found(drug(key), patient(drug("oxycodone", strength="10 mg", a_day="4")))
    (said,) = [each for each in of_kind("not screened", findings) if "equivalents" in each.says]
    assert key in said.says
    (load,) = of_kind("opioid load", findings)
    assert load.says.startswith("60 MME")


def test_another_drug_does_not_bring_the_sum_up_again():
    heavy = drug("oxycodone", strength="10 mg", a_day="8")
    assert of_kind("opioid load", found(drug("lisinopril"), patient(heavy))) == []


def test_the_dose_of_the_directions_counts_before_the_quantity():
    use = Use(Decimal(8), "tablet", 7)
    new = drug("oxycodone", strength="5 mg", a_day="1", use=use)
    (finding,) = of_kind("opioid load", found(new, patient()))
    assert finding.says.startswith("60 MME")


@pytest.mark.parametrize("order", [("oxycodone", "alprazolam"), ("alprazolam", "oxycodone")])
def test_an_opioid_beside_a_benzodiazepine_is_for_the_pharmacist_in_either_order(order):
    new, other = order
    findings = of_kind("interaction", found(drug(new), patient(drug(other))))
    overlaps = [each for each in findings if "offer naloxone" in each.says]
    assert [each.severity for each in overlaps] == [PHARMACIST]


@pytest.mark.parametrize(("age", "severity"), [(64, [NOTE]), (65, [PHARMACIST, NOTE])])
def test_a_gabapentinoid_beside_an_opioid_is_louder_in_old_age(age, severity):
    findings = found(drug("gabapentin"), patient(drug("oxycodone"), age=age))
    overlaps = [each for each in findings if "gabapentinoid" in each.says]
    assert [each.severity for each in overlaps] == severity
