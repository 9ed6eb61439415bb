"""What people type about waste, read into typed values or refused by field."""

from decimal import Decimal

from django.http import QueryDict

from apothecary.law.problem import refuse
from apothecary.law.waste import Seen, Stream, Trait
from apothecary.purchasing.forms import text
from apothecary.returns.disposal.destroying import How, Item
from apothecary.returns.shipments.forms import read_day
from apothecary.stock.forms import amount, number, once

MOST = 100


def read_stream(said: str) -> Stream:
    """A stream of waste."""
    try:
        return Stream(said)
    except ValueError as bad:
        raise refuse(f"{said!r} is no stream.", code="no-stream", field="stream") from bad


def read_seen(typed: QueryDict) -> Seen:
    """What a person says they have read on the label or the safety data sheet."""
    return seen_of(
        typed.getlist("trait"),
        read=typed.get("read", "") == "yes",
        sharp=typed.get("sharp", "") == "yes",
        original=typed.get("original", "") == "yes",
        weak=typed.get("weak_warfarin", "") == "yes",
    )


def seen_of(traits: list[str], *, read: bool, sharp: bool, original: bool, weak: bool) -> Seen:
    """The same from plain values; an unknown trait is refused by name."""
    unknown = sorted(set(traits) - {one.value for one in Trait})
    if unknown:
        raise refuse(f"{unknown[0]!r} is no trait.", code="no-trait", field="traits")
    return Seen(
        read=read,
        traits=frozenset(Trait(one) for one in traits),
        sharp=sharp,
        original=original,
        weak_warfarin=weak,
    )


def read_item(said: str) -> tuple[int, int]:
    """Lot and place of a chosen row, as `lot-place`."""
    lot, _, place = said.partition("-")
    return number(lot, field="item"), number(place, field="item")


def read_chosen(typed: QueryDict) -> list[Item]:
    """The rows that are destroyed, each with its quantity."""
    found = []
    for said in typed.getlist("item")[:MOST]:
        lot, place = read_item(said)
        units = amount(typed.get(f"quantity-{said}", ""), field="quantity")
        found.append(Item(lot, place, units))
    return found


def read_how(typed: QueryDict) -> How:
    """Where, how and when."""
    return How(
        place=text(typed, "place"),
        method=text(typed, "method"),
        destroyed_on=read_day(typed, "destroyed_on"),
        key=once(typed),
    )


def amount_or_none(typed: QueryDict) -> Decimal | None:
    """A quantity where one was typed."""
    said = text(typed, "quantity")
    return amount(said, field="quantity") if said else None
