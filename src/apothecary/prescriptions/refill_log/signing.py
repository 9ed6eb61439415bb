"""The pharmacist verifies and signs the refills of a day that are theirs."""

from datetime import date

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.law.refill_records import Due, printout_problems
from apothecary.prescriptions.refill_log.models import DispensedRefill, RefillSignature
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

LATE = "printout-late"


@transaction.atomic
def sign_refills(*, by: Worker, day: date, verified: bool) -> RefillSignature:
    """Sign one's own refills of a day; who is late signs all the same, and it is said.

    ``verified``: the pharmacist says that what stands there is what was dispensed.
    """
    by.must(Duty.SIGN_REFILLS)
    if day > by.today:
        raise refuse("That day has not come.", field="day", code="in-future")
    rows = DispensedRefill.objects.select_for_update(no_key=True).filter(
        pharmacy_id=by.pharmacy_id, by_id=by.somebody, day=day, signature=None
    )
    mine = list(rows.order_by("id"))
    if not mine:
        says = f"You have no refill of {day:%m/%d/%Y} left to sign."
        raise refuse(says, field="day", code="nothing-to-sign")
    shown = {"dated", "signed", *(["verified"] if verified else [])}
    due = Due(since=min(row.at for row in mine), done_at=by.at, shown=frozenset(shown))
    problems = printout_problems(due, at=by.at, on=by.today)
    # What is late cannot be made good by not signing it.
    refuse_if([problem for problem in problems if problem.code != LATE])
    signature = RefillSignature.objects.create(
        pharmacy_id=by.pharmacy_id,
        day=day,
        by_id=by.somebody,
        at=by.at,
        refills=len(mine),
        late=any(problem.code == LATE for problem in problems),
    )
    DispensedRefill.objects.filter(
        pharmacy_id=by.pharmacy_id, pk__in=[row.pk for row in mine]
    ).update(signature=signature)
    said = {"day": day, "refills": len(mine), "late": signature.late}
    record(by=by, did=Deed.REFILLS_SIGNED, about=signature, details=said)
    return signature
