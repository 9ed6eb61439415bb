"""The map of the places, drawn: where each stands, how full it is, what wants a look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from markupsafe import Markup

from apothecary.stock.kinds import PlaceKind
from apothecary.workbench.charts import scaled, svg

FOOT = 12
MARGIN = 14
EXPIRING_DAYS = 90
STANDING = """
SELECT p.id, p.kind, p.name, p.storage, p.apart, p.programme, p.area, p."left", p.top, p.width,
       p.height, p.holds, p.closed_at IS NOT NULL,
       coalesce(sum(b.on_hand / k.quantity), 0), count(b.id) FILTER (WHERE b.on_hand > 0),
       count(*) FILTER (WHERE b.on_hand > 0 AND l.expires_on < %(today)s),
       count(*) FILTER (WHERE b.on_hand > 0 AND l.expires_on >= %(today)s
                              AND l.expires_on <= %(today)s + %(ahead)s),
       count(*) FILTER (WHERE b.on_hand > 0 AND l.state = 'quarantined'),
       coalesce(sum(b.on_hand * k.price_usd), 0)
FROM stock_place p
LEFT JOIN stock_balance b ON b.place_id = p.id AND b.pharmacy_id = p.pharmacy_id
                         AND NOT b.outside AND b.on_hand > 0
LEFT JOIN stock_lot l ON l.id = b.lot_id
LEFT JOIN drugs_package k ON k.id = l.package_id
WHERE p.pharmacy_id = %(pharmacy)s
GROUP BY p.id ORDER BY p.closed_at NULLS FIRST, p.area, p.name
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A place and what stands there; ``packages`` in whole packages and parts of one."""

    id: int
    kind: str
    name: str
    storage: str
    apart: str
    programme: str
    area: str
    left: int
    top: int
    width: int
    height: int
    holds: int | None
    closed: bool
    packages: Decimal
    lots: int
    expired: int
    expiring: int
    quarantined: int
    value_usd: Decimal

    @property
    def kind_said(self) -> str:
        return str(PlaceKind(self.kind).label)

    @property
    def warnings(self) -> list[str]:
        """What somebody must look at, in words; what is set aside is no warning there."""
        if self.kind in {PlaceKind.QUARANTINE, PlaceKind.WASTE, PlaceKind.REVERSE}:
            return []
        found = [(self.expired, "expired"), (self.quarantined, "quarantined")]
        full = self.holds is not None and self.packages > self.holds
        return [f"{many} {what}" for many, what in found if many] + ["too full"] * full


def standing_places(*, pharmacy_id: int, today: date) -> list[Standing]:
    """Each place with what stands there, the open ones first (1 query)."""
    asked: dict[str, int | date] = {
        "pharmacy": pharmacy_id,
        "today": today,
        "ahead": EXPIRING_DAYS,
    }
    with connection.cursor() as cursor:
        cursor.execute(STANDING, asked)
        return [Standing(*row) for row in cursor.fetchall()]


def place_map(places: Sequence[Standing], *, title: str) -> Markup:
    """The places that have a rectangle, seen from above; a foot is twelve units."""
    drawn = [place for place in places if place.width and not place.closed]
    width = max([place.left + place.width for place in drawn] + [1]) * FOOT + 2 * MARGIN
    height = max([place.top + place.height for place in drawn] + [1]) * FOOT + 2 * MARGIN
    says = "; ".join(sentence(place) for place in drawn) or "no place is drawn yet"
    parts = [outline(place) for place in drawn]
    return svg(width, height, title=title, says=says, parts=parts, kind="places")


def sentence(place: Standing) -> str:
    """A place as a reader hears it."""
    parts = [f"{place.name}: {place.lots} lots"]
    if place.holds:
        parts.append(f"{scaled(place.packages, place.holds, 100)} percent full")
    if place.expiring:
        parts.append(f"{place.expiring} expire soon")
    return ", ".join([*parts, *place.warnings])


def outline(place: Standing) -> Markup:
    """The rectangle with its name, how full it is along the foot, and what wants a look."""
    x, y = MARGIN + place.left * FOOT, MARGIN + place.top * FOOT
    wide, high = place.width * FOOT, place.height * FOOT
    level = min(scaled(place.packages, place.holds, wide), wide) if place.holds else 0
    low = " low" if place.warnings else ""
    said = ", ".join(place.warnings) or (f"{place.expiring} soon" if place.expiring else "")
    return Markup(
        '<rect class="axis" fill="none" x="{}" y="{}" width="{}" height="{}"/>'
        '<rect class="bar{}" x="{}" y="{}" width="{}" height="5"/>'
        '<text class="label" x="{}" y="{}">{}</text>'
        '<text class="value{}" x="{}" y="{}">{}</text>'
    ).format(
        *(x, y, wide, high),
        *(low, x, y + high - 5, level),
        *(x + wide // 2, y + 14, place.name),
        *(low, x + wide // 2, y + 28, said),
    )
