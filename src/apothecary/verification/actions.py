"""The pharmacist's check: approve, or send back with a reason."""

from dataclasses import dataclass

from django.db import transaction

from apothecary.journal.deeds import Deed
from apothecary.journal.writes import Writes
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.parting import owed_problems
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance, lock_fill, must_be_in
from apothecary.screening.queries import unresolved
from apothecary.staff.actions import sign_step
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.verification.models import Check, Outcome
from apothecary.verification.queries import who_filled
from apothecary.verification.reasons import REASONS

REVIEWED = """
UPDATE prescriptions_prescription SET reviewed_at = %s, reviewed_by = %s
WHERE id = %s AND pharmacy_id = %s AND reviewed_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Signature:
    """A step signed at somebody else's work station: initials and PIN."""

    initials: str
    pin: str


def signer(*, by: Worker, signature: Signature | None) -> Worker:
    """Who answers for the check: the person signed in, or the one who signs with a PIN."""
    if signature is None:
        by.must(Duty.VERIFY)
        return by
    return sign_step(by=by, initials=signature.initials, pin=signature.pin, duty=Duty.VERIFY)


def approve(*, by: Worker, fill_id: int, signature: Signature | None = None) -> Fill:
    """Approve a filled prescription: its units go into will-call, on the pharmacist's word."""
    # The PIN stands in a transaction of its own: a wrong one counts even though it refuses.
    return approve_as(by=signer(by=by, signature=signature), fill_id=fill_id)


@transaction.atomic
def approve_as(*, by: Worker, fill_id: int) -> Fill:
    """Approve as the pharmacist who answers for it."""
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, FillState.CHECK)
    refuse_if(approval_problems(fill, by=by))
    alone = who_filled(fill) == by.person_id
    writes = Writes()
    writes.insert(approved(fill, by=by, alone=alone))
    if not fill.data_reviewed:
        review_with_check(fill, by=by, writes=writes)
    return advance(
        fill,
        FillState.READY,
        by=by,
        did=Deed.FILL_APPROVED,
        details={"filled alone": True} if alone else None,
        writes=writes,
    )


def approved(fill: Fill, *, by: Worker, alone: bool) -> Check:
    """The pharmacist's word, as it will be kept."""
    return Check(
        pharmacy_id=by.pharmacy_id,
        fill=fill,
        by_id=by.somebody,
        at=by.at,
        outcome=Outcome.APPROVED,
        data_reviewed=True,
        filled_alone=alone,
    )


def approval_problems(fill: Fill, *, by: Worker) -> list[Problem]:
    """What must be settled before a fill may be approved."""
    problems = [
        Problem(f"Not resolved yet: {finding.says}", cite=finding.cite, code="finding-open")
        for finding in unresolved(fill)
    ]
    # The time of a balance may have run out while it lay on the counter.
    return problems + owed_problems(fill, by=by)


def review_with_check(fill: Fill, *, by: Worker, writes: Writes) -> None:
    """The data of a new prescription count as reviewed with its first approval."""
    writes.change(REVIEWED, [by.at, by.person_id, fill.prescription_id, by.pharmacy_id])
    # Written with the fill's next state.
    fill.data_reviewed = True


def send_back(
    *,
    by: Worker,
    fill_id: int,
    reason_code: str,
    text: str = "",
    signature: Signature | None = None,
) -> Fill:
    """Send a fill back to filling or entry, with a coded reason the technician reads."""
    return send_back_as(
        by=signer(by=by, signature=signature),
        fill_id=fill_id,
        reason_code=reason_code,
        text=text,
    )


@transaction.atomic
def send_back_as(*, by: Worker, fill_id: int, reason_code: str, text: str) -> Fill:
    """Send back as the pharmacist who answers for it."""
    reason = REASONS.get(reason_code)
    if reason is None:
        raise refuse("Say why it goes back.", field="reason_code", code="no-reason")
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, FillState.CHECK)
    Check.objects.create(
        pharmacy_id=by.pharmacy_id,
        fill=fill,
        by_id=by.somebody,
        at=by.at,
        outcome=Outcome.SENT_BACK,
        reason_code=reason.code,
        text=text.strip(),
    )
    because = f"sent back: {reason.says}" + (f", {text.strip()}" if text.strip() else "")
    return advance(
        fill,
        reason.to,
        by=by,
        did=Deed.FILL_SENT_BACK,
        because=because,
        details={"reason": reason.code},
    )
