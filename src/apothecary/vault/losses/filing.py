"""Form 106: filed by a pharmacist with the agency, kept here as data, amended beside itself."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.losses.drafting import body_of, draft_problems, filing_problems
from apothecary.vault.losses.models import Form106, Loss
from apothecary.vault.losses.noticing import lines_of
from apothecary.vault.losses.reporting import lock_loss
from apothecary.vault.losses.rules import (
    clocks,
    late_problems,
    turn_problems,
    words_problems,
)
from apothecary.vault.losses.states import Kind, Outcome, State

LONGEST_REFERENCE = 80


@dataclass(frozen=True, slots=True)
class Filed:
    """When the report was filed with the agency, and the number that came back.

    ``because``: why it is late, or what an amendment changes.
    """

    on: date
    reference: str
    because: str = ""


@transaction.atomic
def file_form(*, by: Worker, loss_id: int, filed: Filed) -> Form106:
    """Sign the report as it was filed; after the first one each is an amendment."""
    by.must(Duty.SIGN_LOSS)
    loss = lock_loss(by=by, loss_id=loss_id)
    known = loss.known()
    refuse_if(turn_problems(known, State.REPORTED) or reported_problems(loss))
    before = Form106.objects.filter(pharmacy_id=by.pharmacy_id, loss=loss)
    version = int(before.aggregate(last=Max("version"))["last"] or 0) + 1
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    body = body_of(loss, lines_of(loss), pharmacy)
    problems = draft_problems(body["typed"], discovered_on=loss.discovered_on, on=by.today)
    transit = loss.kind == Kind.TRANSIT
    problems += filing_problems(body, in_transit=transit, on=by.today)
    problems += filed_problems(filed, first=loss.noticed_on or loss.discovered_on, on=by.today)
    if version == 1:
        problems += late_problems(clocks(known, on=by.today)[1], filed.on, filed.because)
    else:
        problems += words_problems(filed.because, field="because", what="what it changes")
    refuse_if(problems)
    form = Form106.objects.create(
        pharmacy_id=by.pharmacy_id,
        loss=loss,
        version=version,
        body=body,
        filed_on=filed.on,
        reference=filed.reference.strip(),
        because=filed.because.strip(),
        signed_at=by.at,
        signed_by_id=by.somebody,
        signed_by_name=by.name,
    )
    reopen(loss, filed.on)
    did = Deed.FORM_106_FILED if version == 1 else Deed.FORM_106_AMENDED
    said = {"version": version, "filed": filed.on, "reference": form.reference}
    record(by=by, did=did, about=loss, details=said | {"because": form.because})
    return form


def reported_problems(loss: Loss) -> list[Problem]:
    """What ended without a report is not amended."""
    if loss.state != State.CLOSED or loss.reported_on:
        return []
    return [Problem(f"It was closed: {loss.outcome}.", code="loss-state")]


def filed_problems(filed: Filed, *, first: date, on: date) -> list[Problem]:
    """Why it was not filed that day, or not received."""
    problems = words_problems(
        filed.reference, field="reference", what="the number the agency gave"
    )
    if len(filed.reference) > LONGEST_REFERENCE:
        problems = [Problem("Too long.", code="too-long", field="reference")]
    if filed.on > on:
        problems.append(Problem("That day is to come.", code="not-yet", field="filed_on"))
    if filed.on < first:
        says = "A report is filed after the notice."
        problems.append(Problem(says, code="before", field="filed_on"))
    return problems


def reopen(loss: Loss, filed_on: date) -> None:
    """Where it stands after a report; the day of the first one stays."""
    loss.state, loss.reported_on = State.REPORTED.value, loss.reported_on or filed_on
    loss.outcome, loss.closed_at, loss.closed_by_id = Outcome.OPEN.value, None, None
    loss.closed_because = ""
    loss.save()
