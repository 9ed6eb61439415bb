"""House policy of the blind count of what is left of a Schedule II drug. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apothecary.law.problem import Problem

# A first count that differs is made again, still blind; the second one stands as it is.
TRIES = 2
MOST_LEFT = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class LeftFacts:
    """What is left of one lot: each count with what the books said then, in billing units."""

    lot_id: int
    number: str
    counts: tuple[tuple[Decimal, Decimal], ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether a count has found what the books say."""
        return any(counted == expected for counted, expected in self.counts)

    @property
    def done(self) -> bool:
        """Whether nothing is to be counted any more: it agrees, or was counted twice."""
        return self.agrees or len(self.counts) >= TRIES

    @property
    def difference(self) -> Decimal:
        """By how much the last count is above the books, or below; none while it agrees."""
        if self.agrees or not self.counts:
            return Decimal(0)
        counted, expected = self.counts[-1]
        return counted - expected

    @property
    def says(self) -> str:
        """What came out, once it may be told; empty before."""
        if not self.done:
            return ""
        if self.agrees:
            return f"Left of lot {self.number}: as the books say."
        counted, expected = (plain(number) for number in self.counts[-1])
        word = "short" if self.difference < 0 else "over"
        return (
            f"Left of lot {self.number}: counted {counted}, by the books {expected}, "
            f"{plain(abs(self.difference))} {word}."
        )


def next_left(left: Sequence[LeftFacts]) -> LeftFacts | None:
    """The lot of which what is left is to be counted now, or none."""
    return next((lot for lot in left if not lot.done), None)


def left_problems(left: Sequence[LeftFacts]) -> list[Problem]:
    """Why the fill may not go on: what is left was not counted."""
    open_lots = [lot.number for lot in left if not lot.done]
    if not open_lots:
        return []
    says = f"Count what is left of lot {' and '.join(open_lots)}: Schedule II is counted back."
    return [Problem(says, code="not-counted-back", cite="house policy", verified="C")]


def counted_back_problems(counted: Decimal, *, unit: str) -> list[Problem]:
    """Why this number cannot be what is left."""
    if counted < 0 or counted > MOST_LEFT:
        says = f"{plain(counted)} cannot be what is left."
        return [Problem(says, code="left-impossible", field="counted")]
    if unit == "EA" and counted != counted.to_integral_value():
        return [Problem("Whole units only.", code="count-parts", field="counted")]
    return []


def plain(quantity: Decimal) -> str:
    """A quantity without trailing zeros."""
    return f"{quantity.normalize():f}"
