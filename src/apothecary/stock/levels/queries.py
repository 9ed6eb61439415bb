"""What is there, promised, coming, wanted and used of each package; what is to be ordered."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection

from apothecary.stock.kinds import PICKED_FROM, PlaceKind, Programme
from apothecary.stock.levels import rules
from apothecary.stock.levels.rules import Levels, Use
from apothecary.stock.models import Ordering

# Where units go that were used: towards a patient.
GONE = (PlaceKind.WILL_CALL, PlaceKind.PATIENT)
# Use is what left the places fills draw from for a patient, less what came back: a vial that is
# filled on Monday and returned on Friday was not used. The day is of the posting.
USED = """
    SELECT l.package_id, p.programme,
           sum(CASE WHEN t.happened_at >= %(since_30)s THEN u.units ELSE 0 END) AS days_30,
           sum(CASE WHEN t.happened_at >= %(since_90)s THEN u.units ELSE 0 END) AS days_90,
           sum(u.units) AS days_365, max(t.happened_at) AS last_at
    FROM stock_posting t
    JOIN stock_move m ON m.posting_id = t.id AND m.pharmacy_id = t.pharmacy_id
    JOIN stock_place f ON f.id = m.from_place_id
    JOIN stock_place o ON o.id = m.to_place_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN f.kind = ANY(%(kinds)s) AND o.kind = ANY(%(gone)s) THEN f.id
                    WHEN o.kind = ANY(%(kinds)s) AND f.kind = ANY(%(gone)s) THEN o.id
               END AS place_id,
               CASE WHEN f.kind = ANY(%(kinds)s) THEN m.quantity ELSE -m.quantity END AS units
    ) u
    JOIN stock_place p ON p.id = u.place_id
    JOIN stock_lot l ON l.id = m.lot_id
    WHERE t.pharmacy_id = %(pharmacy)s AND t.happened_at >= %(since)s
    GROUP BY 1, 2
"""
STANDING = f"""
WITH kept AS (
    SELECT package_id, programme FROM stock_shelfitem WHERE pharmacy_id = %(pharmacy)s
    UNION
    SELECT package_id, programme FROM stock_wanted WHERE pharmacy_id = %(pharmacy)s
    UNION
    SELECT l.package_id, p.programme
    FROM stock_balance b
    JOIN stock_lot l ON l.id = b.lot_id
    JOIN stock_place p ON p.id = b.place_id
    WHERE b.pharmacy_id = %(pharmacy)s AND b.on_hand > 0 AND p.kind = ANY(%(kinds)s)
), there AS (
    SELECT l.package_id, p.programme, sum(b.on_hand) AS on_hand, sum(b.reserved) AS reserved,
           sum(b.on_hand - b.reserved) FILTER (
               WHERE l.state = 'available' AND l.expires_on >= %(today)s) AS free,
           min(l.expires_on) AS first_expiry
    FROM stock_balance b
    JOIN stock_lot l ON l.id = b.lot_id
    JOIN stock_place p ON p.id = b.place_id
    WHERE b.pharmacy_id = %(pharmacy)s AND b.on_hand > 0 AND p.kind = ANY(%(kinds)s)
    GROUP BY 1, 2
), coming AS (
    SELECT package_id, programme, sum(quantity) AS units, min(due_on) AS due_on
    FROM stock_expected WHERE pharmacy_id = %(pharmacy)s GROUP BY 1, 2
), wanted AS (
    SELECT package_id, programme, sum(quantity) AS units
    FROM stock_wanted WHERE pharmacy_id = %(pharmacy)s GROUP BY 1, 2
), used AS ({USED})
SELECT k.id, k.product_id, r.name, r.strength, r.form, r.schedule, k.ndc,
       coalesce(nullif(k.unit_word, ''), k.unit), k.quantity, k.price_usd, n.programme,
       coalesce(s.bin, ''), s.id,
       coalesce(there.on_hand, 0), coalesce(there.reserved, 0), coalesce(there.free, 0),
       there.first_expiry, coalesce(coming.units, 0), coming.due_on, coalesce(wanted.units, 0),
       coalesce(s.reorder_at, -1), coalesce(s.order_up_to, 0), s.at_most,
       coalesce(s.ordering, 'review'), coalesce(s.contract_only, false), s.lead_days,
       s.safety_days, coalesce(used.days_30, 0), coalesce(used.days_90, 0),
       coalesce(used.days_365, 0), used.last_at
FROM kept n
LEFT JOIN there USING (package_id, programme)
LEFT JOIN coming USING (package_id, programme)
LEFT JOIN wanted USING (package_id, programme)
LEFT JOIN used USING (package_id, programme)
JOIN drugs_package k ON k.id = n.package_id
JOIN drugs_product r ON r.id = k.product_id
LEFT JOIN stock_shelfitem s ON s.pharmacy_id = %(pharmacy)s AND s.package_id = n.package_id
                           AND s.programme = n.programme
ORDER BY r.name, r.strength, k.ndc, n.programme
"""  # noqa: S608 both halves are constants of ours


@dataclass(frozen=True, slots=True)
class Standing:
    """How one package of one programme stands; quantities in its billing unit.

    ``free`` is in date, in use and not promised. Without an ``item_id`` it is not kept.
    """

    package_id: int
    product_id: int
    name: str
    strength: str
    form: str
    schedule: int
    ndc: str
    unit: str
    package_units: Decimal
    price_usd: Decimal | None
    programme: str
    bin: str
    item_id: int | None
    on_hand: Decimal
    reserved: Decimal
    free: Decimal
    first_expiry: date | None
    on_order: Decimal
    due_on: date | None
    wanted: Decimal
    reorder_at: Decimal
    order_up_to: Decimal
    at_most: Decimal | None
    ordering: str
    contract_only: bool
    lead_days: int | None
    safety_days: int | None
    used_30: Decimal
    used_90: Decimal
    used_365: Decimal
    last_used_at: datetime | None

    @property
    def kept(self) -> bool:
        """Whether the pharmacy keeps it; else it only stands here or is waited for."""
        return self.item_id is not None

    @property
    def use(self) -> Use:
        """What went out of late."""
        return Use(self.used_30, self.used_90)

    @property
    def position(self) -> Decimal:
        """What will be free when what is coming is here and what waits is served."""
        return self.free + self.on_order - self.wanted

    @property
    def days_left(self) -> Decimal | None:
        """How long what is free will last; None where nothing is used."""
        return rules.days_left(self.free, self.use)

    @property
    def is_needed(self) -> bool:
        """Whether it is to be ordered now."""
        if self.ordering == Ordering.NEVER:
            return False
        return rules.is_needed(position=self.position, reorder_at=self.reorder_at)

    @property
    def packages(self) -> int:
        """How many whole packages an order of today takes."""
        return rules.packages_to_order(
            position=self.position,
            order_up_to=self.order_up_to,
            at_most=self.at_most,
            package_units=self.package_units,
        )

    @property
    def is_automatic(self) -> bool:
        """Whether it may be ordered without a person's look at it."""
        auto = self.ordering == Ordering.AUTO
        return rules.is_automatic(ordering_auto=auto, schedule=self.schedule)

    @property
    def suggested(self) -> Levels:
        """Min and par by use of late."""
        return rules.suggested_levels(
            self.use,
            package_units=self.package_units,
            lead_days=rules.LEAD_DAYS if self.lead_days is None else self.lead_days,
            safety_days=rules.SAFETY_DAYS if self.safety_days is None else self.safety_days,
        )

    @property
    def value_usd(self) -> Decimal | None:
        """What is on hand at the reference price; None where no file has one."""
        return worth(self.on_hand, self.price_usd)

    @property
    def used_usd(self) -> Decimal | None:
        """What was used in a year at the reference price."""
        return worth(max(self.used_365, Decimal(0)), self.price_usd)


def worth(units: Decimal, price_usd: Decimal | None) -> Decimal | None:
    """Units at a price, to the cent."""
    return (
        None if price_usd is None else (units * price_usd).quantize(rules.CENT, ROUND_HALF_UP)
    )


def standings(*, pharmacy_id: int, at: datetime, today: date) -> list[Standing]:
    """Every package that is kept, stands here or is waited for, by name (1 query)."""
    asked: dict[str, int | date | list[str]] = {
        "pharmacy": pharmacy_id,
        "today": today,
        "since": at - timedelta(days=rules.YEAR_DAYS),
        "since_90": at - timedelta(days=rules.LONG_WINDOW),
        "since_30": at - timedelta(days=rules.SHORT_WINDOW),
        "kinds": [kind.value for kind in PICKED_FROM],
        "gone": [kind.value for kind in GONE],
    }
    with connection.cursor() as cursor:
        cursor.execute(STANDING, asked)
        return [Standing(*row) for row in cursor.fetchall()]


def needs_ordering(
    *, pharmacy_id: int, at: datetime, today: date, programme: Programme | None = None
) -> list[Standing]:
    """What is to be ordered now, by name, of one programme or of both (1 query).

    Each says how much is free, on order and wanted, its levels, use, days left, ``packages``.
    """
    rows = standings(pharmacy_id=pharmacy_id, at=at, today=today)
    return [row for row in rows if row.is_needed and programme in {None, row.programme}]
