"""Putting away: what lies in receiving goes where it is kept, what expires first in front."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from apothecary.drugs.models import Package
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, Refused, refuse, refuse_if
from apothecary.purchasing.ordering.models import Order
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.receiving.progress import note_progress
from apothecary.purchasing.states import Condition
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import PICKED_FROM, Programme
from apothecary.stock.ledger import Line, hold_lot, post
from apothecary.stock.models import Place
from apothecary.stock.places.queries import need_of, open_spots, place_for, spot_of
from apothecary.stock.places.rules import PutAway, fit_problems, put_away

# What was received well and stands in receiving, by drug, lot and whose it is.
WAITING = """
SELECT k.id, t.id, p.name, p.strength, p.form, p.schedule, k.ndc,
       coalesce(nullif(k.unit_word, ''), k.unit), t.number, t.expires_on,
       coalesce(o.programme, 'own'), sum(r.packages), sum(r.quantity), min(r.received_at)
FROM purchasing_receivedpackage r
JOIN stock_lot t ON t.id = r.lot_id
JOIN drugs_package k ON k.id = t.package_id
JOIN drugs_product p ON p.id = k.product_id
LEFT JOIN purchasing_orderline l ON l.id = r.line_id
LEFT JOIN purchasing_order o ON o.id = l.order_id
WHERE r.pharmacy_id = %(pharmacy)s AND r.put_away_at IS NULL AND r.undone_at IS NULL
  AND r.condition = 'good'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, p.storage
ORDER BY p.storage IN ('refrigerator', 'freezer', 'ultra_cold', 'cool') DESC, p.name, p.strength
LIMIT 200
"""
# The other lots of a package where fills draw from, the first to expire first.
LOTS_THERE = """
SELECT c.id, t.number, t.expires_on
FROM stock_balance b JOIN stock_lot t ON t.id = b.lot_id JOIN stock_place c ON c.id = b.place_id
WHERE b.pharmacy_id = %(pharmacy)s AND t.package_id = %(package)s AND b.on_hand > 0
  AND c.kind = ANY(%(kinds)s) AND t.id <> %(lot)s
ORDER BY t.expires_on, t.id
"""
PLACE_CODE = "PLACE"


@dataclass(frozen=True, slots=True)
class ToPutAway:
    """Packages of one lot that stand in receiving; ``units`` in the package's billing unit."""

    package_id: int
    lot_id: int
    name: str
    strength: str
    form: str
    schedule: int
    ndc: str
    unit: str
    lot: str
    expires_on: date
    programme: str
    packages: int
    units: Decimal


@dataclass(frozen=True, slots=True)
class Where:
    """Where packages go, and how they stand among the lots that are there."""

    place_id: int
    place: str
    bin: str
    because: str
    hint: str


def waiting_to_put_away(*, pharmacy_id: int) -> list[ToPutAway]:
    """What stands in receiving, cold things first (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"pharmacy": pharmacy_id})
        return [ToPutAway(*row[:-1]) for row in cursor.fetchall()]


def where_to(*, pharmacy_id: int, one: ToPutAway) -> Where | None:
    """The place for one lot, and the hint of what stands there; None where none is fit for it
    (3 queries)."""
    try:
        found = place_for(
            pharmacy_id=pharmacy_id,
            package_id=one.package_id,
            programme=Programme(one.programme),
        )
    except Refused:
        return None
    return where_of(found, one, lots_there(pharmacy_id, one))


def lots_there(pharmacy_id: int, one: ToPutAway) -> list[tuple[int, str, date]]:
    """Place, number and expiry of the other lots of a package (1 query)."""
    asked: dict[str, int | list[str]] = {
        "pharmacy": pharmacy_id,
        "package": one.package_id,
        "lot": one.lot_id,
        "kinds": [kind.value for kind in PICKED_FROM],
    }
    with connection.cursor() as cursor:
        cursor.execute(LOTS_THERE, asked)
        return list(cursor.fetchall())


def where_of(found: PutAway, one: ToPutAway, lots: Sequence[tuple[int, str, date]]) -> Where:
    """The place with its hint."""
    there = [(number, until) for place, number, until in lots if place == found.spot.id]
    hint = fefo_hint(one.expires_on, there)
    return Where(found.spot.id, found.spot.name, found.bin, found.because, hint)


def fefo_hint(expires_on: date, there: Sequence[tuple[str, date]]) -> str:
    """How a lot stands among those of its drug: what expires first stands in front."""
    before = [(until, number) for number, until in there if until <= expires_on]
    after = [(until, number) for number, until in there if until > expires_on]
    if before:
        until, number = max(before)
        return f"behind lot {number}, which expires {until:%m/%d/%Y}"
    if after:
        until, number = min(after)
        return f"in front of lot {number}, which expires {until:%m/%d/%Y}"
    return "nothing of it stands there"


def place_scanned(*, by: Worker, code: str) -> Place:
    """The place a label on the shelf names: `PLACE` and its number, or its name (1 query)."""
    text = code.strip()
    number = text.upper().removeprefix(PLACE_CODE)
    is_number = text.upper().startswith(PLACE_CODE) and number.isascii() and number.isdigit()
    rows = Place.objects.filter(pharmacy_id=by.pharmacy_id, closed_at=None)
    if is_number and len(number) < 16:
        found = rows.filter(pk=int(number)).first()
    else:
        found = rows.filter(name__iexact=text).first() if text else None
    if found is None:
        raise refuse(f"{text[:40]!r} is no open place here.", code="no-place", field="place")
    return found


@transaction.atomic
def put_away_lot(
    *, by: Worker, lot_id: int, place_id: int, key: str, programme: Programme = Programme.OWN
) -> int:
    """Carry every package of a lot from receiving to its place; how many. Refused by name
    where it may not stand there.
    """
    by.must(Duty.MANAGE_STOCK)
    # The orders before the packages and the ledger, as at the door: nobody waits in a circle.
    lock_orders_of(by=by, lot_id=lot_id)
    rows = waiting_rows(by=by, lot_id=lot_id, programme=programme)
    if not rows:
        raise refuse("Nothing of that lot stands in receiving.", code="nothing-there")
    place = Place.objects.filter(
        pharmacy_id=by.pharmacy_id, pk=place_id, closed_at=None
    ).first()
    if place is None:
        raise refuse("No such open place here.", code="no-place", field="place")
    refuse_unfit(rows[0].lot.package, place, by=by, programme=programme)
    hold_lot(by=by, lot_id=lot_id)
    lines = [Line(row.place_id, place.pk, row.lot_id, row.quantity, "put away") for row in rows]
    if not post(by=by, key=f"put-away-{key}", lines=lines):
        return 0
    for row in rows:
        row.put_away_at, row.place = by.at, place
    ReceivedPackage.objects.bulk_update(rows, ["put_away_at", "place"])
    for order_id in sorted({row.line.order_id for row in rows if row.line}):
        note_progress(by=by, order_id=order_id, away=True)
    packages = sum(row.packages for row in rows)
    details = {"packages": packages, "place": place.name, "lot": rows[0].lot.number}
    record(by=by, did=Deed.PUT_AWAY, about=("lot", lot_id), details=details)
    return packages


def lock_orders_of(*, by: Worker, lot_id: int) -> None:
    """Hold the orders that packages of a lot in receiving came on, by number (1 query)."""
    came = ReceivedPackage.objects.filter(
        pharmacy_id=by.pharmacy_id, lot_id=lot_id, put_away_at=None, undone_at=None
    )
    orders = Order.objects.filter(
        pharmacy_id=by.pharmacy_id, pk__in=came.values("line__order_id")
    )
    list(orders.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


def waiting_rows(*, by: Worker, lot_id: int, programme: Programme) -> list[ReceivedPackage]:
    """The packages of a lot that stand in receiving, held (1 query)."""
    rows = (
        ReceivedPackage.objects.select_for_update(of=("self",))
        .select_related("lot__package__product", "line__order")
        .filter(
            pharmacy_id=by.pharmacy_id,
            lot_id=lot_id,
            put_away_at=None,
            undone_at=None,
            condition=Condition.GOOD.value,
        )
        .order_by("pk")
    )
    return [row for row in rows if programme_of(row) == programme]


def programme_of(row: ReceivedPackage) -> Programme:
    """Whose a package is, by the order it came on."""
    return Programme(row.line.order.programme) if row.line else Programme.OWN


def refuse_unfit(package: Package, place: Place, *, by: Worker, programme: Programme) -> None:
    """Why the package may not stand there; the right place is named with it (2 queries)."""
    spot = spot_of(place)
    need = need_of(pharmacy_id=by.pharmacy_id, package_id=package.pk, programme=programme)
    if spot.kind not in PICKED_FROM:
        says = f"{place.name} is no place fills are drawn from."
        raise refuse(says, code="wrong-place", field="place")
    if spot.programme != programme:
        says = f"{place.name} is for {spot.programme.label} stock, this is {programme.label}."
        raise refuse(says, code="wrong-programme", field="place")
    problems = fit_problems(need, spot)
    right = put_away(need, open_spots(pharmacy_id=by.pharmacy_id)) if problems else None
    if right is not None:
        problems.append(Problem(f"It goes to {right.spot.name}.", field="place"))
    refuse_if(problems)
