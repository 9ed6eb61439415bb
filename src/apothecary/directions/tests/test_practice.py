"""Directions as they are written in practice; the values were written before any was read."""

import csv
import json
from pathlib import Path

import pytest

from apothecary.directions.command import answer

HERE = Path(__file__).parent


def _table(name: str) -> list[dict[str, str]]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="|"))


READ = [*_table("practice_solids"), *_table("practice_others")]
ASKED = _table("practice_asked")


def _answered(row: dict[str, str]) -> dict[str, object]:
    """The answer of the command, through JSON text as a program gets it."""
    line = {key: row[key] for key in ("sig", "form", "drug", "quantity") if row.get(key)}
    found = json.loads(json.dumps(answer({"id": 1, **line})))
    assert isinstance(found, dict)
    return found


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _range(step: dict[str, object], name: str) -> str:
    low, high = step[f"{name}_min"], step[f"{name}_max"]
    return _text(low) if low == high else f"{low}-{high}"


def _said(step: dict[str, object]) -> str:
    """One step in the notation of the table, from the contract's fields alone."""
    parts = [
        _range(step, "dose") or "?",
        _text(step["dose_unit"]) or "?",
        _text(step["route"]) or "?",
    ]
    if step["times_min"] is not None:
        rate = (_range(step, "times"), "in", _range(step, "period"), step["period_unit"])
        parts.extend(str(part) for part in rate)
    when = step["when"]
    assert isinstance(when, list)
    if when:
        parts.append(f"[{', '.join(when)}]")
    if step["duration"] is not None:
        parts.append(f"for {step['duration']} {step['duration_unit']}")
    if step["as_needed"]:
        parts.append(f"prn {_text(step['as_needed_for'])}".strip())
    if step["max_per_day"] is not None:
        parts.append(f"max {step['max_per_day']} {step['max_per_day_unit']}")
    return " ".join(parts)


def _values(found: dict[str, object]) -> dict[str, str]:
    steps = found["steps"]
    assert isinstance(steps, list)
    return {
        "steps": " ; ".join(_said(step) for step in steps) if found["certain"] else "?",
        "a_day": _text(found["quantity_per_day"]),
        "most": _text(found["max_quantity_per_day"]),
        "days": _text(found["days_supply"]),
    }


@pytest.mark.parametrize("row", READ, ids=[row["sig"] for row in READ])
def test_a_direction_of_practice_has_the_values_a_pharmacist_gives_it(
    row: dict[str, str],
) -> None:
    found = _answered(row)
    assert _values(found) == {key: row[key] for key in ("steps", "a_day", "most", "days")}
    assert bool(found["questions"]) == (row["steps"] == "?")


@pytest.mark.parametrize("row", ASKED, ids=[f"{row['sig']}: {row['why']}" for row in ASKED])
def test_what_nobody_could_dispense_from_is_asked_and_never_counted(
    row: dict[str, str],
) -> None:
    found = _answered({**row, "quantity": "30"})
    assert found["certain"] is False
    assert found["questions"]
    assert _values(found) == {"steps": "?", "a_day": "", "most": "", "days": ""}


def test_the_table_of_practice_is_large_and_names_no_direction_twice() -> None:
    assert len(READ) >= 250
    assert len(ASKED) >= 150
    sigs = [(row["sig"], row["form"]) for row in (*READ, *ASKED)]
    assert len(sigs) == len(set(sigs))
