"""The end of a loss: a pharmacist closes it, or says that nothing was missing after all."""

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.losses.models import Loss
from apothecary.vault.losses.reporting import lock_loss
from apothecary.vault.losses.rules import (
    calling_off_problems,
    closing_problems,
    outcome_of,
    words_problems,
)
from apothecary.vault.losses.states import Outcome, State


@transaction.atomic
def close_loss(*, by: Worker, loss_id: int, because: str) -> Loss:
    """Close what was reported, what was found not significant, or is the supplier's."""
    by.must(Duty.SIGN_LOSS)
    loss = lock_loss(by=by, loss_id=loss_id)
    known = loss.known()
    problems = words_problems(because, field="because", what="why it is closed")
    refuse_if(problems + closing_problems(known, on=by.today))
    return end(loss, outcome_of(known, on=by.today), because, by=by)


@transaction.atomic
def call_off(*, by: Worker, loss_id: int, because: str) -> Loss:
    """Say that nothing was missing: allowed while neither DEA nor the books were told."""
    by.must(Duty.SIGN_LOSS)
    loss = lock_loss(by=by, loss_id=loss_id)
    problems = words_problems(because, field="because", what="where it was found")
    refuse_if(problems + calling_off_problems(loss.known()))
    return end(loss, Outcome.NOTHING, because, by=by)


def end(loss: Loss, outcome: Outcome, because: str, *, by: Worker) -> Loss:
    """Write down how it ended, by whom and why."""
    loss.state, loss.outcome = State.CLOSED.value, outcome.value
    loss.closed_at, loss.closed_by_id = by.at, by.somebody
    loss.closed_because = because.strip()
    loss.save()
    said = {"outcome": outcome.value, "because": loss.closed_because}
    record(by=by, did=Deed.LOSS_CLOSED, about=loss, details=said)
    return loss
