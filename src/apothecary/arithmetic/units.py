"""Units: what they measure, and how one becomes another of the same dimension.

A unit is a simple one (mg) or one per others (mcg/kg/min, mg/5 mL). The dimensions of a
compound unit are never cancelled: mg/kg is drug per body weight and no bare number, so that it
meets only what is also drug per body weight.
"""

import csv
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files

from apothecary.arithmetic.numerals import read_number

RATIO = "ratio strength"
PERCENT = "percent"
# A scale with an offset: never a part of a compound unit.
TEMPERATURE = ("temperature",)
_LONGEST = 40
_ONLY_CAPITAL = frozenset({"M", "K"})
_NONE_ABOVE = "1"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: ``factor`` (and ``offset``, added first) lead to its dimension's base unit."""

    symbol: str
    dimension: tuple[str, ...]
    factor: Fraction
    offset: Fraction = Fraction(0)

    @property
    def measures(self) -> str:
        """The dimension in words: "mass per volume"."""
        return " per ".join(self.dimension) or "a pure number"


PURE = Unit("", (), Fraction(1))


@lru_cache(maxsize=1)
def simple_units() -> dict[str, Unit]:
    """Every simple unit by its symbol and its other names."""
    found: dict[str, Unit] = {}
    with (files(__package__) / "units.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            unit = Unit(
                row["symbol"],
                (row["dimension"],),
                Fraction(row["factor"]),
                Fraction(row["offset"]),
            )
            found[row["symbol"]] = unit
            for name in filter(None, row["names"].split("|")):
                found[name] = unit
    for symbol, unit in list(found.items()):
        # "ml" is mL. But "m" is a metre and no mol/L, and "5 k" may mean thousands.
        if symbol not in _ONLY_CAPITAL:
            found.setdefault(symbol.lower(), unit)
    return found


@lru_cache(maxsize=4096)
def unit_of(text: str) -> Unit | None:
    """The unit a text names, exactly or in other letter case; None where it names none."""
    even = _even(text)
    if not even:
        return PURE
    if len(even) > _LONGEST:
        return None
    simple = _simple(even)
    if simple is not None:
        return simple
    above, *below = (part.strip() for part in even.replace(" per ", "/").split("/"))
    return _compound(above, below) if below else None


def _even(text: str) -> str:
    """One spelling for what is written in several."""
    for letter, plain in (("µ", "u"), ("μ", "u"), ("²", "2"), ("℃", "°C"), ("℉", "°F")):
        text = text.replace(letter, plain)
    return " ".join(text.split())


def _simple(name: str) -> Unit | None:
    known = simple_units()
    return known.get(name) or known.get(name.lower())


def _compound(above: str, below: list[str]) -> Unit | None:
    top = (
        Unit(_NONE_ABOVE, ("number",), Fraction(1)) if above == _NONE_ABOVE else _simple(above)
    )
    if top is None or top.dimension == TEMPERATURE:
        return None
    factor, dimensions, symbols = top.factor, [], []
    for part in below:
        number, name = read_number(part)
        unit = _simple(name.strip())
        if unit is None or unit.dimension == TEMPERATURE:
            return None
        if number is not None and number <= 0:
            return None
        factor /= unit.factor * (Fraction(number) if number is not None else 1)
        dimensions.append(unit.dimension[0])
        symbols.append(unit.symbol if number is None else f"{number:f} {unit.symbol}")
    symbol = "/".join([top.symbol, *symbols])
    return Unit(symbol, (*top.dimension, *sorted(dimensions)), factor)
