"""A delivery: begun, its temperature taken, closed with what was announced and did not come."""

from decimal import Decimal

from django.db import connection, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.purchasing.matching.models import Difference
from apothecary.purchasing.ordering.held import lock_order, must_be
from apothecary.purchasing.receiving.models import Receipt, ShipNotice, Tote
from apothecary.purchasing.receiving.rules import amount_usd, measured_problems
from apothecary.purchasing.states import RECEIVABLE, DifferenceKind
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

# What was announced on each line and what hands found of it, in this delivery.
MISSING = """
SELECT n.line_id, min(n.package_id), sum(n.packages), min(l.price_usd),
       coalesce((SELECT sum(r.packages) FROM purchasing_receivedpackage r
                 WHERE r.pharmacy_id = %(pharmacy)s AND r.receipt_id = %(receipt)s
                   AND r.line_id = n.line_id AND r.undone_at IS NULL), 0)
FROM purchasing_noticeitem n
JOIN purchasing_orderline l ON l.id = n.line_id
WHERE n.pharmacy_id = %(pharmacy)s AND n.notice_id = %(notice)s
GROUP BY n.line_id
ORDER BY n.line_id
"""


@transaction.atomic
def start_receipt(*, by: Worker, notice_id: int = 0, order_id: int = 0) -> Receipt:
    """Begin to take in what a ship notice announces, or what comes of an order without one.

    The delivery that is being taken in already goes on.
    """
    by.must(Duty.MANAGE_STOCK)
    if notice_id:
        rows = ShipNotice.objects.select_for_update(no_key=True)
        notice = rows.filter(pharmacy_id=by.pharmacy_id, pk=notice_id).first()
        if notice is None:
            raise refuse("No such ship notice here.", code="no-notice", field="notice_id")
        return begin(by=by, wholesaler_id=notice.wholesaler_id, notice=notice)
    order = lock_order(by=by, order_id=order_id)
    must_be(order, *sorted(RECEIVABLE))
    rows_of = Receipt.objects.filter(
        pharmacy_id=by.pharmacy_id, order=order, notice=None, closed_at=None
    )
    found = rows_of.first()
    if found is not None:
        return found
    row = Receipt.objects.create(
        pharmacy_id=by.pharmacy_id,
        wholesaler_id=order.wholesaler_id,
        order=order,
        started_at=by.at,
        started_by=by.person_id,
    )
    record(by=by, did=Deed.RECEIPT_STARTED, about=row, details={"order": order.po})
    return row


def begin(*, by: Worker, wholesaler_id: int, notice: ShipNotice) -> Receipt:
    """The delivery of a ship notice, which the caller holds."""
    rows = Receipt.objects.filter(pharmacy_id=by.pharmacy_id, notice=notice)
    found = rows.filter(closed_at=None).first()
    if found is not None:
        return found
    row = Receipt.objects.create(
        pharmacy_id=by.pharmacy_id,
        wholesaler_id=wholesaler_id,
        notice=notice,
        started_at=by.at,
        started_by=by.person_id,
    )
    record(by=by, did=Deed.RECEIPT_STARTED, about=row, details={"shipment": notice.number})
    return row


def scan_tote(*, by: Worker, sscc: str) -> Receipt:
    """The delivery a tote belongs to, begun by the scan of its label."""
    by.must(Duty.MANAGE_STOCK)
    rows = Tote.objects.filter(pharmacy_id=by.pharmacy_id, sscc=sscc).order_by("-pk")
    notice_id = rows.values_list("notice_id", flat=True).first()
    if notice_id is None:
        says = f"No ship notice announces the tote {sscc}: choose the order it belongs to."
        raise refuse(says, code="unknown-tote", field="code")
    return start_receipt(by=by, notice_id=notice_id)


def lock_receipt(*, by: Worker, receipt_id: int) -> Receipt:
    """An open delivery, held with its notice and order (1 query)."""
    rows = Receipt.objects.select_for_update(of=("self",), no_key=True)
    row = (
        rows.select_related("wholesaler", "notice", "order")
        .filter(pharmacy_id=by.pharmacy_id, pk=receipt_id)
        .first()
    )
    if row is None:
        raise refuse("No such delivery here.", code="no-receipt", field="receipt_id")
    if row.closed_at is not None:
        raise refuse("That delivery is closed.", code="receipt-closed")
    return row


@transaction.atomic
def take_temperature(
    *, by: Worker, receipt_id: int, temperature_c: Decimal, frozen: bool = False
) -> Receipt:
    """Write down how cold the cold items (or the frozen ones) were on arrival, once."""
    by.must(Duty.MANAGE_STOCK)
    row = lock_receipt(by=by, receipt_id=receipt_id)
    refuse_if(measured_problems(temperature_c))
    field = "frozen_c" if frozen else "temperature_c"
    if getattr(row, field) is not None:
        raise refuse("Its temperature was taken on arrival.", code="taken", field=field)
    setattr(row, field, temperature_c)
    row.temperature_at = by.at
    row.save(update_fields=[field, "temperature_at"])
    details = {"celsius": temperature_c, "frozen": frozen}
    record(by=by, did=Deed.TEMPERATURE_TAKEN, about=row, details=details)
    return row


@transaction.atomic
def close_receipt(*, by: Worker, receipt_id: int) -> Receipt:
    """The totes are empty: what was announced and did not come is claimed from here on."""
    by.must(Duty.MANAGE_STOCK)
    row = lock_receipt(by=by, receipt_id=receipt_id)
    missing = note_missing(row, by=by) if row.notice_id else 0
    row.closed_at, row.closed_by = by.at, by.person_id
    row.save(update_fields=["closed_at", "closed_by"])
    record(by=by, did=Deed.RECEIPT_CLOSED, about=row, details={"missing": missing})
    return row


def note_missing(row: Receipt, *, by: Worker) -> int:
    """A difference for each line of which less came than was announced; how many packages."""
    asked = {"pharmacy": by.pharmacy_id, "receipt": row.pk, "notice": row.notice_id}
    with connection.cursor() as cursor:
        cursor.execute(MISSING, asked)
        lines = [line for line in cursor.fetchall() if line[2] > line[4]]
    found = [
        Difference(
            pharmacy_id=by.pharmacy_id,
            kind=DifferenceKind.SHORT.value,
            wholesaler_id=row.wholesaler_id,
            line_id=line_id,
            package_id=package_id,
            packages=announced - came,
            usd=amount_usd(announced - came, price_usd),
            says=f"{announced} announced, {came} came",
            found_at=by.at,
        )
        for line_id, package_id, announced, price_usd, came in lines
    ]
    Difference.objects.bulk_create(found)
    return sum(one.packages for one in found)
