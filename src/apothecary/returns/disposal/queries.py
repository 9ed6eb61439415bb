"""Containers with their clocks, hand-overs, destructions, and what waits to be destroyed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Prefetch, Q

from apothecary.returns.disposal.models import (
    DestroyedLine,
    Destruction,
    Discarded,
    HandOver,
    PatientReturn,
    WasteContainer,
)
from apothecary.returns.disposal.rules import THROWN_FROM, days_left, is_due
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Balance

ROWS = 100
CONTROLLED_FROM = 2
APART = (PlaceKind.QUARANTINE.value, PlaceKind.RETURNED.value)


@dataclass(frozen=True, slots=True)
class Standing:
    """A container that stands here, with what its clock says today."""

    row: WasteContainer
    many: int
    days_left: int | None
    due: bool


def containers(*, pharmacy_id: int, today: date) -> list[Standing]:
    """The containers that are here, the first to leave first (1 query)."""
    rows = WasteContainer.objects.filter(pharmacy_id=pharmacy_id, hand_over=None)
    counted = rows.annotate(many=Count("items"))
    found = [
        Standing(
            row=row,
            many=row.many,
            days_left=days_left(row.leaves_by, today=today),
            due=is_due(row.leaves_by, today=today),
        )
        for row in counted
    ]
    return sorted(found, key=lambda one: (one.row.leaves_by or date.max, one.row.number))


def container(*, pharmacy_id: int, container_id: int) -> WasteContainer | None:
    """One container with what is in it; None where there is none (2 queries)."""
    items = Discarded.objects.filter(pharmacy_id=pharmacy_id).select_related(
        "lot__package__product", "place"
    )
    rows = WasteContainer.objects.filter(pharmacy_id=pharmacy_id, pk=container_id)
    return (
        rows.select_related("hand_over")
        .prefetch_related(Prefetch("items", items.order_by("put_at", "pk")))
        .first()
    )


def hand_overs(*, pharmacy_id: int) -> list[HandOver]:
    """What haulers took, those whose copy is out first (1 query)."""
    rows = HandOver.objects.filter(pharmacy_id=pharmacy_id)
    counted = rows.annotate(many=Count("containers"), out=Count("pk", filter=Q(copy_on=None)))
    return list(counted.order_by("-out", "-handed_at")[:ROWS])


def destructions(*, pharmacy_id: int) -> list[Destruction]:
    """The records, newest first (1 query)."""
    rows = Destruction.objects.filter(pharmacy_id=pharmacy_id)
    return list(rows.annotate(many=Count("lines")).order_by("-number")[:ROWS])


def destruction(*, pharmacy_id: int, destruction_id: int) -> Destruction | None:
    """One record with its lines; None where there is none (2 queries)."""
    lines = DestroyedLine.objects.filter(pharmacy_id=pharmacy_id).select_related(
        "lot__package__product", "place"
    )
    rows = Destruction.objects.filter(pharmacy_id=pharmacy_id, pk=destruction_id)
    return rows.prefetch_related(Prefetch("lines", lines.order_by("pk"))).first()


def apart(*, pharmacy_id: int, controlled: bool) -> list[Balance]:
    """What stands set aside, controlled or not, by drug (1 query)."""
    rows = Balance.objects.filter(pharmacy_id=pharmacy_id, on_hand__gt=0, place__kind__in=APART)
    schedule = Q(lot__package__product__schedule__gte=CONTROLLED_FROM)
    mine = rows.filter(schedule) if controlled else rows.exclude(schedule)
    found = mine.select_related("lot__package__product", "place")
    return list(found.order_by("lot__package__product__name", "lot__expires_on", "pk")[:ROWS])


def where(*, pharmacy_id: int, lot_id: int) -> list[Balance]:
    """Where a lot stands that could be thrown away (1 query)."""
    rows = Balance.objects.filter(
        pharmacy_id=pharmacy_id,
        lot_id=lot_id,
        on_hand__gt=0,
        place__kind__in=[kind.value for kind in THROWN_FROM],
    )
    return list(rows.select_related("lot__package__product", "place").order_by("pk"))


def brought_back(*, pharmacy_id: int) -> Sequence[PatientReturn]:
    """What patients brought back, newest first (1 query)."""
    rows = PatientReturn.objects.filter(pharmacy_id=pharmacy_id)
    return list(rows.select_related("lot__package__product").order_by("-taken_at")[:ROWS])


def free(balance: Balance) -> Decimal:
    """What is not promised to a fill."""
    return balance.on_hand - balance.reserved
