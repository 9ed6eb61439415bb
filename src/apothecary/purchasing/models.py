"""The tables of the room, each kept beside what is done with it."""

from apothecary.purchasing.matching.models import (
    AcquisitionCost,
    Difference,
    Invoice,
    InvoiceCharge,
    InvoiceLine,
)
from apothecary.purchasing.ordering.models import LineAnswer, Order, OrderLine
from apothecary.purchasing.papers.models import Interchange, Paper
from apothecary.purchasing.receiving.models import (
    NoticeItem,
    Receipt,
    ReceivedPackage,
    ShipNotice,
    Tote,
)
from apothecary.purchasing.tracing.models import (
    TracedItem,
    TracedPackage,
    TracedShipment,
    TracingDocument,
)
from apothecary.purchasing.wholesalers.models import CatalogueItem, ItemPrice, Wholesaler

__all__ = [
    "AcquisitionCost",
    "CatalogueItem",
    "Difference",
    "Interchange",
    "Invoice",
    "InvoiceCharge",
    "InvoiceLine",
    "ItemPrice",
    "LineAnswer",
    "NoticeItem",
    "Order",
    "OrderLine",
    "Paper",
    "Receipt",
    "ReceivedPackage",
    "ShipNotice",
    "Tote",
    "TracedItem",
    "TracedPackage",
    "TracedShipment",
    "TracingDocument",
    "Wholesaler",
]
