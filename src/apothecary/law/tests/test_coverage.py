"""Every rule known to us is in the law, is another room's, or says why it is neither."""

import csv
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PLACES = {"law", "elsewhere", "outside"}


@cache
def read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


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
