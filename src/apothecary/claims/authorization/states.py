"""Where a prior authorization can be, and the one table of how it gets from there elsewhere."""

from enum import StrEnum


class AuthorizationState(StrEnum):
    DRAFT = "draft"
    # The payer has been asked, or will be as soon as the line is there.
    ASKED = "asked"
    # The payer has sent questions, and waits for the answers.
    QUESTIONED = "questions to answer"
    DEFERRED = "the payer decides later"
    APPROVED = "approved"
    DENIED = "denied"
    WITHDRAWING = "being withdrawn"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNANSWERED = "unanswered"


class Way(StrEnum):
    """How the payer is asked."""

    LINE = "line"
    EPA = "epa"
    FAX = "fax"


class Kind(StrEnum):
    """What is asked for. The values are those of 498-PA; an appeal has none there."""

    FIRST = "1"
    RENEWAL = "2"
    APPEAL = "appeal"


WAY_WORDS = {
    Way.LINE: "over the claims line",
    Way.EPA: "electronically",
    Way.FAX: "by fax or phone",
}
KIND_WORDS = {
    Kind.FIRST: "first request",
    Kind.RENEWAL: "renewal",
    Kind.APPEAL: "appeal",
}
S = AuthorizationState
STEPS: frozenset[tuple[AuthorizationState, AuthorizationState]] = frozenset(
    {
        (S.DRAFT, S.ASKED),
        (S.DRAFT, S.CANCELLED),
        # Decided by phone before it was asked from here, or long ago.
        (S.DRAFT, S.APPROVED),
        (S.DRAFT, S.DENIED),
        (S.ASKED, S.QUESTIONED),
        (S.ASKED, S.DEFERRED),
        (S.ASKED, S.APPROVED),
        (S.ASKED, S.DENIED),
        (S.ASKED, S.UNANSWERED),
        (S.ASKED, S.CANCELLED),
        # The payer could not read it, or takes it another way only.
        (S.ASKED, S.DRAFT),
        (S.ASKED, S.WITHDRAWING),
        (S.QUESTIONED, S.ASKED),
        (S.QUESTIONED, S.WITHDRAWING),
        (S.QUESTIONED, S.CANCELLED),
        (S.QUESTIONED, S.APPROVED),
        (S.QUESTIONED, S.DENIED),
        (S.DEFERRED, S.QUESTIONED),
        (S.DEFERRED, S.APPROVED),
        (S.DEFERRED, S.DENIED),
        (S.DEFERRED, S.CANCELLED),
        (S.DEFERRED, S.WITHDRAWING),
        (S.UNANSWERED, S.ASKED),
        (S.UNANSWERED, S.APPROVED),
        (S.UNANSWERED, S.DENIED),
        (S.UNANSWERED, S.CANCELLED),
        (S.DENIED, S.ASKED),
        (S.APPROVED, S.WITHDRAWING),
        (S.APPROVED, S.EXPIRED),
        (S.WITHDRAWING, S.CANCELLED),
        # The payer does not let go of it.
        (S.WITHDRAWING, S.DEFERRED),
        (S.WITHDRAWING, S.APPROVED),
    }
)
# While one of these stands, nobody starts a second one for the same prescription and card.
LIVE = frozenset({S.DRAFT, S.ASKED, S.QUESTIONED, S.DEFERRED, S.UNANSWERED, S.WITHDRAWING})
# Somebody of ours has to do something.
OURS = frozenset({S.DRAFT, S.QUESTIONED, S.UNANSWERED, S.DENIED})


class NoSuchStep(Exception):
    """Code of this house tried a move that the table does not have: a fault, not a refusal."""


def next_state(start: AuthorizationState, end: AuthorizationState) -> AuthorizationState:
    """The new state when the table has the step, else a fault that stops the act."""
    if (start, end) not in STEPS:
        raise NoSuchStep(f"an authorization cannot go from {start.value} to {end.value}")
    return end
