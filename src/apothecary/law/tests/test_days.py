"""The days of every row, written down a second time: a day is changed in both places or not."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from apothecary.law.problem import Problem
from apothecary.law.tables import Row, every_row, substitutions
from apothecary.law.tests.cases import looked_up

DAY = timedelta(days=1)


def written_down() -> list[tuple[str, str, str, str]]:
    path = Path(__file__).with_name("days.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (line["table"], line["row"], line["first"], line["last"])
            for line in csv.DictReader(file)
        ]


WRITTEN_DOWN = written_down()


def test_every_row_is_written_down_once() -> None:
    installed = [
        (table, row.id, str(row.effective_from), str(row.effective_to or ""))
        for table, row in every_row()
    ]
    assert sorted(WRITTEN_DOWN) == sorted(installed)
    assert len(WRITTEN_DOWN) == len(set(WRITTEN_DOWN))


@pytest.mark.parametrize(
    ("table", "row_id", "first"),
    [written[:3] for written in WRITTEN_DOWN if written[0] != "substitution"],
)
def test_a_row_answers_on_its_first_day_and_after_and_not_before(
    table: str, row_id: str, first: str
) -> None:
    begins = date.fromisoformat(first)
    before = looked_up(table, row_id, begins - DAY)
    assert isinstance(before, Problem)
    assert before.code == "law-not-in-force"
    assert str(begins - DAY) in before.says
    for day in (begins, begins + DAY):
        found = looked_up(table, row_id, day)
        # A doubtful row is in force and disabled: its own Problem says so.
        assert isinstance(found, Row) or found.code == "law-doubtful-row"


@pytest.mark.parametrize(
    ("row_id", "first"),
    [written[1:3] for written in WRITTEN_DOWN if written[0] == "substitution"],
)
def test_a_row_on_substitution_answers_from_its_first_day(row_id: str, first: str) -> None:
    begins = date.fromisoformat(first)
    days = (begins - DAY, begins, begins + DAY)
    (row,) = substitutions()[row_id]
    assert [row.in_force(day) for day in days] == [False, True, True]
