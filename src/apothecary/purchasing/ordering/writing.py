"""An order as the 850 that goes out: in the wholesaler's dialect, under a control number."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import F

from apothecary.purchasing.ordering.models import Order, OrderLine
from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.staff.models import Pharmacy
from apothecary.wires.x12.remittance import Day, Party
from apothecary.wires.x12.supply import (
    Envelope,
    Product,
    PurchaseOrder,
    dialect,
    write_interchange,
    write_purchase_order,
)
from apothecary.wires.x12.supply import OrderLine as Ordered

# Qualifiers of N103: DEA number, assigned by the buyer's partner.
BY_DEA, BY_SELLER = "11", "92"
DELIVER_ON = "002"
PACKAGE = "EA"


def next_control(wholesaler: Wholesaler) -> int:
    """The next control number of what goes to a wholesaler, once ever (2 queries)."""
    rows = Wholesaler.objects.filter(pk=wholesaler.pk)
    rows.update(last_control=F("last_control") + 1)
    return int(rows.values_list("last_control", flat=True).get())


def local_time(pharmacy: Pharmacy, at: datetime) -> datetime:
    """An instant as the clock at the pharmacy shows it."""
    return at.astimezone(ZoneInfo(pharmacy.time_zone))


def edi_party(text: str) -> tuple[str, str]:
    """Qualifier and id of an interchange's side, kept as ``ZZ:NAME``."""
    qualifier, _, name = text.partition(":")
    return qualifier, name


def envelope_to(
    wholesaler: Wholesaler, pharmacy: Pharmacy, *, at: datetime, control: int
) -> Envelope:
    """Who writes to whom, at the pharmacy's own time."""
    return Envelope(
        sender=edi_party(wholesaler.our_edi_id),
        receiver=edi_party(wholesaler.edi_id),
        at=local_time(pharmacy, at).replace(tzinfo=None),
        control=control,
        group_control=control,
    )


def order_paper(order: Order, lines: Sequence[OrderLine], pharmacy: Pharmacy) -> PurchaseOrder:
    """The order in the terms of the 850."""
    wholesaler = order.wholesaler
    account = wholesaler.account_for(order.programme)
    name = pharmacy.name.upper()[:60]
    address = (pharmacy.street.upper()[:55],)
    where = (pharmacy.city.upper(), pharmacy.state, pharmacy.postal_code, "US")
    parties = [
        Party("BY", name, BY_DEA, pharmacy.dea),
        Party("ST", name, BY_SELLER, account, address, *where),
        Party("SU", wholesaler.name.upper()[:60], BY_DEA, wholesaler.dea),
    ]
    return PurchaseOrder(
        number=order.po,
        ordered_on=local_time(pharmacy, order.sent_at or order.made_at).date(),
        lines=tuple(ordered(line) for line in lines),
        account=account,
        parties=tuple(one for one in parties if one.id),
        days=(Day(DELIVER_ON, order.due_on),) if order.due_on else (),
    )


def ordered(line: OrderLine) -> Ordered:
    """One line by NDC and the wholesaler's own number; the price is what we expect."""
    item, product = line.item, line.package.product
    return Ordered(
        number=str(line.number),
        quantity=Decimal(line.packages),
        unit=PACKAGE,
        product=Product(
            ndc=line.package.ndc11,
            item=item.item_number,
            description=f"{product.name} {product.strength}".upper()[:80],
        ),
        price=line.price_usd,
    )


def order_bytes(
    order: Order, lines: Sequence[OrderLine], pharmacy: Pharmacy, *, control: int
) -> bytes:
    """The interchange that goes out. Raises Malformed naming what does not fit."""
    speaks = dialect(order.wholesaler.dialect)
    draft = write_purchase_order(order_paper(order, lines, pharmacy), speaks)
    at = order.sent_at or order.made_at
    envelope = envelope_to(order.wholesaler, pharmacy, at=at, control=control)
    return write_interchange([draft], envelope, speaks)
