"""The pharmacy's own registration, its safe-keeping, and who may come near."""

from collections.abc import Set as AbstractSet
from datetime import date

from apothecary.law.calendar_days import days_after, years_after
from apothecary.law.problem import Problem
from apothecary.law.recorded import in_words
from apothecary.law.tables import federal


def registration_problems(issued_on: date, *, on: date) -> list[Problem]:
    """Why the pharmacy's registration does not stand; the last day itself is good."""
    row = federal("DEA-120", on=on)
    last = days_after(years_after(issued_on, row.number()), -1)
    if issued_on <= on <= last:
        return []
    says = f"The pharmacy's DEA registration runs from {issued_on} to {last}."
    return [row.problem(says, code="registration-expired", field="issued_on")]


def storage_problems(way: str, *, on: date) -> list[Problem]:
    """Why controlled substances may not be stored so (21 CFR 1301.75(b))."""
    row = federal("DEA-121", on=on)
    if way in row.names():
        return []
    ways = " or ".join(in_words(each) for each in row.names())
    return [row.problem(f"They are stored {ways}.", code="storage-way", field="way")]


def access_problems(bars: AbstractSet[str], *, waiver: bool, on: date) -> list[Problem]:
    """Why this person may have no access to controlled substances (21 CFR 1301.76(a))."""
    row = federal("DEA-122", on=on)
    if waiver:
        return []
    return [
        row.problem(
            f"Access is barred by: {in_words(bar)}.",
            code=f"access-{bar.replace('_', '-')}",
            field="bars",
        )
        for bar in row.names()
        if bar in bars
    ]


def facility_cabinet_problems(*, registered_there: bool, on: date) -> list[Problem]:
    """Why a dispensing cabinet at a long-term care facility may not hold controlled stock."""
    row = federal("DEA-192", on=on)
    if registered_there or not row.yes():
        return []
    says = "The pharmacy holds no registration at that facility."
    return [row.problem(says, code="cabinet-registration", field="registered_there")]
