"""Sheets and their lines, what is due to be counted, and where to ask what is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Q, QuerySet

from apothecary.law.problem import refuse
from apothecary.stock.counting.models import Assertion, CountLine, CountSheet, Scope, Way
from apothecary.stock.counting.rules import (
    CONTROLLED_FROM,
    SCHEDULE_II,
    AbcClass,
    LineState,
    classes,
    days_between,
    due_on,
)
from apothecary.stock.kinds import PICKED_FROM, Storage
from apothecary.stock.levels.queries import Standing, standings
from apothecary.stock.models import Balance, Lot, Place
from apothecary.stock.places.rules import storage_said

Key = tuple[int, str]
MOST_LINES = 200
LAST_COUNTED = """
SELECT l.package_id, p.programme, max(a.made_at),
       (max(a.made_at) AT TIME ZONE h.time_zone)::date
FROM stock_assertion a
JOIN stock_lot l ON l.id = a.lot_id
JOIN stock_place p ON p.id = a.place_id
JOIN staff_pharmacy h ON h.id = a.pharmacy_id
WHERE a.pharmacy_id = %(pharmacy)s
GROUP BY 1, 2, h.time_zone
"""
# What changed at a place since somebody last said how many there are.
SINCE = """
SELECT count(*) FROM stock_move m
WHERE m.pharmacy_id = %(pharmacy)s AND m.lot_id = %(lot)s
  AND (m.from_place_id = %(place)s OR m.to_place_id = %(place)s)
  AND m.id > coalesce((
      SELECT max(a.seen_move) FROM stock_assertion a
      WHERE a.pharmacy_id = %(pharmacy)s AND a.lot_id = %(lot)s AND a.place_id = %(place)s), 0)
"""


@dataclass(frozen=True, slots=True)
class DueCount:
    """A package with its class and when it is next to be counted."""

    standing: Standing
    abc: AbcClass
    every_days: int
    last_at: datetime | None
    due_on: date


@dataclass(frozen=True, slots=True)
class Pick:
    """Which balances a sheet goes through."""

    scope: Scope
    of: str = ""


def abc_of(rows: Sequence[Standing]) -> dict[Key, AbcClass]:
    """The class of each package and programme by its yearly cost of use. Pure."""
    costs = [((row.package_id, row.programme), row.used_usd or Decimal(0)) for row in rows]
    return classes(costs)


def counts_due(*, pharmacy_id: int, at: datetime, today: date) -> list[DueCount]:
    """What stands here, by when it is next to be counted (3 queries)."""
    rows = standings(pharmacy_id=pharmacy_id, at=at, today=today)
    abc = abc_of(rows)
    last = last_counted(pharmacy_id=pharmacy_id)
    cold = cold_packages(pharmacy_id=pharmacy_id)
    found = []
    for row in rows:
        key = (row.package_id, row.programme)
        if row.on_hand == 0:
            continue
        every = days_between(abc[key], schedule=row.schedule, storage=cold.get(row.package_id))
        last_at, last_on = last.get(key, (None, None))
        when = due_on(last_on, every_days=every, today=today)
        found.append(DueCount(row, abc[key], every, last_at, when))
    return sorted(found, key=lambda due: (due.due_on, due.abc, due.standing.name))


def last_counted(*, pharmacy_id: int) -> dict[Key, tuple[datetime, date]]:
    """When each package was last counted, and on which day by our clock (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_COUNTED, {"pharmacy": pharmacy_id})
        return {(package, programme): (at, on) for package, programme, at, on in cursor}


def cold_packages(*, pharmacy_id: int) -> dict[int, Storage]:
    """Packages that stand in a cold place (1 query)."""
    rows = standing_balances(pharmacy_id).exclude(place__storage=Storage.ROOM)
    pairs = rows.values_list("lot__package_id", "place__storage").distinct()
    return {package: storage_said(storage) or Storage.ROOM for package, storage in pairs}


def standing_balances(pharmacy_id: int) -> QuerySet[Balance]:
    """Every lot where fills draw from."""
    return Balance.objects.filter(
        pharmacy_id=pharmacy_id,
        on_hand__gt=0,
        place__kind__in=[kind.value for kind in PICKED_FROM],
    )


def balances_to_count(
    pick: Pick, *, pharmacy_id: int, at: datetime, today: date
) -> list[tuple[Balance, AbcClass]]:
    """The lots of a sheet with their classes, in the order of the walk (2 to 4 queries)."""
    rows = standings(pharmacy_id=pharmacy_id, at=at, today=today)
    abc = abc_of(rows)
    chosen: set[Key] | None = None
    if pick.scope == Scope.CLASS:
        chosen = {key for key, each in abc.items() if each.value == pick.of}
    elif pick.scope == Scope.DUE:
        due = counts_due(pharmacy_id=pharmacy_id, at=at, today=today)
        chosen = {
            (each.standing.package_id, each.standing.programme)
            for each in due
            if each.due_on <= today
        }
    found = (
        standing_balances(pharmacy_id)
        .filter(where(pick))
        .select_related("place", "lot__package__product")
    )
    ordered = found.order_by("place__area", "place__name", "lot__package_id", "lot_id")
    picked = []
    for balance in ordered:
        key = (balance.lot.package_id, balance.place.programme)
        if chosen is None or key in chosen:
            picked.append((balance, abc.get(key, AbcClass.C)))
    return picked[:MOST_LINES]


def where(pick: Pick) -> Q:
    """The part of a pick that the database answers."""
    match pick.scope:
        case Scope.PLACE:
            return Q(place_id=int(pick.of) if pick.of.isascii() and pick.of.isdigit() else 0)
        case Scope.AREA:
            return Q(place__area=pick.of)
        case Scope.SCHEDULE_II:
            return Q(lot__package__product__schedule=SCHEDULE_II)
        case Scope.CONTROLLED:
            return Q(lot__package__product__schedule__gte=CONTROLLED_FROM)
        case Scope.COLD:
            return ~Q(place__storage=Storage.ROOM)
    return Q()


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A sheet that is not closed, with how many of its lines wait for what."""

    sheet: CountSheet
    lines: int
    uncounted: int
    again: int
    unsettled: int


def open_sheets(*, pharmacy_id: int) -> list[OpenSheet]:
    """Sheets that are not closed, oldest first (1 query)."""
    sheets = CountSheet.objects.filter(pharmacy_id=pharmacy_id, closed_at=None)
    counted = sheets.annotate(
        asked=Count("lines"),
        uncounted=Count("lines", filter=Q(lines__state=LineState.ASKED.value)),
        again=Count("lines", filter=Q(lines__state=LineState.RECOUNT.value)),
        unsettled=Count("lines", filter=Q(lines__state=LineState.COUNTED.value)),
    )
    return [
        OpenSheet(sheet, sheet.asked, sheet.uncounted, sheet.again, sheet.unsettled)
        for sheet in counted.order_by("id")
    ]


def lines_of(*, pharmacy_id: int, sheet_id: int) -> list[CountLine]:
    """The lines of a sheet in the order of the walk, with drug and place (1 query)."""
    return list(
        CountLine.objects.filter(pharmacy_id=pharmacy_id, sheet_id=sheet_id)
        .select_related("lot__package__product", "place")
        .order_by("id")
    )


def moves_since(*, pharmacy_id: int, place_id: int, lot_id: int) -> int:
    """How often a lot changed at a place since it was last counted there (1 query)."""
    asked = {"pharmacy": pharmacy_id, "place": place_id, "lot": lot_id}
    with connection.cursor() as cursor:
        cursor.execute(SINCE, asked)
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def asked_of_late(*, pharmacy_id: int, since: datetime) -> int:
    """How many times somebody was asked at the shelf since then (1 query)."""
    said = Assertion.objects.filter(pharmacy_id=pharmacy_id, made_at__gte=since)
    return said.filter(way=Way.TOUCH).count()


def places_named(*, pharmacy_id: int) -> dict[str, str]:
    """The names of the open places that are counted, by their numbers (1 query)."""
    kinds = [kind.value for kind in PICKED_FROM]
    places = Place.objects.filter(pharmacy_id=pharmacy_id, kind__in=kinds, closed_at=None)
    return {str(place.pk): place.name for place in places.order_by("name")}


def place_meant(said: str, *, pharmacy_id: int) -> str:
    """The number of a place that somebody named, as a sheet keeps it; else what was said."""
    named = places_named(pharmacy_id=pharmacy_id)
    meant = [number for number, name in named.items() if name.lower() == said.lower()]
    return meant[0] if meant else said


def lot_numbered(said: str, *, pharmacy_id: int) -> Lot:
    """The one lot of that number; none or several are refused (1 query)."""
    lots = Lot.objects.filter(pharmacy_id=pharmacy_id, number=said.strip())
    found = list(lots.select_related("package__product").order_by("id")[:2])
    if not found:
        says = f"No lot {said.strip()!r} was ever here: receive it first."
        raise refuse(says, code="no-lot", field="lot_number")
    if len(found) > 1:
        says = f"Several drugs have a lot {said.strip()}: count each from its own page."
        raise refuse(says, code="several-lots", field="lot_number")
    return found[0]
