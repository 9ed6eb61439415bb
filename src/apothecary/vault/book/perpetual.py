"""The perpetual book of a controlled drug: a view of the ledger, nothing of it is stored.

A drug is what has the same ingredients, strength, form and billing unit, by whatever labeler;
``alone`` is the book of one product. Its balance is what stands in the house as stock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from apothecary.drugs.models import Package, Product
from apothecary.law.problem import refuse
from apothecary.stock.kinds import PlaceKind
from apothecary.vault.book.rules import CONTROLLED_FROM, ON_HAND, ROMAN, What, what_it_is
from apothecary.vault.book.telling import ToldOf, told

INSIDE = sorted(kind.value for kind in ON_HAND)
PAGE = 50
# A period of the book is at most so long: two years and the reminder before them.
MOST_DAYS = 3 * 366
# The lots of the drug first, then their moves by (pharmacy, lot): never a walk over the ledger.
CROSSING = """
WITH lots AS MATERIALIZED (
    SELECT id, number FROM stock_lot
    WHERE pharmacy_id = %(pharmacy)s AND package_id = ANY(%(packages)s)
), crossing AS (
    SELECT m.id, p.happened_at AS at, f.kind AS from_kind, t.kind AS to_kind,
           CASE WHEN t.kind = ANY(%(inside)s) THEN m.quantity ELSE -m.quantity END AS change,
           m.reason, m.fill_id, m.lot_id, lots.number AS lot, p.key, p.by_id, p.witness_id,
           p.recorded_at, f.name AS from_place, t.name AS to_place
    FROM lots
    JOIN stock_move m ON m.pharmacy_id = %(pharmacy)s AND m.lot_id = lots.id
    JOIN stock_posting p ON p.id = m.posting_id
    JOIN stock_place f ON f.id = m.from_place_id
    JOIN stock_place t ON t.id = m.to_place_id
    WHERE (f.kind = ANY(%(inside)s)) <> (t.kind = ANY(%(inside)s))
      AND p.happened_at < %(until)s
)
"""
LINES = f"""{CROSSING}
SELECT c.id, c.at, c.from_kind, c.to_kind, c.change, c.reason, c.fill_id, c.lot_id, c.lot,
       c.key, coalesce(w.name, 'Apothecary'), coalesce(x.name, ''), c.before + c.change
FROM (
    SELECT crossing.*, sum(change) OVER (ORDER BY at, id) - change AS before FROM crossing
) c
LEFT JOIN staff_person w ON w.id = c.by_id
LEFT JOIN staff_person x ON x.id = c.witness_id
WHERE c.at >= %(since)s
ORDER BY c.at, c.id LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608 constants of ours
SUMS = f"""{CROSSING}
SELECT coalesce(sum(change) FILTER (WHERE at < %(since)s), 0),
       coalesce(sum(change) FILTER (WHERE at >= %(since)s AND change > 0), 0),
       coalesce(-sum(change) FILTER (WHERE at >= %(since)s AND change < 0), 0),
       count(*) FILTER (WHERE at >= %(since)s)
FROM crossing
"""  # noqa: S608 likewise
BY_DAY = f"""{CROSSING}
SELECT (at AT TIME ZONE %(zone)s)::date, sum(change) FROM crossing
WHERE at >= %(since)s GROUP BY 1 ORDER BY 1
"""  # noqa: S608 likewise
STANDS = """
SELECT coalesce(sum(b.on_hand) FILTER (WHERE p.kind = ANY(%(inside)s)), 0),
       coalesce(sum(b.on_hand) FILTER (WHERE p.kind = 'will_call'), 0)
FROM stock_balance b JOIN stock_place p ON p.id = b.place_id
WHERE b.pharmacy_id = %(pharmacy)s AND b.lot_id IN (
    SELECT id FROM stock_lot
    WHERE pharmacy_id = %(pharmacy)s AND package_id = ANY(%(packages)s))
"""
DRUGS = """
SELECT min(d.id), string_agg(DISTINCT d.name, ' / '), d.strength, d.form, d.schedule, k.unit,
       coalesce(max(nullif(k.unit_word, '')), k.unit),
       coalesce(sum(b.on_hand) FILTER (WHERE p.kind = ANY(%(inside)s)), 0),
       coalesce(sum(b.on_hand) FILTER (WHERE p.kind = 'will_call'), 0), count(DISTINCT k.id)
FROM stock_balance b
JOIN stock_lot l ON l.id = b.lot_id
JOIN stock_place p ON p.id = b.place_id
JOIN drugs_package k ON k.id = l.package_id
JOIN drugs_product d ON d.id = k.product_id
WHERE b.pharmacy_id = %(pharmacy)s AND d.schedule >= %(from)s
  AND p.kind = ANY(%(inside)s || ARRAY['will_call'])
GROUP BY d.ingredient_key, 3, 4, 5, 6 ORDER BY d.schedule, 2, d.strength
"""


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug with a book of its own; ``product_id`` is one of its products."""

    product_id: int
    name: str
    strength: str
    form: str
    schedule: int
    unit: str
    packages: tuple[int, ...]
    ndcs: tuple[str, ...]
    alone: bool = False

    @property
    def says(self) -> str:
        return f"{self.name} {self.strength} {self.form}".strip()

    @property
    def roman(self) -> str:
        return ROMAN[self.schedule]


@dataclass(frozen=True, slots=True)
class Period:
    """Days at the pharmacy, both included; ``zone`` is its time zone."""

    first: date
    last: date
    zone: str

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), ZoneInfo(self.zone))

    @property
    def until(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the book. ``change`` is above zero for what came in."""

    move_id: int
    at: datetime
    what: What
    change: Decimal
    because: str
    fill_id: int | None
    lot_id: int
    lot: str
    key: str
    by: str
    witness: str
    balance: Decimal
    told: str = ""

    @property
    def came(self) -> Decimal | None:
        return self.change if self.change > 0 else None

    @property
    def went(self) -> Decimal | None:
        return -self.change if self.change < 0 else None

    @property
    def says(self) -> str:
        """What it is, with what the rooms above know of it, else with the reason given."""
        plain = self.because in {"received", "filled", "returned to stock"}
        return ", ".join(filter(None, [self.what, self.told, "" if plain else self.because]))


@dataclass(frozen=True, slots=True)
class Sums:
    """A period in four numbers; ``closing`` is what the book says at its end."""

    opening: Decimal
    came: Decimal
    went: Decimal
    lines: int

    @property
    def closing(self) -> Decimal:
        return self.opening + self.came - self.went


@dataclass(frozen=True, slots=True)
class DrugLine:
    """A drug in the list of books."""

    product_id: int
    name: str
    strength: str
    form: str
    schedule: int
    unit: str
    unit_word: str
    on_hand: Decimal
    in_bags: Decimal
    packages: int

    @property
    def roman(self) -> str:
        return ROMAN[self.schedule]


def drug_of(product_id: int, *, alone: bool = False) -> Drug:
    """The drug a product is, with all packages of it; refused where it is not controlled
    (2 queries)."""
    asked = Product.every.filter(pk=product_id).first()
    if asked is None:
        raise refuse("No such drug in the drug file.", code="no-drug", field="product_id")
    if asked.schedule < CONTROLLED_FROM:
        says = f"{asked} is not controlled: it has no book here, its moves are on its lots."
        raise refuse(says, code="not-controlled", field="product_id")
    same = Package.every.filter(product__ingredient_key=asked.ingredient_key)
    same = same.filter(
        product__strength=asked.strength,
        product__form=asked.form,
        product__schedule=asked.schedule,
    )
    rows = list(same.order_by("ndc").values_list("pk", "ndc", "unit", "product_id"))
    own = [row for row in rows if row[3] == product_id]
    unit = own[0][2] if own else (rows[0][2] if rows else "EA")
    chosen = own if alone else [row for row in rows if row[2] == unit]
    return Drug(
        product_id=product_id,
        name=asked.name,
        strength=asked.strength_said,
        form=asked.form,
        schedule=asked.schedule,
        unit=unit,
        packages=tuple(row[0] for row in chosen),
        ndcs=tuple(row[1] for row in chosen),
        alone=alone,
    )


def period_of(first: date, last: date, *, zone: str) -> Period:
    """The days asked for, or a refusal that names the field."""
    if last < first:
        raise refuse("The last day lies before the first.", field="last", code="bad-period")
    if (last - first).days > MOST_DAYS:
        raise refuse("A book is printed for at most three years.", field="first", code="long")
    return Period(first, last, zone)


def asked_of(drug: Drug, period: Period, pharmacy_id: int) -> dict[str, Any]:
    """The values of every question to the book."""
    return {
        "pharmacy": pharmacy_id,
        "packages": list(drug.packages),
        "inside": INSIDE,
        "since": period.since,
        "until": period.until,
        "zone": period.zone,
    }


def book_lines(
    *, pharmacy_id: int, drug: Drug, period: Period, page: int = 1, rows: int = PAGE
) -> list[Line]:
    """A page of the book, oldest first, with what the rooms above know of each line
    (1 query, and at most 1 a teller)."""
    asked = asked_of(drug, period, pharmacy_id)
    asked |= {"limit": rows, "offset": (page - 1) * rows}
    with connection.cursor() as cursor:
        cursor.execute(LINES, asked)
        found = [line_of(row) for row in cursor.fetchall()]
    moves = [ToldOf(line.move_id, line.key, line.lot_id, line.fill_id) for line in found]
    words = told(pharmacy_id=pharmacy_id, moves=moves) if moves else {}
    return [replace(line, told=words.get(line.move_id, "")) for line in found]


def line_of(row: Sequence[Any]) -> Line:
    """A row of the ledger as a line of the book."""
    number, at, start, end, change, reason, fill, lot_id, lot, key, by, witness, balance = row
    return Line(
        move_id=number,
        at=at,
        what=what_it_is(start, end, reason),
        change=change,
        because=reason,
        fill_id=fill,
        lot_id=lot_id,
        lot=lot,
        key=key,
        by=by,
        witness=witness,
        balance=balance,
    )


def book_sums(*, pharmacy_id: int, drug: Drug, period: Period) -> Sums:
    """What there was, what came, what went (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS, asked_of(drug, period, pharmacy_id))
        return Sums(*cursor.fetchone())


def daily_balances(
    *, pharmacy_id: int, drug: Drug, period: Period, opening: Decimal
) -> list[tuple[date, Decimal]]:
    """The balance at the end of each day on which it changed, after the opening (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(BY_DAY, asked_of(drug, period, pharmacy_id))
        changes = cursor.fetchall()
    found, balance = [(period.first, opening)], opening
    for day, change in changes:
        balance += change
        found.append((day, balance))
    return found


def stands_here(*, pharmacy_id: int, drug: Drug) -> tuple[Decimal, Decimal]:
    """What the ledger's balances say: in stock, and filled in bags (1 query)."""
    asked: dict[str, Any] = {
        "pharmacy": pharmacy_id,
        "packages": list(drug.packages),
        "inside": INSIDE,
    }
    with connection.cursor() as cursor:
        cursor.execute(STANDS, asked)
        in_stock, in_bags = cursor.fetchone()
    return in_stock, in_bags


def controlled_drugs(*, pharmacy_id: int) -> list[DrugLine]:
    """Every controlled drug that was ever here, by schedule and name (1 query)."""
    asked: dict[str, Any] = {
        "pharmacy": pharmacy_id,
        "from": CONTROLLED_FROM,
        "inside": INSIDE,
    }
    with connection.cursor() as cursor:
        cursor.execute(DRUGS, asked)
        rows = cursor.fetchall()
    return [DrugLine(*row) for row in rows]


def book_differences(*, pharmacy_id: int, zone: str, today: date) -> list[str]:
    """Every drug whose book does not end in what the ledger's balances say; none proves it."""
    ages = Period(date(1970, 1, 1), today + timedelta(days=1), zone)
    wrong = []
    for line in controlled_drugs(pharmacy_id=pharmacy_id):
        drug = drug_of(line.product_id)
        says = book_sums(pharmacy_id=pharmacy_id, drug=drug, period=ages).closing
        stands, _ = stands_here(pharmacy_id=pharmacy_id, drug=drug)
        if says != stands:
            wrong.append(f"{drug.says}: the book says {says}, the ledger {stands}")
    return wrong


def kinds_outside() -> list[PlaceKind]:
    """Every kind of place that is not in the stock of the house."""
    return [kind for kind in PlaceKind if kind not in ON_HAND]
