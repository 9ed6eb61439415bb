"""Taking a ship notice (856): what is announced, tote by tote, with the lines it is for."""

from collections.abc import Sequence

from apothecary.drugs.models import Package
from apothecary.purchasing.ordering.answers import order_named
from apothecary.purchasing.ordering.held import lines_of
from apothecary.purchasing.ordering.models import Order, OrderLine
from apothecary.purchasing.papers.models import Paper
from apothecary.purchasing.receiving.models import NoticeItem, ShipNotice, Tote
from apothecary.purchasing.receiving.rules import MOST_PACKAGES
from apothecary.purchasing.states import RECEIVABLE
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.wires import Malformed
from apothecary.wires.x12.supply import ShipNotice as Announced
from apothecary.wires.x12.supply import ShippedItem, ShippedLine

SSCC = "GM"


def take_notice(*, by: Worker, paper: Paper, notice: Announced) -> ShipNotice:
    """Write down what is announced; it moves nothing. The caller's transaction holds it.

    Raises Malformed when it names an order that is none of ours or is announced a second time.
    """
    by.must(Duty.ORDER_STOCK)
    wholesaler = paper.wholesaler
    rows = ShipNotice.objects.filter(
        pharmacy_id=by.pharmacy_id, wholesaler=wholesaler, number=notice.shipment
    )
    if rows.exists():
        raise Malformed("BSN02", f"shipment {notice.shipment} was announced before")
    shipped = list(notice.lines())
    if not shipped:
        raise Malformed("HL", "the shipment holds nothing")
    orders = {
        po: order_named(po, wholesaler=wholesaler, by=by)
        for po in sorted({one.order_number for one in shipped})
    }
    for order in orders.values():
        if order.state not in {state.value for state in RECEIVABLE}:
            raise Malformed("PRF01", f"{order.po} is {order.state}: nothing is expected of it")
    row = ShipNotice.objects.create(
        pharmacy_id=by.pharmacy_id,
        wholesaler=wholesaler,
        paper=paper,
        number=notice.shipment,
        shipped_on=notice.sent_on,
        due_on=notice.expected_on,
        carrier=carrier_of(notice),
    )
    put_items(row, shipped, orders)
    return row


def carrier_of(notice: Announced) -> str:
    """Who brings it, as far as it is said."""
    found = (one for level in notice.levels for one in level.carriers)
    return next((one.routing or one.id for one in found), "")[:80]


def put_items(
    row: ShipNotice, shipped: Sequence[ShippedLine], orders: dict[str, Order]
) -> None:
    """The totes and what is in each."""
    lines = {po: lines_of(order) for po, order in orders.items()}
    packages = packages_of(shipped)
    totes: dict[str, Tote] = {}
    rows = []
    for one in shipped:
        sscc = next((value for name, value in one.boxes if name == SSCC), "")[:18]
        if sscc and sscc not in totes:
            totes[sscc] = Tote.objects.create(
                pharmacy_id=row.pharmacy_id, notice=row, sscc=sscc
            )
        item = one.item
        line = line_for(item, lines[one.order_number])
        lot = item.lots[0] if len(item.lots) == 1 else None
        rows.append(
            NoticeItem(
                pharmacy_id=row.pharmacy_id,
                notice=row,
                tote=totes.get(sscc),
                line=line,
                package_id=line.package_id if line else packages.get(item.product.ndc),
                item_number=item.product.item,
                ndc=item.product.ndc,
                packages=packages_in(item),
                lot=lot.number if lot else "",
                expires_on=lot.expires_on if lot else None,
            )
        )
    NoticeItem.objects.bulk_create(rows)


def packages_in(item: ShippedItem) -> int:
    """How many packages are announced. Raises Malformed where it is no number of packages."""
    whole = item.quantity == item.quantity.to_integral_value()
    if not (whole and 0 <= item.quantity <= MOST_PACKAGES):
        says = f"announces {item.quantity:f} packages: 0 to {MOST_PACKAGES:,} are possible"
        raise Malformed("SN102", says)
    return int(item.quantity)


def packages_of(shipped: Sequence[ShippedLine]) -> dict[str, int]:
    """The packages of what is announced by NDC, where there is exactly one (1 query)."""
    wanted = {one.item.product.ndc for one in shipped} - {""}
    found: dict[str, list[int]] = {}
    for ndc, pk in Package.objects.filter(ndc11__in=wanted).values_list("ndc11", "pk"):
        found.setdefault(ndc, []).append(pk)
    return {ndc: pks[0] for ndc, pks in found.items() if len(pks) == 1}


def line_for(item: ShippedItem, lines: Sequence[OrderLine]) -> OrderLine | None:
    """The line an item is for: by product first, for numbers of lines are often their own."""
    named = item.product
    for line in lines:
        if named.ndc and named.ndc == line.package.ndc11:
            return line
        if named.item and named.item == line.item.item_number:
            return line
    return None
