"""Sending signed orders to their suppliers: the same bytes until somebody answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.csos import order_age_problems
from apothecary.law.problem import refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.vault.csos.answering import take_answer, take_rejection
from apothecary.vault.csos.lines import Desk
from apothecary.vault.csos.models import CsosOrder
from apothecary.vault.csos.signing import archive_problems
from apothecary.vault.csos.states import CsosState, move_problems
from apothecary.vault.csos.writing import lock_order
from apothecary.wires.errors import Rejected
from apothecary.wires.lanes import Lanes
from apothecary.wires.models import Outgoing
from apothecary.wires.outbox import Holder, Share, Taken, note_unanswered, take_turn
from apothecary.wires.web import NoAnswer, NotConnected

PARTY, FORMAT, ABOUT = "ordering desk", "csos-xml", "electronic order"
LEASE = timedelta(seconds=120)
A_ROUND, A_LANE = 8, 2


@transaction.atomic
def send_order(*, by: Worker, order_id: int) -> CsosOrder:
    """Put a signed order into the outbox, byte for byte as it was signed."""
    by.must(Duty.PREPARE_DEA_ORDER)
    order = lock_order(by=by, order_id=order_id)
    refuse_if(move_problems(CsosState(order.state), CsosState.SENT))
    problems = archive_problems(order)
    if order.signed_on is not None:
        problems += order_age_problems(order.signed_on, on=by.today)
    refuse_if(problems)
    order.outgoing = Outgoing.objects.create(
        pharmacy_id=by.pharmacy_id,
        party=PARTY,
        lane=order.supplier_dea,
        format=FORMAT,
        about=ABOUT,
        about_id=order.pk,
        key=f"csos-{order.pk}",
        raw=bytes(order.raw or b""),
        made_at=by.at,
        next_try_at=by.at,
    )
    order.state, order.sent_at, order.sent_by_id = CsosState.SENT.value, by.at, by.somebody
    order.save()
    said = {"number": order.number, "supplier": order.supplier_name}
    record(by=by, did=Deed.CSOS_SENT, about=order, details=said)
    return order


@dataclass(slots=True)
class CsosPost:
    """Takes what is due from the outbox and hands it over; a dead desk rests alone."""

    desks: Mapping[str, Desk]
    holder: Holder = field(default_factory=Holder)
    lanes: Lanes = field(default_factory=lambda: Lanes(per_lane=A_LANE))

    def send_due(self, pharmacy: Pharmacy, at: datetime) -> int:
        """Send what is due in this pharmacy; how many. Without a desk to any, it waits."""
        if not self.desks:
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
            self.send(taken, by=by)
        return len(due)

    def send(self, taken: Taken, *, by: Worker) -> None:
        """Hand one order over, and act on what they say of it."""
        turn = self.lanes.leaves(taken.lane, by.at)
        try:
            if taken.lane not in self.desks:
                raise NotConnected(f"no line to the desk of {taken.lane}: none is set up")
            answer = self.desks[taken.lane].hand_over(taken.raw)
        except (NotConnected, NoAnswer) as failure:
            self.lanes.failed(taken.lane, turn=turn, at=by.at)
            note_unanswered(taken, str(failure), pharmacy_id=by.pharmacy_id, at=by.at)
        except Rejected as no:
            self.lanes.answered(taken.lane)
            take_rejection(by=by, outgoing_id=taken.outgoing_id, says=str(no))
        else:
            self.lanes.answered(taken.lane)
            take_answer(by=by, outgoing_id=taken.outgoing_id, raw=answer)
