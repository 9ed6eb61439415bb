"""Sending files to the programmes: the same bytes under the same number until one answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.vault.monitoring.answering import take_answer, take_refusal
from apothecary.vault.monitoring.filing import PARTY
from apothecary.vault.monitoring.lines import Line, NotConnected
from apothecary.vault.monitoring.models import MonitoringFile
from apothecary.wires.errors import Rejected, Unreachable
from apothecary.wires.models import Outgoing, OutgoingState
from apothecary.wires.outbox import Holder, Share, Taken, free_abandoned, take_due

LEASE = timedelta(seconds=120)
A_ROUND = 8
FIRST_REST, LONGEST_REST = timedelta(seconds=15), timedelta(minutes=15)
MOST_DOUBLINGS = 6


def rest_after(tries: int) -> timedelta:
    """How long a file waits before it is told again."""
    return min(FIRST_REST * (1 << min(max(tries - 1, 0), MOST_DOUBLINGS)), LONGEST_REST)


@dataclass(slots=True)
class MonitoringPost:
    """Takes what is due from the outbox and tells it to the programme."""

    lines: Mapping[str, Line]
    holder: Holder = field(default_factory=Holder)

    def send_due(self, pharmacy: Pharmacy, at: datetime) -> int:
        """Send what is due in this pharmacy, one after the other; how many.

        Without a line to its programme nothing is tried: the files wait and are shown so.
        """
        if pharmacy.state not in self.lines:
            return 0
        by = system_worker(pharmacy, now=at)
        self.holder.hold()
        free_abandoned(pharmacy_id=pharmacy.pk, party=PARTY, holder=self.holder, at=at)
        due = take_due(
            pharmacy_id=pharmacy.pk,
            party=PARTY,
            holder=self.holder,
            at=at,
            until=at + LEASE,
            share=Share(limit=A_ROUND, per_lane=A_ROUND),
        )
        for taken in due:
            self.send(taken, by=by)
        return len(due)

    def send(self, taken: Taken, *, by: Worker) -> None:
        """Tell one file, and act on what they say of it."""
        try:
            if taken.lane not in self.lines:
                raise NotConnected(f"no line to {taken.lane}: none is set up")
            told = Outgoing.objects.values_list("about_id", flat=True)
            file_id = told.get(pharmacy_id=by.pharmacy_id, pk=taken.outgoing_id)
            name = MonitoringFile.objects.values_list("control", flat=True).get(pk=file_id)
            answer = self.lines[taken.lane].tell(taken.raw, name=name)
        except Unreachable as failure:
            note_unanswered(taken, str(failure), by=by)
        except Rejected as no:
            take_refusal(by=by, outgoing_id=taken.outgoing_id, says=str(no))
        else:
            take_answer(by=by, outgoing_id=taken.outgoing_id, raw=answer)


def note_unanswered(taken: Taken, says: str, *, by: Worker) -> None:
    """No answer: the file is told again after a while, as it is."""
    rows = Outgoing.objects.filter(pharmacy_id=by.pharmacy_id, pk=taken.outgoing_id)
    rows.exclude(state=OutgoingState.ANSWERED).update(
        next_try_at=by.at + rest_after(taken.tries), held_by=None, problem=says
    )
