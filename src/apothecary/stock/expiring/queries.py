"""What expires where and what it is worth; areas and their sweeps; first expired first out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection

from apothecary.stock.expiring.models import Sweep
from apothecary.stock.expiring.rules import is_due, reason_to_pull
from apothecary.stock.kinds import PICKED_FROM
from apothecary.stock.levels.queries import worth
from apothecary.stock.models import Balance

KINDS = [kind.value for kind in PICKED_FROM]
MOST_LINES = 500
# Each fill that was promised a later lot while an earlier one of the same package stood free in
# the same programme: in date for the whole supply, in use today. What was free then is reckoned
# anew from the moves and the promises up to that moment, not from what the ledger chose.
LATER_FIRST = """
WITH drawn AS (
    SELECT r.fill_id, r.lot_id, min(r.id) AS id, min(r.made_at) AS at, sum(r.quantity) AS units,
           min(r.good_until) AS good_until, min(p.programme) AS programme,
           min(l.package_id) AS package_id, min(l.expires_on) AS expires_on,
           min(l.number) AS number
    FROM stock_reservation r
    JOIN stock_lot l ON l.id = r.lot_id
    JOIN stock_place p ON p.id = r.place_id
    WHERE r.pharmacy_id = %(pharmacy)s AND r.state <> 'voided' AND r.good_until IS NOT NULL
      AND r.made_at >= %(since)s
    GROUP BY r.fill_id, r.lot_id
)
SELECT d.fill_id, d.at, k.ndc, r.name, r.strength, d.units, d.lot_id, d.number, d.expires_on,
       e.id, e.number, e.expires_on, p.name, free.units
FROM drawn d
JOIN stock_lot e ON e.pharmacy_id = %(pharmacy)s AND e.package_id = d.package_id
                AND e.expires_on < d.expires_on AND e.expires_on >= d.good_until
                AND e.state = 'available'
JOIN stock_balance b ON b.pharmacy_id = %(pharmacy)s AND b.lot_id = e.id
JOIN stock_place p ON p.id = b.place_id AND p.kind = ANY(%(kinds)s)
                  AND p.programme = d.programme
JOIN drugs_package k ON k.id = d.package_id
JOIN drugs_product r ON r.id = k.product_id
CROSS JOIN LATERAL (
    SELECT coalesce((
        SELECT sum(CASE WHEN m.to_place_id = b.place_id THEN m.quantity ELSE -m.quantity END)
        FROM stock_move m JOIN stock_posting t ON t.id = m.posting_id
        WHERE m.pharmacy_id = %(pharmacy)s AND m.lot_id = e.id AND t.happened_at <= d.at
          AND (m.to_place_id = b.place_id OR m.from_place_id = b.place_id)), 0)
    - coalesce((
        SELECT sum(o.quantity) FROM stock_reservation o
        WHERE o.pharmacy_id = %(pharmacy)s AND o.lot_id = e.id AND o.place_id = b.place_id
          AND o.id < d.id AND (o.settled_at IS NULL OR o.settled_at > d.at)
          AND o.fill_id <> d.fill_id), 0) AS units
) free
WHERE free.units > 0
  AND NOT EXISTS (SELECT 1 FROM drawn o WHERE o.fill_id = d.fill_id AND o.lot_id = e.id)
ORDER BY d.at DESC, d.fill_id, e.expires_on
LIMIT %(limit)s
"""
AREAS = """
SELECT p.area, count(DISTINCT p.id), max(s.signed_at),
       (max(s.signed_at) AT TIME ZONE h.time_zone)::date
FROM stock_place p
JOIN staff_pharmacy h ON h.id = p.pharmacy_id
LEFT JOIN stock_sweep s ON s.pharmacy_id = p.pharmacy_id AND s.area = p.area
WHERE p.pharmacy_id = %(pharmacy)s AND p.closed_at IS NULL AND p.kind = ANY(%(kinds)s)
GROUP BY p.area, h.time_zone ORDER BY p.area
"""


@dataclass(frozen=True, slots=True)
class Outdate:
    """Units of a lot where fills draw from that have expired or will soon."""

    balance: Balance
    reason: str
    value_usd: Decimal | None

    @property
    def free(self) -> Decimal:
        """What is not promised to a fill."""
        return self.balance.on_hand - self.balance.reserved


def outdates(
    *, pharmacy_id: int, today: date, days: int, area: str | None = None
) -> list[Outdate]:
    """What ends within so many days, in the order of the walk (1 query)."""
    rows = Balance.objects.filter(
        pharmacy_id=pharmacy_id,
        on_hand__gt=0,
        place__kind__in=KINDS,
        lot__expires_on__lte=today + timedelta(days=days),
    )
    if area is not None:
        rows = rows.filter(place__area=area)
    found = rows.select_related("place", "lot__package__product").order_by(
        "place__area", "place__name", "lot__expires_on", "id"
    )
    return [
        Outdate(
            balance=row,
            reason=reason_to_pull(row.lot.expires_on, today=today),
            value_usd=worth(row.on_hand, row.lot.package.price_usd),
        )
        for row in found[:MOST_LINES]
    ]


@dataclass(frozen=True, slots=True)
class AreaSwept:
    """An area and when somebody last went through it."""

    area: str
    places: int
    last_at: datetime | None
    due: bool


def areas(*, pharmacy_id: int, today: date) -> list[AreaSwept]:
    """The areas that fills draw from, with their last sweep (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(AREAS, {"pharmacy": pharmacy_id, "kinds": KINDS})
        return [
            AreaSwept(area, places, last_at, is_due(last_on, today=today))
            for area, places, last_at, last_on in cursor.fetchall()
        ]


def sweeps(*, pharmacy_id: int, limit: int = 20) -> list[Sweep]:
    """The last sweeps, newest first (1 query)."""
    return list(Sweep.objects.filter(pharmacy_id=pharmacy_id).order_by("-signed_at")[:limit])


@dataclass(frozen=True, slots=True)
class LaterFirst:
    """A fill that drew a later lot while an earlier one stood free."""

    fill_id: int
    at: datetime
    ndc: str
    name: str
    strength: str
    units: Decimal
    lot_id: int
    lot: str
    expires_on: date
    earlier_id: int
    earlier_lot: str
    earlier_expires_on: date
    place: str
    free: Decimal


def later_first(
    *, pharmacy_id: int, since: datetime, limit: int = MOST_LINES
) -> list[LaterFirst]:
    """Each fill since then that did not draw what expires first, newest first (1 query).

    No fault of the books: somebody poured from the bottle at hand. A lot that was quarantined
    then and is in use now is told as if it had been free.
    """
    asked: dict[str, int | datetime | list[str]] = {
        "pharmacy": pharmacy_id,
        "since": since,
        "kinds": KINDS,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(LATER_FIRST, asked)
        return [LaterFirst(*row) for row in cursor.fetchall()]
