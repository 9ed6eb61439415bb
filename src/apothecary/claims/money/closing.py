"""Closing what does not match: disputed, accepted, written off or tied to its claim."""

from django.db import transaction

from apothecary.claims.models import Claim
from apothecary.claims.money.kinds import DifferenceKind, LineKind, Settled
from apothecary.claims.money.models import Difference, Payment
from apothecary.claims.money.reconciling import hold_accounts, reconcile
from apothecary.claims.states import Kind
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

GIVEN = {Settled.ACCEPTED: Duty.WORK_CLAIMS, Settled.WRITTEN_OFF: Duty.WRITE_OFF}


@transaction.atomic
def dispute(*, by: Worker, difference_id: int, because: str) -> Difference:
    """Told the payer: it stays expected and on the list, with whom one spoke.

    Said again in the same words, nothing is added.
    """
    by.must(Duty.WORK_CLAIMS)
    row = lock_difference(by=by, difference_id=difference_id)
    said = reason(because)
    if row.disputed_at is not None and row.because == said:
        return row
    row.because = said
    row.disputed_at = by.at
    row.save(update_fields=["because", "disputed_at"])
    told(row, Deed.DIFFERENCE_DISPUTED, by=by)
    return row


@transaction.atomic
def accept(*, by: Worker, difference_id: int, because: str) -> Difference:
    """Let stand what costs the house nothing: paid over, paid twice, not on our books."""
    by.must(Duty.WORK_CLAIMS)
    row = lock_difference(by=by, difference_id=difference_id)
    if row.usd > 0:
        says = "This is a loss: the pharmacist in charge writes it off, or it is disputed."
        raise refuse(says, code="difference-is-a-loss")
    return give_up(row, Settled.ACCEPTED, because, by=by)


@transaction.atomic
def write_off(*, by: Worker, difference_id: int, because: str) -> Difference:
    """Give up what the payer owes."""
    by.must(Duty.WRITE_OFF)
    row = lock_difference(by=by, difference_id=difference_id)
    if row.usd <= 0:
        raise refuse("Nothing is lost here: accept it instead.", code="difference-no-loss")
    return give_up(row, Settled.WRITTEN_OFF, because, by=by)


def give_up(row: Difference, closing: Settled, because: str, *, by: Worker) -> Difference:
    """Close a difference that is held; of a claim the amount is no longer expected."""
    row.because = reason(because)
    row.closed_at, row.closed_by, row.closing = by.at, by.person_id, closing.value
    row.save(update_fields=["because", "closed_at", "closed_by", "closing"])
    if row.claim_id is not None:
        Payment.objects.create(
            pharmacy_id=by.pharmacy_id,
            kind=LineKind.SETTLEMENT.value,
            claim_id=row.claim_id,
            difference=row,
            posted_at=by.at,
            by_id=by.person_id,
            usd=row.usd,
            reasons=[closing.value],
        )
    told(row, Deed.DIFFERENCE_CLOSED, by=by)
    return row


@transaction.atomic
def reopen(*, by: Worker, difference_id: int, because: str) -> Difference:
    """Take a closing back: the settlement is reversed by a line, the difference stands anew."""
    by.must(Duty.WORK_CLAIMS)
    row = lock_difference(by=by, difference_id=difference_id, is_open=False)
    if row.closing not in set(GIVEN):
        raise refuse(f"It was closed as {row.closing}: nothing to take back.", code="not-given")
    by.must(GIVEN[Settled(row.closing)])
    said = reason(because)
    settled = row.payments.filter(reverses=None, reversed_by=None).first()
    if settled is not None and settled.claim_id is not None:
        reversing(settled, by=by).save(force_insert=True)
        reconcile(by=by, claims=[settled.claim_id])
    elif row.payment is not None and is_latest(row):
        Difference.objects.create(
            pharmacy_id=by.pharmacy_id,
            kind=row.kind,
            payment=row.payment,
            usd=row.usd,
            found_at=by.at,
        )
    else:
        raise refuse("It has been taken back already.", code="reopened")
    record(
        by=by,
        did=Deed.DIFFERENCE_REOPENED,
        about=row,
        details={"usd": row.usd, "because": said},
    )
    return row


def is_latest(row: Difference) -> bool:
    """Whether the line has no later difference (1 query)."""
    return not Difference.objects.filter(payment=row.payment, pk__gt=row.pk).exists()


@transaction.atomic
def tie_payment(*, by: Worker, difference_id: int, rx: str) -> Difference:
    """Say which claim an unknown line is about: it is reversed and posted anew with the claim.

    ``rx`` is the prescription number or the payer's number of the claim.
    """
    by.must(Duty.WORK_CLAIMS)
    row = lock_difference(by=by, difference_id=difference_id)
    line = row.payment
    if row.kind != DifferenceKind.UNKNOWN or line is None:
        raise refuse("This line has its claim.", code="difference-tied")
    claim = the_claim(by.pharmacy_id, rx.strip())
    back = reversing(line, by=by)
    back.save(force_insert=True)
    again = reversing(line, by=by)
    again.usd, again.fee_usd, again.reverses, again.claim = line.usd, line.fee_usd, None, claim
    again.charge_usd, again.patient_usd = line.charge_usd, line.patient_usd
    again.save(force_insert=True)
    row.closed_at, row.closed_by, row.closing = by.at, by.person_id, Settled.TIED.value
    row.save(update_fields=["closed_at", "closed_by", "closing"])
    reconcile(by=by, claims=[claim.pk])
    said = {"usd": line.usd, "claim": claim.pk, "remittance": line.remittance_id}
    record(by=by, did=Deed.PAYMENT_TIED, about=claim.fill, details=said)
    return row


def the_claim(pharmacy_id: int, named: str) -> Claim:
    """The one claim with that number, the payer's or the prescription's; else a refusal."""
    billed = Claim.objects.filter(pharmacy_id=pharmacy_id, kind=Kind.BILLING.value)
    paid = billed.exclude(paid_usd=None).select_related("fill")
    is_number = named.isascii() and named.isdigit() and len(named) < 19
    found = list(paid.filter(fill__prescription__number=int(named))) if is_number else []
    found = found or list(paid.filter(authorization=named) if named else [])
    if len(found) == 1:
        return found[0]
    says = "No paid claim of ours has this number."
    if found:
        numbers = ", ".join(sorted(one.authorization for one in found))
        says = f"This prescription has several paid claims; give the payer's number: {numbers}."
    raise refuse(says, code="claim-not-one", field="rx")


def reversing(line: Payment, *, by: Worker) -> Payment:
    """The line that takes another one back, not yet saved."""
    return Payment(
        pharmacy_id=by.pharmacy_id,
        remittance_id=line.remittance_id,
        segment=line.segment,
        kind=line.kind,
        claim_id=line.claim_id,
        difference_id=line.difference_id,
        reverses=line,
        posted_at=by.at,
        by_id=by.person_id,
        usd=-line.usd,
        fee_usd=-line.fee_usd,
        rx=line.rx,
        status=line.status,
        service_on=line.service_on,
        ndc=line.ndc,
        reference=line.reference,
        reasons=line.reasons,
    )


def lock_difference(*, by: Worker, difference_id: int, is_open: bool = True) -> Difference:
    """The difference, with the accounts held; refused when it is not there or not so."""
    hold_accounts(by.pharmacy_id)
    rows = Difference.objects.select_for_update(of=("self",)).select_related("payment")
    row = rows.filter(pharmacy_id=by.pharmacy_id, pk=difference_id).first()
    if row is None:
        raise refuse("There is no such difference.", code="difference-unknown")
    if is_open and row.closed_at is not None:
        raise refuse(f"It is closed already: {row.closing}.", code="difference-closed")
    if not is_open and row.closed_at is None:
        raise refuse("It is still open.", code="difference-open")
    return row


def reason(because: str) -> str:
    """Why, said in words; a closing without them is refused."""
    said = because.strip()
    if not said:
        raise refuse("Say why.", code="because-missing", field="because")
    return said[:1_000]


def told(row: Difference, deed: Deed, *, by: Worker) -> None:
    """What the journal keeps of it."""
    said = {"kind": row.kind, "usd": row.usd, "claim": row.claim_id, "because": row.because}
    record(by=by, did=deed, about=row, details={**said, "closing": row.closing})
