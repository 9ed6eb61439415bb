"""How numbers are reckoned with, shortened and written. Decimal only, no binary fraction."""

import json
import re
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

_TRAPS = [DivisionByZero, InvalidOperation, Overflow]
# Reckoned with 50 digits, kept with 34: what 50 digits leave of 1/3 x 3 is 1 again with 34, so
# that a whole number of days is not lost by rounding down.
RECKONING = Context(prec=50, rounding=ROUND_HALF_EVEN, traps=_TRAPS)
KEPT = Context(prec=34, rounding=ROUND_HALF_EVEN, traps=_TRAPS)
_SHOWN = Context(prec=10, rounding=ROUND_DOWN, traps=_TRAPS)
ROUNDINGS = {
    "half up": ROUND_HALF_UP,
    "half even": ROUND_HALF_EVEN,
    "down": ROUND_FLOOR,
    "up": ROUND_CEILING,
}
# A number with a sign, thousands in threes, a point, an exponent. ".5" is read, "1,5" is not.
NUMBER = re.compile(
    r"[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII
)
_LONGEST = 60
_LARGEST, _SMALLEST = 18, -12


def read_number(text: str) -> tuple[Decimal | None, str]:
    """The number a text begins with, and what stands behind it; None where there is none.

    Thousands are separated by commas, fractions by a point. A number of more than 60
    characters, from 10^18 on or below 10^-12 is no amount and is not read.
    """
    found = NUMBER.match(text)
    if found is None or len(found[0]) > _LONGEST:
        return None, text
    value = Decimal(found[0].replace(",", ""))
    return (value if sensible(value) else None), text[len(found[0]) :]


def sensible(value: Decimal) -> bool:
    """Whether a number can be an amount: 0, or from 10^-12 to below 10^18, either sign.

    Within these, products and quotients of all limits of the table fit into 50 digits.
    """
    return value.is_finite() and (not value or _SMALLEST <= value.adjusted() < _LARGEST)


def rounded(value: Decimal, *, decimals: int, rounding: str) -> Decimal:
    """The value to so many decimals by a named rounding; minus nought is nought."""
    step = Decimal(1).scaleb(-decimals)
    made = value.quantize(step, rounding=ROUNDINGS[rounding], context=RECKONING)
    return made if made else abs(made)


def written(value: Decimal) -> str:
    """A number as a person reads it: leading zero, no trailing zero, ten digits, then "…"."""
    short = _SHOWN.plus(value)
    text = f"{short:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if short == value else f"{text}…"


def json_number(value: Decimal) -> object:
    """What ``json`` prints as a number with exactly these digits.

    The only place where a quantity leaves exact arithmetic: nothing is reckoned with it.
    """
    whole = value == value.to_integral_value()
    return int(value) if whole else json.loads(f"{value:f}")
