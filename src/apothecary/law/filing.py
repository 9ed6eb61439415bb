"""In which file a paper lies, and what may be kept elsewhere."""

from dataclasses import dataclass
from datetime import date

from apothecary.law.calendar_days import business_days_after, days_after
from apothecary.law.facts import CONTROLLED, schedule_name
from apothecary.law.problem import Problem
from apothecary.law.recorded import in_words
from apothecary.law.tables import federal


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingFacts:
    """A paper prescription as it is filed."""

    schedule: int
    with_others: bool
    red_c: bool = False
    found_by_number: bool = True


def filing_problems(facts: FilingFacts, *, on: date) -> list[Problem]:
    """Why a paper prescription may not be filed so (21 CFR 1304.04(h))."""
    if not facts.with_others:
        return []
    own = federal("DEA-072", on=on)
    if str(facts.schedule) in own.names():
        says = f"A {schedule_name(facts.schedule)} prescription lies in a file of its own."
        return [own.problem(says, code="filing-own-file", field="with_others")]
    mark = federal("DEA-072/red_c", on=on)
    marked = facts.red_c or facts.found_by_number
    if facts.schedule not in CONTROLLED or marked or not mark.yes():
        return []
    says = "Filed with others it carries a red C, or a computer finds it by its number."
    return [mark.problem(says, code="filing-red-c", field="red_c")]


def records_apart(schedule: int, *, on: date) -> bool:
    """Whether records of this schedule are kept apart from all others (1304.04(g))."""
    return str(schedule) in federal("DEA-081", on=on).names()


def central_keeping_problems(
    record: str, notified_on: date | None, *, on: date
) -> list[Problem]:
    """Why this kind of record may not lie at a central place on that day (1304.04(a)-(b))."""
    never = federal("DEA-082/never", on=on)
    if record in never.names():
        says = f"The {in_words(record)} stays at the registered place."
        return [never.problem(says, code="central-never", field="record")]
    notice = federal("DEA-082/notice", on=on)
    if notified_on is None:
        says = "DEA has not been told that records are kept at a central place."
        return [notice.problem(says, code="central-no-notice", field="notified_on")]
    begins_on = days_after(notified_on, notice.number())
    if on >= begins_on:
        return []
    says = f"Records may be kept at a central place from {begins_on} on."
    return [notice.problem(says, code="central-too-soon", field="notified_on")]


def produced_by(asked_on: date, *, on: date, holidays: frozenset[date] = frozenset()) -> date:
    """The last day on which a centrally kept record that was asked for is produced."""
    days = federal("DEA-082", on=on).number()
    return business_days_after(asked_on, days, holidays=holidays)
