"""When a dispensing is reported to the state's prescription monitoring programme."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from apothecary.law.calendar_days import business_days_after, hours_after, in_utc
from apothecary.law.facts import CONTROLLED
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, practice


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """A dispensing and its report; aware instants, the pharmacy's own zone for the days."""

    state: str
    schedule: int
    dispensed_at: datetime
    reported_at: datetime | None = None
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class ReportDue:
    """The last instant, or the last day where the state counts business days, and the row."""

    at: datetime | None
    on: date
    row: Row


def report_needed(state_code: str, schedule: int, *, on: date) -> bool | Problem:
    """Whether a dispensing of that schedule is reported; the Problem where it is not known."""
    row = practice(state_code, "reported_schedules", on=on)
    if isinstance(row, Problem):
        return row if schedule in CONTROLLED else False
    return str(schedule) in row.names()


def report_due(facts: ReportFacts, *, on: date) -> ReportDue | Problem:
    """By when the dispensing is reported; the Problem where the state's time is not known."""
    hours = practice(facts.state, "report_hours", on=on)
    if isinstance(hours, Row):
        last = hours_after(facts.dispensed_at, hours.number())
        there = last.astimezone(facts.dispensed_at.tzinfo)
        return ReportDue(at=last, on=there.date(), row=hours)
    days = practice(facts.state, "report_business_days", on=on)
    if isinstance(days, Row):
        day = facts.dispensed_at.date()
        last_on = business_days_after(day, days.number(), holidays=facts.holidays)
        return ReportDue(at=None, on=last_on, row=days)
    return hours


def report_problems(facts: ReportFacts, *, at: datetime, on: date) -> list[Problem]:
    """Why the report of this dispensing is owed or late at that instant; none: all is well.

    Where a state's time is known and its schedules are not, every controlled dispensing is
    judged: reporting too much can be mended, reporting too little cannot.
    """
    if facts.schedule not in CONTROLLED:
        return []
    if report_needed(facts.state, facts.schedule, on=on) is False:
        return []
    due = report_due(facts, on=on)
    if isinstance(due, Problem):
        return [due]
    done = in_utc(facts.reported_at or at)
    local = done.astimezone(facts.dispensed_at.tzinfo).date()
    late = done > due.at if due.at is not None else local > due.on
    if not late:
        return []
    says = f"The dispensing was to be reported to the monitoring programme by {due.on}."
    return [due.row.problem(says, code="report-late", field="reported_at")]


def zero_report_needed(state_code: str, *, on: date) -> bool | Problem:
    """Whether a day without a controlled dispensing is reported; the Problem: not known."""
    row = practice(state_code, "zero_reports", on=on)
    return row if isinstance(row, Problem) else row.yes()


def look_up_needed(
    state_code: str, schedule: int, kinds: Collection[str], *, on: date
) -> Row | Problem | None:
    """The row by which the programme is looked at before such a drug is dispensed.

    ``kinds`` are what the drug counts as (``opioids``, ``carisoprodol``). None: it need not be;
    the Problem: a controlled drug, and the state's rule is not known.
    """
    if schedule not in CONTROLLED:
        return None
    row = practice(state_code, "lookup_kinds", on=on)
    if isinstance(row, Problem):
        return row
    return None if set(row.names()).isdisjoint(kinds) else row


def correction_due_at(
    state_code: str, rejected_at: datetime, *, on: date
) -> datetime | Problem:
    """By when a rejected report is sent again."""
    return _hours(state_code, "correct_hours", rejected_at, on)


def outage_notice_due_at(state_code: str, since: datetime, *, on: date) -> datetime | Problem:
    """By when the programme is told that reports cannot be sent."""
    return _hours(state_code, "outage_notice_hours", since, on)


def _hours(state_code: str, attribute: str, since: datetime, on: date) -> datetime | Problem:
    row = practice(state_code, attribute, on=on)
    return row if isinstance(row, Problem) else hours_after(since, row.number())
