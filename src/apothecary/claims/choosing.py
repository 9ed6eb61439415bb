"""Choosing who pays for a fill: other cards, or the next card after one that refused."""

from collections.abc import Sequence

from django.db import transaction

from apothecary.claims.actions import close, lock_open, must_be_rejected_billing
from apothecary.claims.cards import cards_of, good_on
from apothecary.claims.coordination import bill_next, next_card
from apothecary.claims.facts import Terms, Turn
from apothecary.claims.models import BillTo, Claim
from apothecary.claims.parts import IN_THE_HOUSE, LIVE_STATES
from apothecary.claims.states import TO_WORK, Closing, Kind
from apothecary.claims.submitting import consent_of, copay_unknown, past_of, submit
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.payers import payer_problems
from apothecary.law.problem import refuse, refuse_if
from apothecary.patients.models import Coverage
from apothecary.prescriptions.models import Fill, PayKind
from apothecary.prescriptions.states import ENDED, FillState
from apothecary.prescriptions.writer import advance, lock_fill
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker

TO_WORK_STATES = sorted(state.value for state in TO_WORK)


@transaction.atomic
def choose_cards(*, by: Worker, fill_id: int, coverage_ids: Sequence[int]) -> Fill:
    """Bill a fill to these cards in this order; what was billed to others is taken back.

    Also for a fill that is filled or ready already: it goes its way, and what the patient pays
    is unknown until the cards have answered.
    """
    by.must(Duty.WORK_CLAIMS)
    fill = lock_fill(by=by, fill_id=fill_id)
    if FillState(fill.state) in ENDED:
        raise refuse(f"The fill is {fill.state}.", code="wrong-state")
    cards = chosen_cards(fill, coverage_ids, by=by)
    asked = cards_of(fill, by=by) if fill.pay == PayKind.PLAN else []
    if [card.pk for card in asked] == [card.pk for card in cards]:
        raise refuse("These cards are asked already, in this order.", code="payers-same")
    BillTo.objects.filter(fill_id=fill.pk).delete()
    BillTo.objects.bulk_create(
        BillTo(pharmacy_id=by.pharmacy_id, fill=fill, payer=place, coverage=card)
        for place, card in enumerate(cards, start=1)
    )
    said = {"cards": [card.pk for card in cards], "plans": [card.plan_name for card in cards]}
    record(by=by, did=Deed.CARDS_CHOSEN, about=fill, details=said)
    if fill.pay != PayKind.PLAN:
        fill.pay = PayKind.PLAN.value
        fill.save(update_fields=["pay"])
    bill_anew(fill, cards, by=by)
    return fill


def chosen_cards(fill: Fill, coverage_ids: Sequence[int], *, by: Worker) -> list[Coverage]:
    """The cards as chosen, or a refusal with every reason they cannot pay together."""
    found = Coverage.objects.filter(
        pharmacy_id=by.pharmacy_id, patient_id=fill.patient_id, pk__in=coverage_ids
    )
    cards = {card.pk: card for card in found}
    if not coverage_ids or len(cards) != len(coverage_ids):
        says = "Choose cards of this patient, each once."
        raise refuse(says, field="cards", code="payers-unknown")
    chosen = [cards[pk] for pk in coverage_ids]
    over = [card for card in chosen if not good_on(card, by.today)]
    if over:
        says = f"{over[0].plan_name} is not good today."
        raise refuse(says, field="cards", code="payers-over")
    refuse_if(payer_problems([card.kind for card in chosen], on=by.today))
    return chosen


def bill_anew(fill: Fill, cards: Sequence[Coverage], *, by: Worker) -> None:
    """Take back what was billed to other cards, and see to it that these are asked.

    A fill in its claim is billed by the worker as soon as nothing is live; one further on is
    billed beside its way.
    """
    billed = Claim.objects.filter(fill_id=fill.pk, kind=Kind.BILLING.value)
    given_up = {"closed_at": by.at, "closing": Closing.OTHER_CARDS.value}
    billed.filter(state__in=TO_WORK_STATES, closed_at=None).update(**given_up)
    live = billed.filter(state__in=LIVE_STATES).update(**given_up)
    if fill.state == FillState.REJECTED:
        advance(fill, FillState.CLAIM, by=by, did=Deed.CLAIM_RESUBMITTED)
    elif fill.state in IN_THE_HOUSE:
        copay_unknown(fill)
        if not live:
            bill_beside(fill, cards, by=by)


def bill_beside(fill: Fill, cards: Sequence[Coverage], *, by: Worker) -> None:
    """Bill a fill that no plan was asked about, beside its way."""
    past = past_of(fill)
    submit(
        fill,
        cards[0],
        Terms(prior_authorization=consent_of(fill, cards[0], past, by=by)),
        by=by,
        pharmacy=Pharmacy.objects.get(pk=by.pharmacy_id),
        tries=past.tries,
        turn=Turn(payers=len(cards)),
    )


@transaction.atomic
def bill_next_card(*, by: Worker, claim_id: int) -> Claim:
    """This payer will not pay: ask the next card, and tell it of the refusal."""
    claim = lock_open(by=by, claim_id=claim_id)
    must_be_rejected_billing(claim)
    card = next_card(claim, by=by)
    if card is None:
        raise refuse("The patient has no further card that is good today.", code="no-card")
    close(claim, Closing.NEXT_CARD, by=by)
    claim.payers = max(claim.payers, claim.payer + 1)
    advance(claim.fill, FillState.CLAIM, by=by, did=Deed.CLAIM_RESUBMITTED)
    return bill_next(claim, card, by=by)
