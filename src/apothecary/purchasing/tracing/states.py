"""Where a suspect case can be, what came of asking about a package, and the steps between."""

from enum import StrEnum

from apothecary.purchasing.states import NoSuchStep


class CaseState(StrEnum):
    # Quarantined; what it is stands open.
    HELD = "held"
    CLEARED = "cleared"
    # Determined by a pharmacist; the clock to tell the FDA and the partners runs.
    ILLEGITIMATE = "illegitimate"
    # Everybody who must know was told.
    NOTIFIED = "notified"
    DISPOSED = "disposed"
    # The FDA was consulted and the notification is over.
    TERMINATED = "terminated"


class Source(StrEnum):
    """How product became suspect."""

    DOOR = "at the door"
    HANDS = "seen by us"
    RESPONDER = "not verified"
    PARTNER = "notice of a partner"
    FDA = "notice of the FDA"


class Verdict(StrEnum):
    """What a responder said of a product identifier; nothing is supposed from silence."""

    ASKED = "asked"
    VERIFIED = "verified"
    NOT_VERIFIED = "not verified"
    # The responder would not answer the question.
    REFUSED = "refused"
    # It answered, and nobody can tell what.
    UNCLEAR = "unclear"


class Why(StrEnum):
    """What a verification is for."""

    SUSPECT = "suspect product"
    RETURN = "saleable return"
    ASKED = "somebody asked"


class Grounds(StrEnum):
    """Why product is illegitimate (FDCA 581(8))."""

    COUNTERFEIT = "counterfeit"
    DIVERTED = "diverted"
    STOLEN = "stolen"
    ADULTERATED = "intentionally adulterated"
    FRAUDULENT = "subject of a fraudulent transaction"
    UNFIT = "unfit for distribution"


class FormKind(StrEnum):
    """Which notification to the FDA it is (Form FDA 3911)."""

    INITIAL = "initial notification"
    FOLLOW_UP = "follow-up notification"
    TERMINATION = "request for termination"


class NoticeKind(StrEnum):
    """What a trading partner is told."""

    ILLEGITIMATE = "illegitimate product"
    TERMINATED = "notification over"


C = CaseState
CASE_STEPS: frozenset[tuple[CaseState, CaseState]] = frozenset(
    {
        (C.HELD, C.CLEARED),
        (C.HELD, C.ILLEGITIMATE),
        (C.ILLEGITIMATE, C.NOTIFIED),
        (C.NOTIFIED, C.DISPOSED),
        (C.DISPOSED, C.TERMINATED),
    }
)
# Its product may not be used, and somebody still has to do something.
OPEN = frozenset({C.HELD, C.ILLEGITIMATE, C.NOTIFIED, C.DISPOSED})
# What it is has been decided, and not in its favour.
CONDEMNED = frozenset({C.ILLEGITIMATE, C.NOTIFIED, C.DISPOSED})
ANSWERED = frozenset({Verdict.VERIFIED, Verdict.NOT_VERIFIED})


def next_case_state(start: CaseState, end: CaseState) -> CaseState:
    """The new state when the table has the step, else a fault that stops the act."""
    if (start, end) not in CASE_STEPS:
        raise NoSuchStep(f"a suspect case cannot go from {start.value} to {end.value}")
    return end
