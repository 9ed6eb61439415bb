"""What proves that the right drug is in the vial, read in one statement for the check."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from apothecary.drugs.strengths import in_order_of_name
from apothecary.filling.back_counts import LeftFacts
from apothecary.filling.queries import turn_of
from apothecary.prescriptions.models import Fill

# One statement, since the check shows more of a fill than any other screen.
EVIDENCE = """
SELECT
  (SELECT coalesce(json_agg(json_build_object(
      'outcome', s.outcome, 'says', s.says, 'aside', s.aside_because, 'bottles', s.bottles,
      'lot', coalesce(l.number, s.lot_number), 'read', s.lot_read,
      'expires_on', coalesce(l.expires_on, s.expires_on), 'ndc', coalesce(k.ndc, ''),
      'raw', s.raw, 'name', p.name, 'strength', p.strength, 'ingredients', p.ingredient_key,
      'at', s.at, 'by', w.initials)
      ORDER BY s.id), '[]')
   FROM filling_bottlescan s
   JOIN staff_person w ON w.id = s.by_id
   LEFT JOIN stock_lot l ON l.id = s.lot_id
   LEFT JOIN drugs_package k ON k.id = s.package_id
   LEFT JOIN drugs_product p ON p.id = k.product_id
   WHERE s.pharmacy_id = %(pharmacy)s AND s.fill_id = %(fill)s AND s.turn = %(turn)s)::text,
  (SELECT coalesce(json_agg(json_build_object(
      'quantity', c.quantity::text, 'method', c.method, 'by', w.initials)
      ORDER BY c.pass_number), '[]')
   FROM filling_count c JOIN staff_person w ON w.id = c.by_id
   WHERE c.pharmacy_id = %(pharmacy)s AND c.fill_id = %(fill)s AND c.turn = %(turn)s)::text,
  (SELECT coalesce(json_agg(json_build_object(
      'lot', b.lot_id, 'number', l.number, 'counted', b.counted::text,
      'expected', b.expected::text) ORDER BY b.lot_id, b.try_number), '[]')
   FROM filling_backcount b JOIN stock_lot l ON l.id = b.lot_id
   WHERE b.pharmacy_id = %(pharmacy)s AND b.fill_id = %(fill)s AND b.turn = %(turn)s)::text,
  (SELECT json_build_object('id', t.id, 'at', t.at, 'by', w.name)
   FROM filling_labelprint t JOIN staff_person w ON w.id = t.by_id
   WHERE t.pharmacy_id = %(pharmacy)s AND t.fill_id = %(fill)s AND t.turn = %(turn)s
   ORDER BY t.id DESC LIMIT 1)::text,
  (SELECT max(v.id) FROM filling_vialphoto v
   WHERE v.pharmacy_id = %(pharmacy)s AND v.fill_id = %(fill)s AND v.turn = %(turn)s)
"""
RIGHT = "right"
METHODS = {"hand": "by hand", "scale": "by scale", "counter": "by counter"}


@dataclass(frozen=True, slots=True)
class Bottle:
    """One scanned bottle; ``outcome`` is that of ``filling.models.Outcome``."""

    outcome: str
    says: str
    aside: str
    bottles: int
    lot: str
    read: bool
    expires_on: date | None
    ndc: str
    drug: str
    at: datetime
    by: str

    @property
    def right(self) -> bool:
        return self.outcome == RIGHT


@dataclass(frozen=True, slots=True)
class Counted:
    """One count, in the billing unit."""

    quantity: Decimal
    method: str
    by: str


@dataclass(frozen=True, slots=True)
class Printed:
    """The label printed last."""

    id: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Bottles, counts, what was left, label and picture of the turn that filled the bag."""

    bottles: list[Bottle]
    counts: list[Counted]
    left: list[LeftFacts]
    label: Printed | None
    photo_id: int | None

    @property
    def right(self) -> list[Bottle]:
        return [bottle for bottle in self.bottles if bottle.right]

    @property
    def slips(self) -> list[Bottle]:
        """What was caught before it got into the vial."""
        return [bottle for bottle in self.bottles if not bottle.right]

    @property
    def scanned(self) -> int:
        return sum(bottle.bottles for bottle in self.right)

    @property
    def filled_by(self) -> str:
        return self.label.by if self.label else ""


def evidence(fill: Fill) -> Evidence:
    """What was scanned, counted, printed and photographed of a fill (1 query)."""
    asked = {"pharmacy": fill.pharmacy_id, "fill": fill.pk, "turn": turn_of(fill)}
    with connection.cursor() as cursor:
        cursor.execute(EVIDENCE, asked)
        row = cursor.fetchone() or ("[]", "[]", "[]", None, None)
    bottles, counts, left, label, photo_id = row
    return Evidence(
        bottles=[bottle(row) for row in json.loads(bottles)],
        counts=[counted(row) for row in json.loads(counts)],
        left=lots_left(json.loads(left)),
        label=printed(json.loads(label)) if label else None,
        photo_id=photo_id,
    )


def bottle(row: dict[str, str]) -> Bottle:
    """One row of the scans."""
    return Bottle(
        outcome=row["outcome"],
        says=row["says"],
        aside=row["aside"],
        bottles=int(row["bottles"]),
        lot=row["lot"],
        read=bool(row["read"]),
        expires_on=date.fromisoformat(row["expires_on"]) if row["expires_on"] else None,
        ndc=row["ndc"],
        drug=drug_said(row),
        at=datetime.fromisoformat(row["at"]),
        by=row["by"],
    )


def drug_said(row: dict[str, str]) -> str:
    """Name and strength as other screens say them; the code as it came where it is no drug."""
    if not row["name"]:
        return row["raw"]
    name, key = row["name"], row["ingredients"]
    return f"{name} {in_order_of_name(row['strength'], name=name, ingredient_key=key)}"


def counted(row: dict[str, str]) -> Counted:
    """One row of the counts."""
    return Counted(Decimal(row["quantity"]), METHODS[row["method"]], row["by"])


def lots_left(rows: list[dict[str, str]]) -> list[LeftFacts]:
    """The counts of what was left, lot by lot."""
    found: dict[str, LeftFacts] = {}
    for row in rows:
        lot = found.get(row["lot"]) or LeftFacts(int(row["lot"]), row["number"])
        count = (Decimal(row["counted"]), Decimal(row["expected"]))
        found[row["lot"]] = replace(lot, counts=(*lot.counts, count))
    return list(found.values())


def printed(row: dict[str, str]) -> Printed:
    """The row of the label."""
    return Printed(int(row["id"]), datetime.fromisoformat(row["at"]), row["by"])
