"""Where a fill can be, and the one table of how it gets from there to elsewhere."""

from dataclasses import dataclass
from enum import StrEnum

from apothecary.staff.duties import Duty
from apothecary.stock.ledger import Effect


class FillState(StrEnum):
    ENTRY = "entry"
    SCREENING = "screening"
    REVIEW = "review"
    CLAIM = "claim"
    REJECTED = "rejected"
    WAITING = "waiting"
    SHORT = "short"
    FILLING = "filling"
    CHECK = "check"
    READY = "ready"
    SOLD = "sold"
    RETURNED = "returned"
    CANCELLED = "cancelled"


ENDED = frozenset({FillState.SOLD, FillState.RETURNED, FillState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Step:
    """One legal move of a fill: whose duty it is and what it does to the ledger."""

    start: FillState
    end: FillState
    duty: Duty
    effect: Effect
    # Another duty under which it may be taken.
    or_duty: Duty | None = None


S, D, E = FillState, Duty, Effect

STEPS: tuple[Step, ...] = (
    Step(S.ENTRY, S.SCREENING, D.ENTER_PRESCRIPTION, E.NONE),
    Step(S.SCREENING, S.REVIEW, D.SCREEN, E.NONE),
    Step(S.SCREENING, S.CLAIM, D.SCREEN, E.NONE),
    Step(S.SCREENING, S.WAITING, D.SCREEN, E.RESERVE),
    Step(S.SCREENING, S.SHORT, D.SCREEN, E.NONE),
    Step(S.REVIEW, S.CLAIM, D.REVIEW_DATA, E.NONE),
    Step(S.REVIEW, S.WAITING, D.REVIEW_DATA, E.RESERVE),
    Step(S.REVIEW, S.SHORT, D.REVIEW_DATA, E.NONE),
    Step(S.REVIEW, S.ENTRY, D.REVIEW_DATA, E.NONE),
    Step(S.CLAIM, S.WAITING, D.WORK_CLAIMS, E.RESERVE),
    Step(S.CLAIM, S.SHORT, D.WORK_CLAIMS, E.NONE),
    Step(S.CLAIM, S.REJECTED, D.WORK_CLAIMS, E.NONE),
    Step(S.REJECTED, S.CLAIM, D.WORK_CLAIMS, E.NONE),
    Step(S.REJECTED, S.ENTRY, D.WORK_CLAIMS, E.NONE),
    Step(S.REJECTED, S.WAITING, D.WORK_CLAIMS, E.RESERVE),
    Step(S.REJECTED, S.SHORT, D.WORK_CLAIMS, E.NONE),
    # A rejected claim that is put off to a day stays rejected and says until when.
    Step(S.REJECTED, S.REJECTED, D.WORK_CLAIMS, E.NONE),
    Step(S.SHORT, S.WAITING, D.FILL, E.RESERVE),
    Step(S.WAITING, S.SHORT, D.FILL, E.VOID, D.WORK_RECALLS),
    Step(S.WAITING, S.FILLING, D.FILL, E.NONE),
    Step(S.FILLING, S.WAITING, D.FILL, E.NONE),
    Step(S.FILLING, S.SHORT, D.FILL, E.VOID, D.WORK_RECALLS),
    # Another product of the same drug: screened and billed anew, its stock given back.
    Step(S.FILLING, S.SCREENING, D.FILL, E.VOID),
    # Nothing is reserved for what is short: what it asked for in vain is no longer wanted.
    Step(S.SHORT, S.SCREENING, D.FILL, E.VOID),
    Step(S.FILLING, S.CHECK, D.FILL, E.NONE),
    Step(S.CHECK, S.FILLING, D.VERIFY, E.NONE),
    Step(S.CHECK, S.ENTRY, D.VERIFY, E.VOID),
    Step(S.CHECK, S.READY, D.VERIFY, E.POST),
    # Its lot is recalled: the claim stands, and it is filled again from another lot.
    Step(S.CHECK, S.SHORT, D.WORK_RECALLS, E.VOID),
    Step(S.READY, S.SHORT, D.WORK_RECALLS, E.RETURN),
    Step(S.READY, S.SOLD, D.SELL, E.SELL),
    Step(S.READY, S.RETURNED, D.RETURN_TO_STOCK, E.RETURN),
    Step(S.ENTRY, S.CANCELLED, D.CANCEL_FILL, E.NONE),
    Step(S.SCREENING, S.CANCELLED, D.CANCEL_FILL, E.NONE),
    Step(S.REVIEW, S.CANCELLED, D.CANCEL_FILL, E.NONE),
    Step(S.CLAIM, S.CANCELLED, D.CANCEL_FILL, E.NONE),
    Step(S.REJECTED, S.CANCELLED, D.CANCEL_FILL, E.NONE),
    Step(S.SHORT, S.CANCELLED, D.CANCEL_FILL, E.VOID),
    Step(S.WAITING, S.CANCELLED, D.CANCEL_FILL, E.VOID),
    Step(S.FILLING, S.CANCELLED, D.CANCEL_FILL, E.VOID),
    Step(S.CHECK, S.CANCELLED, D.CANCEL_FILL, E.VOID),
    Step(S.READY, S.CANCELLED, D.CANCEL_FILL, E.RETURN),
)

TABLE: dict[tuple[FillState, FillState], Step] = {(s.start, s.end): s for s in STEPS}


def step(start: FillState, end: FillState) -> Step | None:
    """The row of the table for this move, or none: then it is not a legal one."""
    return TABLE.get((start, end))
