"""One package from its maker to where its units are now, told and drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from markupsafe import Markup

from apothecary.purchasing.tracing.answering import NOW
from apothecary.workbench.charts import svg

PACKAGE = """
SELECT p.gtin, p.serial, p.lot, p.expires_on, i.name, i.strength, i.form, i.ndc,
       coalesce(d.labeler, ''), s.seller, s.seller_address, s.transaction_on, s.shipped_at,
       s.orders, s.invoices, s.statement, t.id, t.instance
FROM purchasing_tracedpackage p
JOIN purchasing_traceditem i ON i.id = p.item_id
JOIN purchasing_tracedshipment s ON s.id = i.shipment_id
JOIN purchasing_tracingdocument t ON t.id = s.document_id
LEFT JOIN drugs_package k ON k.id = i.package_id
LEFT JOIN drugs_product d ON d.id = k.product_id
WHERE p.pharmacy_id = %(pharmacy)s AND p.gtin = %(gtin)s AND p.serial = %(serial)s
  AND (p.id = %(traced)s OR %(traced)s::bigint IS NULL)
LIMIT 1
"""
CAME = """
SELECT r.id, r.received_at, r.condition, r.put_away_at, r.lot_id, l.number, l.expires_on,
       w.name, g.name, r.undone_at,
       CASE WHEN l.state = 'quarantined' THEN l.because ELSE '' END,
       (r.received_at AT TIME ZONE h.time_zone)::date
FROM purchasing_receivedpackage r
JOIN stock_lot l ON l.id = r.lot_id
JOIN stock_place g ON g.id = r.place_id
JOIN purchasing_receipt c ON c.id = r.receipt_id
JOIN purchasing_wholesaler w ON w.id = c.wholesaler_id
JOIN staff_pharmacy h ON h.id = r.pharmacy_id
WHERE r.pharmacy_id = %(pharmacy)s AND r.gtin = %(gtin)s AND r.serial = %(serial)s
  AND r.serial <> ''
ORDER BY r.undone_at NULLS FIRST, r.id DESC LIMIT 1
"""
# In units of the drawing.
WIDE, HIGH, GAP = 232, 74, 44
LONGEST = 34


@dataclass(frozen=True, slots=True)
class Sold:
    """What the seller told of a package."""

    gtin: str
    serial: str
    lot: str
    expires_on: date | None
    name: str
    strength: str
    form: str
    ndc: str
    maker: str
    seller: str
    seller_address: str
    transaction_on: date
    shipped_at: datetime
    orders: str
    invoices: str
    statement: str
    document_id: int
    document: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """What somebody scanned at the door, and on which day by the clock on the wall."""

    received_id: int
    received_at: datetime
    condition: str
    put_away_at: datetime | None
    lot_id: int
    lot: str
    expires_on: date
    wholesaler: str
    place: str
    undone_at: datetime | None
    held: str
    received_on: date


@dataclass(frozen=True, slots=True)
class Station:
    """One box of the drawing: who or where, when, and whether it is as it should be."""

    title: str
    says: str
    when: str
    is_odd: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """A package's way. ``now`` says where the units of its lot are."""

    gtin: str
    serial: str
    sold: Sold | None
    came: Arrived | None
    now: str

    @property
    def differs(self) -> bool:
        """Whether the package at the door was not as it was told."""
        if self.sold is None or self.came is None:
            return False
        until = self.sold.expires_on
        return self.sold.lot != self.came.lot or until not in {None, self.came.expires_on}

    def stations(self) -> list[Station]:
        """Maker, seller, our door, and where it is now."""
        return [self.made(), self.bought(), self.arrived(), self.here()]

    def made(self) -> Station:
        maker = self.sold.maker if self.sold else ""
        lot = f"lot {self.sold.lot}" if self.sold else "nobody told us"
        return Station("Manufacturer", maker or "not told", lot, is_odd=self.sold is None)

    def bought(self) -> Station:
        if self.sold is None:
            seller = self.came.wholesaler if self.came else "not known"
            return Station("Wholesaler", seller, "no transaction information", is_odd=True)
        when = f"sold to us {self.sold.transaction_on}"
        return Station("Wholesaler", self.sold.seller, when)

    def arrived(self) -> Station:
        if self.came is None or self.came.undone_at is not None:
            return Station("Our door", "not received", "", is_odd=False)
        says = "as it was told" if not self.differs else f"as lot {self.came.lot}"
        if self.came.condition != "good":
            says = self.came.condition
        odd = self.differs or self.came.condition != "good"
        return Station("Our door", says, f"came {self.came.received_on}", is_odd=odd)

    def here(self) -> Station:
        if self.came is None or self.came.undone_at is not None:
            return Station("Now", "nothing of it is here", "")
        where = self.now or "nothing of its lot is left here"
        state = "out of use" if self.came.held else f"lot {self.came.lot}"
        return Station("Now, its lot", where, state, is_odd=bool(self.came.held))


def package_history(
    *, pharmacy_id: int, gtin: str, serial: str, traced_id: int | None = None
) -> History | None:
    """The way of a package; none where nobody told of it and none came (3 queries)."""
    asked: dict[str, int | str | None] = {
        "pharmacy": pharmacy_id,
        "gtin": gtin,
        "serial": serial,
        "traced": traced_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(PACKAGE, asked)
        sold = cursor.fetchone()
        cursor.execute(CAME, asked)
        came = cursor.fetchone()
        if sold is None and came is None:
            return None
        arrived = Arrived(*came) if came else None
        cursor.execute(NOW, [pharmacy_id, [arrived.lot_id] if arrived else []])
        now = dict(cursor.fetchall())
    return History(
        gtin=gtin,
        serial=serial,
        sold=Sold(*sold) if sold else None,
        came=arrived,
        now=now.get(arrived.lot_id, "") if arrived else "",
    )


def drawn(found: History) -> Markup:
    """The way as a chain of boxes; one that is not as it should be is marked and says so."""
    stations = found.stations()
    parts = [box(place, one) for place, one in enumerate(stations)]
    parts += [arrow(place) for place in range(len(stations) - 1)]
    width = len(stations) * WIDE + (len(stations) - 1) * GAP + 2
    says = "; ".join(spoken(stations))
    title = f"The way of package {found.serial or found.gtin}"
    return svg(width, HIGH + 2, title=title, says=says, parts=parts, kind="way")


def spoken(stations: Sequence[Station]) -> list[str]:
    """Each box as a reader hears it."""
    return [
        f"{one.title}: {one.says}{f', {one.when}' if one.when else ''}"
        f"{' (look)' if one.is_odd else ''}"
        for one in stations
    ]


def box(place: int, one: Station) -> Markup:
    """A box with its three lines; odd ones bear a bar at the foot and a sign."""
    x = place * (WIDE + GAP) + 1
    middle = x + WIDE // 2
    odd = Markup('<rect class="bar low" x="{}" y="{}" width="{}" height="5"/>').format(
        x, HIGH - 4, WIDE
    )
    sign = "⚠ " if one.is_odd else ""
    return Markup(
        '<rect class="axis" fill="none" x="{}" y="1" width="{}" height="{}"/>{}'
        '<text class="label" x="{}" y="18">{}</text>'
        '<text class="value{}" x="{}" y="38">{}</text>'
        '<text class="label" x="{}" y="57">{}</text>'
    ).format(
        *(x, WIDE, HIGH, odd if one.is_odd else ""),
        *(middle, one.title),
        *("", middle, sign + short(one.says)),
        *(middle, short(one.when)),
    )


def arrow(place: int) -> Markup:
    """From one box to the next."""
    start = (place + 1) * WIDE + place * GAP + 1
    y, end = HIGH // 2, start + GAP
    return Markup(
        '<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<polyline class="line" points="{},{} {},{} {},{}"/>'
    ).format(start, end, y, y, end - 7, y - 5, end, y, end - 7, y + 5)


def short(text: str) -> str:
    """What fits into a box; the whole stands in the description."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
