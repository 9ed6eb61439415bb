"""Open, change and close a place: works and is written down, wrong role, refused, twice."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed
from apothecary.stock.actions import move_stock, open_places, receive_stock, reverse_move
from apothecary.stock.kinds import ONE_OF_EACH, Apart, PlaceKind, Programme, Storage
from apothecary.stock.ledger import Line, post
from apothecary.stock.models import Balance, Lot, Move, Place, ShelfItem
from apothecary.stock.places.actions import (
    FURTHEST,
    Outline,
    Room,
    change_place,
    close_place,
    open_place,
    room_problems,
)

pytestmark = pytest.mark.django_db
FAST = Room("Fast movers", area="Front", holds=40, outline=Outline(2, 3, 10, 4))


def open_(world, room=FAST, *, by=None, kind=PlaceKind.SHELF) -> Place:
    return open_place(by=by or world.technician, kind=kind, room=room)


def deeds(world, place) -> list[str]:
    lines = history(pharmacy_id=world.pharmacy.pk, about=[("place", place.pk)])
    return [line.deed for line in lines]


def named(world, name) -> Place:
    return Place.objects.get(pharmacy_id=world.pharmacy.pk, name=name)


def fields(refusal) -> list[str]:
    return [problem.field for problem in refusal.value.problems]


def carry(world, lot, start, end, *, by=None, quantity="5", key="m") -> None:
    move_stock(
        by=by or world.technician,
        lot_id=lot.pk,
        from_place=start.pk,
        to_place=end.pk,
        quantity=Decimal(quantity),
        because="tidied",
        key=key,
    )


# Open


def test_a_new_place_stands_where_it_was_drawn_and_is_written_down(pharmacy):
    place = open_(pharmacy)
    found = Place.objects.get(pk=place.pk)
    assert (found.name, found.area, found.holds) == ("Fast movers", "Front", 40)
    assert (found.left, found.top, found.width, found.height) == (2, 3, 10, 4)
    assert (found.storage, found.programme, found.closed_at) == ("room", "own", None)
    assert deeds(pharmacy, place) == [Deed.PLACE_OPENED]


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_a_clerk_or_administrator_opens_no_place(pharmacy, role):
    before = Place.objects.count()
    with pytest.raises(NotAllowed):
        open_(pharmacy, by=pharmacy.workers[role])
    assert Place.objects.count() == before


@pytest.mark.parametrize("kind", sorted(ONE_OF_EACH))
def test_a_pharmacy_has_one_supplier_will_call_and_patient(pharmacy, kind):
    with pytest.raises(Refused, match="has it already"):
        open_(pharmacy, kind=kind)


@pytest.mark.parametrize("name", ["Fast movers", "FAST MOVERS", " fast movers "])
def test_a_name_is_given_once_even_to_a_place_that_was_closed(pharmacy, name):
    close_place(by=pharmacy.technician, place_id=open_(pharmacy).pk, because="moved")
    with pytest.raises(Refused, match="There is or was a place called"):
        open_(pharmacy, replace(FAST, name=name))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"area": "x" * 41}, "area"),
        ({"holds": 0}, "holds"),
        ({"holds": 1_000_001}, "holds"),
        ({"outline": Outline(-1, 0, 1, 1)}, "left"),
        ({"outline": Outline(0, FURTHEST + 1, 1, 1)}, "top"),
        ({"outline": Outline(0, 0, 5, 0)}, "width"),
        ({"outline": Outline(0, 0, 0, 5)}, "width"),
    ],
)
def test_a_place_that_cannot_be_is_refused_by_field(change, field):
    assert [problem.field for problem in room_problems(replace(FAST, **change))] == [field]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "x" * 40},
        {"holds": 1},
        {"holds": None},
        {"outline": Outline()},
        {"outline": Outline(FURTHEST, 0, FURTHEST, 1)},
    ],
)
def test_a_place_at_the_limit_is_taken(change):
    assert room_problems(replace(FAST, **change)) == []


def test_every_reason_is_said_at_once(pharmacy):
    with pytest.raises(Refused) as refusal:
        open_(pharmacy, Room("", holds=0), kind=PlaceKind.PATIENT)
    assert fields(refusal) == ["name", "holds", "kind"]


def test_a_new_pharmacy_has_a_fridge_and_no_robot(pharmacy):
    kinds = list(Place.objects.values_list("kind", flat=True))
    assert PlaceKind.ROBOT not in kinds
    assert named(pharmacy, "Fridge").storage == Storage.REFRIGERATOR
    open_places(pharmacy_id=pharmacy.pharmacy.pk)
    assert len(kinds) == Place.objects.count()


# Change


def test_a_renamed_place_keeps_its_units_and_both_names_are_written_down(pharmacy):
    place = open_(pharmacy)
    lot = pharmacy.receive("lisinopril", "10")
    carry(pharmacy, lot, named(pharmacy, "Shelf"), place)
    room = replace(FAST, name="Bay 1", area="Back")
    change_place(by=pharmacy.technician, place_id=place.pk, room=room)
    assert named(pharmacy, "Bay 1").pk == place.pk
    assert Balance.objects.get(place=place).on_hand == 5
    (line,) = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("place", place.pk)])[1:]
    assert line.deed == Deed.PLACE_CHANGED
    said = json.dumps(line.details)
    assert said.index("Fast movers") < said.index("Bay 1")


def test_a_place_may_be_given_its_own_name_again(pharmacy):
    place = open_(pharmacy)
    change_place(by=pharmacy.technician, place_id=place.pk, room=replace(FAST, holds=50))
    assert Place.objects.get(pk=place.pk).holds == 50


@pytest.mark.parametrize(
    "change",
    [
        {"storage": Storage.REFRIGERATOR},
        {"apart": Apart.HAZARDOUS},
        {"programme": Programme.DISCOUNT_340B},
    ],
)
def test_how_a_place_stores_is_changed_only_while_it_is_empty(pharmacy, change):
    place = open_(pharmacy)
    lot = pharmacy.receive("lisinopril", "10")
    shelf = named(pharmacy, "Shelf")
    carry(pharmacy, lot, shelf, place)
    by, room = pharmacy.technician, replace(FAST, **change)
    with pytest.raises(Refused, match="Fast movers holds 1 lots"):
        change_place(by=by, place_id=place.pk, room=room)
    carry(pharmacy, lot, place, shelf, key="back")
    changed = change_place(by=by, place_id=place.pk, room=room)
    assert all(getattr(changed, field) == value for field, value in change.items())


def test_a_place_of_another_pharmacy_is_not_here(pharmacy):
    place = open_(pharmacy)
    stand_in(pharmacy.other.pk)
    with pytest.raises(Refused, match="No such place"):
        change_place(by=pharmacy.stranger, place_id=place.pk, room=FAST)
    with pytest.raises(Refused, match="No such place"):
        close_place(by=pharmacy.stranger, place_id=place.pk, because="gone")


# Close


def test_a_closed_place_takes_nothing_more_by_any_way(pharmacy):
    place = open_(pharmacy)
    by, lot = pharmacy.technician, pharmacy.receive("lisinopril", "10")
    shelf = named(pharmacy, "Shelf")
    close_place(by=by, place_id=place.pk, because="sold the gondola")
    assert deeds(pharmacy, place)[-1] == Deed.PLACE_CLOSED
    with pytest.raises(Refused, match="Fast movers is closed"):
        carry(pharmacy, lot, shelf, place)
    with pytest.raises(Refused, match="Fast movers is closed"), transaction.atomic():
        post(by=by, key="x", lines=[Line(shelf.pk, place.pk, lot.pk, Decimal(1), "x")])
    assert Move.objects.count() == 1


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_a_clerk_or_administrator_closes_no_place(pharmacy, role):
    place = open_(pharmacy)
    with pytest.raises(NotAllowed):
        close_place(by=pharmacy.workers[role], place_id=place.pk, because="x")
    assert Place.objects.get(pk=place.pk).closed_at is None


def test_a_place_that_holds_units_or_is_kept_at_or_is_the_only_one_is_not_closed(pharmacy):
    by, place = pharmacy.technician, open_(pharmacy)
    lot, shelf = pharmacy.receive("lisinopril", "10"), named(pharmacy, "Shelf")
    carry(pharmacy, lot, shelf, place)
    with pytest.raises(Refused, match="holds 1 lots"):
        close_place(by=by, place_id=place.pk, because="x")
    carry(pharmacy, lot, place, shelf, key="back")
    item = ShelfItem.objects.get(package=lot.package)
    ShelfItem.objects.filter(pk=item.pk).update(place=place)
    with pytest.raises(Refused, match="1 shelf items are kept at"):
        close_place(by=by, place_id=place.pk, because="x")
    with pytest.raises(Refused, match="always has its Will-call"):
        close_place(by=by, place_id=named(pharmacy, "Will-call").pk, because="x")
    ShelfItem.objects.filter(pk=item.pk).update(place=shelf)
    with pytest.raises(Refused, match="Say why"):
        close_place(by=by, place_id=place.pk, because=" ")
    assert Place.objects.get(pk=place.pk).closed_at is None


def test_a_place_is_closed_once(pharmacy):
    place = open_(pharmacy)
    close_place(by=pharmacy.technician, place_id=place.pk, because="moved")
    with pytest.raises(Refused, match="Fast movers is closed"):
        close_place(by=pharmacy.technician, place_id=place.pk, because="moved")
    with pytest.raises(Refused, match="Fast movers is closed"):
        change_place(by=pharmacy.technician, place_id=place.pk, room=FAST)


# What is carried and received must be fit for the place


def test_a_cold_drug_is_neither_received_nor_carried_onto_a_warm_shelf(pharmacy):
    by, shelf = pharmacy.technician, named(pharmacy, "Shelf")
    lot = pharmacy.receive("insulin", "30")
    fridge = named(pharmacy, "Fridge")
    assert Balance.objects.get(lot=lot, place=fridge).on_hand == 30
    with pytest.raises(Refused, match=r"kept at 2 to 8 °C \(refrigerator\): Shelf is room"):
        carry(pharmacy, lot, fridge, shelf)
    with pytest.raises(Refused, match="Shelf is room temperature"):
        receive_stock(
            by=by,
            package=lot.package,
            lot_number="N2",
            expires_on=lot.expires_on,
            quantity=Decimal(10),
            place=shelf,
            key="warm",
        )
    assert not Lot.objects.filter(number="N2").exists()
    carry(pharmacy, lot, fridge, named(pharmacy, "Quarantine"), key="spoiled")
    assert Balance.objects.get(lot=lot, place=fridge).on_hand == 25


def test_own_stock_goes_to_340b_by_a_pharmacist_alone(pharmacy):
    lot, shelf = pharmacy.receive("lisinopril", "30"), named(pharmacy, "Shelf")
    apart = open_(pharmacy, Room("340B shelf", programme=Programme.DISCOUNT_340B))
    with pytest.raises(NotAllowed, match="between the pharmacy's own and the 340B programme"):
        carry(pharmacy, lot, shelf, apart)
    carry(pharmacy, lot, shelf, apart, by=pharmacy.pharmacist)
    with pytest.raises(NotAllowed):
        carry(pharmacy, lot, apart, named(pharmacy, "Quarantine"), key="aside")
    move = Move.objects.get(to_place=apart)
    with pytest.raises(NotAllowed):
        reverse_move(by=pharmacy.technician, move_id=move.pk, because="slip", key="r")
    assert Balance.objects.get(lot=lot, place=apart).on_hand == 5
    # What is broken is nobody's stock any more.
    carry(pharmacy, lot, apart, named(pharmacy, "Waste"), quantity="1", key="waste")
    assert Balance.objects.get(lot=lot, place=apart).on_hand == 4
