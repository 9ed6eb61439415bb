"""Orders (850) and their answers (855), read and written."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from apothecary.wires.x12.build import SetDraft
from apothecary.wires.x12.interchange import TransactionSet
from apothecary.wires.x12.remittance import Day, Party, Reference, reference_of
from apothecary.wires.x12.segments import Segment
from apothecary.wires.x12.supply.dialect import PLAIN, Dialect
from apothecary.wires.x12.supply.goods import Product
from apothecary.wires.x12.supply.ordering import (
    OUTCOMES,
    Acknowledgement,
    Answer,
    AnsweredLine,
    OrderLine,
    PurchaseOrder,
)
from apothecary.wires.x12.supply.parts import NOTHING, Part, SupplyNotes, loops
from apothecary.wires.x12.supply.products import product
from apothecary.wires.x12.supply.reading import Reading
from apothecary.wires.x12.supply.writing import Writing, above_zero, number_text, optional_day
from apothecary.wires.x12.values import day_text, read_day


class Header(NamedTuple):
    """What stands above the lines of every paper."""

    account: str
    contract: str
    references: tuple[Reference, ...]
    days: tuple[Day, ...]
    notes: tuple[str, ...]
    parties: tuple[Party, ...]


def read_header(part: Part, dialect: Dialect) -> Header:
    """References, days, notes and parties; account and contract where the dialect has them."""
    references, parties = part.references(), part.parties()
    contract = reference_of(references, dialect.contract_reference)
    account = reference_of(references, dialect.account_reference)
    if not dialect.account_reference:
        account = next((p.id for p in parties if p.role == dialect.account_party), "")
    named = {dialect.contract_reference, dialect.account_reference} - {""}
    kept = []
    for one in references:
        if one.qualifier in named and not one.description:
            named.discard(one.qualifier)
        else:
            kept.append(one)
    return Header(account, contract, tuple(kept), part.days(), part.notes(), parties)


def read_purchase_order(transaction: TransactionSet, dialect: Dialect = PLAIN) -> PurchaseOrder:
    """Read one order (850). Raises Malformed with every fault when it is none, is cut off,
    when a line was lost, or when a number, a day or a quantity cannot be read.
    """
    reading = Reading(transaction, "850", dialect)
    beg, notes = reading.first("BEG"), reading.notes
    above, of_lines, footer = loops(reading.body, "PO1", ("CTT",))
    part = reading.part(above, "header")
    header = read_header(part, dialect)
    part.close()
    lines = tuple([_order_line(reading, one) for one in of_lines])
    _foot(reading, footer, lines)
    number = notes.required(beg, 3, "the number of the order")
    ordered_on = notes.required_day(beg, 5, "the day of the order")
    reading.close()
    return PurchaseOrder(
        number=number,
        ordered_on=ordered_on,
        lines=lines,
        account=header.account,
        contract=header.contract,
        kind=beg[2],
        purpose=beg[1],
        parties=header.parties,
        references=header.references,
        days=header.days,
        notes=header.notes,
        control=reading.control,
        rest=tuple(notes.rest),
        faults=tuple(notes.odd),
    )


def _foot(
    reading: Reading, footer: Sequence[Segment], lines: Sequence[OrderLine | AnsweredLine]
) -> None:
    reading.total(footer, len(lines), "lines", sum((one.quantity for one in lines), NOTHING))
    reading.foot(footer)


def _quantity(head: Segment, notes: SupplyNotes) -> Decimal:
    before = len(notes.bad)
    quantity = notes.decimal(head, 2, "a quantity")
    if quantity <= 0 and len(notes.bad) == before:
        notes.wrong(head, 2, f"must be above zero, is {head[2][:30]}")
    return quantity


def _price(head: Segment, notes: SupplyNotes) -> Decimal | None:
    price = notes.maybe(head, 4)
    if price is not None and price < 0:
        notes.wrong(head, 4, f"must not be below zero, is {head[4][:30]}")
    return price


def _product(part: Part, notes: SupplyNotes) -> Product:
    found, lots = product(part.head, 6, notes, part.description())
    return replace(found, others=(*found.others, *lots)) if lots else found


def _order_line(reading: Reading, segments: Sequence[Segment]) -> OrderLine:
    notes = reading.notes
    head = segments[0]
    part = reading.part(segments, f"line {head[1] or head.number}")
    notes.spare(head)
    line = OrderLine(
        head[1],
        _quantity(head, notes),
        notes.required(head, 3, "a unit"),
        _product(part, notes),
        _price(head, notes),
        head[5],
        part.references(),
        part.days(),
        part.notes(),
        head.number,
    )
    part.close()
    return line


def read_order_acknowledgement(
    transaction: TransactionSet, dialect: Dialect = PLAIN
) -> Acknowledgement:
    """Read the answer to an order (855). Raises Malformed as ``read_purchase_order`` does; an
    answer we do not know is kept, named, and its outcome is UNKNOWN.
    """
    reading = Reading(transaction, "855", dialect)
    bak, notes = reading.first("BAK"), reading.notes
    above, of_lines, footer = loops(reading.body, "PO1", ("CTT",))
    part = reading.part(above, "header")
    header = read_header(part, dialect)
    part.close()
    lines = tuple([_answered_line(reading, one) for one in of_lines])
    _foot(reading, footer, lines)
    number = notes.required(bak, 3, "the number of the order")
    ordered_on, answered_on = notes.day(bak, 4), notes.day(bak, 9)
    reading.close()
    return Acknowledgement(
        order_number=number,
        lines=lines,
        kind=bak[2],
        purpose=bak[1],
        ordered_on=ordered_on,
        supplier_order=bak[8],
        answered_on=answered_on,
        account=header.account,
        contract=header.contract,
        parties=header.parties,
        references=header.references,
        days=header.days,
        notes=header.notes,
        control=reading.control,
        rest=tuple(notes.rest),
        faults=tuple(notes.odd),
    )


def _answered_line(reading: Reading, segments: Sequence[Segment]) -> AnsweredLine:
    notes = reading.notes
    head = segments[0]
    part = reading.part(segments, f"line {head[1] or head.number}")
    notes.spare(head)
    line = AnsweredLine(
        head[1],
        _quantity(head, notes),
        notes.required(head, 3, "a unit"),
        _product(part, notes),
        tuple([_answer(one, notes) for one in part.all("ACK")]),
        _price(head, notes),
        head[5],
        part.references(),
        part.days(),
        part.notes(),
        head.number,
    )
    if not line.answers:
        notes.strange(head, None, "has no answer (ACK) behind it")
    part.close()
    return line


def _answer(segment: Segment, notes: SupplyNotes) -> Answer:
    if segment[1] not in OUTCOMES:
        notes.strange(segment, 1, f"is no answer we know: {segment[1]!r}")
    quantity = notes.maybe(segment, 2)
    if quantity is not None and quantity < 0:
        notes.wrong(segment, 2, f"must not be below zero, is {segment[2][:30]}")
    day = None
    if segment[5]:
        try:
            day = Day(segment[4], read_day(segment[5]))
        except ValueError as error:
            notes.strange(segment, 5, str(error))
            notes.keep(segment, 5, segment[5])
    elif segment[4]:
        notes.keep(segment, 4, segment[4])
    named = None
    if any(segment.elements[7:29]):
        named, lots = product(segment, 7, notes, last=28)
        named = replace(named, others=(*named.others, *lots))
    return Answer(segment[1], quantity, segment[3], day, named, segment[29], segment.number)


def write_purchase_order(order: PurchaseOrder, dialect: Dialect = PLAIN) -> SetDraft:
    """An order as a set to be sent. Raises Malformed naming what does not fit; what was kept
    unread (``rest``) is not written.
    """
    out = Writing(dialect)
    out.put("BEG", order.purpose, order.kind, order.number, "", day_text(order.ordered_on))
    _write_header(out, order)
    for line in order.lines:
        _write_line(out, line)
    out.total(len(order.lines), sum((one.quantity for one in order.lines), NOTHING))
    return SetDraft("850", out.rows, control=order.control)


def _write_header(out: Writing, paper: PurchaseOrder | Acknowledgement) -> None:
    out.account(paper.account, paper.contract, paper.parties)
    out.references(paper.references)
    out.days(paper.days)
    out.notes(paper.notes)
    out.parties(paper.parties)


def _write_line(out: Writing, line: OrderLine | AnsweredLine) -> None:
    field = f"line {line.number}"
    quantity = above_zero(line.quantity, f"{field} quantity")
    price = number_text(line.price, f"{field} price")
    pairs = out.pairs(line.product, field)
    out.put("PO1", line.number, quantity, line.unit, price, line.price_basis, *pairs)
    out.description(line.product)
    out.references(line.references)
    if isinstance(line, AnsweredLine):
        for answer in line.answers:
            _write_answer(out, answer, field)
    out.days(line.days)
    out.notes(line.notes)


def _write_answer(out: Writing, answer: Answer, field: str) -> None:
    day = answer.day
    pairs = out.pairs(answer.product, field) if answer.product else []
    row = [
        "ACK",
        answer.status,
        number_text(answer.quantity, f"{field} answer"),
        answer.unit,
        day.qualifier if day else "",
        day_text(day.on) if day else "",
        "",
        *pairs,
    ]
    if answer.reason:
        row += [""] * (29 - len(row)) + [answer.reason]
    out.put(*row)


def write_order_acknowledgement(answer: Acknowledgement, dialect: Dialect = PLAIN) -> SetDraft:
    """The answer to an order as a set. Raises Malformed naming what does not fit."""
    out = Writing(dialect)
    out.put(
        "BAK",
        answer.purpose,
        answer.kind,
        answer.order_number,
        optional_day(answer.ordered_on),
        "",
        "",
        "",
        answer.supplier_order,
        optional_day(answer.answered_on),
    )
    _write_header(out, answer)
    for line in answer.lines:
        _write_line(out, line)
    out.total(len(answer.lines), sum((one.quantity for one in answer.lines), NOTHING))
    return SetDraft("855", out.rows, control=answer.control)
