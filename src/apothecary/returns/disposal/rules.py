"""What a container, a hand-over and a patient's return must be. Pure; the law is in ``law``."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apothecary.law.problem import Problem
from apothecary.stock.kinds import PICKED_FROM, PlaceKind

# From where stock is thrown away: a patient's units and a wholesaler's are not ours to throw.
THROWN_FROM = PICKED_FROM | {
    PlaceKind.QUARANTINE,
    PlaceKind.RETURNED,
    PlaceKind.RECEIVING,
}
# A clock this near is shown as due.
SOON_DAYS = 30
MANIFEST_LETTERS = 40
LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Thrown:
    """Units that somebody would throw away."""

    place: PlaceKind
    place_name: str
    quantity: Decimal
    free: Decimal


def thrown_problems(thrown: Thrown) -> list[Problem]:
    """Why these units may not go to waste from there."""
    problems = []
    if thrown.place not in THROWN_FROM:
        says = f"Nothing is thrown away from {thrown.place_name}."
        problems.append(Problem(says, code="not-from-there", field="place_id"))
    if thrown.quantity <= 0:
        says = f"{thrown.quantity} is no quantity."
        problems.append(Problem(says, code="bad-quantity", field="quantity"))
    elif thrown.quantity > thrown.free:
        says = f"Only {thrown.free} of it stand in {thrown.place_name} unpromised."
        problems.append(Problem(says, code="too-many", field="quantity"))
    return problems


def manifest_problems(manifest: str, hauler: str) -> list[Problem]:
    """Why a hand-over may not be written down so."""
    problems = []
    number = manifest.strip()
    good = number.isascii() and number.replace("-", "").isalnum()
    if not good or len(number) > MANIFEST_LETTERS:
        says = f"{number!r} is no number of a manifest."
        problems.append(Problem(says, "40 CFR 266.508", "bad-manifest", "K", "manifest"))
    return problems + said_problems(hauler, "who took it", field="hauler")


def said_problems(said: str, what: str, *, field: str) -> list[Problem]:
    """Why a text is missing or too long."""
    if not said.strip():
        return [Problem(f"Say {what}.", code="missing", field=field)]
    if len(said) > LONGEST:
        says = f"That is longer than {LONGEST} letters."
        return [Problem(says, code="too-long", field=field)]
    return []


def days_left(leaves_by: date | None, *, today: date) -> int | None:
    """Days until a container must leave; below zero it is late; None without a clock."""
    return None if leaves_by is None else (leaves_by - today).days


def is_due(leaves_by: date | None, *, today: date) -> bool:
    """Whether a container must leave soon or should have left."""
    left = days_left(leaves_by, today=today)
    return left is not None and left <= SOON_DAYS


def brought_problems(
    *, quantity: Decimal, given: Decimal, because: str, drug: str
) -> list[Problem]:
    """Why so much cannot have been brought back by that patient."""
    problems = said_problems(because, "what is wrong with it", field="because")
    if quantity <= 0:
        problems.append(
            Problem(f"{quantity} is no quantity.", code="bad-quantity", field="quantity")
        )
    elif quantity > given:
        says = f"{given} of that lot of {drug} went out with that fill and are still out."
        problems.append(Problem(says, code="never-given", field="quantity"))
    return problems
