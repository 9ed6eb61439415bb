"""Whom we buy from, what they ask for a package today, what changed, what stands aside."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection
from django.db.models import QuerySet

from apothecary.purchasing.wholesalers.models import CatalogueItem, ItemPrice, Wholesaler
from apothecary.purchasing.wholesalers.rules import Offer
from apothecary.stock.kinds import Programme

ROWS = 100
# Of each item the price that is good today; of two the one that began later.
OFFERS = """
SELECT DISTINCT ON (i.id) i.id, w.id, w.name, i.item_number, i.package_id, p.usd, w.priority,
       p.contract, p.starts_on, p.was_usd, i.description
FROM purchasing_catalogueitem i
JOIN purchasing_wholesaler w ON w.id = i.wholesaler_id
JOIN purchasing_itemprice p ON p.item_id = i.id AND p.pharmacy_id = i.pharmacy_id
WHERE i.pharmacy_id = %(pharmacy)s AND i.package_id = ANY(%(packages)s) AND w.active
  AND (i.discontinued_on IS NULL OR i.discontinued_on > %(on)s)
  AND p.programme = %(programme)s AND p.starts_on <= %(on)s
  AND (p.ends_on IS NULL OR p.ends_on >= %(on)s)
ORDER BY i.id, p.starts_on DESC
"""


def wholesalers(*, pharmacy_id: int) -> list[Wholesaler]:
    """The wholesalers of a pharmacy, those in use first (1 query)."""
    rows = Wholesaler.objects.filter(pharmacy_id=pharmacy_id)
    return list(rows.order_by("-active", "priority", "name"))


def offers(
    *, pharmacy_id: int, package_ids: Iterable[int], programme: Programme, on: date
) -> dict[int, list[Offer]]:
    """What each package costs today and at whom, the cheapest first (1 query)."""
    asked: dict[str, int | str | date | list[int]] = {
        "pharmacy": pharmacy_id,
        "packages": sorted(set(package_ids)),
        "programme": programme.value,
        "on": on,
    }
    found: dict[int, list[Offer]] = {}
    with connection.cursor() as cursor:
        cursor.execute(OFFERS, asked)
        for row in cursor.fetchall():
            offer = Offer(*row)
            found.setdefault(offer.package_id, []).append(offer)
    for one in found.values():
        one.sort(key=lambda offer: (offer.usd, offer.priority, offer.item_id))
    return found


def items_aside(*, pharmacy_id: int) -> QuerySet[CatalogueItem]:
    """Items that are no drug yet, the newest first (1 query)."""
    rows = CatalogueItem.objects.filter(
        pharmacy_id=pharmacy_id, package=None, dismissed_at=None
    ).select_related("wholesaler")
    return rows.order_by("-seen_on", "-pk")[:ROWS]


def price_changes(*, pharmacy_id: int, since: datetime) -> QuerySet[ItemPrice]:
    """Prices that changed since then, the newest first (1 query)."""
    rows = ItemPrice.objects.filter(
        pharmacy_id=pharmacy_id, was_usd__isnull=False, seen_at__gte=since
    ).select_related("item__wholesaler", "item__package__product")
    return rows.order_by("-seen_at", "-pk")[:ROWS]
