"""`apothecary check books`: every fill is where its reservations and its moves say it is."""

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
           coalesce(sum(m.quantity) FILTER (WHERE m.reverses_id IS NOT NULL), 0) AS returned
    FROM stock_move m
    WHERE m.pharmacy_id = %(pharmacy)s AND m.fill_id IS NOT NULL GROUP BY m.fill_id
), held AS (
    SELECT coalesce(f.id, r.fill_id, m.fill_id) AS id, f.state, f.quantity,
           coalesce(r.pending, 0) AS pending, coalesce(r.given_back, false) AS given_back,
           coalesce(m.filled, 0) AS filled, coalesce(m.sold, 0) AS sold,
           coalesce(m.returned, 0) AS returned
    FROM (SELECT id, state, quantity FROM prescriptions_fill
          WHERE pharmacy_id = %(pharmacy)s) f
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


def fill_faults(*, pharmacy_id: int) -> list[str]:
    """Every fill whose state and whose units disagree; an empty list proves them (1 query)."""
    promised = sorted(state.value for state in promised_states())
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"pharmacy": pharmacy_id, "promised": promised})
        rows = cursor.fetchall()
    return [fault(*row) for row in rows]


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
