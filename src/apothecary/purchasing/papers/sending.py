"""Sending what is due to wholesalers, and fetching what waits; for a thread of its own."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction

from apothecary.purchasing.ordering.going import ABOUT as ORDER
from apothecary.purchasing.ordering.going import PARTY
from apothecary.purchasing.ordering.models import Order
from apothecary.purchasing.papers.lines import Line, NoAnswer, NotConnected
from apothecary.purchasing.papers.models import Interchange
from apothecary.purchasing.papers.taking import act_on, take_in
from apothecary.purchasing.tracing.taking import is_tracing, take_document
from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.wires.errors import Rejected, Unreachable
from apothecary.wires.lanes import Lanes, wait_after
from apothecary.wires.models import Outgoing, OutgoingState
from apothecary.wires.outbox import Holder, Share, Taken, free_abandoned, take_due

log = logging.getLogger("apothecary.purchasing")
LEASE = timedelta(seconds=120)
A_ROUND, A_LANE = 8, 2


class Taker(Protocol):
    """Somebody above who takes what is neither X12 nor tracing out of a mailbox: recalls,
    credits. Answers whether it was theirs and is kept; else it stays there.
    """

    def __call__(self, *, by: Worker, partner: str, raw: bytes, name: str) -> bool: ...


@dataclass(slots=True)
class SupplyPost:
    """Takes what is due from the outbox and sends it, and empties the mailboxes.

    A wholesaler that does not answer rests a while; the others go on.
    """

    lines: Mapping[str, Line]
    takers: tuple[Taker, ...] = ()
    holder: Holder = field(default_factory=Holder)
    lanes: Lanes = field(default_factory=lambda: Lanes(per_lane=A_LANE))

    def send_due(self, pharmacy: Pharmacy, at: datetime) -> int:
        """Send what is due in this pharmacy, one after the other; how many."""
        if not self.lines:
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
            share=Share(limit=A_ROUND, per_lane=A_LANE, room=self.lanes.room(at)),
        )
        for taken in due:
            self.send(taken, by=by)
        return len(due)

    def send(self, taken: Taken, *, by: Worker) -> None:
        """Send one message, and write down what came of it."""
        turn = self.lanes.leaves(taken.lane, by.at)
        try:
            answer = self.line_of(taken.lane).send(taken.raw, name=name_of(taken))
        except (NotConnected, NoAnswer) as failure:
            self.lanes.failed(taken.lane, turn=turn, at=by.at)
            # What may have arrived goes out again as it is: its control number makes it one.
            doubt = isinstance(failure, NoAnswer)
            note_no_line(taken, str(failure), by=by, may_have_arrived=doubt)
        except Rejected as no:
            self.lanes.answered(taken.lane)
            note_refused(taken, str(no), by=by)
        else:
            self.lanes.answered(taken.lane)
            note_sent(taken, answer, by=by)

    def line_of(self, lane: str) -> Line:
        """The line of a wholesaler."""
        if lane not in self.lines:
            raise NotConnected(f"no line to {lane}: none is set up")
        return self.lines[lane]

    def fetch_due(self, pharmacy: Pharmacy, at: datetime) -> int:
        """Take in what lies in the mailboxes of this pharmacy's wholesalers; how many."""
        by = system_worker(pharmacy, now=at)
        done = act_on_left(by=by)
        rows = Wholesaler.objects.filter(
            pharmacy_id=pharmacy.pk, active=True, code__in=list(self.lines)
        )
        for wholesaler in rows:
            try:
                line = self.lines[wholesaler.code]
                done += fetch_from(line, wholesaler, by=by, takers=self.takers)
            except Unreachable as failure:
                log.info("mailbox of %s: %s", wholesaler.code, failure)
        return done


def name_of(taken: Taken) -> str:
    """A name for a file that is the same for the same message, so that it lies there once."""
    return f"{taken.about}-{taken.outgoing_id:09}.x12"


def fetch_from(
    line: Line, wholesaler: Wholesaler, *, by: Worker, takers: Sequence[Taker] = ()
) -> int:
    """Papers of X12, tracing documents and what a taker knows, in one mailbox: kept here before
    they are gone there; how many. What nobody takes is left there.
    """
    taken = 0
    for one in line.waiting():
        raw = line.fetch(one)
        if one.is_x12:
            take_in(by=by, wholesaler=wholesaler, raw=raw, name=one.name)
        elif is_tracing(raw):
            take_document(by=by, partner=wholesaler.code, raw=raw, name=one.name)
        elif not offered(takers, by=by, partner=wholesaler.code, raw=raw, name=one.name):
            continue
        line.done(one)
        taken += 1
    return taken


def offered(
    takers: Sequence[Taker], *, by: Worker, partner: str, raw: bytes, name: str
) -> bool:
    """Whether one of the takers, asked in turn, has kept it."""
    return any(take(by=by, partner=partner, raw=raw, name=name) for take in takers)


def act_on_left(*, by: Worker) -> int:
    """Act on what was kept and not acted on, because the process died between; how many."""
    rows = Interchange.objects.filter(pharmacy_id=by.pharmacy_id, acted_at=None)
    left = list(rows.order_by("pk").values_list("pk", flat=True)[:50])
    for interchange_id in left:
        act_on(by=by, interchange_id=interchange_id)
    return len(left)


def note_no_line(taken: Taken, says: str, *, by: Worker, may_have_arrived: bool) -> None:
    """It waits in the outbox for the line, as long as it takes."""
    state = OutgoingState.SENT.value if may_have_arrived else taken.before
    Outgoing.objects.filter(pk=taken.outgoing_id, pharmacy_id=by.pharmacy_id).exclude(
        state=OutgoingState.ANSWERED
    ).update(
        state=state,
        next_try_at=by.at + wait_after(taken.tries),
        problem=says,
        held_by=None,
    )


def note_refused(taken: Taken, says: str, *, by: Worker) -> None:
    """The wholesaler will not take these bytes: a person sees it with the order."""
    Outgoing.objects.filter(pk=taken.outgoing_id, pharmacy_id=by.pharmacy_id).update(
        state=OutgoingState.FAILED, problem=says, held_by=None
    )


@transaction.atomic
def note_sent(taken: Taken, answer: bytes, *, by: Worker) -> None:
    """The wholesaler has it. From here on its receipt (997) is waited for."""
    rows = Outgoing.objects.filter(pk=taken.outgoing_id, pharmacy_id=by.pharmacy_id)
    rows.update(
        state=OutgoingState.ANSWERED,
        answered_at=by.at,
        answer=answer[:4_000],
        problem="",
        held_by=None,
    )
    if taken.about != ORDER:
        return
    order = (
        Order.objects.select_related("wholesaler")
        .filter(pharmacy_id=by.pharmacy_id, outgoing_id=taken.outgoing_id)
        .first()
    )
    if order is not None and order.receipt_due_at is None:
        window = timedelta(minutes=order.wholesaler.receipt_minutes)
        Order.objects.filter(pk=order.pk).update(receipt_due_at=by.at + window)
