"""The table itself: what it may hold, how it is searched, how a formula is read."""

from decimal import Decimal, localcontext

import pytest

from apothecary.arithmetic.expression import NotAFormula, Scope, condition, formula
from apothecary.arithmetic.numerals import (
    KEPT,
    RECKONING,
    json_number,
    read_number,
    rounded,
    written,
)
from apothecary.arithmetic.table import (
    CATEGORIES,
    _step,
    calculation_of,
    calculations,
    kinds,
    known_unit,
    limits,
    search,
)
from apothecary.arithmetic.units import PURE, simple_units, unit_of

D = Decimal
SCOPE = Scope(
    numbers={"a": D(10), "b": D(4), "c": D(3), "yes": D(1), "no": D(0)},
    texts={"a": "10 mg", "b": "4 mL", "c": "3", "yes": "yes", "no": "no", "l": "1, 2, 4"},
    lists={"l": [D(1), D(2), D(4)]},
)


@pytest.mark.parametrize(
    ("text", "value", "says"),
    [
        ("a + b * c", "22", "10 mg + 4 mL × 3"),
        ("(a + b) * c", "42", "(10 mg + 4 mL) × 3"),
        ("a - b - c", "3", "10 mg − 4 mL − 3"),
        ("a - (b - c)", "9", "10 mg − (4 mL − 3)"),
        ("a - (b + c)", "3", "10 mg − (4 mL + 3)"),
        ("a / b / c", "0.8333333333333333333333333333333333", "10 mg ÷ 4 mL ÷ 3"),
        ("a / (b * c)", "0.8333333333333333333333333333333333", "10 mg ÷ (4 mL × 3)"),
        ("a * (b / c)", "13.33333333333333333333333333333333", "10 mg × 4 mL ÷ 3"),
        ("b ** c", "64", "4 mL ^ 3"),
        ("(b + c) ** 2", "49", "(4 mL + 3) ^ 2"),
        ("b ** -1.5", "0.125", "4 mL ^ (-1.5)"),
        ("-a + b", "-6", "-10 mg + 4 mL"),
        ("0.85 * a", "8.5", "0.85 × 10 mg"),
        ("a if yes else b", "10", "10 mg"),
        ("a if no else b", "4", "4 mL"),
        ("1 * (a if a > b else b)", "10", "1 × (10 mg)"),
        ("min(a, b, c)", "3", "min(10 mg, 4 mL, 3)"),
        ("max(a - b, 0)", "6", "max(10 mg − 4 mL, 0)"),
        ("abs(b - a)", "6", "abs(4 mL − 10 mg)"),
        ("floor(a / b)", "2", "floor(10 mg ÷ 4 mL)"),
        ("ceil(a / b)", "3", "ceil(10 mg ÷ 4 mL)"),
        ("nearest(a / b)", "3", "nearest(10 mg ÷ 4 mL)"),
        ("sqrt(b)", "2", "sqrt(4 mL)"),
        ("log10(a)", "1", "log10(10 mg)"),
        ("ln(1)", "0", "ln(1)"),
        ("sum(l)", "7", "sum(1, 2, 4)"),
        ("sum_products(l, l)", "21", "sum_products(1, 2, 4; 1, 2, 4)"),
        ("count(l)", "3", "count(1, 2, 4)"),
        ("mean(l)", "2.333333333333333333333333333333333", "mean(1, 2, 4)"),
    ],
)
def test_a_formula_is_reckoned_and_written_as_one(text: str, value: str, says: str) -> None:
    term = formula(text)
    with localcontext(RECKONING):
        assert KEPT.plus(term.reckon(SCOPE)) == D(value)
    assert term.write(SCOPE) == says


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("a > b", True), ("b > a", False), ("a >= a", True), ("b <= a", True),
        ("a < b", False), ("a == a", True), ("a == b", False), ("yes", True), ("no", False),
        ("a - b <= c + c", True),
    ],
)  # fmt: skip
def test_a_condition_holds_or_does_not(text: str, holds: bool) -> None:
    assert condition(text)(SCOPE) is holds


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "a.b", "open('x')", "[a]", "'a'.upper()", "lambda: a", "a @ b",
     "a % b", "f'{a}'", "a and b", "not a", "max"],
)  # fmt: skip
def test_what_is_no_arithmetic_is_no_formula(text: str) -> None:
    with pytest.raises((NotAFormula, KeyError, ArithmeticError)):
        formula(text).reckon(SCOPE)


@pytest.mark.parametrize("text", ["a and b", "a < b < c", "max(a, b)", "not a"])
def test_what_is_no_comparison_is_no_condition(text: str) -> None:
    with pytest.raises((NotAFormula, ValueError)):
        condition(text)


@pytest.mark.parametrize("text", ["a", "a = b", "a [mg]", "a [] = b"])
def test_a_step_without_its_unit_is_not_taken_into_the_table(text: str) -> None:
    with pytest.raises(LookupError, match="holds no step"):
        _step(text)


def test_a_unit_the_house_does_not_know_is_not_taken_into_the_table() -> None:
    with pytest.raises(LookupError, match="unknown unit 'furlong'"):
        known_unit("furlong")


def test_one_third_times_three_is_whole_again() -> None:
    """The trap behind 34 kept of 50 digits: a day's supply lost by rounding down."""
    with localcontext(RECKONING):
        thrice = D(1) / D(3) * D(3)
        assert thrice != 1
        assert formula("floor(x)").reckon(Scope(numbers={"x": thrice})) == 1


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("0", "0"), ("-0", "0"), ("0.50", "0.5"), ("5.0", "5"), ("100", "100"),
        ("1E+3", "1000"),
        ("0.00001", "0.00001"), ("1234567890", "1234567890"), ("1234567890.5", "1234567890…"),
        ("0.12345678901", "0.123456789…"), ("-1.25", "-1.25"), ("12345678901", "12345678900…"),
    ],
)  # fmt: skip
def test_a_number_is_written_with_a_leading_and_without_a_trailing_zero(value, says) -> None:
    assert written(D(value)) == says


@pytest.mark.parametrize(
    ("value", "decimals", "rounding", "made"),
    [
        ("2.5", 0, "half up", "3"), ("2.5", 0, "half even", "2"), ("2.5", 0, "down", "2"),
        ("2.5", 0, "up", "3"), ("2.4", 0, "half up", "2"), ("2.45", 1, "half up", "2.5"),
        ("2.45", 1, "half even", "2.4"), ("2.41", 1, "up", "2.5"), ("2.49", 1, "down", "2.4"),
        ("-2.5", 0, "half up", "-3"), ("-2.1", 0, "down", "-3"), ("-2.1", 0, "up", "-2"),
        ("-0.4", 0, "half up", "0"), ("1E+30", 2, "half up", "1E+30"),
    ],
)  # fmt: skip
def test_each_rounding_does_what_its_name_says(value, decimals, rounding, made) -> None:
    found = rounded(D(value), decimals=decimals, rounding=rounding)
    assert found == D(made)
    assert not (found == 0 and found.is_signed())


@pytest.mark.parametrize(
    ("value", "printed"),
    [("2.50", "2.5"), ("2", "2"), ("0.001", "0.001"), ("1E+3", "1000"), ("-1.2", "-1.2")],
)
def test_json_prints_exactly_the_digits(value: str, printed: str) -> None:
    assert repr(json_number(D(value))) == printed


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("70 kg", "70", " kg"), ("70kg", "70", "kg"), ("1,000 mL", "1000", " mL"),
        ("1.5", "1.5", ""), ("1e3g", "1000", "g"), ("kg", None, "kg"), ("", None, ""),
        ("e7.88", None, "e7.88"), (".", None, "."),
        ("5 eggs", "5", " eggs"), ("5e", "5", "e"), ("5..1", "5", ".1"), ("1:2", "1", ":2"),
    ],
)  # fmt: skip
def test_a_number_ends_where_its_unit_begins(text, number, rest) -> None:
    assert read_number(text) == (None if number is None else D(number), rest)


def test_every_unit_has_one_meaning() -> None:
    for name, unit in simple_units().items():
        assert unit_of(name) == unit
        assert unit_of(f"  {name} ") == unit
    assert unit_of("") == PURE


@pytest.mark.parametrize(
    ("one", "other"),
    [("mcg/kg/min", "mcg/min/kg"), ("mg per mL", "mg/mL"), ("MG/ML", "mg/mL"),
     ("mg / mL", "mg/mL"), ("ml", "mL"), ("l", "L"), ("meq", "mEq"), ("Ml/Min", "mL/min"),
     ("µmol/L", "umol/L"), ("kg/m²", "kg/m2"), ("mL/hr", "mL/h")],
)  # fmt: skip
def test_one_unit_in_several_spellings_is_one(one: str, other: str) -> None:
    first, second = unit_of(one), unit_of(other)
    assert first is not None
    assert second is not None
    assert (sorted(first.dimension), first.factor) == (sorted(second.dimension), second.factor)


@pytest.mark.parametrize(
    ("one", "other"),
    [("mg/kg", "mg/g"), ("mg/kg/day", "mg/kg"), ("mEq", "mmol"), ("units", "mg"),
     ("degC", "degC drop"), ("tsp", "mL"), ("month", "week"), ("M", "m"), ("%", "ppm")],
)  # fmt: skip
def test_what_looks_alike_is_not_the_same_unit(one: str, other: str) -> None:
    assert unit_of(one) is not None
    assert unit_of(one) != unit_of(other)


def test_limits_are_said_in_words() -> None:
    assert limits(kinds()["mg"]) == "above 0 to 100000000"
    assert limits(kinds()["part_below_one"]) == "from 0 below 1"
    assert limits(kinds()["date"]) == ""


def test_a_calculation_is_found_by_id_and_by_name_alone() -> None:
    for row in calculations().values():
        assert calculation_of(row.id) is row
        assert calculation_of(f" {row.name.lower()} ") is row
    for name in ("", "B", "dilution", "B18 C1V1"):
        assert calculation_of(name) is None


def test_names_do_not_hide_one_another() -> None:
    names = [row.name.lower() for row in calculations().values()]
    assert len(set(names)) == len(names)


def test_a_search_finds_every_calculation_by_its_own_name() -> None:
    for row in calculations().values():
        assert row in search(row.name)
    assert search("") == list(calculations().values())
    assert [row.category for row in search("days supply")].count("days_supply") == 18
    assert {row.category for row in search("")} == set(CATEGORIES)


def test_every_kind_of_input_is_used() -> None:
    used = {
        a.kind.name.removesuffix(" list") for c in calculations().values() for a in c.inputs
    }
    assert used == set(kinds())
