"""What is written down of a controlled dispensing, a refill, a day, a time without system."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime

from apothecary.law.calendar_days import hours_after, in_utc
from apothecary.law.expiry import expiry_problems
from apothecary.law.facts import RxFacts
from apothecary.law.problem import Problem
from apothecary.law.recorded import missing_problems
from apothecary.law.refills import authorized_refills_problems
from apothecary.law.tables import Row, federal


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something owed since an aware instant, when it was done, and what it shows."""

    since: datetime
    done_at: datetime | None = None
    shown: frozenset[str] = frozenset()


def added_refills_problems(
    rx: RxFacts, added: int, shown: AbstractSet[str], *, on: date
) -> list[Problem]:
    """Why a prescriber's word by telephone may not add refills to this prescription.

    C-III and C-IV: within the caps of the original, recorded as 21 CFR 1306.22(e) asks.
    """
    if added <= 0:
        says = f"{added} refills cannot be added."
        return [Problem(says, code="refills-added", field="added")]
    more = replace(rx, refills_authorized=rx.refills_authorized + added)
    problems = authorized_refills_problems(more, on=on)
    if rx.schedule in (3, 4):
        problems.extend(expiry_problems(rx, on=on))
        row = federal("DEA-042", on=on)
        problems.extend(missing_problems(row, shown, what="The record", code="refills-added"))
    return problems


def refill_system_problems(brought_up: AbstractSet[str], *, on: date) -> list[Problem]:
    """What a computer system must bring up at once and does not (21 CFR 1306.22(f)(1)-(2))."""
    row = federal("DEA-043", on=on)
    return missing_problems(row, brought_up, what="The system", code="refill-system")


def printout_problems(day: Due, *, at: datetime, on: date) -> list[Problem]:
    """What is wrong with the printout of a day's refills (21 CFR 1306.22(f)(3)).

    ``day.since``: the dispensing; ``day.shown``: verified, dated, signed by who dispensed.
    """
    row = federal("DEA-044", on=on)
    problems = _late_problems(row, day, at, what="The day's refill printout", code="printout")
    if day.done_at is not None:
        steps = federal("DEA-044/printout", on=on)
        what = "The day's refill printout"
        problems.extend(missing_problems(steps, day.shown, what=what, code="printout"))
    return problems


def trail_problems(asked: Due, *, at: datetime, on: date) -> list[Problem]:
    """What is wrong with the refill trail of a drug that was asked for (1306.22(f)(4))."""
    row = federal("DEA-045", on=on)
    problems = _late_problems(row, asked, at, what="The refill trail", code="trail")
    if asked.done_at is not None:
        shows = federal("DEA-045/shows", on=on)
        problems.extend(
            missing_problems(shows, asked.shown, what="The refill trail", code="trail")
        )
    return problems


def back_entry_problems(waiting: int, *, system_up: bool, on: date) -> list[Problem]:
    """Why work may not go on: what was filled without the system is not entered yet."""
    row = federal("DEA-046", on=on)
    if not (row.yes() and system_up and waiting):
        return []
    says = f"{waiting} fills made while the system was down are not entered yet."
    return [row.problem(says, code="back-entry", field="waiting")]


def dispensing_record_problems(shown: AbstractSet[str], *, on: date) -> list[Problem]:
    """What the record of a dispensed controlled substance lacks (21 CFR 1304.22(c))."""
    row = federal("DEA-083", on=on)
    return missing_problems(row, shown, what="The dispensing record", code="dispensing-record")


def _late_problems(row: Row, due: Due, at: datetime, *, what: str, code: str) -> list[Problem]:
    last = hours_after(due.since, row.number())
    if in_utc(due.done_at or at) <= last:
        return []
    says = f"{what} was due within {row.number()} hours, by {last:%Y-%m-%d %H:%M} UTC."
    return [row.problem(says, code=f"{code}-late", field="done_at")]
