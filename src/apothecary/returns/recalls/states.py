"""What a recall, a place and a patient of it can be, and the one table of a recall's steps."""

from enum import StrEnum


class Kind(StrEnum):
    """A firm takes product back as a recall, or without one (21 CFR 7.3(g), (j), (k))."""

    RECALL = "recall"
    WITHDRAWAL = "market withdrawal"
    RECOVERY = "stock recovery"


class Source(StrEnum):
    """Who told us."""

    FDA = "FDA"
    WHOLESALER = "wholesaler"
    TYPED = "typed"


class Depth(StrEnum):
    """How far down the firm takes it back (21 CFR 7.42(b)(1))."""

    WHOLESALE = "wholesale"
    PHARMACY = "pharmacy"
    CONSUMER = "consumer"


class RecallState(StrEnum):
    # Its text is not read for certain: every lot is held until a pharmacist has decided.
    DOUBTFUL = "doubtful"
    OPEN = "open"
    CLOSED = "closed"


class Look(StrEnum):
    """What hands found where the books say that units stand."""

    TO_LOOK = "to look"
    FOUND = "found"
    NOT_FOUND = "not found"
    # A pharmacist has decided that this lot is not meant.
    NOT_MEANT = "not meant"


class Way(StrEnum):
    PHONE = "phone"
    LETTER = "letter"
    IN_PERSON = "in person"


class CallOutcome(StrEnum):
    HAS_SOME = "has some left"
    HAS_NONE = "has none left"
    NO_ANSWER = "no answer"
    MESSAGE = "message left"
    WRONG_NUMBER = "wrong number"
    LETTER_SENT = "letter sent"


S, C = RecallState, CallOutcome
STEPS: frozenset[tuple[RecallState, RecallState]] = frozenset(
    {
        (S.DOUBTFUL, S.OPEN),
        # The notice was changed, or another lot of it came to light.
        (S.OPEN, S.DOUBTFUL),
        (S.OPEN, S.CLOSED),
        (S.CLOSED, S.OPEN),
        (S.CLOSED, S.DOUBTFUL),
    }
)
SPOKEN = frozenset({C.HAS_SOME, C.HAS_NONE})
FINAL = SPOKEN | {C.LETTER_SENT}
# What may come of each way of telling somebody.
OUTCOMES: dict[Way, frozenset[CallOutcome]] = {
    Way.PHONE: SPOKEN | {C.NO_ANSWER, C.MESSAGE, C.WRONG_NUMBER},
    Way.IN_PERSON: SPOKEN,
    Way.LETTER: frozenset({C.LETTER_SENT}),
}
LOOKED = frozenset({Look.FOUND, Look.NOT_FOUND, Look.NOT_MEANT})


class NoSuchStep(Exception):
    """Code of this house tried a step that the table does not have: a fault, not a refusal."""


def next_state(start: RecallState, end: RecallState) -> RecallState:
    """The new state when the table has the step, else a fault that stops the act."""
    if (start, end) not in STEPS:
        raise NoSuchStep(f"a recall cannot go from {start.value} to {end.value}")
    return end
