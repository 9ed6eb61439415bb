"""Every paper of supply by its number: read from a file, written into a set."""

from collections.abc import Callable, Iterator

from apothecary.wires.errors import Malformed
from apothecary.wires.x12.build import SetDraft
from apothecary.wires.x12.interchange import TransactionSet, read
from apothecary.wires.x12.supply.billing import Invoice
from apothecary.wires.x12.supply.catalogue import Catalogue
from apothecary.wires.x12.supply.catalogues import read_catalogue, write_catalogue
from apothecary.wires.x12.supply.dialect import PLAIN, Dialect
from apothecary.wires.x12.supply.invoices import read_invoice, write_invoice
from apothecary.wires.x12.supply.notices import read_ship_notice, write_ship_notice
from apothecary.wires.x12.supply.ordering import Acknowledgement, PurchaseOrder
from apothecary.wires.x12.supply.orders import (
    read_order_acknowledgement,
    read_purchase_order,
    write_order_acknowledgement,
    write_purchase_order,
)
from apothecary.wires.x12.supply.shipping import ShipNotice

Paper = PurchaseOrder | Acknowledgement | ShipNotice | Invoice | Catalogue
READERS: dict[str, Callable[[TransactionSet, Dialect], Paper]] = {
    "810": read_invoice,
    "832": read_catalogue,
    "850": read_purchase_order,
    "855": read_order_acknowledgement,
    "856": read_ship_notice,
}


def read_paper(transaction: TransactionSet, dialect: Dialect = PLAIN) -> Paper:
    """Read a set of any of the five kinds. Raises Malformed with every fault."""
    reader = READERS.get(transaction.kind)
    if reader is None:
        header = transaction.header
        kinds = ", ".join(READERS)
        reason = f"must be one of {kinds}, is {transaction.kind!r}"
        raise Malformed(header.path(1), reason, header.byte)
    return reader(transaction, dialect)


def read_papers(raw: bytes, dialect: Dialect = PLAIN) -> Iterator[Paper]:
    """Every paper of a file in order; receipts (997) among them are passed over. Raises
    Malformed at the first that cannot be read. The envelope is for ``conformance``.
    """
    for transaction in read(raw).sets():
        if transaction.kind not in ("997", "999"):
            yield read_paper(transaction, dialect)


def write_paper(paper: Paper, dialect: Dialect = PLAIN) -> SetDraft:
    """A paper as a set, for ``write_interchange``. Raises Malformed on what does not fit."""
    match paper:
        case PurchaseOrder():
            return write_purchase_order(paper, dialect)
        case Acknowledgement():
            return write_order_acknowledgement(paper, dialect)
        case ShipNotice():
            return write_ship_notice(paper, dialect)
        case Invoice():
            return write_invoice(paper, dialect)
        case Catalogue():
            return write_catalogue(paper, dialect)
