"""Price catalogues (832), read and written."""

from collections.abc import Sequence
from dataclasses import replace

from apothecary.wires.x12.build import SetDraft
from apothecary.wires.x12.interchange import TransactionSet
from apothecary.wires.x12.remittance import Reference
from apothecary.wires.x12.segments import Segment
from apothecary.wires.x12.supply.catalogue import Catalogue, CatalogueItem, Pack, Price
from apothecary.wires.x12.supply.dialect import PLAIN, Dialect
from apothecary.wires.x12.supply.orders import read_header
from apothecary.wires.x12.supply.parts import Part, SupplyNotes, loops
from apothecary.wires.x12.supply.products import product
from apothecary.wires.x12.supply.reading import Reading
from apothecary.wires.x12.supply.writing import Writing, number_text


def read_catalogue(transaction: TransactionSet, dialect: Dialect = PLAIN) -> Catalogue:
    """Read one price catalogue (832). Raises Malformed with every fault when it is none, is
    cut off, when an item was lost, or a price cannot be read.
    """
    reading = Reading(transaction, "832", dialect)
    bct, notes = reading.first("BCT"), reading.notes
    above, of_items, footer = loops(reading.body, "LIN", ("CTT",))
    part = reading.part(above, "header")
    header = read_header(part, dialect)
    currency = part.one("CUR")
    part.close()
    items = tuple([_item(reading, one, dialect) for one in of_items])
    reading.total(footer, len(items), "items", None)
    reading.foot(footer)
    number = notes.required(bct, 2, "the number of the catalogue")
    reading.close()
    return Catalogue(
        number=number,
        items=items,
        kind=bct[1],
        version=bct[3],
        revision=bct[4],
        purpose=bct[10],
        currency=currency[2] if currency else "",
        contract=header.contract,
        parties=header.parties,
        references=_with_account(header.account, header.references, dialect),
        days=header.days,
        notes=header.notes,
        control=reading.control,
        rest=tuple(notes.rest),
        faults=tuple(notes.odd),
    )


def _with_account(
    account: str, references: tuple[Reference, ...], dialect: Dialect
) -> tuple[Reference, ...]:
    """A catalogue has no field for an account: it stays a reference."""
    if not (account and dialect.account_reference):
        return references
    return (Reference(dialect.account_reference, account), *references)


def _item(reading: Reading, segments: Sequence[Segment], dialect: Dialect) -> CatalogueItem:
    """LIN and what belongs to it; days behind a price (CTP) are the price's."""
    notes = reading.notes
    head = segments[0]
    starts = [place for place, one in enumerate(segments) if one.elements[0] == "CTP"]
    first = starts[0] if starts else len(segments)
    part = reading.part(segments[:first], f"item {head[1] or head.number}")
    notes.spare(head)
    named, lots = product(head, 2, notes, part.description())
    if lots:
        named = replace(named, others=(*named.others, *lots))
    contract, schedule, generic, kept = _of_references(part.references(), dialect)
    change, pack = part.one("G53"), part.one("PO4")
    days = part.days()
    part.close()
    ends = [*starts[1:], len(segments)]
    prices = [
        _price(reading.part(segments[start:end], notes.path), notes, dialect)
        for start, end in zip(starts, ends, strict=False)
    ]
    if not prices:
        notes.strange(head, None, "has no price (CTP) behind it")
    return CatalogueItem(
        head[1],
        named,
        tuple(prices),
        _pack(pack, notes) if pack else None,
        contract,
        schedule,
        generic,
        change[1] if change else "",
        kept,
        days,
        head.number,
    )


def _of_references(
    references: tuple[Reference, ...], dialect: Dialect
) -> tuple[str, str, bool | None, tuple[Reference, ...]]:
    contract = schedule = ""
    generic = None
    kept = []
    for one in references:
        if one.qualifier == dialect.contract_reference and not (contract or one.description):
            contract = one.value
        elif one.qualifier == dialect.schedule_reference and not (schedule or one.description):
            schedule = one.value
        elif one.qualifier == dialect.generic_reference and one.value in dialect.generic:
            generic = dialect.generic[one.value]
        else:
            kept.append(one)
    return contract, schedule, generic, tuple(kept)


def _pack(segment: Segment, notes: SupplyNotes) -> Pack:
    return Pack(
        notes.maybe(segment, 1),
        notes.maybe(segment, 2),
        segment[3],
        segment[4],
        notes.maybe(segment, 14),
    )


def _price(part: Part, notes: SupplyNotes, dialect: Dialect) -> Price:
    """CTP: class of trade, kind, price, quantity, unit, multiplier; where the price stands is
    the dialect's, the rest moves with it.
    """
    head, at = part.head, dialect.price_at
    amount = notes.decimal(head, at, "a price")
    if amount < 0:
        notes.wrong(head, at, f"must not be below zero, is {head[at][:30]}")
    price = Price(
        head[at - 1],
        amount,
        head[at - 2] if at > 2 else "",
        notes.maybe(head, at + 1),
        head[at + 2],
        head[at + 3],
        notes.maybe(head, at + 4),
        part.days(),
        head.number,
    )
    for place in (*range(1, at - 2), *range(at + 5, len(head.elements))):
        if head[place]:
            notes.keep(head, place, head[place])
    part.close()
    return price


def write_catalogue(catalogue: Catalogue, dialect: Dialect = PLAIN) -> SetDraft:
    """A price catalogue as a set. Raises Malformed naming what does not fit."""
    out = Writing(dialect)
    out.put(
        "BCT",
        catalogue.kind,
        catalogue.number,
        catalogue.version,
        catalogue.revision,
        *("",) * 5,
        catalogue.purpose,
    )
    out.days(catalogue.days)
    if catalogue.currency:
        out.put("CUR", "SE", catalogue.currency)
    out.account("", catalogue.contract, catalogue.parties)
    out.references(catalogue.references)
    out.notes(catalogue.notes)
    out.parties(catalogue.parties)
    for item in catalogue.items:
        _write_item(out, item)
    out.total(len(catalogue.items), None)
    return SetDraft("832", out.rows, control=catalogue.control)


def _write_item(out: Writing, item: CatalogueItem) -> None:
    dialect, field = out.dialect, f"item {item.number}"
    out.put("LIN", item.number, *out.pairs(item.product, field))
    if item.change:
        out.put("G53", item.change)
    out.days(item.days)
    if item.contract:
        out.put("REF", dialect.contract_reference, item.contract)
    if item.schedule:
        out.put("REF", dialect.schedule_reference, item.schedule)
    for value, generic in dialect.generic.items():
        if generic is item.generic:
            out.put("REF", dialect.generic_reference, value)
            break
    out.references(item.references)
    out.description(item.product)
    if item.pack is not None:
        _write_pack(out, item.pack, field)
    for price in item.prices:
        _write_price(out, price, field)


def _write_pack(out: Writing, pack: Pack, field: str) -> None:
    count, size = number_text(pack.count, field), number_text(pack.size, field)
    inner = number_text(pack.inner, field)
    out.put("PO4", count, size, pack.unit, pack.kind, *("",) * 9, inner)


def _write_price(out: Writing, price: Price, field: str) -> None:
    head = ["CTP", *("",) * (out.dialect.price_at - 3)]
    out.put(
        *head,
        *([price.trade_class] if out.dialect.price_at > 2 else []),
        price.kind,
        number_text(price.amount, field),
        number_text(price.quantity, field),
        price.unit,
        price.multiplier_kind,
        number_text(price.multiplier, field),
    )
    out.days(price.days)
