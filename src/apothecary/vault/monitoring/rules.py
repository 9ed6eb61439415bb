"""When a record is due and goes, and what may be done with it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apothecary.law.monitoring import (
    ReportFacts,
    correction_due_at,
    outage_notice_due_at,
    report_due,
    report_needed,
)
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, practice
from apothecary.vault.monitoring.states import MAY_MEND, WANTS_HANDS, RecordState, Told

# House conventions (mark C): the day's file goes at ten at night, so that a sale after it is
# in the next one within twenty-four hours; a programme that wants it at once is not kept.
DAILY_AT = time(22, 0)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """By when a dispensing is told, on whose word, and whether the programme waits for it."""

    on: date | None
    at: datetime | None
    says: str
    real_time: bool


def is_reportable(state: str, schedule: int, *, on: date) -> bool:
    """Whether a dispensing is told. Where the state's schedules are not known every
    controlled one is: telling too much can be mended, telling too little cannot.
    """
    needed = report_needed(state, schedule, on=on)
    return needed if isinstance(needed, bool) else True


def due_of(state: str, schedule: int, dispensed_at: datetime, *, on: date) -> Due:
    """By when it is told; ``dispensed_at`` stands in the pharmacy's own zone.

    Of a business day Saturday and Sunday alone are none: which holidays a programme keeps is
    not on file, and to be told a day early hurts nobody.
    """
    facts = ReportFacts(state=state, schedule=schedule, dispensed_at=dispensed_at)
    found = report_due(facts, on=on)
    if isinstance(found, Problem):
        return Due(None, None, found.says, real_time=False)
    says = f"{found.row.cite} ({found.row.verified})"
    at_once = found.row.unit == "hours" and found.row.number() == 0
    return Due(found.on, found.at, says, real_time=at_once)


@dataclass(frozen=True, slots=True)
class Clock:
    """By when something is done, and on whose word; ``at`` is None where that is not known."""

    at: datetime | None
    says: str


def put_right_by(state: str, refused_at: datetime, *, on: date) -> Clock:
    """By when a record that was refused goes again."""
    return clock_of(correction_due_at(state, refused_at, on=on), state, "correct_hours", on)


def outage_told_by(state: str, since: datetime, *, on: date) -> Clock:
    """By when the programme is told that its reports cannot be sent."""
    at = outage_notice_due_at(state, since, on=on)
    return clock_of(at, state, "outage_notice_hours", on)


def clock_of(at: datetime | Problem, state: str, attribute: str, on: date) -> Clock:
    """An instant with the citation and the mark of its row, or why there is none."""
    row = practice(state, attribute, on=on)
    if isinstance(at, Problem) or not isinstance(row, Row):
        return Clock(None, at.says if isinstance(at, Problem) else "")
    return Clock(at, f"{row.cite} ({row.verified})")


def last_day(at: datetime, zone: ZoneInfo) -> date:
    """The last day whose file is to be written by that instant."""
    local = at.astimezone(zone)
    return local.date() if local.time() >= DAILY_AT else local.date() - DAY


def closes_at(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which the file of a day is written; what comes later is the next one's."""
    return datetime.combine(day, DAILY_AT, zone)


def late_since(due_on: date | None, due_at: datetime | None, *, at: datetime) -> bool:
    """Whether a record that is not accepted yet is late; ``at`` in the pharmacy's own zone."""
    if due_at is not None:
        return at > due_at
    return due_on is not None and at.date() > due_on


def mending_problems(state: str, tells: str) -> list[Problem]:
    """Why a record may not be changed now."""
    if tells == Told.VOID:
        return [Problem("A record that takes one back is not changed.", code="record-state")]
    return state_problems(state)


def state_problems(state: str) -> list[Problem]:
    """Why a record may be neither changed nor taken back now."""
    if state == RecordState.FILED:
        says = "It is in a file whose answer is not there yet: wait for it."
        return [Problem(says, code="record-state")]
    if state not in MAY_MEND:
        says = f"This record is {state}: what followed it counts."
        return [Problem(says, code="record-state")]
    return []


def taking_back_problems(state: str, tells: str) -> list[Problem]:
    """Why a record may not be taken back now; a void only where it stuck on its way."""
    if tells == Told.VOID and state not in (*WANTS_HANDS, RecordState.FILED):
        return [Problem("It takes a dispensing back already.", code="record-state")]
    return state_problems(state)


def releasing_problems(state: str, tells: str) -> list[Problem]:
    """Why a record may not go again as it is."""
    if state == RecordState.HELD or (state == RecordState.REJECTED and tells == Told.VOID):
        return []
    return [Problem(f"This record is {state}, not held.", code="record-state")]


def standing_problems(state: str, doubt: str) -> list[Problem]:
    """Why a record may not be said to stand as it is."""
    if not doubt:
        return [Problem("Nothing makes this record doubtful.", code="record-state")]
    return state_problems(state)


def because_problems(because: str) -> list[Problem]:
    """Every change of what a programme is told says why."""
    if because.strip():
        return []
    return [Problem("Say why.", field="because", code="no-reason")]
