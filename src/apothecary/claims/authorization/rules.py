"""House policy about prior authorizations, pure: who answers what, patience, what is due."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from apothecary.claims.authorization.states import OURS, AuthorizationState, Kind, Way
from apothecary.claims.building import Sheet
from apothecary.law.problem import Problem
from apothecary.wires.script.authorization import answer_faults
from apothecary.wires.script.authorization_model import Question, QuestionSet

# Rejects that a payer's consent can lift.
LIFTED_BY_CONSENT = frozenset(
    {"75", "3Y", "3W", "EU", "EV", "PA", "608", "MR", "64", "A6", "3T"}
)
# 498-PD: an exception from the limit, or what the rule of the plan asks for.
BEYOND_LIMIT, BY_THE_RULE = "PL", "PR"
ABOUT_LIMITS = frozenset({"76", "7X", "9G", "AG", "PA"})
REQUEST_ONLY = "P4"
# How long after a deferral the payer is asked again; doubling, at most every four hours.
FIRST_INQUIRY, LONGEST_INQUIRY = timedelta(minutes=15), timedelta(hours=4)
# Renewals are flagged so many days before the last day of an authorization.
FLAG_DAYS = (30, 14, 7)
# What XML cannot carry: an electronic request with it could not be written.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_SAID, LONGEST_NUMBER = 1000, 35
RECORDS = "records"
NOT_WRITABLE = "holds a character that cannot be sent"
# What a pharmacy's own records answer, by what the question asks for. Everything else is the
# prescriber's: it is never filled in from what the pharmacy supposes.
OF_THE_RECORDS = (
    (re.compile(r"\bquantity\b", re.IGNORECASE), "quantity"),
    (re.compile(r"\bdays?['’]? supply\b", re.IGNORECASE), "days"),
    (re.compile(r"\bdate of birth\b|\bbirth date\b", re.IGNORECASE), "born"),
    (re.compile(r"\b(prescriber|physician).{0,20}\bnpi\b", re.IGNORECASE), "prescriber_npi"),
    (re.compile(r"\b(prescriber|physician).{0,20}\bfax\b", re.IGNORECASE), "prescriber_fax"),
    (re.compile(r"\bpharmacy.{0,20}\b(phone|telephone)\b", re.IGNORECASE), "pharmacy_phone"),
    (re.compile(r"\bicd-?10\b|\bdiagnosis code\b", re.IGNORECASE), "diagnosis"),
    (re.compile(r"\bdirections\b|\bdosing schedule\b", re.IGNORECASE), "directions"),
)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it stands: the values, and whose word it is."""

    values: tuple[str, ...]
    source: str


def record_of(question: Question) -> str:
    """Which of our own facts answers a question; empty for one that only a prescriber can."""
    if question.choices:
        return ""
    return next((fact for asks, fact in OF_THE_RECORDS if asks.search(question.text)), "")


def prefilled(questions: QuestionSet, facts: Mapping[str, str]) -> dict[str, Given]:
    """The answers that stand in our own records, where they fit the kind of the question."""
    found = {}
    for question in questions.questions:
        value = facts.get(record_of(question), "")
        if value and not answer_faults(question, (value,)):
            found[question.id] = Given((value,), RECORDS)
    return found


def answers_in(stored: Mapping[str, Mapping[str, object]]) -> dict[str, Given]:
    """Answers as the row keeps them, as typed values."""
    found = {}
    for name, one in stored.items():
        values = one.get("values")
        if isinstance(values, list):
            found[name] = Given(tuple(map(str, values)), str(one.get("source", "")))
    return found


def values_of(given: Mapping[str, Given]) -> dict[str, tuple[str, ...]]:
    """The answers without whose word they are, as they go over the wire."""
    return {name: one.values for name, one in given.items()}


def misfits(questions: QuestionSet, given: Mapping[str, Given]) -> list[Problem]:
    """Every answer that is none to its question, or is nobody's word."""
    problems = []
    for name, one in given.items():
        question = questions.one(name)
        if question is None:
            problems.append(Problem(f"The payer asks no question {name!r}.", field=name))
            continue
        unwritable = [NOT_WRITABLE] if any(map(UNWRITABLE.search, one.values)) else []
        for reason in (*answer_faults(question, one.values), *unwritable):
            says = f"“{question.text}”: {reason}."
            problems.append(Problem(says, field=f"q-{name}", code="authorization-answer"))
        if one.source == RECORDS and not record_of(question):
            says = f"“{question.text}” is the prescriber's to answer: say who told you."
            problems.append(Problem(says, field="told_by", code="authorization-source"))
    return problems


def unanswered(questions: QuestionSet, given: Mapping[str, Given]) -> list[Problem]:
    """Every question on the way that must be answered and is not."""
    return [
        Problem(
            f"“{one.text}” is not answered yet.", field=f"q-{one.id}", code="authorization-open"
        )
        for one in questions.path(values_of(given))
        if one.required and one.id not in given
    ]


def ways_of(sheet: Sheet, *, has_epa: bool) -> tuple[Way, ...]:
    """How this payer can be asked, the best first; on paper always."""
    ways = [Way.EPA] if has_epa else []
    ways += [Way.LINE] if REQUEST_ONLY in sheet.takes else []
    return (*ways, Way.FAX)


def basis_of(codes: Sequence[str]) -> str:
    """498-PD: why consent is asked for."""
    return BEYOND_LIMIT if ABOUT_LIMITS.intersection(codes) else BY_THE_RULE


def period_of(*, on: date, days_supply: int, refills: int) -> tuple[date, date]:
    """From today for as long as the prescription lasts with all its refills."""
    return on, on + timedelta(days=days_supply * (refills + 1))


def wait_for_inquiry(inquiries: int) -> timedelta:
    """How long after so many inquiries the payer is asked once more."""
    return min(FIRST_INQUIRY * (1 << min(inquiries, 4)), LONGEST_INQUIRY)


def usable_on(
    *,
    on: date,
    from_on: date | None,
    until_on: date | None,
    left: Decimal | None,
    need: Decimal,
) -> str:
    """Why a number may not be sent that day; empty when it may. ``left`` None is no limit."""
    if from_on is not None and on < from_on:
        return f"it begins {from_on:%B} {from_on.day}"
    if until_on is not None and on > until_on:
        return f"it ended {until_on:%B} {until_on.day}"
    if left is not None and left < need:
        return f"{left.normalize():f} are left of it, {need.normalize():f} are needed"
    return ""


def renewal_flag(
    *, on: date, until_on: date | None, left: Decimal | None, need: Decimal
) -> tuple[int | None, str]:
    """Whether a renewal is due, and in which words: the flag's days (0: it is used up).

    None and no words while it is early. On its last fill it is due whatever the day.
    """
    if left is not None and left < need:
        return 0, "used up"
    if left is not None and left < 2 * need:
        return FLAG_DAYS[0], "one more fill, then it is used up"
    if until_on is None or (until_on - on).days > FLAG_DAYS[0]:
        return None, ""
    days = max((until_on - on).days, 0)
    flag = min(step for step in FLAG_DAYS if days <= step)
    return flag, f"ends in {days} day{'' if days == 1 else 's'}"


def next_key(state: AuthorizationState, *, way: str, ready: bool) -> tuple[str, str]:
    """The key that most often comes next, and its words; nothing while the payer has it."""
    if state is AuthorizationState.QUESTIONED:
        return "F10", "send the answers" if ready else "answer the payer’s questions"
    keys = {
        AuthorizationState.DRAFT: ("F10", "ask the payer"),
        AuthorizationState.UNANSWERED: ("F10", "ask again, the same message"),
        AuthorizationState.DENIED: ("Alt+A", "appeal, or bill another way"),
    }
    if state is AuthorizationState.ASKED and way == Way.FAX:
        return "Alt+D", "write down what the payer decided"
    return keys.get(state, ("", ""))


def is_ours(state: AuthorizationState, *, way: str) -> bool:
    """Whether somebody here has to do something about it."""
    return state in OURS or (state is AuthorizationState.ASKED and way == Way.FAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a payer decided by phone, fax or letter, as somebody typed it."""

    approved: bool
    number: str = ""
    from_on: date | None = None
    until_on: date | None = None
    quantity: Decimal | None = None
    because: str = ""


def decision_problems(said: Decision) -> list[Problem]:
    """Everything that keeps a typed decision from being written down."""
    problems = []
    if not said.because.strip():
        says = "Say with whom you spoke, or which letter says so."
        problems.append(Problem(says, field="because", code="authorization-because"))
    if len(said.because) > LONGEST_SAID:
        says = f"That may have {LONGEST_SAID} characters."
        problems.append(Problem(says, field="because", code="authorization-because"))
    if said.approved and not re.fullmatch(r"[0-9A-Za-z]{1,11}", said.number):
        says = "A number for a claim has one to eleven letters and digits."
        problems.append(Problem(says, field="number", code="authorization-number"))
    if said.from_on and said.until_on and said.until_on < said.from_on:
        says = "It ends before it begins."
        problems.append(Problem(says, field="until_on", code="authorization-period"))
    if said.quantity is not None and said.quantity <= 0:
        says = "The quantity must be above zero."
        problems.append(Problem(says, field="quantity", code="authorization-quantity"))
    return problems


def request_type(kind: Kind, *, deferred: bool) -> str:
    """498-PA: 1 a first request, 2 a renewal, 3 about one that was deferred."""
    if deferred:
        return "3"
    return "2" if kind is Kind.RENEWAL else "1"
