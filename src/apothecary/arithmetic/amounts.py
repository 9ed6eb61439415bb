"""From what was sent or typed to an amount in the unit that is asked for, or why not."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from numbers import Real

from apothecary.arithmetic.numerals import RECKONING, read_number, sensible, written
from apothecary.arithmetic.table import Kind
from apothecary.arithmetic.units import (
    PERCENT,
    RATIO,
    TEMPERATURE,
    Unit,
    simple_units,
    unit_of,
)

_RATIO = re.compile(r"1\s*(?::|\bin\b)\s*(?=\d)(.+)", re.IGNORECASE)
# Two units of one dimension in a row: 5 ft 10 in, 7 lb 3 oz.
_TWO_PARTS = re.compile(r"([a-zA-Z]+)\s*(\d{1,6}(?:\.\d{1,6})?)\s*([a-zA-Z]+)")
_SHOWN = 60
# Why what looks like a weight or a volume is not converted as one.
_HINTS = {
    "apothecary weight": "; a grain is never converted by itself: calculation A06",
    "fluid ounces": "; a fluid ounce is 29.5735 mL exactly and 30 mL by convention: say mL",
}


class NotTaken(ValueError):
    """Why an input is not taken, in words that follow its name."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in the unit asked for, how it is written, and the line that converted it.

    ``given`` is the unit it came with; None for a bare number.
    """

    value: Decimal
    text: str
    line: str = ""
    given: Unit | None = None


def shown(raw: object) -> str:
    """What was sent, short and safe to print."""
    if raw is None or isinstance(raw, bool):
        return {None: "nothing", True: "true", False: "false"}[raw]
    if isinstance(raw, list):
        return "a list"
    if isinstance(raw, dict):
        return "an object"
    if isinstance(raw, int) and abs(raw) >= 10**_SHOWN:
        return "a number of so many digits"
    said = repr(raw) if isinstance(raw, str) else str(raw)
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"


def with_unit(value: Decimal, symbol: str) -> str:
    """The number as it is written with its unit: "70 kg", "$12", "1:1000"."""
    if symbol == "1:x":
        return f"1:{written(value)}"
    return f"{written(value)} {symbol}".rstrip()


def read_amount(raw: object, kind: Kind) -> Amount:
    """The amount in the kind's unit: a bare number is taken in it, another unit is converted.

    Raises NotTaken with the reason: no number, an unknown unit, another dimension.
    """
    if isinstance(raw, str):
        value, given = _measured(raw)
    else:
        value, given = _bare(raw), None
    symbol = kind.unit.symbol
    if given is None or given == kind.unit:
        return Amount(value, with_unit(value, symbol), given=given)
    made = converted(value, given, kind)
    if made is None:
        raise NotTaken(_other_dimension(value, given, kind))
    line = f"{with_unit(value, given.symbol)} = {with_unit(made, symbol)}"
    return Amount(made, with_unit(made, symbol), line, given)


def _bare(raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | Real):
        raise NotTaken(f"{shown(raw)} is no number")
    if isinstance(raw, int):
        # Decimal would read any number of digits, however long that takes.
        value = Decimal(raw) if abs(raw) < 10**_SHOWN else Decimal("Infinity")
    else:
        value = Decimal(str(raw))
    if not sensible(value):
        raise NotTaken(f"{shown(raw)} is no amount of a pharmacy")
    return value


def _measured(raw: str) -> tuple[Decimal, Unit | None]:
    text = raw.strip()
    found = _RATIO.fullmatch(text)
    if found:
        return _whole_text(found[1], raw), simple_units()["1:x"]
    money = text.startswith("$")
    value, rest = read_number(text.removeprefix("$").lstrip())
    if value is None:
        raise NotTaken(f"{shown(raw)} is no number")
    name = rest.strip()
    if money and name in {"", "USD"}:
        return value, simple_units()["USD"]
    if not name:
        return value, None
    unit = None if money else unit_of(name)
    if unit is not None:
        return value, unit
    return _two_parts(value, name, raw)


def _whole_text(text: str, raw: str) -> Decimal:
    value, rest = read_number(text.strip())
    if value is None or rest.strip() or value <= 0:
        raise NotTaken(f"{shown(raw)} is no ratio strength")
    return value


def _two_parts(value: Decimal, name: str, raw: str) -> tuple[Decimal, Unit]:
    found = _TWO_PARTS.fullmatch(name)
    first, second = (unit_of(found[1]), unit_of(found[3])) if found else (None, None)
    if found is None or first is None or second is None:
        raise NotTaken(f"{shown(raw)} has a unit that is not known here")
    plain = first.dimension == second.dimension and first.dimension != TEMPERATURE
    if not plain or second.factor >= first.factor or value < 0:
        raise NotTaken(f"{shown(raw)} does not add up to one amount")
    # In the smaller unit: 5 ft 10 in is 70 in and no endless fraction of feet.
    in_second = _times(value, first.factor / second.factor)
    return RECKONING.add(in_second, Decimal(found[2])), second


def _times(value: Decimal, ratio: Fraction) -> Decimal:
    product = RECKONING.multiply(value, Decimal(ratio.numerator))
    return RECKONING.divide(product, Decimal(ratio.denominator))


@lru_cache(maxsize=4096)
def _decimal(number: Fraction) -> Decimal:
    return RECKONING.divide(Decimal(number.numerator), Decimal(number.denominator))


def _between(value: Decimal, given: Unit, asked: Unit) -> Decimal:
    """From one unit to another of the same dimension."""
    if given.offset or asked.offset:
        moved = RECKONING.add(value, _decimal(given.offset))
        made = _times(moved, given.factor / asked.factor)
        return RECKONING.subtract(made, _decimal(asked.offset))
    return _times(value, given.factor / asked.factor)


def converted(value: Decimal, given: Unit, kind: Kind) -> Decimal | None:
    """The value in the kind's unit; None where the two dimensions do not meet.

    They meet when they are the same, over one of the kind's bridges, or as a ratio strength
    and a percentage, which are each other's reciprocal.
    """
    if given.dimension == kind.unit.dimension:
        return _between(value, given, kind.unit)
    over = _over_bridges(value, given, kind)
    if over is not None:
        return over
    percent = simple_units()["%"]
    if given.dimension == (RATIO,) and value <= 0:
        return None
    if given.dimension == (RATIO,) and kind.unit.dimension == (PERCENT,):
        return RECKONING.divide(Decimal(100), value)
    if given.dimension == (RATIO,) and any(b.unit is percent for b in kind.bridges):
        return _over_bridges(RECKONING.divide(Decimal(100), value), percent, kind)
    if kind.unit.dimension == (RATIO,):
        return _as_ratio(value, given)
    return None


def _over_bridges(value: Decimal, given: Unit, kind: Kind) -> Decimal | None:
    for bridge in kind.bridges:
        # Where the scale has an offset, only the bridge's own unit measures a difference.
        if given.dimension == bridge.unit.dimension and (
            given == bridge.unit or not (given.offset or bridge.unit.offset)
        ):
            there = value if given == bridge.unit else _between(value, given, bridge.unit)
            return _times(there, bridge.factor)
    return None


def _as_ratio(value: Decimal, given: Unit) -> Decimal | None:
    if value <= 0:
        return None
    if given.dimension == (PERCENT,):
        return RECKONING.divide(Decimal(100), value)
    per_ml = simple_units()["mg"].factor / simple_units()["mL"].factor
    if given.dimension == ("mass", "volume"):
        mg_per_ml = _times(value, given.factor / per_ml)
        return RECKONING.divide(Decimal(1000), mg_per_ml)
    return None


def _other_dimension(value: Decimal, given: Unit, kind: Kind) -> str:
    asked = kind.unit.measures
    named = f"{asked} ({kind.unit.symbol})" if kind.unit.symbol else asked
    hint = _HINTS.get(given.dimension[0], "") if given.dimension else ""
    return f"{with_unit(value, given.symbol)} measures {given.measures}; asked is {named}{hint}"


def limit_problem(amount: Amount, kind: Kind) -> str:
    """Why this amount is impossible; empty when it is not."""
    value, low, high = amount.value, kind.low, kind.high
    if low is not None and (value < low.value or (value == low.value and not low.included)):
        word = "below" if low.included else "not above"
        because = f": {kind.why_low}" if kind.why_low else ""
        return f"{amount.text} is {word} {with_unit(low.value, kind.unit.symbol)}{because}"
    if high is not None and (value > high.value or (value == high.value and not high.included)):
        word = "above" if high.included else "not below"
        in_parts = not kind.unit.symbol and any(b.unit.symbol == "%" for b in kind.bridges)
        hint = "; a percentage is written with its sign, as 15 %" if in_parts else ""
        return f"{amount.text} is {word} {with_unit(high.value, kind.unit.symbol)}{hint}"
    if kind.whole and value != value.to_integral_value():
        return f"{amount.text} is no whole number"
    return ""


def unlikely(amount: Amount, kind: Kind) -> str:
    """The caution where an amount is possible and yet improbable; empty when it is neither."""
    if kind.likely is None or kind.likely[0] <= amount.value <= kind.likely[1]:
        return ""
    low, high = (written(limit) for limit in kind.likely)
    usual = f"{low} to {high} {kind.unit.symbol}".rstrip()
    return f"{amount.text} is unusual ({usual}): check the number and its unit"
