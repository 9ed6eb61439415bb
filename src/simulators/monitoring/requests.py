"""Questions about a person: who is meant, and what this and other states hold of them.

Histories of the invented people are made of their names, so that each asks and is answered the
same on every day: some have one prescriber and one pharmacy, one has several of both, two share
a name and a birth date, and of the rest nobody knows anything.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from simulators.monitoring.books import Books

PEOPLE = Path(__file__).with_name("people.json")


class BadQuestion(Exception):
    """The question cannot be answered; says why."""


@dataclass(frozen=True)
class Known:
    """One person that the programmes know, with what was dispensed, in days before today."""

    number: str
    last: str
    first: str
    born: str
    says: str
    fills: tuple[dict[str, object], ...]

    def is_called(self, last: str, first: str, born: str) -> bool:
        """Whether that may be this person."""
        mine = (self.last.upper(), self.first.upper(), self.born)
        return mine == (last.upper(), first.upper(), born)


def known_people() -> list[Known]:
    """The people of the box."""
    rows = json.loads(PEOPLE.read_text())
    return [
        Known(
            row["number"], row["last"], row["first"], row["born"], row["says"],
            tuple(row["fills"]),
        )
        for row in rows
    ]  # fmt: skip


def answer_to(raw: bytes, books: Books, *, today: date) -> bytes:
    """The answer to a question. Raises BadQuestion naming what is missing."""
    asked = taken_apart(raw)
    who = asked["patient"]
    last, first, born = who["last"], who["first"], who["born"]
    people = [one for one in known_people() if one.is_called(last, first, born)]
    if len(people) > 1:
        people = [one for one in people if one.number == who.get("candidate")] or people
    said: dict[str, object] = {"request": asked["request"]}
    if len(people) > 1:
        named = [{"id": one.number, "says": one.says} for one in people]
        return json.dumps(said | {"result": "candidates", "candidates": named}).encode()
    fills = [dated(row, today) for one in people for row in one.fills]
    fills += [own(row) for row in books.history(last, first, born.replace("-", ""))]
    if not fills:
        return json.dumps(said | {"result": "none"}).encode()
    return json.dumps(said | {"result": "found", "fills": fills}).encode()


def taken_apart(raw: bytes) -> dict[str, dict[str, str]]:
    """The question. Raises BadQuestion where it lacks what every programme wants."""
    try:
        asked = json.loads(raw)
        who, requester = asked["patient"], asked["requester"]
        missing = [key for key in ("last", "first", "born") if not str(who[key]).strip()]
        missing += [key for key in ("pharmacy", "who", "why") if not requester[key].strip()]
        date.fromisoformat(who["born"])
    except (ValueError, TypeError, KeyError, AttributeError) as bad:
        raise BadQuestion(f"no question: {bad!r}") from None
    if missing or not asked.get("request"):
        raise BadQuestion(f"missing: {', '.join(missing) or 'request'}")
    whole: dict[str, dict[str, str]] = asked
    return whole


def dated(row: dict[str, object], today: date) -> dict[str, object]:
    """A fill of the people of the box, on its day."""
    ago = row["days_ago"]
    if not isinstance(ago, int):
        raise TypeError(f"{row}: days_ago is no number")
    on = today - timedelta(days=ago)
    return {key: value for key, value in row.items() if key != "days_ago"} | {
        "filled_on": on.isoformat()
    }


def own(row: dict[str, str]) -> dict[str, object]:
    """A fill that was reported here."""
    on = row["filled_on"]
    return {
        "filled_on": f"{on[:4]}-{on[4:6]}-{on[6:]}",
        "product": row["product"],
        "drug": f"NDC {row['product']}",
        "quantity": row["quantity"],
        "days_supply": row["days_supply"],
        "prescriber": row["prescriber"],
        "pharmacy": row["pharmacy"],
        "state": "TX",
    }
