"""Comparing an invoice with order and hands, claiming what differs, and approving it."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.purchasing.matching.models import (
    AcquisitionCost,
    Difference,
    Invoice,
    InvoiceLine,
)
from apothecary.purchasing.matching.rules import (
    Found,
    LineFacts,
    approval_problems,
    cents,
    charge_differences,
    credit_problems,
    credit_state,
    line_differences,
)
from apothecary.purchasing.receiving.models import Receipt
from apothecary.purchasing.states import (
    UNSETTLED,
    ClaimState,
    DifferenceKind,
    InvoiceState,
    next_claim_state,
    next_invoice_state,
)
from apothecary.purchasing.wholesalers.actions import because_problems
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import Programme

# For each order line of an invoice: what came, what other invoices have billed, and how many
# packages were named as short, by those invoices or at the door.
ARRIVED = """
SELECT l.id,
       coalesce((SELECT sum(r.packages) FROM purchasing_receivedpackage r
                 WHERE r.pharmacy_id = l.pharmacy_id AND r.line_id = l.id
                   AND r.undone_at IS NULL), 0),
       coalesce((SELECT sum(b.packages) FROM purchasing_invoiceline b
                 JOIN purchasing_invoice i ON i.id = b.invoice_id
                 WHERE b.pharmacy_id = l.pharmacy_id AND b.line_id = l.id
                   AND i.id <> %(invoice)s AND i.state <> 'new'), 0),
       coalesce((SELECT sum(d.packages) FROM purchasing_difference d
                 WHERE d.pharmacy_id = l.pharmacy_id AND d.line_id = l.id
                   AND d.kind = 'short'), 0)
FROM purchasing_orderline l
WHERE l.pharmacy_id = %(pharmacy)s AND l.id = ANY(%(lines)s)
"""


def lock_invoice(*, by: Worker, invoice_id: int) -> Invoice:
    """An invoice with its order, held (1 query)."""
    by.must(Duty.ORDER_STOCK)
    rows = Invoice.objects.select_for_update(of=("self",), no_key=True)
    row = (
        rows.select_related("order", "wholesaler")
        .filter(pharmacy_id=by.pharmacy_id, pk=invoice_id)
        .first()
    )
    if row is None:
        raise refuse("No such invoice here.", code="no-invoice", field="invoice_id")
    return row


@transaction.atomic
def match_invoice(*, by: Worker, invoice_id: int) -> Invoice:
    """Compare an invoice with what was ordered and what came; every difference gets a row."""
    row = lock_invoice(by=by, invoice_id=invoice_id)
    if row.state != InvoiceState.NEW:
        raise refuse("That invoice was compared already.", code="matched")
    refuse_early(row)
    lines = list(
        InvoiceLine.objects.select_related("line", "package__product")
        .filter(pharmacy_id=by.pharmacy_id, invoice=row)
        .order_by("number")
    )
    found = differences_of(row, lines)
    Difference.objects.bulk_create(difference_of(row, line, one, by=by) for line, one in found)
    state = InvoiceState.DIFFERS if open_of(row) else InvoiceState.MATCHED
    row.state = next_invoice_state(InvoiceState(row.state), state).value
    row.matched_at = by.at
    row.save(update_fields=["state", "matched_at"])
    usd = sum((one.usd for _, one in found), Decimal(0))
    details = {"number": row.number, "differences": len(found), "usd": usd}
    record(by=by, did=Deed.INVOICE_MATCHED, about=row, details=details)
    return row


def refuse_early(row: Invoice) -> None:
    """Before the goods are here nobody can say what is missing (1 query)."""
    if row.order is None:
        return
    receipts = Receipt.objects.filter(
        pharmacy_id=row.pharmacy_id, wholesaler_id=row.wholesaler_id
    )
    mine = (
        receipts.filter(order=row.order) | receipts.filter(notice__items__line__order=row.order)
    ).distinct()
    states = [closed for closed in mine.values_list("closed_at", flat=True)]
    if not states:
        says = f"Nothing of {row.order.po} has been received yet: scan it in first."
        raise refuse(says, code="not-received")
    if None in states:
        says = f"A delivery of {row.order.po} is still being taken in: close it first."
        raise refuse(says, code="receipt-open")


def differences_of(
    row: Invoice, lines: Sequence[InvoiceLine]
) -> list[tuple[InvoiceLine | None, Found]]:
    """Every difference of an invoice, with the line it is on (1 query).

    Packages that came are taken by the lines in turn: two lines cannot bill the same one.
    """
    left = arrived_of(row, lines)
    found: list[tuple[InvoiceLine | None, Found]] = []
    for one in lines:
        came, missing = left.get(one.line_id or 0, (0, 0))
        came, missing = max(came, 0), max(missing, 0)
        takes = min(came, one.packages)
        lacks = min(missing, one.packages - takes)
        if one.line_id:
            left[one.line_id] = (came - takes, missing - lacks)
        facts = LineFacts(
            drug=words_of(one),
            packages=one.packages,
            price_usd=one.price_usd,
            amount_usd=one.amount_usd,
            ordered=one.line is not None,
            agreed_usd=one.line.price_usd if one.line else None,
            arrived=takes,
            missing=lacks,
        )
        found += [(one, difference) for difference in line_differences(facts)]
    charges = list(row.charges.order_by("pk").values_list("says", "usd"))
    found += [(None, one) for one in charge_differences(charges, goods_usd=row.goods_usd)]
    return found


def arrived_of(row: Invoice, lines: Sequence[InvoiceLine]) -> dict[int, tuple[int, int]]:
    """For each order line: packages that came and nobody billed yet, and those known to be
    missing that no other invoice has used up (1 query).
    """
    asked: dict[str, int | list[int]] = {
        "pharmacy": row.pharmacy_id,
        "invoice": row.pk,
        "lines": sorted({one.line_id for one in lines if one.line_id}),
    }
    with connection.cursor() as cursor:
        cursor.execute(ARRIVED, asked)
        rows = cursor.fetchall()
    found = {}
    for line_id, came, billed, missing in rows:
        left = came - billed
        # What others billed beyond what came has used up packages named as missing.
        found[line_id] = (max(left, 0), missing + min(left, 0))
    return found


def words_of(line: InvoiceLine) -> str:
    """A billed line in words."""
    return str(line.package.product) if line.package else line.description or line.item_number


def difference_of(
    row: Invoice, line: InvoiceLine | None, found: Found, *, by: Worker
) -> Difference:
    """The row of a difference that an invoice shows."""
    return Difference(
        pharmacy_id=by.pharmacy_id,
        kind=found.kind.value,
        wholesaler_id=row.wholesaler_id,
        line_id=line.line_id if line else None,
        invoice=row,
        package_id=line.package_id if line else None,
        packages=found.packages,
        usd=found.usd,
        says=found.says,
        found_at=by.at,
    )


def of_invoice(row: Invoice) -> list[Difference]:
    """Every difference an invoice must answer for: its own, and those of its order's goods
    that were found at the door (1 query).
    """
    rows = Difference.objects.filter(pharmacy_id=row.pharmacy_id)
    mine = rows.filter(invoice=row)
    if row.order_id is not None:
        mine = mine | rows.filter(invoice=None, line__order_id=row.order_id)
    return list(mine.select_related("package__product").order_by("pk"))


def open_of(row: Invoice) -> list[Difference]:
    """Those of them nobody has told the wholesaler of (1 query)."""
    return [one for one in of_invoice(row) if one.state == ClaimState.OPEN]


@transaction.atomic
def approve_invoice(*, by: Worker, invoice_id: int) -> Invoice:
    """Say that an invoice may be paid: all of it came as agreed, or what did not is claimed.

    What each package cost is written down with it.
    """
    row = lock_invoice(by=by, invoice_id=invoice_id)
    if row.state == InvoiceState.APPROVED:
        raise refuse("That invoice is approved already.", code="approved")
    waiting = [(one.says or one.kind, one.usd) for one in open_of(row)]
    matched = row.state != InvoiceState.NEW
    refuse_if(approval_problems(matched=matched, open_differences=waiting))
    row.state = next_invoice_state(InvoiceState(row.state), InvoiceState.APPROVED).value
    row.approved_at, row.approved_by = by.at, by.person_id
    row.save(update_fields=["state", "approved_at", "approved_by"])
    keep_costs(row, by=by)
    details = {"number": row.number, "usd": row.total_usd}
    record(by=by, did=Deed.INVOICE_APPROVED, about=row, details=details)
    return row


def keep_costs(row: Invoice, *, by: Worker) -> None:
    """What each package cost: as billed, less what is claimed of its price (2 queries)."""
    claimed = Counter(
        (one.line_id, one.packages, one.usd)
        for one in of_invoice(row)
        if one.kind == DifferenceKind.PRICE
        and one.invoice_id == row.pk
        and one.state != ClaimState.ACCEPTED
    )
    programme = row.order.programme if row.order else Programme.OWN.value
    lines = InvoiceLine.objects.select_related("package", "line").filter(
        pharmacy_id=by.pharmacy_id, invoice=row, package__isnull=False, packages__gt=0
    )
    rows = []
    for line in lines.order_by("number"):
        # A bill may cut one order line into several: each has its own difference of price.
        over = over_price(line)
        mine = (line.line_id, line.packages, over)
        is_claimed = claimed[mine] > 0
        claimed[mine] -= is_claimed
        rows.append(
            AcquisitionCost(
                pharmacy_id=by.pharmacy_id,
                package=line.package,
                programme=programme,
                usd=(line.amount_usd - (over if is_claimed else 0)) / line.packages,
                invoice_line=line,
                invoiced_on=row.invoiced_on,
                known_at=by.at,
            )
        )
    AcquisitionCost.objects.bulk_create(rows)


def over_price(line: InvoiceLine) -> Decimal:
    """How much more a line is billed at than was agreed on; nothing where nothing was."""
    agreed = line.line.price_usd if line.line else None
    if agreed is None:
        return Decimal(0)
    return line.amount_usd - cents(line.packages * agreed)


def lock_difference(*, by: Worker, difference_id: int) -> Difference:
    """A difference, held (1 query)."""
    by.must(Duty.ORDER_STOCK)
    rows = Difference.objects.select_for_update(of=("self",), no_key=True)
    row = rows.filter(pharmacy_id=by.pharmacy_id, pk=difference_id).first()
    if row is None:
        raise refuse("No such difference here.", code="no-difference", field="difference_id")
    return row


def must_be(row: Difference, *states: ClaimState) -> None:
    """Refuse by name what a difference is too early or too late for."""
    if row.state not in {state.value for state in states}:
        raise refuse(f"That difference is {row.state}.", code="difference-state")


def close_as(row: Difference, to: ClaimState, *, by: Worker) -> None:
    """Set the state by the table of steps; settled ones say who and when. The caller saves."""
    row.state = next_claim_state(ClaimState(row.state), to).value
    if to not in UNSETTLED:
        row.closed_at, row.closed_by = by.at, by.person_id


@transaction.atomic
def claim_difference(
    *, by: Worker, difference_id: int, because: str, reference: str = ""
) -> Difference:
    """Tell the wholesaler: from here on its credit is waited for."""
    row = lock_difference(by=by, difference_id=difference_id)
    must_be(row, ClaimState.OPEN)
    refuse_if(because_problems(because, "it is claimed, and with whom it was spoken of"))
    close_as(row, ClaimState.CLAIMED, by=by)
    row.claimed_at, row.because, row.reference = by.at, because, reference.strip()[:60]
    row.save()
    details = {"kind": row.kind, "usd": row.usd, "because": because, "reference": row.reference}
    record(by=by, did=Deed.PURCHASE_CLAIMED, about=row, details=details)
    return row


@transaction.atomic
def credit_difference(
    *, by: Worker, difference_id: int, usd: Decimal, reference: str
) -> Difference:
    """Write down what the wholesaler credited; less than was claimed stays open."""
    row = lock_difference(by=by, difference_id=difference_id)
    must_be(row, ClaimState.CLAIMED, ClaimState.SHORT_CREDITED)
    refuse_if(credit_problems(usd=usd, owed_usd=row.usd - row.credited_usd))
    row.credited_usd += usd
    to = credit_state(claimed_usd=row.usd, credited_usd=row.credited_usd)
    if to.value != row.state:
        close_as(row, to, by=by)
    row.reference = reference.strip()[:60] or row.reference
    row.save()
    details = {"usd": usd, "reference": reference, "state": row.state}
    record(by=by, did=Deed.PURCHASE_CREDITED, about=row, details=details)
    return row


@transaction.atomic
def accept_difference(*, by: Worker, difference_id: int, because: str) -> Difference:
    """Let it be: it costs us nothing that we ask for."""
    row = lock_difference(by=by, difference_id=difference_id)
    must_be(row, ClaimState.OPEN, ClaimState.CLAIMED)
    if row.usd > 0:
        # Money that is ours is given up by whoever may write it off, and by nobody else.
        by.must(Duty.WRITE_OFF)
    return settle(row, ClaimState.ACCEPTED, because, by=by)


@transaction.atomic
def write_off_difference(*, by: Worker, difference_id: int, because: str) -> Difference:
    """Give up what the wholesaler owes us."""
    by.must(Duty.WRITE_OFF)
    row = lock_difference(by=by, difference_id=difference_id)
    must_be(row, *sorted(UNSETTLED))
    return settle(row, ClaimState.WRITTEN_OFF, because, by=by)


def settle(row: Difference, to: ClaimState, because: str, *, by: Worker) -> Difference:
    """Close a difference with its reason."""
    refuse_if(because_problems(because, "it is closed"))
    close_as(row, to, by=by)
    row.because = because
    row.save()
    details = {"kind": row.kind, "usd": row.usd, "as": to.value, "because": because}
    record(by=by, did=Deed.PURCHASE_CLOSED, about=row, details=details)
    return row


def last_cost(
    *, pharmacy_id: int, package_id: int, programme: Programme = Programme.OWN
) -> Decimal | None:
    """What one package cost us last, by an approved invoice; None before the first (1 query).

    For whoever compares what is paid with what was paid: claims, filling.
    """
    rows = AcquisitionCost.objects.filter(
        pharmacy_id=pharmacy_id, package_id=package_id, programme=programme.value
    )
    return rows.order_by("-invoiced_on", "-pk").values_list("usd", flat=True).first()
