"""The emergency oral order of a C-II, and the signed prescription that follows it."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from apothecary.law.facts import RxFacts
from apothecary.law.origin import emergency_follow_up_due_on
from apothecary.law.problem import Problem
from apothecary.law.recorded import in_words, missing_problems
from apothecary.law.tables import federal


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
