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
from apothecary.purchasing.tracing.cases.models import (
    CaseNote,
    DrugNotification,
    PartnerNotice,
    SuspectCase,
    SuspectPackage,
)
from apothecary.purchasing.tracing.models import (
    DispenserSize,
    TracedItem,
    TracedPackage,
    TracedShipment,
    TracingDocument,
)
from apothecary.purchasing.tracing.verifying.models import Verification
from apothecary.purchasing.wholesalers.models import CatalogueItem, ItemPrice, Wholesaler

__all__ = [
    "AcquisitionCost",
    "CaseNote",
    "CatalogueItem",
    "Difference",
    "DispenserSize",
    "DrugNotification",
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
    "PartnerNotice",
    "Receipt",
    "ReceivedPackage",
    "ShipNotice",
    "SuspectCase",
    "SuspectPackage",
    "Tote",
    "TracedItem",
    "TracedPackage",
    "TracedShipment",
    "TracingDocument",
    "Verification",
    "Wholesaler",
]
