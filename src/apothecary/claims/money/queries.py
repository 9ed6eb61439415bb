"""What the money screens show; each states how often it asks."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from apothecary.claims.models import Claim
from apothecary.claims.money.accounts import Owed, accounts
from apothecary.claims.money.kinds import DifferenceKind, LineKind
from apothecary.claims.money.models import Difference, Payment, Remittance, RemittanceFile
from apothecary.claims.money.rules import AGES, age_of

ROWS = 50
NOTHING = Decimal("0.00")
COLUMNS = tuple(word for _, word in AGES)
# PLB03 and PLB04 reasons as pharmacies meet them, in our own words.
REASONS = {
    "AH": "fees",
    "CS": "by contract",
    "WO": "taken back",
    "72": "taken back",
    "FB": "carried forward",
    "L6": "interest",
    "50": "late filing",
    "LE": "levy",
    "IR": "withheld tax",
    "J1": "not reimbursable",
}


@dataclass(frozen=True, slots=True)
class PayerRow:
    """What one payer owes by age, and what we hold of it."""

    bin: str
    plan: str
    by_age: tuple[Decimal, ...]
    owes_usd: Decimal
    held_usd: Decimal
    claims: int


@dataclass(frozen=True, slots=True)
class Receivables:
    """Open money by payer and age."""

    rows: list[PayerRow]
    by_age: list[tuple[str, Decimal]]
    owes_usd: Decimal
    held_usd: Decimal


def receivables(*, pharmacy_id: int, on: date) -> Receivables:
    """Open money by payer and age, the biggest debtor first (1 query)."""
    payers: dict[tuple[str, str], list[Owed]] = {}
    for one in accounts(pharmacy_id=pharmacy_id):
        payers.setdefault((one.bin, one.plan), []).append(one)
    rows = sorted(
        (payer_row(bin_, plan, of, on=on) for (bin_, plan), of in payers.items()),
        key=lambda row: (-row.owes_usd, row.plan),
    )
    totals = [
        (word, sum((row.by_age[place] for row in rows), NOTHING))
        for place, word in enumerate(COLUMNS)
    ]
    return Receivables(
        rows=rows,
        by_age=totals,
        owes_usd=sum((row.owes_usd for row in rows), NOTHING),
        held_usd=sum((row.held_usd for row in rows), NOTHING),
    )


def payer_row(bin_: str, plan: str, owed: list[Owed], *, on: date) -> PayerRow:
    """One payer's line: what it owes by age; what we hold is not set off against it."""
    ages = dict.fromkeys(COLUMNS, NOTHING)
    for one in owed:
        if one.open_usd > 0:
            ages[age_of(one.service_on, on=on)] += one.open_usd
    held = -sum((one.open_usd for one in owed if one.open_usd < 0), NOTHING)
    owes = sum(ages.values(), NOTHING)
    return PayerRow(bin_, plan, tuple(ages.values()), owes, held, len(owed))


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """One claim behind a bar."""

    claim: Claim
    open_usd: Decimal
    expected_usd: Decimal
    age: str


def open_claims_of(
    *, pharmacy_id: int, on: date, bin_: str = "", age: str = "", held: bool = False
) -> tuple[list[OpenClaim], int]:
    """The claims behind a bar, the largest first, and how many there are (2 queries)."""
    found = [
        one
        for one in accounts(pharmacy_id=pharmacy_id)
        if (one.open_usd < 0) == held
        and (not bin_ or one.bin == bin_)
        and (not age or age_of(one.service_on, on=on) == age)
    ]
    found.sort(key=lambda one: (-abs(one.open_usd), one.account.claim_id))
    rows = Claim.objects.select_related("fill__prescription", "fill__package__product")
    claims = rows.in_bulk([one.account.claim_id for one in found[:ROWS]])
    shown = [
        OpenClaim(
            claims[one.account.claim_id],
            one.open_usd,
            one.account.expected_usd,
            age_of(one.service_on, on=on),
        )
        for one in found[:ROWS]
    ]
    return shown, len(found)


def differences(*, pharmacy_id: int, kind: str = "") -> QuerySet[Difference]:
    """What somebody must close, the largest amount first (1 query)."""
    rows = Difference.objects.filter(pharmacy_id=pharmacy_id, closed_at=None)
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.select_related(
        "claim__fill__prescription",
        "claim__fill__package__product",
        "payment__remittance",
    )
    return rows.order_by("disputed_at", "found_at", "pk")


def kinds_open(*, pharmacy_id: int) -> list[tuple[str, int]]:
    """How many differences of each kind are open (1 query)."""
    rows = Difference.objects.filter(pharmacy_id=pharmacy_id, closed_at=None)
    return list(rows.values_list("kind").annotate(many=Count("pk")).order_by("-many", "kind"))


def difference_page(
    *, pharmacy_id: int, difference_id: int
) -> tuple[Difference, list[Payment]] | None:
    """One difference with every line of its claim, oldest first (2 queries)."""
    rows = Difference.objects.select_related(
        "claim__fill__prescription",
        "claim__fill__patient",
        "claim__fill__package__product",
        "payment__remittance",
    )
    row = rows.filter(pharmacy_id=pharmacy_id, pk=difference_id).first()
    if row is None:
        return None
    lines = Payment.objects.filter(pharmacy_id=pharmacy_id).select_related("remittance")
    of = lines.filter(claim=row.claim) if row.claim else lines.filter(pk=row.payment_id or 0)
    return row, list(of.order_by("pk"))


def files(*, pharmacy_id: int) -> list[RemittanceFile]:
    """The last files, refused ones too (2 queries)."""
    rows = RemittanceFile.objects.filter(pharmacy_id=pharmacy_id)
    return list(rows.order_by("-arrived_at", "-pk").prefetch_related("remittances")[:10])


def remittance_page(
    *, pharmacy_id: int, remittance_id: int
) -> tuple[Remittance, list[Payment], int] | None:
    """A remittance with its first lines and how many it has (3 queries)."""
    rows = Remittance.objects.select_related("file")
    row = rows.filter(pharmacy_id=pharmacy_id, pk=remittance_id).first()
    if row is None:
        return None
    lines = row.payments.select_related("claim__fill__prescription").order_by("pk")
    # What is beside the claims first: there are few, and they are what one looks for.
    shown = sorted(lines[:500], key=lambda one: (one.kind != LineKind.ADJUSTMENT, one.pk))
    return row, shown, row.payments.count()


@dataclass(frozen=True, slots=True)
class Beside:
    """Money beside the claims: of one payer, month and reason; above zero it was kept back."""

    payer: str
    month: date
    reason: str
    says: str
    usd: Decimal
    lines: int


def beside_claims(*, pharmacy_id: int) -> list[Beside]:
    """Fees, take-backs and balances by payer and month, the newest first (1 query)."""
    rows = (
        Payment.objects.filter(pharmacy_id=pharmacy_id, kind=LineKind.ADJUSTMENT.value)
        .annotate(month=TruncMonth("remittance__paid_on"))
        .values_list("remittance__payer_name", "month", "reasons")
        .annotate(usd=Sum("usd"), lines=Count("pk"))
        .order_by("-month", "remittance__payer_name", "reasons")
    )
    return [
        Beside(payer or "", month, reasons[0], REASONS.get(reasons[0], ""), -usd, lines)
        for payer, month, reasons, usd, lines in rows
        if month is not None
    ]


def is_loss(row: Difference) -> bool:
    """Whether closing it gives money up."""
    return row.usd > 0


def may_be_tied(row: Difference) -> bool:
    """Whether a person may say which claim it is about."""
    return row.kind == DifferenceKind.UNKNOWN and row.closed_at is None
