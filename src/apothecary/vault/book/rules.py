"""What a line of the controlled book is, how a count ends, and where a case may go. Pure.

Quantities are in the package's billing unit. The book is about what stands in the house as
stock: what lies in will-call was taken out when it was filled, and comes back when it returns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

from apothecary.law.problem import Problem
from apothecary.stock.kinds import PlaceKind

CONTROLLED_FROM, SCHEDULE_II = 2, 2
ROMAN = {2: "II", 3: "III", 4: "IV", 5: "V"}
ON_HAND = frozenset(
    {
        PlaceKind.RECEIVING,
        PlaceKind.SHELF,
        PlaceKind.ROBOT,
        PlaceKind.VAULT,
        PlaceKind.QUARANTINE,
    }
)
LOST = "lost"
CITE_CLOSE = "MN board table"
LONGEST_WORDS = 500
MOST_AT_ONCE = Decimal(1_000_000)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class What(StrEnum):
    """Why a quantity came into the stock of the house, or left it."""

    RECEIVED = "received"
    TO_SUPPLIER = "given back to the supplier"
    DISPENSED = "dispensed"
    RETURNED = "returned to stock"
    WASTED = "wasted"
    UNWASTED = "waste taken back"
    SENT_BACK = "sent to the reverse distributor"
    BACK_AGAIN = "come back from the reverse distributor"
    SET_ASIDE = "put with what patients returned"
    TAKEN_BACK = "taken from what patients returned"
    SHORT = "counted short"
    OVER = "counted over"
    LOST = "lost"


# Into the stock from a kind of place, out of the stock to one. A kind that is not here stops
# the book: a place nobody thought of must not vanish from it.
CAME_FROM = {
    PlaceKind.SUPPLIER: What.RECEIVED,
    PlaceKind.WILL_CALL: What.RETURNED,
    PlaceKind.PATIENT: What.RETURNED,
    PlaceKind.RETURNED: What.TAKEN_BACK,
    PlaceKind.WASTE: What.UNWASTED,
    PlaceKind.REVERSE: What.BACK_AGAIN,
    PlaceKind.OVER_SHORT: What.OVER,
}
WENT_TO = {
    PlaceKind.SUPPLIER: What.TO_SUPPLIER,
    PlaceKind.WILL_CALL: What.DISPENSED,
    PlaceKind.PATIENT: What.DISPENSED,
    PlaceKind.RETURNED: What.SET_ASIDE,
    PlaceKind.WASTE: What.WASTED,
    PlaceKind.REVERSE: What.SENT_BACK,
    PlaceKind.OVER_SHORT: What.SHORT,
}


def what_it_is(from_kind: str, to_kind: str, reason: str) -> What:
    """What a move across the border of the stock is; a move within it is not for the book.

    Raises LookupError where both sides are in the stock or both outside.
    """
    start, end = PlaceKind(from_kind), PlaceKind(to_kind)
    if (start in ON_HAND) == (end in ON_HAND):
        raise LookupError(f"a move from {start} to {end} does not change what is on hand")
    if end in ON_HAND:
        return CAME_FROM[start]
    if end is PlaceKind.OVER_SHORT and reason.startswith(LOST):
        return What.LOST
    return WENT_TO[end]


class LineState(StrEnum):
    """Where a line of a count of the vault stands."""

    ASKED = "asked"
    RECOUNT = "recount"
    AGREED = "agreed"
    DIFFERS = "differs"


OPEN_LINES = frozenset({LineState.ASKED, LineState.RECOUNT})


def line_after(*, book: Decimal, counted: Decimal, again: bool) -> LineState:
    """A controlled drug agrees to the unit, or is counted again by another, or is a case."""
    if counted == book:
        return LineState.AGREED
    return LineState.DIFFERS if again else LineState.RECOUNT


def counted_problems(counted: Decimal, *, unit: str, field: str = "counted") -> list[Problem]:
    """Why this number cannot be what somebody counted."""
    if not 0 <= counted <= MOST_AT_ONCE:
        return [Problem(f"A count of {counted} is not possible.", code="count", field=field)]
    if unit == "EA" and counted != counted.to_integral_value():
        return [Problem("Whole units only.", code="count-parts", field=field)]
    return []


def counting_problems(
    *, state: LineState, by: int, counter: int, witness: int, counted_by: int | None
) -> list[Problem]:
    """Why this person may not enter this count on this line now."""
    if state not in OPEN_LINES:
        return [Problem("This line was counted.", code="line-counted")]
    if state is LineState.ASKED and by not in {counter, witness}:
        says = "This count is taken by two others: who they are was said when it began."
        return [Problem(says, code="not-your-count")]
    if state is LineState.RECOUNT and by == counted_by:
        says = "Another person counts this again: you counted it first."
        return [Problem(says, code="recount-by-another", cite="house policy", verified="C")]
    return []


class Source(StrEnum):
    """Who found that the books and the hands do not agree."""

    VAULT_COUNT = "count of the vault"
    SHELF_COUNT = "count sheet"
    BACK_COUNT = "count of what is left at a fill"
    INVENTORY = "inventory"


class CaseState(StrEnum):
    """The life of a discrepancy."""

    OPEN = "open"
    EXPLAINED = "explained"
    UNEXPLAINED = "unexplained"
    CLOSED = "closed"
    HANDED_ON = "handed on as a suspected loss"


UNSETTLED = (CaseState.OPEN, CaseState.EXPLAINED, CaseState.UNEXPLAINED)
MAY_BECOME = {
    CaseState.OPEN: frozenset({CaseState.EXPLAINED, CaseState.UNEXPLAINED}),
    CaseState.EXPLAINED: frozenset({CaseState.UNEXPLAINED, CaseState.CLOSED}),
    CaseState.UNEXPLAINED: frozenset(
        {CaseState.EXPLAINED, CaseState.CLOSED, CaseState.HANDED_ON}
    ),
    CaseState.CLOSED: frozenset[CaseState](),
    CaseState.HANDED_ON: frozenset[CaseState](),
}


@dataclass(frozen=True, slots=True)
class Case:
    """A discrepancy as the rules look at it.

    ``corrected_since``: another over/short move of the lot was posted there after it was found.
    ``agrees_since``: a later count found what the books say.
    """

    state: CaseState
    difference: Decimal
    posted: bool = False
    corrected_since: bool = False
    agrees_since: bool = False


def turn_problems(case: Case, to: CaseState) -> list[Problem]:
    """Why a case may not go there from where it stands."""
    if to in MAY_BECOME[case.state]:
        return []
    if case.state not in UNSETTLED:
        says = f"This case is settled: it was {case.state.value}."
    elif to in {CaseState.CLOSED, CaseState.HANDED_ON}:
        says = "Say first whether it is explained: the facts stand beside it."
        if to is CaseState.HANDED_ON and case.state is CaseState.EXPLAINED:
            says = "What is explained is no suspected loss: close it, or call it unexplained."
    else:
        says = f"It is {case.state.value} already."
    return [Problem(says, code="case-state")]


def closing_problems(case: Case, *, correct: bool) -> list[Problem]:
    """Why a case may not be closed this way: with a correcting move, or without one."""
    problems = turn_problems(case, CaseState.CLOSED)
    if case.state not in UNSETTLED:
        return problems
    if correct and case.posted:
        says = "The correcting move of this case was signed with its count sheet."
        problems.append(Problem(says, code="case-posted", field="correct"))
    if correct and case.corrected_since:
        says = "The books were corrected there since: have it counted anew, then close it."
        problems.append(Problem(says, code="case-corrected", field="correct"))
    if not correct and not case.posted and not case.agrees_since:
        says = "Without a correcting move only what a later count found as the books say."
        problems.append(Problem(says, code="case-unproved", field="correct"))
    return problems


def loss_problems(case: Case) -> list[Problem]:
    """Why a case may not be handed on as a suspected loss."""
    problems = turn_problems(case, CaseState.HANDED_ON)
    if case.difference > 0:
        says = "There is more than the books say: that is no loss."
        problems.append(Problem(says, code="case-over"))
    if case.corrected_since and not case.posted:
        says = "The books were corrected there since: have it counted anew."
        problems.append(Problem(says, code="case-corrected"))
    return problems


def words_problems(words: str, *, field: str, what: str) -> list[Problem]:
    """A reason must be said, and may not be a book."""
    if not words.strip():
        return [Problem(f"Say {what}.", field=field, code="no-reason")]
    if len(words) > LONGEST_WORDS:
        says = f"At most {LONGEST_WORDS} letters."
        return [Problem(says, field=field, code="too-long")]
    return []


class Access(StrEnum):
    """What is written in the log of the vault."""

    OPENED = "opened"
    SHUT = "shut"
    POWER_FAILED = "power failed"
    POWER_BACK = "power back"


# What may follow what; the first record of a log may be anything but "shut" or "power back".
FOLLOWS = {
    None: frozenset({Access.OPENED, Access.POWER_FAILED}),
    Access.OPENED: frozenset({Access.SHUT, Access.POWER_FAILED}),
    Access.SHUT: frozenset({Access.OPENED, Access.POWER_FAILED}),
    Access.POWER_FAILED: frozenset({Access.POWER_BACK}),
}


def access_problems(kind: Access, *, door: Access | None, power_failed: bool) -> list[Problem]:
    """Why this cannot be written after what stands there: the door, and whether there is power.

    The door may be opened and shut while the power is out; it is written down afterwards.
    """
    if kind in {Access.POWER_FAILED, Access.POWER_BACK}:
        if power_failed == (kind is Access.POWER_BACK):
            return []
        says = "The power failed already." if power_failed else "No power failure is open."
        return [Problem(says, code="access-power", field="kind")]
    if kind in FOLLOWS[door]:
        return []
    says = "The vault is open already." if kind is Access.OPENED else "The vault is not open."
    return [Problem(says, code="access-door", field="kind")]


def clock_problems(at: datetime, *, last: datetime | None, now: datetime) -> list[Problem]:
    """Why a record may not bear this time: a log runs forward (a clock set back shows here)."""
    problems = []
    if at < EARLIEST:
        problems.append(Problem("No log is that old.", code="clock-age", field="at"))
    if last is not None and at < last:
        says = f"The last record is of {last:%Y-%m-%d %H:%M:%S %Z}: this one lies before it."
        problems.append(
            Problem(says, code="clock-back", field="at", cite="house policy", verified="C")
        )
    if at > now:
        says = "A record cannot be of a time to come."
        problems.append(Problem(says, code="clock-ahead", field="at"))
    return problems


def running(opening: Decimal, changes: Sequence[Decimal]) -> list[Decimal]:
    """The balance after each change, from what there was before the first."""
    balances = []
    for change in changes:
        opening += change
        balances.append(opening)
    return balances
