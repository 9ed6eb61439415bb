"""How one thing is said in many ways; the values were written before any was read."""

import csv
from pathlib import Path

import pytest

from apothecary.directions.command import answer
from apothecary.directions.tests.test_practice import _answered, _values

HERE = Path(__file__).parent


def _table(name: str) -> list[dict[str, str]]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="|"))


READ = _table("practice_variants")
ASKED = _table("asked_variants")


@pytest.mark.parametrize("row", READ, ids=[f"{row['sig']} ({row['drug']})" for row in READ])
def test_a_variant_of_practice_has_the_values_a_pharmacist_gives_it(
    row: dict[str, str],
) -> None:
    assert _values(_answered(row))["steps"] == row["steps"]


@pytest.mark.parametrize("row", ASKED, ids=[f"{row['sig']} ({row['drug']})" for row in ASKED])
def test_the_prescriber_is_asked_about_the_very_thing_that_is_open(row: dict[str, str]) -> None:
    found = answer({"id": 1, "sig": row["sig"], "form": row["form"], "drug": row["drug"]})
    assert found["certain"] is False
    questions = found["questions"]
    assert isinstance(questions, list)
    assert any(row["word"] in question.casefold() for question in questions), questions
    assert (found["quantity_per_day"], found["max_quantity_per_day"]) == (None, None)


def test_the_tables_of_practice_are_as_large_as_promised() -> None:
    known = [*READ, *_table("practice_solids"), *_table("practice_others")]
    assert len(known) >= 600
    assert len(ASKED) >= 100
    assert len({(row["sig"], row["form"], row["drug"]) for row in READ}) == len(READ)
