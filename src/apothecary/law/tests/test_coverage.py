"""Every rule known to us is in the law, is another room's, or says why it is neither."""

import csv
from functools import cache
from pathlib import Path

import pytest

from apothecary.law.tables import Row, every_row

HERE = Path(__file__).parent
PLACES = {"law", "elsewhere", "outside"}
# From what was read to what nobody could check; a house default stands apart.
STRENGTH = ("KQ", "K", "V2", "V1")


@cache
def read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


IN_LAW = [
    (row["id"], name)
    for row in read("coverage.csv")
    if row["where"] == "law"
    for name in row["rows"].split()
]
MARKS = {row["id"]: row["mark"] for row in read("ids.csv")}
ENTRIES = {row["id"]: row for row in read("coverage.csv")}


def test_every_id_of_our_list_of_rules_has_one_entry_and_no_entry_is_left_over() -> None:
    ids = [row["id"] for row in read("ids.csv")]
    assert len(ids) == len(set(ids)) == 227
    assert [row["id"] for row in read("coverage.csv")] == ids


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=list(ENTRIES))
def test_an_entry_says_where_its_rule_is_or_why_it_is_not_here(entry: dict[str, str]) -> None:
    assert entry["where"] in PLACES
    if entry["where"] == "law":
        assert entry["module"]
        assert entry["rows"] or entry["why"]
    else:
        assert entry["why"].endswith(".")
        assert not entry["rows"]
        assert bool(entry["module"]) == (entry["where"] == "elsewhere")


def found(name: str) -> list[Row]:
    """The rows of this name: of federal law, or with its table before a colon."""
    table, _, row_id = name.rpartition(":")
    return [row for each, row in every_row() if (each, row.id) == (table or "federal", row_id)]


@pytest.mark.parametrize(("entry", "name"), IN_LAW)
def test_every_row_an_entry_names_is_installed(entry: str, name: str) -> None:
    assert found(name), entry


@pytest.mark.parametrize(("entry", "name"), IN_LAW)
def test_no_row_is_marked_better_than_its_rule_was_read(entry: str, name: str) -> None:
    mark = MARKS[entry]
    for row in found(name):
        if mark == "KQ":
            assert row.verified == "KQ"
        elif row.verified not in ("C", mark):
            better = STRENGTH.index(row.verified) > STRENGTH.index(mark)
            # Better is possible where a part of the rule was read at its source.
            assert not better or "was read" in ENTRIES[entry]["why"]


@pytest.mark.parametrize("entry", [row for row in ENTRIES.values() if row["where"] == "law"])
def test_the_rule_of_an_entry_is_where_it_says(entry: dict[str, str]) -> None:
    path = HERE.parent / f"{entry['module']}.py"
    assert "_problems(" in path.read_text("utf-8") or entry["module"] in WITHOUT_PROBLEMS


# What they answer is a schedule, a day or a sum, not a reason.
WITHOUT_PROBLEMS = {"schedules", "retention"}
NAMED = {name for _, name in IN_LAW}
# Rows of our own: identifiers, payers, holidays, who signs, the emergency orders of New York
# and the defaults of the house.
BESIDE = {
    *("NY:emergency_follow_up_hours", "NY:emergency_days_supply_max"),
    *("NPI-001", "AKS-001", "TPL-001", "USC-6103", "DEA-015", "practice:TX_delegated_days_max"),
    *("practice:TX_nurse_practitioner_schedules", "practice:TX_physician_assistant_schedules"),
}


def test_every_row_of_federal_law_and_of_practice_is_on_the_list() -> None:
    unnamed = {
        row.id if table == "federal" else f"{table}:{row.id}"
        for table, row in every_row()
        if table not in ("policy", "substitution")
    }
    assert unnamed - NAMED == BESIDE
