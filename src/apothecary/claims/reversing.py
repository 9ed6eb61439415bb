"""Taking claims back: what was billed and will not be dispensed as billed."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from apothecary.claims.building import reversal_of
from apothecary.claims.models import Claim
from apothecary.claims.parts import COMPLETES_NOTHING, GIVEN_UP, LIVE_STATES, NOT_AS_GIVEN
from apothecary.claims.payer_sheets import sheet_of
from apothecary.claims.states import ClaimState, Closing, Kind
from apothecary.claims.submitting import copay_unknown, outbox_row
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import lock_fill
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.wires.models import Outgoing, OutgoingState

# Back on the way to a new claim: what was billed before is not what will be dispensed.
WALKING_AGAIN = [
    FillState.ENTRY.value,
    FillState.SCREENING.value,
    FillState.REVIEW.value,
]
SOLD_AT_ONCE = 500
NOT_AS_BILLED = Q(fill__state__in=GIVEN_UP + WALKING_AGAIN) | Q(
    closing__in=[Closing.CASH.value, Closing.OTHER_CARDS.value]
)


def reverse_due(pharmacy: Pharmacy, at: datetime, *, limit: int = 50) -> int:
    """Reverse or withdraw claims of fills that will not be dispensed as billed; how many.

    For the worker's loop; the connection stands in this pharmacy. A claim that may be on the
    wire is left until its answer is here. Rejected claims of fills that ended are closed.
    """
    by = system_worker(pharmacy, now=at)
    Claim.objects.filter(
        pharmacy=pharmacy,
        kind=Kind.BILLING.value,
        state=ClaimState.REJECTED.value,
        closed_at=None,
        fill__state__in=GIVEN_UP,
    ).update(closed_at=at, closing=Closing.ENDED.value)
    sold_for_good(pharmacy.pk)
    return sum(reverse_claim(by=by, claim_id=pk, fill_id=fill) for pk, fill in stale(by, limit))


@transaction.atomic
def sold_for_good(pharmacy_id: int, *, limit: int = SOLD_AT_ONCE) -> int:
    """Mark paid claims whose fill was sold as it was billed; how many (1 query).

    A sale is the end of a fill and of its quantity: such a claim is looked at no more.
    """
    whole = Q(completes=None) | Q(completes__fill__state=FillState.SOLD.value)
    done = (
        Claim.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(
            whole,
            Q(quantity=None) | Q(quantity=F("fill__quantity")),
            pharmacy_id=pharmacy_id,
            kind=Kind.BILLING.value,
            state=ClaimState.PAID.value,
            sold_as_billed=False,
            fill__state=FillState.SOLD.value,
        )
        .exclude(closing__in=[Closing.CASH.value, Closing.OTHER_CARDS.value])
    )
    return Claim.objects.filter(pk__in=done.values("pk")[:limit]).update(sold_as_billed=True)


def stale(by: Worker, limit: int) -> list[tuple[int, int]]:
    """Claims with their fills that are to be taken back (1 query)."""
    return list(stale_claims(by.pharmacy_id).values_list("pk", "fill_id")[:limit])


def stale_claims(pharmacy_id: int) -> QuerySet[Claim]:
    """What is to be taken back, out of the claims whose fills are still in the house."""
    # A fill that is billed anew waits in the claim state until the earlier claim is back; one
    # that waits for its next payer stands there too, beside what the one before has paid.
    next_payer = Claim.objects.filter(
        fill_id=OuterRef("fill_id"),
        kind=Kind.BILLING.value,
        payer__gt=OuterRef("payer"),
        state=ClaimState.OUT.value,
    )
    billed_before = Q(
        ~Exists(next_payer),
        state__in=[ClaimState.PAID.value, ClaimState.UNANSWERED.value],
        fill__state=FillState.CLAIM.value,
    )
    never_left = Q(state=ClaimState.OUT.value, outgoing__state=OutgoingState.WAITING)
    known = Q(state__in=[ClaimState.PAID.value, ClaimState.UNANSWERED.value])
    parted = known & (NOT_AS_GIVEN | COMPLETES_NOTHING)
    return Claim.objects.filter(
        (NOT_AS_BILLED & (known | never_left)) | billed_before | parted,
        pharmacy_id=pharmacy_id,
        kind=Kind.BILLING.value,
        # As the index says it: what was sold as billed grows for ever and is not read.
        state__in=[ClaimState.OUT, ClaimState.PAID, ClaimState.UNANSWERED],
        sold_as_billed=False,
    ).order_by("made_at")


@transaction.atomic
def reverse_claim(*, by: Worker, claim_id: int, fill_id: int) -> bool:
    """Withdraw a claim that never left, or put its reversal into the outbox."""
    fill = lock_fill(by=by, fill_id=fill_id)
    claim = (
        Claim.objects.select_for_update(of=("self",))
        .select_related("outgoing", "completes")
        .get(pk=claim_id)
    )
    claim.fill = fill
    if claim.state == ClaimState.OUT:
        return withdraw(claim, by=by)
    if claim.state not in {ClaimState.PAID, ClaimState.UNANSWERED} or is_leaned_on(claim):
        return False
    reversal = reversal_row(claim, by=by)
    claim.goes(ClaimState.REVERSING)
    claim.save(update_fields=["state"])
    if not claim.closing or claim.closing == Closing.COMPLETED:
        note_parted(claim, by=by)
    said = {"claim": reversal.pk, "reverses": claim.pk, "kind": Kind.REVERSAL.value}
    record(by=by, did=Deed.CLAIM_SENT, about=fill, details=said)
    return True


def is_leaned_on(claim: Claim) -> bool:
    """Whether another claim that is still live rests on this one (1 query).

    A first part is taken back after its completion (payers refuse it before, RP), and a payer
    after those who paid what it left.
    """
    later = Q(fill_id=claim.fill_id, payer__gt=claim.payer, kind=Kind.BILLING.value)
    live = Claim.objects.filter(Q(completes_id=claim.pk) | later, state__in=LIVE_STATES)
    return live.exists()


def note_parted(claim: Claim, *, by: Worker) -> None:
    """Of a fill that is given out all the same: it is billed anew, the copay is not known."""
    fill = claim.fill
    if fill.state in {*GIVEN_UP, *WALKING_AGAIN, FillState.CLAIM.value}:
        return
    claim.closed_at, claim.closing = by.at, Closing.PARTED.value
    claim.save(update_fields=["closed_at", "closing"])
    copay_unknown(fill)


def withdraw(claim: Claim, *, by: Worker) -> bool:
    """Take a claim back out of the outbox, unless it has just been picked up for sending."""
    taken_out = Outgoing.objects.filter(pk=claim.posted.pk, state=OutgoingState.WAITING).update(
        state=OutgoingState.FAILED, problem="withdrawn before it was sent"
    )
    if not taken_out:
        return False
    claim.goes(ClaimState.WITHDRAWN)
    claim.closed_at = claim.closed_at or by.at
    claim.closing = claim.closing or Closing.ENDED.value
    claim.save(update_fields=["state", "closed_at", "closing"])
    said = {"claim": claim.pk, "because": "withdrawn before it was sent"}
    record(by=by, did=Deed.CLAIM_CLOSED, about=claim.fill, details=said)
    return True


def reversal_row(claim: Claim, *, by: Worker) -> Claim:
    """The B2 of a billing, with its bytes in the outbox."""
    before = Claim.objects.filter(fill_id=claim.fill_id, kind=Kind.REVERSAL.value)
    tries = before.aggregate(most=Max("try_number"))["most"] or 0
    reversal = Claim(
        pharmacy_id=claim.pharmacy_id,
        fill=claim.fill,
        kind=Kind.REVERSAL.value,
        reverses=claim,
        try_number=tries + 1,
        payer=claim.payer,
        payers=claim.payers,
        state=ClaimState.OUT.value,
        made_at=by.at,
        service_on=claim.service_on,
        coverage_id=claim.coverage_id,
        plan_name=claim.plan_name,
        bin=claim.bin,
        pcn=claim.pcn,
        group=claim.group,
        cardholder_id=claim.cardholder_id,
        person_code=claim.person_code,
        submitted_usd=claim.submitted_usd,
    )
    raw = reversal_of(bytes(claim.posted.raw), sheet_of(claim.bin, claim.pcn))
    reversal.outgoing = outbox_row(reversal, raw, by=by)
    reversal.save(force_insert=True)
    return reversal
