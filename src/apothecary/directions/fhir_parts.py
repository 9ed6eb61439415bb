"""Parts of a FHIR Dosage read back: numbers, units, times, and our own sentences."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from numbers import Real

from apothecary.directions.codings import values
from apothecary.directions.english_words import PLURAL
from apothecary.directions.fhir import MINUTES
from apothecary.directions.spanish_words import UNIT
from apothecary.directions.step import Step
from apothecary.directions.timing import Timing, every_hours, times_in

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d):00")
_LIMIT = re.compile(r"Do not use more than ([\d.,]+) (.+?) in (\d+) ([a-z]+?)s?\.")
_REPEAT = re.compile(
    r"You may repeat (once after|after|every) (\d+)(?: to (\d+))? ([a-z]+?)s? if needed"
    r"(?:, up to (\d+) more times)?\."
)
_CYCLE = re.compile(r"(\d{1,4}) (day|week|month)s? on, (\d{1,4}) (day|week|month)s? off")
_NOON = 12
_DECIMALS = 6
_MOST_DIGITS = 8


def with_rate(step: Step, low: int, high: int, period: int, longest: int, unit: str) -> Step:
    """The step so many times in such a period; hours become times in whole days."""
    if unit == "hour" and low == high == 1:
        timing = every_hours(period, longest)
    else:
        timing = replace(times_in(low, high, period, unit), period_max=longest)
    return _timing(step, timing)


def _timing(step: Step, timing: Timing) -> Step:
    return replace(
        step,
        times_min=timing.times_min,
        times_max=timing.times_max,
        period_min=timing.period_min,
        period_max=timing.period_max,
        period_unit=timing.period_unit,
        hours_min=timing.hours_min,
        hours_max=timing.hours_max,
    )


def is_sentence(text: str) -> bool:
    """Whether it is one of our own sentences on a limit, a repeat or a cycle."""
    return any(one.fullmatch(text) for one in (_LIMIT, _REPEAT, _CYCLE))


def with_sentence(step: Step, text: str) -> Step:
    """The step with the limit, the repeat or the cycle that our own sentence says."""
    cycle = _CYCLE.fullmatch(text)
    if cycle is not None:
        return replace(
            step,
            duration=int(cycle[1]),
            duration_unit=cycle[2],
            pause=int(cycle[3]),
            pause_unit=cycle[4],
        )
    most = _LIMIT.fullmatch(text)
    if most is not None:
        return replace(
            step,
            limit=Decimal(most[1].replace(",", "")),
            limit_unit=unit_named(most[2]) or most[2],
            limit_span=int(most[3]),
            limit_span_unit=most[4],
        )
    found = _REPEAT.fullmatch(text)
    if found is None:
        return step
    often = 1 if found[1] == "once after" else None if found[5] is None else int(found[5])
    return replace(
        step,
        repeat_after_min=int(found[2]),
        repeat_after_max=int(found[3] or found[2]),
        repeat_unit=found[4],
        repeats=often,
    )


def decimal_of(value: object) -> Decimal | None:
    """A number of JSON, through its text so that 2.5 stays 2.5."""
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    fits = number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS
    exponent = number.as_tuple().exponent
    exact = isinstance(exponent, int) and exponent >= -_DECIMALS
    return number if fits and exact else None


def whole_of(value: object) -> int | None:
    """A whole number of one or more; None for anything else."""
    number = decimal_of(value)
    return int(number) if number is not None and number == int(number) >= 1 else None


def unit_of(quantity: Mapping[str, object]) -> str | None:
    """Our unit by its UCUM code, else by its name; None when neither is known."""
    code, name = quantity.get("code"), quantity.get("unit")
    if isinstance(code, str) and code in values("unit"):
        return values("unit")[code]
    for said in (code, name):
        if isinstance(said, str):
            known = unit_named(said.strip("{}").replace("_", " "))
            if known:
                return known
    return "" if code is None and name is None else None


def unit_named(name: str) -> str:
    """Our unit of a name in the singular or plural; empty when it is none."""
    plain = name.strip()
    for unit in UNIT:
        if plain.casefold() in (unit.casefold(), PLURAL.get(unit, f"{unit}s").casefold()):
            return unit
    return ""


def clock_of(time: object) -> str:
    """``at 8 AM`` of ``08:00:00``; empty when it is no time to the minute."""
    found = _TIME.fullmatch(str(time))
    if found is None:
        return ""
    hour, half = int(found[1]), "PM" if int(found[1]) >= _NOON else "AM"
    minutes = "" if found[2] == "00" else f":{found[2]}"
    return f"at {hour % _NOON or _NOON}{minutes} {half}"


def minutes_said(count: int) -> str:
    """So many minutes in words, in hours where they are whole ones."""
    whole, rest = divmod(count, MINUTES["hour"])
    number, unit = (count, "minute") if rest else (whole, "hour")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
