"""Counting what is left of a Schedule II drug: blind, then compared with the books."""

from decimal import Decimal

from django.db import transaction

from apothecary.filling.actions.hold import fill_in_hand
from apothecary.filling.back_counts import TRIES, counted_back_problems, plain
from apothecary.filling.left import left_by_the_books
from apothecary.filling.models import BackCount
from apothecary.filling.queries import filling_facts, turn_of
from apothecary.filling.rules import label_problems
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.staff.worker import Worker
from apothecary.stock.models import Reservation, ReservationState
from apothecary.vault.book.cases import Found, open_case
from apothecary.vault.book.rules import Source


@transaction.atomic
def count_back(
    *, by: Worker, fill_id: int, lot: str, counted: Decimal, try_number: int = 1
) -> BackCount:
    """Write down how much is left of a lot, and only then look what the books say.

    Counted in the billing unit, all bottles of the lot together, zero where none is left.
    ``try_number`` says which count it is, so that a click twice is one count.
    """
    fill = fill_in_hand(by=by, fill_id=fill_id)
    facts = filling_facts(fill)
    refuse_if(label_problems(facts) + counted_back_problems(counted, unit=facts.unit))
    named = [one for one in facts.left if one.number.lower() == lot.strip().lower()]
    if not named:
        says = f"What is left of lot {lot.strip()!r} is not asked for."
        raise refuse(says, field="lot", code="left-lot")
    this = next((one for one in named if not one.done), named[0])
    made = len(this.counts)
    rows = BackCount.objects.filter(fill=fill, turn=turn_of(fill), lot_id=this.lot_id)
    if 0 < try_number <= made:
        return rows.get(try_number=try_number)
    if this.done or try_number != made + 1:
        says = f"Count {try_number} of what is left is not asked for: {made} made."
        raise refuse(says, field="try_number", code="left-try")
    expected = left_by_the_books(pharmacy_id=by.pharmacy_id, lot_id=this.lot_id)
    count = BackCount.objects.create(
        pharmacy_id=by.pharmacy_id,
        fill=fill,
        turn=turn_of(fill),
        lot_id=this.lot_id,
        try_number=try_number,
        counted=counted,
        expected=expected,
        at=by.at,
        by_id=by.somebody,
        station=by.station,
    )
    did = Deed.COUNTED_BACK if count.agrees else Deed.BACK_COUNT_DIFFERS
    said = {"lot": this.number, "counted": plain(counted), "books": plain(expected)}
    record(by=by, did=did, about=fill, details=said | {"try": try_number})
    if not count.agrees and try_number >= TRIES:
        leave_to_the_vault(count, by=by)
    return count


def leave_to_the_vault(count: BackCount, *, by: Worker) -> None:
    """Counted twice and never as the books say: a discrepancy that a pharmacist closes."""
    held = Reservation.objects.filter(
        pharmacy_id=by.pharmacy_id,
        fill_id=count.fill_id,
        lot_id=count.lot_id,
        state=ReservationState.PENDING,
    )
    found = Found(
        place_id=held.order_by("-quantity").values_list("place_id", flat=True)[0],
        lot_id=count.lot_id,
        book=count.expected,
        counted=count.counted,
        source=Source.BACK_COUNT,
        fill_id=count.fill_id,
    )
    open_case(by=by, found=found)
