"""What the shelves hold, and whether the books agree with the moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet, Sum

from apothecary.stock.kinds import PlaceKind, Programme
from apothecary.stock.models import Balance, LotState, Move

# Where fills draw from; they draw from the house's own stock, so a reader that tells what is
# there for a fill asks for the programme too.
PICK_KINDS = [PlaceKind.SHELF, PlaceKind.ROBOT, PlaceKind.VAULT]


def free_units(
    *,
    pharmacy_id: int,
    package_id: int,
    good_until: date,
    programme: Programme = Programme.OWN,
) -> Decimal:
    """What could be reserved of a package: available, in date, not promised (1 query)."""
    free = Balance.objects.filter(
        pharmacy_id=pharmacy_id,
        lot__package_id=package_id,
        place__kind__in=PICK_KINDS,
        place__programme=programme,
        lot__state=LotState.AVAILABLE,
        lot__expires_on__gte=good_until,
    ).aggregate(free=Sum(F("on_hand") - F("reserved")))["free"]
    return free or Decimal(0)


def moves_of_fill(*, pharmacy_id: int, fill_id: int) -> QuerySet[Move]:
    """The ledger lines of one fill, oldest first (1 query)."""
    return (
        Move.objects.filter(pharmacy_id=pharmacy_id, fill_id=fill_id)
        .select_related("posting", "from_place", "to_place", "lot")
        .order_by("id")
    )


LEDGER = """
SELECT m.id, p.happened_at, f.name, t.name, l.number, l.expires_on, m.quantity,
       coalesce(nullif(k.unit_word, ''), k.unit), m.reason, coalesce(w.name, 'Apothecary'),
       m.fill_id, l.id
FROM stock_move m
JOIN stock_posting p ON p.id = m.posting_id
JOIN stock_place f ON f.id = m.from_place_id
JOIN stock_place t ON t.id = m.to_place_id
JOIN stock_lot l ON l.id = m.lot_id
JOIN drugs_package k ON k.id = l.package_id
LEFT JOIN staff_person w ON w.id = p.by_id
WHERE m.pharmacy_id = %(pharmacy)s
"""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One move of stock in the words of the workbench's ledger."""

    id: int
    at: datetime
    from_place: str
    to_place: str
    lot: str
    expiry: date
    quantity: Decimal
    unit: str
    because: str
    by: str
    fill_id: int | None
    lot_id: int


def ledger_of_fills(*, pharmacy_id: int, fill_ids: Sequence[int]) -> list[LedgerLine]:
    """Every unit of these fills, from where to where, oldest first (1 query)."""
    statement = LEDGER + "AND m.fill_id = ANY(%(fills)s) ORDER BY m.id"
    return ledger_lines(statement, {"pharmacy": pharmacy_id, "fills": list(fill_ids)})


def ledger_of_lot(*, pharmacy_id: int, lot_id: int, limit: int = 200) -> list[LedgerLine]:
    """The last moves of a lot, oldest first (1 query)."""
    statement = LEDGER + "AND m.lot_id = %(lot)s ORDER BY m.id DESC LIMIT %(limit)s"
    asked = {"pharmacy": pharmacy_id, "lot": lot_id, "limit": limit}
    return ledger_lines(statement, asked)[::-1]


def ledger_lines(statement: str, asked: Mapping[str, Any]) -> list[LedgerLine]:
    """The rows of a question to the ledger."""
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return [LedgerLine(*row) for row in cursor.fetchall()]


BOOKS = {
    "balance differs from its moves": """
        SELECT format('place %%s lot %%s: balance %%s, moves %%s',
                      b.place_id, b.lot_id, b.on_hand, coalesce(m.net, 0))
        FROM stock_balance b
        LEFT JOIN (
            SELECT place, lot_id, sum(quantity) AS net FROM (
                SELECT to_place_id AS place, lot_id, quantity FROM stock_move
                WHERE pharmacy_id = %(p)s
                UNION ALL
                SELECT from_place_id, lot_id, -quantity FROM stock_move
                WHERE pharmacy_id = %(p)s
            ) sides GROUP BY place, lot_id
        ) m ON m.place = b.place_id AND m.lot_id = b.lot_id
        WHERE b.pharmacy_id = %(p)s AND b.on_hand <> coalesce(m.net, 0)""",
    "moves without a balance": """
        SELECT format('move %%s has no balance on one side', m.id) FROM stock_move m
        WHERE m.pharmacy_id = %(p)s AND (
            NOT EXISTS (SELECT 1 FROM stock_balance b
                        WHERE b.place_id = m.from_place_id AND b.lot_id = m.lot_id)
            OR NOT EXISTS (SELECT 1 FROM stock_balance b
                           WHERE b.place_id = m.to_place_id AND b.lot_id = m.lot_id))""",
    "a lot does not sum to zero": """
        SELECT format('lot %%s sums to %%s over all places', lot_id, sum(on_hand))
        FROM stock_balance WHERE pharmacy_id = %(p)s
        GROUP BY lot_id HAVING sum(on_hand) <> 0""",
    "below zero": """
        SELECT format('place %%s lot %%s holds %%s', place_id, lot_id, on_hand)
        FROM stock_balance WHERE pharmacy_id = %(p)s AND on_hand < 0 AND NOT outside""",
    "reserved differs from its reservations": """
        SELECT format('place %%s lot %%s: reserved %%s, reservations %%s', b.place_id, b.lot_id,
                      b.reserved, coalesce(r.total, 0))
        FROM stock_balance b
        LEFT JOIN (SELECT place_id, lot_id, sum(quantity) AS total FROM stock_reservation
                   WHERE pharmacy_id = %(p)s AND state = 'pending' GROUP BY 1, 2) r
            ON r.place_id = b.place_id AND r.lot_id = b.lot_id
        WHERE b.pharmacy_id = %(p)s AND b.reserved <> coalesce(r.total, 0)""",
    "a posted reservation without its move": """
        SELECT format('reservation %%s is posted but moved nothing', r.id)
        FROM stock_reservation r WHERE r.pharmacy_id = %(p)s AND r.state = 'posted'
          AND NOT EXISTS (SELECT 1 FROM stock_move m WHERE m.reservation_id = r.id
                          AND m.quantity = r.quantity)""",
    "sold more than was filled": """
        SELECT format('fill %%s lot %%s: sold %%s of %%s', fill_id, lot_id,
                      sum(quantity) FILTER (WHERE reason = 'sold'),
                      coalesce(sum(quantity) FILTER (WHERE reason = 'filled'), 0))
        FROM stock_move WHERE pharmacy_id = %(p)s AND fill_id IS NOT NULL
        GROUP BY fill_id, lot_id
        HAVING coalesce(sum(quantity) FILTER (WHERE reason = 'sold'), 0)
             > coalesce(sum(quantity) FILTER (WHERE reason = 'filled'), 0)""",
}


def book_faults(*, pharmacy_id: int) -> list[str]:
    """Everything in which the books disagree with the moves; an empty list proves them."""
    faults = []
    with connection.cursor() as cursor:
        for name, statement in BOOKS.items():
            cursor.execute(statement, {"p": pharmacy_id})
            faults += [f"{name}: {row[0]}" for row in cursor.fetchall()]
    return faults
