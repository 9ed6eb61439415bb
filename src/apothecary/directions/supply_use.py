"""What a direction uses up: stretches of days with an even rate, in the billing unit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil

from apothecary.directions.direction import Directions
from apothecary.directions.product import Customs, Product
from apothecary.directions.step import Step
from apothecary.directions.supply_units import plain_rule, rate_of
from apothecary.directions.working import Working, amount, rate

_IN_DAYS = {"day": 1, "week": 7}
# A fingertip unit is half a gram and covers two palms.
_PALMS_A_UNIT = 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """``a_day`` billing units for ``days`` days; None goes on, 0 is a loading dose.

    ``cycle`` are the days with it and the days without, again and again.
    """

    a_day: Fraction
    days: int | None
    cycle: tuple[int, int] | None = None

    def lasting(self, used: int) -> int:
        """Over how many days so many days of use are spread."""
        if self.cycle is None:
            return used
        on, off = self.cycle
        full, rest = divmod(used, on)
        return full * (on + off) + rest

    def used(self, days: int) -> int:
        """On how many of so many days it is used."""
        if self.cycle is None:
            return days
        on, off = self.cycle
        full, rest = divmod(days, on + off)
        return full * on + min(rest, on)


@dataclass(frozen=True, slots=True)
class _Use:
    a_day: Fraction
    days: int | None
    cycle: tuple[int, int] | None


def stretches(
    directions: Directions, product: Product, customs: Customs, work: Working
) -> list[Stretch] | None:
    """The stretches in order; None where one cannot be reckoned, with the reason as a line."""
    found: list[Stretch] = []
    groups = directions.groups()
    for place, group in enumerate(groups):
        uses = [_use(step, product, customs, work) for step in group]
        known = [use for use in uses if use is not None]
        if len(known) != len(uses):
            return None
        if _begins(group, groups[place + 1 :]):
            found.append(Stretch(sum((use.a_day for use in known), Fraction(0)), 0))
        elif len({use.cycle for use in known}) > 1:
            work.say("Only some of the doses are paused: reckon by hand.")
            return None
        else:
            found.extend(_side_by_side(known))
    return found


def _begins(group: Sequence[Step], after: Sequence[Sequence[Step]]) -> bool:
    """A single dose before one taken several times a day has no day for itself."""
    if not after or not all(step.once for step in group):
        return False
    return any(
        step.period_unit == "hour" or (step.times_max or 0) > (step.period_min or 1)
        for step in after[0]
    )


def _side_by_side(uses: Sequence[_Use]) -> list[Stretch]:
    """Doses that go on together and may end on different days."""
    found: list[Stretch] = []
    day = 0
    for end in sorted({use.days for use in uses if use.days is not None}):
        a_day = sum((u.a_day for u in uses if u.days is None or u.days >= end), Fraction(0))
        found.append(Stretch(a_day, end - day))
        day = end
    endless = [use.a_day for use in uses if use.days is None]
    if endless:
        found.append(Stretch(sum(endless, Fraction(0)), None, uses[0].cycle))
    return found


def _use(step: Step, product: Product, customs: Customs, work: Working) -> _Use | None:
    step = _by_area(step, customs, work)
    month = int(customs.month_days or work.value("DS-MONTH"))
    most = _most_a_day(step, month, work)
    if most is None:
        work.say("The quantity of one day is not known.", "DS-CALC")
        return None
    ranged = step.as_needed or (not step.once and _ranged(step))
    work.say(
        f"{rate(most, step.dose_unit)}{' at most' if ranged else ''}",
        "DS-MOST" if ranged else plain_rule(step.dose_unit),
    )
    billed = rate_of(step, product, customs, work)
    if billed is None:
        return None
    at_a_time = step.most_a_time()
    times = most / at_a_time if at_a_time else Fraction(0)
    a_day = (most + times * billed.lost) * billed.per_unit
    if billed.lost:
        work.say(f"{rate(most + times * billed.lost, step.dose_unit)} with priming")
    if a_day <= 0:
        work.say("The quantity of one day is not known.", "DS-CALC")
        return None
    return _Use(a_day, _length(step, times, month, work), _cycle(step, month, work))


def _by_area(step: Step, customs: Customs, work: Working) -> Step:
    """A cream without a dose, where the area is known: its grams at one time."""
    if step.dose_max is not None or step.verb != "apply":
        return step
    if customs.palms is None or customs.palms <= 0:
        work.say(
            "How large is the area, in palms, or how many grams are used a day?", "DS-AREA"
        )
        return step
    grams = work.value("DS-AREA") * Fraction(customs.palms) / _PALMS_A_UNIT
    dose = Decimal(grams.numerator) / Decimal(grams.denominator)
    work.say(f"{amount(grams)} g for an area of {customs.palms} palms", "DS-AREA")
    return replace(step, dose_min=dose, dose_max=dose, dose_unit="g")


def _most_a_day(step: Step, month: int, work: Working) -> Fraction | None:
    most = step.most_a_day()
    if step.weekdays or step.period_unit == "week":
        work.say("a week is 7 days", "DS-WEEK")
    dose = step.most_a_time()
    if most is None and dose is not None and step.hours_min and step.while_awake:
        awake = work.value("DS-AWAKE")
        work.say(f"awake for {amount(awake)} hours of a day", "DS-AWAKE")
        return dose * awake / step.hours_min
    if most is not None or step.period_unit != "month" or dose is None:
        return most
    work.say(f"a month is {month} days", "DS-MONTH")
    work.doubt("A month may be 28 or 30 days, as the payer has it.")
    return dose * (step.times_max or 1) / ((step.period_min or 1) * month)


def _ranged(step: Step) -> bool:
    return (
        step.dose_min != step.dose_max
        or step.times_min != step.times_max
        or step.period_min != step.period_max
        or step.times_min is None
    )


def _cycle(step: Step, month: int, work: Working) -> tuple[int, int] | None:
    """The days with it and the days without."""
    if step.duration is None or step.pause is None:
        return None
    units = (step.duration_unit, step.pause_unit)
    if "month" in units:
        work.say(f"a month is {month} days", "DS-MONTH")
    on, off = (_IN_DAYS.get(unit, month) for unit in units)
    cycle = step.duration * on, step.pause * off
    work.say(f"{cycle[0]} days with it, then {cycle[1]} without")
    return cycle


def _length(step: Step, times: Fraction, month: int, work: Working) -> int | None:
    """How many days the step lasts; None when it goes on."""
    days = step.days()
    if days is None and step.duration and step.duration_unit == "month" and not step.cyclic:
        work.say(f"a month is {month} days", "DS-MONTH")
        days = step.duration * month
    if step.doses is not None and times:
        by_doses = ceil(step.doses / times)
        days = by_doses if days is None else min(days, by_doses)
    return days
