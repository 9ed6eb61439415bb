"""Transmissions of every transaction code, made from the field table with a die.

The same maker serves the property tests and the fuzz; what is drawn is part of its answer, so
that a reading can be compared value by value. All people and numbers are random characters.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random

from apothecary.wires.telecom import (
    Draft,
    RequestHeader,
    ResponseHeader,
    build_request,
    build_response,
)
from apothecary.wires.telecom.build import Fields
from apothecary.wires.telecom.message import Kind
from apothecary.wires.telecom.tables import (
    BILLING_NEEDS,
    REQUEST_PLACES,
    RESPONSE_PLACES,
    RUNNING_COUNTERS,
    VERSIONS,
    Field,
    Places,
)
from apothecary.wires.telecom.values import Value

Typed = list[tuple[str, Value | None]]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,'-/#&"
PLACES = {"money": 2, "rate": 4, "quantity": 3}
FIRST_DAY = date(1900, 1, 1)
_KINDS: tuple[tuple[Kind, Mapping[str, Places]], ...] = (
    ("request", REQUEST_PLACES),
    ("response", RESPONSE_PLACES),
)
EVERY: list[tuple[Kind, str, str]] = [
    (kind, code, version) for kind, table in _KINDS for code in table for version in VERSIONS
]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A transmission and what was put into it: groups of segments of (id, value)."""

    raw: bytes
    groups: list[list[Typed]]


def drawn(dice: Random, kind: Kind, code: str, version: str) -> Drawn:
    """One conforming transmission; claims, segments, fields and repeats at random."""
    places = (REQUEST_PLACES if kind == "request" else RESPONSE_PLACES)[code]
    table = VERSIONS[version].by_segment
    asks = kind == "request" and code in ("B1", "B3")
    claims = dice.randint(1, 4) if kind == "request" else dice.randint(0, 4)
    if kind == "request" and code == "E1":
        claims = 0
    # A compound travels alone.
    within = [one for one in places.transactions if one != "10" or claims == 1]
    first = _drafts(dice, places.transmission, table, asks=asks)
    rest = [_drafts(dice, within, table, asks=asks) for _ in range(claims)]
    npi, day = f"{dice.randrange(10**10):010}", _day(dice)
    if kind == "request":
        width = 6 if version == "D0" else 8
        issuer, pcn = f"{dice.randrange(10**width):0{width}}", _text(dice, 10)
        head = RequestHeader(issuer, code, pcn, npi, day, version=version)
        raw = build_request(head, transmission=first, transactions=rest)
    else:
        status = dice.choice("AR") if claims else "R"
        answer = ResponseHeader(code, status, npi, day, version=version)
        raw = build_response(answer, transmission=first, transactions=rest)
    groups = [[_flat(one, table[one.segment]) for one in group] for group in (first, *rest)]
    return Drawn(raw, groups)


def _drafts(
    dice: Random,
    segments: Sequence[str],
    table: Mapping[str, Mapping[str, Field]],
    *,
    asks: bool,
) -> list[Draft]:
    needs = BILLING_NEEDS if asks else {}
    kept = [one for one in segments if one in needs or dice.random() < 0.6]
    return [Draft(one, _fields(dice, table[one], (), needs.get(one, ()))) for one in kept]


def _fields(
    dice: Random, table: Mapping[str, Field], group: tuple[str, ...], needed: Sequence[str]
) -> Fields:
    here = [one for one in table.values() if one.group == group]
    counters = {one.group[-1] for one in table.values() if one.group}
    # Without its first member a reader cannot tell where an occurrence begins.
    needed = [*needed, here[0].id] if group else needed
    chosen: dict[str, Value | Sequence[Fields]] = {}
    for field in here:
        if field.id not in needed and dice.random() < 0.5:
            continue
        if field.id in counters:
            inner = (*group, field.id)
            times = dice.randint(1, 3)
            chosen[field.id] = [_fields(dice, table, inner, ()) for _ in range(times)]
        else:
            chosen[field.id] = _value(dice, field)
    return chosen


def _value(dice: Random, field: Field) -> Value:
    if field.kind == "text":
        return _text(dice, field.length)
    if field.kind == "date":
        return _day(dice)
    if field.kind == "time":
        return time(dice.randrange(24), dice.randrange(60))
    digits = dice.randrange(10 ** dice.randint(1, field.length))
    if field.kind == "digits":
        return digits
    sign = 1 if field.kind == "quantity" or dice.random() < 0.7 else -1
    return Decimal(sign * digits).scaleb(-PLACES[field.kind])


def _text(dice: Random, length: int) -> str:
    letters = dice.choices(LETTERS, k=dice.randint(0, length))
    return "".join(letters).rstrip(" ")


def _day(dice: Random) -> date:
    return FIRST_DAY + timedelta(days=dice.randrange(80_000))


def _flat(draft: Draft, table: Mapping[str, Field]) -> Typed:
    return [("AM", draft.segment), *_pairs(draft.fields, table)]


def _pairs(fields: Fields, table: Mapping[str, Field]) -> Iterator[tuple[str, Value]]:
    for name in sorted(fields, key=lambda one: table[one].order):
        value = fields[name]
        if isinstance(value, str | int | Decimal | date | time):
            yield name, value
            continue
        if name not in RUNNING_COUNTERS:
            yield name, len(value)
        for number, occurrence in enumerate(value, start=1):
            if name in RUNNING_COUNTERS:
                yield name, number
            yield from _pairs(occurrence, table)
