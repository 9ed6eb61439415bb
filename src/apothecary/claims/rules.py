"""House policy about claims, pure: sentences, patience, and what may be tried. No clock."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta

from apothecary.law.problem import Problem
from apothecary.wires.telecom import reject_meaning

# A row taken for sending is nobody else's for so long, even when its sender died without
# letting go of its lock: above both time-outs of the link.
LEASE = timedelta(seconds=90)
# How often a claim that may have arrived is sent again before a person must look.
MOST_DOUBTS = 5
# From this try on a technician may let filling go on without the answer.
LATER_AFTER_TRIES = 3
# The payer's own machine failed, not the claim: the same claim is sent again by itself.
PASSING_CODES = frozenset({"85", "90", "91", "92", "93", "95", "96", "97", "98", "99"})
NOTHING_TO_REVERSE = frozenset({"84", "31"})
TOO_SOON = "79"
# The plan knows no partial fills: it is asked for the whole, when the whole is given.
NO_PARTS = "RK"
FARTHEST_DAYS = 366
# Reason for service (439-E4), professional service (440-E5), result (441-E6).
SafetyCodes = tuple[str, str, str]
NOT_FILLED, MOST_SAFETY_CODES = "2", 9


def passes_by_itself(codes: tuple[str, ...]) -> bool:
    """Whether every code says that the payer's computer failed, and none that the claim did."""
    return bool(codes) and set(codes) <= PASSING_CODES


def day_in_words(day: date) -> str:
    """``June 14``, as it is said to a patient."""
    return f"{day:%B} {day.day}"


def reject_sentence(
    codes: tuple[str, ...], *, next_fill_on: date | None, messages: tuple[str, ...] = ()
) -> str:
    """What the payer refused, in our words: ``79: too soon to refill until June 14``.

    The first code leads, the number of the others follows. Without a code the payer's own
    message stands, so that nothing is ever rejected for no visible reason.
    """
    if not codes:
        return "; ".join(messages) or "the payer gave no reason"
    first = TOO_SOON if TOO_SOON in codes else codes[0]
    says = reject_meaning(first).says
    sentence = f"{first}: {says[:1].lower()}{says[1:]}"
    if first == TOO_SOON and next_fill_on:
        sentence += f" until {day_in_words(next_fill_on)}"
    others = [code for code in codes if code != first]
    return f"{sentence} (also {', '.join(others)})" if others else sentence


@dataclass(frozen=True, slots=True)
class NextKey:
    """What the technician does next about a reject: the key and its words."""

    key: str
    says: str


RESUBMIT = NextKey("F10", "correct and send again")
EARLY = NextKey("F10", "say why it is early and send again")
WHOLE = NextKey("F10", "bill the whole when the rest is there")
NEXT_KEYS = {
    "entry": RESUBMIT,
    "eligibility": NextKey("F10", "correct the card and send again"),
    "authorization": NextKey("F10", "type the authorization number and send again"),
    "coverage": NextKey("Alt+B", "back to entry for another product"),
    "limits": NextKey("Alt+B", "back to entry for quantity or days"),
    "safety": NextKey("F10", "send the pharmacist’s three codes"),
    "switch": NextKey("F10", "send again"),
    "reversal": NextKey("Alt+S", "settle it with the payer by phone"),
    "duplicate": NextKey("Alt+C", "call the payer, or let the patient pay"),
}


def next_key(codes: tuple[str, ...], *, answered: bool, next_fill_on: date | None) -> NextKey:
    """The key that most often helps with these codes."""
    if not answered:
        return NextKey("F10", "send the same again")
    if TOO_SOON in codes and next_fill_on:
        return NextKey("F6", f"date it for {day_in_words(next_fill_on)}")
    if TOO_SOON in codes:
        return EARLY
    if NO_PARTS in codes:
        return WHOLE
    if not codes:
        return RESUBMIT
    return NEXT_KEYS.get(reject_meaning(codes[0]).desk, RESUBMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a technician changes before a claim goes out again; None leaves it as it is.

    Card: BIN, PCN, number, group, person, relationship. Fill: product selection. This claim
    alone: reason (420-DK), authorization (461-EU, 462-EV), safety codes (439-E4 with its two),
    other coverage (308-C8), reason for the delay (357-NV).
    """

    bin: str | None = None
    pcn: str | None = None
    cardholder_id: str | None = None
    group: str | None = None
    person_code: str | None = None
    relationship: str | None = None
    daw: str | None = None
    clarification: str | None = None
    authorization_type: str | None = None
    prior_authorization: str | None = None
    safety_codes: str | None = None
    other_coverage: str | None = None
    delay_reason: str | None = None

    def given(self) -> dict[str, str]:
        """Only what is changed, by name."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value.strip() for name, value in named.items() if value is not None}


# Why a reject ends without being paid, as people say it; the act says the rest.
REASONS = (
    "the patient does not want it",
    "the prescriber has chosen another drug",
    "the prescriber does not answer",
    "another pharmacy fills it",
    "the patient has it already",
    "entered twice",
    "the plan has said no for good",
    "the plan takes it on paper only",
    "agreed with the payer by phone",
)
# How long each may be on a claim, and what else it has to be: a pattern and its words.
LENGTHS = {
    "pcn": 10,
    "cardholder_id": 20,
    "group": 15,
    "person_code": 3,
    "prior_authorization": 11,
}
SHAPES: dict[str, tuple[str, str]] = {
    "bin": (r"[0-9]{6}", "A BIN has six digits."),
    "daw": (r"[0-9]", "{} is no product selection code."),
    "relationship": (r"[0-4]", "{} is no relationship code."),
    "clarification": (
        r"([0-9]{1,2})?",
        "A submission clarification code has one or two digits.",
    ),
    "authorization_type": (r"[0-9]?", "{} is no type of authorization: one digit."),
    "prior_authorization": (
        r"[0-9A-Za-z]*",
        "A prior authorization number has letters and digits only.",
    ),
    "other_coverage": (r"(0?[0-8])?", "{} is no other coverage code: 0 to 8."),
    "delay_reason": (r"([0-9]{1,2})?", "A reason for the delay has one or two digits."),
}
CODES_OF = {"cardholder_id": "claim-card", "prior_authorization": "claim-authorization"}
# What a plan has in common for everybody in it: the rest of a card is each person's own.
OF_THE_PLAN = frozenset({"bin", "pcn", "group", "clarification", "delay_reason"})


def change_problems(changes: Changes) -> list[Problem]:
    """Every value that no claim can carry."""
    given, problems = changes.given(), []
    for name, most in LENGTHS.items():
        if len(given.get(name, "")) > most:
            says = f"The {name.replace('_', ' ')} may have {most} characters."
            problems.append(Problem(says, field=name, code="claim-length"))
    if given.get("cardholder_id") == "":
        says = "A claim needs the cardholder's number."
        problems.append(Problem(says, field="cardholder_id", code="claim-card"))
    for name, (shape, says) in SHAPES.items():
        value = given.get(name)
        if value is not None and not re.fullmatch(shape, value, re.ASCII):
            code = CODES_OF.get(name, f"claim-{name.replace('_', '-')}")
            problems.append(Problem(says.format(repr(value)), field=name, code=code))
    return problems + safety_problems(given.get("safety_codes", ""))


def safety_problems(text: str) -> list[Problem]:
    """Safety codes come in threes: reason, service, result, as in ``DD M0 1G``."""
    if not text or read_safety(text):
        return []
    says = "Three codes of two characters: reason, service, result, as in DD M0 1G."
    return [Problem(says, field="safety_codes", code="claim-safety")]


def read_safety(text: str) -> SafetyCodes | None:
    """``DD M0 1G`` as its three codes, or none."""
    parts = text.upper().split()
    if len(parts) != 3 or any(len(part) != 2 or not part.isalnum() for part in parts):
        return None
    return parts[0], parts[1], parts[2]


def safety_of(typed: str, judged: Iterable[SafetyCodes]) -> tuple[SafetyCodes, ...]:
    """The DUR/PPS codes of a claim: typed for this payer first, then the pharmacist's own.

    Each once, nine at most (473-7E has one digit). A judgement that it is not to be filled
    (results 2A, 2B) is none that a bill for having filled it could carry.
    """
    first = read_safety(typed)
    all_of_them = [*([first] if first else []), *judged]
    said = [codes for codes in all_of_them if not codes[2].startswith(NOT_FILLED)]
    return tuple(dict.fromkeys(said))[:MOST_SAFETY_CODES]


def date_problems(on: date, *, today: date) -> list[Problem]:
    """A claim is put off to a later day, within a year."""
    if on <= today:
        return [Problem("Choose a day after today.", field="on", code="claim-date")]
    if (on - today).days > FARTHEST_DAYS:
        return [Problem("That is more than a year away.", field="on", code="claim-date")]
    return []
