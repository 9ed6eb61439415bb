"""What waits to go back, the shipments, and what is still to be credited, by age."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Prefetch, Q, Sum

from apothecary.returns.shipments.models import (
    Credit,
    FollowUp,
    ReverseDistributor,
    Shipment,
    ShipmentLine,
)
from apothecary.returns.shipments.rules import COLUMNS, NOTHING, age_of, expected_usd, group_of
from apothecary.returns.shipments.states import HELD, OWED, Group, LineState, ShipmentState
from apothecary.staff.snapshot import at_one_instant

ROWS = 200
HELD_VALUES = [one.value for one in HELD]
STAYS = frozenset({LineState.DROPPED.value, LineState.REFUSED.value})
OWED_VALUES = [one.value for one in OWED]
# What stands in quarantine or came back from patients, why (the last move into it says), on
# which return it is already, and what a package cost last.
WAITING = """
SELECT b.lot_id, b.place_id, r.name, r.strength, r.schedule, k.ndc,
       coalesce(nullif(k.unit_word, ''), k.unit), l.number, l.expires_on, p.name, p.kind,
       p.programme, b.on_hand, k.quantity,
       coalesce((SELECT m.reason FROM stock_move m
                 WHERE m.pharmacy_id = b.pharmacy_id AND m.lot_id = b.lot_id
                   AND m.to_place_id = b.place_id ORDER BY m.id DESC LIMIT 1), ''),
       CASE WHEN l.state = 'quarantined' THEN l.because ELSE '' END,
       (SELECT c.usd FROM purchasing_acquisitioncost c
        WHERE c.pharmacy_id = b.pharmacy_id AND c.package_id = k.id
          AND c.programme = p.programme ORDER BY c.invoiced_on DESC, c.id DESC LIMIT 1),
       (SELECT s.number FROM returns_shipmentline n JOIN returns_shipment s
               ON s.id = n.shipment_id
        WHERE n.pharmacy_id = b.pharmacy_id AND n.lot_id = b.lot_id
          AND n.place_id = b.place_id AND n.state = ANY(%(held)s) LIMIT 1)
FROM stock_balance b
JOIN stock_place p ON p.id = b.place_id AND p.kind IN ('quarantine', 'returned')
JOIN stock_lot l ON l.id = b.lot_id
JOIN drugs_package k ON k.id = l.package_id
JOIN drugs_product r ON r.id = k.product_id
WHERE b.pharmacy_id = %(pharmacy)s AND b.on_hand > 0
ORDER BY r.schedule, r.name, l.expires_on, b.lot_id, b.place_id
LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Units that were set aside and go nowhere yet."""

    lot_id: int
    place_id: int
    name: str
    strength: str
    schedule: int
    ndc: str
    unit: str
    lot: str
    expires_on: date
    place: str
    kind: str
    programme: str
    on_hand: Decimal
    package: Decimal
    moved: str
    because: str
    cost_usd: Decimal | None
    on_return: int | None

    @property
    def reason(self) -> str:
        """Why it stands there."""
        return self.because or self.moved

    @property
    def expected_usd(self) -> Decimal | None:
        """What it should bring."""
        return expected_usd(self.on_hand, self.package, self.cost_usd)

    def group(self, on: date) -> Group:
        """With what it travels."""
        return group_of(self.schedule, on=on)


def waiting(*, pharmacy_id: int) -> list[Waiting]:
    """What stands set aside, controlled last (1 query)."""
    asked: dict[str, int | list[str]] = {
        "pharmacy": pharmacy_id,
        "held": HELD_VALUES,
        "limit": ROWS,
    }
    with connection.cursor() as cursor:
        cursor.execute(WAITING, asked)
        return [Waiting(*row) for row in cursor.fetchall()]


HELD_BECAUSE = """
SELECT coalesce((SELECT m.reason FROM stock_move m
                 WHERE m.pharmacy_id = %(pharmacy)s AND m.lot_id = l.id
                   AND m.to_place_id = %(place)s ORDER BY m.id DESC LIMIT 1), ''),
       CASE WHEN l.state = 'quarantined' THEN l.because ELSE '' END
FROM stock_lot l WHERE l.pharmacy_id = %(pharmacy)s AND l.id = %(lot)s
"""


def why_held(pharmacy_id: int, *, lot_id: int, place_id: int) -> str:
    """Why units of a lot stand where they do: its quarantine's reason and the last move's
    (1 query).
    """
    asked = {"pharmacy": pharmacy_id, "lot": lot_id, "place": place_id}
    with connection.cursor() as cursor:
        cursor.execute(HELD_BECAUSE, asked)
        moved, because = cursor.fetchone() or ("", "")
    return "; ".join(part for part in (because, moved) if part)


def distributors(*, pharmacy_id: int) -> list[ReverseDistributor]:
    """Who takes drugs back (1 query)."""
    return list(ReverseDistributor.objects.filter(pharmacy_id=pharmacy_id).order_by("name"))


def shipments(*, pharmacy_id: int, closed: bool = False) -> list[Shipment]:
    """The returns that are under way, or those that are over, newest first (1 query)."""
    over = [ShipmentState.SETTLED.value, ShipmentState.CANCELLED.value]
    rows = Shipment.objects.filter(pharmacy_id=pharmacy_id)
    rows = rows.filter(state__in=over) if closed else rows.exclude(state__in=over)
    mine = Q(lines__state__in=[one.value for one in LineState if one != LineState.DROPPED])
    rows = rows.annotate(
        many=Count("lines", filter=mine),
        expects_usd=Sum("lines__expected_usd", filter=mine),
        came_usd=Sum("lines__credited_usd"),
    )
    return list(rows.select_related("distributor", "wholesaler").order_by("-number")[:ROWS])


@dataclass(frozen=True, slots=True)
class Page:
    """One return with everything about it."""

    row: Shipment
    lines: Sequence[ShipmentLine]
    credits: Sequence[Credit]
    follow_ups: Sequence[FollowUp]

    @property
    def going(self) -> list[ShipmentLine]:
        """The lines that go or went."""
        return [one for one in self.lines if one.state not in STAYS]

    @property
    def expected_usd(self) -> Decimal:
        """What they should bring, as far as anybody knows what they cost."""
        return sum((one.expected_usd or NOTHING for one in self.going), NOTHING)

    @property
    def unknown(self) -> int:
        """How many of them are of unknown cost."""
        return sum(one.expected_usd is None for one in self.going)

    @property
    def credited_usd(self) -> Decimal:
        """What came."""
        return sum((one.credited_usd for one in self.lines), NOTHING)

    @property
    def written_off_usd(self) -> Decimal:
        """What was given up."""
        return sum((one.written_off_usd for one in self.lines), NOTHING)

    @property
    def open_usd(self) -> Decimal:
        """What is still out."""
        owed = [one for one in self.lines if one.state in OWED_VALUES]
        return sum((one.open_usd or NOTHING for one in owed), NOTHING)


@at_one_instant()
def page(*, pharmacy_id: int, shipment_id: int) -> Page | None:
    """One return; None where there is none (4 queries, one instant)."""
    lines = ShipmentLine.objects.filter(pharmacy_id=pharmacy_id).select_related(
        "lot__package__product", "place", "received"
    )
    rows = Shipment.objects.filter(pharmacy_id=pharmacy_id, pk=shipment_id)
    row = (
        rows.select_related("distributor", "wholesaler", "outgoing")
        .prefetch_related(
            Prefetch("lines", lines.order_by("number")),
            Prefetch("credits", Credit.objects.order_by("arrived_at")),
            Prefetch("follow_ups", FollowUp.objects.order_by("at")),
        )
        .first()
    )
    if row is None:
        return None
    return Page(row, list(row.lines.all()), list(row.credits.all()), list(row.follow_ups.all()))


def credits_aside(*, pharmacy_id: int) -> list[Credit]:
    """Credits nobody could book, oldest first (1 query)."""
    rows = Credit.objects.filter(pharmacy_id=pharmacy_id).exclude(problem="")
    return list(rows.select_related("incoming").order_by("arrived_at")[:ROWS])


@dataclass(frozen=True, slots=True)
class Owed:
    """What one partner still owes, by age; ``late`` counts lines past the day they were due."""

    name: str
    by_age: Mapping[str, Decimal]
    lines: int
    late: int
    unknown: int

    @property
    def usd(self) -> Decimal:
        """All of it."""
        return sum(self.by_age.values(), NOTHING)


def owed(*, pharmacy_id: int, today: date) -> list[Owed]:
    """What is still to be credited, by partner and age, the biggest debtor first (1 query)."""
    rows = owed_lines(pharmacy_id=pharmacy_id)
    names = sorted({one.shipment.partner.name for one in rows})
    found = [
        owed_by(name, [one for one in rows if one.shipment.partner.name == name], today=today)
        for name in names
    ]
    return sorted(found, key=lambda one: (-one.usd, one.name))


def owed_lines(*, pharmacy_id: int) -> list[ShipmentLine]:
    """The lines that went and are not settled, the oldest first (1 query)."""
    rows = ShipmentLine.objects.filter(pharmacy_id=pharmacy_id, state__in=OWED_VALUES)
    found = rows.select_related(
        "shipment__pharmacy",
        "shipment__distributor",
        "shipment__wholesaler",
        "lot__package__product",
    )
    return list(found.order_by("shipment__shipped_at", "number"))


def owed_by(name: str, rows: Sequence[ShipmentLine], *, today: date) -> Owed:
    """One partner's sums."""
    by_age = dict.fromkeys(COLUMNS, NOTHING)
    late = 0
    for one in rows:
        shipped = one.shipment.shipped_at
        if shipped is None:
            raise LookupError(f"line {one.pk} is owed and never was shipped")
        by_age[age_of(one.shipment.pharmacy.day_of(shipped), on=today)] += (
            one.open_usd or NOTHING
        )
        due = one.shipment.credit_due_on
        late += due is not None and due < today
    unknown = sum(one.expected_usd is None for one in rows)
    return Owed(name, by_age, len(rows), late, unknown)
