"""What people type about returns, read into typed values or refused by field."""

from datetime import date

from django.http import QueryDict

from apothecary.law.problem import refuse
from apothecary.purchasing.forms import text
from apothecary.returns.shipments.states import Group
from apothecary.stock.forms import number, parse_day

MOST_CHOSEN = 200


def read_group(typed: QueryDict) -> Group:
    """What travels together."""
    said = text(typed, "group") or Group.PLAIN.value
    try:
        return Group(said)
    except ValueError as bad:
        raise refuse(f"{said!r} is no group.", code="no-group", field="group") from bad


def read_items(typed: QueryDict) -> list[tuple[int, int]]:
    """The chosen rows: lot and place of each, as `lot-place`."""
    found = []
    for said in typed.getlist("item")[:MOST_CHOSEN]:
        lot, _, place = said.partition("-")
        found.append((number(lot, field="item"), number(place, field="item")))
    return found


def read_day(typed: QueryDict, name: str) -> date:
    """A day, or a refusal by field."""
    day = parse_day(typed.get(name, ""))
    if day is None:
        raise refuse("That is no date.", code="bad-day", field=name)
    return day


def day_or_none(typed: QueryDict, name: str) -> date | None:
    """A day where one was typed."""
    return read_day(typed, name) if text(typed, name) else None


def read_id(typed: QueryDict, name: str) -> int:
    """A row's own number."""
    return number(typed.get(name, "").strip(), field=name)
