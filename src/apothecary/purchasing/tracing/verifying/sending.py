"""Putting what is due to the responders, and taking their answers; for the worker's loop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.purchasing.papers.lines import NoAnswer, NotConnected
from apothecary.purchasing.tracing.cases.opening import hold_not_verified
from apothecary.purchasing.tracing.states import Verdict
from apothecary.purchasing.tracing.verifying.asking import PARTY
from apothecary.purchasing.tracing.verifying.models import Verification
from apothecary.purchasing.tracing.verifying.rules import read_answer
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.wires.lanes import Lanes
from apothecary.wires.models import Outgoing, OutgoingState
from apothecary.wires.outbox import Holder, Share, Taken, note_unanswered, take_turn

LEASE = timedelta(seconds=120)
A_ROUND, A_LANE = 20, 10


class Responds(Protocol):
    """Somebody who answers whether a package was made."""

    def ask(self, question: bytes) -> tuple[int, bytes]:
        """Status and body. Raises NotConnected, NoAnswer."""


@dataclass(slots=True)
class VerifyPost:
    """Takes questions from the outbox and puts them; a responder that is dead rests alone."""

    responders: Mapping[str, Responds]
    holder: Holder = field(default_factory=Holder)
    lanes: Lanes = field(default_factory=lambda: Lanes(per_lane=A_LANE))

    def send_due(self, pharmacy: Pharmacy, at: datetime) -> int:
        """Ask what is due in this pharmacy, one after the other; how many."""
        if not self.responders:
            return 0
        by = system_worker(pharmacy, now=at)
        due = take_turn(
            pharmacy_id=pharmacy.pk,
            party=PARTY,
            holder=self.holder,
            at=at,
            lease=LEASE,
            share=Share(limit=A_ROUND, per_lane=A_LANE, room=self.lanes.room(at)),
        )
        for taken in due:
            self.put(taken, by=by)
        return len(due)

    def put(self, taken: Taken, *, by: Worker) -> None:
        """Ask one question, and write down what came of it."""
        turn = self.lanes.leaves(taken.lane, by.at)
        try:
            if taken.lane not in self.responders:
                raise NotConnected(f"no responder of {taken.lane} is set up")
            status, body = self.responders[taken.lane].ask(taken.raw)
        except (NotConnected, NoAnswer) as failure:
            self.lanes.failed(taken.lane, turn=turn, at=by.at)
            # A question moves nothing, so asked twice does no harm.
            note_unanswered(taken, str(failure), pharmacy_id=by.pharmacy_id, at=by.at)
        else:
            self.lanes.answered(taken.lane)
            take_answer(by=by, outgoing_id=taken.outgoing_id, status=status, body=body)


@transaction.atomic
def take_answer(*, by: Worker, outgoing_id: int, status: int, body: bytes) -> Verification:
    """Keep an answer raw, and what it says beside it; the second answer changes nothing.

    A package of ours that was not verified is held as suspect the same moment.
    """
    rows = Verification.objects.select_for_update(of=("self",))
    row = rows.get(pharmacy_id=by.pharmacy_id, outgoing_id=outgoing_id)
    if row.verdict != Verdict.ASKED:
        return row
    verdict, says = read_answer(status, body)
    Outgoing.objects.filter(pk=outgoing_id).update(
        state=OutgoingState.ANSWERED,
        answered_at=by.at,
        answer=body,
        problem="",
        held_by=None,
    )
    row.verdict, row.says, row.answered_at = verdict.value, says, by.at
    row.save(update_fields=["verdict", "says", "answered_at"])
    details = {"serial": row.serial, "verdict": verdict.value, "says": says}
    record(by=by, did=Deed.VERIFICATION_ANSWERED, about=row, details=details)
    if verdict is Verdict.NOT_VERIFIED:
        hold_not_verified(row, by=by)
    return row
