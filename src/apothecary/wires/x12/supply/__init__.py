"""Papers between pharmacy and wholesaler: 850, 855, 856, 810 and 832, typed, both ways."""

from apothecary.wires.x12.supply.billing import Charge, Invoice, InvoiceLine, Tax, Terms
from apothecary.wires.x12.supply.catalogue import Catalogue, CatalogueItem, Pack, Price
from apothecary.wires.x12.supply.catalogues import read_catalogue, write_catalogue
from apothecary.wires.x12.supply.dialect import PLAIN, Dialect, dialect, read_dialect
from apothecary.wires.x12.supply.goods import Lot, Product
from apothecary.wires.x12.supply.invoices import read_invoice, write_invoice
from apothecary.wires.x12.supply.notices import read_ship_notice, write_ship_notice
from apothecary.wires.x12.supply.ordering import (
    Acknowledgement,
    Answer,
    AnsweredLine,
    OrderLine,
    Outcome,
    PurchaseOrder,
)
from apothecary.wires.x12.supply.orders import (
    read_order_acknowledgement,
    read_purchase_order,
    write_order_acknowledgement,
    write_purchase_order,
)
from apothecary.wires.x12.supply.papers import Paper, read_paper, read_papers, write_paper
from apothecary.wires.x12.supply.shipping import (
    Carrier,
    Level,
    OrderShipped,
    Packages,
    ShipNotice,
    ShippedItem,
    ShippedLine,
)
from apothecary.wires.x12.supply.writing import Envelope, write_interchange

__all__ = [
    "PLAIN",
    "Acknowledgement",
    "Answer",
    "AnsweredLine",
    "Carrier",
    "Catalogue",
    "CatalogueItem",
    "Charge",
    "Dialect",
    "Envelope",
    "Invoice",
    "InvoiceLine",
    "Level",
    "Lot",
    "OrderLine",
    "OrderShipped",
    "Outcome",
    "Pack",
    "Packages",
    "Paper",
    "Price",
    "Product",
    "PurchaseOrder",
    "ShipNotice",
    "ShippedItem",
    "ShippedLine",
    "Tax",
    "Terms",
    "dialect",
    "read_catalogue",
    "read_dialect",
    "read_invoice",
    "read_order_acknowledgement",
    "read_paper",
    "read_papers",
    "read_purchase_order",
    "read_ship_notice",
    "write_catalogue",
    "write_interchange",
    "write_invoice",
    "write_order_acknowledgement",
    "write_paper",
    "write_purchase_order",
    "write_ship_notice",
]
