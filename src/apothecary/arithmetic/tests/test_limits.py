"""Every input of every calculation: out of its limits, missing, strange or twice impossible."""

from decimal import Decimal

import pytest

from apothecary.arithmetic.command import answer
from apothecary.arithmetic.table import calculations

ROWS = list(calculations().values())
by_calculation = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
WRONG: tuple[object, ...] = ("!", {"a": 1}, [[[]]], [], "\ud800", "x" * 3000, "NaN")


def numbers(row) -> list:
    return [asked for asked in row.inputs if asked.kind.form in {"number", "list"}]


def error(row, inputs: dict[str, object]) -> str:
    found = answer({"id": "x", "calculation": row.id, "inputs": inputs})
    assert set(found) == {"id", "error"}, found
    assert found["id"] == "x"
    return str(found["error"])


def changed(row, asked, value: object) -> dict[str, object]:
    return row.example | {asked.name: [value] if asked.kind.form == "list" else value}


@by_calculation
def test_beyond_its_limit_an_input_is_refused_by_its_name(row) -> None:
    for asked in numbers(row):
        for bound, outwards in ((asked.kind.low, -1), (asked.kind.high, 1)):
            assert bound is not None
            says = error(row, changed(row, asked, bound.value + outwards))
            assert says.startswith(f"{asked.name}: ")
            word = " below " if outwards < 0 else " above "
            assert word in says.replace("not above", " below ") or "not below" in says


@by_calculation
def test_nothing_is_reckoned_with_a_negative_amount_but_degrees_and_gaps(row) -> None:
    for asked in numbers(row):
        low = asked.kind.low
        assert low is not None, asked.name
        signed = asked.kind.name.startswith(("temperature", "stored", "pka", "anion"))
        assert (low.value < 0) == signed, asked.name


@by_calculation
def test_a_missing_input_is_asked_for_in_words(row) -> None:
    for asked in row.inputs:
        for nothing in (None, "", "  "):
            says = error(row, row.example | {asked.name: nothing})
            assert says.startswith(f"{asked.name}: is missing ({asked.label}")
        left_out = {name: one for name, one in row.example.items() if name != asked.name}
        assert asked.label in error(row, left_out)


@by_calculation
def test_what_is_no_such_input_is_refused_by_its_name(row) -> None:
    for asked in row.inputs:
        for wrong in WRONG:
            says = error(row, row.example | {asked.name: wrong})
            assert says.startswith(f"{asked.name}: ")
            assert len(says) < 300
            says.encode()


@by_calculation
def test_a_unit_of_another_dimension_is_refused_by_its_name(row) -> None:
    for asked in numbers(row):
        says = error(row, changed(row, asked, "1 kcal"))
        assert says.startswith(f"{asked.name}: 1 kcal measures energy; asked is ")


@by_calculation
def test_an_input_that_is_none_of_its_is_refused(row) -> None:
    says = error(row, row.example | {"colour": 3})
    names = ", ".join(asked.name for asked in row.inputs)
    assert says == f"colour: is no input of {row.id}: {names}"


def test_every_fault_is_told_at_once() -> None:
    row = calculations()["E11"]
    says = error(row, {"age": 400, "kg": "70 cm", "weight": 3})
    assert says.split("; ") == [
        "age: 400 yr is above 130 yr",
        "kg: 70 cm measures length",
        "asked is mass (kg)",
        "scr: is missing (serum creatinine, mg/dL)",
        "weight: is no input of E11: age, kg, scr",
    ]


# Inputs that are possible each and impossible together: right at the limit, and just beyond it.
Case = tuple[str, dict[str, object], dict[str, object], str]
TOGETHER: list[Case] = [
    ("B18", {"c1": 50, "c2": 50, "v2": 10}, {"c2": "50.0001"}, "c1: the stock is weaker"),
    ("B19", {"c1": 20, "v1": 50, "v2": 50}, {"v2": "49.9"}, "v2: the final volume is smaller"),
    ("B20", {"high": 10, "low": 2, "want": 2, "total": 9}, {"want": "1.9"},
     "want: weaker than"),
    ("B20", {"high": 10, "low": 2, "want": 10, "total": 9}, {"want": "10.1"}, "want: stronger"),
    ("B20", {"high": "10.1", "low": 10, "want": 10, "total": 9}, {"high": 10},
     "high: the stron"),
    ("B21", {"q": [1, 2], "c": [3, 4]}, {"c": [3]}, "c: there is not one strength"),
    ("B22", {"V": 1, "xf": 400, "xs": 400}, {"xs": 401}, "xs: the stock is weaker"),
    ("C02", {"needed": "119.9", "lwq": 120}, {"needed": 120},
     "needed: can be weighed directly"),
    ("C06", {"final": 150, "water": 150}, {"water": 151}, "water: more water than"),
    ("C07", {"total_mg": 60, "mg_per_mL": 60, "pv": 1}, {"pv": "1.1"}, "mg_per_mL: so strong"),
    ("C08", {"mg": 60, "conc": 60, "pv": 1}, {"pv": "1.1"}, "conc: so strong"),
    ("C12", {"n": 1, "blank": 1, "dose": 2, "df": 2}, {"dose": "2.1"}, "dose: takes more room"),
    ("C13", {"req": 4, "high": 15, "low": 4}, {"req": "3.9"}, "req: below both"),
    ("C13", {"req": 15, "high": 15, "low": 4}, {"req": "15.1"}, "req: above both"),
    ("C13", {"req": 4, "high": "4.1", "low": 4}, {"high": 4}, "high: not higher"),
    ("C19", {"repack": "2026-01-10", "exp": "2026-01-11"}, {"exp": "2026-01-10"}, "exp: 20"),
    ("C20", {"cap_diluent": 3, "dose": 4, "cap_drug": 4}, {"dose": 5},
     "dose: more than the cap"),
    ("E02", {"inch": 60}, {"inch": "59.9"}, "inch: 59.9 in is below 60 in: the fo"),
    ("E03", {"inch": "152.4 cm"}, {"inch": "152.3 cm"}, "inch: 59.96062992… in is below 60 in"),
    ("E27", {"c1": 5, "c2": 5, "dt": 1}, {"c2": "5.1"}, "c2: higher than the earlier level"),
    ("E30", {"cm": "98.1"}, {"cm": 98}, "cm: so small"),
    ("F05", {"carb": 0, "icr": 1, "bg": 100, "target": 100, "isf": 1}, {"bg": 99},
     "bg: so low"),
    ("G18", {"covered": 30, "period": 30}, {"covered": 31}, "covered: more days than"),
    ("H14", {"cost": 10, "salvage": 10, "years": 1}, {"salvage": 11}, "salvage: more than it"),
    ("H15", {"e": 10, "f": 10}, {"e": 11}, "e: more errors than"),
    ("B26", {"wanted": "1 g", "original": "2 g", "ingredient": 1}, {"wanted": "1 mL"},
     "original: m"),
    ("C04", {"measured": "1 g", "intended": "2 g"}, {"intended": 2},
     "intended: must be given in"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "right", "change", "says"), TOGETHER)
def test_what_cannot_be_together_is_refused_from_the_very_limit_on(
    key, right, change, says
) -> None:
    row = calculations()[key]
    assert "value" in answer({"calculation": key, "inputs": right})
    assert error(row, right | change).startswith(says)


def test_every_such_rule_of_the_table_is_stepped_over_above() -> None:
    rules = {(row.id, rule.says) for row in ROWS for rule in row.must}
    stepped = {
        (key, rule.says)
        for key, right, change, _ in TOGETHER
        for rule in calculations()[key].must
        if f"{rule.field}: {rule.says}" in error(calculations()[key], right | change)
    }
    assert stepped == rules


CARE: list[Case] = [
    ("A10", {"dose": 100, "strength": 50}, {"dose": 75}, "not a whole tablet"),
    ("A10", {"dose": 75, "strength": 50}, {"dose": 70}, "not a whole number of quarters"),
    ("A12", {"adult": 1, "bsa": "1.73"}, {"bsa": "1.74"}, "larger than the surface"),
    ("A13", {"adult": 1, "age": 12}, {"age": "12.1"}, "up to 12 years"),
    ("A14", {"adult": 1, "lb": 150}, {"lb": 151}, "heavier than the adult"),
    ("A15", {"adult": 1, "months": 24}, {"months": 25}, "up to 24 months"),
    ("A16", {"adult": 1, "age": 24}, {"age": 25}, "more than the adult dose"),
    ("B27", {"salt": 1, "mwb": 100, "mws": 100}, {"mwb": 101}, "are the two masses exchanged"),
    ("C09", {"mL": 100, "g": 1, "E": "0.9"}, {"E": "0.91"}, "hypertonic already"),
    ("C10", {"a": "0.52"}, {"a": "0.53"}, "hypertonic already"),
    ("C17", {"actual": 60, "theo": 60}, {"actual": 61}, "more came out than went in"),
    ("D15", {"kg": 70, "na": 140, "f": "0.6"}, {"na": 139}, "no water deficit"),
    ("D18", {"aa": 90, "dex": 0, "nak": 0, "ca": 0, "mg": 0}, {"mg": 1}, "above 900 mOsm/L"),
    ("E04", {"ibw": 70, "tbw": 70}, {"tbw": 69}, "lighter than ideal"),
    ("E11", {"age": 18, "kg": 70, "scr": 1}, {"age": "17.9"}, "for adults"),
    ("E12", {"age": 18, "kg": 70, "scr": 1}, {"age": "17.9"}, "for adults"),
    ("E13", {"scr": 1, "age": 18, "female": True}, {"age": "17.9"}, "for adults"),
    ("E22", {"na": 140, "glu": 100}, {"glu": 99}, "glucose is not high"),
    ("E23", {"auc": 5, "gfr": 125}, {"gfr": 126}, "cap the estimated GFR at 125"),
    ("E24", {"kg": 70, "cm": 170, "age": 18}, {"age": "17.9"}, "for adults"),
    ("E28", {"kg": 70, "hb": 15}, {"hb": "15.1"}, "above the target"),
    ("E29", {"kg": 70, "hco3": 24}, {"hco3": 25}, "bicarbonate is not low"),
    ("E30", {"cm": "152.4"}, {"cm": 152}, "formula is stretched"),
    ("E31", {"weeks": 20, "ga": 40}, {"ga": 41}, "not born early"),
    ("E31", {"weeks": 8, "ga": 32}, {"weeks": 7}, "the date of term has not come"),
    ("F05", {"carb": 60, "icr": 10, "bg": 120, "target": 120, "isf": 40}, {"bg": 119},
     "below the t"),
    ("G08", {"dose": 58, "inc": 2}, {"dose": 57}, "cannot be set to this dose"),
    ("H03", {"price": 12, "cost": 12}, {"cost": 13}, "sold below cost"),
    ("H04", {"price": 12, "cost": 12}, {"cost": 13}, "sold below cost"),
    ("H06", {"price": 12, "cost": 10, "disp": 2}, {"disp": 3}, "dispensed at a loss"),
    # What two inputs make doubtful together.
    ("E24", {"kg": 18, "cm": 110, "age": 5}, {"kg": 154}, "154 kg at 5 years"),
    ("E24", {"kg": 54, "cm": 160, "age": 5}, {"kg": 55}, "55 kg at 5 years"),
    ("E24", {"kg": 10, "cm": 90, "age": 1}, {"kg": 3}, "3 kg at 1 years"),
    ("E24", {"kg": 84, "cm": 160, "age": 10}, {"kg": 85}, "85 kg at 10 years"),
    ("E07", {"cm": 165, "kg": 70}, {"cm": 65}, "70 kg at 65 cm"),
    ("E01", {"m": "1.65", "kg": 70}, {"m": "0.65"}, "70 kg at 65 cm"),
    ("E11", {"age": 60, "kg": 200, "scr": 1}, {"kg": 201}, "201 kg is unusual (2 to 200 kg)"),
    ("C18", {"temps": [20, 60]}, {"temps": [20, 61]}, "61 degC is unusual (-90 to 60 degC)"),
]  # fmt: skip


def cautions(key: str, inputs: dict[str, object]) -> list[str]:
    lines = answer({"calculation": key, "inputs": inputs})["working"]
    return [line for line in lines if line.startswith("caution: ")]


@pytest.mark.parametrize(("key", "right", "change", "says"), CARE)
def test_what_is_possible_and_doubtful_is_reckoned_and_said(key, right, change, says) -> None:
    assert not any(says in line for line in cautions(key, right))
    assert any(says in line for line in cautions(key, right | change))


def test_every_caution_of_the_table_is_said_above() -> None:
    rules = {(row.id, rule.says) for row in ROWS for rule in row.care}
    said = {
        (key, rule.says)
        for key, right, change, _ in CARE
        for rule in calculations()[key].care
        if f"caution: {rule.says}" in cautions(key, right | change)
    }
    assert said == rules


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_worked_example_is_nothing_unusual(row) -> None:
    # A tablet and a half, a mixture for a central line, a dose the pen cannot be set to.
    expected = {"A10", "D18", "G08"}
    assert bool(cautions(row.id, row.example)) == (row.id in expected)


def test_a_bare_percentage_where_a_part_is_asked_is_not_taken_for_one() -> None:
    row = calculations()["H01"]
    says = error(row, {"awp": 100, "d": 15, "fee": 2})
    assert says == "d: 15 is above 1; a percentage is written with its sign, as 15 %"
    found = answer({"calculation": "H01", "inputs": {"awp": 100, "d": "15 %", "fee": 2}})
    assert found["value"] == Decimal(87)
