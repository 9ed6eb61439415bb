"""Inventories of controlled drugs: which kinds there are, how a line is counted, when the next
one is due. Pure; what the law says is asked of `law.inventories`.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apothecary.law.facts import LastDay
from apothecary.law.inventories import (
    ContainerFacts,
    exact_count_by,
    first_inventory_on,
    inventory_due_problems,
    next_inventory_by,
)
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, practice

# The reminder begins so long before the last day (house policy, mark C).
REMIND_MONTHS = 3
MOST_CONTAINERS = 100_000
EACH = "EA"


class Kind(StrEnum):
    """Why an inventory is taken."""

    INITIAL = "initial"
    BIENNIAL = "biennial"
    NEWLY_SCHEDULED = "newly scheduled drug"
    IN_CHARGE = "change of the pharmacist in charge"


class Business(StrEnum):
    """At which end of the day of business (21 CFR 1304.11(a))."""

    OPENING = "opening"
    CLOSE = "close"


class InventoryState(StrEnum):
    OPEN = "open"
    SIGNED = "signed"
    GIVEN_UP = "given up"


class Method(StrEnum):
    """How what lies in opened containers is found out; sealed ones are always counted."""

    EXACT = "exact"
    ESTIMATE = "estimate"


# Which kinds count everything: the two-year clock begins anew with each of them.
WHOLE = frozenset({Kind.INITIAL, Kind.BIENNIAL, Kind.IN_CHARGE})


def method_of(
    *, schedule: int, state: str, container: Decimal, billing_unit: str, on: date
) -> tuple[Method, Row | None]:
    """How the opened containers of a package are counted there, and the row that wants it.

    ``container``: what a full one holds, in the billing unit; only tablets and capsules (EA)
    fall under the row on large containers.
    """
    each = billing_unit == EACH
    facts = ContainerFacts(
        schedule=schedule,
        state=state,
        opened=True,
        holds=int(container) if each else 0,
        liquid=billing_unit == "ML",
    )
    row = exact_count_by(facts, on=on)
    return (Method.EXACT if row else Method.ESTIMATE), row


def found_problems(
    *,
    full: int,
    opened: Decimal,
    container: Decimal,
    billing_unit: str,
    method: Method,
    estimated: bool,
) -> list[Problem]:
    """Why this cannot be what lies there: full containers and the rest in opened ones."""
    problems = []
    if not 0 <= full <= MOST_CONTAINERS:
        problems.append(Problem(f"{full} containers are not possible.", field="full"))
    if not 0 <= opened <= container * MOST_CONTAINERS:
        problems.append(Problem(f"{opened} in opened ones is not possible.", field="opened"))
    if billing_unit == EACH and not estimated and opened != opened.to_integral_value():
        problems.append(Problem("Whole units only.", field="opened", code="count-parts"))
    if estimated and method is Method.EXACT:
        says = "This is counted exactly: an estimate does not do."
        problems.append(Problem(says, field="estimated", code="count-exact"))
    return problems


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the two-year clock stands. ``last_on``: the last inventory of everything."""

    last_on: date | None
    due_on: date | None
    cite: str
    says: str
    late: bool = False
    remind: bool = False


def clock(*, last_on: date | None, first_day: date | None, state: str, today: date) -> Clock:
    """When the next inventory of everything is due, in a sentence.

    ``first_day``: the day on which the first controlled drug came, where none was ever taken.
    """
    if last_on is None:
        if first_day is None:
            return Clock(None, None, "21 CFR 1304.11(b)", "No controlled drug was ever here.")
        due = first_inventory_on(first_day, on=today)
        says = f"No inventory was ever taken: the initial one was due on {due:%m/%d/%Y}."
        return Clock(None, due, "21 CFR 1304.11(b)", says, late=today > due, remind=True)
    last = next_inventory_by(last_on, state_code=state, on=today)
    if isinstance(last, Problem):
        return Clock(last_on, None, last.cite, last.says, remind=True)
    return counting_down(last_on, last, state=state, today=today)


def counting_down(last_on: date, last: LastDay, *, state: str, today: date) -> Clock:
    """The clock after an inventory whose next one has a last day."""
    late = bool(inventory_due_problems(last_on, state_code=state, on=today))
    remind = today >= months_before(last.on, REMIND_MONTHS)
    says = f"The last inventory is of {last_on:%m/%d/%Y}; the next is due by {last.on:%m/%d/%Y}"
    says += ": it is late." if late else "."
    return Clock(last_on, last.on, last.row.cite, says, late=late, remind=remind or late)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def in_charge_rule(state: str, *, on: date) -> tuple[bool | None, str]:
    """Whether the state asks for an inventory when the pharmacist in charge changes.

    None where no row says so: the house does not assume, the pharmacist looks it up.
    """
    row = practice(state, "inventory_on_change_in_charge", on=on)
    if isinstance(row, Problem):
        return None, row.says
    return row.yes(), row.says
