"""Working rejects: send again, let the patient pay, put off, go on, send back, settle."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from apothecary.claims.answering import close_reversed, sentence_of
from apothecary.claims.coordination import earlier_paid, turn_of
from apothecary.claims.facts import Terms
from apothecary.claims.models import Claim
from apothecary.claims.rules import (
    LATER_AFTER_TRIES,
    Changes,
    change_problems,
    date_problems,
    day_in_words,
)
from apothecary.claims.states import COMPLETION, TO_WORK, ClaimState, Closing, Kind
from apothecary.claims.submitting import past_of, submit
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused, refuse, refuse_if
from apothecary.patients.models import Coverage
from apothecary.prescriptions.actions import cancel_fill
from apothecary.prescriptions.models import Fill, PayKind
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance, lock_fill
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.wires.models import Outgoing, OutgoingState

ON_THE_CARD = ("bin", "pcn", "cardholder_id", "group", "person_code", "relationship")
OPENS_AT = time(9, 0)
AT_THE_PAYER = (FillState.CLAIM, FillState.REJECTED)


def lock_open(*, by: Worker, claim_id: int) -> Claim:
    """The claim and its fill, both held, or a refusal when somebody has worked it already."""
    by.must(Duty.WORK_CLAIMS)
    found = Claim.objects.filter(pharmacy_id=by.pharmacy_id, pk=claim_id)
    fill_id = found.values_list("fill_id", flat=True).first()
    if fill_id is None:
        raise refuse("No such claim in this pharmacy.", code="no-claim")
    fill = lock_fill(by=by, fill_id=fill_id)
    claim = (
        found.select_for_update(of=("self",))
        .select_related("outgoing", "reverses", "coverage")
        .get()
    )
    claim.fill = fill
    if claim.closed_at is not None:
        says = f"This claim was worked already: {claim.closing}."
        raise refuse(says, code="claim-closed")
    return claim


def must_be_to_work(claim: Claim) -> None:
    """Only what was rejected or not answered is worked."""
    if ClaimState(claim.state) not in TO_WORK:
        says = f"This claim is {claim.state}: there is nothing to work."
        raise refuse(says, code="claim-state")


def must_be_rejected_billing(claim: Claim) -> None:
    """A billing that the payer refused, of a fill that waits for it."""
    if not claim.is_billing or claim.state != ClaimState.REJECTED:
        raise refuse("Only a rejected claim can be put off.", code="claim-state")
    if claim.fill.state != FillState.REJECTED:
        raise refuse("The fill does not wait for this claim any more.", code="wrong-state")


def close(claim: Claim, reason: Closing, *, by: Worker) -> None:
    """Nothing more is to be done about this row."""
    claim.closed_at, claim.closing = by.at, reason.value
    claim.save(update_fields=["closed_at", "closing"])


@transaction.atomic
def resubmit(*, by: Worker, claim_id: int, changes: Changes, corrected: str = "") -> Claim:
    """Send a claim again: corrected as a new try, or the same bytes when its fate is unknown.

    Corrections of the card stay on the card, so that the next fill is right at once.
    ``corrected`` says what the house changed by itself and by which rule.
    """
    refuse_if(change_problems(changes))
    claim = lock_open(by=by, claim_id=claim_id)
    must_be_to_work(claim)
    if not claim.is_billing or claim.state == ClaimState.UNANSWERED:
        return ask_again(claim, changes, by=by)
    if claim.fill.state in {FillState.CANCELLED, FillState.RETURNED}:
        raise refuse(f"The fill was {claim.fill.state}.", code="wrong-state")
    coverage = corrected_card(claim, changes, by=by)
    correct_daw(claim.fill, changes)
    close(claim, Closing.RESUBMITTED, by=by)
    if claim.fill.state == FillState.REJECTED:
        advance(claim.fill, FillState.CLAIM, by=by, did=Deed.CLAIM_RESUBMITTED)
    return submit(
        claim.fill,
        coverage,
        terms_of(claim, changes.given(), corrected=corrected),
        by=by,
        pharmacy=Pharmacy.objects.get(pk=by.pharmacy_id),
        tries=past_of(claim.fill).tries,
        turn=turn_of(claim.fill, payer=claim.payer, payers=claim.payers),
    )


def terms_of(claim: Claim, given: Mapping[str, str], *, corrected: str = "") -> Terms:
    """The terms of the next try: as before, but for what is changed."""
    return Terms(
        clarification=given.get("clarification", claim.clarification),
        authorization_type=given.get("authorization_type", claim.authorization_type),
        prior_authorization=given.get("prior_authorization", claim.prior_authorization),
        safety_codes=given.get("safety_codes", claim.safety_codes).upper(),
        other_coverage=given.get("other_coverage", claim.other_coverage),
        delay_reason=given.get("delay_reason", claim.delay_reason),
        corrected=corrected,
    )


def ask_again(claim: Claim, changes: Changes, *, by: Worker) -> Claim:
    """The same bytes once more: the payer answers a repeat of what it paid with the payment."""
    if changes.given():
        says = "Whether the payer has paid it is not known: send the same again first."
        raise refuse(says, code="claim-fate-unknown")
    requeue(claim, by=by)
    if claim.is_billing and claim.fill.state == FillState.REJECTED:
        advance(claim.fill, FillState.CLAIM, by=by, did=Deed.CLAIM_RESUBMITTED)
    else:
        said = {"claim": claim.pk, "kind": claim.kind}
        record(by=by, did=Deed.CLAIM_RESUBMITTED, about=claim.fill, details=said)
    return claim


def requeue(claim: Claim, *, by: Worker) -> None:
    """Back to the outbox with a fresh count; what may have arrived stays marked as sent."""
    claim.goes(ClaimState.OUT)
    claim.doubts, claim.problem = 0, ""
    claim.save(update_fields=["state", "doubts", "problem"])
    Outgoing.objects.filter(pk=claim.posted.pk).update(
        state=OutgoingState.SENT, next_try_at=by.at, tries=0, problem=""
    )


def corrected_card(claim: Claim, changes: Changes, *, by: Worker) -> Coverage:
    """The card of the claim with what is changed on it, written down with before and after."""
    coverage = claim.coverage
    if coverage is None:
        raise refuse("The card of this claim is gone: send the fill to entry.", code="no-card")
    given = changes.given()
    changed = {
        name: given[name]
        for name in ON_THE_CARD
        if name in given and getattr(coverage, name) != given[name]
    }
    if not changed:
        return coverage
    before = {name: getattr(coverage, name) for name in changed}
    for name, value in changed.items():
        setattr(coverage, name, value)
    coverage.save(update_fields=list(changed))
    said = {"coverage": coverage.pk, "before": before, "after": changed}
    record(
        by=by,
        did=Deed.PATIENT_CHANGED,
        about=("patient", coverage.patient_id),
        details=said,
    )
    return coverage


def correct_daw(fill: Fill, changes: Changes) -> None:
    """The product selection code belongs to the fill: label, record and claim say the same."""
    daw = changes.given().get("daw", fill.daw)
    if daw != fill.daw:
        fill.daw = daw
        fill.save(update_fields=["daw"])


@transaction.atomic
def bill_cash(*, by: Worker, claim_id: int) -> Fill:
    """The patient pays and this payer is left out; filling goes on.

    Without the first payer that is the cash price; without a later one it is what the one
    before left. Where the payer may have paid, the claim is taken back by itself.
    """
    claim = lock_open(by=by, claim_id=claim_id)
    if not claim.is_billing or claim.state not in {*TO_WORK, ClaimState.OUT}:
        raise refuse(f"This claim is {claim.state}.", code="claim-state")
    fill = claim.fill
    if fill.state in {FillState.SOLD, FillState.CANCELLED, FillState.RETURNED}:
        raise refuse(f"The fill is {fill.state}.", code="wrong-state")
    close(claim, Closing.CASH, by=by)
    fill.pay, fill.copay_usd = paid_without(claim)
    fill.save(update_fields=["pay", "copay_usd"])
    said = {"claim": claim.pk, "copay_usd": fill.copay_usd}
    if fill.state in AT_THE_PAYER:
        return advance(fill, FillState.WAITING, by=by, did=Deed.PAID_BY_CASH, details=said)
    record(by=by, did=Deed.PAID_BY_CASH, about=fill, details=said)
    return fill


def paid_without(claim: Claim) -> tuple[str, Decimal | None]:
    """How the fill is paid, and what the patient owes, when this payer is left out."""
    before = earlier_paid(claim)
    if before is not None:
        return PayKind.PLAN.value, before.copay_usd
    # The rest of a parted fill has no price of its own: it costs what was asked of the plan.
    whole = claim.part != COMPLETION
    return PayKind.CASH.value, claim.fill.price_usd if whole else claim.submitted_usd


@transaction.atomic
def bill_later(*, by: Worker, claim_id: int) -> Fill:
    """The payer cannot be reached: filling goes on, the claim goes on trying.

    The copay stays unknown until the answer; it is never guessed.
    """
    claim = lock_open(by=by, claim_id=claim_id)
    if not claim.is_billing or claim.fill.state not in AT_THE_PAYER:
        raise refuse("The fill does not wait for this claim.", code="wrong-state")
    if claim.state == ClaimState.UNANSWERED:
        requeue(claim, by=by)
    elif claim.state != ClaimState.OUT:
        raise refuse(f"This claim is {claim.state}: it was answered.", code="claim-state")
    elif claim.captured_at is None and claim.posted.tries < LATER_AFTER_TRIES:
        says = f"Wait for the answer: it was tried {claim.posted.tries} times so far."
        raise refuse(says, code="claim-too-early")
    claim.billed_later = True
    claim.save(update_fields=["billed_later"])
    said = {"claim": claim.pk}
    return advance(
        claim.fill, FillState.WAITING, by=by, did=Deed.CLAIM_BILLED_LATER, details=said
    )


@transaction.atomic
def date_it(*, by: Worker, claim_id: int, on: date) -> Claim:
    """Too soon today: the claim goes out again by itself on the day, promised for then."""
    claim = lock_open(by=by, claim_id=claim_id)
    must_be_rejected_billing(claim)
    refuse_if(date_problems(on, today=by.today))
    if claim.dated_for == on:
        # The same click twice.
        return claim
    claim.dated_for = on
    claim.save(update_fields=["dated_for"])
    zone = ZoneInfo(Pharmacy.objects.values_list("time_zone", flat=True).get(pk=by.pharmacy_id))
    claim.fill.promised_at = datetime.combine(on, OPENS_AT, zone)
    claim.fill.save(update_fields=["promised_at"])
    because = f"{sentence_of(claim)}; it goes out again {day_in_words(on)}"
    said = {"claim": claim.pk, "dated_for": on}
    advance(
        claim.fill,
        FillState.REJECTED,
        by=by,
        did=Deed.CLAIM_DATED,
        because=because,
        details=said,
    )
    return claim


def submit_dated(pharmacy: Pharmacy, at: datetime, *, limit: int = 50) -> int:
    """Send the claims again whose day has come; returns how many. For the worker's loop."""
    by = system_worker(pharmacy, now=at)
    due = Claim.objects.filter(
        pharmacy=pharmacy,
        state=ClaimState.REJECTED.value,
        closed_at=None,
        dated_for__lte=by.today,
        fill__state=FillState.REJECTED.value,
    ).order_by("made_at")
    ids = list(due.values_list("pk", flat=True)[:limit])
    return sum(resubmit_dated(by=by, claim_id=claim_id) for claim_id in ids)


def resubmit_dated(*, by: Worker, claim_id: int) -> bool:
    """Send one again; what can no longer be written waits for a person, not for the loop."""
    try:
        resubmit(by=by, claim_id=claim_id, changes=Changes())
    except Refused as refusal:
        problem = " ".join(problem.says for problem in refusal.problems)
        Claim.objects.filter(pk=claim_id).update(dated_for=None, problem=problem)
        return False
    return True


@transaction.atomic
def back_to_entry(*, by: Worker, claim_id: int, because: str) -> Fill:
    """What is wrong stands in the prescription: product, quantity, days, prescriber."""
    claim = lock_open(by=by, claim_id=claim_id)
    must_be_to_work(claim)
    if not because.strip():
        raise refuse("Say what is to be corrected.", field="because")
    close(claim, Closing.CORRECTED, by=by)
    said = {"claim": claim.pk}
    return advance(
        claim.fill,
        FillState.ENTRY,
        by=by,
        did=Deed.FILL_SENT_BACK,
        because=because.strip(),
        details=said,
    )


@transaction.atomic
def cancel_claimed(*, by: Worker, claim_id: int, because: str) -> Fill:
    """The patient does not want it any more: the fill is cancelled, the claim closed."""
    claim = lock_open(by=by, claim_id=claim_id)
    fill = cancel_fill(by=by, fill_id=claim.fill_id, because=because)
    close(claim, Closing.ENDED, by=by)
    return fill


@transaction.atomic
def settle_by_phone(*, by: Worker, claim_id: int, because: str) -> Claim:
    """What the wire could not settle was settled with the payer by phone: say what was agreed.

    For reversals that the payer refuses, and for rejects of what is already in the patient's
    hand. A billing that its reversal took back counts as reversed from here on.
    """
    claim = lock_open(by=by, claim_id=claim_id)
    must_be_to_work(claim)
    if not because.strip():
        raise refuse("Say with whom and what was agreed.", field="because")
    if claim.is_billing and (
        claim.fill.state in AT_THE_PAYER or claim.state == ClaimState.UNANSWERED
    ):
        raise refuse("The fill still waits for this claim: send it again.", code="claim-state")
    close(claim, Closing.SETTLED, by=by)
    said = {"claim": claim.pk, "kind": claim.kind, "because": because.strip()}
    record(by=by, did=Deed.CLAIM_CLOSED, about=claim.fill, details=said)
    if claim.kind == Kind.REVERSAL:
        close_reversed(claim, by=by, because=because.strip())
    return claim
