"""How an electronic order ends without being filled: void, or lost and another sent."""

from dataclasses import dataclass

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.csos.models import CsosLine, CsosOrder, CsosReceipt
from apothecary.vault.csos.receiving import settle
from apothecary.vault.csos.states import CsosState, move_problems
from apothecary.vault.csos.writing import lock_order
from apothecary.vault.orders.rules import text_problems

CITE_LOST, CITE_VOID = "21 CFR 1305.26", "21 CFR 1305.28"


@dataclass(frozen=True, slots=True)
class Lost:
    """What is stated of a lost order, and the number of the one in its place, if any."""

    not_received: bool
    because: str
    new_order_id: int | None = None


@transaction.atomic
def void_order(*, by: Worker, order_id: int, because: str) -> CsosOrder:
    """Make an order void: one that is not sent, or one of which the supplier says so."""
    by.must(Duty.SIGN_DEA_ORDER)
    order = lock_order(by=by, order_id=order_id)
    problems = move_problems(CsosState(order.state), CsosState.VOID)
    problems += text_problems("because", because, what="why it is void")
    refuse_if(problems + nothing_came_problems(order, CITE_VOID))
    return end(order, CsosState.VOID, because, did=Deed.CSOS_VOID, by=by)


@transaction.atomic
def void_line(*, by: Worker, line_id: int, because: str) -> CsosLine:
    """Write down that the supplier voids an item, or what is open of it."""
    by.must(Duty.SIGN_DEA_ORDER)
    found = CsosLine.objects.filter(pharmacy_id=by.pharmacy_id, pk=line_id).first()
    if found is None:
        raise refuse("No such item here.", field="line", code="no-line")
    order = lock_order(by=by, order_id=found.order_id)
    line = CsosLine.objects.get(pk=line_id)
    problems = text_problems("because", because, what="what the supplier says")
    if order.state != CsosState.ACCEPTED:
        says = f"The order is {order.state}: its items are as they are."
        problems.append(Problem(says, CITE_VOID, "csos-state", "V2", "state"))
    if line.void_on is not None:
        says = f"Item {line.number} is void since {line.void_on}."
        problems.append(Problem(says, CITE_VOID, "csos-line-void", "V2", "line"))
    refuse_if(problems)
    line.void_on, line.void_because = by.today, because.strip()
    line.save(update_fields=["void_on", "void_because"])
    said = {"line": line.number, "because": line.void_because}
    record(by=by, did=Deed.CSOS_VOID, about=order, details=said)
    settle(order)
    return line


@transaction.atomic
def state_lost(*, by: Worker, order_id: int, lost: Lost) -> CsosOrder:
    """State that the goods of an order were not received because it was lost, and link the
    order that goes out in its place.
    """
    by.must(Duty.SIGN_DEA_ORDER)
    order = lock_order(by=by, order_id=order_id)
    problems = move_problems(CsosState(order.state), CsosState.LOST)
    problems += text_problems("because", lost.because, what="how it was lost")
    if not lost.not_received:
        says = "The statement says that the goods were not received."
        problems.append(Problem(says, CITE_LOST, "csos-lost", "V2", "not_received"))
    problems += nothing_came_problems(order, CITE_LOST)
    new = replacement(order, lost.new_order_id, by=by)
    refuse_if(problems)
    order.replaced_by = new
    return end(order, CsosState.LOST, lost.because, did=Deed.CSOS_LOST, by=by)


def replacement(order: CsosOrder, new_order_id: int | None, *, by: Worker) -> CsosOrder | None:
    """The order in the place of a lost one: another, living, and in no other's place."""
    if new_order_id is None:
        return None
    new = lock_order(by=by, order_id=new_order_id)
    taken = CsosOrder.objects.filter(pharmacy_id=by.pharmacy_id, replaced_by=new).exists()
    ended = {CsosState.VOID, CsosState.LOST, CsosState.REFUSED}
    if new.pk == order.pk or taken or new.state in ended:
        says = f"Order {new.number} cannot stand in the place of {order.number}."
        raise refuse(says, cite=CITE_LOST, code="csos-replacement", field="new_order")
    return new


def nothing_came_problems(order: CsosOrder, cite: str) -> list[Problem]:
    """Why an order of which something came does not end as a whole (1 query)."""
    came = CsosReceipt.objects.filter(line__order=order, undone_at=None)
    if not came.exists():
        return []
    says = "Packages came on this order: void what is open, item by item."
    return [Problem(says, cite, "csos-came", "V2", "order")]


def end(order: CsosOrder, to: CsosState, because: str, *, did: Deed, by: Worker) -> CsosOrder:
    """Write down how an order ended."""
    order.state = to.value
    order.ended_on, order.ended_at, order.ended_by_id = by.today, by.at, by.somebody
    order.ended_because = because.strip()
    order.save()
    said = {"number": order.number, "signed_on": order.signed_on,
            "because": order.ended_because,
            "instead": order.replaced_by.number if order.replaced_by else ""}  # fmt: skip
    record(by=by, did=did, about=order, details=said)
    return order
