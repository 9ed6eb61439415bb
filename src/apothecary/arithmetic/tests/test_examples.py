import json
from decimal import Decimal

import pytest

from apothecary.arithmetic.command import answer, plain
from apothecary.arithmetic.table import CATEGORIES, calculations

ROWS = list(calculations().values())
# How many kinds each category has: who drops one drops a test.
COUNTS = {
    "units": 6, "dose": 10, "concentration": 27, "compounding": 20, "iv": 21, "patient": 32,
    "opioid": 3, "insulin": 4, "days_supply": 18, "business": 16, "identifier": 4,
}  # fmt: skip


def test_all_161_kinds_are_there() -> None:
    found = {name: sum(row.category == name for row in ROWS) for name in CATEGORIES}
    assert found == COUNTS
    assert sum(COUNTS.values()) == 161 == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_worked_example_gives_the_tables_answer(row) -> None:
    asked = {"id": row.id, "calculation": row.id, "inputs": row.example}
    found = answer(asked)
    assert list(found) == ["id", "value", "unit", "working"]
    assert found["value"] == plain(row.expected)
    assert found["unit"]
    assert found["working"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_name_asks_for_the_same_as_the_id(row) -> None:
    by_id = answer({"id": 1, "calculation": row.id, "inputs": row.example})
    by_name = answer({"id": 1, "calculation": row.name.upper(), "inputs": row.example})
    assert by_id == by_name


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_numbers_as_text_with_their_own_unit_give_the_same(row) -> None:
    spelled = {}
    for asked in row.inputs:
        value = row.example[asked.name]
        if asked.kind.form == "number" and asked.unit != "1:x":
            spelled[asked.name] = f" {value} {asked.unit}"
        elif asked.unit == "1:x":
            spelled[asked.name] = f"1:{value}"
        else:
            spelled[asked.name] = value
    if row.alike:
        spelled = {
            k: f"{row.example[k]} g" if k in row.alike else v for k, v in spelled.items()
        }
    bare = answer({"id": 1, "calculation": row.id, "inputs": row.example})
    named = answer({"id": 1, "calculation": row.id, "inputs": spelled})
    assert (named["value"], named["unit"]) == (bare["value"], bare["unit"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_an_example_read_from_json_gives_the_same(row) -> None:
    line = json.dumps(
        {"calculation": row.id, "inputs": {k: plain(v) for k, v in row.example.items()}}
    )
    binary, exact = json.loads(line), json.loads(line, parse_float=Decimal)
    assert answer(binary) == answer(exact)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_number_of_the_working_stands_in_a_line_that_names_what_it_is(row) -> None:
    for line in answer({"calculation": row.id, "inputs": row.example})["working"]:
        assert line.isprintable()
        assert any(letter.isalpha() or letter == "%" for letter in line), line


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_says_where_it_is_from_how_sure_it_is_and_how_it_is_checked(row) -> None:
    assert row.mark in {"S", "X", "K", "C"}
    for said in (row.source, row.check, row.formula, row.words, row.unit):
        assert said.strip()
    assert {asked.name for asked in row.inputs} == set(row.example)


@pytest.mark.parametrize(
    ("key", "inputs", "value"),
    [
        # The first day of a refill is a whole day, and not a day too early.
        ("G17", {"ds": 31, "pct": "0.8"}, 25),
        ("G17", {"ds": 30, "pct": "85%"}, 26),
        # Days' supply rounds down, also when the last day is nearly there.
        ("G01", {"qty": 59, "daily": 2}, 29),
        ("G01", {"qty": "2.999", "daily": 1}, 2),
        ("G01", {"qty": 30, "daily": "0.3"}, 100),
        ("G05", {"units": 1000, "daily": 50, "inuse": 28}, 20),
        ("G06", {"units": 1500, "daily": "21.5"}, 69),
        ("G13", {"n": 7}, 24),
        # Bags are whole: one drop more is one bag more.
        ("D11", {"rate": 125, "bag": 1000}, 3),
        ("D11", {"rate": 125, "bag": 3000}, 1),
        ("D11", {"rate": "125.01", "bag": 3000}, 2),
        # Whole packages, and nothing above par.
        ("H11", {"par": 300, "oh": 200, "oo": 0, "pack": 100}, 100),
        ("H11", {"par": 300, "oh": 199, "oo": 0, "pack": 100}, 200),
        ("H11", {"par": 300, "oh": 300, "oo": 0, "pack": 100}, 0),
        ("H11", {"par": 300, "oh": 290, "oo": 500, "pack": 100}, 0),
        # The patient never pays more than the price while the deductible is not reached.
        ("H13", {"price": 40, "ded": 50, "rate": "20%"}, 40),
        ("H13", {"price": 50, "ded": 50, "rate": "20%"}, 50),
        ("H13", {"price": 50, "ded": 0, "rate": "20%"}, 10),
        # A half is rounded up, in dollars as in millilitres.
        ("H12", {"inv": "0.05", "d": "10%"}, Decimal("0.05")),
        ("A07", {"dose_mg": 25, "mg": 100, "per_mL": 1}, Decimal("0.3")),
        ("D12", {"kg": 10}, 40), ("D12", {"kg": "10.5"}, 41), ("D12", {"kg": 20}, 60),
        ("D12", {"kg": 21}, 61), ("D13", {"kg": 10}, 1000), ("D13", {"kg": 20}, 1500),
        ("E13", {"scr": "0.7", "age": 50, "female": True}, Decimal("105.3")),
        ("E13", {"scr": "0.9", "age": 50, "female": False}, Decimal("104.0")),
        ("E13", {"scr": "0.6", "age": 30, "female": "yes"}, Decimal("123.8")),
        ("G08", {"dose": 58, "inc": 2}, 0),
    ],
)  # fmt: skip
def test_where_the_rule_turns(key: str, inputs: dict[str, object], value: object) -> None:
    assert answer({"calculation": key, "inputs": inputs})["value"] == plain(value)
