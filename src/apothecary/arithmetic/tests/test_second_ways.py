import math
import random
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from apothecary.arithmetic.reading import Refused
from apothecary.arithmetic.reckoning import Answer, reckon
from apothecary.arithmetic.table import calculations
from apothecary.arithmetic.tests.given import as_fractions, values
from apothecary.arithmetic.tests.second_ways import WAYS

ROWS = list(calculations().values())
RECKONED = [row for row in ROWS if not row.special]
TRIES = 40


def second(answer_inputs: dict[str, object], key: str) -> Fraction | float:
    return WAYS[key](*[as_fractions(value) for value in answer_inputs.values()])


def unrounded(answer: Answer) -> Decimal:
    """What the second way gives: where the formula itself rounds to whole days or packages, the
    rounded value, else the exact one."""
    whole = answer.calculation.rounding in {"down", "up"}
    found = answer.value if whole else answer.exact
    assert isinstance(found, Decimal)
    return found


def same(one: Decimal, other: Fraction | float) -> bool:
    return math.isclose(float(one), float(other), rel_tol=1e-9, abs_tol=1e-9)


def test_every_calculation_of_amounts_has_a_second_way() -> None:
    assert set(WAYS) == {row.id for row in RECKONED}


@pytest.mark.parametrize("row", RECKONED, ids=lambda row: row.id)
def test_the_worked_example_comes_out_the_second_way_too(row) -> None:
    inputs = {asked.name: row.example[asked.name] for asked in row.inputs}
    exact = second(inputs, row.id)
    assert same(unrounded(reckon(row, inputs)), exact)
    # The expected answer of the table, to its decimals.
    assert abs(Fraction(str(row.expected)) - Fraction(exact)) <= Fraction(
        1, 2 * 10**row.decimals
    )


@pytest.mark.parametrize("row", RECKONED, ids=lambda row: row.id)
def test_both_ways_agree_wherever_an_answer_is_given(row) -> None:
    draw, agreed = random.Random(row.id), 0
    for _ in range(TRIES * 200):
        inputs = values(row, draw)
        try:
            answer = reckon(row, inputs)
        except Refused:
            continue
        assert same(unrounded(answer), second(inputs, row.id)), inputs
        agreed += 1
        if agreed == TRIES:
            break
    assert agreed == TRIES


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_answer_is_the_exact_value_rounded_once(row) -> None:
    answer = reckon(row, row.example)
    if isinstance(answer.exact, date):
        assert answer.value == answer.exact
        return
    step = Decimal(1).scaleb(-row.decimals)
    assert isinstance(answer.value, Decimal)
    off = answer.value - answer.exact
    assert {
        "half up": abs(off) <= step / 2,
        "down": -step < off <= 0,
        "up": 0 <= off < step,
    }[row.rounding]
