"""The legal public holidays on which no office of the federal government does business."""

from calendar import monthrange
from datetime import date, timedelta

from apothecary.law.tables import federal

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SATURDAY, SUNDAY = 5, 6


def federal_holidays(year: int, *, on: date) -> frozenset[date]:
    """The holidays of a year as they are kept, by the row in force on ``on``.

    A holiday of a fixed date that falls on a Saturday is kept the Friday before, on a Sunday
    the Monday after. New Year's Day of the next year may so be kept on 31 December of this one
    and is in it. Source: 5 U.S.C. 6103(a), (b); Executive Order 11582.
    """
    rows = federal("USC-6103", on=on).names()
    kept = {observed(day_named(name, each)) for name in rows for each in (year, year + 1)}
    return frozenset(day for day in kept if day.year == year)


def holidays_around(day: date, *, on: date) -> frozenset[date]:
    """The holidays of a day's year and of the next: a clock may run over New Year's."""
    return federal_holidays(day.year, on=on) | federal_holidays(day.year + 1, on=on)


def day_named(name: str, year: int) -> date:
    """The day a row names: ``7-4`` a date, ``11-thu-4`` the fourth of its days, or ``last``.

    ValueError for anything else.
    """
    month, _, rest = name.partition("-")
    if not month.isdecimal():
        raise ValueError(f"{name!r} names no day of a year")
    weekday, _, which = rest.partition("-")
    if not which:
        return date(year, int(month), int(rest))
    ahead = (DAYS.index(weekday) - date(year, int(month), 1).weekday()) % 7
    days = range(1 + ahead, monthrange(year, int(month))[1] + 1, 7)
    return date(year, int(month), days[-1] if which == "last" else days[int(which) - 1])


def observed(day: date) -> date:
    """The day on which a holiday is kept; those named by their weekday never move."""
    if day.weekday() == SATURDAY:
        return day - timedelta(days=1)
    if day.weekday() == SUNDAY:
        return day + timedelta(days=1)
    return day
