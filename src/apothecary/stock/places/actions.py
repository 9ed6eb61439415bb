"""Opening, changing and closing a place."""

from dataclasses import dataclass

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import ONE_OF_EACH, Apart, PlaceKind, Programme, Storage
from apothecary.stock.models import Balance, Place, ShelfItem

LONGEST_NAME = 40
# The map is a hall of 200 by 200 feet; no place is further off or larger.
FURTHEST = 200
MOST_PACKAGES = 1_000_000


@dataclass(frozen=True, slots=True)
class Outline:
    """Where a place is drawn on the map, in feet; without a width it is not."""

    left: int = 0
    top: int = 0
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """What a person says of a place."""

    name: str
    storage: Storage = Storage.ROOM
    apart: Apart = Apart.NOTHING
    programme: Programme = Programme.OWN
    area: str = ""
    holds: int | None = None
    outline: Outline = Outline()


def room_problems(room: Room) -> list[Problem]:
    """Why a place may not be so."""
    problems = []
    if not room.name.strip() or len(room.name.strip()) > LONGEST_NAME:
        says = f"A place has a name of at most {LONGEST_NAME} letters."
        problems.append(Problem(says, field="name", code="bad-name"))
    if len(room.area) > LONGEST_NAME:
        says = f"An area has a name of at most {LONGEST_NAME} letters."
        problems.append(Problem(says, field="area", code="bad-name"))
    if room.holds is not None and not 0 < room.holds <= MOST_PACKAGES:
        says = f"A place holds 1 to {MOST_PACKAGES} packages, or nobody knows how many."
        problems.append(Problem(says, field="holds", code="bad-holds"))
    drawn = room.outline
    for field in ("left", "top", "width", "height"):
        if not 0 <= getattr(drawn, field) <= FURTHEST:
            says = f"The map goes from 0 to {FURTHEST} feet."
            problems.append(Problem(says, field=field, code="off-the-map"))
    if bool(drawn.width) != bool(drawn.height):
        says = "A place on the map has a width and a height, or neither."
        problems.append(Problem(says, field="width", code="off-the-map"))
    return problems


@transaction.atomic
def open_place(*, by: Worker, kind: PlaceKind, room: Room) -> Place:
    """Open a place where units can be."""
    by.must(Duty.MANAGE_STOCK)
    problems = room_problems(room)
    if kind in ONE_OF_EACH:
        says = f"A pharmacy has one {kind.label}, and has it already."
        problems.append(Problem(says, field="kind", code="one-of-each"))
    refuse_if(problems)
    refuse_taken(by, room.name)
    place = Place(pharmacy_id=by.pharmacy_id, kind=kind.value)
    furnish(place, room).save(force_insert=True)
    record(by=by, did=Deed.PLACE_OPENED, about=place, details=said(place))
    return place


@transaction.atomic
def change_place(*, by: Worker, place_id: int, room: Room) -> Place:
    """Rename a place, draw it elsewhere, or, while it is empty, say anew how it stores."""
    by.must(Duty.MANAGE_STOCK)
    place = lock_place(by=by, place_id=place_id)
    refuse_if(room_problems(room))
    refuse_taken(by, room.name, but=place.pk)
    before = said(place)
    stored = (place.storage, place.apart, place.programme)
    furnish(place, room)
    if stored != (place.storage, place.apart, place.programme):
        # What stands there was put there for what the place was.
        refuse_units(place, "storage", "how it stores can be changed")
    place.save()
    after = said(place)
    record(by=by, did=Deed.PLACE_CHANGED, about=place, details={"from": before, "to": after})
    return place


@transaction.atomic
def close_place(*, by: Worker, place_id: int, because: str) -> Place:
    """Close a place that is empty and that no shelf item is kept at."""
    by.must(Duty.MANAGE_STOCK)
    place = lock_place(by=by, place_id=place_id)
    if not because.strip():
        raise refuse("Say why the place is closed.", field="because", code="no-reason")
    if place.kind in ONE_OF_EACH:
        raise refuse(f"A pharmacy always has its {place.name}.", code="one-of-each")
    refuse_units(place, "", "it can be closed")
    kept = ShelfItem.objects.filter(pharmacy_id=by.pharmacy_id, place=place).count()
    if kept:
        says = f"{kept} shelf items are kept at {place.name}: say where they stand first."
        raise refuse(says, code="place-kept-at")
    place.closed_at = by.at
    place.save(update_fields=["closed_at"])
    record(by=by, did=Deed.PLACE_CLOSED, about=place, details={"because": because.strip()})
    return place


def lock_place(*, by: Worker, place_id: int) -> Place:
    """The open place, held: nobody puts units there for the first time meanwhile."""
    places = Place.objects.select_for_update()
    place = places.filter(pharmacy_id=by.pharmacy_id, pk=place_id).first()
    if place is None:
        raise refuse("No such place here.", code="no-place", field="place_id")
    if place.closed_at is not None:
        raise refuse(f"{place.name} is closed.", code="place-closed")
    return place


def refuse_units(place: Place, field: str, what: str) -> None:
    """Go on only when nothing is there. Its balances are held, so that nothing comes either."""
    here = Balance.objects.filter(pharmacy_id=place.pharmacy_id, place=place)
    held = here.order_by("place_id", "lot_id").select_for_update()
    if lots := sum(balance.on_hand != 0 for balance in held):
        says = f"{place.name} holds {lots} lots: carry them away before {what}."
        raise refuse(says, code="place-not-empty", field=field)


def refuse_taken(by: Worker, name: str, *, but: int = 0) -> None:
    """A name is given once, to a closed place too: its moves are read by it."""
    same = Place.objects.filter(pharmacy_id=by.pharmacy_id, name__iexact=name.strip())
    if same.exclude(pk=but).exists():
        says = f"There is or was a place called {name.strip()}."
        raise refuse(says, code="name-taken", field="name")


def furnish(place: Place, room: Room) -> Place:
    """The place as the person says."""
    place.name, place.area, place.holds = room.name.strip(), room.area.strip(), room.holds
    place.storage, place.apart = room.storage.value, room.apart.value
    place.programme = room.programme.value
    drawn = room.outline
    place.left, place.top = drawn.left, drawn.top
    place.width, place.height = drawn.width, drawn.height
    return place


def said(place: Place) -> dict[str, object]:
    """What the journal keeps of a place."""
    return {
        "name": place.name,
        "kind": place.kind,
        "storage": place.storage,
        "apart": place.apart,
        "programme": place.programme,
        "area": place.area,
    }
