"""What a notice, a look, a call and a closing must be. Pure.

The federal rule sets a pharmacy no day: how fast each class is worked is the house's own policy
(mark C). The classes are those of 21 CFR 7.3(m).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from apothecary.drugs.recalled_lots import lot_key
from apothecary.law.problem import Problem
from apothecary.returns.recalls.states import (
    FINAL,
    OUTCOMES,
    CallOutcome,
    Depth,
    Kind,
    RecallState,
    Way,
)

CLASSES = ("I", "II", "III")
# What has no class yet is worked as the worst one.
DAYS = {"I": 0, "II": 3, "III": 5, "": 0}
CITE_DAYS, MARK_DAYS = "house policy; 21 CFR 7.49(d) sets no day", "C"
CITE_NO_RECALL = "21 CFR 7.3(j), (k)"
CITE_CLASS = "21 CFR 7.3(m)"
CITE_DEPTH = "21 CFR 7.42(b)(1)"
# Before a letter may stand for a call (house policy, mark C).
TRIES_BEFORE_LETTER = 3
CITE_LETTER = "house policy: three calls before a letter"
MEANINGS = {
    "I": "may cause serious harm or death",
    "II": "may cause harm that passes or can be treated",
    "III": "is not likely to harm",
    "": "has no class yet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A notice as a person types it."""

    number: str
    kind: Kind
    recall_class: str
    depth: Depth
    firm: str
    product: str
    reason: str
    packages: int
    lots: Sequence[str]
    every_lot: bool
    issued_on: date | None = None
    reply_by: date | None = None
    patients_since: date | None = None


def notice_problems(typed: Typed, *, today: date) -> list[Problem]:
    """Every reason why this is no notice that can be worked."""
    problems = [
        Problem(f"The {label} is missing.", field=field, code="missing")
        for field, label, value in (
            ("number", "number of the notice", typed.number),
            ("firm", "firm", typed.firm),
            ("product", "product", typed.product),
            ("reason", "reason", typed.reason),
        )
        if not value.strip()
    ]
    if not typed.packages:
        problems.append(Problem("Which NDC? Type at least one.", field="ndc", code="missing"))
    return problems + lots_problems(typed) + kind_problems(typed) + day_problems(typed, today)


def lots_problems(typed: Typed) -> list[Problem]:
    """Either every lot is meant or at least one is named, and each can be compared."""
    if typed.every_lot and typed.lots:
        says = "Every lot, or these lots: say one of the two."
        return [Problem(says, field="lots", code="every-and-some")]
    if not (typed.every_lot or typed.lots):
        says = "Which lots? Type them, or say that every lot is meant."
        return [Problem(says, field="lots", code="no-lots")]
    return [
        Problem(f"{lot[:30]!r} is no lot number.", field="lots", code="bad-lot")
        for lot in typed.lots
        if not lot_key(lot)
    ]


def kind_problems(typed: Typed) -> list[Problem]:
    """What is not a recall has no class and reaches no patient (DSC-025)."""
    if typed.kind is Kind.RECALL:
        if typed.recall_class in DAYS:
            return []
        says = f"{typed.recall_class[:10]!r} is no class: I, II, III, or none yet."
        return [Problem(says, CITE_CLASS, "bad-class", "V1", "recall_class")]
    problems = []
    if typed.recall_class:
        says = f"A {typed.kind.value} is no recall: it has no class."
        problems.append(Problem(says, CITE_NO_RECALL, "no-recall", "V1", "recall_class"))
    if typed.depth is Depth.CONSUMER:
        says = f"A {typed.kind.value} is no recall: no patient is called for it."
        problems.append(Problem(says, CITE_NO_RECALL, "no-recall", "V1", "depth"))
    return problems


def day_problems(typed: Typed, today: date) -> list[Problem]:
    """Days that cannot be."""
    problems = []
    if typed.issued_on is not None and typed.issued_on > today:
        says = f"The notice is of {typed.issued_on}, which has not come."
        problems.append(Problem(says, field="issued_on", code="future"))
    if typed.reply_by and typed.issued_on and typed.reply_by < typed.issued_on:
        says = f"A reply by {typed.reply_by} was due before the notice was written."
        problems.append(Problem(says, field="reply_by", code="before-notice"))
    if typed.patients_since is not None and typed.patients_since > today:
        says = "Patients are looked for back to a day that has passed."
        problems.append(Problem(says, field="patients_since", code="future"))
    return problems


def due_on(recall_class: str, received_on: date) -> date:
    """By when shelves, bags and patients are gone through (DSC-027)."""
    return received_on + timedelta(days=DAYS[recall_class])


def usual_depth(recall_class: str) -> Depth:
    """How deep it goes where the notice does not say it: class I to the patients (DSC-027)."""
    return Depth.CONSUMER if recall_class == "I" else Depth.PHARMACY


def look_problems(found: Decimal, expected: Decimal, because: str) -> list[Problem]:
    """Why what was found cannot be written down so."""
    if found < 0:
        return [Problem(f"{found} cannot be found.", field="found", code="bad-quantity")]
    if found > expected:
        says = (
            f"More than the books have there ({expected.normalize():f}): count the lot first."
        )
        return [Problem(says, field="found", code="more-than-books")]
    if found < expected and not because.strip():
        says = "Less than the books have there: say why."
        return [Problem(says, field="because", code="no-reason")]
    return []


def call_problems(
    way: Way, outcome: CallOutcome, *, tries: int, has_phone: bool, note: str
) -> list[Problem]:
    """Why a try cannot be written down so; ``tries`` are those before it."""
    if outcome not in OUTCOMES[way]:
        says = f"{outcome.value.capitalize()} is nothing that comes of it {said_way(way)}."
        return [Problem(says, field="outcome", code="wrong-outcome")]
    if way is Way.PHONE and not has_phone and not note.strip():
        says = "No telephone number is on file: note which one was called."
        return [Problem(says, field="note", code="no-phone")]
    if way is Way.LETTER and has_phone and tries < TRIES_BEFORE_LETTER:
        left = TRIES_BEFORE_LETTER - tries
        more = f"{left} more time{'s' if left > 1 else ''}"
        says = f"Call {more} before a letter goes out."
        return [Problem(says, CITE_LETTER, "too-early", "C", "way")]
    return []


def said_way(way: Way) -> str:
    """How somebody is told, in words."""
    return {Way.PHONE: "by phone", Way.LETTER: "by letter", Way.IN_PERSON: "in person"}[way]


def is_done(outcome: str) -> bool:
    """Whether nobody has to call again."""
    return outcome in FINAL


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a recall is: what is left of places and patients, and whether the firm knows."""

    state: RecallState
    places: int
    places_left: int
    patients: int
    patients_left: int
    fills_left: int
    reply_by: date | None
    replied: bool

    @property
    def done(self) -> int:
        """Places and patients that are accounted for."""
        return self.places - self.places_left + self.patients - self.patients_left

    @property
    def all(self) -> int:
        return self.places + self.patients


def closing_problems(standing: Standing) -> list[Problem]:
    """Everything that is left to do before a recall is closed."""
    if standing.state is RecallState.CLOSED:
        return [Problem("The recall is closed.", code="wrong-state")]
    problems = []
    if standing.state is RecallState.DOUBTFUL:
        says = "Nobody has decided which lots are meant."
        problems.append(Problem(says, code="doubtful", field="lots"))
    for left, one, many, code in (
        (standing.places_left, "place has", "places have", "places-left"),
        (standing.patients_left, "patient has", "patients have", "patients-left"),
        (standing.fills_left, "fill with the lot has", "fills with the lot have", "fills-left"),
    ):
        if left:
            words = one if left == 1 else many
            says = f"{left} {words} not been accounted for."
            problems.append(Problem(says, code=code))
    if standing.reply_by is not None and not standing.replied:
        says = f"The firm waits for a reply by {standing.reply_by}, even if there was none."
        problems.append(Problem(says, CITE_DAYS, "no-reply", MARK_DAYS, "reply"))
    return problems
