"""What was wrong about a package after all: damaged, suspect, or never received."""

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.purchasing.matching.models import Difference
from apothecary.purchasing.ordering.held import lock_order
from apothecary.purchasing.receiving.delivery import lock_receipt
from apothecary.purchasing.receiving.door import claim_for, posting_key
from apothecary.purchasing.receiving.models import Receipt, ReceivedPackage
from apothecary.purchasing.receiving.progress import note_progress
from apothecary.purchasing.states import ClaimState, Condition
from apothecary.purchasing.tracing.cases.opening import case_of_received, hold_at_the_door
from apothecary.purchasing.wholesalers.actions import because_problems
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.actions import the_place
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import Line, post
from apothecary.stock.models import Move
from apothecary.vault.arriving import undo_arrival

# What hands can see of a package that was received as good.
SEEN = frozenset({Condition.DAMAGED, Condition.SUSPECT})


def lock_received(*, by: Worker, received_id: int) -> tuple[ReceivedPackage, Receipt]:
    """A package that is not put away, held after its delivery and its order (4 queries)."""
    by.must(Duty.MANAGE_STOCK)
    found = (
        ReceivedPackage.objects.filter(pharmacy_id=by.pharmacy_id, pk=received_id)
        .values_list("receipt_id", "line__order_id")
        .first()
    )
    if found is None:
        raise refuse("No such package here.", code="no-package", field="received_id")
    receipt_id, order_id = found
    receipt = lock_receipt(by=by, receipt_id=receipt_id)
    if order_id is not None:
        lock_order(by=by, order_id=order_id)
    rows = ReceivedPackage.objects.select_for_update(of=("self",))
    row = rows.select_related("lot", "line").get(pk=received_id)
    if row.undone_at is not None:
        raise refuse("Its receipt was taken back already.", code="undone")
    if row.put_away_at is not None:
        raise refuse("It is put away: carry or count it where it stands.", code="put-away")
    return row, receipt


@transaction.atomic
def set_aside(
    *, by: Worker, received_id: int, condition: Condition, because: str
) -> ReceivedPackage:
    """Quarantine a package that was received as good, and claim it from the wholesaler."""
    row, receipt = lock_received(by=by, received_id=received_id)
    if condition not in SEEN:
        says = f"A received package is damaged or suspect, not {condition.value}."
        raise refuse(says, code="wrong-condition", field="condition")
    if not row.is_good:
        raise refuse(f"It stands in quarantine: {row.condition}.", code="aside")
    refuse_if(because_problems(because, f"it is {condition.value}"))
    place = the_place(by.pharmacy_id, PlaceKind.QUARANTINE)
    reason = f"at the door: {condition.value}, {because}"
    line = Line(row.place_id, place.pk, row.lot_id, row.quantity, reason)
    post(by=by, key=f"{posting_key(row)}-aside", lines=[line])
    row.condition, row.because, row.place = condition.value, because, place
    row.save(update_fields=["condition", "because", "place"])
    claim_for(row, receipt, row.line.price_usd if row.line else None, by=by)
    hold_at_the_door(row, [], by=by)
    order_id = row.line.order_id if row.line else None
    note_progress(by=by, order_id=order_id, away=True)
    details = {"condition": condition.value, "because": because}
    record(by=by, did=Deed.PACKAGE_SET_ASIDE, about=row, details=details)
    return row


@transaction.atomic
def take_back(*, by: Worker, received_id: int, because: str) -> ReceivedPackage:
    """Correct a receipt by moves the other way that name the first; the scan may come again."""
    row, _ = lock_received(by=by, received_id=received_id)
    if (case_id := case_of_received(row)) is not None:
        says = f"It is held as suspect product: decide case {case_id} first."
        raise refuse(says, code="held-suspect", field="received_id")
    refuse_if(because_problems(because, "its receipt is taken back"))
    moves = Move.objects.filter(
        pharmacy_id=by.pharmacy_id,
        posting__key__in=[posting_key(row), f"{posting_key(row)}-aside"],
    ).order_by("-pk")
    lines = [
        Line(
            move.to_place_id,
            move.from_place_id,
            move.lot_id,
            move.quantity,
            f"reversed: {because}",
            reverses=move.pk,
        )
        for move in moves
    ]
    post(by=by, key=f"{posting_key(row)}-back", lines=lines)
    undo_arrival(by=by, key=posting_key(row), because=because)
    row.undone_at = by.at
    row.save(update_fields=["undone_at"])
    Difference.objects.filter(
        pharmacy_id=by.pharmacy_id, received=row, state=ClaimState.OPEN.value
    ).update(
        state=ClaimState.ACCEPTED.value,
        because=f"its receipt was taken back: {because}",
        closed_at=by.at,
        closed_by=by.person_id,
    )
    note_progress(by=by, order_id=row.line.order_id if row.line else None, away=True)
    record(by=by, did=Deed.PACKAGE_TAKEN_BACK, about=row, details={"because": because})
    return row
