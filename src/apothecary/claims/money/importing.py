"""Taking a file of remittances in: kept raw first, then posted whole or refused whole."""

import hashlib
import io
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from apothecary.claims.models import Claim
from apothecary.claims.money.fees import fee_of
from apothecary.claims.money.kinds import DifferenceKind, LineKind
from apothecary.claims.money.matching import Ours, claim_of
from apothecary.claims.money.models import Difference, Payment, Remittance, RemittanceFile
from apothecary.claims.money.reading import (
    Balanced,
    Payee,
    check_file,
    remittances_for,
    size_problem,
)
from apothecary.claims.money.reconciling import AT_ONCE, hold_accounts, reconcile
from apothecary.claims.states import Kind
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.wires.errors import Malformed
from apothecary.wires.models import Incoming
from apothecary.wires.x12 import Claim as Line
from apothecary.wires.x12.remittance import ProviderAdjustment

PARTNER, FORMAT = "remittance", "x12-835"
# PLB03: kept back out of what was paid for a claim before (overpayment, its older twin).
TAKEN_BACK = frozenset({"WO", "72"})
Tell = Callable[[int], None]


def quiet(done: int) -> None:
    """Nobody watches the progress."""


def load_remittance(
    *, by: Worker, raw: bytes, name: str = "", tell: Tell = quiet
) -> RemittanceFile:
    """Post a file of remittances, or keep it with the reason why nothing of it was posted.

    The same bytes again are the same file. ``tell`` hears how many lines more were posted.
    More bytes than are taken at all are refused, and not kept.
    """
    by.must(Duty.WORK_CLAIMS)
    if says := size_problem(len(raw)):
        raise refuse(says, code="remittance-too-large", field="file")
    file, is_new = keep(by=by, raw=raw, name=name)
    if not is_new:
        return file
    try:
        post_file(by=by, file=file, raw=raw, tell=tell)
    except Malformed as bad:
        refuse_file(file, bad, by=by)
    return file


def load_path(
    *, by: Worker, path: Path, tell: Tell = quiet
) -> tuple[str, RemittanceFile | None]:
    """Post a file that lies somewhere; why it was refused, and what the house keeps of it.

    What is too large is not read: it stays where it lies, and only that is written down.
    """
    by.must(Duty.WORK_CLAIMS)
    if says := size_problem(path.stat().st_size):
        told = {"name": path.name[:200], "problem": says}
        about = ("pharmacy", by.pharmacy_id)
        record(by=by, did=Deed.REMITTANCE_REFUSED, about=about, details=told)
        return says, None
    file = load_remittance(by=by, raw=path.read_bytes(), name=path.name, tell=tell)
    return file.problem, file


@transaction.atomic
def keep(*, by: Worker, raw: bytes, name: str) -> tuple[RemittanceFile, bool]:
    """The file as it came, before anybody reads it; whether it is here for the first time."""
    hold_accounts(by.pharmacy_id)
    digest = hashlib.sha256(raw).digest()
    incoming, is_new = Incoming.objects.get_or_create(
        pharmacy_id=by.pharmacy_id,
        partner=PARTNER,
        format=FORMAT,
        message_id=digest.hex(),
        defaults={"received_at": by.at, "raw": raw, "sha256": digest, "kind": "835"},
    )
    if not is_new:
        return RemittanceFile.objects.get(incoming=incoming), False
    file = RemittanceFile(
        pharmacy_id=by.pharmacy_id,
        incoming=incoming,
        name=name[:200],
        arrived_at=by.at,
        by_id=by.person_id,
        problem="It was not posted to the end.",
    )
    file.save(force_insert=True)
    return file, True


def refuse_file(file: RemittanceFile, bad: Malformed, *, by: Worker) -> None:
    """Say what is wrong with it; nothing of it stands."""
    file.problem = str(bad)[:2_000]
    file.save(update_fields=["problem"])
    told = {"name": file.name, "problem": file.problem[:300]}
    record(by=by, did=Deed.REMITTANCE_REFUSED, about=file, details=told)


@transaction.atomic
def post_file(*, by: Worker, file: RemittanceFile, raw: bytes, tell: Tell) -> None:
    """Every remittance of the file that is for this pharmacy, in one transaction."""
    hold_accounts(by.pharmacy_id)
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    touched: set[int] = set()
    notes: list[str] = []
    total = Decimal(0)
    check_file(io.BytesIO(raw))
    payee = Payee(pharmacy.npi, pharmacy.ncpdp_id)
    for one in remittances_for(io.BytesIO(raw), payee):
        touched |= post_remittance(one, by=by, file=file, tell=tell)
        notes += one.notes
        total += one.amount_usd
    file.problem, file.notes = "", notes[:200]
    file.save(update_fields=["problem", "notes"])
    reconcile(by=by, claims=sorted(touched))
    told = {"name": file.name, "remittances": file.remittances.count(), "usd": total}
    record(by=by, did=Deed.REMITTANCE_POSTED, about=file, details=told)


def post_remittance(
    balanced: Balanced, *, by: Worker, file: RemittanceFile, tell: Tell
) -> set[int]:
    """One payment with all its lines; the claims it touched."""
    one = balanced.remittance
    earlier = Remittance.objects.filter(
        pharmacy_id=by.pharmacy_id, payer_id=one.trace.payer_id, trace=one.trace.number
    ).first()
    if earlier is not None:
        says = f"{one.trace.number} of this payer is posted already"
        raise Malformed(f"{one.trace.segment}:TRN02", says)
    if one.payment.on is None:
        raise Malformed(f"{one.payment.segment}:BPR16", "is no day")
    row = Remittance(
        pharmacy_id=by.pharmacy_id,
        file=file,
        control=one.control,
        trace=one.trace.number,
        payer_id=one.trace.payer_id,
        payer_name=one.payer.name if one.payer else "",
        method=one.payment.method,
        paid_on=one.payment.on,
        posted_at=by.at,
        amount_usd=balanced.amount_usd,
        claims_usd=one.claims_paid,
        adjusted_usd=one.adjusted,
    )
    row.save(force_insert=True)
    touched: set[int] = set()
    for start in range(0, len(one.claims), AT_ONCE):
        some = one.claims[start : start + AT_ONCE]
        touched |= post_lines(row, some, by=by)
        tell(len(some))
    return touched | post_adjustments(row, one.provider_adjustments, by=by)


def post_lines(row: Remittance, lines: Iterable[Line], *, by: Worker) -> set[int]:
    """The lines of claims, each with the claim it is about; what is of none gets named."""
    lines = list(lines)
    ours = claims_by_rx(by.pharmacy_id, lines)
    matched = [claim_of(line, ours.get(number_of(line), ())) for line in lines]
    promised = {one.claim_id: one.promised_usd for some in ours.values() for one in some}
    fees = fees_of(lines, matched, promised)
    rows = [
        payment_of(row, line, claim_id, fee, by=by)
        for line, claim_id, fee in zip(lines, matched, fees, strict=True)
    ]
    Payment.objects.bulk_create(rows, batch_size=AT_ONCE)
    name_unknown([one for one in rows if one.claim_id is None], by=by)
    return {claim_id for claim_id in matched if claim_id is not None}


def claims_by_rx(pharmacy_id: int, lines: Iterable[Line]) -> dict[int, list[Ours]]:
    """Our billings of the prescriptions that these lines name (1 query)."""
    numbers = {number_of(line) for line in lines} - {0}
    rows = Claim.objects.filter(
        pharmacy_id=pharmacy_id,
        kind=Kind.BILLING.value,
        fill__prescription__pharmacy_id=pharmacy_id,
        fill__prescription__number__in=numbers,
    ).values_list(
        "fill__prescription__number",
        "pk",
        "authorization",
        "service_on",
        "fill__package__ndc11",
        "payer",
        "submitted_usd",
        "paid_usd",
    )
    found: dict[int, list[Ours]] = {}
    for number, pk, authorization, on, ndc, payer, submitted, paid in rows:
        one = Ours(pk, authorization, on, ndc, payer, submitted, paid or Decimal(0))
        found.setdefault(number, []).append(one)
    return found


def number_of(line: Line) -> int:
    """The prescription's number as ours are; nought when it is none of that kind."""
    text = line.rx_number.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def fees_of(
    lines: list[Line], matched: list[int | None], promised: Mapping[int, Decimal]
) -> list[Decimal]:
    """The processor's fee in each line's amount, where the claim's answer announced one.

    Only the answers of lines that are not as promised are read (1 query).
    """
    pairs = list(zip(lines, matched, strict=True))
    odd = {pk for line, pk in pairs if pk and abs(line.paid) != abs(promised[pk])}
    answers = dict(Claim.objects.filter(pk__in=odd).values_list("pk", "outgoing__answer"))
    return [
        fee_of(line.paid, promised[pk], bytes(answers.get(pk) or b""), back=line.is_reversal)
        if pk in answers
        else Decimal(0)
        for line, pk in pairs
    ]


def payment_of(
    row: Remittance, line: Line, claim_id: int | None, fee: Decimal, *, by: Worker
) -> Payment:
    """A line of a claim as it is posted."""
    return Payment(
        pharmacy_id=by.pharmacy_id,
        remittance=row,
        segment=line.segment,
        kind=LineKind.CLAIM.value,
        claim_id=claim_id,
        posted_at=by.at,
        by_id=by.person_id,
        usd=line.paid,
        fee_usd=fee,
        rx=line.rx_number,
        status=line.status,
        service_on=line.served_on,
        ndc=next((one.ndc for one in line.lines), ""),
        reference=line.payer_control,
        charge_usd=line.charge,
        patient_usd=line.patient_responsibility,
        reasons=[f"{one.group} {one.reason} {one.amount}" for one in line.every_adjustment],
    )


def post_adjustments(
    row: Remittance, adjustments: Iterable[ProviderAdjustment], *, by: Worker
) -> set[int]:
    """Money beside the claims. A take-back belongs to the claim whose number it names, as far
    as that payer has paid under it; else somebody must find out what it is for.
    """
    rows = []
    for one in adjustments:
        claim_id = taken_from(row, one) if one.reason in TAKEN_BACK else None
        rows.append(
            Payment(
                pharmacy_id=by.pharmacy_id,
                remittance=row,
                segment=one.segment,
                kind=LineKind.ADJUSTMENT.value,
                claim_id=claim_id,
                posted_at=by.at,
                by_id=by.person_id,
                usd=-one.amount,
                reference=one.reference,
                reasons=[one.reason],
            )
        )
    Payment.objects.bulk_create(rows, batch_size=AT_ONCE)
    unknown = [one for one in rows if one.reasons[0] in TAKEN_BACK and one.claim_id is None]
    name_unknown(unknown, by=by)
    return {one.claim_id for one in rows if one.claim_id is not None}


def taken_from(row: Remittance, one: ProviderAdjustment) -> int | None:
    """The claim paid by this payer under that number; none when there is not exactly one."""
    paid = Payment.objects.filter(
        pharmacy_id=row.pharmacy_id,
        reference=one.reference,
        kind=LineKind.CLAIM.value,
        claim__isnull=False,
        remittance__payer_id=row.payer_id,
    )
    found = set(paid.values_list("claim_id", flat=True)) if one.reference else set()
    return found.pop() if len(found) == 1 else None


def name_unknown(payments: list[Payment], *, by: Worker) -> None:
    """What is of no claim of ours: a line of the worklist each."""
    rows = [
        Difference(
            pharmacy_id=by.pharmacy_id,
            kind=DifferenceKind.UNKNOWN.value,
            payment=one,
            usd=-one.usd,
            found_at=by.at,
        )
        for one in payments
    ]
    Difference.objects.bulk_create(rows, batch_size=AT_ONCE)
