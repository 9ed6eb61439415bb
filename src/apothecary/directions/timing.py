"""How often: from what was said to times in a period."""

from dataclasses import dataclass
from fractions import Fraction

from apothecary.directions.step import HOURS_A_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """So many times in such a period; ``hours_*`` when it was said as an interval of hours."""

    times_min: int
    times_max: int
    period_min: int
    period_max: int
    period_unit: str
    hours_min: int | None = None
    hours_max: int | None = None

    def same_rate(self, other: "Timing") -> bool:
        """Whether both mean the same number of doses in the same time."""
        return (
            self.times_min * other.period_min == other.times_min * self.period_min
            and self.times_max * other.period_max == other.times_max * self.period_max
            and self.period_unit == other.period_unit
        )


def times_in(times_min: int, times_max: int, period: int, unit: str) -> Timing:
    """So many times in so many days, weeks, months, hours or minutes."""
    if unit == "hour" and times_min == times_max == 1:
        return every_hours(period, period)
    return Timing(
        times_min=times_min,
        times_max=times_max,
        period_min=period,
        period_max=period,
        period_unit=unit,
    )


def every(low: int, high: int, unit: str) -> Timing:
    """Once in every so many units; a range of hours becomes a range of times."""
    if unit == "hour":
        return every_hours(low, high)
    return Timing(times_min=1, times_max=1, period_min=low, period_max=high, period_unit=unit)


def every_hours(low: int, high: int) -> Timing:
    """Every so many hours as times in whole days: 6 hours are 4 in 1 day, 72 hours 1 in 3 days.

    Where the two ends of a range have no common period, it stays a range of hours.
    """
    fewest, most = Fraction(HOURS_A_DAY, high), Fraction(HOURS_A_DAY, low)
    if fewest.denominator == most.denominator:
        days = (fewest.denominator, fewest.denominator)
        times = (fewest.numerator, most.numerator)
        unit = "day"
    elif fewest.numerator == most.numerator:
        days = (most.denominator, fewest.denominator)
        times = (fewest.numerator, most.numerator)
        unit = "day"
    else:
        days, times, unit = (low, high), (1, 1), "hour"
    return Timing(
        times_min=times[0],
        times_max=times[1],
        period_min=days[0],
        period_max=days[1],
        period_unit=unit,
        hours_min=low,
        hours_max=high,
    )
