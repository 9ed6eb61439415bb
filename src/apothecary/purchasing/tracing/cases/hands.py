"""A package that somebody at the counter does not trust, wherever it has got to."""

from django.db import transaction

from apothecary.law.problem import Refused, refuse, refuse_if
from apothecary.purchasing.receiving.corrections import set_aside
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tracing.cases.models import SuspectCase
from apothecary.purchasing.tracing.cases.opening import (
    Suspicion,
    case_of_received,
    open_for_received,
    suspect_lot,
)
from apothecary.purchasing.tracing.cases.rules import says_problems
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker


@transaction.atomic
def suspect_received(*, by: Worker, received_id: int, suspicion: Suspicion) -> SuspectCase:
    """Hold a package as suspect: from receiving it goes to quarantine; from the shelf its whole
    lot is taken out of use, since the units of a lot are told apart no further.
    """
    by.must(Duty.MANAGE_STOCK)
    refuse_if(says_problems(suspicion.says))
    rows = ReceivedPackage.objects.select_related("lot__package", "receipt").filter(
        pharmacy_id=by.pharmacy_id, pk=received_id, undone_at=None
    )
    row = rows.first()
    if row is None:
        raise refuse("No such package here.", code="no-package", field="received_id")
    if (case_id := case_of_received(row)) is not None:
        raise held_already(case_id)
    if row.put_away_at is not None:
        return suspect_lot(by=by, lot_id=row.lot_id, suspicion=suspicion)
    if row.is_good:
        set_aside(
            by=by,
            received_id=received_id,
            condition=Condition.SUSPECT,
            because=suspicion.says.strip(),
        )
        return SuspectCase.objects.get(packages__received_id=received_id, state="held")
    held = rows.select_for_update(of=("self",)).get()
    if (case_id := case_of_received(held)) is not None:
        raise held_already(case_id)
    return open_for_received(held, by=by, suspicion=suspicion)


def held_already(case_id: int) -> Refused:
    """The refusal of a package that is in a case."""
    says = f"It is held as suspect already: case {case_id}."
    return refuse(says, code="held-suspect", field="received_id")
