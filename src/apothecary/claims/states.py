"""Where a claim can be, and the one table of how it gets from there to elsewhere."""

from enum import StrEnum


class Kind(StrEnum):
    """The NCPDP transaction codes this room sends."""

    BILLING = "B1"
    REVERSAL = "B2"


class ClaimState(StrEnum):
    # In the outbox or at the payer: which of both, the outbox row knows.
    OUT = "out"
    PAID = "paid"
    REJECTED = "rejected"
    UNANSWERED = "unanswered"
    WITHDRAWN = "withdrawn"
    REVERSING = "reversing"
    REVERSED = "reversed"
    APPROVED = "approved"


class Closing(StrEnum):
    """Why a rejected or unanswered claim needs no more work."""

    RESUBMITTED = "resubmitted"
    CASH = "the patient pays"
    CORRECTED = "sent back to entry"
    PARTED = "the fill was parted"
    OTHER_CARDS = "billed to other cards"
    NEXT_CARD = "billed to the next card"
    COMPLETED = "completed by the rest"
    ENDED = "the fill has ended"
    REVERSED = "reversed"
    SETTLED = "settled with the payer by phone"


class InquiryState(StrEnum):
    """Where an eligibility question can be."""

    OUT = "out"
    FOUND = "found"
    NOT_FOUND = "not found"
    UNANSWERED = "unanswered"


class ReportState(StrEnum):
    """Where a report to a payer (N1, N2, N3) can be. Nothing is paid by it."""

    OUT = "out"
    NOTED = "noted"
    REJECTED = "rejected"
    UNANSWERED = "unanswered"


C = ClaimState
# 343-HD: the first part of a fill, and the claim that completes it.
PARTIAL, COMPLETION = "P", "C"

# A billing: out, answered, and taken back. An unanswered one may have been paid all the same:
# it can be asked again with the same bytes, or reversed, and counts as live until then.
BILLING_STEPS: frozenset[tuple[ClaimState, ClaimState]] = frozenset(
    {
        (C.OUT, C.PAID),
        (C.OUT, C.REJECTED),
        (C.OUT, C.UNANSWERED),
        (C.OUT, C.WITHDRAWN),
        (C.UNANSWERED, C.OUT),
        (C.UNANSWERED, C.REVERSING),
        (C.PAID, C.REVERSING),
        (C.REVERSING, C.REVERSED),
    }
)
# A reversal: out and answered. "Nothing was paid" is as good as approved.
REVERSAL_STEPS: frozenset[tuple[ClaimState, ClaimState]] = frozenset(
    {
        (C.OUT, C.APPROVED),
        (C.OUT, C.REJECTED),
        (C.OUT, C.UNANSWERED),
        (C.UNANSWERED, C.OUT),
        (C.REJECTED, C.OUT),
    }
)
STEPS = {Kind.BILLING: BILLING_STEPS, Kind.REVERSAL: REVERSAL_STEPS}

# While a fill has a billing in one of these, the payer has paid it or may yet: no second one.
LIVE = frozenset({C.OUT, C.PAID, C.UNANSWERED, C.REVERSING})
# Taken back and billed anew beside the fill's own way.
BILLED_ANEW = frozenset({Closing.PARTED, Closing.OTHER_CARDS})
# Somebody must look.
TO_WORK = frozenset({C.REJECTED, C.UNANSWERED})


class NoSuchStep(Exception):
    """Code of this house tried a move that the table does not have: a fault, not a refusal."""


def next_state(kind: Kind, start: ClaimState, end: ClaimState) -> ClaimState:
    """The new state when the table has the step, else a fault that stops the act."""
    if (start, end) not in STEPS[kind]:
        raise NoSuchStep(f"a {kind.value} cannot go from {start.value} to {end.value}")
    return end
