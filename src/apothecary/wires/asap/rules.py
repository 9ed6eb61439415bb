"""What must agree within one dispensing, whichever state it is reported to: pure, over raw
elements, so that what is read and what is about to be written are held to the same.

A row is a segment's id and its elements. Source: the VA's record definitions.
"""

import re
from collections.abc import Iterator, Sequence

from apothecary.wires.asap.records import COMPOUND, NDC
from apothecary.wires.asap.values import read_date, read_decimal

Row = Sequence[str]
Problem = tuple[str, int, str]  # segment, place (0 the segment itself), reason

COMPOUND_LEAD = "99999"
_COMPOUND_ID = re.compile(COMPOUND_LEAD + "[!-~]{6}")
_NDC = re.compile("[0-9]{11}")
ZERO_PATIENT = ("REPORT", "ZERO")
_PERIOD = re.compile("#([0-9]{8})#-#([0-9]{8})#")


def at(row: Row, place: int) -> str:
    """The element at that place without padding, empty when absent."""
    return row[place].strip(" ") if place < len(row) else ""


def is_empty(row: Row) -> bool:
    """A segment that only holds its place, as in a zero report."""
    return not any(one.strip(" ") for one in row[1:])


def is_zero(patient: Row) -> bool:
    """The patient of a zero report: nothing was dispensed."""
    return (at(patient, 7).upper(), at(patient, 8).upper()) == ZERO_PATIENT


def period_problem(source: Row) -> str:
    """Why IS03, where it looks like a zero report's period, is none; empty when it is one."""
    raw = at(source, 3)
    if not raw.startswith("#"):
        return ""
    period = _PERIOD.fullmatch(raw)
    if period is None:
        return f"must be #CCYYMMDD#-#CCYYMMDD#, is {raw!r}"
    try:
        first, last = read_date(period[1]), read_date(period[2])
    except ValueError as error:
        return str(error)
    return f"ends before it begins: {raw!r}" if first and last and last < first else ""


def dispensing_problems(dispensed: Row, ingredients: Sequence[Row]) -> Iterator[Problem]:
    """Every way in which product, quantity and ingredients of one record disagree."""
    kind, product = at(dispensed, 7), at(dispensed, 8)
    told = [one for one in ingredients if not is_empty(one)]
    if kind == COMPOUND:
        yield from _compound_problems(dispensed, told)
    elif told:
        yield "DSP", 7, f"must be {COMPOUND} beside ingredients, is {kind!r}"
    if kind == NDC and _NDC.fullmatch(product) is None:
        yield "DSP", 8, f"must be an NDC of 11 digits without hyphens, is {product!r}"
    for one in told:
        if at(one, 2) == NDC and _NDC.fullmatch(at(one, 3)) is None:
            yield "CDI", 3, f"must be an NDC of 11 digits without hyphens, is {at(one, 3)!r}"
    if "." in at(dispensed, 25):
        yield "DSP", 25, f"must be a diagnosis without its point, is {at(dispensed, 25)!r}"


def _compound_problems(dispensed: Row, told: Sequence[Row]) -> Iterator[Problem]:
    product = at(dispensed, 8)
    if _COMPOUND_ID.fullmatch(product) is None:
        reason = f"must be {COMPOUND_LEAD} and six characters of a compound, is {product!r}"
        yield "DSP", 8, reason
    if not told:
        yield "CDI", 0, "is missing: a compound names each reportable ingredient"
        return
    numbers = [at(one, 1).lstrip("0") for one in told]
    if numbers != [str(number) for number in range(1, len(told) + 1)]:
        yield "CDI", 1, f"must number the ingredients from 1, is {', '.join(numbers[:9])}"
    if not _same(at(dispensed, 9), at(told[0], 4)):
        reason = f"must be that of the first ingredient, {at(told[0], 4)!r}"
        yield "DSP", 9, f"{reason}, is {at(dispensed, 9)!r}"


def _same(one: str, other: str) -> bool:
    """Whether two quantities are the same number; ill-typed ones are named elsewhere."""
    try:
        return read_decimal(one) == read_decimal(other)
    except ValueError:
        return True
