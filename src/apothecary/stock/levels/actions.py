"""Setting levels, and writing down what is on its way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import Programme
from apothecary.stock.levels.models import Expected
from apothecary.stock.levels.rules import MOST, levels_problems
from apothecary.stock.models import Ordering, ShelfItem

LONGEST_DAYS = 90


@dataclass(frozen=True, slots=True)
class Level:
    """What a person set for an item; days None where the house's own count."""

    reorder_at: Decimal
    order_up_to: Decimal
    at_most: Decimal | None = None
    ordering: Ordering = Ordering.AUTO
    contract_only: bool = False
    lead_days: int | None = None
    safety_days: int | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """Units of a package that a source still brings, in its billing unit."""

    package_id: int
    quantity: Decimal
    due_on: date | None = None
    programme: Programme = Programme.OWN


@transaction.atomic
def set_levels(*, by: Worker, item_id: int, level: Level) -> ShelfItem:
    """Say how much of a package there should be and how it is reordered."""
    by.must(Duty.MANAGE_STOCK)
    items = ShelfItem.objects.select_for_update(no_key=True)
    item = items.filter(pharmacy_id=by.pharmacy_id, pk=item_id).first()
    if item is None:
        raise refuse("No such shelf item here.", code="no-item")
    refuse_if(level_problems(level))
    before = {"min": item.reorder_at, "par": item.order_up_to, "max": item.at_most}
    item.reorder_at, item.order_up_to = level.reorder_at, level.order_up_to
    item.at_most, item.ordering = level.at_most, level.ordering.value
    item.contract_only = level.contract_only
    item.lead_days, item.safety_days = level.lead_days, level.safety_days
    item.save()
    after = {"min": item.reorder_at, "par": item.order_up_to, "max": item.at_most}
    said = {"before": before, "after": after, "ordering": item.ordering}
    record(by=by, did=Deed.LEVELS_SET, about=item, details=said)
    return item


def level_problems(level: Level) -> list[Problem]:
    """Why these levels may not stand."""
    problems = levels_problems(
        reorder_at=level.reorder_at, order_up_to=level.order_up_to, at_most=level.at_most
    )
    for field, days in (("lead_days", level.lead_days), ("safety_days", level.safety_days)):
        if days is not None and not 0 <= days <= LONGEST_DAYS:
            says = f"{days} days are not possible: 0 to {LONGEST_DAYS}."
            problems.append(Problem(says, field=field, code="bad-days"))
    return problems


@transaction.atomic
def expect(*, by: Worker, source: str, lines: Sequence[Coming]) -> None:
    """Write down what a source still brings, in place of what was written for it before.

    An order writes its lines when it is sent and again when some of it came; none means that
    nothing more is coming. Its own duty guards the act that leads here (3 queries).
    """
    if not source.strip():
        raise refuse("Say what brings the units.", code="no-source", field="source")
    wrong = [line for line in lines if not 0 < line.quantity <= MOST]
    if wrong:
        says = f"A delivery of {wrong[0].quantity} units is not possible."
        raise refuse(says, code="bad-quantity", field="quantity")
    Expected.objects.filter(pharmacy_id=by.pharmacy_id, source=source).delete()
    Expected.objects.bulk_create(
        Expected(
            pharmacy_id=by.pharmacy_id,
            source=source,
            package_id=line.package_id,
            programme=line.programme.value,
            quantity=line.quantity,
            due_on=line.due_on,
        )
        for line in lines
    )
