"""What an application fulfils before it takes electronic prescriptions for controlled drugs.

It ships disabled: only a third party's audit of the installed application opens it, and the
problems below are the list of what that audit will ask (21 CFR part 1311).
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from apothecary.law.calendar_days import business_days_after, days_after, in_utc, years_after
from apothecary.law.problem import Problem
from apothecary.law.recorded import in_words, missing_problems
from apothecary.law.tables import Row, federal


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFacts:
    """What the installed application does, by the names of the rows.

    ``audited_on``: the day of the third party's report; ``changed_on``: the last day on which
    one of these functions changed.
    """

    audited_on: date | None = None
    changed_on: date | None = None
    limits_access_to: frozenset[str] = frozenset()
    module: frozenset[str] = frozenset()
    keeps: frozenset[str] = frozenset()
    found_by: frozenset[str] = frozenset()
    audits: frozenset[str] = frozenset()
    audit_entry: frozenset[str] = frozenset()
    auditable: frozenset[str] = frozenset()
    backed_up_on: date | None = None
    audit_reviewed_on: date | None = None


def application_problems(facts: ApplicationFacts, *, on: date) -> list[Problem]:
    """Every reason the application may not take controlled prescriptions on that day."""
    lists: tuple[tuple[Row, frozenset[str], str], ...] = (
        (federal("DEA-161", on=on), facts.limits_access_to, "epcs-access"),
        (federal("DEA-163", on=on), facts.module, "epcs-module"),
        (federal("DEA-167", on=on), facts.keeps, "epcs-keeps"),
        (federal("DEA-168", on=on), facts.found_by, "epcs-found-by"),
        (federal("DEA-169", on=on), facts.audits, "epcs-audits"),
        (federal("DEA-169/entry", on=on), facts.audit_entry, "epcs-entry"),
        (federal("DEA-172", on=on), facts.auditable, "epcs-auditable"),
    )
    return [
        *_audit_problems(facts, on=on),
        *(
            problem
            for row, there, code in lists
            for problem in missing_problems(row, there, what="The application", code=code)
        ),
        *_daily(federal("DEA-173/backup", on=on), facts.backed_up_on, "backup", on),
        *_daily(federal("DEA-170", on=on), facts.audit_reviewed_on, "review", on),
    ]


def receipt_problems(
    sealed: str, steps: AbstractSet[str], *, practitioner_signed: bool, on: date
) -> list[Problem]:
    """Why a received controlled prescription may not be worked on.

    ``sealed``: by which way of row DEA-162; ``steps``: those of row DEA-165 that were taken
    where the practitioner's own digital signature came along.
    """
    row = federal("DEA-162", on=on)
    problems = []
    if sealed not in row.names():
        says = "It was neither signed on receipt nor by the last intermediary."
        problems.append(row.problem(says, code="epcs-not-sealed", field="sealed"))
    if practitioner_signed:
        asked = federal("DEA-165", on=on)
        problems.extend(
            asked.problem(
                f"Of the practitioner's signature is still to do: {in_words(step)}.",
                code=f"epcs-{step.replace('_', '-')}",
                field=step,
            )
            for step in asked.names()
            if step not in steps
        )
    return problems


def clock_problems(ours: datetime, official: datetime, *, on: date) -> list[Problem]:
    """Why nothing may be signed by this clock: aware instants of the same moment."""
    row = federal("DEA-164", on=on)
    if abs(in_utc(ours) - in_utc(official)) <= timedelta(minutes=row.number()):
        return []
    says = f"The clock is more than {row.number()} minutes from the official time."
    return [row.problem(says, code="epcs-clock", field="clock")]


def incident_due_on(
    found_on: date, *, on: date, holidays: frozenset[date] = frozenset()
) -> date:
    """The last day to report a security incident to DEA and the application's maker."""
    return business_days_after(found_on, federal("DEA-171", on=on).number(), holidays=holidays)


def _audit_problems(facts: ApplicationFacts, *, on: date) -> list[Problem]:
    first, again = federal("DEA-160", on=on), federal("DEA-160/years", on=on)
    if not first.yes():
        return []
    if facts.audited_on is None or on < facts.audited_on:
        says = "No third party has audited or certified this application yet: it is disabled."
        return [first.problem(says, code="epcs-not-audited", field="audited_on")]
    if facts.changed_on is not None and facts.changed_on > facts.audited_on:
        says = f"The application changed on {facts.changed_on}, after its audit."
        return [again.problem(says, code="epcs-changed", field="changed_on")]
    last = days_after(years_after(facts.audited_on, again.number()), -1)
    if on <= last:
        return []
    says = f"The audit of {facts.audited_on} was good until {last}."
    return [again.problem(says, code="epcs-audit-old", field="audited_on")]


def _daily(row: Row, done_on: date | None, what: str, on: date) -> list[Problem]:
    if done_on is not None and on <= days_after(done_on, row.number()):
        return []
    says = f"The last {what} is more than {row.number()} day ago."
    return [row.problem(says, code=f"epcs-{what}", field=f"{what}_on")]
