"""Invoices (810), read and written."""

from collections.abc import Iterable, Sequence

from apothecary.wires.x12.build import SetDraft
from apothecary.wires.x12.interchange import TransactionSet
from apothecary.wires.x12.segments import Segment
from apothecary.wires.x12.supply.billing import Charge, Invoice, InvoiceLine, Tax, Terms
from apothecary.wires.x12.supply.dialect import PLAIN, Dialect
from apothecary.wires.x12.supply.orders import read_header
from apothecary.wires.x12.supply.parts import NOTHING, Part, SupplyNotes, loops
from apothecary.wires.x12.supply.products import product
from apothecary.wires.x12.supply.reading import Reading
from apothecary.wires.x12.supply.writing import (
    Writing,
    cents_text,
    number_text,
    optional_day,
)
from apothecary.wires.x12.values import day_text, decimal_text


def read_invoice(transaction: TransactionSet, dialect: Dialect = PLAIN) -> Invoice:
    """Read one invoice (810). Raises Malformed with every fault when it is none, is cut off,
    when a line was lost, or an amount cannot be read. A bill that does not add up is read and
    the difference stands in ``faults``: what to do about it is not for the wire to say.
    """
    reading = Reading(transaction, "810", dialect)
    big, notes = reading.first("BIG"), reading.notes
    above, of_lines, footer = loops(reading.body, "IT1", ("TDS", "CTT"))
    part = reading.part(above, "header")
    header = read_header(part, dialect)
    currency = part.one("CUR")
    terms = tuple([_terms(one, notes) for one in part.all("ITD")])
    part.close()
    lines = tuple([_line(reading, one) for one in of_lines])
    foot = reading.part([big, *footer], "footer")
    tds = foot.one("TDS")
    charges, taxes = _charges(foot, notes), _taxes(foot, notes)
    reading.total(
        foot.all("CTT"), len(lines), "lines", sum((x.quantity for x in lines), NOTHING)
    )
    foot.close()
    on = notes.required_day(big, 1, "the day of the invoice")
    number = notes.required(big, 2, "the number of the invoice")
    ordered_on = notes.day(big, 3)
    if tds is None:
        notes.wrong(reading.header, None, "has no total (TDS) behind it")
    elif not tds[1]:
        notes.wrong(tds, 1, "must be the total in cents, is missing")
    amounts = [notes.cents(tds, place) if tds else None for place in (1, 2, 3, 4)]
    reading.close()
    return Invoice(
        number=number,
        on=on,
        lines=lines,
        total=amounts[0] or NOTHING,
        order_number=big[4],
        ordered_on=ordered_on,
        release=big[5],
        kind=big[7],
        account=header.account,
        contract=header.contract,
        currency=currency[2] if currency else "",
        discountable=amounts[1],
        discounted_total=amounts[2],
        discount=amounts[3],
        terms=terms,
        charges=charges,
        taxes=taxes,
        parties=header.parties,
        references=header.references,
        days=header.days,
        notes=header.notes,
        control=reading.control,
        rest=tuple(notes.rest),
        faults=tuple(notes.odd),
    )


def _line(reading: Reading, segments: Sequence[Segment]) -> InvoiceLine:
    notes = reading.notes
    head = segments[0]
    part = reading.part(segments, f"line {head[1] or head.number}")
    notes.spare(head)
    named, pairs = product(head, 6, notes, part.description(), last=25)
    lots, serials = part.lots(pairs)
    for serial in serials:
        notes.keep(head, 6, serial)
    line = InvoiceLine(
        head[1],
        notes.decimal(head, 2, "a quantity"),
        notes.required(head, 3, "a unit"),
        notes.decimal(head, 4, "a price"),
        named,
        head[5],
        lots,
        _charges(part, notes),
        _taxes(part, notes),
        part.references(),
        part.days(),
        head.number,
    )
    part.close()
    return line


def _charges(part: Part, notes: SupplyNotes) -> tuple[Charge, ...]:
    found = []
    for segment in part.all("SAC"):
        if segment[1] not in ("A", "C", "N"):
            reason = f"must be A (allowance), C (charge) or N, is {segment[1]!r}"
            notes.wrong(segment, 1, reason)
        amount = notes.cents(segment, 5)
        if amount is None and segment[1] in ("A", "C"):
            notes.strange(segment, 5, "states no amount")
        found.append(
            Charge(
                segment[1],
                segment[2],
                amount,
                notes.maybe(segment, 8),
                notes.maybe(segment, 7),
                notes.maybe(segment, 10),
                segment[9],
                segment[12],
                segment[15],
                segment.number,
            )
        )
    return tuple(found)


def _taxes(part: Part, notes: SupplyNotes) -> tuple[Tax, ...]:
    return tuple([Tax(one[1], notes.decimal(one, 2, "an amount")) for one in part.all("TXI")])


def _terms(segment: Segment, notes: SupplyNotes) -> Terms:
    return Terms(
        kind=segment[1],
        basis=segment[2],
        discount_percent=notes.maybe(segment, 3),
        discount_on=notes.day(segment, 4),
        discount_days=notes.count(segment, 5),
        net_on=notes.day(segment, 6),
        net_days=notes.count(segment, 7),
        discount=notes.cents(segment, 8),
        description=segment[12],
    )


def write_invoice(invoice: Invoice, dialect: Dialect = PLAIN) -> SetDraft:
    """An invoice as a set. Raises Malformed naming what does not fit: it is written as it is,
    whether it adds up or not.
    """
    out = Writing(dialect)
    out.put(
        "BIG",
        day_text(invoice.on),
        invoice.number,
        optional_day(invoice.ordered_on),
        invoice.order_number,
        invoice.release,
        "",
        invoice.kind,
    )
    if invoice.currency:
        out.put("CUR", "SE", invoice.currency)
    out.account(invoice.account, invoice.contract, invoice.parties)
    out.references(invoice.references)
    out.notes(invoice.notes)
    out.parties(invoice.parties)
    for terms in invoice.terms:
        _write_terms(out, terms)
    out.days(invoice.days)
    for line in invoice.lines:
        _write_line(out, line)
    amounts = (invoice.total, invoice.discountable, invoice.discounted_total, invoice.discount)
    out.put("TDS", *(cents_text(one, "TDS") for one in amounts))
    _write_beside(out, invoice.charges, invoice.taxes)
    out.total(len(invoice.lines), sum((one.quantity for one in invoice.lines), NOTHING))
    return SetDraft("810", out.rows, control=invoice.control)


def _write_line(out: Writing, line: InvoiceLine) -> None:
    field = f"line {line.number}"
    quantity = number_text(line.quantity, f"{field} quantity")
    price = number_text(line.price, f"{field} price")
    pairs = out.pairs(line.product, field) + out.lot_pairs(line.lots, ())
    out.put("IT1", line.number, quantity, line.unit, price, line.price_basis, *pairs)
    out.description(line.product)
    out.references(line.references, of_lots=field)
    out.lots(line.lots, ())
    out.days(line.days, of_lots=field)
    _write_beside(out, line.charges, line.taxes)


def _write_beside(out: Writing, charges: Iterable[Charge], taxes: Iterable[Tax]) -> None:
    for tax in taxes:
        out.put("TXI", tax.kind, decimal_text(tax.amount))
    for one in charges:
        field = f"charge {one.code}"
        out.put(
            "SAC",
            one.indicator,
            one.code,
            "",
            "",
            cents_text(one.amount, field),
            "",
            number_text(one.percent, field),
            number_text(one.rate, field),
            one.unit,
            number_text(one.quantity, field),
            "",
            one.method,
            "",
            "",
            one.description,
        )


def _write_terms(out: Writing, terms: Terms) -> None:
    out.put(
        "ITD",
        terms.kind,
        terms.basis,
        number_text(terms.discount_percent, "terms"),
        optional_day(terms.discount_on),
        number_text(terms.discount_days, "terms"),
        optional_day(terms.net_on),
        number_text(terms.net_days, "terms"),
        cents_text(terms.discount, "terms"),
        "",
        "",
        "",
        terms.description,
    )
