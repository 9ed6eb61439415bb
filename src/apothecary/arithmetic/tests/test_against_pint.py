"""Units and dimensioned formulas against pint, a library of physical quantities (BSD)."""

import math
import random
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pint
import pytest

from apothecary.arithmetic.reckoning import reckon
from apothecary.arithmetic.table import calculations
from apothecary.arithmetic.tests.given import values
from apothecary.arithmetic.units import simple_units, unit_of

UREG: Any = pint.UnitRegistry(cache_folder=None)
UREG.define("equivalent = mole")
Q = UREG.Quantity
# Our symbol → pint's; what is not here counts things or is a convention pint does not share.
NAMES = {
    "ng": "ng", "mcg": "microgram", "mg": "mg", "g": "g", "kg": "kg", "lb": "lb", "oz": "oz",
    "mcL": "microliter", "mL": "mL", "dL": "dL", "L": "L", "mm": "mm", "cm": "cm", "m": "m",
    "in": "inch", "ft": "foot", "s": "s", "min": "min", "h": "hour", "day": "day",
    "week": "week", "degC": "degC", "degF": "degF", "K": "kelvin", "umol": "micromole",
    "mmol": "mmol", "mol": "mol", "m2": "m**2",
}  # fmt: skip
CONVERTED = [
    (one, other)
    for one in NAMES
    for other in NAMES
    if one < other and simple_units()[one].dimension == simple_units()[other].dimension
]
COMPOUND = [
    ("mcg/kg/min", "mg/kg/h"), ("mL/h", "L/day"), ("mL/min", "L/h"), ("mg/mL", "g/L"),
    ("mcg/mL", "mg/L"), ("mg/dL", "g/L"), ("mg/kg", "mcg/kg"), ("kg/m2", "g/m2"),
    ("mmol/L", "umol/mL"), ("1/h", "1/day"), ("g/in", "g/cm"), ("g/mol", "mg/mmol"),
]  # fmt: skip


def in_pint(symbol: str) -> str:
    parts = symbol.split("/")
    return "/".join(NAMES.get(part, part) for part in parts)


@pytest.mark.parametrize(("one", "other"), CONVERTED)
def test_a_simple_unit_becomes_another_as_pint_does_it(one: str, other: str) -> None:
    first, second = simple_units()[one], simple_units()[other]
    for amount in (Decimal("1"), Decimal("98.6"), Decimal("-40.25")):
        ours = (Fraction(amount) + first.offset) * first.factor / second.factor - second.offset
        theirs = Q(float(amount), NAMES[one]).to(NAMES[other]).magnitude
        assert math.isclose(float(ours), theirs, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize(("one", "other"), COMPOUND)
def test_a_compound_unit_becomes_another_as_pint_does_it(one: str, other: str) -> None:
    first, second = unit_of(one), unit_of(other)
    assert first is not None
    assert second is not None
    theirs = Q(1.0, in_pint(one)).to(in_pint(other)).magnitude
    assert math.isclose(float(first.factor / second.factor), theirs, rel_tol=1e-9)


# The inputs with pint's units, and the unit of the result: pint does the rest.
Formula = Callable[..., Any]
FORMULAS: dict[str, tuple[dict[str, str], Formula, str]] = {
    "A03": ({"lb": "lb"}, lambda lb: lb, "kg"),
    "A04": ({"inch": "inch"}, lambda inch: inch, "cm"),
    "A06": ({"gr": "grain"}, lambda gr: gr, "mg"),
    "B01": ({"pct": "g/dL", "mL": "mL"}, lambda pct, ml: pct * ml, "g"),
    "B04": ({"x": "mL/g"}, lambda x: 1 / x, "mg/mL"),
    "B05": ({"x": "mL/g"}, lambda x: 1 / x, "mg/mL"),
    "B09": ({"mgdl": "mg/dL", "mw": "g/mol"}, lambda c, mw: c / mw, "mmol/L"),
    "B10": ({"mg": "mg", "val": "", "mw": "g/mol"}, lambda m, v, mw: m / mw * v, "mmol"),
    "B11": ({"meq": "mmol", "mw": "g/mol", "val": ""}, lambda n, mw, v: n * mw / v, "mg"),
    "B12": ({"g": "g/L", "mw": "g/mol"}, lambda c, mw: c / mw, "mmol/L"),
    "B15": ({"g": "g", "mw": "g/mol", "L": "L"}, lambda g, mw, v: g / mw / v, "mol/L"),
    "D01": ({"mL": "mL", "h": "hour"}, lambda v, t: v / t, "mL/hour"),
    "D03": ({"mL": "mL", "rate": "mL/hour"}, lambda v, r: v / r, "hour"),
    "D04": (
        {"dose": "microgram/kg/min", "kg": "kg", "mg": "mg", "mL": "mL"},
        lambda dose, kg, mg, ml: dose * kg / (mg / ml),
        "mL/hour",
    ),
    "D05": (
        {"rate": "mL/hour", "kg": "kg", "mg": "mg", "mL": "mL"},
        lambda rate, kg, mg, ml: rate * (mg / ml) / kg,
        "microgram/kg/min",
    ),
    "D06": (
        {"dose": "mg/min", "mg": "mg", "mL": "mL"},
        lambda dose, mg, ml: dose / (mg / ml),
        "mL/hour",
    ),
    "D19": ({"g": "g/day", "kg": "kg"}, lambda g, kg: g / kg, "mg/kg/min"),
    "D21": ({"vol": "mL", "rate": "mL/hour"}, lambda v, r: v / r, "day"),
    "E01": ({"kg": "kg", "m": "m"}, lambda kg, m: kg / m**2, "kg/m**2"),
}


@pytest.mark.parametrize("key", FORMULAS)
def test_a_formula_whose_units_pint_carries_gives_the_same(key: str) -> None:
    row, draw = calculations()[key], random.Random(key)
    units, formula, unit = FORMULAS[key]
    assert list(units) == [asked.name for asked in row.inputs]
    for inputs in [row.example, *(values(row, draw) for _ in range(20))]:
        with_units = [Q(float(str(inputs[name])), units[name]) for name in units]
        theirs = formula(*with_units).to(unit).magnitude
        exact = reckon(row, inputs).exact
        assert isinstance(exact, Decimal)
        assert math.isclose(float(exact), theirs, rel_tol=1e-9)


@pytest.mark.parametrize("degrees", [-40, 0, 37, 98.6, 212])
def test_temperatures_are_pints_temperatures(degrees: float) -> None:
    fahrenheit = reckon(calculations()["A01"], {"C": degrees}).exact
    celsius = reckon(calculations()["A02"], {"F": degrees}).exact
    assert isinstance(fahrenheit, Decimal)
    assert isinstance(celsius, Decimal)
    assert math.isclose(float(fahrenheit), Q(degrees, "degC").to("degF").magnitude)
    theirs = Q(degrees, "degF").to("degC").magnitude
    assert math.isclose(float(celsius), theirs, abs_tol=1e-9)


def test_every_row_that_names_pint_as_its_check_is_checked_here() -> None:
    named = {row.id for row in calculations().values() if "pint" in row.check}
    assert named == {*FORMULAS, "A01", "A02"}
