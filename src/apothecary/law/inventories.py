"""When controlled substances are counted, and how exactly."""

from dataclasses import dataclass
from datetime import date

from apothecary.law.calendar_days import days_after, years_after
from apothecary.law.facts import CONTROLLED, LastDay
from apothecary.law.problem import Problem
from apothecary.law.recorded import missing_problems
from apothecary.law.tables import Row, federal, practice


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryFacts:
    """An inventory as it was taken; ``time_of_day``: ``opening`` or ``close``."""

    time_of_day: str
    shown: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerFacts:
    """One container to be counted; ``holds``: tablets or capsules it holds when full."""

    schedule: int
    state: str
    opened: bool
    holds: int
    liquid: bool = False


def first_inventory_on(opened_on: date, *, on: date) -> date:
    """The day of the first inventory of a pharmacy that opened on that day."""
    return days_after(opened_on, federal("DEA-084", on=on).number())


def scheduled_inventory_on(controlled_from: date, *, on: date) -> date:
    """The day on which a drug that becomes controlled is counted."""
    return days_after(controlled_from, federal("DEA-087", on=on).number())


def next_inventory_by(last_on: date, *, state_code: str, on: date) -> LastDay | Problem:
    """The last day for the next inventory after one taken on ``last_on``.

    Two years (21 CFR 1304.11(c)) or the state's time when that is sooner; a Problem where
    nothing at all is known of the state, or its row is doubtful.
    """
    row = federal("DEA-085", on=on)
    limit = LastDay(on=years_after(last_on, row.number()), row=row)
    own = practice(state_code, "inventory_years", on=on)
    if isinstance(own, Problem):
        # Federal law is complete here; a state that is known and silent leaves it standing.
        return limit if own.code in ("law-missing-row", "law-not-in-force") else own
    grace = practice(state_code, "inventory_grace_days", on=on)
    days = grace.number() if isinstance(grace, Row) else 0
    sooner = LastDay(on=days_after(years_after(last_on, own.number()), days), row=own)
    return min(limit, sooner, key=lambda last: last.on)


def inventory_due_problems(last_on: date, *, state_code: str, on: date) -> list[Problem]:
    """Why the inventory is overdue on that day; the last day itself is good."""
    last = next_inventory_by(last_on, state_code=state_code, on=on)
    if isinstance(last, Problem):
        return [last]
    if on <= last.on:
        return []
    says = f"The inventory after that of {last_on} was due by {last.on}."
    return [last.row.problem(says, code="inventory-overdue", field="last_on")]


def inventory_problems(facts: InventoryFacts, *, on: date) -> list[Problem]:
    """What an inventory lacks to stand as a record (21 CFR 1304.11(a))."""
    times = federal("DEA-086", on=on)
    problems = []
    if facts.time_of_day not in times.names():
        says = f"The inventory says whether it was taken at {' or '.join(times.names())}."
        problems.append(times.problem(says, code="inventory-time", field="time_of_day"))
    written = federal("DEA-086/written", on=on)
    problems.extend(
        missing_problems(written, facts.shown, what="The inventory", code="inventory")
    )
    return problems


def exact_count_by(container: ContainerFacts, *, on: date) -> Row | None:
    """The row that wants this container counted exactly; None where an estimate will do.

    A sealed container counts as what its label says, therefore exactly.
    """
    exact = federal("DEA-088", on=on)
    if str(container.schedule) in exact.names():
        return exact
    if container.schedule not in CONTROLLED:
        return None
    own = practice(container.state, "inventory_exact", on=on)
    if isinstance(own, Row) and own.yes():
        return own
    large = federal("DEA-089", on=on)
    if not container.opened or container.holds > large.number():
        return large
    return None


def liquid_counted_to(container: ContainerFacts, *, on: date) -> Row | None:
    """The state's row on the part of its container a liquid is counted to; None: no row."""
    own = practice(container.state, "inventory_liquid_fraction", on=on)
    return own if container.liquid and isinstance(own, Row) else None
