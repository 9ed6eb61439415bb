"""Where a return shipment and its lines can be, and the one table of each one's steps."""

from enum import StrEnum


class ShipmentState(StrEnum):
    # Lines are put on it; nothing has left, nobody outside knows.
    PICKED = "picked"
    # The manifest is in the outbox; its row there says whether they have it.
    ASKED = "asked"
    AUTHORIZED = "authorized"
    SHIPPED = "shipped"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class LineState(StrEnum):
    PICKED = "picked"
    # They do not take it: its units never left quarantine.
    REFUSED = "refused"
    DROPPED = "dropped"
    SHIPPED = "shipped"
    CREDITED = "credited"
    SHORT = "short-credited"
    DENIED = "denied"
    WRITTEN_OFF = "written off"


class Group(StrEnum):
    """What travels together: controlled drugs apart, Schedule II on its own form."""

    PLAIN = "not controlled"
    INVOICE = "Schedule III to V"
    FORM_222 = "Schedule II"


S, L = ShipmentState, LineState
SHIPMENT_STEPS: frozenset[tuple[ShipmentState, ShipmentState]] = frozenset(
    {
        (S.PICKED, S.ASKED),
        (S.PICKED, S.CANCELLED),
        # They could not read it, or it was called back: it is mended and asked anew.
        (S.ASKED, S.PICKED),
        (S.ASKED, S.AUTHORIZED),
        # They take no line of it.
        (S.ASKED, S.CANCELLED),
        (S.AUTHORIZED, S.SHIPPED),
        (S.AUTHORIZED, S.CANCELLED),
        (S.SHIPPED, S.SETTLED),
    }
)
LINE_STEPS: frozenset[tuple[LineState, LineState]] = frozenset(
    {
        (L.PICKED, L.REFUSED),
        (L.PICKED, L.DROPPED),
        (L.PICKED, L.SHIPPED),
        (L.SHIPPED, L.CREDITED),
        (L.SHIPPED, L.SHORT),
        (L.SHIPPED, L.DENIED),
        # No credit ever came.
        (L.SHIPPED, L.WRITTEN_OFF),
        (L.SHORT, L.CREDITED),
        (L.SHORT, L.WRITTEN_OFF),
        # Followed up, and paid after all, wholly or in part.
        (L.DENIED, L.CREDITED),
        (L.DENIED, L.SHORT),
        (L.DENIED, L.WRITTEN_OFF),
    }
)
# Its units are spoken for and still here.
HELD = frozenset({L.PICKED})
# Money is still out, or somebody must say that it is not.
OWED = frozenset({L.SHIPPED, L.SHORT, L.DENIED})
CLOSED = frozenset({L.REFUSED, L.DROPPED, L.CREDITED, L.WRITTEN_OFF})


class NoSuchStep(Exception):
    """Code of this house tried a step that the table does not have: a fault, not a refusal."""


def next_shipment_state(start: ShipmentState, end: ShipmentState) -> ShipmentState:
    """The new state when the table has the step, else a fault that stops the act."""
    if (start, end) not in SHIPMENT_STEPS:
        raise NoSuchStep(f"a shipment cannot go from {start.value} to {end.value}")
    return end


def next_line_state(start: LineState, end: LineState) -> LineState:
    """The new state when the table has the step, else a fault that stops the act.

    More credit that still does not suffice leaves a short line short.
    """
    if start is end is L.SHORT:
        return end
    if (start, end) not in LINE_STEPS:
        raise NoSuchStep(f"a line cannot go from {start.value} to {end.value}")
    return end
