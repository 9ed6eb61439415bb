"""The calculations that are no arithmetic of amounts: dates and check digits."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from apothecary.arithmetic.amounts import shown
from apothecary.arithmetic.reading import Fault, Read, Refused

_MONTHS = 6
_DEA = re.compile(r"[A-Za-z][A-Za-z9]([0-9]{7})")
_NPI = re.compile(r"[0-9]{10}")
_ISSUER = "80840"
_BODY = re.compile(r"[0-9]{13}")
_SEGMENTS = {(4, 4, 2), (5, 3, 2), (5, 4, 1), (5, 4, 2)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result: a number or a day, the lines to it, what the template of its unit needs."""

    value: Decimal | date
    lines: list[str]
    named: dict[str, str]


def _refuse(field: str, says: str) -> Refused:
    return Refused([Fault(field, says)])


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def repackaging(read: Read) -> Outcome:
    """C19: the earliest of 6 months, the maker's expiry and a quarter of the time left."""
    repack, expiry = read.dates["repack"], read.dates["exp"]
    if expiry <= repack:
        raise _refuse("exp", f"{expiry} is not after the day of repackaging, {repack}")
    left = (expiry - repack).days
    quarter = repack + timedelta(days=left // 4)
    half_year = months_later(repack, _MONTHS)
    lines = [
        f"6 months after {repack} = {half_year}",
        f"manufacturer's expiry = {expiry}",
        f"25 % of the {left} days left = {left // 4} days, until {quarter}",
    ]
    first = min(half_year, expiry, quarter)
    return Outcome(first, [*lines, f"the earliest = {first}"], {})


def dea_check(read: Read) -> Outcome:
    """I01: 1 when the seventh digit is the one the first six demand, else 0."""
    number = read.codes["num"]
    found = _DEA.fullmatch(number)
    if found is None:
        raise _refuse("num", f"{shown(number)} is not two letters and seven digits")
    digits = [int(digit) for digit in found[1]]
    odd, even = digits[0:6:2], digits[1:6:2]
    total = sum(odd) + 2 * sum(even)
    lines = [
        f"d1 + d3 + d5 = {_plus(odd)} = {sum(odd)}",
        f"2 × (d2 + d4 + d6) = 2 × ({_plus(even)}) = {2 * sum(even)}",
        f"{sum(odd)} + {2 * sum(even)} = {total}: ends in {total % 10}, written is {digits[6]}",
    ]
    return Outcome(Decimal(int(total % 10 == digits[6])), lines, {})


def _plus(digits: list[int]) -> str:
    return " + ".join(str(digit) for digit in digits)


def npi_check(read: Read) -> Outcome:
    """I02: 1 when the Luhn sum with the prefix 80840 ends in 0, else 0."""
    number = read.codes["npi"]
    if not _NPI.fullmatch(number):
        raise _refuse("npi", f"{shown(number)} is not ten digits")
    places = enumerate(reversed(_ISSUER + number))
    added = [int(digit) * 2 if place % 2 else int(digit) for place, digit in places]
    total = sum(value - 9 if value > 9 else value for value in added)
    line = f"Luhn sum of {_ISSUER}{number} = {total}"
    return Outcome(Decimal(int(total % 10 == 0)), [line], {})


def ndc_eleven(read: Read) -> Outcome:
    """I03: the NDC in the 5-4-2 form as a number; the text with its zeros is in the unit."""
    ndc = read.codes["ndc"]
    segments = ndc.split("-")
    lengths = tuple(len(segment) for segment in segments)
    if lengths not in _SEGMENTS or not all(s.isascii() and s.isdigit() for s in segments):
        raise _refuse("ndc", f"{shown(ndc)} is not of the form 4-4-2, 5-3-2, 5-4-1 or 5-4-2")
    wide = [segment.zfill(length) for segment, length in zip(segments, (5, 4, 2), strict=True)]
    eleven = "".join(wide)
    line = f"{ndc} = {'-'.join(wide)} in segments of 5-4-2 = {eleven}"
    return Outcome(Decimal(eleven), [line], {"ndc11": eleven})


def gtin_check(read: Read) -> Outcome:
    """I04: the GS1 check digit of thirteen digits."""
    body = read.codes["body"]
    if not _BODY.fullmatch(body):
        raise _refuse(
            "body", f"{shown(body)} is not thirteen digits; as text it keeps its zeros"
        )
    digits = [int(digit) for digit in reversed(body)]
    triple, single = sum(digits[0::2]), sum(digits[1::2])
    total = 3 * triple + single
    lines = [
        f"3 × odd places + even places = 3 × {triple} + {single} = {total}",
        f"check digit, up to the next ten = {-total % 10}",
    ]
    return Outcome(Decimal(-total % 10), lines, {})


SPECIAL: dict[str, Callable[[Read], Outcome]] = {
    "repackaging": repackaging,
    "dea_check": dea_check,
    "npi_check": npi_check,
    "ndc_eleven": ndc_eleven,
    "gtin_check": gtin_check,
}
