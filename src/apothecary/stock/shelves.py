"""What stands where: the shelf list, one lot with its places, what expires soon."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from apothecary.stock.models import Balance, Lot, Place

ROWS = 50
# One row a package that is kept or stands somewhere within the walls.
SHELVES = """
SELECT k.id, k.product_id, r.name, r.strength, r.form, r.schedule, k.ndc,
       coalesce(nullif(k.unit_word, ''), k.unit), coalesce(s.bin, ''),
       coalesce(b.on_hand, 0), coalesce(b.reserved, 0), b.lots, b.first_expiry,
       coalesce(s.reorder_at, 0), coalesce(s.programme, b.programme)
FROM drugs_package k
JOIN drugs_product r ON r.id = k.product_id
LEFT JOIN stock_shelfitem s ON s.package_id = k.id AND s.pharmacy_id = %(pharmacy)s
LEFT JOIN (
    SELECT l.package_id, p.programme, sum(b.on_hand) AS on_hand, sum(b.reserved) AS reserved,
           count(DISTINCT l.id) AS lots, min(l.expires_on) AS first_expiry
    FROM stock_balance b
    JOIN stock_lot l ON l.id = b.lot_id
    JOIN stock_place p ON p.id = b.place_id
    WHERE b.pharmacy_id = %(pharmacy)s AND b.on_hand > 0
      AND p.kind IN ('shelf', 'robot', 'vault')
    GROUP BY 1, 2) b ON b.package_id = k.id AND b.programme = coalesce(s.programme, b.programme)
WHERE (s.id IS NOT NULL OR b.on_hand > 0)
  AND (%(like)s = '' OR r.name ILIKE %(like)s OR r.brand ILIKE %(like)s OR k.ndc LIKE %(like)s
       OR s.bin ILIKE %(like)s)
  AND (NOT %(low)s OR coalesce(b.on_hand, 0) - coalesce(b.reserved, 0)
                      <= coalesce(s.reorder_at, 0))
ORDER BY r.name, r.strength, k.ndc
LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class ShelfLine:
    """One package on the shelves; quantities in its billing unit."""

    package_id: int
    product_id: int
    name: str
    strength: str
    form: str
    schedule: int
    ndc: str
    unit: str
    bin: str
    on_hand: Decimal
    reserved: Decimal
    lots: int | None
    first_expiry: date | None
    reorder_at: Decimal
    programme: str

    @property
    def free(self) -> Decimal:
        return self.on_hand - self.reserved


def shelf_lines(*, pharmacy_id: int, asked: str = "", low: bool = False) -> list[ShelfLine]:
    """The first fifty packages that are kept, by name (1 query)."""
    plain = asked.strip().replace("\\", "").replace("%", "").replace("_", "")
    given: dict[str, int | str] = {
        "pharmacy": pharmacy_id,
        "like": f"%{plain}%" if plain else "",
        "low": low,
        "limit": ROWS,
    }
    with connection.cursor() as cursor:
        cursor.execute(SHELVES, given)
        return [ShelfLine(*row) for row in cursor.fetchall()]


def balances_of_product(*, pharmacy_id: int, product_id: int) -> list[Balance]:
    """Where the lots of a product stand within the walls, first to expire first (1 query)."""
    return list(
        Balance.objects.filter(
            pharmacy_id=pharmacy_id,
            lot__package__product_id=product_id,
            outside=False,
            on_hand__gt=0,
        )
        .select_related("lot__package", "place")
        .order_by("lot__expires_on", "lot_id", "place_id")
    )


def lot_page(*, pharmacy_id: int, lot_id: int) -> Lot | None:
    """A lot with its drug (1 query)."""
    lots = Lot.objects.select_related("package__product")
    return lots.filter(pharmacy_id=pharmacy_id, pk=lot_id).first()


def balances_of_lot(*, pharmacy_id: int, lot_id: int) -> list[Balance]:
    """Every place that holds or held units of a lot (1 query)."""
    return list(
        Balance.objects.filter(pharmacy_id=pharmacy_id, lot_id=lot_id)
        .select_related("place")
        .order_by("outside", "place_id")
    )


def places(*, pharmacy_id: int) -> list[Place]:
    """The places of a pharmacy (1 query)."""
    return list(Place.objects.filter(pharmacy_id=pharmacy_id).order_by("id"))
