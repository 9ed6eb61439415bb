"""What is counted how often, what difference may stand, where to ask what is left. Pure.

All figures are conventions of the field (mark C): classes by yearly cost of use (A the first
80 %, B the next 15 %, C the rest), cadence, tolerance, and a recount by a second person before
anything above it is settled. Money is US dollars, quantities are in the package's billing unit.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TypeVar

from apothecary.law.problem import Problem
from apothecary.stock.kinds import Storage

Key = TypeVar("Key", bound=Hashable)
A_SHARE, B_SHARE = Decimal("0.80"), Decimal("0.95")
SCHEDULE_II, CONTROLLED_FROM = 2, 2
CENT = Decimal("0.01")
MOST_AT_ONCE = Decimal(1_000_000)
# One move in a hundred leaves the books wrong: an assumption, until a house measures its own.
ERROR_A_MOVE = Decimal("0.01")
# What is at stake beyond the goods when a controlled drug is missing: a form to the DEA, hours
# of search. It weighs as much as so many dollars of goods.
STAKE_USD = {2: Decimal(2_000), 3: Decimal(500), 4: Decimal(500), 5: Decimal(200)}
LEAST_SCORE_USD = Decimal("0.50")
ASKED_A_DAY = 10


class AbcClass(StrEnum):
    """A package by its share of the yearly cost of use."""

    A = "A"
    B = "B"
    C = "C"


TOLERANCE = {
    AbcClass.A: Decimal("0.01"),
    AbcClass.B: Decimal("0.02"),
    AbcClass.C: Decimal("0.05"),
}
EVERY_DAYS = {AbcClass.A: 30, AbcClass.B: 90, AbcClass.C: 182}
SCHEDULE_II_DAYS, COLD_DAYS = 30, 7


class LineState(StrEnum):
    """Where one line of a count sheet stands."""

    ASKED = "asked"
    COUNTED = "counted"
    RECOUNT = "recount"
    SETTLED = "settled"


class Why(StrEnum):
    """Why the books and the hands differed, as far as anybody can say."""

    MISCOUNT = "miscount"
    WRONG_PACKAGE = "wrong_package"
    RECEIPT = "receipt"
    BROKEN = "broken"
    NOT_WRITTEN = "not_written"
    RETURN = "return"
    FOUND = "found"
    UNKNOWN = "unknown"


WHY_SAYS = {
    Why.MISCOUNT: "a fill was counted wrong",
    Why.WRONG_PACKAGE: "another package was poured",
    Why.RECEIPT: "a receipt was not as written",
    Why.BROKEN: "broken or spilled",
    Why.NOT_WRITTEN: "moved and not written down",
    Why.RETURN: "returned and not written down",
    Why.FOUND: "found elsewhere",
    Why.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """A line as the rules look at it."""

    book: Decimal
    counted: Decimal
    abc: AbcClass
    controlled: bool

    @property
    def difference(self) -> Decimal:
        """What was counted less what the books said at that moment."""
        return self.counted - self.book


def classes(costs: Sequence[tuple[Key, Decimal]]) -> dict[Key, AbcClass]:
    """Each key by its share of the sum, dearest first; what costs nothing is C.

    A key belongs to the class in which it begins: the first is always A.
    """
    total = sum((cost for _, cost in costs if cost > 0), Decimal(0))
    found: dict[Key, AbcClass] = {}
    before = Decimal(0)
    for key, cost in sorted(costs, key=lambda pair: -pair[1]):
        if cost <= 0 or before >= total * B_SHARE:
            found[key] = AbcClass.C
        else:
            found[key] = AbcClass.A if before < total * A_SHARE else AbcClass.B
        before += max(cost, Decimal(0))
    return found


def is_within(line: Counted) -> bool:
    """Whether the difference may stand without a second count.

    A controlled drug must agree to the unit; the others to a share of what the books say.
    """
    if line.controlled:
        return line.difference == 0
    return abs(line.difference) <= line.book * TOLERANCE[line.abc]


def state_after(line: Counted, *, recounted: bool) -> LineState:
    """Where a line stands once it was counted: settled when it agrees, else for a second
    person where the difference is above tolerance, else for its reason."""
    if line.difference == 0:
        return LineState.SETTLED
    if is_within(line) or recounted:
        return LineState.COUNTED
    return LineState.RECOUNT


def counting_problems(
    *, state: LineState, by: int, counter: int, counted_by: int | None, counted: Decimal
) -> list[Problem]:
    """Why this person may not enter this count on this line now."""
    problems = []
    if not 0 <= counted <= MOST_AT_ONCE:
        problems.append(Problem(f"A count of {counted} is not possible.", field="counted"))
    if state in {LineState.COUNTED, LineState.SETTLED}:
        says = "This line was counted: it is settled, or counted anew on another sheet."
        problems.append(Problem(says, code="line-counted"))
    if state is LineState.ASKED and by != counter:
        says = "This is somebody else's sheet: who counts it, was said when it was made."
        problems.append(Problem(says, code="not-your-sheet"))
    if state is LineState.RECOUNT and by == counted_by:
        says = "A second person counts this anew: you counted it first."
        problems.append(Problem(says, code="recount-by-another", verified="C"))
    return problems


def days_between(abc: AbcClass, *, schedule: int, storage: Storage | None) -> int:
    """How often a package is counted, in days: the strictest of class, schedule and cold."""
    found = [EVERY_DAYS[abc]]
    if schedule == SCHEDULE_II:
        found.append(SCHEDULE_II_DAYS)
    if storage not in {None, Storage.ROOM}:
        found.append(COLD_DAYS)
    return min(found)


def due_on(last_on: date | None, *, every_days: int, today: date) -> date:
    """When a package is next to be counted; what was never counted, today."""
    return today if last_on is None else last_on + timedelta(days=every_days)


def risk_usd(
    *, moves: int, units: Decimal, price_usd: Decimal | None, schedule: int
) -> Decimal:
    """What one more count is worth: the chance that the books are wrong times what is at stake.

    The chance grows with the moves since the last count; at stake are the goods and, with a
    controlled drug, what its loss entails. Without a price the goods count for nothing.
    """
    chance = 1 - (1 - ERROR_A_MOVE) ** moves
    goods = units * price_usd if price_usd is not None else Decimal(0)
    stake = goods + STAKE_USD.get(schedule, Decimal(0))
    return (chance * max(stake, Decimal(0))).quantize(CENT, ROUND_HALF_UP)


def is_worth_asking(score_usd: Decimal, *, asked: int) -> bool:
    """Whether to ask somebody at the shelf how many are left."""
    return asked < ASKED_A_DAY and score_usd >= LEAST_SCORE_USD
