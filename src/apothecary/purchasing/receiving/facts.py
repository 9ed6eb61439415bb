"""What the rules at the door need to know, asked in few questions."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from apothecary.drugs.models import Package
from apothecary.drugs.notices import OPEN
from apothecary.drugs.official.written_codes import product_key
from apothecary.drugs.recalled_lots import lots_in
from apothecary.drugs.side_tables import Recall, RecallCode
from apothecary.law.problem import Problem
from apothecary.purchasing.receiving.models import NoticeItem, Receipt
from apothecary.purchasing.receiving.rules import COLD, FROZEN, SCHEDULE_II
from apothecary.purchasing.states import RECEIVABLE, OrderState
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import Programme
from apothecary.stock.models import Lot, LotState
from apothecary.stock.places.rules import storage_said
from apothecary.stock.recalled.holding import notices_known, recalled_because
from apothecary.vault.arriving import (
    Arrived,
    arrival_problems,
    is_order_number,
    link_arrival,
)

__all__ = [
    "Arrived",
    "Wanted",
    "arrived_on",
    "cold_waits",
    "form_problems",
    "held_lot",
    "link_arrival",
    "recalled",
    "wanted_by",
]

# The orders are held by a statement of their own: one that waited would count what it saw
# before it waited, and two people at two totes could both fill the last place of a line.
HELD = """
SELECT o.id FROM purchasing_order o
WHERE o.pharmacy_id = %(pharmacy)s AND o.wholesaler_id = %(wholesaler)s
  AND o.state = ANY(%(states)s)
  AND EXISTS (SELECT 1 FROM purchasing_orderline l WHERE l.pharmacy_id = o.pharmacy_id
                AND l.order_id = o.id AND l.package_id = %(package)s)
ORDER BY o.id FOR NO KEY UPDATE
"""
# The open lines of this wholesaler for a package, those of this delivery first.
WANTED = """
SELECT l.id, l.order_id, o.programme, l.price_usd, l.packages, o.state,
       coalesce(l.promised + l.back_ordered, l.packages),
       coalesce((SELECT sum(r.packages) FROM purchasing_receivedpackage r
                 WHERE r.pharmacy_id = l.pharmacy_id AND r.line_id = l.id
                   AND r.undone_at IS NULL), 0)
FROM purchasing_orderline l
JOIN purchasing_order o ON o.id = l.order_id
WHERE l.pharmacy_id = %(pharmacy)s AND l.package_id = %(package)s
  AND o.wholesaler_id = %(wholesaler)s AND o.state = ANY(%(states)s)
ORDER BY o.id = coalesce(%(order)s::bigint, 0) DESC,
         EXISTS (SELECT 1 FROM purchasing_noticeitem n
                 WHERE n.pharmacy_id = l.pharmacy_id AND n.line_id = l.id
                   AND n.notice_id = coalesce(%(notice)s::bigint, 0)) DESC,
         o.number, l.number
"""
# Frozen and cold by the drug file, in the words it uses.
COLD_WORDS = sorted(
    word
    for word in ("cool", "refrigerator", "freezer", "ultra_cold")
    if storage_said(word) in COLD | FROZEN
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line that waits for a package: how many more may come, and at what price.

    ``coming`` is how many of it the wholesaler has promised, now or later; ``order_state`` how
    far its order is.
    """

    line_id: int
    order_id: int
    programme: Programme
    price_usd: Decimal | None
    ordered: int
    order_state: str
    coming: int
    received: int

    @property
    def room(self) -> int:
        return self.ordered - self.received

    def goes_on_after(self, packages: int) -> bool:
        """Whether so many good packages leave the order as it is: part of it had come before,
        and more of this line is to come.
        """
        begun = self.order_state == OrderState.PART_RECEIVED
        return begun and self.coming > self.received + packages


def wanted_by(receipt: Receipt, package: Package) -> Wanted | None:
    """The line a package is for: the first with room, else the first full one (2 queries)."""
    asked: dict[str, int | list[str] | None] = {
        "pharmacy": receipt.pharmacy_id,
        "package": package.pk,
        "wholesaler": receipt.wholesaler_id,
        "states": sorted(state.value for state in RECEIVABLE),
        "order": receipt.order_id,
        "notice": receipt.notice_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(HELD, asked)
        cursor.execute(WANTED, asked)
        rows = [
            Wanted(line, order, Programme(programme), *rest)
            for line, order, programme, *rest in cursor.fetchall()
        ]
    return next((one for one in rows if one.room > 0), rows[0] if rows else None)


def cold_waits(receipt: Receipt) -> bool:
    """Whether cold items are announced whose temperature nobody has taken (1 query)."""
    if receipt.notice_id is None or receipt.temperature_at is not None:
        return False
    rows = NoticeItem.objects.filter(
        pharmacy_id=receipt.pharmacy_id,
        notice_id=receipt.notice_id,
        package__product__storage__in=COLD_WORDS,
    )
    return rows.exists()


def recalled(package: Package, lot: str, *, pharmacy_id: int) -> str:
    """Why a lot may not be used: a notice that the house holds it for, or an open recall of the
    drug file that names it, or whose lots nobody has read for certain; else empty (3 queries).
    """
    held = recalled_because(pharmacy_id=pharmacy_id, package_id=package.pk, lot=lot)
    if held:
        return held
    # What the house has on file and decided goes before the text of the notice.
    known = notices_known(pharmacy_id=pharmacy_id, package_id=package.pk)
    product = package.product
    codes = RecallCode.objects.filter(
        product_key=product_key(product.labeler_code, product.product_code),
        package__in=["", package.package_code.zfill(2)],
        gone_on=None,
    )
    recalls = Recall.objects.filter(
        number__in=codes.values("number"), status__in=sorted(OPEN), gone_on=None
    )
    for recall in recalls.exclude(number__in=known).order_by("-reported_on"):
        read = lots_in(recall.lots)
        if read.holds(lot):
            firm = recall.firm.rstrip(".")
            may = "is" if read.names(lot) else "may be"
            doubt = "" if read.names(lot) else f" ({read.doubt})"
            notice = f"under recall {recall.number} of {firm}: {recall.reason[:200]}"
            return f"Lot {lot} {may} {notice}{doubt}"
    return ""


def held_lot(lot: Lot | None) -> str:
    """Why a lot that is here already may not be used; empty when it may."""
    if lot is None or lot.state != LotState.QUARANTINED:
        return ""
    return f"Lot {lot.number} stands in quarantine here: {lot.because}"


def arrived_on(
    receipt: Receipt, package: Package, packages: int, dea_order: str
) -> Arrived | None:
    """Packages of Schedule II as the vault's orders look at them, and others that came on an
    electronic order, which may hold anything (21 CFR 1305.21(c)). None where no number was
    typed, which the rules at the door name.
    """
    asks = package.product.schedule == SCHEDULE_II or is_order_number(dea_order)
    if not asks or not dea_order.strip():
        return None
    return Arrived(dea_order, package, packages, receipt.wholesaler.dea)


def form_problems(arrived: Arrived | None, *, by: Worker) -> list[Problem]:
    """Why the order whose number was typed does not cover what stands there (4 queries)."""
    return arrival_problems(by=by, arrived=arrived) if arrived else []
