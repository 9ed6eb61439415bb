"""How strong a product is, in the house's words: ``5 mg``, ``400 mg/5 mL``, ``100 unit/mL``.

Source: the columns ACTIVE_NUMERATOR_STRENGTH and ACTIVE_INGRED_UNIT of the FDA's NDC Directory,
whose units are those of UCUM. No strength is computed: only its unit is written in one way, and
micrograms and milligrams of one ingredient in one form as one of them, by a shipped table.
"""

import re
from decimal import Decimal
from functools import lru_cache

AMOUNT = re.compile(r"[0-9]*\.?[0-9]+|[0-9]+\.")
PER = re.compile(r"([0-9]*\.?[0-9]*)\s*(.*)", re.DOTALL)
UNITS = {
    "ug": "mcg",
    "meq": "mEq",
    "[iU]": "unit",
    "U": "unit",
    "[USP'U]": "unit",
    "[arb'U]": "unit",
    "d": "24 h",
}
THOUSAND = Decimal(1000)


class BadStrength(ValueError):
    """An amount that is no number."""


@lru_cache(maxsize=65_536)
def strength_text(amount: str, unit: str, *, prefer: str = "") -> str:
    """One ingredient's strength: ``.5`` and ``mg/5mL`` are ``0.5 mg/5 mL``.

    ``prefer`` is ``mcg`` or ``mg`` where the ingredient in this form is written in that unit.
    Raises BadStrength when the amount is no number; both empty are an empty text.
    """
    amount, unit = amount.strip(), unit.strip()
    if not amount and unit in {"", "/"}:
        return ""
    if not AMOUNT.fullmatch(amount):
        raise BadStrength(f"{amount!r} is no number")
    above, _, below = unit.partition("/")
    value, named = _in(Decimal(amount), plain_unit(above), prefer)
    said = f"{number(value)} {named}".strip()
    return said + _per(below)


def plain_unit(unit: str) -> str:
    """A unit without the brackets of UCUM, micrograms as mcg."""
    return UNITS.get(unit, unit.strip("[]{}"))


def number(value: Decimal) -> str:
    """A number with a leading zero and no trailing one."""
    return f"{value.normalize():f}"


def _in(value: Decimal, unit: str, prefer: str) -> tuple[Decimal, str]:
    if unit == "mg" and prefer == "mcg":
        return value * THOUSAND, "mcg"
    if unit == "mcg" and prefer == "mg":
        return value / THOUSAND, "mg"
    return value, unit


def _per(below: str) -> str:
    found = PER.fullmatch(below)
    count, unit = (found[1], found[2]) if found else ("", below)
    if unit == "" and count in {"", "1"}:
        return ""
    named = plain_unit(unit)
    if count in {"", "1"}:
        return f"/{named}"
    return f"/{number(Decimal(count))} {named}".rstrip()
