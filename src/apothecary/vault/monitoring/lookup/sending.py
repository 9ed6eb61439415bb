"""Sending questions to the programmes, and where their lines are.

``APOTHECARY_PMP`` names them by state, as ``APOTHECARY_MONITORING`` does the reports' lines;
tokens and the authority are the same.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.vault.monitoring.lines import Line, NotConnected, lines_to
from apothecary.vault.monitoring.lookup.asking import PARTY, take_history, take_no
from apothecary.wires.errors import Rejected, Unreachable
from apothecary.wires.models import Outgoing, OutgoingState
from apothecary.wires.outbox import Holder, Share, Taken, free_abandoned, take_due

LEASE = timedelta(seconds=60)
A_ROUND = 8
# Somebody waits for it at the counter: asked again soon, and not for ever.
REST, MOST_TRIES = timedelta(seconds=5), 12


@dataclass(slots=True)
class HistoryPost:
    """Takes questions that are due from the outbox and asks them."""

    lines: Mapping[str, Line]
    holder: Holder = field(default_factory=Holder)

    def send_due(self, pharmacy: Pharmacy, at: datetime) -> int:
        """Ask what is due in this pharmacy; how many questions."""
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
        """Ask one question, and keep what they say."""
        try:
            if taken.lane not in self.lines:
                raise NotConnected(f"no line to {taken.lane}: none is set up")
            answer = self.lines[taken.lane].tell(taken.raw, name=f"look-up-{taken.outgoing_id}")
        except Unreachable as failure:
            note_unanswered(taken, str(failure), by=by)
        except Rejected as no:
            take_no(by=by, outgoing_id=taken.outgoing_id, says=str(no))
        else:
            take_history(by=by, outgoing_id=taken.outgoing_id, raw=answer)


def note_unanswered(taken: Taken, says: str, *, by: Worker) -> None:
    """No answer: asked again in a moment, and given up after some."""
    if taken.tries >= MOST_TRIES:
        take_no(by=by, outgoing_id=taken.outgoing_id, says=f"no answer: {says}")
        return
    rows = Outgoing.objects.filter(pharmacy_id=by.pharmacy_id, pk=taken.outgoing_id)
    rows.exclude(state=OutgoingState.ANSWERED).update(
        next_try_at=by.at + REST, held_by=None, problem=says
    )


def has_line(house: Pharmacy) -> bool:
    """Whether the programme of the pharmacy's state can be asked from here."""
    return house.state in history_lines()


def history_lines() -> Mapping[str, Line]:
    """The lines that the environment names."""
    return lines_to(
        os.environ.get("APOTHECARY_PMP", ""),
        tokens=os.environ.get("APOTHECARY_MONITORING_TOKENS", ""),
        ca_file=os.environ.get("APOTHECARY_MONITORING_CA", ""),
    )
