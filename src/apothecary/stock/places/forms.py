"""What people type about a place, read into typed values or refused by field."""

from enum import StrEnum
from typing import TypeVar

from django.db.models import TextChoices
from django.http import QueryDict

from apothecary.law.problem import refuse
from apothecary.stock.forms import number
from apothecary.stock.kinds import Apart, PlaceKind, Programme, Storage
from apothecary.stock.places.actions import Outline, Room

Choice = TypeVar("Choice", bound="TextChoices | StrEnum")
OUTLINE = ("left", "top", "width", "height")


def chosen(kinds: type[Choice], typed: str, *, field: str) -> Choice:
    """One of a list, or a refusal by field."""
    try:
        return kinds(typed)
    except ValueError as bad:
        raise refuse(f"{typed!r} is no choice.", field=field, code="no-choice") from bad


def read_room(typed: QueryDict) -> Room:
    """What was said of a place; an empty number of the outline is nought."""
    holds = typed.get("holds", "").strip()
    drawn = [number(typed.get(field, "").strip() or "0", field=field) for field in OUTLINE]
    return Room(
        name=typed.get("name", ""),
        storage=chosen(Storage, typed.get("storage", "room"), field="storage"),
        apart=chosen(Apart, typed.get("apart", ""), field="apart"),
        programme=chosen(Programme, typed.get("programme", "own"), field="programme"),
        area=typed.get("area", ""),
        holds=number(holds, field="holds") if holds else None,
        outline=Outline(*drawn),
    )


def read_kind(typed: QueryDict) -> PlaceKind:
    """Which kind of place is opened."""
    return chosen(PlaceKind, typed.get("kind", ""), field="kind")
