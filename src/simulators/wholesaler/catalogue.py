"""What is sold: real NDCs with sample prices, some with a behaviour of its own."""

import csv
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from importlib.resources import files

from simulators.wholesaler import gs1
from simulators.wholesaler.houses import DISCOUNTED, Account, House

CENT = Decimal("0.01")
# A wholesaler's list price and the 340B price beside the sample contract price, in percent.
LIST_PERCENT, DISCOUNTED_PERCENT = Decimal(120), Decimal(60)
ROOM = "room"
SHORT, BACK, SUBSTITUTE, GONE = "short", "backorder", "substitute", "discontinued"
ALLOCATED, DEARER, NO_DAY = "allocated", "price", "day00"


@dataclass(frozen=True)
class Item:
    """A package for sale. `quantity` is in the billing unit; `behaviour` is `kind[:value]`."""

    ndc: str
    item: str
    name: str
    strength: str
    form: str
    labeler: str
    quantity: Decimal
    unit: str
    schedule: str
    storage: str
    price_usd: Decimal
    behaviour: str

    @property
    def ndc11(self) -> str:
        """Eleven digits."""
        return gs1.ndc11(self.ndc)

    @property
    def gtin(self) -> str:
        """Fourteen digits."""
        return gs1.gtin(self.ndc)

    @property
    def says(self) -> str:
        """One line of description."""
        return f"{self.name} {self.strength} {self.quantity} {self.unit}"[:80]

    @property
    def is_cold(self) -> bool:
        """Whether it travels in a cold tote."""
        return self.storage != ROOM

    @property
    def does(self) -> tuple[str, str]:
        """The kind of its behaviour and its value, both empty for a good one."""
        kind, _, value = self.behaviour.partition(":")
        return kind, value


@dataclass(frozen=True)
class Catalogue:
    """Every item, found by the numbers people use."""

    items: tuple[Item, ...]

    def by_ndc(self, ndc11: str) -> Item | None:
        """The item of those eleven digits."""
        return self._found["ndc11"].get(ndc11)

    def by_hyphened(self, ndc: str) -> Item | None:
        """The item of that NDC as the FDA writes it."""
        return self._found["ndc"].get(ndc)

    def by_number(self, house: House, number: str) -> Item | None:
        """The item of that wholesaler's own number."""
        ours = number.startswith(house.item_prefix)
        return self._found["item"].get(number[len(house.item_prefix) :]) if ours else None

    def by_gtin(self, code: str) -> Item | None:
        """The item whose package bears that GTIN."""
        return self._found["gtin"].get(code)

    @cached_property
    def _found(self) -> dict[str, dict[str, Item]]:
        return {
            "ndc11": {one.ndc11: one for one in self.items},
            "ndc": {one.ndc: one for one in self.items},
            "item": {one.item: one for one in self.items},
            "gtin": {one.gtin: one for one in self.items},
        }


def item_number(house: House, item: Item) -> str:
    """The wholesaler's own number of an item."""
    return house.item_prefix + item.item


def percent(usd: Decimal, of: Decimal) -> Decimal:
    """That many percent of an amount, to the cent."""
    return (usd * of / 100).quantize(CENT, ROUND_HALF_UP)


def price_usd(house: House, account: Account, item: Item) -> Decimal:
    """What that account pays for one package."""
    paid = percent(item.price_usd, house.price_percent)
    return percent(paid, DISCOUNTED_PERCENT) if account.programme == DISCOUNTED else paid


def list_price_usd(item: Item) -> Decimal:
    """The sample list price of one package."""
    return percent(item.price_usd, LIST_PERCENT)


def read_catalogue() -> Catalogue:
    """The items of `data/catalogue.csv`."""
    text = files("simulators.wholesaler").joinpath("data/catalogue.csv").read_text()
    return Catalogue(tuple(_item(row) for row in csv.DictReader(text.splitlines())))


def _item(row: dict[str, str]) -> Item:
    return Item(
        row["ndc"], row["item"], row["name"], row["strength"], row["form"], row["labeler"],
        Decimal(row["quantity"]), row["unit"], row["schedule"], row["storage"],
        Decimal(row["price_usd"]), row["behaviour"],
    )  # fmt: skip
