"""The inputs of one request, each read as its kind asks, all problems collected at once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apothecary.arithmetic.amounts import (
    Amount,
    NotTaken,
    limit_problem,
    read_amount,
    shown,
    unlikely,
)
from apothecary.arithmetic.expression import Scope
from apothecary.arithmetic.numerals import written
from apothecary.arithmetic.table import Asked, Calculation, kinds

_MOST_VALUES = 10_000
_BETWEEN = re.compile(r"[;,\n]")
_PAIR = re.compile(r"\s*([\d.]+)\s*[x×*]\s*(\d+)\s*", re.IGNORECASE)
_ISO = re.compile(r"([12]\d{3})-(\d\d)-(\d\d)")
_US = re.compile(r"(\d{1,2})/(\d{1,2})/([12]\d{3})")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_LONGEST_CODE = 40
_WORDS = {
    "yes": True, "true": True, "y": True, "female": True, "f": True,
    "no": False, "false": False, "n": False, "male": False, "m": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One input that is not taken, and why."""

    field: str
    says: str

    def __str__(self) -> str:
        return f"{self.field}: {self.says}"


class Refused(ValueError):
    """A request that is not reckoned; ``faults`` holds every reason at once."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(str(fault) for fault in faults))


@dataclass(slots=True)
class Read:
    """What was read: numbers and lists for the formula, words for the rest, lines, cautions."""

    scope: Scope = field(default_factory=Scope)
    codes: dict[str, str] = field(default_factory=dict)
    dates: dict[str, date] = field(default_factory=dict)
    units: dict[str, tuple[str, ...] | None] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)


def read_inputs(calculation: Calculation, inputs: Mapping[str, object]) -> Read:
    """Read every input, or raise Refused with all that is missing, unknown or impossible."""
    read, faults = Read(), []
    for asked in calculation.inputs:
        raw = inputs.get(asked.name)
        try:
            if raw is None or (isinstance(raw, str) and not raw.strip()):
                raise NotTaken(f"is missing ({described(asked)})")
            _READERS[asked.kind.form](asked, raw, read)
        except NotTaken as why:
            faults.append(Fault(asked.name, str(why)))
    faults += _unknown(calculation, inputs)
    if not faults and calculation.alike:
        faults = _unlike(calculation, read)
    if faults:
        raise Refused(faults)
    return read


def described(asked: Asked) -> str:
    """An input in words: "weight, kg"."""
    return f"{asked.label}, {asked.unit}" if asked.unit else asked.label


def _unknown(calculation: Calculation, inputs: Mapping[str, object]) -> list[Fault]:
    names = [asked.name for asked in calculation.inputs]
    strange = [name for name in inputs if name not in names][:5]
    says = f"is no input of {calculation.id}: {', '.join(names)}"
    return [Fault(shown(name).strip("'"), says) for name in strange]


def _unlike(calculation: Calculation, read: Read) -> list[Fault]:
    """Two amounts that are compared must be alike: 240 g of a formula for 1 L are not."""
    given = {name: read.units.get(name) for name in calculation.alike}
    if len(set(given.values())) <= 1:
        return []
    first, second = calculation.alike
    return [Fault(second, f"must be given in the same kind of unit as {first}")]


def _number(asked: Asked, raw: object, read: Read) -> None:
    amount = _taken(asked, raw)
    read.scope.numbers[asked.name] = amount.value
    read.scope.texts[asked.name] = amount.text
    read.units[asked.name] = amount.given.dimension if amount.given else None
    if amount.line:
        read.lines.append(f"{asked.name}: {amount.line}")
    odd = unlikely(amount, asked.kind)
    if odd:
        read.cautions.append(f"{asked.name}: {odd}")


def _taken(asked: Asked, raw: object) -> Amount:
    amount = read_amount(raw, asked.kind)
    problem = limit_problem(amount, asked.kind)
    if problem:
        raise NotTaken(problem)
    return amount


def _several(raw: object) -> list[object]:
    values: list[object]
    if isinstance(raw, str):
        # In a list a comma always separates; a thousand is written without.
        values = [part.strip() for part in _BETWEEN.split(raw) if part.strip()]
    elif isinstance(raw, list):
        values = raw
    else:
        raise NotTaken(f"{shown(raw)} is no list of numbers")
    if not 1 <= len(values) <= _MOST_VALUES:
        raise NotTaken(f"a list of {len(values)} values; 1 to {_MOST_VALUES} are taken")
    return values


def _list(asked: Asked, raw: object, read: Read) -> None:
    amounts = [_taken(asked, each) for each in _several(raw)]
    kinds_given = {amount.given.dimension if amount.given else None for amount in amounts}
    if len(kinds_given) > 1:
        raise NotTaken("the values are not all in one kind of unit")
    read.scope.lists[asked.name] = [amount.value for amount in amounts]
    read.scope.texts[asked.name] = _listed(amounts)
    read.lines += [f"{asked.name}: {amount.line}" for amount in amounts[:12] if amount.line]
    odd = filter(None, (unlikely(amount, asked.kind) for amount in amounts))
    read.cautions += [f"{asked.name}: {says}" for says in list(odd)[:3]]


def _listed(amounts: list[Amount]) -> str:
    said = ", ".join(amount.text for amount in amounts[:12])
    more = len(amounts) - 12
    return f"{said} and {more} more" if more > 0 else said


def _taper(asked: Asked, raw: object, read: Read) -> None:
    daily, days = [], []
    for each in _several(raw):
        one, other = _pair(each)
        daily.append(_within(one, "tablets_per_day"))
        days.append(_within(other, "days"))
    if any(number != number.to_integral_value() for number in days):
        raise NotTaken("a step lasts a whole number of days")
    for name, unit, values in (("daily", "tab/day", daily), ("days", "day", days)):
        read.scope.lists[f"{asked.name}_{name}"] = values
        said = ", ".join(f"{written(value)} {unit}" for value in values[:12])
        read.scope.texts[f"{asked.name}_{name}"] = said


def _pair(raw: object) -> tuple[object, object]:
    if isinstance(raw, str):
        found = _PAIR.fullmatch(raw)
        if found:
            return found[1], found[2]
    elif isinstance(raw, list) and len(raw) == 2:
        return raw[0], raw[1]
    raise NotTaken(f"{shown(raw)} is no step: tablets in a day and days, as 4x3")


def _within(raw: object, kind_name: str) -> Decimal:
    kind = kinds()[kind_name]
    amount = read_amount(raw, kind)
    problem = limit_problem(amount, kind)
    if problem:
        raise NotTaken(problem)
    return amount.value


def _yes_or_no(asked: Asked, raw: object, read: Read) -> None:
    said = _WORDS.get(raw.strip().lower()) if isinstance(raw, str) else raw
    if not isinstance(said, bool):
        raise NotTaken(f"{shown(raw)} is neither yes nor no")
    read.scope.numbers[asked.name] = Decimal(int(said))
    read.scope.texts[asked.name] = "yes" if said else "no"


def _date(asked: Asked, raw: object, read: Read) -> None:
    text = raw.strip() if isinstance(raw, str) else ""
    iso, us = _ISO.fullmatch(text), _US.fullmatch(text)
    parts = iso.groups() if iso else (us[3], us[1], us[2]) if us else None
    if parts is None:
        raise NotTaken(f"{shown(raw)} is no date: 2026-06-14 or 06/14/2026")
    try:
        day = date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        raise NotTaken(f"{shown(raw)} is no day of the calendar") from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise NotTaken(f"{day} is not within {_FIRST_YEAR} to {_LAST_YEAR}")
    read.dates[asked.name] = day


def _code(asked: Asked, raw: object, read: Read) -> None:
    # A number that has lost its leading zeros is found out by its length.
    small = isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 10**_LONGEST_CODE
    text = str(raw).strip() if isinstance(raw, str) or small else ""
    if not text or len(text) > _LONGEST_CODE:
        raise NotTaken(f"{shown(raw)} is no {asked.label}")
    read.codes[asked.name] = text


_READERS: dict[str, Callable[[Asked, object, Read], None]] = {
    "number": _number,
    "list": _list,
    "taper": _taper,
    "yes or no": _yes_or_no,
    "date": _date,
    "code": _code,
}
