"""What a wholesaler has and what it costs there (832)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apothecary.wires.errors import Fault
from apothecary.wires.x12.remittance import Day, Party, Reference, Rest, day_of
from apothecary.wires.x12.supply.goods import Product

# What a price is, by its identifier; a wholesaler may use others, which are kept as sent.
PRICE_KINDS = {
    "AWP": "average wholesale price",
    "CAT": "catalogue price",
    "CON": "contract price",
    "MSR": "suggested retail price of the manufacturer",
    "NET": "net price",
    "SUG": "suggested price",
    "UCP": "price of one unit",
    "WAC": "wholesale acquisition cost",
}


@dataclass(frozen=True, slots=True)
class Price:
    """One price of an item, in dollars for one ``unit`` (CTP). ``trade_class`` is for whom,
    ``kind`` a key of PRICE_KINDS or as sent; a quantity break begins at ``quantity``.
    """

    kind: str
    amount: Decimal
    trade_class: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    multiplier_kind: str = ""
    multiplier: Decimal | None = None
    days: tuple[Day, ...] = ()
    segment: int = field(default=0, compare=False)

    @property
    def effective_on(self) -> date | None:
        return day_of(self.days, "007")

    @property
    def ends_on(self) -> date | None:
        return day_of(self.days, "036")


@dataclass(frozen=True, slots=True)
class Pack:
    """How it is packed (PO4): ``count`` inner packs of ``size`` units each."""

    count: Decimal | None = None
    size: Decimal | None = None
    unit: str = ""
    kind: str = ""
    inner: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One item (LIN). ``generic`` is None when the wholesaler does not say; ``change`` is what
    is done with the item (G5301): 001 changed, 002 deleted, 021 added.
    """

    number: str
    product: Product
    prices: tuple[Price, ...]
    pack: Pack | None = None
    contract: str = ""
    schedule: str = ""
    generic: bool | None = None
    change: str = ""
    references: tuple[Reference, ...] = ()
    days: tuple[Day, ...] = ()
    segment: int = field(default=0, compare=False)

    @property
    def effective_on(self) -> date | None:
        return day_of(self.days, "007")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A price catalogue (832). ``kind`` PC price catalogue, PS price sheet."""

    number: str
    items: tuple[CatalogueItem, ...]
    kind: str = "PC"
    version: str = ""
    revision: str = ""
    purpose: str = ""
    currency: str = ""
    contract: str = ""
    parties: tuple[Party, ...] = ()
    references: tuple[Reference, ...] = ()
    days: tuple[Day, ...] = ()
    notes: tuple[str, ...] = ()
    control: str = ""
    rest: tuple[Rest, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def effective_on(self) -> date | None:
        return day_of(self.days, "007")
