"""Theft and loss: what is one, who is told by when, what the report holds."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from apothecary.law.calendar_days import business_days_after, days_after
from apothecary.law.problem import Problem
from apothecary.law.recorded import in_words, missing_problems
from apothecary.law.tables import Row, federal


@dataclass(frozen=True, slots=True, kw_only=True)
class LossFacts:
    """A theft or loss as it stands.

    ``kind``: ``theft``, ``loss``, ``breakage``, ``spillage`` …; ``significant``: None while
    nobody has judged; ``weighed``: factors of row DEA-125 that were looked at.
    """

    kind: str
    discovered_on: date
    significant: bool | None = None
    weighed: frozenset[str] = frozenset()
    noticed_on: date | None = None
    reported_on: date | None = None
    holidays: frozenset[date] = frozenset()


def is_loss(kind: str, *, on: date) -> bool:
    """Whether this is a loss at all: breakage and spillage are not (21 CFR 1301.76(b))."""
    return kind not in federal("DEA-125/apart", on=on).names()


def notice_due_on(
    discovered_on: date, *, on: date, holidays: frozenset[date] = frozenset()
) -> date:
    """The last day for the written notice to the DEA office."""
    days = federal("DEA-123", on=on).number()
    return business_days_after(discovered_on, days, holidays=holidays)


def transit_reporter(*, in_custody: bool, on: date) -> str:
    """Who reports a loss on the way: the registrant what was accepted before it was missed."""
    return "registrant" if in_custody else federal("DEA-123/transit", on=on).text()


def form106_due_on(discovered_on: date, *, on: date) -> date:
    """The last day for Form 106, complete and filed electronically."""
    return days_after(discovered_on, federal("DEA-124", on=on).number())


def loss_problems(facts: LossFacts, *, on: date) -> list[Problem]:
    """What is open or late about this loss on that day; none means all is done or in time."""
    if not is_loss(facts.kind, on=on):
        return []
    if facts.kind != "theft":
        problems = _judgement_problems(facts, on=on)
        if problems or not facts.significant:
            return problems
    notice = notice_due_on(facts.discovered_on, on=on, holidays=facts.holidays)
    report = form106_due_on(facts.discovered_on, on=on)
    noticed, reported = facts.noticed_on or on, facts.reported_on or on
    return [
        *_late(federal("DEA-123", on=on), "notice", noticed, notice),
        *_late(federal("DEA-124", on=on), "report", reported, report),
    ]


def form106_problems(shown: AbstractSet[str], *, in_transit: bool, on: date) -> list[Problem]:
    """What the head of Form 106 lacks."""
    rows = [federal("DEA-124/form", on=on)]
    if in_transit:
        rows.append(federal("DEA-124/transit", on=on))
    return [
        problem
        for row in rows
        for problem in missing_problems(row, shown, what="The report", code="form106")
    ]


def form106_substance_problems(
    shown: AbstractSet[str], *, line: int, on: date
) -> list[Problem]:
    """What one substance on Form 106 lacks; ``line`` counts from 1."""
    row = federal("DEA-124/substance", on=on)
    return missing_problems(row, shown, what=f"Substance {line}", code="form106-substance")


def listed_chemical_problems(
    discovered_on: date, reported_on: date | None, *, on: date
) -> list[Problem]:
    """Why the report of an unusual loss of a listed chemical is late (21 CFR 1310.05)."""
    row = federal("DEA-126", on=on)
    last = days_after(discovered_on, row.number())
    return _late(row, "chemical", reported_on or on, last)


def _judgement_problems(facts: LossFacts, *, on: date) -> list[Problem]:
    row = federal("DEA-125", on=on)
    open_factors = [name for name in row.names() if name not in facts.weighed]
    if facts.significant is not None and not open_factors:
        return []
    left = ", ".join(in_words(name) for name in open_factors) or "the judgement itself"
    says = f"Whether the loss is significant is not judged yet: {left}."
    return [row.problem(says, code="loss-not-judged", field="significant")]


def _late(row: Row, what: str, done_on: date, last: date) -> list[Problem]:
    if done_on <= last:
        return []
    says = f"The {what} was due by {last}."
    return [row.problem(says, code=f"loss-{what}-late", field=f"{what}_on")]
