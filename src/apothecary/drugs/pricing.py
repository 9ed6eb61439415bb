"""Reference price, margin, and which packages fit a quantity. Pure; money is US dollars.

A price is of one billing unit, EA, ML or GM. It is multiplied only by a quantity in the same
unit: a price by the gram says nothing of a count of tubes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
TENTH = Decimal("0.1")
# Nobody opens more bottles than this for one prescription.
MOST_PACKAGES = 120
MOST_CHOICES = 4


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What one unit costs, since when, and who says so."""

    usd: Decimal
    unit: str
    since: date
    source: str = ""


def cost_usd(price: UnitPrice | None, quantity: Decimal, unit: str) -> Decimal | None:
    """What so many units cost, to the cent; None without a price or by another unit."""
    if price is None or price.unit != unit:
        return None
    return (price.usd * quantity).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Margin:
    """What is left of a sale after the goods; a loss is below zero."""

    usd: Decimal
    percent: Decimal | None


def margin(*, sale_usd: Decimal, cost_usd: Decimal) -> Margin:
    """Sale price less cost, and its share of the sale price (none where nothing is paid)."""
    left = sale_usd - cost_usd
    share = None if sale_usd == 0 else (left / sale_usd * 100).quantize(TENTH, ROUND_HALF_UP)
    return Margin(left, share)


@dataclass(frozen=True, slots=True)
class Size:
    """A package: what it holds in a billing unit, in how many unbroken containers inside."""

    ndc: str
    quantity: Decimal
    unit: str
    inner: int = 1
    price: UnitPrice | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Packages for a quantity: how many of each, what is left over, what it costs.

    ``opened`` tells that the last container must be broken to count out the quantity; where it
    is not, everything is handed out as it came. ``cost_usd`` is of all packages taken.
    """

    packages: tuple[tuple[str, int], ...]
    taken: Decimal
    left: Decimal
    opened: bool
    cost_usd: Decimal | None


def fits(quantity: Decimal, unit: str, sizes: Sequence[Size]) -> list[Choice]:
    """The packages of one product that fit a quantity, the best first, four at most.

    Best is the least left over, then nothing opened, then the fewest packages, then the lowest
    cost. One size or two together; sizes in another unit are left out.
    """
    usable = [size for size in sizes if size.unit == unit and size.quantity > 0]
    if quantity <= 0:
        return []
    found = {_key(choice): choice for choice in _choices(quantity, usable)}
    return sorted(found.values(), key=_order)[:MOST_CHOICES]


def _choices(quantity: Decimal, sizes: Sequence[Size]) -> Iterator[Choice]:
    for size in sizes:
        many = _whole(quantity / size.quantity)
        if many <= MOST_PACKAGES:
            yield _choice(quantity, [(size, many)])
    for place, larger in enumerate(sizes):
        for smaller in sizes[place + 1 :]:
            yield from _pairs(quantity, larger, smaller)


def _pairs(quantity: Decimal, one: Size, other: Size) -> Iterator[Choice]:
    if one.quantity < other.quantity:
        one, other = other, one
    for many in range(1, int(min(quantity // one.quantity, Decimal(MOST_PACKAGES))) + 1):
        rest = quantity - one.quantity * many
        more = _whole(rest / other.quantity)
        if rest > 0 and many + more <= MOST_PACKAGES:
            yield _choice(quantity, [(one, many), (other, more)])


def _choice(quantity: Decimal, taken: Sequence[tuple[Size, int]]) -> Choice:
    total = sum((size.quantity * many for size, many in taken), Decimal(0))
    left = total - quantity
    last = taken[-1][0]
    costs = [cost_usd(size.price, size.quantity * many, size.unit) for size, many in taken]
    known = [cost for cost in costs if cost is not None]
    return Choice(
        packages=tuple((size.ndc, many) for size, many in taken),
        taken=total,
        left=left,
        opened=(left * last.inner) % last.quantity != 0,
        cost_usd=sum(known, Decimal(0)) if len(known) == len(costs) else None,
    )


def _whole(ratio: Decimal) -> int:
    return int(ratio.to_integral_value(ROUND_CEILING))


def _key(choice: Choice) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(choice.packages))


def _order(choice: Choice) -> tuple[Decimal, bool, int, Decimal]:
    many = sum(count for _, count in choice.packages)
    return choice.left, choice.opened, many, choice.cost_usd or Decimal("Infinity")
