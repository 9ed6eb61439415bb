"""The filter ``apothecary calculate`` and the list of all calculations as JSON values."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from apothecary.arithmetic.amounts import shown
from apothecary.arithmetic.numerals import json_number
from apothecary.arithmetic.reading import Refused
from apothecary.arithmetic.reckoning import Answer, reckon
from apothecary.arithmetic.table import Asked, Bound, Calculation, calculation_of, calculations

Line = dict[str, Any]  # a JSON object


def answer(line: Mapping[str, object]) -> Line:
    """Answer one request ``{"id", "calculation": id or name, "inputs": {…}}``.

    Out comes ``{"id", "value", "unit", "working"}``; cautions end the working.
    Bad input gives ``{"id", "error"}`` naming the field and the reason; nothing is raised.
    """
    key = _key(line.get("id"))
    name = line.get("calculation")
    calculation = calculation_of(name) if isinstance(name, str) else None
    if calculation is None:
        asked = "is missing" if name is None else f"{shown(name)} is not in the table"
        return {"id": key, "error": f"calculation: {asked}; `calculate --list` names all"}
    inputs = line.get("inputs", {})
    if not isinstance(inputs, dict):
        return {"id": key, "error": f"inputs: {shown(inputs)} is no object of named inputs"}
    try:
        found = reckon(calculation, inputs)
    except Refused as why:
        return {"id": key, "error": str(why)}
    return {
        "id": key,
        "value": json_value(found.value),
        "unit": found.unit,
        "working": working(found),
    }


def working(found: Answer) -> list[str]:
    """The lines of the working, the cautions last and named as such."""
    return [*found.working, *(f"caution: {says}" for says in found.cautions)]


def json_value(value: Decimal | date) -> object:
    """A number with exactly its digits, or a day as text."""
    return value.isoformat() if isinstance(value, date) else json_number(value)


def _key(key: object) -> str | int | None:
    if isinstance(key, bool) or not isinstance(key, str | int):
        return None
    if isinstance(key, int):
        return key
    # Half a character can be read from JSON and never be printed again.
    return key.encode("utf-8", "backslashreplace").decode()


def listing() -> list[Line]:
    """Every calculation with its inputs, units, limits, formula, source and mark."""
    return [_listed(each) for each in calculations().values()]


def _listed(each: Calculation) -> Line:
    return {
        "id": each.id,
        "name": each.name,
        "category": each.category,
        "inputs": [_input(asked) for asked in each.inputs],
        "unit": each.unit,
        "decimals": each.decimals,
        "rounding": each.rounding,
        "formula": each.formula,
        "source": each.source,
        "mark": each.mark,
        "check": each.check,
        "note": each.note,
        "example": {name: plain(value) for name, value in each.example.items()},
        "expected": plain(each.expected),
    }


def _input(asked: Asked) -> Line:
    kind = asked.kind
    return {
        "name": asked.name,
        "label": asked.label,
        "form": kind.form,
        "unit": asked.unit,
        "measures": kind.unit.measures if kind.form in {"number", "list"} else kind.form,
        "low": _limit(kind.low),
        "high": _limit(kind.high),
        "low_included": kind.low.included if kind.low else None,
        "high_included": kind.high.included if kind.high else None,
        "whole": kind.whole,
        "other_units": list(kind.offer),
    }


def _limit(bound: Bound | None) -> object:
    return None if bound is None else json_number(bound.value)


def plain(value: object) -> object:
    """A value of the table as JSON prints it."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    return json_number(value) if isinstance(value, Decimal) else value
