"""Taking a payer's answer: kept raw, read, and acted on once."""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction

from apothecary.claims.coordination import bill_next, leaves_something, next_card
from apothecary.claims.models import Claim
from apothecary.claims.reading import Asked, read_answer
from apothecary.claims.rules import (
    MOST_DOUBTS,
    NOTHING_TO_REVERSE,
    passes_by_itself,
    reject_sentence,
)
from apothecary.claims.states import ClaimState, Closing
from apothecary.claims.submitting import FORMAT, PARTY, copay_unknown
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import ENDED, FillState
from apothecary.prescriptions.writer import advance, lock_fill
from apothecary.staff.worker import Worker
from apothecary.wires import Malformed
from apothecary.wires.lanes import wait_after
from apothecary.wires.models import Incoming, Outgoing, OutgoingState
from apothecary.wires.telecom import Answer

# A captured claim is asked about again so often; its answer may take the payer days.
ASK_AGAIN = timedelta(minutes=15)
CAPTURED = "the payer has it and has not decided yet"


def take_answer(*, by: Worker, outgoing_id: int, raw: bytes) -> None:
    """Keep an answer raw, then act on it, once; an unusable one is noted and asked again."""
    keep_raw(by=by, key=f"{outgoing_id}", raw=raw)
    act_on_answer(by=by, outgoing_id=outgoing_id, raw=raw)


def keep_raw(
    *, by: Worker, key: str, raw: bytes, partner: str = PARTY, wire: str = FORMAT
) -> None:
    """Every answer as it came, before anybody tries to understand it (1 statement).

    ``key`` says what it answers; the same bytes to the same question are kept once.
    """
    digest = hashlib.sha256(raw).digest()
    row = Incoming(
        pharmacy_id=by.pharmacy_id,
        partner=partner,
        format=wire,
        message_id=f"{key}-{digest.hex()[:24]}",
        received_at=by.at,
        raw=raw,
        sha256=digest,
        kind="answer",
    )
    Incoming.objects.bulk_create([row], ignore_conflicts=True)


@transaction.atomic
def act_on_answer(*, by: Worker, outgoing_id: int, raw: bytes) -> None:
    """Understand one answer and do what follows from it, or note what is wrong with it."""
    claim = lock_claim(by=by, outgoing_id=outgoing_id)
    if claim is None or claim.state != ClaimState.OUT:
        # It came twice, or after somebody settled the claim: the first one counted.
        return
    try:
        answer = read_answer(raw, Asked.of(bytes(claim.posted.raw)))
    except Malformed as error:
        doubt(claim, by=by, says=f"unusable answer: {error}")
        return
    if answer.undecided:
        note_undecided(claim, answer, raw, by=by)
        return
    codes = tuple(reject.code for reject in answer.rejects)
    if answer.rejected and passes_by_itself(codes) and claim.doubts + 1 < MOST_DOUBTS:
        doubt(claim, by=by, says=reject_sentence(codes, next_fill_on=None))
        return
    note_answer(claim, answer, raw, at=by.at)
    if claim.is_billing:
        settle_billing(claim, answer, by=by)
    else:
        settle_reversal(claim, answer, by=by)


def lock_claim(*, by: Worker, outgoing_id: int) -> Claim | None:
    """The claim and its fill, both held: the fill first, as everywhere (3 queries)."""
    found = Claim.objects.filter(pharmacy_id=by.pharmacy_id, outgoing_id=outgoing_id)
    fill_id = found.values_list("fill_id", flat=True).first()
    if fill_id is None:
        return None
    fill = lock_fill(by=by, fill_id=fill_id)
    claim = found.select_for_update(of=("self",)).select_related("outgoing", "reverses").first()
    if claim is not None:
        claim.fill = fill
    return claim


def note_answer(claim: Claim, answer: Answer, raw: bytes, *, at: datetime) -> None:
    """Copy what the payer said into the claim; the caller decides the state and saves."""
    pricing = answer.pricing
    claim.authorization = answer.authorization
    claim.codes = [reject.code for reject in answer.rejects]
    # The day has a field of its own; as a message it would only be digits.
    day = f"{answer.next_fill_on:%Y%m%d}" if answer.next_fill_on else ""
    claim.messages = [text for text in answer.messages if text != day]
    claim.next_fill_on = answer.next_fill_on
    claim.help_desk = answer.help_desk
    claim.paid_usd = pricing.total_paid_usd if pricing else None
    claim.copay_usd = pricing.patient_pay_usd if pricing else None
    claim.deductible_left_usd = pricing.deductible_left_usd if pricing else None
    unbalanced = pricing is not None and pricing.balanced is False
    claim.problem = "The payer's total is not the sum of its parts." if unbalanced else ""
    claim.answered_at = at
    Outgoing.objects.filter(pk=claim.posted.pk).update(
        state=OutgoingState.ANSWERED, answered_at=at, answer=raw, problem="", held_by=None
    )


def note_undecided(claim: Claim, answer: Answer, raw: bytes, *, by: Worker) -> None:
    """The payer has it and decides later: asked again from time to time, and filling may go on.

    Nothing is known of the money: a captured claim is neither paid nor refused.
    """
    first = claim.captured_at is None
    claim.captured_at = claim.captured_at or by.at
    claim.authorization = answer.authorization
    claim.messages = list(answer.messages)
    claim.problem = CAPTURED
    claim.save(update_fields=["captured_at", "authorization", "messages", "problem"])
    Outgoing.objects.filter(pk=claim.posted.pk).update(
        next_try_at=by.at + ASK_AGAIN, answer=raw, problem=CAPTURED, held_by=None
    )
    if first:
        told = {"claim": claim.pk, "kind": claim.kind, "authorization": claim.authorization}
        record(by=by, did=Deed.CLAIM_CAPTURED, about=claim.fill, details=told)


def settle_billing(claim: Claim, answer: Answer, *, by: Worker) -> None:
    """Paid: the copay is known and filling goes on. Rejected: it goes to the worklist.

    Where the patient still owes something and another card is good, that one is asked first.
    """
    claim.goes(ClaimState.PAID if answer.paid else ClaimState.REJECTED)
    fill, told = claim.fill, told_of(claim)
    asks = leaves_something(claim) and FillState(fill.state) not in ENDED
    card = next_card(claim, by=by) if asks else None
    if card is not None:
        claim.save()
        record(by=by, did=Deed.CLAIM_PAID, about=fill, details=told)
        copay_unknown(fill)
        bill_next(claim, card, by=by)
        return
    if answer.paid:
        to, did, because = FillState.WAITING, Deed.CLAIM_PAID, ""
        take_copay(claim)
    else:
        to, did, because = FillState.REJECTED, Deed.CLAIM_REJECTED, sentence_of(claim)
    claim.save()
    # A claim billed later let its fill walk on: one that came back waits for a new claim.
    if fill.state == FillState.CLAIM and not claim.billed_later:
        advance(fill, to, by=by, did=did, because=because, details=told)
    else:
        # Billed later, or called off meanwhile: the fill's own way is not touched.
        record(by=by, did=did, about=fill, details=told)


def take_copay(claim: Claim) -> None:
    """What the patient pays is now known, unless the fill has ended or is paid in cash."""
    fill = claim.fill
    if fill.state == FillState.SOLD and claim.copay_usd != fill.copay_usd:
        owed = "—" if claim.copay_usd is None else f"${claim.copay_usd}"
        claim.problem = f"Sold before the plan answered: by the plan the patient pays {owed}."
    elif FillState(fill.state) not in ENDED and not claim.closing:
        fill.copay_usd = claim.copay_usd
        Fill.objects.filter(pk=fill.pk).update(copay_usd=claim.copay_usd)


def settle_reversal(claim: Claim, answer: Answer, *, by: Worker) -> None:
    """Taken back, or nothing was there to take back; any other no is for a person."""
    nothing = bool(claim.codes) and set(claim.codes) <= NOTHING_TO_REVERSE
    if answer.rejected and not nothing:
        claim.goes(ClaimState.REJECTED)
        claim.save()
        record(by=by, did=Deed.CLAIM_REJECTED, about=claim.fill, details=told_of(claim))
        return
    claim.goes(ClaimState.APPROVED)
    claim.save()
    close_reversed(claim, by=by, because=sentence_of(claim) if nothing else "")


def close_reversed(claim: Claim, *, by: Worker, because: str) -> None:
    """The billing that this reversal takes back is no longer paid."""
    billing = claim.reverses
    if billing is None:
        raise LookupError(f"claim {claim.pk} is a reversal of nothing")
    billing.goes(ClaimState.REVERSED)
    billing.closed_at = billing.closed_at or by.at
    billing.closing = billing.closing or Closing.REVERSED.value
    billing.save(update_fields=["state", "closed_at", "closing"])
    told = {"claim": billing.pk, "authorization": billing.authorization, "because": because}
    record(by=by, did=Deed.CLAIM_REVERSED, about=claim.fill, details=told)


def told_of(claim: Claim) -> dict[str, object]:
    """What the journal keeps of an answer: enough to explain the money."""
    told: dict[str, object] = {"claim": claim.pk, "kind": claim.kind, "plan": claim.plan_name}
    if claim.codes:
        told["codes"] = claim.codes
    if claim.state == ClaimState.PAID:
        told |= {
            "authorization": claim.authorization,
            "copay_usd": claim.copay_usd,
            "paid_usd": claim.paid_usd,
        }
    return told


def sentence_of(claim: Claim) -> str:
    """The reject of this claim in words."""
    return reject_sentence(
        tuple(claim.codes), next_fill_on=claim.next_fill_on, messages=tuple(claim.messages)
    )


@transaction.atomic
def note_doubt(*, by: Worker, outgoing_id: int, says: str) -> None:
    """It may have arrived, and no answer came: the same bytes go out again, later."""
    claim = lock_claim(by=by, outgoing_id=outgoing_id)
    if claim is not None and claim.state == ClaimState.OUT:
        doubt(claim, by=by, says=says)


def doubt(claim: Claim, *, by: Worker, says: str) -> None:
    """Ask again with the same bytes; the payer answers a repeat with the first answer.

    Too often without a usable answer is a person's work: the payer may have paid all the same,
    so the claim stays live and no other one can be made before its fate is known.
    """
    claim.doubts += 1
    claim.problem = says
    out = Outgoing.objects.filter(pk=claim.posted.pk)
    if claim.doubts < MOST_DOUBTS:
        claim.save(update_fields=["doubts", "problem"])
        wait = wait_after(claim.doubts)
        out.update(next_try_at=by.at + wait, problem=says, held_by=None)
        return
    claim.goes(ClaimState.UNANSWERED)
    claim.save(update_fields=["doubts", "problem", "state"])
    out.update(state=OutgoingState.FAILED, problem=says, held_by=None)
    because = (
        f"no usable answer from {claim.plan_name or 'the payer'} after {claim.doubts} tries"
    )
    told = {"claim": claim.pk, "kind": claim.kind, "problem": says}
    if claim.is_billing and claim.fill.state == FillState.CLAIM:
        did = Deed.CLAIM_UNANSWERED
        advance(claim.fill, FillState.REJECTED, by=by, did=did, because=because, details=told)
    else:
        record(by=by, did=Deed.CLAIM_UNANSWERED, about=claim.fill, details=told)


def note_no_line(*, by: Worker, outgoing_id: int, before: str, says: str, tries: int) -> None:
    """Nobody took the call: the claim waits in the outbox for the line, as long as it takes.

    ``before`` is the outbox state before this try: what may have arrived once stays sent.
    """
    Outgoing.objects.filter(pk=outgoing_id, pharmacy_id=by.pharmacy_id).exclude(
        state=OutgoingState.ANSWERED
    ).update(state=before, next_try_at=by.at + wait_after(tries), problem=says, held_by=None)
