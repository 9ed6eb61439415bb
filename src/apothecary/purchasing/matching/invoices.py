"""Taking an invoice (810): one that adds up to the cent, with the order lines it bills."""

from collections.abc import Sequence
from decimal import Decimal

from apothecary.drugs.models import Package
from apothecary.purchasing.matching.models import Invoice, InvoiceCharge, InvoiceLine
from apothecary.purchasing.matching.rules import cents
from apothecary.purchasing.ordering.answers import order_named
from apothecary.purchasing.ordering.held import lines_of
from apothecary.purchasing.ordering.models import Order, OrderLine
from apothecary.purchasing.papers.models import Paper
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.wires.errors import Malformed, malformed
from apothecary.wires.x12.supply import Invoice as Billed
from apothecary.wires.x12.supply import InvoiceLine as BilledLine

CREDIT = "CR"


def take_invoice(*, by: Worker, paper: Paper, invoice: Billed) -> Invoice:
    """Write down what is billed; nothing is paid by it. The caller's transaction holds it.

    Raises Malformed when it does not add up, was sent before, or bills an unknown order.
    """
    by.must(Duty.ORDER_STOCK)
    wholesaler = paper.wholesaler
    if invoice.kind == CREDIT:
        says = "is a credit memo: write the credit down at the difference it is for"
        raise Malformed("BIG07", says)
    if faults := invoice.differences():
        raise malformed(faults)
    rows = Invoice.objects.filter(pharmacy_id=by.pharmacy_id, wholesaler=wholesaler)
    if rows.filter(number=invoice.number).exists():
        raise Malformed("BIG02", f"invoice {invoice.number} was sent before: a duplicate")
    order = None
    if invoice.order_number:
        order = order_named(invoice.order_number, wholesaler=wholesaler, by=by)
    goods = sum((cents(line.extended) for line in invoice.lines), Decimal(0))
    row = Invoice.objects.create(
        pharmacy_id=by.pharmacy_id,
        wholesaler=wholesaler,
        paper=paper,
        number=invoice.number,
        order=order,
        po=invoice.order_number,
        invoiced_on=invoice.on,
        due_on=next((one.net_on for one in invoice.terms if one.net_on), None),
        goods_usd=goods,
        # What is not the goods: charges, allowances, taxes, and a cent of rounding where they
        # add up their lines first.
        charges_usd=invoice.total - goods,
        total_usd=invoice.total,
    )
    put_lines(row, invoice.lines, order)
    put_charges(row, invoice)
    return row


def put_lines(row: Invoice, lines: Sequence[BilledLine], order: Order | None) -> None:
    """The lines, each with the order line it bills where there is one."""
    ours = lines_of(order) if order else []
    packages = packages_of(lines)
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            pharmacy_id=row.pharmacy_id,
            invoice=row,
            number=number,
            line=(line := line_for(one, ours)),
            package_id=line.package_id if line else packages.get(one.product.ndc),
            item_number=one.product.item,
            ndc=one.product.ndc,
            description=one.product.description,
            packages=whole(one),
            price_usd=one.price,
            amount_usd=cents(one.extended),
        )
        for number, one in enumerate(lines, start=1)
    )


def whole(line: BilledLine) -> int:
    """Packages are billed whole."""
    if line.quantity != int(line.quantity):
        raise Malformed(f"line {line.number}", f"bills {line.quantity}, no whole packages")
    return int(line.quantity)


def packages_of(lines: Sequence[BilledLine]) -> dict[str, int]:
    """The packages of what is billed by NDC, where there is exactly one (1 query)."""
    wanted = {one.product.ndc for one in lines} - {""}
    found: dict[str, list[int]] = {}
    for ndc, pk in Package.objects.filter(ndc11__in=wanted).values_list("ndc11", "pk"):
        found.setdefault(ndc, []).append(pk)
    return {ndc: pks[0] for ndc, pks in found.items() if len(pks) == 1}


def line_for(billed: BilledLine, lines: Sequence[OrderLine]) -> OrderLine | None:
    """The order line that is billed: by product, as in the ship notice."""
    named = billed.product
    for line in lines:
        if named.ndc and named.ndc == line.package.ndc11:
            return line
        if named.item and named.item == line.item.item_number:
            return line
    return None


def put_charges(row: Invoice, invoice: Billed) -> None:
    """Freight, fees, allowances and taxes by name."""
    charged = [*invoice.charges, *(one for line in invoice.lines for one in line.charges)]
    taxed = [*invoice.taxes, *(one for line in invoice.lines for one in line.taxes)]
    said = [(one.code[:4], one.description or one.code, one.owed) for one in charged]
    said += [("TXI", f"tax {one.kind}", one.amount) for one in taxed]
    InvoiceCharge.objects.bulk_create(
        InvoiceCharge(pharmacy_id=row.pharmacy_id, invoice=row, code=code, says=says, usd=usd)
        for code, says, usd in said
    )
