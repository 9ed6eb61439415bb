"""Where an order, a difference and an invoice can be, and the one table of each one's steps."""

from enum import StrEnum


class OrderState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    # Written into the outbox; its row there says whether the wholesaler has it.
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    PART_RECEIVED = "part received"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Said(StrEnum):
    """What a wholesaler says of a line, or of a part of it."""

    ACCEPTED = "accepted"
    SHORT = "short"
    BACK_ORDERED = "back-ordered"
    SUBSTITUTED = "substituted"
    PRICE = "price changed"
    REJECTED = "rejected"
    ON_HOLD = "on hold"


class Decided(StrEnum):
    """What a person made of it."""

    TAKEN = "taken"
    REFUSED = "refused"


class Condition(StrEnum):
    """How a package came: good stays, everything else goes to quarantine by this name."""

    GOOD = "good"
    DAMAGED = "damaged"
    OVER = "over"
    WRONG_ITEM = "wrong item"
    EXPIRED = "expired"
    SHORT_DATED = "short-dated"
    WARM = "out of temperature"
    RECALLED = "recalled"
    SUSPECT = "suspect"
    # Nobody told us of this package: it waits for its document.
    NO_INFORMATION = "no information"


class DifferenceKind(StrEnum):
    """What two papers, or paper and hands, do not agree on."""

    SHORT = "short"
    OVER = "over"
    PRICE = "price"
    NOT_ORDERED = "not ordered"
    NOT_BILLED = "not billed"
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong item"
    EXPIRED = "expired"
    SHORT_DATED = "short-dated"
    WARM = "out of temperature"
    RECALLED = "recalled"
    SUSPECT = "suspect"
    NO_INFORMATION = "no information"
    CHARGE = "charge"


# What was set aside at the door is claimed by the same name.
CLAIMED_AS = {
    Condition.DAMAGED: DifferenceKind.DAMAGED,
    Condition.OVER: DifferenceKind.OVER,
    Condition.WRONG_ITEM: DifferenceKind.WRONG_ITEM,
    Condition.EXPIRED: DifferenceKind.EXPIRED,
    Condition.SHORT_DATED: DifferenceKind.SHORT_DATED,
    Condition.WARM: DifferenceKind.WARM,
    Condition.RECALLED: DifferenceKind.RECALLED,
    Condition.SUSPECT: DifferenceKind.SUSPECT,
    Condition.NO_INFORMATION: DifferenceKind.NO_INFORMATION,
}


class ClaimState(StrEnum):
    """How far a difference is settled with the wholesaler."""

    OPEN = "open"
    CLAIMED = "claimed"
    CREDITED = "credited"
    SHORT_CREDITED = "short-credited"
    ACCEPTED = "accepted"
    WRITTEN_OFF = "written off"


class InvoiceState(StrEnum):
    # Nobody has compared it with what came.
    NEW = "new"
    DIFFERS = "differs"
    MATCHED = "matched"
    APPROVED = "approved"


O, C, I = OrderState, ClaimState, InvoiceState  # noqa: E741 the table below reads as a table
ORDER_STEPS: frozenset[tuple[OrderState, OrderState]] = frozenset(
    {
        (O.DRAFT, O.APPROVED),
        (O.DRAFT, O.CANCELLED),
        (O.APPROVED, O.DRAFT),
        (O.APPROVED, O.SENT),
        (O.APPROVED, O.CANCELLED),
        (O.SENT, O.ACKNOWLEDGED),
        # Goods may be at the door before the acknowledgement is read.
        (O.SENT, O.PART_RECEIVED),
        (O.SENT, O.RECEIVED),
        (O.SENT, O.CANCELLED),
        (O.ACKNOWLEDGED, O.PART_RECEIVED),
        (O.ACKNOWLEDGED, O.RECEIVED),
        (O.ACKNOWLEDGED, O.CANCELLED),
        (O.PART_RECEIVED, O.RECEIVED),
        (O.PART_RECEIVED, O.CLOSED),
        # A receipt was taken back.
        (O.PART_RECEIVED, O.ACKNOWLEDGED),
        (O.PART_RECEIVED, O.SENT),
        (O.RECEIVED, O.PART_RECEIVED),
        (O.RECEIVED, O.ACKNOWLEDGED),
        (O.RECEIVED, O.SENT),
        (O.RECEIVED, O.CLOSED),
    }
)
CLAIM_STEPS: frozenset[tuple[ClaimState, ClaimState]] = frozenset(
    {
        (C.OPEN, C.CLAIMED),
        (C.OPEN, C.ACCEPTED),
        (C.OPEN, C.WRITTEN_OFF),
        (C.CLAIMED, C.CREDITED),
        (C.CLAIMED, C.SHORT_CREDITED),
        (C.CLAIMED, C.ACCEPTED),
        (C.CLAIMED, C.WRITTEN_OFF),
        (C.SHORT_CREDITED, C.CREDITED),
        (C.SHORT_CREDITED, C.WRITTEN_OFF),
    }
)
INVOICE_STEPS: frozenset[tuple[InvoiceState, InvoiceState]] = frozenset(
    {
        (I.NEW, I.DIFFERS),
        (I.NEW, I.MATCHED),
        (I.DIFFERS, I.MATCHED),
        (I.DIFFERS, I.APPROVED),
        (I.MATCHED, I.APPROVED),
    }
)
# The wholesaler may still send something of these.
ON_ORDER = frozenset({O.SENT, O.ACKNOWLEDGED, O.PART_RECEIVED})
# Goods of these are taken in at the door.
RECEIVABLE = ON_ORDER | {O.RECEIVED}
# Somebody of ours or theirs still has to do something.
UNSETTLED = frozenset({C.OPEN, C.CLAIMED, C.SHORT_CREDITED})
# How a difference goes on, and with whom: these reached the wholesaler or cost us nothing more.
SPOKEN_FOR = frozenset(set(ClaimState) - {C.OPEN})


class NoSuchStep(Exception):
    """Code of this house tried a move that the table does not have: a fault, not a refusal."""


def next_order_state(start: OrderState, end: OrderState) -> OrderState:
    """The new state when the table has the step, else a fault that stops the act."""
    if (start, end) not in ORDER_STEPS:
        raise NoSuchStep(f"an order cannot go from {start.value} to {end.value}")
    return end


def next_claim_state(start: ClaimState, end: ClaimState) -> ClaimState:
    """The new state when the table has the step, else a fault that stops the act."""
    if (start, end) not in CLAIM_STEPS:
        raise NoSuchStep(f"a difference cannot go from {start.value} to {end.value}")
    return end


def next_invoice_state(start: InvoiceState, end: InvoiceState) -> InvoiceState:
    """The new state when the table has the step, else a fault that stops the act."""
    if (start, end) not in INVOICE_STEPS:
        raise NoSuchStep(f"an invoice cannot go from {start.value} to {end.value}")
    return end
