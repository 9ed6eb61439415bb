"""A discrepancy nobody can explain becomes a loss, with the facts of its case."""

from django.db import connection, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.book.cases import hand_on, loss_taken, suspected_losses
from apothecary.vault.book.models import DiscrepancyCase
from apothecary.vault.losses.models import Loss, LossLine
from apothecary.vault.losses.reporting import NUMBERS, new_loss
from apothecary.vault.losses.rules import LONGEST_WORDS
from apothecary.vault.losses.states import Kind


@transaction.atomic
def hand_on_as_loss(*, by: Worker, case_id: int, because: str) -> Loss:
    """Hand a discrepancy on and open the loss it becomes, in one act."""
    hand_on(by=by, case_id=case_id, because=because)
    return take_over(by=by, case_id=case_id)


@transaction.atomic
def take_over(*, by: Worker, case_id: int) -> Loss:
    """Open the loss of a discrepancy that was handed on, and tell the case its name.

    The clocks start when the discrepancy was found, not when it was handed on: nobody gains a
    day by looking for it. The books were corrected with the case.
    """
    by.must(Duty.SIGN_LOSS)
    waiting = {each.case_id: each for each in suspected_losses(pharmacy_id=by.pharmacy_id)}
    found = waiting.get(case_id)
    if found is None:
        raise refuse("No such discrepancy waits to be taken over.", code="no-case")
    case = DiscrepancyCase.objects.select_related("lot__package").get(pk=case_id)
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, [by.pharmacy_id])
    what = f"Discrepancy {case.pk} ({case.source}): {case.explanation}. {found.because}"
    loss = new_loss(by=by, kind=Kind.LOSS, what=what[:LONGEST_WORDS], at=found.found_at)
    loss.discovered_by_id = found.found_by_id
    loss.case, loss.in_books_at = case, found.handed_on_at
    loss.save(update_fields=["discovered_by_id", "case", "in_books_at"])
    LossLine.objects.create(
        pharmacy_id=by.pharmacy_id,
        loss=loss,
        package=case.lot.package,
        lot=case.lot,
        place=case.place,
        quantity=found.quantity,
        moved_before=True,
    )
    loss_taken(by=by, case_id=case_id, reference=str(loss))
    said = {"case": case.pk, "quantity": found.quantity, "discovered": found.found_at}
    record(by=by, did=Deed.LOSS_REPORTED, about=loss, details=said)
    return loss
