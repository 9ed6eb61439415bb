"""Billing parts beside the fill's own way: anew after it was parted, and the rest."""

from datetime import datetime

from django.db import transaction

from apothecary.claims.models import Claim
from apothecary.claims.parts import (
    GIVEN_UP,
    LIVE_STATES,
    nothing_to_bill,
    parted_since,
    slice_of,
    to_complete,
)
from apothecary.claims.states import ClaimState, Closing, Kind
from apothecary.claims.submitting import (
    Terms,
    cannot_be_written,
    coverage_of,
    past_of,
    submit,
)
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import ENDED, FillState
from apothecary.prescriptions.writer import lock_fill
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker


def bill_parts(pharmacy: Pharmacy, at: datetime, *, limit: int = 50) -> int:
    """Bill first parts anew and complete what is given out whole; how many were written.

    For the worker's loop; the connection stands in this pharmacy. Each is a transaction of its
    own. The fill goes its way meanwhile; what the patient pays is unknown until the answer.
    """
    by = system_worker(pharmacy, now=at)
    nothing_to_bill(pharmacy.pk)
    due = parted_since(pharmacy.pk, limit) + to_complete(pharmacy.pk, limit)
    return sum(
        bill_part(by=by, pharmacy=pharmacy, claim_id=claim_id, fill_id=fill_id)
        for claim_id, fill_id in due
    )


@transaction.atomic
def bill_part(*, by: Worker, pharmacy: Pharmacy, claim_id: int, fill_id: int) -> bool:
    """Bill one part on the card of an earlier claim; False when nothing is to be billed yet."""
    fill = lock_fill(by=by, fill_id=fill_id)
    before = (
        Claim.objects.select_for_update(of=("self",))
        .select_related("coverage")
        .get(pk=claim_id)
    )
    if not may_be_billed(fill, before):
        return False
    coverage = before.coverage or coverage_of(fill, by=by)
    if coverage is None or slice_of(fill, fee_usd=pharmacy.dispensing_fee_usd) is None:
        return False
    if before.fill_id == fill.pk:
        before.closing = Closing.RESUBMITTED.value
        before.save(update_fields=["closing"])
    past = past_of(fill)
    terms = Terms(
        clarification=before.clarification,
        prior_authorization=before.prior_authorization or past.prior_authorization,
        safety_codes=before.safety_codes,
    )
    copay_unknown(fill)
    try:
        submit(fill, coverage, terms, by=by, pharmacy=pharmacy, tries=past.tries)
    except Refused as refusal:
        cannot_be_written(fill, coverage, refusal.problems, by=by, tries=past.tries)
        close_for_good(before, by=by)
    return True


def may_be_billed(fill: Fill, before: Claim) -> bool:
    """Whether it still is as the list of what is due said; the claim and the fill are held."""
    anew = before.state == ClaimState.REVERSED and before.closing == Closing.PARTED
    rest = before.state == ClaimState.PAID and before.closed_at is None
    if fill.state in {*GIVEN_UP, FillState.CLAIM} or not (anew or rest):
        return False
    live = Claim.objects.filter(fill_id=fill.pk, kind=Kind.BILLING.value, state__in=LIVE_STATES)
    return not live.exists()


def copay_unknown(fill: Fill) -> None:
    """What the patient pays is what the plan will answer; a sale waits for it."""
    if FillState(fill.state) not in ENDED:
        fill.copay_usd = None
        fill.save(update_fields=["copay_usd"])


def close_for_good(before: Claim, *, by: Worker) -> None:
    """What cannot be written stands in the worklist once, and is not tried again by itself."""
    if before.closed_at is None:
        before.closed_at, before.closing = by.at, Closing.COMPLETED.value
        before.save(update_fields=["closed_at", "closing"])
