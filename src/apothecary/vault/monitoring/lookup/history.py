"""A question to a programme and its answer, as bytes and typed. Pure.

The form is JSON of our own and of the simulator: what programmes speak is behind contracts
(mark C). A line to a real one is a reader of its answers in the place of `read_history`.
"""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from apothecary.wires.errors import Malformed

MOST_FILLS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom the question is about; ``candidate`` is the programme's own number, once chosen."""

    last_name: str
    first_name: str
    born_on: date
    sex: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    candidate: str = ""

    def said(self) -> dict[str, str]:
        """As JSON and the record of the question keep it."""
        return {
            "last": self.last_name,
            "first": self.first_name,
            "born": self.born_on.isoformat(),
            "sex": self.sex,
            "street": self.street,
            "city": self.city,
            "state": self.state,
            "postal": self.postal_code,
            "candidate": self.candidate,
        }


@dataclass(frozen=True, slots=True)
class Dispensed:
    """One dispensing as a programme tells it; ``quantity`` in its billing unit."""

    filled_on: date
    ndc11: str
    drug: str
    quantity: Decimal
    days_supply: int
    prescriber: str
    pharmacy: str
    state: str

    @property
    def last_on(self) -> int:
        """The last day it lasts, as an ordinal; the day it was filled counts."""
        return self.filled_on.toordinal() + max(self.days_supply, 1) - 1

    def covers(self, on: date) -> bool:
        """Whether it lasts on that day."""
        return self.filled_on <= on and on.toordinal() <= self.last_on


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several people that the programme would not choose between."""

    number: str
    says: str


@dataclass(frozen=True, slots=True)
class History:
    """What a programme says of a person."""

    result: str
    fills: tuple[Dispensed, ...] = ()
    candidates: tuple[Candidate, ...] = ()


def question_of(
    person: Person, *, number: str, requester: dict[str, str], states: str
) -> bytes:
    """The bytes of a question; ``states`` are whose programmes are asked, by commas."""
    said = {
        "request": number,
        "requester": requester,
        "patient": person.said(),
        "states": states.split(","),
    }
    return json.dumps(said, sort_keys=True).encode()


def read_history(raw: bytes, *, number: str) -> History:
    """The answer to the question of that number. Raises Malformed naming the field."""
    try:
        said = json.loads(raw)
    except ValueError as bad:
        raise Malformed("answer", f"is no JSON: {bad}") from None
    if not isinstance(said, dict):
        raise Malformed("answer", "is no object")
    if said.get("request") != number:
        raise Malformed("request", f"answers {said.get('request')!r}, not {number!r}")
    result = said.get("result")
    if result == "none":
        return History(result)
    if result == "found":
        rows = listed(said, "fills")
        fills = [dispensed(row, f"fills[{at}]") for at, row in enumerate(rows)]
        return History(result, tuple(sorted(fills, key=lambda one: one.filled_on)))
    if result == "candidates":
        rows = listed(said, "candidates")
        people = [
            Candidate(text(row, "id", at), text(row, "says", at))
            for row, at in ((row, f"candidates[{place}]") for place, row in enumerate(rows))
        ]
        return History(result, candidates=tuple(people))
    raise Malformed("result", f"is {result!r}")


def listed(said: dict[str, object], key: str) -> list[dict[str, object]]:
    """A list of objects, not longer than anybody reads."""
    rows = said.get(key)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Malformed(key, "is no list of objects")
    if len(rows) > MOST_FILLS:
        raise Malformed(key, f"has {len(rows)} rows, more than {MOST_FILLS}")
    return rows


def text(row: dict[str, object], key: str, where: str) -> str:
    """A text that must be there."""
    value = row.get(key)
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise Malformed(f"{where}.{key}", f"is no text: {value!r}")
    return value.strip()


def dispensed(row: dict[str, object], where: str) -> Dispensed:
    """One row of a history."""
    try:
        filled_on = date.fromisoformat(text(row, "filled_on", where))
    except ValueError:
        raise Malformed(f"{where}.filled_on", f"is no day: {row['filled_on']!r}") from None
    try:
        quantity = Decimal(text(row, "quantity", where))
    except InvalidOperation:
        raise Malformed(f"{where}.quantity", f"is no number: {row['quantity']!r}") from None
    days = text(row, "days_supply", where)
    if not quantity.is_finite() or quantity <= 0:
        raise Malformed(f"{where}.quantity", f"is not above zero: {quantity}")
    if not (days.isascii() and days.isdigit() and 0 < int(days) <= 366):
        raise Malformed(f"{where}.days_supply", f"is none: {days!r}")
    return Dispensed(
        filled_on,
        text(row, "product", where),
        text(row, "drug", where),
        quantity,
        int(days),
        text(row, "prescriber", where),
        text(row, "pharmacy", where),
        text(row, "state", where),
    )


def overlaps(fills: tuple[Dispensed, ...]) -> list[tuple[Dispensed, Dispensed, int]]:
    """Pairs that are taken on the same days from two prescribers or two pharmacies, with how
    many days: the last pair first.
    """
    found = []
    for at, one in enumerate(fills):
        for other in fills[at + 1 :]:
            apart = (one.prescriber, one.pharmacy) != (other.prescriber, other.pharmacy)
            last = min(one.last_on, other.last_on)
            days = last - other.filled_on.toordinal() + 1
            if apart and days > 0:
                found.append((one, other, days))
    return sorted(found, key=lambda pair: pair[1].filled_on, reverse=True)
