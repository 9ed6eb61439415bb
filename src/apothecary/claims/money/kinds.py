"""The words of the money room: what a posted line is, what can differ, how it is closed."""

from enum import StrEnum


class LineKind(StrEnum):
    """What a posted line is."""

    CLAIM = "claim"
    # Money beside the claims (PLB): fees, take-backs, balances carried forward.
    ADJUSTMENT = "adjustment"
    # A person closed a difference: what is no longer expected of the payer.
    SETTLEMENT = "settlement"


class DifferenceKind(StrEnum):
    """Why what a payer sent is not what the books expect."""

    SHORT = "paid short"
    OVER = "paid over"
    DENIED = "denied after it was paid"
    MISSING = "expected, not paid"
    TWICE = "paid twice"
    REVERSED = "taken back, not by us"
    TAKEN = "kept back beside the claim"
    NOT_TAKEN = "reversed by us, not taken back"
    TAKEN_TWICE = "taken back more than was paid"
    UNEXPECTED = "paid, not on our books as paid"
    UNKNOWN = "not on our books"


class Settled(StrEnum):
    """How a difference was closed."""

    BY_PAYER = "the payer settled it"
    ACCEPTED = "accepted"
    WRITTEN_OFF = "written off"
    TIED = "tied to its claim"
