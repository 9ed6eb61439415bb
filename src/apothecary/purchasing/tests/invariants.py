"""What must hold of supply whatever was done, and whoever died while doing it."""

from django.db import connection

from apothecary.stock.queries import book_faults

# Each question names what is wrong, one row a fault; an empty answer is right.
NEVER = {
    "a lot is below zero": """
        SELECT place_id, lot_id FROM stock_balance
        WHERE pharmacy_id = %(of)s AND on_hand < 0 AND NOT outside""",
    "more is promised than there is": """
        SELECT place_id, lot_id FROM stock_balance
        WHERE pharmacy_id = %(of)s AND NOT outside AND reserved > on_hand""",
    "the promises of a lot are not those of its fills": """
        SELECT b.place_id, b.lot_id FROM stock_balance b
        WHERE b.pharmacy_id = %(of)s AND b.reserved <> coalesce((
            SELECT sum(r.quantity) FROM stock_reservation r
            WHERE r.pharmacy_id = b.pharmacy_id AND r.place_id = b.place_id
              AND r.lot_id = b.lot_id AND r.state = 'pending'), 0)""",
    "an act without its moves": """
        SELECT p.id, p.key FROM stock_posting p WHERE p.pharmacy_id = %(of)s
          AND NOT EXISTS (SELECT 1 FROM stock_move m WHERE m.posting_id = p.id)""",
    "what stands in receiving is not what was scanned and not put away": """
        SELECT coalesce(b.lot_id, r.lot_id), b.units, r.units
        FROM (SELECT b.lot_id, sum(b.on_hand) AS units FROM stock_balance b
              JOIN stock_place p ON p.id = b.place_id AND p.kind = 'receiving'
              WHERE b.pharmacy_id = %(of)s AND b.on_hand <> 0 GROUP BY 1) b
        FULL JOIN (SELECT lot_id, sum(quantity) AS units FROM purchasing_receivedpackage
                   WHERE pharmacy_id = %(of)s AND put_away_at IS NULL AND undone_at IS NULL
                     AND condition = 'good' GROUP BY 1) r ON r.lot_id = b.lot_id
        WHERE b.units IS DISTINCT FROM r.units""",
    "a package is in two places": """
        SELECT gtin, serial FROM purchasing_receivedpackage
        WHERE pharmacy_id = %(of)s AND serial <> '' AND undone_at IS NULL
        GROUP BY 1, 2 HAVING count(*) > 1""",
    "a package that came has not its one move from the supplier": """
        SELECT r.id FROM purchasing_receivedpackage r WHERE r.pharmacy_id = %(of)s
          AND 1 <> (SELECT count(*) FROM stock_posting p
                    JOIN stock_move m ON m.posting_id = p.id
                    JOIN stock_place s ON s.id = m.from_place_id AND s.kind = 'supplier'
                    WHERE p.pharmacy_id = r.pharmacy_id AND p.key = 'received-' || r.id
                      AND m.lot_id = r.lot_id AND m.quantity = r.quantity)""",
    "a package that was taken back has still something here": """
        SELECT r.id FROM purchasing_receivedpackage r
        WHERE r.pharmacy_id = %(of)s AND r.undone_at IS NOT NULL
          AND EXISTS (SELECT 1 FROM stock_posting p JOIN stock_move m ON m.posting_id = p.id
                      WHERE p.pharmacy_id = r.pharmacy_id
                        AND p.key IN ('received-' || r.id, 'received-' || r.id || '-aside')
                        AND NOT EXISTS (SELECT 1 FROM stock_move x WHERE x.reverses_id = m.id))
        """,
    "more of a line came than it has room for": """
        SELECT l.id FROM purchasing_orderline l WHERE l.pharmacy_id = %(of)s
          AND l.packages < (SELECT sum(r.packages) FROM purchasing_receivedpackage r
                            WHERE r.line_id = l.id AND r.undone_at IS NULL)""",
    "what was set aside is no difference, or what is good is one": """
        SELECT r.id FROM purchasing_receivedpackage r
        LEFT JOIN purchasing_difference d ON d.received_id = r.id
        WHERE r.pharmacy_id = %(of)s AND (r.condition = 'good') <> (d.id IS NULL)""",
}


def supply_faults(*, pharmacy_id: int) -> list[str]:
    """Everything that is wrong with the books of a pharmacy and what hands have received."""
    found = list(book_faults(pharmacy_id=pharmacy_id))
    with connection.cursor() as cursor:
        for says, asked in NEVER.items():
            cursor.execute(asked, {"of": pharmacy_id})
            found += [f"{says}: {row}" for row in cursor.fetchall()[:3]]
    return found
