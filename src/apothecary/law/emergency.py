"""The emergency oral order of a C-II, and the signed prescription that follows it."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime

from apothecary.law.calendar_days import hours_after, in_utc
from apothecary.law.facts import RxFacts
from apothecary.law.origin import emergency_follow_up_due_on
from apothecary.law.problem import Problem
from apothecary.law.recorded import in_words, missing_problems
from apothecary.law.tables import Row, federal, state


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpFacts:
    """The follow-up of an order of ``ordered_on``; a postmark counts as its arrival."""

    ordered_on: date
    postmarked_on: date | None = None
    received_on: date | None = None
    shown: frozenset[str] = frozenset()

    @property
    def counts_as_of(self) -> date | None:
        """The day the follow-up counts from; None while nothing has come."""
        return self.postmarked_on or self.received_on


def emergency_problems(
    rx: RxFacts, done: AbstractSet[str], *, by_pharmacist: bool, on: date
) -> list[Problem]:
    """Why an emergency oral C-II order may not be filled yet; none means go ahead.

    ``done``: the steps of 21 CFR 1306.11(d)(1)-(3) that were taken, by the names of row
    DEA-022/record. Nothing is asked of an order that is no emergency.
    """
    if rx.schedule != 2 or not rx.emergency:
        return []
    steps = federal("DEA-022/record", on=on)
    problems = [
        steps.problem(
            f"Of the emergency order is still to do: {in_words(step)}.",
            code=f"emergency-{step.replace('_', '-')}",
            field=step,
        )
        for step in steps.names()
        if step not in done
    ]
    if not by_pharmacist:
        problems.append(
            federal("DEA-022", on=on).problem(
                "Only a pharmacist takes an emergency oral order of a C-II.",
                code="emergency-by",
                field="by_pharmacist",
            )
        )
    return problems


def follow_up_problems(facts: FollowUpFacts, *, on: date) -> list[Problem]:
    """What is wrong with the follow-up of an emergency order (21 CFR 1306.11(d)(4)).

    None on the last day itself. Overdue: the nearest DEA office is told.
    """
    due_on = emergency_follow_up_due_on(facts.ordered_on, on=on)
    row = federal("DEA-023", on=on)
    came_on = facts.counts_as_of
    problems = []
    if (came_on or on) > due_on:
        says = (
            f"The follow-up of the order of {facts.ordered_on} was due on {due_on}: "
            "tell the nearest DEA office."
        )
        problems.append(row.problem(says, code="follow-up-overdue", field="received_on"))
    if came_on is not None:
        problems.extend(
            missing_problems(
                federal("DEA-023/marked", on=on),
                facts.shown,
                what="The follow-up",
                code="follow-up",
            )
        )
    return problems


def situation_problems(determined: AbstractSet[str], *, on: date) -> list[Problem]:
    """What of an emergency situation the prescriber has not determined (21 CFR 290.10).

    ``determined``: by the names of row DEA-022/situation. One missing, and it is none.
    """
    row = federal("DEA-022/situation", on=on)
    return [
        row.problem(
            f"It is no emergency situation unless the prescriber says: {in_words(name)}.",
            code=f"situation-{name.replace('_', '-')}",
            field=name,
        )
        for name in row.names()
        if name not in determined
    ]


def supply_problems(state_code: str, days_supply: int, *, on: date) -> list[Problem]:
    """Why so many days are more than the state lets an emergency order be filled for.

    A state without a row, or with a doubtful one, sets no number of its own: the federal
    measure, the emergency period, is the pharmacist's to state.
    """
    row = state(state_code, "emergency_days_supply_max", on=on)
    if isinstance(row, Problem) or days_supply <= row.number():
        return []
    says = f"{days_supply} days are ordered; an emergency order is for {row.number()} at most."
    return [row.problem(says, code="emergency-supply", field="days_supply")]


def state_follow_up(state_code: str, *, on: date) -> Row | Problem:
    """The state's own time for the follow-up, or the Problem that says nothing is on file."""
    return state(state_code, "emergency_follow_up_hours", on=on)


def state_late_problems(
    state_code: str, ordered_at: datetime, came_at: datetime | None, *, at: datetime, on: date
) -> list[Problem]:
    """Whether the follow-up is late by the state's own, shorter time; none where it has none.

    All instants are aware. To the second in time is in time.
    """
    row = state_follow_up(state_code, on=on)
    if isinstance(row, Problem):
        return []
    if in_utc(came_at or at) <= hours_after(ordered_at, row.number()):
        return []
    says = f"By state law the follow-up was due {row.number()} hours after the order."
    return [row.problem(says, code="follow-up-state", field="received_on")]
