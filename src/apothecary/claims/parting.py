"""Billing parts beside the fill's own way: anew after it was parted, and the rest."""

from datetime import datetime

from django.db import transaction

from apothecary.claims.cards import cards_of
from apothecary.claims.facts import Terms, Turn
from apothecary.claims.models import Claim
from apothecary.claims.parts import (
    GIVEN_UP,
    LIVE_STATES,
    nothing_to_bill,
    parted_since,
    slice_of,
    to_complete,
)
from apothecary.claims.states import BILLED_ANEW, ClaimState, Closing, Kind
from apothecary.claims.submitting import (
    cannot_be_written,
    consent_of,
    copay_unknown,
    past_of,
    submit,
)
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
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
    """Bill a fill anew beside its way; False when nothing is to be billed yet.

    On the card of its earlier claim, unless somebody chose other cards since.
    """
    fill = lock_fill(by=by, fill_id=fill_id)
    before = (
        Claim.objects.select_for_update(of=("self",))
        .select_related("coverage")
        .get(pk=claim_id)
    )
    if not may_be_billed(fill, before):
        return False
    cards = cards_of(fill, by=by)
    keeps = before.coverage if before.closing != Closing.OTHER_CARDS else None
    coverage = keeps or next(iter(cards), None)
    if coverage is None or slice_of(fill, fee_usd=pharmacy.dispensing_fee_usd) is None:
        return False
    if before.fill_id == fill.pk:
        anew = Claim.objects.filter(fill_id=fill.pk, closing__in=BILLED_ANEW)
        anew.update(closing=Closing.RESUBMITTED.value)
    past, turn = past_of(fill), Turn(payers=max(1, len(cards)))
    terms = Terms(
        clarification=before.clarification,
        prior_authorization=before.prior_authorization
        or consent_of(fill, coverage, past, by=by),
        safety_codes=before.safety_codes,
    )
    copay_unknown(fill)
    try:
        submit(fill, coverage, terms, by=by, pharmacy=pharmacy, tries=past.tries, turn=turn)
    except Refused as refusal:
        cannot_be_written(fill, coverage, refusal.problems, by=by, tries=past.tries, turn=turn)
        close_for_good(before, by=by)
    return True


def may_be_billed(fill: Fill, before: Claim) -> bool:
    """Whether it still is as the list of what is due said; the claim and the fill are held."""
    anew = before.state == ClaimState.REVERSED and before.closing in BILLED_ANEW
    rest = before.state == ClaimState.PAID and before.closed_at is None
    if fill.state in {*GIVEN_UP, FillState.CLAIM} or not (anew or rest):
        return False
    live = Claim.objects.filter(fill_id=fill.pk, kind=Kind.BILLING.value, state__in=LIVE_STATES)
    return not live.exists()


def close_for_good(before: Claim, *, by: Worker) -> None:
    """What cannot be written stands in the worklist once, and is not tried again by itself."""
    if before.closed_at is None:
        before.closed_at, before.closing = by.at, Closing.COMPLETED.value
        before.save(update_fields=["closed_at", "closing"])
