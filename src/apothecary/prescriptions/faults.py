"""`apothecary check books`: every fill is where its reservations and its moves say it is."""

from typing import Any

from django.db import connection

from apothecary.prescriptions.states import STEPS, FillState
from apothecary.stock.ledger import Effect

# Promised units may be none after their lot was taken out of use: the fill then waits for
# somebody to put it back on the queue.
HELD = """
WITH reserved AS (
    SELECT fill_id, coalesce(sum(quantity) FILTER (WHERE state = 'pending'), 0) AS pending,
           bool_or(state = 'voided') AS given_back
    FROM stock_reservation WHERE pharmacy_id = %(pharmacy)s GROUP BY fill_id
), moved AS (
    SELECT m.fill_id,
           coalesce(sum(m.quantity) FILTER (WHERE m.reason = 'filled'), 0) AS filled,
           coalesce(sum(m.quantity) FILTER (WHERE m.reason = 'sold'), 0) AS sold,
           coalesce(sum(m.quantity) FILTER (WHERE m.reverses_id IS NOT NULL
                                            OR m.reason = 'compound wasted'), 0) AS returned
    FROM stock_move m
    WHERE m.pharmacy_id = %(pharmacy)s AND m.fill_id IS NOT NULL GROUP BY m.fill_id
), mixed AS (
    -- Of a compound the ledger knows the ingredients: what it holds is their sum.
    SELECT c.package_id, sum(i.quantity) AS units
    FROM prescriptions_compound c
    JOIN prescriptions_compoundingredient i ON i.compound_id = c.id
    WHERE c.pharmacy_id = %(pharmacy)s GROUP BY c.package_id
), held AS (
    SELECT coalesce(f.id, r.fill_id, m.fill_id) AS id, f.state, f.quantity,
           coalesce(r.pending, 0) AS pending, coalesce(r.given_back, false) AS given_back,
           coalesce(m.filled, 0) AS filled, coalesce(m.sold, 0) AS sold,
           coalesce(m.returned, 0) AS returned
    FROM (SELECT f.id, f.state, coalesce(c.units, f.quantity) AS quantity
          FROM prescriptions_fill f LEFT JOIN mixed c ON c.package_id = f.package_id
          WHERE f.pharmacy_id = %(pharmacy)s) f
    FULL JOIN reserved r ON r.fill_id = f.id
    FULL JOIN moved m ON m.fill_id = coalesce(f.id, r.fill_id)
)
SELECT id, state, quantity, pending, filled, sold, returned FROM held
WHERE state IS NULL OR NOT CASE
    WHEN state = ANY(%(promised)s) THEN
        filled = returned AND sold = 0
        AND (pending = quantity OR (pending = 0 AND given_back))
    WHEN state = 'ready' THEN pending = 0 AND filled - returned = quantity AND sold = 0
    WHEN state = 'sold' THEN pending = 0 AND filled - returned = quantity AND sold = quantity
    WHEN state = 'returned' THEN pending = 0 AND sold = 0 AND filled = returned
        AND filled >= quantity
    ELSE pending = 0 AND sold = 0 AND filled = returned
END
ORDER BY id
"""
# The sum may be right and one ingredient in another's place: each is looked at by itself.
MIXED = """
SELECT f.id, k.ndc, i.quantity, coalesce(h.units, 0) AS units
FROM prescriptions_fill f
JOIN prescriptions_compound c ON c.package_id = f.package_id AND c.pharmacy_id = f.pharmacy_id
JOIN prescriptions_compoundingredient i ON i.compound_id = c.id
JOIN drugs_package k ON k.id = i.package_id
LEFT JOIN LATERAL (
    SELECT sum(u.quantity) AS units FROM (
        SELECT r.quantity, r.lot_id FROM stock_reservation r
        WHERE r.pharmacy_id = f.pharmacy_id AND r.fill_id = f.id AND r.state = 'pending'
        UNION ALL
        SELECT m.quantity, m.lot_id FROM stock_move m
        WHERE m.pharmacy_id = f.pharmacy_id AND m.fill_id = f.id AND m.reason = 'filled'
    ) u JOIN stock_lot l ON l.id = u.lot_id WHERE l.package_id = i.package_id
) h ON true
WHERE f.pharmacy_id = %(pharmacy)s AND coalesce(h.units, 0) <> i.quantity
  AND (f.state IN ('ready', 'sold') OR EXISTS (
      SELECT 1 FROM stock_reservation r
      WHERE r.pharmacy_id = f.pharmacy_id AND r.fill_id = f.id AND r.state = 'pending'))
ORDER BY f.id, i.place
"""


def fill_faults(*, pharmacy_id: int) -> list[str]:
    """Every fill whose state and whose units disagree; an empty list proves it (2 queries)."""
    promised = sorted(state.value for state in promised_states())
    asked: dict[str, Any] = {"pharmacy": pharmacy_id, "promised": promised}
    with connection.cursor() as cursor:
        cursor.execute(HELD, asked)
        found = [fault(*row) for row in cursor.fetchall()]
        cursor.execute(MIXED, asked)
        return found + [mixed_fault(*row) for row in cursor.fetchall()]


def mixed_fault(fill_id: int, ndc: str, wanted: object, held: object) -> str:
    """Which ingredient of a compound is not there as it was entered."""
    return f"fill {fill_id}: its compound takes {wanted} of {ndc}, the books hold {held}"


def fault(
    fill_id: int,
    state: str | None,
    quantity: object,
    pending: object,
    filled: object,
    sold: object,
    returned: object,
) -> str:
    """What is wrong with one fill, with all its numbers."""
    units = f"reserved {pending}, filled {filled}, sold {sold}, returned {returned}"
    if state is None:
        return f"fill {fill_id} does not exist, yet has {units}"
    return f"fill {fill_id} of {quantity} is in {state}: {units}"


def promised_states() -> set[FillState]:
    """The states that a reservation leads to, and those it is carried on to, by the table."""
    found = {row.end for row in STEPS if row.effect is Effect.RESERVE}
    while True:
        carried = {row.end for row in STEPS if row.start in found and row.effect is Effect.NONE}
        if carried <= found:
            return found
        found |= carried
