"""Inputs for tests, drawn at random within what is likely."""

import random
from decimal import Decimal
from fractions import Fraction

from apothecary.arithmetic.table import Asked, Calculation, Kind

SPAN = Decimal(150)
PLACES = Decimal("0.01")


def span_of(kind: Kind) -> tuple[Decimal, Decimal]:
    """From where to where a number of this kind is drawn."""
    low = kind.low.value if kind.low else Decimal(-1000)
    high = kind.high.value if kind.high else Decimal(1000)
    if kind.likely:
        low, high = max(low, kind.likely[0]), min(high, kind.likely[1])
    low = max(low, PLACES) if kind.low and not kind.low.included else low
    return low, min(high, low + SPAN) - (PLACES if kind.high and not kind.high.included else 0)


def number(kind: Kind, draw: random.Random) -> Decimal:
    """A number of this kind with two places, or a whole one."""
    low, high = span_of(kind)
    if kind.whole:
        return Decimal(draw.randint(int(low), int(high)))
    steps = int((high - low) / PLACES)
    return low + draw.randint(0, steps) * PLACES


def value(asked: Asked, draw: random.Random) -> object:
    """A value for one input, in the shape its form takes."""
    match asked.kind.form:
        case "yes or no":
            return draw.random() < 0.5
        case "list":
            return [number(asked.kind, draw) for _ in range(3)]
        case "taper":
            return [
                [draw.randint(1, 8), draw.randint(1, 14)] for _ in range(draw.randint(1, 5))
            ]
        case _:
            return number(asked.kind, draw)


def values(calculation: Calculation, draw: random.Random) -> dict[str, object]:
    """A value for every input; together they may still be impossible."""
    return {asked.name: value(asked, draw) for asked in calculation.inputs}


def as_fractions(given: object) -> object:
    """The same values for a second way, which reckons with fractions."""
    if isinstance(given, list):
        return [as_fractions(each) for each in given]
    if isinstance(given, bool):
        return given
    return Fraction(str(given))
