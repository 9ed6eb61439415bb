"""An inspector's tracing request: every package that fits, whose it was, and where it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from apothecary.drugs.ndc import Ndc
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

CITE_ANSWER, MARK_ANSWER, BUSINESS_DAYS = "FDCA 582(d)(1)(D)", "K", 2
CITE_KEPT, MARK_KEPT, YEARS_KEPT = "FDCA 582(d)(1)(A)(iii)", "K", 6
LONGEST = 60
# An answer is held whole in memory, some three kilobytes a package.
MOST = 100_000
# What fits is found by its indexes first and by itself: joined at once, the planner takes the
# few packages of one product for so few that it reads every package there is. Of a package
# only its own words are read: what thousands of them share is read once, by ITEMS. Codes are
# put in order by their bytes, as the order of a language costs as much as all the rest.
PACKAGES = """
WITH hit AS MATERIALIZED (
  SELECT id, item_id, gtin, serial, lot, expires_on, of_lot FROM purchasing_tracedpackage
  WHERE pharmacy_id = %(pharmacy)s AND lot = %(said)s
  UNION
  SELECT id, item_id, gtin, serial, lot, expires_on, of_lot FROM purchasing_tracedpackage
  WHERE pharmacy_id = %(pharmacy)s AND serial = %(said)s AND serial <> ''
  UNION
  SELECT id, item_id, gtin, serial, lot, expires_on, of_lot FROM purchasing_tracedpackage
  WHERE pharmacy_id = %(pharmacy)s AND gtin = %(said)s AND serial <> ''
  UNION
  SELECT id, item_id, gtin, serial, lot, expires_on, of_lot FROM purchasing_tracedpackage
  WHERE pharmacy_id = %(pharmacy)s AND gtin = %(said)s AND serial = ''
  UNION
  SELECT q.id, q.item_id, q.gtin, q.serial, q.lot, q.expires_on, q.of_lot
  FROM purchasing_traceditem n
  JOIN purchasing_tracedpackage q ON q.item_id = n.id AND q.pharmacy_id = n.pharmacy_id
  WHERE n.pharmacy_id = %(pharmacy)s AND n.ndc = ANY(%(codes)s)
  LIMIT %(most)s)
SELECT p.item_id, p.gtin, p.serial, p.lot, p.expires_on, p.of_lot,
       r.received_at, coalesce(r.condition, ''), p.id, r.lot_id
FROM hit p
JOIN purchasing_traceditem i ON i.id = p.item_id
JOIN purchasing_tracedshipment s ON s.id = i.shipment_id
LEFT JOIN purchasing_receivedpackage r
  ON r.pharmacy_id = %(pharmacy)s AND r.gtin = p.gtin AND r.serial = p.serial
 AND r.serial <> '' AND r.undone_at IS NULL
ORDER BY s.shipped_at, p.gtin COLLATE "C", p.lot COLLATE "C", p.serial COLLATE "C"
"""
ITEMS = """
SELECT i.id, i.ndc, i.name, i.strength, i.form, i.container, s.transaction_on, s.shipped_at,
       s.seller, s.seller_address, s.buyer, s.buyer_address, s.orders, s.despatches,
       s.invoices, s.statement, d.instance, h.time_zone
FROM purchasing_traceditem i
JOIN purchasing_tracedshipment s ON s.id = i.shipment_id
JOIN purchasing_tracingdocument d ON d.id = s.document_id
JOIN staff_pharmacy h ON h.id = i.pharmacy_id
WHERE i.pharmacy_id = %s AND i.id = ANY(%s)
"""
NOW = """
SELECT b.lot_id, string_agg(l.name || ' ' || trim_scale(b.on_hand), ', ' ORDER BY l.name)
FROM stock_balance b JOIN stock_place l ON l.id = b.place_id
WHERE b.pharmacy_id = %s AND b.lot_id = ANY(%s) AND b.on_hand > 0
GROUP BY b.lot_id
"""


class Traced(NamedTuple):
    """Transaction information and statement of one package, and what became of it here.

    ``lot_now`` says where the units of its lot are: a lot's units are told apart no further.
    Instants are of the clock on the pharmacy's wall.
    """

    ndc: str
    gtin: str
    serial: str
    lot: str
    expires_on: date | None
    name: str
    strength: str
    form: str
    container: str
    containers: Decimal
    transaction_on: date
    shipped_at: datetime
    seller: str
    seller_address: str
    buyer: str
    buyer_address: str
    orders: str
    despatches: str
    invoices: str
    statement: str
    document: str
    received_at: datetime | None
    condition: str
    traced_id: int
    lot_now: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that fits; ``by_lot`` counts the packages of each lot."""

    said: str
    asked_at: datetime
    packages: tuple[Traced, ...]

    @property
    def by_lot(self) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        for one in self.packages:
            found[one.ndc, one.lot] = found.get((one.ndc, one.lot), 0) + 1
        return found


def trace(*, by: Worker, said: str) -> Answer:
    """All transaction information of an NDC, GTIN, lot or serial number (3 queries).

    Raises Refused where nothing was asked or the answer would pass ``MOST`` packages.
    """
    by.must(Duty.READ_RECORDS)
    said = said.strip()
    if not 0 < len(said) <= LONGEST:
        says = f"Say an NDC, GTIN, lot or serial number of at most {LONGEST} characters."
        raise refuse(says, code="nothing-asked", field="said")
    asked: dict[str, int | str | list[str]] = {
        "pharmacy": by.pharmacy_id,
        "said": said,
        "codes": codes_of(said),
        "most": MOST + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(PACKAGES, asked)
        rows: list[Row] = cursor.fetchall()
        if len(rows) > MOST:
            says = f"Over {MOST:,} packages fit: ask by lot."
            raise refuse(says, code="too-many", field="said")
        cursor.execute(ITEMS, [by.pharmacy_id, list({row[0] for row in rows})])
        items: dict[int, Sold] = {item: sold for item, *sold in cursor}
        lots = sorted({row[-1] for row in rows if row[-1] is not None})
        cursor.execute(NOW, [by.pharmacy_id, lots])
        now: dict[int, str] = dict(cursor.fetchall())
    return Answer(said, by.at, tuple(joined(rows, items, now)))


# What PACKAGES and ITEMS bring: columns of every kind, put in order by `joined` alone.
Row = tuple[Any, ...]
Sold = list[Any]


def joined(
    rows: Sequence[Row], items: Mapping[int, Sold], now: Mapping[int, str]
) -> Iterator[Traced]:
    """Each package with what its shipment says of it and where its lot is."""
    for item, gtin, serial, lot, until, of_lot, received_at, condition, key, lot_id in rows:
        ndc, name, strength, form, container, *shipment, document, zone = items[item]
        came = received_at.astimezone(ZoneInfo(zone)) if received_at else None
        yield Traced._make(
            (ndc, gtin, serial, lot, until, name, strength, form, container, of_lot,
             *shipment, document, came, condition, key, now.get(lot_id, ""))
        )  # fmt: skip


def codes_of(said: str) -> list[str]:
    """The eleven digits that a code may mean; none where it is no NDC."""
    if len(said) == 11 and said.isascii() and said.isdigit():
        return [said]
    try:
        return [Ndc.parse(said).ndc11]
    except ValueError:
        return []


# The columns that are no text.
VALUES = ("expires_on", "containers", "transaction_on", "shipped_at", "received_at")


def as_rows(answer: Answer) -> Iterator[dict[str, str]]:
    """The answer as lines of text by the name of the column, for CSV and JSON."""
    for one in answer.packages:
        row: dict[str, Any] = one._asdict()
        # Our own number of a package means nothing to an inspector.
        del row["traced_id"]
        for name in VALUES:
            row[name] = plain(row[name])
        yield row


def plain(value: object) -> str:
    """A value as it is read by programs; empty for none."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)
