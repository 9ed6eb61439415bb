"""What people compare about the stock: value by class, turns, what lies dead, what is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import connection

from apothecary.stock.counting.rules import AbcClass
from apothecary.stock.kinds import PICKED_FROM
from apothecary.stock.levels.queries import Standing
from apothecary.stock.levels.rules import CENT, YEAR_DAYS, turns

Key = tuple[int, str]
KINDS = [kind.value for kind in PICKED_FROM]
MONTHS = 12
NEVER = datetime.min.replace(tzinfo=UTC)
RECEIVED = """
SELECT l.package_id, o.programme, max(t.happened_at)
FROM stock_posting t
JOIN stock_move m ON m.posting_id = t.id AND m.pharmacy_id = t.pharmacy_id
JOIN stock_place f ON f.id = m.from_place_id
JOIN stock_place o ON o.id = m.to_place_id
JOIN stock_lot l ON l.id = m.lot_id
WHERE t.pharmacy_id = %(pharmacy)s AND t.happened_at >= %(since)s AND f.kind = 'supplier'
GROUP BY 1, 2
"""
EXPIRING = """
SELECT date_trunc('month', greatest(l.expires_on, %(today)s))::date AS month,
       coalesce(sum(b.on_hand * k.price_usd), 0)
FROM stock_balance b
JOIN stock_lot l ON l.id = b.lot_id
JOIN stock_place p ON p.id = b.place_id
JOIN drugs_package k ON k.id = l.package_id
WHERE b.pharmacy_id = %(pharmacy)s AND b.on_hand > 0 AND p.kind = ANY(%(kinds)s)
  AND l.expires_on < %(until)s
GROUP BY 1 ORDER BY 1
"""
OVER_SHORT = """
SELECT date_trunc('month', t.happened_at AT TIME ZONE %(zone)s)::date AS month,
       coalesce(sum(m.quantity * k.price_usd) FILTER (WHERE f.kind = 'over_short'), 0),
       coalesce(sum(m.quantity * k.price_usd) FILTER (WHERE o.kind = 'over_short'), 0)
FROM stock_posting t
JOIN stock_move m ON m.posting_id = t.id
JOIN stock_place f ON f.id = m.from_place_id
JOIN stock_place o ON o.id = m.to_place_id
JOIN stock_lot l ON l.id = m.lot_id
JOIN drugs_package k ON k.id = l.package_id
WHERE t.pharmacy_id = %(pharmacy)s AND t.happened_at >= %(since)s
  AND 'over_short' IN (f.kind, o.kind)
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class OverShort:
    """What counts of a month found too much and too little, at the reference price."""

    month: date
    over_usd: Decimal
    short_usd: Decimal


@dataclass(frozen=True, slots=True)
class OfClass:
    """One class: how many packages, what lies there, how often it turns over in a year."""

    abc: AbcClass
    packages: int
    value_usd: Decimal
    turns: Decimal | None


def by_class(rows: Sequence[Standing], abc: Mapping[Key, AbcClass]) -> list[OfClass]:
    """Value and turns of each class. Pure."""
    found = []
    for each in AbcClass:
        of = [row for row in rows if abc[row.package_id, row.programme] is each]
        value = sum((row.value_usd or Decimal(0) for row in of), Decimal(0))
        used = sum((row.used_usd or Decimal(0) for row in of), Decimal(0))
        found.append(OfClass(each, len(of), value, turns(used_a_year=used, value=value)))
    return found


def dead_stock(
    rows: Sequence[Standing], *, received: Mapping[Key, datetime], at: datetime, days: int
) -> list[Standing]:
    """What stands here, was not used for so many days and came before them, dearest first.

    What came within the days has had no chance to be used. Pure.
    """
    since = at - timedelta(days=days)
    dead = [
        row
        for row in rows
        if row.on_hand > 0
        and (row.last_used_at is None or row.last_used_at < since)
        and received.get((row.package_id, row.programme), NEVER) < since
    ]
    return sorted(dead, key=lambda row: -(row.value_usd or Decimal(0)))


def last_received(*, pharmacy_id: int, at: datetime) -> dict[Key, datetime]:
    """When each package last came from outside within a year (1 query)."""
    asked: dict[str, int | datetime] = {
        "pharmacy": pharmacy_id,
        "since": at - timedelta(days=YEAR_DAYS),
    }
    with connection.cursor() as cursor:
        cursor.execute(RECEIVED, asked)
        return {(package, programme): when for package, programme, when in cursor.fetchall()}


def expiring_by_month(*, pharmacy_id: int, today: date) -> list[tuple[date, Decimal]]:
    """What ends in each of the next twelve months, and what it is worth; what has ended
    already stands in this one (1 query)."""
    asked: dict[str, int | date | list[str]] = {
        "pharmacy": pharmacy_id,
        "today": today,
        "until": after_months(today, MONTHS),
        "kinds": KINDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(EXPIRING, asked)
        return [(month, usd.quantize(CENT)) for month, usd in cursor.fetchall()]


def over_short_by_month(*, pharmacy_id: int, at: datetime, zone: str) -> list[OverShort]:
    """What counts found in each of the last twelve months (1 query)."""
    asked: dict[str, int | str | datetime] = {
        "pharmacy": pharmacy_id,
        "since": at - timedelta(days=366),
        "zone": zone,
    }
    with connection.cursor() as cursor:
        cursor.execute(OVER_SHORT, asked)
        return [
            OverShort(month, over.quantize(CENT), short.quantize(CENT))
            for month, over, short in cursor.fetchall()
        ]


def after_months(today: date, months: int) -> date:
    """The first day of the month so many months on."""
    year, month = divmod(today.month - 1 + months, 12)
    return date(today.year + year, month + 1, 1)
