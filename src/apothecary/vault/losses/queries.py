"""What the screens and papers of losses show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from apothecary.law.problem import Problem
from apothecary.law.recorded import in_words
from apothecary.law.tables import federal
from apothecary.stock.models import Balance
from apothecary.vault.book.rules import CONTROLLED_FROM, ON_HAND, ROMAN
from apothecary.vault.losses.models import Loss, LossLine
from apothecary.vault.losses.rules import Clock, clocks, open_problems
from apothecary.vault.losses.states import State
from apothecary.workbench.filters import quantity

ROWS = 50
MOST_LOTS = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """A loss with its clocks and what is open or late by the law today."""

    row: Loss
    clocks: Sequence[Clock]
    problems: Sequence[Problem]

    @property
    def late(self) -> bool:
        return any(clock.late and clock.done_on is None for clock in self.clocks)


def standing(row: Loss, *, on: date) -> Standing:
    """How a loss stands on a day (no query)."""
    known = row.known()
    problems = [] if row.state == State.CLOSED else open_problems(known, on=on)
    return Standing(row, clocks(known, on=on), problems)


def losses(*, pharmacy_id: int, on: date) -> list[Standing]:
    """Those that are open, oldest first, then those closed of late (4 queries)."""
    rows = Loss.objects.filter(pharmacy_id=pharmacy_id).prefetch_related(lines_of_all())
    open_ = list(rows.exclude(state=State.CLOSED.value).order_by("id")[:ROWS])
    closed = rows.filter(state=State.CLOSED.value).order_by("-id")[: ROWS - len(open_)]
    return [standing(row, on=on) for row in [*open_, *closed]]


def lines_of_all() -> "Prefetch[str]":
    """The lines with their packages, in one question for all losses of a page."""
    rows = LossLine.objects.select_related("package__product", "lot", "place").order_by("id")
    return Prefetch("lines", rows)


def lost(row: Loss) -> str:
    """What is missing in words; the lines are there already."""
    return "; ".join(
        f"{quantity(line.quantity, line.unit)} {line.package.product.name}"
        f" {line.package.product.strength_said}"
        for line in row.lines.all()
    )


def lots_here(*, pharmacy_id: int) -> list[tuple[str, str]]:
    """Every controlled lot on hand with its place, as a choice (1 query)."""
    rows = Balance.objects.filter(
        pharmacy_id=pharmacy_id,
        on_hand__gt=0,
        place__kind__in=[kind.value for kind in ON_HAND],
        lot__package__product__schedule__gte=CONTROLLED_FROM,
    ).select_related("lot__package__product", "place")
    ordered = rows.order_by("lot__package__product__name", "lot_id", "place_id")
    return [(f"{row.lot_id}-{row.place_id}", lot_says(row)) for row in ordered[:MOST_LOTS]]


def lot_says(row: Balance) -> str:
    """A lot at a place on one line."""
    package = row.lot.package
    product = package.product
    here = quantity(row.on_hand, package.unit_word or package.unit)
    return (
        f"{product.name} {product.strength_said} C-{ROMAN[product.schedule]},"
        f" lot {row.lot.number}, {row.place.name}: {here}"
    )


def factors(*, on: date) -> list[tuple[str, str]]:
    """What is weighed, by the names of the rule and in words."""
    return [(name, in_words(name)) for name in federal("DEA-125", on=on).names()]
