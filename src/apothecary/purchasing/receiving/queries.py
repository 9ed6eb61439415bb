"""What the receiving screens show; each states how often it asks."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from apothecary.purchasing.ordering.models import Order
from apothecary.purchasing.receiving.facts import COLD_WORDS
from apothecary.purchasing.receiving.models import (
    NoticeItem,
    Receipt,
    ReceivedPackage,
    ShipNotice,
)
from apothecary.purchasing.states import ON_ORDER

ROWS = 50
# What a delivery should bring, line by line: by the ship notice where there is one, else what
# is still to come of the order. Cold things first.
EXPECTED = """
SELECT l.id, l.package_id, p.name, p.strength, p.form, p.schedule, k.ndc, p.storage, o.number,
       CASE WHEN %(notice)s::bigint IS NULL THEN l.packages
            ELSE coalesce((SELECT sum(n.packages) FROM purchasing_noticeitem n
                           WHERE n.pharmacy_id = l.pharmacy_id AND n.line_id = l.id
                             AND n.notice_id = %(notice)s), 0) END,
       coalesce((SELECT sum(r.packages) FROM purchasing_receivedpackage r
                 WHERE r.pharmacy_id = l.pharmacy_id AND r.line_id = l.id
                   AND r.undone_at IS NULL AND r.condition = 'good'
                   AND (%(notice)s::bigint IS NULL OR r.receipt_id = %(receipt)s)), 0),
       coalesce((SELECT sum(r.packages) FROM purchasing_receivedpackage r
                 WHERE r.pharmacy_id = l.pharmacy_id AND r.line_id = l.id
                   AND r.undone_at IS NULL AND r.condition <> 'good'
                   AND (%(notice)s::bigint IS NULL OR r.receipt_id = %(receipt)s)), 0)
FROM purchasing_orderline l
JOIN purchasing_order o ON o.id = l.order_id
JOIN drugs_package k ON k.id = l.package_id
JOIN drugs_product p ON p.id = k.product_id
WHERE l.pharmacy_id = %(pharmacy)s
  AND (l.order_id = coalesce(%(order)s::bigint, 0) OR EXISTS (
       SELECT 1 FROM purchasing_noticeitem n WHERE n.pharmacy_id = l.pharmacy_id
         AND n.line_id = l.id AND n.notice_id = coalesce(%(notice)s::bigint, 0)))
ORDER BY p.storage = ANY(%(cold)s) DESC, p.name, p.strength, l.id
"""


@dataclass(frozen=True, slots=True)
class DueLine:
    """A line of a delivery: what should come of it, and what hands have found."""

    line_id: int
    package_id: int
    name: str
    strength: str
    form: str
    schedule: int
    ndc: str
    storage: str
    order_number: int
    announced: int
    good: int
    aside: int

    @property
    def is_cold(self) -> bool:
        return self.storage in COLD_WORDS

    @property
    def left(self) -> int:
        return max(self.announced - self.good - self.aside, 0)


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """A delivery that is being taken in."""

    receipt: Receipt
    due: list[DueLine]
    received: list[ReceivedPackage]

    @property
    def cold(self) -> bool:
        return any(line.is_cold for line in self.due)

    @property
    def left(self) -> int:
        return sum(line.left for line in self.due)

    @property
    def announced(self) -> int:
        return sum(line.announced for line in self.due)


def receipt_page(*, pharmacy_id: int, receipt_id: int) -> ReceiptPage | None:
    """One delivery: what should come, and the last packages that did (3 queries)."""
    receipt = (
        Receipt.objects.select_related("wholesaler", "notice", "order")
        .filter(pharmacy_id=pharmacy_id, pk=receipt_id)
        .first()
    )
    if receipt is None:
        return None
    return ReceiptPage(receipt, due_lines(receipt), last_received(receipt))


def due_lines(receipt: Receipt) -> list[DueLine]:
    """What a delivery should bring (1 query)."""
    asked: dict[str, int | list[str] | None] = {
        "pharmacy": receipt.pharmacy_id,
        "receipt": receipt.pk,
        "notice": receipt.notice_id,
        "order": receipt.order_id,
        "cold": list(COLD_WORDS),
    }
    with connection.cursor() as cursor:
        cursor.execute(EXPECTED, asked)
        return [DueLine(*row) for row in cursor.fetchall()]


def last_received(receipt: Receipt, *, limit: int = ROWS) -> list[ReceivedPackage]:
    """The packages of a delivery, the last scanned first (1 query)."""
    rows = ReceivedPackage.objects.filter(pharmacy_id=receipt.pharmacy_id, receipt=receipt)
    rows = rows.select_related("lot__package__product", "place")
    return list(rows.order_by("-pk")[:limit])


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What is at the door or on its way."""

    going: list[Receipt]
    announced: list[ShipNotice]
    unannounced: list[Order]
    overdue: date


def deliveries(*, pharmacy_id: int, today: date) -> Deliveries:
    """Deliveries begun, announced, and orders of which nothing is announced (3 queries)."""
    receipts = Receipt.objects.filter(pharmacy_id=pharmacy_id)
    going = receipts.filter(closed_at=None).select_related("wholesaler", "notice", "order")
    announced = ShipNotice.objects.filter(pharmacy_id=pharmacy_id, receipts=None)
    coming = Order.objects.filter(
        pharmacy_id=pharmacy_id, state__in=sorted(state.value for state in ON_ORDER)
    )
    told = NoticeItem.objects.filter(pharmacy_id=pharmacy_id, line__isnull=False)
    bare = coming.exclude(pk__in=told.values("line__order_id"))
    return Deliveries(
        going=list(going.order_by("-pk")[:ROWS]),
        announced=list(announced.select_related("wholesaler").order_by("due_on", "pk")[:ROWS]),
        unannounced=list(bare.select_related("wholesaler").order_by("due_on", "pk")[:ROWS]),
        overdue=today,
    )
