from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apothecary.law import inventories
from apothecary.law.facts import LastDay
from apothecary.law.inventories import (
    ContainerFacts,
    InventoryFacts,
    exact_count_by,
    first_inventory_on,
    inventory_due_problems,
    inventory_problems,
    liquid_counted_to,
    next_inventory_by,
    scheduled_inventory_on,
)
from apothecary.law.problem import Problem
from apothecary.law.tables import practice
from apothecary.law.tests.cases import ON, asks_for_exactly, codes, with_change

LAST = date(2024, 5, 1)
OPENED = ContainerFacts(schedule=4, state="TX", opened=True, holds=100)


def test_the_first_inventory_is_taken_on_the_day_business_begins() -> None:
    assert first_inventory_on(ON, on=ON) == ON


def test_a_drug_that_becomes_controlled_is_counted_on_that_day() -> None:
    assert scheduled_inventory_on(ON, on=ON) == ON


@pytest.mark.parametrize(
    ("state", "due", "cite"),
    [
        ("TX", date(2026, 5, 1), "21 CFR 1304.11(c)"),
        ("AL", date(2026, 5, 1), "21 CFR 1304.11(c)"),
        ("IA", date(2025, 5, 8), "Iowa Admin. Code 481-553.5"),
    ],
)
def test_a_new_inventory_follows_within_two_years_in_iowa_within_one_and_a_week(
    state: str, due: date, cite: str
) -> None:
    last = next_inventory_by(LAST, state_code=state, on=ON)
    assert isinstance(last, LastDay)
    assert (last.on, last.row.cite) == (due, cite)


@pytest.mark.parametrize(
    ("state", "day", "expected"),
    [
        ("TX", date(2026, 4, 30), []),
        ("TX", date(2026, 5, 1), []),
        ("TX", date(2026, 5, 2), ["inventory-overdue"]),
        ("IA", date(2025, 8, 7), []),
        ("IA", date(2025, 8, 8), []),
        ("IA", date(2025, 8, 9), ["inventory-overdue"]),
    ],
)
def test_the_last_day_for_an_inventory_is_still_good(
    state: str, day: date, expected: list[str]
) -> None:
    last_on = date(2024, 8, 1) if state == "IA" else LAST
    problems = inventory_due_problems(last_on, state_code=state, on=day)
    assert codes(problems) == expected


def test_iowa_joins_the_others_before_its_rule() -> None:
    before = next_inventory_by(LAST, state_code="IA", on=date(2025, 7, 15))
    assert isinstance(before, LastDay)
    assert before.on == date(2026, 5, 1)
    after = next_inventory_by(LAST, state_code="IA", on=date(2025, 7, 16))
    assert isinstance(after, LastDay)
    assert after.on == date(2025, 5, 8)


def test_a_state_nobody_knows_anything_of_is_named() -> None:
    problem = next_inventory_by(LAST, state_code="VT", on=ON)
    assert isinstance(problem, Problem)
    assert "VT" in problem.says
    assert codes(inventory_due_problems(LAST, state_code="VT", on=ON)) == ["law-unknown-state"]


def test_a_state_with_a_shorter_time_and_no_grace_is_taken_at_its_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_grace(code, attribute, *, on):
        found = practice(code, attribute, on=on)
        gone = practice("VT", attribute, on=on)
        return gone if attribute == "inventory_grace_days" else found

    monkeypatch.setattr(inventories, "practice", no_grace)
    last = next_inventory_by(LAST, state_code="IA", on=ON)
    assert isinstance(last, LastDay)
    assert last.on == date(2025, 5, 1)


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("opening", []),
        ("close", []),
        ("something else", ["inventory-time"]),
        ("", ["inventory-time"]),
    ],
)
def test_an_inventory_is_taken_at_the_opening_or_the_close_of_business(
    time: str, expected: list[str]
) -> None:
    shown = frozenset({"in_writing", "registered_location"})
    facts = InventoryFacts(time_of_day=time, shown=shown)
    assert codes(inventory_problems(facts, on=ON)) == expected


def test_an_inventory_is_in_writing_and_for_one_place() -> None:
    asks_for_exactly(
        lambda shown: inventory_problems(
            InventoryFacts(time_of_day="close", shown=shown), on=ON
        ),
        "in_writing",
        "registered_location",
    )


@pytest.mark.parametrize(
    ("change", "cite"),
    [
        ({"schedule": 2}, "21 CFR 1304.11(e)(6)"),
        ({"schedule": 2, "opened": False}, "21 CFR 1304.11(e)(6)"),
        ({"schedule": 1}, "21 CFR 1304.11(e)(6)"),
        ({}, None),
        ({"schedule": 3}, None),
        ({"schedule": 5}, None),
        ({"holds": 999}, None),
        ({"holds": 1000}, None),
        ({"holds": 1001}, "21 CFR 1304.11(e)(6)"),
        ({"opened": False}, "21 CFR 1304.11(e)(6)"),
        ({"state": "IA"}, "Iowa Admin. Code 481-553.5"),
        ({"schedule": 0, "holds": 5000}, None),
        ({"schedule": 0, "state": "IA"}, None),
    ],
)
def test_c_ii_and_large_containers_are_counted_exactly_others_may_be_estimated(
    change: dict[str, object], cite: str | None
) -> None:
    row = exact_count_by(with_change(OPENED, change), on=ON)
    assert (row.cite if row else None) == cite


@pytest.mark.parametrize("schedule", [1, 2])
def test_exact_counting_of_c_ii_is_the_row_of_c_ii_and_not_of_large_containers(
    schedule: int,
) -> None:
    row = exact_count_by(replace(OPENED, schedule=schedule), on=ON)
    assert row is not None
    assert row.id == "DEA-088"


@pytest.mark.parametrize(
    ("state", "liquid", "part"),
    [("IA", True, Decimal("0.25")), ("IA", False, None), ("TX", True, None)],
)
def test_iowa_counts_a_liquid_to_a_quarter_of_its_container(
    state: str, liquid: bool, part: Decimal | None
) -> None:
    row = liquid_counted_to(replace(OPENED, state=state, liquid=liquid), on=ON)
    assert (row.amount() if row else None) == part
