"""Sending manifests to whoever takes drugs back, and emptying the distributors' mailboxes.

A wholesaler's mailbox is emptied with its other papers (`purchasing.papers.sending`), which
offers what is a credit to ``credits.take_credit``.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from apothecary.purchasing.papers.lines import Line, NoAnswer, NotConnected
from apothecary.purchasing.papers.sending import note_no_line
from apothecary.returns.shipments.asking import PARTY, note_refused, take_answer
from apothecary.returns.shipments.credits import take_credit
from apothecary.returns.shipments.models import ReverseDistributor
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.wires.errors import Rejected, Unreachable
from apothecary.wires.lanes import Lanes
from apothecary.wires.outbox import Holder, Share, Taken, free_abandoned, take_due

log = logging.getLogger("apothecary.returns")
LEASE = timedelta(seconds=120)
A_ROUND, A_LANE = 8, 2
DISTRIBUTOR_DESK, WHOLESALER_DESK = "manifests", "returns"


@dataclass(slots=True)
class ReturnsPost:
    """Takes what is due from the outbox and hands it over; one that is silent rests a while."""

    lines: Mapping[str, Line]
    holder: Holder = field(default_factory=Holder)
    lanes: Lanes = field(default_factory=lambda: Lanes(per_lane=A_LANE))

    def send_due(self, pharmacy: Pharmacy, at: datetime) -> int:
        """Send what is due in this pharmacy, one after the other; how many."""
        if not self.lines:
            return 0
        by = system_worker(pharmacy, now=at)
        self.holder.hold()
        free_abandoned(pharmacy_id=pharmacy.pk, party=PARTY, holder=self.holder, at=at)
        share = Share(limit=A_ROUND, per_lane=A_LANE, room=self.lanes.room(at))
        due = take_due(
            pharmacy_id=pharmacy.pk,
            party=PARTY,
            holder=self.holder,
            at=at,
            until=at + LEASE,
            share=share,
        )
        desks = desks_of(pharmacy.pk)
        for taken in due:
            self.send(taken, desks.get(taken.lane, WHOLESALER_DESK), by=by)
        return len(due)

    def send(self, taken: Taken, desk: str, *, by: Worker) -> None:
        """Hand one manifest over, and act on what they say of it."""
        turn = self.lanes.leaves(taken.lane, by.at)
        name = f"{taken.about}-{taken.outgoing_id:09}.json"
        try:
            answer = self.line_of(taken.lane).hand_over(desk, taken.raw, name=name)
        except (NotConnected, NoAnswer) as failure:
            self.lanes.failed(taken.lane, turn=turn, at=by.at)
            # What may have arrived goes out again as it is: its reference makes it one.
            doubt = isinstance(failure, NoAnswer)
            note_no_line(taken, str(failure), by=by, may_have_arrived=doubt)
        except Rejected as no:
            self.lanes.answered(taken.lane)
            note_refused(by=by, outgoing_id=taken.outgoing_id, says=str(no))
        else:
            self.lanes.answered(taken.lane)
            take_answer(by=by, outgoing_id=taken.outgoing_id, raw=answer)

    def line_of(self, lane: str) -> Line:
        """The line of a partner."""
        if lane not in self.lines:
            raise NotConnected(f"no line to {lane}: none is set up")
        return self.lines[lane]

    def fetch_due(self, pharmacy: Pharmacy, at: datetime) -> int:
        """Take in the credits that lie in the distributors' mailboxes; how many."""
        by = system_worker(pharmacy, now=at)
        done = 0
        for code in sorted(set(desks_of(pharmacy.pk)) & set(self.lines)):
            try:
                done += fetch_from(self.lines[code], code, by=by)
            except Unreachable as failure:
                log.info("mailbox of %s: %s", code, failure)
        return done


def desks_of(pharmacy_id: int) -> dict[str, str]:
    """At which desk each reverse distributor takes manifests; others are wholesalers."""
    rows = ReverseDistributor.objects.filter(pharmacy_id=pharmacy_id, active=True)
    return dict.fromkeys(rows.values_list("code", flat=True), DISTRIBUTOR_DESK)


def fetch_from(line: Line, code: str, *, by: Worker) -> int:
    """The credits of one mailbox: kept here before they are gone there; how many."""
    taken = 0
    for one in line.waiting():
        if take_credit(by=by, partner=code, raw=line.fetch(one), name=one.name):
            line.done(one)
            taken += 1
    return taken
