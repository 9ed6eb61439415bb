"""What people type about levels, read into typed values or refused by field."""

from django.http import QueryDict

from apothecary.stock.forms import amount, number
from apothecary.stock.levels.actions import Level
from apothecary.stock.models import Ordering
from apothecary.stock.places.forms import chosen


def read_level(typed: QueryDict) -> Level:
    """Min, par, max and how it is ordered; an empty max or day is none."""
    most = typed.get("at_most", "").strip()
    return Level(
        reorder_at=amount(typed.get("reorder_at", "").replace("−", "-"), field="reorder_at"),
        order_up_to=amount(typed.get("order_up_to", ""), field="order_up_to"),
        at_most=amount(most, field="at_most") if most else None,
        ordering=chosen(Ordering, typed.get("ordering", "auto"), field="ordering"),
        contract_only="contract_only" in typed,
        lead_days=days(typed, "lead_days"),
        safety_days=days(typed, "safety_days"),
    )


def days(typed: QueryDict, field: str) -> int | None:
    """A number of days, or none where the house's own count."""
    said = typed.get(field, "").strip()
    return number(said, field=field) if said else None
