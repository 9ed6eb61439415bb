"""What is on its way (856): shipment, orders, boxes, items, each inside the one above."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from apothecary.wires.errors import Fault
from apothecary.wires.x12.remittance import Day, Party, Reference, Rest, day_of, reference_of
from apothecary.wires.x12.supply.goods import Codes, Lot, Product


@dataclass(frozen=True, slots=True)
class ShippedItem:
    """An item of a ship notice (LIN, SN1). ``serials`` where the notice names packages."""

    number: str
    product: Product
    quantity: Decimal
    unit: str
    ordered: Decimal | None = None
    ordered_unit: str = ""
    status: str = ""
    lots: tuple[Lot, ...] = ()
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Packages:
    """How much freight (TD1): packages by kind, weight in its unit."""

    kind: str
    count: Decimal | None = None
    weight_kind: str = ""
    weight: Decimal | None = None
    weight_unit: str = ""


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who brings it (TD5)."""

    id_qualifier: str = ""
    id: str = ""
    method: str = ""
    routing: str = ""


@dataclass(frozen=True, slots=True)
class OrderShipped:
    """Which of our orders this part of a shipment answers (PRF)."""

    number: str
    release: str = ""
    ordered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a ship notice (HL): S shipment, O order, T tote or pallet, P pack, I item.

    ``marks`` are what is written on the box (MAN): GM an SSCC, CP the carrier's number.
    """

    kind: str
    children: tuple["Level", ...] = ()
    order: OrderShipped | None = None
    item: ShippedItem | None = None
    marks: Codes = ()
    packages: tuple[Packages, ...] = ()
    carriers: tuple[Carrier, ...] = ()
    parties: tuple[Party, ...] = ()
    references: tuple[Reference, ...] = ()
    days: tuple[Day, ...] = ()
    id: str = field(default="", compare=False)
    segment: int = field(default=0, compare=False)

    @property
    def sscc(self) -> str:
        """The eighteen digits of the box's own number; empty when it has none."""
        return next((value for name, value in self.marks if name == "GM"), "")


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """An item with what stands above it: its order, its invoice, its boxes outermost first."""

    item: ShippedItem
    order_number: str
    invoice: str
    boxes: Codes
    segment: int


@dataclass(frozen=True, slots=True)
class ShipNotice:
    """What is on its way (856). ``structure`` 0001 shipment, order, pack, item."""

    shipment: str
    sent_on: date
    levels: tuple[Level, ...]
    sent_at: time | None = None
    structure: str = "0001"
    purpose: str = "00"
    references: tuple[Reference, ...] = ()
    days: tuple[Day, ...] = ()
    control: str = ""
    rest: tuple[Rest, ...] = ()
    faults: tuple[Fault, ...] = ()

    def lines(self) -> Iterator[ShippedLine]:
        """Every item, in order."""
        yield from lines_of(self.levels)

    @property
    def ship_to(self) -> Party | None:
        """For whom the shipment is; None when the notice does not say."""
        found = (one for level in self.levels for one in level.parties if one.role == "ST")
        return next(found, None)

    @property
    def expected_on(self) -> date | None:
        """The day the wholesaler says it arrives (017)."""
        found = (day_of(level.days, "017") for level in self.levels)
        return next((day for day in found if day), None)


def lines_of(levels: tuple[Level, ...]) -> Iterator[ShippedLine]:
    """Every item below these levels, in order."""
    for level in levels:
        yield from _lines(level, "", "", ())


def _lines(level: Level, order: str, invoice: str, boxes: Codes) -> Iterator[ShippedLine]:
    order = level.order.number if level.order else order
    invoice = reference_of(level.references, "IV") or invoice
    boxes = (*boxes, *level.marks)
    if level.item is not None:
        yield ShippedLine(level.item, order, invoice, boxes, level.segment)
    for child in level.children:
        yield from _lines(child, order, invoice, boxes)
