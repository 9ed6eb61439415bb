"""Taking a fill from the queue, putting it back, and what to do when there is too little."""

from decimal import Decimal

from django.db import transaction

from apothecary.filling.actions.hold import must_fill, taken
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.parting import give_part
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance, lock_fill, must_be_in
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker


@transaction.atomic
def start_filling(*, by: Worker, fill_id: int) -> Fill:
    """Take a fill from the queue, or one that the pharmacist sent back and nobody has."""
    by.must(Duty.FILL)
    fill = lock_fill(by=by, fill_id=fill_id)
    must_fill(fill, by=by)
    if fill.state == FillState.FILLING and fill.owner_id is None:
        fill.owner_id = by.somebody
        fill.save(update_fields=["owner_id"])
        record(by=by, did=Deed.FILLING_STARTED, about=fill, details={"again": True})
        return fill
    if fill.state == FillState.FILLING and fill.owner_id != by.person_id:
        raise taken(fill)
    must_be_in(fill, FillState.WAITING)
    return advance(
        fill, FillState.FILLING, by=by, did=Deed.FILLING_STARTED, owner_id=by.somebody
    )


@transaction.atomic
def leave_filling(*, by: Worker, fill_id: int, because: str = "") -> Fill:
    """Put a fill back on the queue, one's own or that of somebody who was called away."""
    by.must(Duty.FILL)
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, FillState.FILLING)
    return advance(fill, FillState.WAITING, by=by, did=Deed.FILLING_LEFT, because=because)


@transaction.atomic
def mark_short(*, by: Worker, fill_id: int, because: str) -> Fill:
    """The shelf does not hold what the books say: the fill waits until it has come."""
    by.must(Duty.FILL)
    if not because.strip():
        raise refuse("Say what is missing.", field="because", code="no-reason")
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, FillState.WAITING, FillState.FILLING)
    return advance(fill, FillState.SHORT, by=by, did=Deed.FILL_MOVED, because=because.strip())


@transaction.atomic
def give_part_now(*, by: Worker, fill_id: int, quantity_now: Decimal, because: str) -> Fill:
    """Fill a part and owe the balance; who was filling it goes on filling the part."""
    by.must(Duty.FILL)
    fill = lock_fill(by=by, fill_id=fill_id)
    must_fill(fill, by=by)
    if fill.state == FillState.FILLING and fill.owner_id not in {None, by.person_id}:
        raise taken(fill)
    was_filling = fill.state == FillState.FILLING
    give_part(by=by, fill_id=fill_id, quantity_now=quantity_now, because=because)
    if was_filling:
        return start_filling(by=by, fill_id=fill_id)
    return lock_fill(by=by, fill_id=fill_id)
