"""What becomes of each line of an order: accepted, short, substituted, dearer or refused."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from simulators.wholesaler.catalogue import (
    ALLOCATED,
    BACK,
    DEARER,
    GONE,
    SHORT,
    SUBSTITUTE,
    Catalogue,
    Item,
    percent,
    price_usd,
)
from simulators.wholesaler.houses import Account, House
from simulators.wholesaler.order import Line, Order, wanted
from simulators.wholesaler.papers import Answered

TAKEN, BACKED, CHANGED, DEAR, REFUSED, REPLACED, UNKNOWN = (
    "IA",
    "IB",
    "IQ",
    "IP",
    "IR",
    "IS",
    "R2",
)
NEEDS_222 = "SCHEDULE II NEEDS A DEA FORM 222 OR CSOS ORDER (21 CFR 1305.03)"
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Decided:
    """A line's answer: what ships, what waits, at which price, and what the 855 says of it."""

    line: Line
    item: Item | None
    price_usd: Decimal
    ready: int
    back: int
    parts: tuple[tuple[str, int, Item | None], ...]
    says: str = ""

    @property
    def status(self) -> str:
        """The first status of the line."""
        return self.parts[0][0]

    def answered(self) -> Answered:
        """The line for the 855."""
        line = self.line
        return Answered(
            line.number, line.quantity, line.unit,
            self.price_usd or line.price_usd,
            line.ndc11, line.item, self.parts, self.says,
        )  # fmt: skip


def decide(house: House, catalogue: Catalogue, order: Order) -> list[Decided]:
    """Every line of an order by itself."""
    return [_decide(house, catalogue, order.account, line) for line in order.lines]


def _decide(house: House, catalogue: Catalogue, account: Account, line: Line) -> Decided:
    item = wanted(house, catalogue, line)
    if item is None:
        return _refused(line, None, UNKNOWN, "NO SUCH ITEM")
    if item.schedule == "2":
        return _refused(line, item, REFUSED, NEEDS_222)
    kind, value = item.does
    price = price_usd(house, account, item)
    if kind in _BEHAVIOURS:
        return _BEHAVIOURS[kind](line, item, price, value)
    if kind == SUBSTITUTE:
        other = catalogue.by_hyphened(value) or item
        parts = ((REPLACED, line.quantity, other),)
        return Decided(line, other, price_usd(house, account, other), line.quantity, 0, parts)
    if kind == DEARER:
        price += percent(price, Decimal(value))
    return _sold(line, item, price)


def _sold(line: Line, item: Item, price: Decimal) -> Decided:
    dearer = line.price_usd is not None and line.price_usd < price
    parts = ((DEAR if dearer else TAKEN, line.quantity, item),)
    return Decided(line, item, price, line.quantity, 0, parts)


def _refused(line: Line, item: Item | None, status: str, says: str) -> Decided:
    return Decided(line, item, NOTHING, 0, 0, ((status, line.quantity, item),), says)


def _discontinued(line: Line, item: Item, price: Decimal, value: str) -> Decided:
    return _refused(line, item, REFUSED, "DISCONTINUED BY THE MANUFACTURER")


def _backordered(line: Line, item: Item, price: Decimal, value: str) -> Decided:
    return Decided(line, item, price, 0, line.quantity, ((BACKED, line.quantity, item),))


def _short(line: Line, item: Item, price: Decimal, value: str) -> Decided:
    ready = min(int(value), line.quantity)
    back = line.quantity - ready
    if not back:
        return _sold(line, item, price)
    parts = ((CHANGED, ready, item), (BACKED, back, item))
    return Decided(line, item, price, ready, back, parts)


def _allocated(line: Line, item: Item, price: Decimal, value: str) -> Decided:
    ready = min(int(value), line.quantity)
    if ready == line.quantity:
        return _sold(line, item, price)
    says = f"ALLOCATED: AT MOST {value} AN ORDER"
    return Decided(line, item, price, ready, 0, ((CHANGED, ready, item),), says)


_BEHAVIOURS: dict[str, Callable[[Line, Item, Decimal, str], Decided]] = {
    GONE: _discontinued,
    BACK: _backordered,
    SHORT: _short,
    ALLOCATED: _allocated,
}
