"""The way of an electronic order: one table, and the reason where a step is not on it. Pure."""

from enum import StrEnum

from apothecary.law.problem import Problem


class CsosState(StrEnum):
    WRITTEN = "being written"
    SIGNED = "signed"
    SENT = "sent"
    ACCEPTED = "accepted"
    REFUSED = "not accepted"
    RECEIVED = "received"
    VOID = "void"
    LOST = "lost"


# Packages taken off again make a received order an accepted one.
MOVES: dict[CsosState, frozenset[CsosState]] = {
    CsosState.WRITTEN: frozenset({CsosState.SIGNED, CsosState.VOID}),
    CsosState.SIGNED: frozenset({CsosState.SENT, CsosState.VOID}),
    CsosState.SENT: frozenset(
        {CsosState.ACCEPTED, CsosState.REFUSED, CsosState.RECEIVED, CsosState.LOST}
    ),
    CsosState.ACCEPTED: frozenset({CsosState.RECEIVED, CsosState.VOID, CsosState.LOST}),
    CsosState.RECEIVED: frozenset({CsosState.ACCEPTED}),
    CsosState.REFUSED: frozenset(),
    CsosState.VOID: frozenset(),
    CsosState.LOST: frozenset(),
}
ENDED = frozenset({CsosState.REFUSED, CsosState.VOID, CsosState.LOST})
OPEN = frozenset({CsosState.WRITTEN, CsosState.SIGNED, CsosState.SENT, CsosState.ACCEPTED})
# Goods may be at the door before the supplier's answer was read.
RECEIVABLE = frozenset({CsosState.SENT, CsosState.ACCEPTED, CsosState.RECEIVED})


def move_problems(now: CsosState, to: CsosState) -> list[Problem]:
    """Why an order may not go from where it is to there."""
    if to in MOVES[now]:
        return []
    says = f"The order is {now.value}: it cannot become {to.value}."
    return [Problem(says, code="csos-state", field="state")]
