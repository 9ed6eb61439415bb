"""When a package is reordered, how much of it, and how long what is there will last. Pure.

Conventions of the field (mark C): the reorder point is use times lead time plus safety, an
order fills up to 14 days of use above it, and Schedule II is never ordered by itself.
Quantities are in the package's billing unit, use in units a day.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from apothecary.law.problem import Problem

LEAD_DAYS, SAFETY_DAYS = 1, 3
# An order covers so many days of use above the reorder point; the field says 14 to 30.
COVER_DAYS = 14
SHORT_WINDOW, LONG_WINDOW = 30, 90
DEAD_DAYS = (90, 180)
YEAR_DAYS = 365
MOST = Decimal(1_000_000)
SCHEDULE_II = 2
TENTH, CENT = Decimal("0.1"), Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Use:
    """What went out to patients, less what came back, in the last 30 and 90 days."""

    days_30: Decimal
    days_90: Decimal

    @property
    def a_day(self) -> Decimal:
        """The higher of both averages, so that rising demand is followed and a dip is not."""
        return max(
            self.days_30 / SHORT_WINDOW, self.days_90 / LONG_WINDOW, Decimal(0)
        ).quantize(Decimal("0.0001"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Levels:
    """The least there should be and what an order fills up to."""

    reorder_at: Decimal
    order_up_to: Decimal


def suggested_levels(
    use: Use,
    *,
    package_units: Decimal,
    lead_days: int = LEAD_DAYS,
    safety_days: int = SAFETY_DAYS,
) -> Levels:
    """Min and par by use: lead and safety days of it, and 14 days more in whole packages.

    What was not used at all is ordered for a prescription only: min −1, par 0.
    """
    if use.a_day == 0:
        return Levels(Decimal(-1), Decimal(0))
    least = whole(use.a_day * (lead_days + safety_days))
    cover = whole(use.a_day * COVER_DAYS / package_units) * package_units
    return Levels(least, least + cover)


def levels_problems(
    *, reorder_at: Decimal, order_up_to: Decimal, at_most: Decimal | None
) -> list[Problem]:
    """Why these levels contradict each other."""
    problems = []
    if not -1 <= reorder_at <= MOST:
        says = "The reorder point is −1 (for a prescription only), 0 or more."
        problems.append(Problem(says, field="reorder_at", code="bad-level"))
    if order_up_to < max(reorder_at, Decimal(0)) or order_up_to > MOST:
        says = "What an order fills up to lies not below the reorder point."
        problems.append(Problem(says, field="order_up_to", code="bad-level"))
    if at_most is not None and not order_up_to <= at_most <= MOST:
        says = "The most there may be lies not below what an order fills up to."
        problems.append(Problem(says, field="at_most", code="bad-level"))
    return problems


def is_needed(*, position: Decimal, reorder_at: Decimal) -> bool:
    """Whether to order: at or below the reorder point; one below zero asks for demand.

    ``position`` is what is free and on order, less what fills wait for.
    """
    return position < 0 if reorder_at < 0 else position <= reorder_at


def packages_to_order(
    *, position: Decimal, order_up_to: Decimal, at_most: Decimal | None, package_units: Decimal
) -> int:
    """Whole packages that fill up to par, one at least, and not past the most there may be.

    What fills wait for is ordered even where it passes the most.
    """
    wanted = max(int(whole((order_up_to - position) / package_units)), 1)
    if at_most is None:
        return wanted
    room = int((at_most - position) // package_units)
    owed = int(whole(max(-position, Decimal(0)) / package_units))
    return max(min(wanted, room), owed, 1)


def days_left(free: Decimal, use: Use) -> Decimal | None:
    """How long what is free will last at the use of late; None where nothing is used."""
    if use.a_day == 0:
        return None
    return (free / use.a_day).quantize(TENTH, ROUND_HALF_UP)


def is_automatic(*, ordering_auto: bool, schedule: int) -> bool:
    """Whether an order may go out without a person's look: Schedule II never (mark C)."""
    return ordering_auto and schedule != SCHEDULE_II


def turns(*, used_a_year: Decimal, value: Decimal) -> Decimal | None:
    """How often the stock turned over in a year: cost of use over value on hand."""
    return (used_a_year / value).quantize(TENTH, ROUND_HALF_UP) if value > 0 else None


def whole(ratio: Decimal) -> Decimal:
    """The next whole number up."""
    return ratio.to_integral_value(ROUND_CEILING)
