"""What a supplier says of an order: accepted, in part, or not; kept as it came.

The answer is a JSON object of the simulator's and this house's own (no supplier's is public):
``order`` is its number, ``state`` "accepted" or "refused", ``code``, ``says``, ``number`` the
supplier's own, and ``void``, ``{"line", "because"}`` of each item of which nothing comes.
"""

import json
from dataclasses import dataclass, field

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.csos.models import CsosLine, CsosOrder
from apothecary.vault.csos.states import CsosState
from apothecary.vault.csos.writing import lock_order
from apothecary.vault.orders.rules import text_problems
from apothecary.wires.models import Outgoing, OutgoingState

MOST_SAID = 500
STATES = {"accepted": CsosState.ACCEPTED, "refused": CsosState.REFUSED}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of an order; ``state`` None where nobody can say from the answer."""

    state: CsosState | None
    code: str = ""
    says: str = ""
    number: str = ""
    void: dict[int, str] = field(default_factory=dict)


def verdict_of(raw: bytes, *, number: str) -> Verdict:
    """What an answer says of the order of that number. Never raises."""
    try:
        told = json.loads(raw)
        state, about = STATES[told["state"]], str(told["order"])
        void = {int(row["line"]): str(row["because"]) for row in told.get("void", [])}
        code, says, own = (str(told.get(name, ""))[:MOST_SAID]
                           for name in ("code", "says", "number"))  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as bad:
        return Verdict(None, says=f"the answer cannot be read: {bad!r}"[:MOST_SAID])
    if about != number:
        return Verdict(None, says=f"the answer is about {about[:20]}, not {number}")
    return Verdict(state, code, says, own, void)


@transaction.atomic
def take_answer(*, by: Worker, outgoing_id: int, raw: bytes) -> None:
    """Keep an answer and act on it, once."""
    outgoing, order = lock_both(by=by, outgoing_id=outgoing_id)
    if outgoing.state == OutgoingState.ANSWERED:
        return
    settle_outgoing(outgoing, by=by, answer=raw)
    order.answer = raw
    act_on(order, verdict_of(raw, number=order.number), by=by)


@transaction.atomic
def take_rejection(*, by: Worker, outgoing_id: int, says: str) -> None:
    """The desk took the bytes and will have none of them: the order is not accepted."""
    outgoing, order = lock_both(by=by, outgoing_id=outgoing_id)
    if outgoing.state == OutgoingState.ANSWERED:
        return
    settle_outgoing(outgoing, by=by, answer=None)
    act_on(order, Verdict(CsosState.REFUSED, "unreadable", says), by=by)


@transaction.atomic
def say_answer(*, by: Worker, order_id: int, accepted: bool, because: str) -> CsosOrder:
    """Say what the supplier said by phone or on paper, where no answer can be read."""
    by.must(Duty.SIGN_DEA_ORDER)
    order = lock_order(by=by, order_id=order_id)
    problems = text_problems("because", because, what="how that is known")
    if order.state != CsosState.SENT:
        says = f"The order is {order.state}: nobody waits for an answer."
        raise refuse(says, code="csos-state", field="state")
    refuse_if(problems)
    # What waits to go out is answered with this: nobody sends it again.
    Outgoing.objects.filter(pharmacy_id=by.pharmacy_id, pk=order.outgoing_id or 0).update(
        state=OutgoingState.ANSWERED, answered_at=by.at, held_by=None
    )
    state = CsosState.ACCEPTED if accepted else CsosState.REFUSED
    act_on(order, Verdict(state, "told", because.strip()), by=by)
    return order


def lock_both(*, by: Worker, outgoing_id: int) -> tuple[Outgoing, CsosOrder]:
    """The order first, as everybody does, then its message (3 queries)."""
    rows = Outgoing.objects.filter(pharmacy_id=by.pharmacy_id, pk=outgoing_id)
    order = lock_order(by=by, order_id=rows.values_list("about_id", flat=True).get())
    return rows.select_for_update(of=("self",)).get(), order


def settle_outgoing(outgoing: Outgoing, *, by: Worker, answer: bytes | None) -> None:
    """The message needs no further try."""
    outgoing.state, outgoing.answered_at = OutgoingState.ANSWERED, by.at
    outgoing.answer, outgoing.problem, outgoing.held_by = answer, "", None
    outgoing.save()


def act_on(order: CsosOrder, verdict: Verdict, *, by: Worker) -> None:
    """Write down what was said; what was not understood waits for a person."""
    order.answered_at, order.answer_code = by.at, verdict.code
    order.answer_says, order.supplier_number = verdict.says, verdict.number
    if verdict.state is not None and order.state == CsosState.SENT:
        order.state = verdict.state.value
        for number, because in verdict.void.items():
            rows = CsosLine.objects.filter(order=order, number=number, void_on=None)
            rows.update(void_on=by.today, void_because=because[:MOST_SAID] or "voided")
    order.save()
    said = {"number": order.number, "state": order.state, "code": verdict.code,
            "says": verdict.says, "void": sorted(verdict.void)}  # fmt: skip
    record(by=by, did=Deed.CSOS_ANSWERED, about=order, details=said)
