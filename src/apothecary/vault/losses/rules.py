"""The clocks of a loss, and why a step may not be taken now. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from apothecary.law.holidays import holidays_around
from apothecary.law.losses import (
    LossFacts,
    form106_due_on,
    is_loss,
    loss_problems,
    notice_due_on,
    transit_reporter,
)
from apothecary.law.problem import Problem
from apothecary.law.recorded import in_words
from apothecary.law.tables import federal
from apothecary.vault.losses.states import APART, MAY_BECOME, Kind, Outcome, State

LONGEST_WORDS = 500
MOST_UNITS = Decimal(1_000_000)
MOST_LINES = 100
# Nobody writes down a loss of another age; a typed year is usually the slip.
OLDEST_DAYS = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A loss as the rules look at it.

    ``in_custody``: whether what a carrier lost had been accepted here, None while nobody has
    said. ``in_books``: nothing of it is left to be taken out of the books.
    """

    kind: Kind
    state: State
    discovered_on: date
    significant: bool | None = None
    weighed: frozenset[str] = frozenset()
    in_custody: bool | None = None
    supplier_told: bool = False
    in_books: bool = False
    from_case: bool = False
    noticed_on: date | None = None
    reported_on: date | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """One of the two days the rule sets, and how it stands on a day."""

    name: str
    starts_on: date
    due_on: date
    done_on: date | None
    days_left: int
    cite: str
    verified: str

    @property
    def late(self) -> bool:
        """Done after its day, or not done although it is past."""
        return self.done_on > self.due_on if self.done_on else self.days_left < 0


def facts(known: Known, *, on: date) -> LossFacts:
    """The loss as the law looks at it: what a carrier lost here is a loss like another."""
    kind = Kind.LOSS if known.kind is Kind.TRANSIT else known.kind
    return LossFacts(
        kind=kind.value,
        discovered_on=known.discovered_on,
        significant=known.significant,
        weighed=known.weighed,
        noticed_on=known.noticed_on,
        reported_on=known.reported_on,
        holidays=holidays_around(known.discovered_on, on=on),
    )


def ours(known: Known, *, on: date) -> bool | None:
    """Whether DEA is told by this house; None while a pharmacist has not judged it."""
    if not is_loss(known.kind.value, on=on):
        return False
    if known.kind is Kind.THEFT:
        return True
    if known.kind is Kind.TRANSIT:
        if known.in_custody is None:
            return None
        if transit_reporter(in_custody=known.in_custody, on=on) != "registrant":
            return False
    return known.significant


def open_problems(known: Known, *, on: date) -> list[Problem]:
    """What is open or late by the law; nothing of what is not ours to report."""
    if ours(known, on=on) is False:
        return []
    return loss_problems(facts(known, on=on), on=on)


def clocks(known: Known, *, on: date) -> list[Clock]:
    """The two clocks; they run from the discovery, also while nobody has judged."""
    if ours(known, on=on) is False:
        return []
    start = known.discovered_on
    holidays = holidays_around(start, on=on)
    notice = notice_due_on(start, on=on, holidays=holidays)
    report = form106_due_on(start, on=on)
    return [
        clock("Notice", "DEA-123", start, notice, known.noticed_on, on=on),
        clock("Form 106", "DEA-124", start, report, known.reported_on, on=on),
    ]


def clock(name: str, row: str, start: date, due: date, done: date | None, *, on: date) -> Clock:
    law = federal(row, on=on)
    return Clock(name, start, due, done, (due - on).days, law.cite, law.verified)


def turn_problems(known: Known, to: State) -> list[Problem]:
    """Why a loss may not go there from where it stands."""
    if to in MAY_BECOME[known.state]:
        return []
    says = f"This loss is {known.state.value}: it cannot be {to.value} from there."
    return [Problem(says, code="loss-state")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a pharmacist says of a loss; ``factors`` by the names of row DEA-125."""

    kind: Kind
    because: str
    factors: Mapping[str, str]
    significant: bool | None = None
    in_custody: bool | None = None
    supplier_told: str = ""


def judge_problems(known: Known, said: Judgement, *, on: date) -> list[Problem]:
    """Why this judgement may not stand: each factor of the rule is weighed in words."""
    if known.state is not State.DISCOVERED:
        says = f"This loss is {known.state.value}: it was judged before that."
        return [Problem(says, code="loss-state")]
    if APART & {known.kind, said.kind}:
        says = f"{known.kind.value.capitalize()} is no loss: two who saw it write it down."
        return [Problem(says, code="loss-apart", field="kind", cite="21 CFR 1301.76(b)")]
    problems = words_problems(said.because, field="because", what="what happened")
    if said.kind is Kind.THEFT:
        return problems
    if said.kind is Kind.TRANSIT and said.in_custody is None:
        says = "Say whether it had been accepted here before it was missed."
        row = federal("DEA-123/transit", on=on)
        return [*problems, row.problem(says, code="custody", field="in_custody")]
    if said.kind is Kind.TRANSIT and not said.in_custody:
        what = "who of the supplier was told, and when"
        return problems + words_problems(said.supplier_told, field="supplier_told", what=what)
    return problems + weighing_problems(said.factors, significant=said.significant, on=on)


def weighing_problems(
    factors: Mapping[str, str], *, significant: bool | None, on: date
) -> list[Problem]:
    """What of the six factors is not said, and whether the judgement itself is."""
    row = federal("DEA-125", on=on)
    problems = [
        row.problem(f"Say what was weighed: {in_words(name)}.", code="factor-open", field=name)
        for name in row.names()
        if not factors.get(name, "").strip()
    ]
    problems += [
        Problem(f"At most {LONGEST_WORDS} letters.", field=name, code="too-long")
        for name in row.names()
        if len(factors.get(name, "")) > LONGEST_WORDS
    ]
    if significant is None:
        says = "Say whether it is significant."
        problems.append(row.problem(says, code="not-judged", field="significant"))
    return problems


def notice_problems(known: Known, *, sent_at: datetime, discovered_at: datetime,
                    now: datetime, on: date) -> list[Problem]:  # fmt: skip
    """Why no notice may be written down now, or not of that time."""
    problems = turn_problems(known, State.NOTICED)
    if not problems and ours(known, on=on) is None:
        problems = open_problems(known, on=on) or [
            Problem("Nobody has judged this loss yet.", code="loss-not-judged")
        ]
    if ours(known, on=on) is False:
        problems.append(Problem("This is not reported by this house.", code="not-ours"))
    return problems + time_problems(sent_at, first=discovered_at, now=now, field="sent_at")


def time_problems(at: datetime, *, first: datetime, now: datetime, field: str) -> list[Problem]:
    """Why something cannot have been done then: before the discovery, or in time to come."""
    if at > now:
        return [Problem("That time is still to come.", code="not-yet", field=field)]
    if at < first:
        return [Problem("That is before the discovery.", code="before", field=field)]
    return []


def late_problems(known_clock: Clock, done_on: date, because: str) -> list[Problem]:
    """Whoever is late says why: the reason stands beside the late day."""
    if done_on <= known_clock.due_on or because.strip():
        return []
    says = f"It was due by {known_clock.due_on}: say why it is late."
    return [Problem(says, known_clock.cite, "late-because", known_clock.verified, "because")]


def closing_problems(known: Known, *, on: date) -> list[Problem]:
    """Why a pharmacist may not close it now."""
    if known.state is State.REPORTED:
        return []
    if known.state is State.CLOSED:
        return turn_problems(known, State.CLOSED)
    if known.state is State.NOTICED:
        says = "DEA was told: file Form 106, or take the notice back."
        return [federal("DEA-124", on=on).problem(says, code="form-open")]
    if known.kind in APART:
        says = "Two who saw it sign it; that closes it."
        return [Problem(says, code="not-witnessed", cite="21 CFR 1301.76(b)")]
    if not known.in_books:
        return [Problem("Judge it first: it is still in the books.", code="not-judged")]
    if ours(known, on=on):
        says = "This is reported: give the notice first."
        return [federal("DEA-123", on=on).problem(says, code="notice-open")]
    return open_problems(known, on=on)


def outcome_of(known: Known, *, on: date) -> Outcome:
    """How a loss ends that may be closed."""
    if known.state is State.REPORTED:
        return Outcome.REPORTED
    if known.kind is Kind.TRANSIT and not known.in_custody:
        return Outcome.SUPPLIER
    return Outcome.NOT_SIGNIFICANT


def calling_off_problems(known: Known) -> list[Problem]:
    """Why it cannot be said that nothing was missing after all."""
    if known.state is not State.DISCOVERED:
        says = "DEA was told already: take the notice back instead."
        if known.state is not State.NOTICED:
            says = f"This loss is {known.state.value}."
        return [Problem(says, code="loss-state")]
    if known.in_books or known.from_case:
        says = "It left the books already: have it counted, and close it by what is found."
        return [Problem(says, code="in-books")]
    return []


def words_problems(words: str, *, field: str, what: str) -> list[Problem]:
    """A reason must be said, and may not be a book."""
    if not words.strip():
        return [Problem(f"Say {what}.", field=field, code="no-reason")]
    if len(words) > LONGEST_WORDS:
        return [Problem(f"At most {LONGEST_WORDS} letters.", field=field, code="too-long")]
    return []


def quantity_problems(quantity: Decimal, *, unit: str) -> list[Problem]:
    """Why no such quantity was lost."""
    if not 0 < quantity <= MOST_UNITS:
        return [Problem(f"{quantity} is no quantity.", code="quantity", field="quantity")]
    if unit == "EA" and quantity != quantity.to_integral_value():
        return [Problem("Whole units only.", code="quantity-parts", field="quantity")]
    return []
