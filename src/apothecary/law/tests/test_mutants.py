"""Whoever changes a value of law is told so by a test of what the law does."""

import json
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from apothecary.law import tables
from apothecary.law.substitution import substitution
from apothecary.law.tables import Row, federal
from apothecary.law.tests import mutants
from apothecary.law.tests.cases import ON

HERE = Path(__file__).parent


def test_every_changed_value_mark_and_day_of_law_is_noticed(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "apothecary.law.tests.mutants",
            "--ignore",
            __file__,
            *("--ignore", str(HERE / "test_waste.py")),
            str(HERE),
        ],
        env=os.environ | {"MUTANTS": str(report)},
        cwd=HERE.parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.exists(), run.stdout + run.stderr
    found = json.loads(report.read_text(encoding="utf-8"))
    assert found["survivors"] == []
    assert found["mutants"] > 4 * len(mutants.rows())


@pytest.mark.parametrize(
    ("value", "others"),
    [
        (True, [False]),
        (7, [6, 8]),
        (Decimal("3.6"), [Decimal("3.599"), Decimal("3.601")]),
        ("word", ["word!"]),
        (("a_b", "c_d"), [("c_d",), ("a_b",), ("a_b", "c_d", "something else")]),
    ],
)
def test_a_value_is_changed_to_what_stands_next_to_it(
    value: tables.Value, others: list[tables.Value]
) -> None:
    assert mutants.others(value) == others


@pytest.mark.parametrize(
    ("names", "new"),
    [
        (("1", "2"), ["0", "3", "4", "5"]),
        (("written", "electronic"), ["fax", "phone"]),
        (("infusion", "long_term_care", "hospice"), []),
        (("A", "B", "C"), ["D"]),
        (("none",), []),
        (("3/1", "4/2"), ["7/0", "none"]),
        (("annotate", "alter"), ["something else"]),
    ],
)
def test_a_list_is_added_to_in_its_own_words(names: tuple[str, ...], new: list[str]) -> None:
    assert mutants.newcomers(names) == new


def test_a_list_of_states_is_added_to_with_every_other_state_of_the_survey() -> None:
    must, may = mutants.surveyed()
    assert mutants.newcomers(tuple(must)) == [*sorted(may), "OK"]
    assert mutants.newcomers(("KY", "NC")) == sorted((must | may) - {"KY", "NC"})


def test_the_rows_on_substitution_are_changed_and_their_readers_known() -> None:
    assert {"survey_must", "NY_kind"} <= {
        row.id for table, row in mutants.rows() if table == "substitution"
    }
    with mutants.noted() as seen:
        substitution("NY", on=ON)
    assert ("substitution", "NY_kind") in seen
    assert ("substitution", "survey_told") in seen


def test_a_doubtful_row_is_changed_in_its_mark_and_its_days_alone() -> None:
    row = next(row for _, row in mutants.rows() if row.verified == "KQ")
    changed = [mutant for mutant, _ in mutants.mutants(row)]
    assert [mutant.verified for mutant in changed] == ["K", "KQ", "KQ"]
    assert {mutant.value for mutant in changed} == {row.value}


def test_a_mutant_stands_in_the_tables_only_while_it_is_tried() -> None:
    row = federal("DEA-024", on=ON)
    mutant = next(each for each, _ in mutants.mutants(row) if each.value != row.value)
    with mutants.installed("federal", row, mutant):
        assert federal("DEA-024", on=ON) is mutant
    assert federal("DEA-024", on=ON) is row


def test_the_rows_a_rule_looks_for_are_noted_with_their_table() -> None:
    with mutants.noted() as seen:
        federal("DEA-024", on=ON)
        tables.policy("general_elements", on=ON)
        tables.state("TX", "cv_refills_max", on=ON)
        tables.practice("NC", "ratio", on=ON)
    assert seen == {
        "DEA-024",
        "general_elements",
        ("TX", "cv_refills_max"),
        ("practice", "NC_ratio"),
    }


def test_what_was_changed_is_told() -> None:
    row = federal("DEA-024", on=ON)
    changed = {mutants.told(row, mutant) for mutant, _ in mutants.mutants(row)}
    assert "value 0 -> 1" in changed
    assert "verified V1 -> KQ" in changed
    assert "effective_from 1971-05-01 -> 1971-04-30" in changed
    assert isinstance(row, Row)
    assert row.effective_from == date(1971, 5, 1)
