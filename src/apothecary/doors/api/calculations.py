"""Calculations: the list of them, and one reckoned."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import ValidationError

from apothecary.arithmetic.command import json_value, listing
from apothecary.arithmetic.reading import Refused
from apothecary.arithmetic.reckoning import reckon
from apothecary.arithmetic.table import calculation_of, search
from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.said import Sent, Word

router = Router(tags=["calculations"])


class CalculateIn(Sent):
    """A calculation by id or name; each input a number in its declared unit, or with one."""

    calculation: Word
    inputs: dict[str, Any]


class CalculatedOut(Schema):
    """A result: rounded once, `exact` before that; the working line by line."""

    calculation: str
    name: str
    value: Any
    unit: str
    exact: str
    working: list[str]
    cautions: list[str]
    source: str
    verified: str
    note: str


class InputOut(Schema):
    """An input: a bare number is taken in `unit`; limits are in it too."""

    name: str
    label: str
    form: str
    unit: str
    measures: str
    low: Any
    high: Any
    low_included: bool | None
    high_included: bool | None
    whole: bool
    other_units: list[str]


class CalculationOut(Schema):
    """A calculation as the table has it."""

    id: str
    name: str
    category: str
    inputs: list[InputOut]
    unit: str
    decimals: int
    rounding: str
    formula: str
    source: str
    mark: str
    check: str
    note: str
    example: dict[str, Any]
    expected: Any


@router.get("/calculations", response=list[CalculationOut], summary="All calculations")
def listed(request: HttpRequest, words: Word = "") -> list[dict[str, object]]:
    """The calculations that have all these words in name, category or subject; all without."""
    wanted = {each.id for each in search(words)}
    return [each for each in listing() if each["id"] in wanted]


@router.post("/calculate", response={200: CalculatedOut, **REFUSALS}, summary="Calculate")
def calculate(request: HttpRequest, sent: CalculateIn) -> CalculatedOut:
    """Reckon; an input that is missing, impossible or of another dimension is bad input.

    Nothing is kept: a calculation is no deed.
    """
    calculation = calculation_of(sent.calculation)
    if calculation is None:
        raise bad_input([("calculation", "is not in the table; GET /api/calculations")])
    try:
        found = reckon(calculation, sent.inputs)
    except Refused as why:
        raise bad_input([(fault.field, fault.says) for fault in why.faults]) from why
    exact = found.exact
    return CalculatedOut(
        calculation=calculation.id,
        name=calculation.name,
        value=json_value(found.value),
        unit=found.unit,
        exact=f"{exact:f}" if isinstance(exact, Decimal) else exact.isoformat(),
        working=list(found.working),
        cautions=list(found.cautions),
        source=calculation.source,
        verified=calculation.mark,
        note=calculation.note,
    )


def bad_input(faults: list[tuple[str, str]]) -> ValidationError:
    """Every input that is not taken, by name, with what is wrong about it."""
    return ValidationError([{"loc": ("body", name), "msg": says} for name, says in faults])
