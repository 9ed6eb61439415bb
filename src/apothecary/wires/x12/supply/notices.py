"""Ship notices (856), read and written: a list of levels becomes a tree and back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from apothecary.wires.errors import Malformed
from apothecary.wires.ndc import has_check_digit
from apothecary.wires.x12.build import SetDraft
from apothecary.wires.x12.interchange import TransactionSet
from apothecary.wires.x12.segments import Segment
from apothecary.wires.x12.supply.dialect import PLAIN, Dialect
from apothecary.wires.x12.supply.goods import Codes
from apothecary.wires.x12.supply.parts import NOTHING, Part, SupplyNotes, loops
from apothecary.wires.x12.supply.products import product
from apothecary.wires.x12.supply.reading import Reading
from apothecary.wires.x12.supply.shipping import (
    Carrier,
    Level,
    OrderShipped,
    Packages,
    ShipNotice,
    ShippedItem,
    lines_of,
)
from apothecary.wires.x12.supply.writing import Writing, number_text, optional_day
from apothecary.wires.x12.values import day_text, read_clock

KINDS = {"S": "shipment", "O": "order", "T": "tote or pallet", "P": "pack", "I": "item"}
DEEPEST = 12  # levels inside each other; a real notice has four or five


@dataclass(slots=True)
class _Node:
    """One HL with what was read of it, before its children are known."""

    part: Part
    id: str
    depth: int
    children: list["_Node"] = field(default_factory=list)


def read_ship_notice(transaction: TransactionSet, dialect: Dialect = PLAIN) -> ShipNotice:
    """Read one ship notice (856). Raises Malformed with every fault when it is none, is cut
    off, when a level was lost or stands below none, or a quantity cannot be read.
    """
    reading = Reading(transaction, "856", dialect)
    bsn, notes = reading.first("BSN"), reading.notes
    above, of_levels, footer = loops(reading.body, "HL", ("CTT",))
    part = reading.part(above, "header")
    references, days = part.references(), part.days()
    part.close()
    levels = tuple([_level(one, notes) for one in _tree(reading, of_levels)])
    shipped = [line.item.quantity for line in lines_of(levels)]
    reading.total(footer, len(of_levels), "levels", sum(shipped, NOTHING))
    reading.foot(footer)
    shipment = notes.required(bsn, 2, "the number of the shipment")
    sent_on = notes.required_day(bsn, 3, "the day of the notice")
    sent_at = None
    if bsn[4]:
        try:
            sent_at = read_clock(bsn[4])
        except ValueError as error:
            notes.strange(bsn, 4, str(error))
            notes.keep(bsn, 4, bsn[4])
    reading.close()
    return ShipNotice(
        shipment=shipment,
        sent_on=sent_on,
        levels=levels,
        sent_at=sent_at,
        structure=bsn[5],
        purpose=bsn[1],
        references=references,
        days=days,
        control=reading.control,
        rest=tuple(notes.rest),
        faults=tuple(notes.odd),
    )


def _tree(reading: Reading, of_levels: Sequence[Sequence[Segment]]) -> list[_Node]:
    """The levels that stand below none, with theirs below them."""
    notes = reading.notes
    roots: list[_Node] = []
    known: dict[str, _Node] = {}
    for segments in of_levels:
        head = segments[0]
        name, above = head[1].strip(), head[2].strip()
        part = reading.part(segments, f"level {name or head.number}")
        notes.spare(head)
        parent = known.get(above) if above else None
        node = _Node(part, name, parent.depth + 1 if parent else 1)
        if not name:
            notes.wrong(head, 1, "must be the number of the level, is missing")
        elif name in known:
            notes.wrong(head, 1, f"{name} stands twice")
        if above and parent is None:
            notes.wrong(head, 2, f"stands below {above}, which did not come before it")
        if node.depth > DEEPEST:
            notes.wrong(head, 2, f"stands {node.depth} deep, at most {DEEPEST} are read")
            continue
        known.setdefault(name, node)
        (parent.children if parent else roots).append(node)
    return roots


def _level(node: _Node, notes: SupplyNotes) -> Level:
    part, head = node.part, node.part.head
    notes.path = f"level {node.id}"
    kind = head[3].strip()
    if kind not in KINDS:
        notes.strange(head, 3, f"is no level we know: {kind!r}")
    item = _item(part, notes)
    marks = tuple([mark for one in part.all("MAN") for mark in _marks(one, notes)])
    order = part.one("PRF")
    parties, references, days = part.parties(), part.references(), part.days()
    packages = tuple([_packages(one, notes) for one in part.all("TD1")])
    carriers = tuple([Carrier(one[2], one[3], one[4], one[5]) for one in part.all("TD5")])
    part.close()
    return Level(
        kind=kind,
        children=tuple([_level(one, notes) for one in node.children]),
        order=OrderShipped(order[1], order[2], notes.day(order, 4)) if order else None,
        item=item,
        marks=marks,
        packages=packages,
        carriers=carriers,
        parties=parties,
        references=references,
        days=days,
        id=node.id,
        segment=head.number,
    )


def _item(part: Part, notes: SupplyNotes) -> ShippedItem | None:
    lin, sn1 = part.one("LIN"), part.one("SN1")
    if lin is None and sn1 is None:
        if part.head[3].strip() == "I":
            notes.wrong(part.head, None, "is an item without LIN and SN1")
        return None
    if lin is None or sn1 is None:
        notes.wrong(part.head, None, f"has {'SN1' if sn1 else 'LIN'} but not the other")
        return None
    named, pairs = product(lin, 2, notes, part.description())
    lots, serials = part.lots(pairs)
    quantity = notes.decimal(sn1, 2, "a quantity")
    if quantity < 0:
        notes.wrong(sn1, 2, f"must not be below zero, is {sn1[2][:30]}")
    return ShippedItem(
        number=lin[1] or sn1[1],
        product=named,
        quantity=quantity,
        unit=notes.required(sn1, 3, "a unit"),
        ordered=notes.maybe(sn1, 5),
        ordered_unit=sn1[6],
        status=sn1[8],
        lots=lots,
        serials=serials,
    )


def _marks(segment: Segment, notes: SupplyNotes) -> Codes:
    found = []
    for place in (1, 4):
        qualifier, value = segment[place], segment[place + 1]
        if not qualifier and not value:
            continue
        if qualifier == "GM":
            # Some scanners' prefix (00) is sent with the eighteen digits.
            value = value[2:] if len(value) == 20 and value.startswith("00") else value
            if len(value) != 18 or not has_check_digit(value):
                reason = f"is no SSCC of 18 digits with its check digit: {value[:30]!r}"
                notes.strange(segment, place + 1, reason)
        found.append((qualifier, value))
    return tuple(found)


def _packages(segment: Segment, notes: SupplyNotes) -> Packages:
    return Packages(
        kind=segment[1],
        count=notes.maybe(segment, 2),
        weight_kind=segment[6],
        weight=notes.maybe(segment, 7),
        weight_unit=segment[8],
    )


def write_ship_notice(notice: ShipNotice, dialect: Dialect = PLAIN) -> SetDraft:
    """A ship notice as a set; the levels are numbered from 1. Raises Malformed naming what
    does not fit.
    """
    out = Writing(dialect)
    at = f"{notice.sent_at:%H%M%S}" if notice.sent_at else ""
    day = day_text(notice.sent_on)
    out.put("BSN", notice.purpose, notice.shipment, day, at, notice.structure)
    out.references(notice.references)
    out.days(notice.days)
    count = 0
    for level, parent in _numbered(notice.levels):
        count += 1
        _write_level(out, level, count, parent)
    shipped = sum((line.item.quantity for line in notice.lines()), NOTHING)
    out.total(count, shipped)
    return SetDraft("856", out.rows, control=notice.control)


def _numbered(levels: Sequence[Level]) -> Iterator[tuple[Level, int]]:
    """Every level in order, with the number of the one above it (0 for none)."""
    number = 0
    waiting = [(level, 0, 1) for level in reversed(levels)]
    while waiting:
        level, parent, depth = waiting.pop()
        if depth > DEEPEST:
            raise Malformed("levels", f"stand more than {DEEPEST} deep")
        number += 1
        yield level, parent
        waiting += [(child, number, depth + 1) for child in reversed(level.children)]


def _write_level(out: Writing, level: Level, number: int, parent: int) -> None:
    field = f"level {number}"
    of_lots = field if level.item else ""
    below = "1" if level.children else "0"
    out.put("HL", str(number), str(parent) if parent else "", level.kind, below)
    item = level.item
    if item is not None:
        pairs = out.pairs(item.product, field) + out.lot_pairs(item.lots, item.serials)
        out.put("LIN", item.number, *pairs)
        quantity, ordered = (number_text(one, field) for one in (item.quantity, item.ordered))
        row = ("SN1", "", quantity, item.unit, "", ordered, item.ordered_unit)
        out.put(*row, "", item.status)
    if level.order is not None:
        order = level.order
        out.put("PRF", order.number, order.release, "", optional_day(order.ordered_on))
    if item is not None:
        out.description(item.product)
    for one in level.packages:
        count, weight = number_text(one.count, field), number_text(one.weight, field)
        out.put("TD1", one.kind, count, *("",) * 3, one.weight_kind, weight, one.weight_unit)
    for carrier in level.carriers:
        out.put("TD5", "", carrier.id_qualifier, carrier.id, carrier.method, carrier.routing)
    out.references(level.references, of_lots=of_lots)
    for mark, value in level.marks:
        out.put("MAN", mark, value)
    if item is not None:
        out.lots(item.lots, item.serials)
    out.days(level.days, of_lots=of_lots)
    out.parties(level.parties)
