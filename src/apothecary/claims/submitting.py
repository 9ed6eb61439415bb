"""Writing claims: for every fill that waits for one, a row and its bytes in the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from apothecary.claims.authorization.consent import consent_for
from apothecary.claims.building import billing_problems, build_billing
from apothecary.claims.cards import cards_of
from apothecary.claims.facts import FIRST, Terms, Turn, bill_of
from apothecary.claims.models import Claim
from apothecary.claims.parts import LIVE_STATES, slice_of
from apothecary.claims.payer_sheets import sheet_of
from apothecary.claims.states import ClaimState, Closing, Kind
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, Refused, refuse
from apothecary.patients.models import Coverage
from apothecary.prescriptions.models import Fill, PayKind
from apothecary.prescriptions.states import ENDED, FillState
from apothecary.prescriptions.writer import advance, lock_fill
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.wires import Malformed
from apothecary.wires.models import Outgoing

PARTY, FORMAT = "payer", "telecom"
NO_CARD = "no insurance card is good today: the cash price"
NOBODY_PAYS_TWICE = "billed with the first part"


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier claims of the prescription tell the next one of this fill."""

    live: bool
    tries: int
    # The payer's consent covers the prescription: by card, the number a refill carries on.
    authorizations: Mapping[int, str]
    open_rejects: tuple[int, ...] = ()
    # Nothing of this prescription was ever billed: nobody can have asked for a consent either.
    first: bool = False

    def consent(self, coverage: Coverage) -> str:
        """The number under which this card's payer has consented, empty when it has not."""
        return self.authorizations.get(coverage.pk, "")


def claim_waiting(pharmacy: Pharmacy, at: datetime, *, limit: int = 50) -> int:
    """Write the claims of fills that wait for one; who pays cash goes on. Returns how many.

    For the worker's loop; the connection stands in this pharmacy. Each fill is its own
    transaction: the claim, its bytes in the outbox and the journal line, or none of them.
    """
    by = system_worker(pharmacy, now=at)
    live = Claim.objects.filter(
        fill=OuterRef("pk"), kind=Kind.BILLING.value, state__in=LIVE_STATES
    )
    waiting = (
        Fill.objects.filter(~Exists(live), pharmacy=pharmacy, state=FillState.CLAIM.value)
        .order_by("promised_at")
        .values_list("pk", flat=True)[:limit]
    )
    return sum(claim_fill(by=by, pharmacy=pharmacy, fill_id=fill_id) for fill_id in waiting)


@transaction.atomic
def claim_fill(*, by: Worker, pharmacy: Pharmacy, fill_id: int) -> bool:
    """Bill one fill, or let it go on when nobody is to be billed; False when it has moved."""
    fill = lock_fill(by=by, fill_id=fill_id)
    past = past_of(fill)
    if fill.state != FillState.CLAIM or past.live:
        return False
    if past.open_rejects:
        # The fill came back from entry by another way: the old reject is no work any more.
        Claim.objects.filter(pk__in=past.open_rejects).update(
            closed_at=by.at, closing=Closing.CORRECTED.value
        )
    cards = [] if fill.pay == PayKind.CASH else cards_of(fill, by=by)
    if not cards:
        pays_the_patient(fill, by=by)
        return True
    turn, card = Turn(payers=len(cards)), cards[0]
    terms = Terms(prior_authorization=consent_of(fill, card, past, by=by))
    try:
        if slice_of(fill, fee_usd=pharmacy.dispensing_fee_usd) is None:
            pays_the_patient(fill, by=by)
            return True
        submit(fill, card, terms, by=by, pharmacy=pharmacy, tries=past.tries, turn=turn)
    except Refused as refusal:
        cannot_be_written(fill, card, refusal.problems, by=by, tries=past.tries, turn=turn)
    return True


def past_of(fill: Fill) -> Past:
    """What was billed for the prescription so far (1 query)."""
    rows = Claim.objects.filter(
        fill__prescription_id=fill.prescription_id, kind=Kind.BILLING.value
    ).order_by("pk")
    live, tries, billed, open_rejects = False, 0, False, []
    consents: dict[int, str] = {}
    wanted = (
        "fill_id", "state", "try_number", "coverage_id", "prior_authorization", "closed_at"
    )  # fmt: skip
    for row in rows.only(*wanted):
        billed = True
        if row.prior_authorization and row.coverage_id is not None:
            consents[row.coverage_id] = row.prior_authorization
        if row.fill_id == fill.pk:
            live = live or row.state in LIVE_STATES
            tries = max(tries, row.try_number)
            if row.state == ClaimState.REJECTED and row.closed_at is None:
                open_rejects.append(row.pk)
    return Past(
        live=live,
        tries=tries,
        authorizations=consents,
        open_rejects=tuple(open_rejects),
        first=not billed,
    )


def consent_of(fill: Fill, card: Coverage, past: Past, *, by: Worker) -> str:
    """The number under which the payer of a card has consented to this fill.

    No query for what was never billed, else one. An authorization on file goes before what
    earlier claims carried: one that is past its day or used up is not sent.
    """
    if past.first:
        return ""
    known = consent_for(
        prescription_id=fill.prescription_id,
        coverage_id=card.pk,
        on=by.today,
        quantity=fill.quantity,
    )
    return past.consent(card) if known is None else known


def is_balance(fill: Fill) -> bool:
    """The rest of a partial fill: who pays himself paid the whole with the first part."""
    return fill.part > 1 and fill.price_usd == 0


def pays_the_patient(fill: Fill, *, by: Worker) -> None:
    """Nobody to bill: the price is the patient's, and filling goes on."""
    because = ""
    if is_balance(fill):
        because = NOBODY_PAYS_TWICE
    elif fill.pay != PayKind.CASH:
        because, fill.pay = NO_CARD, PayKind.CASH.value
    fill.copay_usd = fill.price_usd
    fill.save(update_fields=["copay_usd", "pay"])
    details = {"copay_usd": fill.copay_usd}
    advance(
        fill, FillState.WAITING, by=by, did=Deed.FILL_MOVED, because=because, details=details
    )


def submit(
    fill: Fill,
    coverage: Coverage,
    terms: Terms,
    *,
    by: Worker,
    pharmacy: Pharmacy,
    tries: int,
    turn: Turn = FIRST,
) -> Claim:
    """Put one billing of a locked fill into the outbox (3 statements), or refuse.

    Refuses with every value that cannot stand in a claim; then nothing was written.
    """
    asks = slice_of(fill, fee_usd=pharmacy.dispensing_fee_usd, payer=turn.payer)
    if asks is None:
        raise refuse(f"This part was {NOBODY_PAYS_TWICE}.", code="claim-part")
    bill = bill_of(fill, coverage, terms, asks=asks, by=by, pharmacy=pharmacy, turn=turn)
    try:
        raw = build_billing(bill, sheet_of(coverage.bin, coverage.pcn))
    except Malformed as error:
        raise Refused(billing_problems(error)) from error
    claim = unsent(fill, coverage, by=by, tries=tries, turn=turn)
    for each in fields(terms):
        setattr(claim, each.name, getattr(terms, each.name))
    claim.submitted_usd = bill.gross_due_usd
    if asks.part is not None:
        claim.part, claim.completes = asks.part.status, asks.completes
    claim.outgoing = outbox_row(claim, raw, by=by)
    claim.save(force_insert=True)
    said = {"claim": claim.pk, "try": claim.try_number, "plan": claim.plan_name}
    if asks.part is not None:
        said |= {"part": asks.part.status, "quantity": asks.quantity}
    if terms.corrected:
        said |= {"corrected": terms.corrected}
    record(by=by, did=Deed.CLAIM_SENT, about=fill, details=said)
    if asks.completes is not None:
        Claim.objects.filter(pk=asks.completes.pk, closed_at=None).update(
            closed_at=by.at, closing=Closing.COMPLETED.value
        )
    return claim


def unsent(fill: Fill, coverage: Coverage, *, by: Worker, tries: int, turn: Turn) -> Claim:
    """The row of the next try, with the card as it is now."""
    return Claim(
        pharmacy_id=by.pharmacy_id,
        fill=fill,
        kind=Kind.BILLING.value,
        try_number=tries + 1,
        payer=turn.payer,
        payers=turn.payers,
        state=ClaimState.OUT.value,
        made_at=by.at,
        service_on=by.today,
        quantity=fill.quantity,
        coverage=coverage,
        plan_name=coverage.plan_name,
        bin=coverage.bin,
        pcn=coverage.pcn,
        group=coverage.group,
        cardholder_id=coverage.cardholder_id,
        person_code=coverage.person_code,
        submitted_usd=fill.price_usd,
    )


def outbox_row(claim: Claim, raw: bytes, *, by: Worker) -> Outgoing:
    """The bytes in the outbox; the key makes a second row for the same try impossible."""
    return Outgoing.objects.create(
        pharmacy_id=by.pharmacy_id,
        party=PARTY,
        lane=claim.bin,
        format=FORMAT,
        about="fill",
        about_id=claim.fill_id,
        key=f"claim-{claim.fill_id}-{claim.kind}-{claim.try_number}",
        raw=raw,
        made_at=by.at,
        next_try_at=by.at,
    )


def copay_unknown(fill: Fill) -> None:
    """What the patient pays is what the plan will answer; a sale waits for it."""
    if FillState(fill.state) not in ENDED:
        fill.copay_usd = None
        fill.save(update_fields=["copay_usd"])


def cannot_be_written(
    fill: Fill,
    coverage: Coverage,
    problems: Sequence[Problem],
    *,
    by: Worker,
    tries: int,
    turn: Turn = FIRST,
) -> Claim:
    """A claim that no payer could read goes to the worklist with what is wrong in it."""
    claim = unsent(fill, coverage, by=by, tries=tries, turn=turn)
    claim.state = ClaimState.REJECTED.value
    claim.problem = " ".join(problem.says for problem in problems)
    claim.save(force_insert=True)
    because = f"the claim cannot be written: {claim.problem}"
    if fill.state == FillState.CLAIM:
        advance(fill, FillState.REJECTED, by=by, did=Deed.CLAIM_REJECTED, because=because)
    else:
        said = {"claim": claim.pk, "because": because}
        record(by=by, did=Deed.CLAIM_REJECTED, about=fill, details=said)
    return claim
