"""What a pharmacist writes down, what covers an order, what is to be done next; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from apothecary.law.calendar_days import hours_after
from apothecary.law.emergency import (
    FollowUpFacts,
    emergency_problems,
    follow_up_problems,
    situation_problems,
    state_follow_up,
    state_late_problems,
    supply_problems,
)
from apothecary.law.facts import Origin, RxFacts
from apothecary.law.origin import emergency_follow_up_due_on
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, federal

LONGEST = 1000
DETERMINED = ("needed_at_once", "no_alternative", "no_written_in_time")
DAY = timedelta(days=1)
# Where a rule says what it looked at, the form says what was typed.
TYPED_AS: Mapping[str, str] = {
    "limited_to_emergency": "emergency_period",
    "reduced_to_writing": "emergency_said",
    "prescriber_verified": "emergency_verified_how",
    **{
        name: f"emergency_{name}"
        for name in ("because", "period", "said", "verified_how", "ordered_at")
    },
    **{name: f"emergency_{name}" for name in DETERMINED},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An emergency oral order as the pharmacist took it.

    ``because``: what the emergency is. ``period``: until when, and why the quantity is enough
    for that and no more. ``determined``: what the prescriber said of it, by `DETERMINED`.
    ``verified_how``: the effort in good faith, where the prescriber is not known.
    """

    ordered_at: datetime
    said: str
    because: str
    period: str
    determined: frozenset[str] = frozenset()
    prescriber_known: bool = False
    verified_how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When and where it is judged: ``at`` aware, ``zone`` and ``state`` the pharmacy's."""

    at: datetime
    zone: ZoneInfo
    state: str

    @property
    def on(self) -> date:
        return self.day_of(self.at)

    def day_of(self, at: datetime) -> date:
        """The day of an instant at the pharmacy."""
        return at.astimezone(self.zone).date()


def taking_problems(
    taken: Taken, rx: RxFacts, *, by_pharmacist: bool, now: Moment
) -> list[Problem]:
    """Every reason why this order may not be taken; each names the field typed."""
    on = now.on
    problems = [
        *kind_problems(rx, on=on),
        *emergency_problems(rx, done_of(taken), by_pharmacist=by_pharmacist, on=on),
        *situation_problems(taken.determined, on=on),
        *supply_problems(rx.state, rx.days_supply or 0, on=on),
        *time_problems(taken, rx, now=now),
        *text_problems({name: getattr(taken, name) for name in TEXTS}),
    ]
    if not taken.because:
        says = "Say what the emergency is."
        problems.append(Problem(says, code="emergency-because", field="because"))
    return [replace(one, field=TYPED_AS.get(one.field, one.field)) for one in problems]


TEXTS = ("said", "because", "period", "verified_how")


def done_of(taken: Taken) -> set[str]:
    """The steps of 21 CFR 1306.11(d)(1)-(3) that what was written down shows."""
    done = {
        "limited_to_emergency": bool(taken.period),
        "reduced_to_writing": bool(taken.said),
        "prescriber_verified": taken.prescriber_known or bool(taken.verified_how),
    }
    return {name for name, there in done.items() if there}


def kind_problems(rx: RxFacts, *, on: date) -> list[Problem]:
    """Only a C-II that came by telephone is an emergency oral order."""
    row = federal("DEA-022", on=on)
    problems = []
    if rx.schedule != 2:
        says = "Only a Schedule II drug is ordered so: take it as any other telephone order."
        problems.append(row.problem(says, code="emergency-schedule", field="package_id"))
    if rx.origin is not Origin.PHONE:
        says = "An emergency oral order comes by telephone: its origin is 2."
        problems.append(row.problem(says, code="emergency-origin", field="origin"))
    return problems


def time_problems(taken: Taken, rx: RxFacts, *, now: Moment) -> list[Problem]:
    """Why the order's time cannot be right: to come, long past, or not the day written."""
    ordered_on, problems = now.day_of(taken.ordered_at), []
    if taken.ordered_at > now.at:
        says = f"{ordered_on} is still to come, or the clock was set back."
        return [Problem(says, code="emergency-to-come", field="ordered_at")]
    if ordered_on < now.on - DAY:
        says = f"It is put in writing at once: an order of {ordered_on} cannot be taken now."
        row = federal("DEA-022/record", on=now.on)
        problems.append(row.problem(says, code="emergency-not-at-once", field="ordered_at"))
    if rx.written_on != ordered_on:
        says = f"It is dated as it was ordered: {ordered_on}."
        problems.append(Problem(says, code="emergency-written", field="written_on"))
    return problems


def text_problems(texts: Mapping[str, str]) -> list[Problem]:
    """What is too long to be kept, or no text."""
    return [
        Problem(
            f"This is over {LONGEST} characters or no text.", code="emergency-text", field=name
        )
        for name, text in texts.items()
        if len(text) > LONGEST or "\x00" in text
    ]


def due_of(ordered_at: datetime, *, now: Moment) -> tuple[date, datetime]:
    """The last day by federal law, and the last instant by the sooner of it and state law."""
    due_on = emergency_follow_up_due_on(now.day_of(ordered_at), on=now.on)
    end = datetime.combine(due_on + DAY, time(), tzinfo=now.zone)
    row = state_follow_up(now.state, on=now.on)
    if isinstance(row, Row):
        end = min(end, hours_after(ordered_at, row.number()))
    return due_on, end


@dataclass(frozen=True, slots=True, kw_only=True)
class Elements:
    """What the order and what covers it must agree in; quantity in the billing unit."""

    patient_id: int
    prescriber_id: int
    drug: tuple[str, str, str]
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """A prescription that followed: its elements, its marks, the days of its way here.

    ``oral_order_on`` and ``words`` are what a paper carries; an electronic one carries
    neither and is annotated instead.
    """

    electronic: bool
    elements: Elements
    written_on: date
    received_on: date
    oral_order_on: date | None = None
    words: bool = False
    postmarked_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """The order as its cover is held against it."""

    elements: Elements
    ordered_at: datetime
    recorded_at: datetime


def cover_problems(order: Ordered, cover: Covering, *, now: Moment) -> list[Problem]:
    """Every reason why this does not cover the order; none means it does."""
    ordered_on = now.day_of(order.ordered_at)
    facts = FollowUpFacts(
        ordered_on=ordered_on,
        postmarked_on=cover.postmarked_on,
        received_on=cover.received_on,
        shown=marks_of(cover, ordered_on),
    )
    return [
        *clock_problems(order.recorded_at, now=now),
        *element_problems(order.elements, cover.elements, on=now.on),
        *cover_day_problems(cover, ordered_on, on=now.on),
        *follow_up_problems(facts, on=now.on),
    ]


def marks_of(cover: Covering, ordered_on: date) -> frozenset[str]:
    """What of the marks is there; an electronic one is annotated by the pharmacist's act."""
    there = {
        "emergency_words": cover.electronic or cover.words,
        "oral_order_date": cover.electronic or cover.oral_order_on == ordered_on,
    }
    return frozenset(name for name, shown in there.items() if shown)


def clock_problems(recorded_at: datetime, *, now: Moment) -> list[Problem]:
    """Nothing follows an order before it was taken: the clock was set back."""
    if now.at >= recorded_at:
        return []
    says = "The clock stands before the order was taken: set it right first."
    return [Problem(says, code="clock-back", field="at")]


def element_problems(order: Elements, cover: Elements, *, on: date) -> list[Problem]:
    """In what the two differ (21 CFR 1306.11(d)(4): for the emergency quantity prescribed)."""
    row, problems = federal("DEA-023", on=on), []
    for name, says in (
        ("patient_id", "It is for another patient than the oral order."),
        ("prescriber_id", "It is of another prescriber than the oral order."),
        ("drug", "It is for another drug, strength or form than the oral order."),
    ):
        if getattr(order, name) != getattr(cover, name):
            shown = "package_id" if name == "drug" else name
            problems.append(row.problem(says, code="cover-differs", field=shown))
    if order.quantity != cover.quantity:
        than = "more" if cover.quantity > order.quantity else "less"
        says = (
            f"It is for {cover.quantity.normalize():f}, {than} than the "
            f"{order.quantity.normalize():f} of the emergency: ask for one of that quantity."
        )
        problems.append(row.problem(says, code="cover-quantity", field="quantity"))
    return problems


def cover_day_problems(cover: Covering, ordered_on: date, *, on: date) -> list[Problem]:
    """Days that contradict each other or the order."""
    problems = []
    if cover.received_on > on:
        says = f"{cover.received_on} is still to come."
        problems.append(Problem(says, code="cover-day", field="received_on"))
    if cover.received_on < ordered_on:
        says = f"It cannot have come before the oral order of {ordered_on}."
        problems.append(Problem(says, code="cover-day", field="received_on"))
    if not ordered_on <= cover.written_on <= cover.received_on:
        says = f"It is written between the oral order of {ordered_on} and the day it came."
        problems.append(Problem(says, code="cover-day", field="written_on"))
    stamped = cover.postmarked_on
    if stamped is not None and cover.electronic:
        says = "An electronic prescription has no postmark."
        problems.append(Problem(says, code="cover-day", field="postmarked_on"))
    elif stamped is not None and not cover.written_on <= stamped <= cover.received_on:
        says = "The postmark lies between the day it was written and the day it came."
        problems.append(Problem(says, code="cover-day", field="postmarked_on"))
    return problems


class Where(StrEnum):
    """Where an order stands; it follows from its records and the time, nobody sets it."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    COVERED = "covered"
    TOLD = "DEA told"
    CALLED_OFF = "called off"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What an order's standing follows from. ``late_by_state``: it was covered, but so."""

    ordered_at: datetime
    due_on: date
    covered: bool = False
    late_by_state: bool = False
    told: frozenset[str] = field(default_factory=frozenset)
    called_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an order stands and what the pharmacist does next; empty when nothing is left."""

    where: Where
    next: str
    owes: frozenset[str] = frozenset()


def standing(facts: OrderFacts, *, now: Moment) -> Standing:
    """Where it stands at that instant. ``owes``: who is still to be told, dea or state."""
    late = FollowUpFacts(ordered_on=now.day_of(facts.ordered_at))
    by_state = facts.late_by_state or (
        not facts.covered
        and bool(state_late_problems(now.state, facts.ordered_at, None, at=now.at, on=now.on))
    )
    owes = {
        "dea": not facts.covered and bool(follow_up_problems(late, on=now.on)),
        "state": by_state,
    }
    left = frozenset(whom for whom, owed in owes.items() if owed and whom not in facts.told)
    if facts.called_off:
        return Standing(where=Where.CALLED_OFF, next="")
    if facts.covered:
        return Standing(where=Where.COVERED, next=NEXT[left], owes=left)
    if left:
        return Standing(where=Where.OVERDUE, next=NEXT[left], owes=left)
    if "dea" in facts.told:
        return Standing(where=Where.TOLD, next="")
    return Standing(where=Where.WAITING, next=FOLLOWS)


FOLLOWS = (
    "Remind the prescriber. Paper is scanned in under Intake, a message waits there: open it "
    "and attach it with Alt+E."
)
NEXT: Mapping[frozenset[str], str] = {
    frozenset(): "",
    frozenset({"dea"}): "Tell the nearest DEA office today, and write down whom you told.",
    frozenset({"state"}): "By state law it is late: tell the state, and write it down.",
    frozenset({"dea", "state"}): "Tell the nearest DEA office and the state today, and write "
    "down whom you told.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """That an office was told: which one, who there, how, when; why, if it was early."""

    whom: str
    office: str
    spoke_with: str
    how: str
    told_at: datetime
    because: str = ""


def telling_problems(
    telling: Telling, facts: OrderFacts, recorded_at: datetime, *, now: Moment
) -> list[Problem]:
    """Every reason why this is no record of a notice."""
    row = federal("DEA-023", on=now.on)
    problems = clock_problems(recorded_at, now=now)
    for name, says in (
        ("office", "Which office was told?"),
        ("spoke_with", "Who there was told?"),
        ("how", "How were they told: telephone, letter, e-mail?"),
    ):
        if not getattr(telling, name):
            problems.append(row.problem(says, code="notice-missing", field=name))
    problems += text_problems(
        {name: getattr(telling, name) for name in ("office", "spoke_with", "how", "because")}
    )
    if not facts.ordered_at <= telling.told_at <= now.at:
        says = "They were told between the oral order and now."
        problems.append(Problem(says, code="notice-time", field="told_at"))
    if telling.whom in facts.told:
        says = "That they were told is written down already."
        problems.append(Problem(says, code="notice-twice", field="whom"))
    then = replace(now, at=max(telling.told_at, facts.ordered_at))
    early = telling.whom not in standing(replace(facts, told=frozenset()), now=then).owes
    if early and not telling.because:
        says = "It was not overdue then: say why they were told."
        problems.append(Problem(says, code="notice-early", field="because"))
    return problems
