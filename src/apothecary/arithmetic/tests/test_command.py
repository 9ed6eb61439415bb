"""The filter and the list: one line in, one line out, bad lines told and passed by."""

import json

import pytest
from click.testing import CliRunner

from apothecary.arithmetic.command import answer, listing
from apothecary.arithmetic.paper import paper
from apothecary.arithmetic.table import CATEGORIES, calculations
from apothecary.config.command import apothecary
from apothecary.config.filters import answers


def test_a_line_is_answered_with_the_fields_of_the_contract() -> None:
    found = answer(
        {"id": "7", "calculation": "E11", "inputs": {"age": 58, "kg": 73, "scr": 1.2}}
    )
    assert found == {
        "id": "7",
        "value": 69.3,
        "unit": "mL/min",
        "working": [
            "crcl = (140 − 58 yr) × 73 kg ÷ (72 × 1.2 mg/dL) = 69.2824074… mL/min",
            "rounded half up to 1 decimal: 69.3 mL/min",
        ],
    }


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({}, "calculation: is missing; `calculate --list` names all"),
        ({"calculation": None}, "calculation: is missing"),
        ({"calculation": "Z1"}, "calculation: 'Z1' is not in the table"),
        ({"calculation": 7}, "calculation: 7 is not in the table"),
        ({"calculation": []}, "calculation: a list is not in the table"),
        ({"calculation": "x" * 9999}, "calculation: 'xxxx"),
        ({"calculation": "E11"}, "age: is missing (age, yr); kg: is missing (weight, kg); scr"),
        ({"calculation": "E11", "inputs": []}, "inputs: a list is no object of named inputs"),
        ({"calculation": "E11", "inputs": None}, "inputs: nothing is no object"),
        ({"calculation": "E11", "inputs": "58"}, "inputs: '58' is no object"),
    ],
)
def test_a_bad_line_is_told_its_reason(line: dict[str, object], says: str) -> None:
    found = answer({"id": 3} | line)
    assert found["id"] == 3
    assert found["error"].startswith(says)
    assert len(found["error"]) < 300


@pytest.mark.parametrize(
    ("key", "back"),
    [("a", "a"), (1, 1), (None, None), (True, None), ([], None), (2.5, None), ("é", "é"),
     ("\ud800", "\\ud800")],
)  # fmt: skip
def test_the_id_comes_back_and_can_be_printed(key, back) -> None:
    assert answer({"id": key})["id"] == back
    json.dumps(answer({"id": key}), ensure_ascii=False).encode()


def test_many_lines_are_answered_in_order_and_a_bad_one_stops_nothing() -> None:
    asked = [
        {"id": n, "calculation": "A01", "inputs": {"C": n if n % 3 else "hot"}}
        for n in range(30)
    ]
    found = [
        json.loads(line) for line in answers((json.dumps(a).encode() for a in asked), answer)
    ]
    assert [each["id"] for each in found] == list(range(30))
    assert [("error" in each) for each in found] == [n % 3 == 0 for n in range(30)]


def test_the_command_filters_its_input() -> None:
    lines = '{"id":1,"calculation":"BMI","inputs":{"kg":"80 kg","m":"175 cm"}}\nnonsense\n'
    said = CliRunner().invoke(apothecary, ["calculate"], input=lines)
    first, second = map(json.loads, said.stdout.splitlines())
    assert said.exit_code == 0
    assert (first["value"], first["unit"]) == (26.12, "kg/m2")
    assert second["id"] is None
    assert "no JSON" in second["error"]


def test_the_command_lists_every_calculation_as_json() -> None:
    said = CliRunner().invoke(apothecary, ["calculate", "--list", "--json"])
    assert said.exit_code == 0
    assert json.loads(said.stdout) == listing()


def test_the_command_lists_every_calculation_for_people() -> None:
    said = CliRunner().invoke(apothecary, ["calculate", "--list"])
    assert len(said.stdout.splitlines()) == 161
    assert "E01  BMI: bmi = kg ÷ m ^ 2 [kg/m2]" in said.stdout


def test_json_without_list_is_bad_input() -> None:
    said = CliRunner().invoke(apothecary, ["calculate", "--json"])
    assert said.exit_code == 2
    assert "--json goes with --list" in said.output


def test_the_list_names_inputs_units_limits_formula_source_and_example() -> None:
    rows = {row["id"]: row for row in listing()}
    assert list(rows) == list(calculations())
    creatinine = rows["E11"]
    assert creatinine["formula"] == "crcl = (140 − age) × kg ÷ (72 × scr)"
    assert (creatinine["source"], creatinine["mark"]) == ("Cockcroft-Gault 1976", "X")
    assert creatinine["example"] == {"age": 58, "kg": 73, "scr": 1.2}
    assert creatinine["expected"] == 69.3
    assert creatinine["inputs"][1] == {
        "name": "kg", "label": "weight", "form": "number", "unit": "kg", "measures": "mass",
        "low": 0.2, "high": 700, "low_included": True, "high_included": True, "whole": False,
        "other_units": ["lb", "g"],
    }  # fmt: skip
    date = rows["C19"]["inputs"][0]
    assert (date["form"], date["measures"], date["low"], date["high"]) == (
        "date",
        "date",
        None,
        None,
    )


def test_each_listed_example_is_a_request_that_gives_what_is_expected() -> None:
    for row in listing():
        line = json.loads(json.dumps({"calculation": row["id"], "inputs": row["example"]}))
        assert answer(line)["value"] == row["expected"], row["id"]


def test_the_paper_has_a_section_for_each_with_formula_inputs_example_and_source() -> None:
    said = paper()
    assert said.count("\n## ") == len(CATEGORIES)
    assert said.count("\n### ") == 161
    for row in calculations().values():
        section = said.split(f"### {row.id} {row.name}\n")[1].split("\n### ")[0]
        assert f"`{row.formula}`" in section
        assert f"Source: {row.source} ({row.mark}). Check: {row.check}." in section
        assert all(f"- `{asked.name}`: {asked.label}" in section for asked in row.inputs)
        assert "Example: " in section
        assert (row.note in section) if row.note else ("Note:" not in section)


@pytest.mark.parametrize(
    "line",
    [
        "kg from 0.2 to 700",
        "Example: scr = 1.4, age = 55, female = no → **59.4 mL/min/1.73m2**",
        "Example: steps = ((4, 3), (3, 3), (2, 3), (1, 3)) → **30 tab over 12 days**",
        "Example: repack = 2026-01-10, exp = 2027-09-30 → **2026-06-16**",
        "Rounded down to a whole number.",
        "Rounded half up to 1 decimal.",
    ],
)
def test_the_paper_says_values_as_people_do(line: str) -> None:
    assert line.replace("kg from", "(kg, from") in paper()
