"""Several payers for one fill: each is asked what the ones before it left to the patient.

The first pays; where the patient still owes something and another card is good, the same fill
is billed to that card with what was paid and what is left (segment 05). The fill waits in its
claim until the last has answered: only then what the patient pays is known.
"""

from decimal import Decimal

from apothecary.claims.building import OtherPayer
from apothecary.claims.cards import cards_of
from apothecary.claims.facts import Terms, Turn
from apothecary.claims.models import Claim
from apothecary.claims.states import ClaimState, Kind
from apothecary.claims.submitting import cannot_be_written, consent_of, past_of, submit
from apothecary.law.problem import Refused
from apothecary.patients.models import Coverage
from apothecary.prescriptions.models import Fill
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker

# 342-HC: paid under the drug benefit. 351-NP: the whole of what the patient pays (505-F5).
DRUG_BENEFIT, PATIENT_PAY = "07", "06"
NOTHING = Decimal("0.00")
ANSWERED = (ClaimState.PAID.value, ClaimState.REJECTED.value)


def leaves_something(claim: Claim) -> bool:
    """Whether another payer is asked after this one: it paid, and the patient still owes."""
    return (
        claim.state == ClaimState.PAID
        and claim.payer < claim.payers
        and not claim.closing
        and claim.copay_usd is not None
        and claim.copay_usd > 0
    )


def next_card(claim: Claim, *, by: Worker) -> Coverage | None:
    """The card that is asked after this claim's, when it is still good today (1 query)."""
    return next(iter(cards_of(claim.fill, by=by)[claim.payer : claim.payer + 1]), None)


def bill_next(claim: Claim, card: Coverage, *, by: Worker, other_coverage: str = "") -> Claim:
    """Ask the payer after this one; the fill of ``claim`` is held by the caller.

    What cannot be written goes to the worklist.
    """
    fill = claim.fill
    turn = turn_of(fill, payer=claim.payer + 1, payers=claim.payers)
    past = past_of(fill)
    consent = consent_of(fill, card, past, by=by)
    terms = Terms(prior_authorization=consent, other_coverage=other_coverage)
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    try:
        return submit(fill, card, terms, by=by, pharmacy=pharmacy, tries=past.tries, turn=turn)
    except Refused as refusal:
        return cannot_be_written(
            fill, card, refusal.problems, by=by, tries=past.tries, turn=turn
        )


def turn_of(fill: Fill, *, payer: int, payers: int) -> Turn:
    """What the payers before this one said of the fill (1 query, none for the first)."""
    if payer == 1:
        return Turn(payers=payers)
    rows = Claim.objects.filter(
        fill_id=fill.pk, kind=Kind.BILLING.value, payer__lt=payer, state__in=ANSWERED
    ).order_by("payer", "pk")
    # A payer's last word stands: what it rejected before it paid says nothing.
    last = {row.payer: row for row in rows}
    others = tuple(other_payer(last[number]) for number in sorted(last))
    return Turn(payer=payer, payers=payers, others=others)


def other_payer(claim: Claim) -> OtherPayer:
    """An earlier payer's answer as the next one is told of it (segment 05)."""
    paid = claim.state == ClaimState.PAID
    return OtherPayer(
        coverage_type=f"{claim.payer:02d}",
        payer_id=claim.bin,
        on=(claim.answered_at or claim.made_at).date(),
        control_number=claim.authorization,
        paid=((DRUG_BENEFIT, claim.paid_usd or NOTHING),) if paid else (),
        rejects=() if paid else tuple(claim.codes),
        responsible=((PATIENT_PAY, claim.copay_usd or NOTHING),) if paid else (),
    )


def earlier_paid(claim: Claim) -> Claim | None:
    """The paid claim before this one, whose word stands when this payer is left out.

    No query for the first payer, whom none comes before; else one.
    """
    if claim.payer == 1:
        return None
    return (
        Claim.objects.filter(
            fill_id=claim.fill_id,
            kind=Kind.BILLING.value,
            payer__lt=claim.payer,
            state=ClaimState.PAID.value,
        )
        .order_by("-payer")
        .first()
    )
