"""What is left of a Schedule II drug: what was counted, and what the books say now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import DecimalField, OuterRef, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, JSONObject

from apothecary.filling.back_counts import LeftFacts
from apothecary.filling.models import BackCount
from apothecary.filling.rules import SCHEDULE_II
from apothecary.prescriptions.models import Fill
from apothecary.stock.models import Reservation
from apothecary.stock.queries import PICK_KINDS

Row = Mapping[str, Any]
# The ledger moves at the check, the tablets when they are poured: what lies in a vial that is
# counted or waits for its check is on the shelf by the books and not on the shelf.
BY_THE_BOOKS = """
SELECT coalesce((SELECT sum(b.on_hand) FROM stock_balance b
                 JOIN stock_place p ON p.id = b.place_id
                 WHERE b.pharmacy_id = %(pharmacy)s AND b.lot_id = %(lot)s
                   AND p.kind = ANY(%(kinds)s)
                     AND p.programme = 'own'), 0)
     - coalesce((SELECT sum(r.quantity) FROM stock_reservation r
                 JOIN stock_place p ON p.id = r.place_id
                 JOIN prescriptions_fill f ON f.id = r.fill_id
                 WHERE r.pharmacy_id = %(pharmacy)s AND r.lot_id = %(lot)s
                   AND r.state = 'pending' AND p.kind = ANY(%(kinds)s)
                   AND p.programme = 'own'
                   AND (f.state = 'check' OR f.state = 'filling' AND EXISTS (
                       SELECT 1 FROM filling_count c
                       WHERE c.fill_id = f.id AND c.turn = f.steps))), 0)
"""


def left_by_the_books(*, pharmacy_id: int, lot_id: int) -> Decimal:
    """How much of a lot must stand on the shelf and in the vault, in billing units (1 query).

    A fill that was sent back counts as poured back until it is counted anew.
    """
    kinds = [kind.value for kind in PICK_KINDS]
    asked: dict[str, Any] = {"pharmacy": pharmacy_id, "lot": lot_id, "kinds": kinds}
    with connection.cursor() as cursor:
        cursor.execute(BY_THE_BOOKS, asked)
        row = cursor.fetchone()
    return Decimal(row[0]) if row else Decimal(0)


# All that is poured of the lot a fill is taken from, by this fill and by others.
IN_VIALS = """
SELECT coalesce(sum(r.quantity), 0)
FROM stock_reservation mine
JOIN stock_reservation r ON r.lot_id = mine.lot_id AND r.place_id = mine.place_id
JOIN prescriptions_fill f ON f.id = r.fill_id
WHERE mine.fill_id = prescriptions_fill.id AND mine.state = 'pending'
  AND r.pharmacy_id = prescriptions_fill.pharmacy_id AND r.state = 'pending'
  AND (f.state = 'check' OR f.state = 'filling' AND EXISTS (
      SELECT 1 FROM filling_count c WHERE c.fill_id = f.id AND c.turn = f.steps))
"""


def in_vials() -> RawSQL:
    """What is poured of a fill's lots and still on the books, to be annotated on fills."""
    return RawSQL(IN_VIALS, [], output_field=DecimalField())  # noqa: S611 a constant of ours


@dataclass(frozen=True, slots=True)
class Touched:
    """A lot somebody has just poured from; ``in_vials`` of it is poured and on the books."""

    place_id: int
    lot_id: int
    in_vials: Decimal


def touched_by(fill: Any, held: Sequence[Reservation]) -> Touched | None:
    """The lot to ask about how many are left: the fill's one lot, or none.

    Schedule II is counted back anyhow; of several lots nobody knows which to look at. The fill
    was read with ``vials`` (see ``in_vials``).
    """
    if len(held) != 1 or fill.package.product.schedule == SCHEDULE_II:
        return None
    (only,) = held
    return Touched(only.place_id, only.lot_id, fill.vials)


def back_counts() -> ArraySubquery:
    """What was counted of what was left in the turn, to be annotated on fills with it."""
    found = BackCount.objects.filter(fill_id=OuterRef("pk"), turn=OuterRef("turn"))
    row = JSONObject(
        lot="lot_id",
        counted=Cast("counted", TextField()),
        expected=Cast("expected", TextField()),
    )
    return ArraySubquery(found.order_by("lot_id", "try_number").values(row=row))


def back_counts_of(fill: Fill, *, turn: int) -> list[Row]:
    """The same of one fill (1 query)."""
    rows = BackCount.objects.filter(pharmacy_id=fill.pharmacy_id, fill_id=fill.pk, turn=turn)
    said = rows.order_by("lot_id", "try_number").values("lot_id", "counted", "expected")
    return [
        {"lot": row["lot_id"], "counted": row["counted"], "expected": row["expected"]}
        for row in said
    ]


def left_of(
    fill: Fill, held: Sequence[Reservation], made: Sequence[Row]
) -> tuple[LeftFacts, ...]:
    """Each lot the fill is taken from with its counts; nothing but for Schedule II."""
    if fill.package.product.schedule != SCHEDULE_II:
        return ()
    lots = {each.lot_id: each.lot.number for each in held}
    return tuple(
        LeftFacts(
            lot_id,
            number,
            tuple(
                (Decimal(row["counted"]), Decimal(row["expected"]))
                for row in made
                if row["lot"] == lot_id
            ),
        )
        for lot_id, number in lots.items()
    )
