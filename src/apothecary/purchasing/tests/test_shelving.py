"""Packages put away where they may stand, and deliveries begun and closed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.law.problem import Refused
from apothecary.purchasing.matching.models import Difference
from apothecary.purchasing.ordering.models import Order
from apothecary.purchasing.receiving.corrections import take_back
from apothecary.purchasing.receiving.delivery import (
    close_receipt,
    scan_tote,
    start_receipt,
    take_temperature,
)
from apothecary.purchasing.receiving.models import Receipt
from apothecary.purchasing.receiving.shelving import (
    place_scanned,
    put_away_lot,
    waiting_to_put_away,
    where_to,
)
from apothecary.purchasing.states import OrderState
from apothecary.stock.actions import the_place
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.levels.models import Expected
from apothecary.stock.models import Balance, Lot, Place
from apothecary.stock.queries import book_faults

NOWHERE = 10**9


@pytest.fixture
def order(yard) -> Order:
    """Three bottles of lisinopril on their way."""
    return yard.sent(lisinopril=3)


@pytest.fixture
def receipt(yard, order) -> Receipt:
    return yard.begun(order)


def at(yard, kind: PlaceKind) -> Decimal:
    """Units that stand in a place."""
    place = the_place(yard.world.pharmacy.pk, kind)
    rows = Balance.objects.filter(place=place)
    return sum((row.on_hand for row in rows), Decimal(0))


def sound(yard) -> bool:
    return book_faults(pharmacy_id=yard.world.pharmacy.pk) == []


def refused(act) -> set[str]:
    """The codes an act is refused with."""
    with pytest.raises(Refused) as refusal:
        act()
    return {problem.code for problem in refusal.value.problems}


@pytest.fixture
def cold(yard) -> Receipt:
    """A delivery with one item that is kept cold and one that is not."""
    product = yard.world.drugs["amoxicillin-liquid"].product
    product.storage = "refrigerator"
    product.save()
    order = yard.sent(amoxicillin_liquid=1, lisinopril=1)
    notice = yard.announced(order, ("amoxicillin-liquid", 1, "C1"), ("lisinopril", 1, "L7"))
    return start_receipt(by=yard.by, notice_id=notice.pk)


# Put away


def test_what_is_put_away_is_free_and_no_longer_expected(yard, receipt):
    yard.takes_in(receipt, yard.came(packages=2))
    assert Expected.objects.get().quantity == 300
    (one,) = waiting_to_put_away(pharmacy_id=yard.world.pharmacy.pk)
    where = where_to(pharmacy_id=yard.world.pharmacy.pk, one=one)
    assert where is not None
    assert where.hint == "nothing of it stands there"
    key = {"by": yard.by, "lot_id": one.lot_id, "place_id": where.place_id, "key": "k"}
    assert put_away_lot(**key) == 2
    assert (at(yard, PlaceKind.RECEIVING), at(yard, PlaceKind.SHELF)) == (0, 200)
    assert Expected.objects.get().quantity == 100
    assert refused(lambda: put_away_lot(**key)) == {"nothing-there"}
    assert sound(yard)


def test_the_refrigerated_are_not_put_on_a_room_shelf(yard, cold):
    take_temperature(by=yard.by, receipt_id=cold.pk, temperature_c=Decimal(4))
    row = yard.takes_in(cold, yard.came("amoxicillin-liquid", lot="C1"))
    shelf = the_place(yard.world.pharmacy.pk, PlaceKind.SHELF)
    act = lambda: put_away_lot(  # noqa: E731
        by=yard.by, lot_id=row.lot_id, place_id=shelf.pk, key="k"
    )
    assert "wrong-storage" in refused(act)
    fridge = Place.objects.create(
        pharmacy=yard.world.pharmacy, kind="shelf", name="Cold room", storage="refrigerator"
    )
    there = place_scanned(by=yard.by, code=f"PLACE{fridge.pk}")
    assert put_away_lot(by=yard.by, lot_id=row.lot_id, place_id=there.pk, key="k2") == 1


@pytest.mark.parametrize("kind", [PlaceKind.WASTE, PlaceKind.QUARANTINE, PlaceKind.WILL_CALL])
def test_nothing_is_put_away_where_no_fill_is_drawn_from(yard, receipt, kind):
    row = yard.takes_in(receipt, yard.came())
    place = the_place(yard.world.pharmacy.pk, kind)
    act = lambda: put_away_lot(  # noqa: E731
        by=yard.by, lot_id=row.lot_id, place_id=place.pk, key="k"
    )
    assert refused(act) == {"wrong-place"}


@pytest.mark.parametrize("code", ["", "PLACE", "PLACE999999999999999999", "Nowhere"])
def test_a_place_that_is_none_is_refused_by_its_code(yard, code):
    assert refused(lambda: place_scanned(by=yard.by, code=code)) == {"no-place"}


def test_what_is_put_away_is_not_taken_back_at_the_door(yard, receipt):
    row = yard.takes_in(receipt, yard.came())
    shelf = the_place(yard.world.pharmacy.pk, PlaceKind.SHELF)
    put_away_lot(by=yard.by, lot_id=row.lot_id, place_id=shelf.pk, key="k")
    act = lambda: take_back(by=yard.by, received_id=row.pk, because="x")  # noqa: E731
    assert refused(act) == {"put-away"}


# Deliveries


def test_a_totes_label_begins_its_delivery_and_goes_on_with_it(yard, order):
    yard.announced(order, ("lisinopril", 3, "L7"))
    first = scan_tote(by=yard.by, sscc="006141410000000012")
    assert scan_tote(by=yard.by, sscc="006141410000000012") == first
    act = lambda: scan_tote(by=yard.by, sscc="006141410000000025")  # noqa: E731
    assert refused(act) == {"unknown-tote"}


def test_what_was_announced_and_did_not_come_is_short_when_the_totes_are_empty(yard, order):
    notice = yard.announced(order, ("lisinopril", 3, "L7"))
    receipt = start_receipt(by=yard.by, notice_id=notice.pk)
    yard.takes_in(receipt, yard.came(serial="A1"))
    close_receipt(by=yard.by, receipt_id=receipt.pk)
    short = Difference.objects.get()
    assert (short.kind, short.packages, short.usd) == ("short", 2, Decimal("4.22"))
    assert refused(lambda: close_receipt(by=yard.by, receipt_id=receipt.pk)) == {
        "receipt-closed"
    }


@pytest.mark.parametrize("state", [OrderState.DRAFT, OrderState.CANCELLED, OrderState.CLOSED])
def test_nothing_is_received_for_an_order_that_is_not_under_way(yard, order, state):
    Order.objects.update(state=state.value)
    assert refused(lambda: yard.begun(order)) == {"order-state"}


def test_a_shelf_life_of_ninety_days_is_enough(yard, receipt):
    came = yard.came(expires_on=yard.by.today + timedelta(days=90))
    assert yard.takes_in(receipt, came).is_good
    assert Lot.objects.count() == 1
