"""The manifest as it goes over the line, and what comes back: JSON ↔ typed values. Pure.

What a partner sends is believed field by field: anything else is a Malformed that names it.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apothecary.returns.shipments.rules import CENT, MOST_LINES, SAID
from apothecary.wires.errors import Malformed

MOST_TEXT = 200
NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
MOST_USD, MOST_UNITS = Decimal(10_000_000), Decimal(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One line of a manifest; quantity in the package's billing unit."""

    line: int
    ndc: str
    lot: str
    expires_on: date
    quantity: Decimal
    reason: str
    serial: str = ""
    form_222: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What they say of a line before it is shipped."""

    line: int
    approved: bool
    because: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Their authorization: empty where they take no line."""

    authorization: str
    lines: tuple[Taken, ...]


@dataclass(frozen=True, slots=True)
class Credited:
    """What they credit for a line, in dollars, and what they counted."""

    line: int
    counted: Decimal
    said: str
    because: str
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Memo:
    """A credit: its lines make its total to the cent."""

    number: str
    authorization: str
    reference: str
    on: date
    lines: tuple[Credited, ...]
    total_usd: Decimal


def manifest_bytes(*, who: str, account: str, reference: str, lines: Sequence[Sent]) -> bytes:
    """The manifest; ``who`` names the field of the account (`dea` or `account`)."""
    body = {
        who: account,
        "reference": reference,
        "lines": [
            {
                "line": str(one.line),
                "ndc": one.ndc,
                "lot": one.lot,
                "expires_on": one.expires_on.isoformat(),
                "quantity": f"{one.quantity:f}",
                "reason": one.reason,
                **({"serial": one.serial} if one.serial else {}),
                **({"form_222": one.form_222} if one.form_222 else {}),
            }
            for one in lines
        ],
    }
    return json.dumps(body, separators=(",", ":")).encode()


def read_answer(raw: bytes) -> Answer:
    """What they say of a manifest. Raises Malformed with the field."""
    body = object_of(raw)
    rows = rows_of(body)
    lines = tuple(
        Taken(
            line=whole(row, "line", at),
            approved=yes(row, "approved", at),
            because=text(row, "because", at, empty=True),
        )
        for at, row in rows
    )
    distinct([one.line for one in lines])
    authorization = text(body, "authorization", "", empty=True)
    if any(one.approved for one in lines) and not authorization:
        raise Malformed("authorization", "is missing, and lines are approved")
    return Answer(authorization, lines)


def is_memo(raw: bytes) -> bool:
    """Whether bytes are meant as a credit, well made or not."""
    try:
        body = json.loads(raw)
    except ValueError:
        return False
    return isinstance(body, dict) and "credit" in body and "authorization" in body


def read_memo(raw: bytes) -> Memo:
    """A credit. Raises Malformed with the field, also where it does not add up."""
    body = object_of(raw)
    lines = tuple(credited(row, at) for at, row in rows_of(body))
    distinct([one.line for one in lines])
    total = money(body, "total_usd", "")
    if total != sum((one.usd for one in lines), Decimal(0)):
        raise Malformed("total_usd", f"{total} is not what the lines make")
    return Memo(
        number=text(body, "credit", ""),
        authorization=text(body, "authorization", ""),
        reference=text(body, "reference", ""),
        on=day(body, "on"),
        lines=lines,
        total_usd=total,
    )


def credited(row: dict[str, object], at: str) -> Credited:
    """One line of a credit."""
    said = text(row, "state", at)
    if said not in SAID:
        raise Malformed(f"{at}state", f"{said!r} is none of {', '.join(sorted(SAID))}")
    return Credited(
        line=whole(row, "line", at),
        counted=number(row, "counted", at, most=MOST_UNITS),
        said=said,
        because=text(row, "because", at, empty=True),
        usd=money(row, "credited_usd", at),
    )


def object_of(raw: bytes) -> dict[str, object]:
    """The JSON object of some bytes."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as bad:
        raise Malformed("body", "is no JSON") from bad
    if not isinstance(body, dict):
        raise Malformed("body", "is no object")
    return body


def rows_of(body: dict[str, object]) -> list[tuple[str, dict[str, object]]]:
    """The lines, each with where it stands."""
    rows = body.get("lines")
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_LINES:
        raise Malformed("lines", f"are not 1 to {MOST_LINES}")
    found = []
    for place, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise Malformed(f"lines[{place}]", "is no object")
        found.append((f"lines[{place}].", row))
    return found


def text(row: dict[str, object], name: str, at: str, *, empty: bool = False) -> str:
    """A text that is there, and no longer than a line."""
    value = row.get(name, "")
    if not isinstance(value, str) or len(value) > MOST_TEXT or "\0" in value:
        raise Malformed(f"{at}{name}", f"is no text of at most {MOST_TEXT} letters")
    if not value.strip() and not empty:
        raise Malformed(f"{at}{name}", "is missing")
    return value.strip()


def yes(row: dict[str, object], name: str, at: str) -> bool:
    """Yes or no, said."""
    value = row.get(name)
    if not isinstance(value, bool):
        raise Malformed(f"{at}{name}", "is neither yes nor no")
    return value


def whole(row: dict[str, object], name: str, at: str) -> int:
    """The number of a line of ours."""
    said = row.get(name)
    said = str(said) if isinstance(said, int) and not isinstance(said, bool) else said
    if not isinstance(said, str) or not (said.isascii() and said.isdigit() and len(said) < 6):
        raise Malformed(f"{at}{name}", "is no number of a line")
    return int(said)


def number(row: dict[str, object], name: str, at: str, *, most: Decimal) -> Decimal:
    """A number from nought up, written as text."""
    said = row.get(name)
    good = isinstance(said, str) and NUMBER.fullmatch(said)
    if not good or Decimal(str(said)) >= most:
        raise Malformed(f"{at}{name}", f"{said!r} is no number from 0 to {most}")
    return Decimal(str(said))


def money(row: dict[str, object], name: str, at: str) -> Decimal:
    """Dollars and cents, nothing finer."""
    value = number(row, name, at, most=MOST_USD)
    if value != value.quantize(CENT):
        raise Malformed(f"{at}{name}", f"{value} is finer than a cent")
    return value.quantize(CENT)


def day(row: dict[str, object], name: str) -> date:
    """A day as year-month-day."""
    said = row.get(name)
    try:
        return date.fromisoformat(said) if isinstance(said, str) else date.fromisoformat("")
    except ValueError as bad:
        raise Malformed(name, f"{said!r} is no day") from bad


def distinct(numbers: Sequence[int]) -> None:
    """Each line is named once."""
    if len(set(numbers)) < len(numbers):
        raise Malformed("lines", "name one line twice")
