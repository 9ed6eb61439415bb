"""Legal time: calendar months, days and hours."""

from calendar import monthrange
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, timedelta


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later; the month's last day when it is shorter.

    31 August plus six months is the last day of February: the stricter reading.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_after(day: date, days: int) -> date:
    """The day so many days later; the first day itself is not counted."""
    return day + timedelta(days=days)


def years_after(day: date, years: int) -> date:
    """The same day so many years later; of 29 February the 28th where there is none."""
    return months_after(day, 12 * years)


def business_days_after(
    day: date, days: int, *, holidays: AbstractSet[date] = frozenset()
) -> date:
    """The day so many business days later; Saturdays, Sundays and ``holidays`` do not count.

    The holidays are the caller's to know; without them the result is the sooner day, which is
    the stricter one.
    """
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5 and day not in holidays
    return day


def hours_after(instant: datetime, hours: int) -> datetime:
    """The instant so many elapsed hours later, in UTC.

    ValueError for an instant without a zone. Two wall clocks of one zone would miscount the
    night the clocks change, therefore UTC.
    """
    return in_utc(instant) + timedelta(hours=hours)


def in_utc(instant: datetime) -> datetime:
    """The same instant in UTC; ValueError for one without a zone, never the machine's own."""
    if instant.tzinfo is None:
        raise ValueError("instant: has no time zone")
    return instant.astimezone(UTC)
