"""Where units of a case's product stand now, and carrying them into quarantine."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction

from apothecary.law.problem import refuse
from apothecary.purchasing.receiving.door import claim_for
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tracing.cases.models import SuspectCase, SuspectPackage
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.actions import move_stock
from apothecary.stock.kinds import PICKED_FROM, PlaceKind
from apothecary.stock.ledger import Line, post
from apothecary.stock.places.queries import open_spots
from apothecary.stock.places.rules import Spot
from apothecary.workbench.filters import quantity

# Places within our walls: what stands in any of these is ours to answer for.
INSIDE = (
    PlaceKind.RECEIVING, PlaceKind.SHELF, PlaceKind.ROBOT, PlaceKind.VAULT, PlaceKind.WILL_CALL,
    PlaceKind.QUARANTINE,
)  # fmt: skip
# A lot that is held as a whole stands wherever it stands; of one package only what lies in
# quarantine is the case's.
STANDS = """
SELECT t.id, t.number, p.id, p.name, p.kind, p.programme, b.on_hand,
       coalesce(nullif(k.unit_word, ''), k.unit)
FROM stock_balance b
JOIN stock_lot t ON t.id = b.lot_id
JOIN stock_place p ON p.id = b.place_id
JOIN drugs_package k ON k.id = t.package_id
WHERE b.pharmacy_id = %(pharmacy)s AND b.on_hand > 0 AND p.kind = ANY(%(inside)s)
  AND EXISTS (SELECT 1 FROM purchasing_suspectpackage s
              WHERE s.pharmacy_id = b.pharmacy_id AND s.case_id = %(case)s
                AND s.lot_id = b.lot_id
                AND (s.received_id IS NULL OR p.kind = 'quarantine'))
ORDER BY p.name, t.number
"""


@dataclass(frozen=True, slots=True)
class Stands:
    """Units of a lot in a place, in the package's billing unit."""

    lot_id: int
    lot: str
    place_id: int
    place: str
    kind: str
    programme: str
    units: Decimal
    unit: str

    def __str__(self) -> str:
        return f"{self.place} {quantity(self.units, self.unit)} of lot {self.lot}"


def on_hand(case: SuspectCase) -> list[Stands]:
    """Everything of a case's product that stands within our walls (1 query)."""
    asked: dict[str, int | list[str]] = {
        "pharmacy": case.pharmacy_id,
        "case": case.pk,
        "inside": [kind.value for kind in INSIDE],
    }
    with connection.cursor() as cursor:
        cursor.execute(STANDS, asked)
        return [Stands(*row) for row in cursor.fetchall()]


def standing_words(found: Sequence[Stands], *, beside: Decimal = Decimal(0)) -> str:
    """What stands where; empty when it is no more than the sample in quarantine."""
    outside = [one for one in found if one.kind != PlaceKind.QUARANTINE]
    total = sum((one.units for one in found), Decimal(0))
    if not outside and total <= beside:
        return ""
    return ", ".join(str(one) for one in found)


@transaction.atomic
def carry_in(*, by: Worker, case_id: int, key: str) -> int:
    """Carry what a case holds from shelves and receiving into quarantine; from how many places.

    Bags in will-call go back by their fills.
    """
    by.must(Duty.MANAGE_STOCK)
    rows = SuspectCase.objects.select_for_update(of=("self",), no_key=True)
    case = rows.filter(pharmacy_id=by.pharmacy_id, pk=case_id).first()
    if case is None:
        raise refuse("No such case here.", code="no-case", field="case_id")
    found = on_hand(case)
    for one in found:
        if one.kind == PlaceKind.RECEIVING:
            set_aside_waiting(case, one, by=by)
        elif one.kind in PICKED_FROM:
            move_stock(
                by=by,
                lot_id=one.lot_id,
                from_place=one.place_id,
                to_place=quarantine_for(one, by=by).id,
                quantity=one.units,
                because=f"suspect, case {case.pk}",
                key=f"case-{case.pk}-{one.lot_id}-{one.place_id}-{key}",
            )
    return sum(1 for one in found if one.kind in PICKED_FROM | {PlaceKind.RECEIVING})


def set_aside_waiting(case: SuspectCase, one: Stands, *, by: Worker) -> None:
    """Packages of a lot that waited to be put away: each to quarantine, and into the case."""
    rows = ReceivedPackage.objects.select_for_update(of=("self",)).filter(
        pharmacy_id=by.pharmacy_id,
        lot_id=one.lot_id,
        place_id=one.place_id,
        condition=Condition.GOOD.value,
        put_away_at=None,
        undone_at=None,
    )
    place = quarantine_for(one, by=by)
    for row in rows.select_related("lot", "line", "receipt").order_by("pk"):
        says = f"suspect, case {case.pk}"
        line = Line(row.place_id, place.id, row.lot_id, row.quantity, says)
        post(by=by, key=f"received-{row.pk}-case-{case.pk}", lines=[line])
        row.condition, row.because, row.place_id = Condition.SUSPECT.value, says, place.id
        row.save(update_fields=["condition", "because", "place"])
        claim_for(row, row.receipt, row.line.price_usd if row.line else None, by=by)
        SuspectPackage.objects.create(
            pharmacy_id=by.pharmacy_id,
            case=case,
            lot=row.lot,
            received=row,
            lot_number=row.lot.number,
            expires_on=row.lot.expires_on,
            gtin=row.gtin,
            serial=row.serial,
        )


def quarantine_for(one: Stands, *, by: Worker) -> Spot:
    """The quarantine of its own programme, else the first (1 query)."""
    spots = [
        spot
        for spot in open_spots(pharmacy_id=by.pharmacy_id)
        if spot.kind is PlaceKind.QUARANTINE
    ]
    if not spots:
        raise refuse("This pharmacy has no quarantine.", code="no-place")
    return min(spots, key=lambda spot: spot.programme != one.programme)
