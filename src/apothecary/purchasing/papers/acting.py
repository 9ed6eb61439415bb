"""What each kind of paper leads to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from apothecary.purchasing.matching.invoices import take_invoice
from apothecary.purchasing.ordering.answers import take_acknowledgement
from apothecary.purchasing.papers.models import Paper
from apothecary.purchasing.papers.store import Ours, programme_of, store_faults
from apothecary.purchasing.receiving.notices import take_notice
from apothecary.purchasing.wholesalers.catalogues import take_catalogue
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.wires.errors import Malformed, malformed
from apothecary.wires.x12 import TransactionSet
from apothecary.wires.x12.remittance import Party
from apothecary.wires.x12.supply import (
    Acknowledgement,
    Catalogue,
    Dialect,
    Invoice,
    ShipNotice,
    read_catalogue,
    read_invoice,
    read_order_acknowledgement,
    read_ship_notice,
)


@dataclass(frozen=True, slots=True)
class Desk:
    """A paper on the desk: the row it is kept by, who reads it, in which dialect, as whom."""

    paper: Paper
    by: Worker
    speaks: Dialect
    ours: Ours


def desk_of(paper: Paper, *, by: Worker, speaks: Dialect) -> Desk:
    """The paper with what we are known by (1 query)."""
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    wholesaler = paper.wholesaler
    ours = Ours(wholesaler.account, wholesaler.account_340b, pharmacy.dea)
    return Desk(paper, by, speaks, ours)


def must_be_ours(desk: Desk, *, account: str, parties: tuple[Party, ...]) -> None:
    """Raises Malformed when a paper is for another store."""
    if faults := store_faults(desk.ours, account=account, parties=parties):
        raise malformed(faults)


def act_on_catalogue(desk: Desk, transaction: TransactionSet) -> str:
    """832: items and prices."""
    read = read_catalogue(transaction, desk.speaks)
    account = account_in(read, desk.speaks)
    must_be_ours(desk, account=account, parties=read.parties)
    taken = take_catalogue(
        by=desk.by,
        wholesaler=desk.paper.wholesaler,
        catalogue=read,
        programme=programme_of(desk.ours, account=account, parties=read.parties),
        incoming=desk.paper.interchange.incoming,
    )
    desk.paper.notes = (
        f"{taken.items} items, {taken.new} new, {taken.changed} prices changed, "
        f"{taken.aside} set aside"
    )
    return read.number


def account_in(read: Catalogue, speaks: Dialect) -> str:
    """The account a catalogue is for, where this wholesaler says it."""
    wanted = speaks.account_reference
    found = (one.value for one in read.references if one.qualifier == wanted)
    return next(found, "")


def act_on_answer(desk: Desk, transaction: TransactionSet) -> str:
    """855: what becomes of an order's lines."""
    read: Acknowledgement = read_order_acknowledgement(transaction, desk.speaks)
    must_be_ours(desk, account=read.account, parties=read.parties)
    take_acknowledgement(by=desk.by, wholesaler=desk.paper.wholesaler, paper=read)
    return read.order_number


def act_on_notice(desk: Desk, transaction: TransactionSet) -> str:
    """856: what is on its way."""
    read: ShipNotice = read_ship_notice(transaction, desk.speaks)
    parties = tuple(party for level in read.levels for party in level.parties)
    must_be_ours(desk, account="", parties=parties)
    take_notice(by=desk.by, paper=desk.paper, notice=read)
    return read.shipment


def act_on_invoice(desk: Desk, transaction: TransactionSet) -> str:
    """810: what is billed."""
    read: Invoice = read_invoice(transaction, desk.speaks)
    must_be_ours(desk, account=read.account, parties=read.parties)
    take_invoice(by=desk.by, paper=desk.paper, invoice=read)
    return read.number


Act = Callable[[Desk, TransactionSet], str]
# By ST01; each answers with the paper's own number and raises Malformed or Refused.
ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "810": act_on_invoice,
        "832": act_on_catalogue,
        "855": act_on_answer,
        "856": act_on_notice,
    }
)


def act(desk: Desk, transaction: TransactionSet) -> str:
    """Do what a set says; its number. Raises Malformed, Refused: nothing of it is done then."""
    found = ACTS.get(transaction.kind)
    if found is None:
        kinds = ", ".join(sorted(ACTS))
        raise Malformed("ST01", f"is {transaction.kind!r}; of a wholesaler come {kinds}, 997")
    return found(desk, transaction)
