"""Where a recalled lot stands, which bottles of it came, and who got it: one statement each."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from apothecary.stock.kinds import PlaceKind

# A lot's number as it is compared, the same in SQL as `drugs.recalled_lots.lot_key`.
KEY = "regexp_replace(upper(regexp_replace({column}, '[^A-Za-z0-9]', '', 'g')), '^0+(?=.)', '')"
LOTS = f"""
lots AS (
    SELECT DISTINCT l.id, l.number, l.expires_on, l.package_id, l.state
    FROM stock_recalledlot r
    JOIN stock_lot l ON l.pharmacy_id = r.pharmacy_id AND l.package_id = r.package_id
    WHERE r.pharmacy_id = %(pharmacy)s AND r.recall = %(recall)s AND r.lifted_at IS NULL
      AND r.lot_key IN ('', {KEY.format(column="l.number")})
)
"""  # noqa: S608 a constant of ours
# What the house has in its hands; a patient's units and what has left it are no place to look.
HELD_AT = (
    PlaceKind.RECEIVING,
    PlaceKind.SHELF,
    PlaceKind.ROBOT,
    PlaceKind.VAULT,
    PlaceKind.QUARANTINE,
    PlaceKind.RETURNED,
)
# A vial on the bench or at the check holds units that the books still have on the shelf; a bag
# holds units that go back to the shelf on the books when it is taken back.
STANDS = f"""
WITH {LOTS},
benched AS (
    SELECT r.lot_id, r.place_id, r.fill_id, sum(r.quantity) AS units
    FROM lots JOIN stock_reservation r ON r.lot_id = lots.id
    JOIN prescriptions_fill f ON f.id = r.fill_id
    WHERE r.pharmacy_id = %(pharmacy)s AND r.state = 'pending'
      AND f.state IN ('filling', 'check')
    GROUP BY r.lot_id, r.place_id, r.fill_id
),
bagged AS (
    SELECT m.lot_id, m.from_place_id AS place_id, m.fill_id, sum(m.quantity) AS units
    FROM lots JOIN stock_move m ON m.lot_id = lots.id AND m.pharmacy_id = %(pharmacy)s
    JOIN stock_place w ON w.id = m.to_place_id AND w.kind = 'will_call'
    WHERE m.fill_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM stock_move x WHERE x.reverses_id = m.id)
      AND NOT EXISTS (SELECT 1 FROM stock_move x
                      WHERE x.pharmacy_id = %(pharmacy)s AND x.fill_id = m.fill_id
                        AND x.lot_id = m.lot_id AND x.from_place_id = m.to_place_id
                        AND x.id > m.id)
    GROUP BY m.lot_id, m.from_place_id, m.fill_id
),
shelved AS (
    SELECT b.lot_id, b.place_id, NULL::bigint AS fill_id,
           b.on_hand - coalesce((SELECT sum(o.units) FROM benched o
                                 WHERE o.lot_id = b.lot_id AND o.place_id = b.place_id), 0)
               AS units
    FROM lots JOIN stock_balance b ON b.lot_id = lots.id AND b.pharmacy_id = %(pharmacy)s
    JOIN stock_place p ON p.id = b.place_id AND p.kind = ANY(%(kinds)s)
    WHERE b.on_hand > 0
)
SELECT lots.id, lots.number, lots.expires_on, lots.package_id, lots.state, s.place_id, p.name,
       p.kind, s.fill_id, coalesce(f.bin, ''), s.units
FROM (SELECT * FROM shelved UNION ALL SELECT * FROM benched UNION ALL SELECT * FROM bagged) s
JOIN lots ON lots.id = s.lot_id
JOIN stock_place p ON p.id = s.place_id
LEFT JOIN prescriptions_fill f ON f.id = s.fill_id
WHERE s.units > 0
ORDER BY p.area, p.name, lots.expires_on, lots.number, s.fill_id NULLS FIRST
"""  # noqa: S608 constants of ours
PATIENTS = f"""
WITH {LOTS}
SELECT f.patient_id, m.fill_id, x.number, f.number, f.part, lots.id, lots.number,
       d.name || ' ' || d.strength, sum(m.quantity),
       max((t.happened_at AT TIME ZONE s.time_zone)::date)
FROM lots
JOIN drugs_package k ON k.id = lots.package_id
JOIN drugs_product d ON d.id = k.product_id
JOIN staff_pharmacy s ON s.id = %(pharmacy)s
JOIN stock_move m ON m.lot_id = lots.id AND m.pharmacy_id = %(pharmacy)s
JOIN stock_place p ON p.id = m.to_place_id AND p.kind = 'patient'
JOIN stock_posting t ON t.id = m.posting_id
JOIN prescriptions_fill f ON f.id = m.fill_id
JOIN prescriptions_prescription x ON x.id = f.prescription_id
WHERE NOT EXISTS (SELECT 1 FROM stock_move b WHERE b.reverses_id = m.id)
  AND (%(since)s::date IS NULL
       OR (t.happened_at AT TIME ZONE s.time_zone)::date >= %(since)s::date)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
ORDER BY 10 DESC, m.fill_id, lots.id
"""  # noqa: S608 constants of ours
BOTTLES = f"""
WITH {LOTS}
SELECT lots.id, lots.number, lots.expires_on, r.serial, r.gtin, r.packages, r.quantity,
       r.received_at, w.name
FROM lots
JOIN purchasing_receivedpackage r ON r.lot_id = lots.id AND r.pharmacy_id = %(pharmacy)s
JOIN purchasing_receipt d ON d.id = r.receipt_id
JOIN purchasing_wholesaler w ON w.id = d.wholesaler_id
WHERE r.undone_at IS NULL
ORDER BY r.received_at DESC, r.id
"""  # noqa: S608 constants of ours


@dataclass(frozen=True, slots=True)
class Stands:
    """Units of a recalled lot at a place of the house, in the package's billing unit.

    With a fill they are in its vial: on the bench, at the check, or in a bag.
    """

    lot_id: int
    lot: str
    expires_on: date
    package_id: int
    lot_state: str
    place_id: int
    place: str
    kind: str
    fill_id: int | None
    bin: str
    units: Decimal


@dataclass(frozen=True, slots=True)
class Got:
    """What a patient took home of a recalled lot, and the day by the pharmacy's own clock."""

    patient_id: int
    fill_id: int
    rx_number: int
    refill: int
    part: int
    lot_id: int
    lot: str
    drug: str
    units: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class Bottle:
    """A package of a recalled lot as it came in at the door."""

    lot_id: int
    lot: str
    expires_on: date
    serial: str
    gtin: str
    packages: int
    units: Decimal
    received_at: datetime
    wholesaler: str


def where_it_stands(*, pharmacy_id: int, recall: str) -> list[Stands]:
    """Every place of the house that has units of the lots of a notice (1 query)."""
    asked: dict[str, int | str | list[str]] = {
        "pharmacy": pharmacy_id,
        "recall": recall,
        "kinds": [kind.value for kind in HELD_AT],
    }
    with connection.cursor() as cursor:
        cursor.execute(STANDS, asked)
        return [Stands(*row) for row in cursor.fetchall()]


def who_got_it(*, pharmacy_id: int, recall: str, since: date | None = None) -> list[Got]:
    """Everybody who took units of the lots of a notice home, back to a day (1 query)."""
    asked: dict[str, int | str | date | None] = {
        "pharmacy": pharmacy_id,
        "recall": recall,
        "since": since,
    }
    with connection.cursor() as cursor:
        cursor.execute(PATIENTS, asked)
        return [Got(*row) for row in cursor.fetchall()]


def bottles_that_came(*, pharmacy_id: int, recall: str) -> list[Bottle]:
    """Every package of the lots of a notice that was received, with its serial (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(BOTTLES, {"pharmacy": pharmacy_id, "recall": recall})
        return [Bottle(*row) for row in cursor.fetchall()]
