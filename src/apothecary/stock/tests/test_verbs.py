"""Receive, quarantine, release, count, carry, correct: works, wrong role, refused, twice."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from apothecary.config.tests.world_days import TODAY
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed
from apothecary.stock import ledger
from apothecary.stock.actions import (
    count_lot,
    move_stock,
    open_places,
    quarantine_lot,
    receive_stock,
    release_lot,
    reverse_move,
    the_place,
)
from apothecary.stock.ledger import Line
from apothecary.stock.models import Balance, Lot, LotState, Move, Place, PlaceKind
from apothecary.stock.queries import book_faults, free_units, moves_of_fill

NOWHERE = 10**9


def shelf_of(world) -> Place:
    return the_place(world.pharmacy.pk, PlaceKind.SHELF)


def waste_of(world) -> Place:
    return the_place(world.pharmacy.pk, PlaceKind.WASTE)


def on_shelf(lot: Lot) -> Decimal:
    return Balance.objects.get(lot=lot, place__kind=PlaceKind.SHELF).on_hand


def deeds(world, lot: Lot) -> list[str]:
    lines = history(pharmacy_id=world.pharmacy.pk, about=[("lot", lot.pk)])
    return [line.deed for line in lines]


def receive(world, *, by=None, lot="N1", quantity="10", expires_on=None, key="r1") -> Lot:
    return receive_stock(
        by=by or world.technician,
        package=world.drugs["lisinopril"],
        lot_number=lot,
        expires_on=expires_on or date(2028, 1, 31),
        quantity=Decimal(quantity),
        place=shelf_of(world),
        key=key,
    )


def count(world, lot: Lot, counted: str, *, by=None, because="", key="c1") -> Decimal:
    return count_lot(
        by=by or world.technician,
        lot_id=lot.pk,
        place_id=shelf_of(world).pk,
        counted=Decimal(counted),
        because=because,
        key=key,
    )


def carry(world, lot, quantity, *, by=None, to=None, start=None, key="m1", because="dropped"):
    move_stock(
        by=by or world.technician,
        lot_id=lot.pk,
        from_place=(start or shelf_of(world)).pk,
        to_place=(to or waste_of(world)).pk,
        quantity=Decimal(quantity),
        because=because,
        key=key,
    )


# Receive


def test_a_receipt_is_written_down_with_its_lot(pharmacy):
    lot = receive(pharmacy)
    assert on_shelf(lot) == 10
    assert deeds(pharmacy, lot) == [Deed.STOCK_RECEIVED]


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_a_clerk_or_administrator_receives_nothing(pharmacy, role):
    with pytest.raises(NotAllowed):
        receive(pharmacy, by=pharmacy.workers[role])
    assert not Lot.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lot": "  "}, "lot_number"),
        ({"expires_on": TODAY - timedelta(days=1)}, "expires_on"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "1000000.001"}, "quantity"),
    ],
)
def test_a_receipt_that_cannot_be_believed_names_its_field(pharmacy, change, field):
    with pytest.raises(Refused) as refusal:
        receive(pharmacy, **change)
    assert [problem.field for problem in refusal.value.problems] == [field]
    assert not Move.objects.exists()


@pytest.mark.parametrize("days", [0, 1])
def test_a_lot_may_be_received_on_its_last_day(pharmacy, days):
    lot = receive(pharmacy, expires_on=TODAY + timedelta(days=days))
    assert on_shelf(lot) == 10


def test_the_same_delivery_line_twice_is_one_receipt(pharmacy):
    lot = receive(pharmacy)
    receive(pharmacy)
    assert on_shelf(lot) == 10
    assert deeds(pharmacy, lot) == [Deed.STOCK_RECEIVED]


def test_two_deliveries_of_one_lot_add_up(pharmacy):
    receive(pharmacy)
    lot = receive(pharmacy, key="r2", quantity="5")
    assert on_shelf(lot) == 15
    assert Lot.objects.count() == 1


def test_the_same_number_with_another_expiry_is_another_lot(pharmacy):
    receive(pharmacy)
    receive(pharmacy, key="r2", expires_on=date(2029, 1, 31))
    assert Lot.objects.count() == 2


# Quarantine and release


def test_a_quarantined_lot_can_be_released_by_a_pharmacist_alone(pharmacy):
    lot = receive(pharmacy)
    quarantine_lot(by=pharmacy.technician, lot_id=lot.pk, because="recall")
    with pytest.raises(NotAllowed):
        release_lot(by=pharmacy.technician, lot_id=lot.pk, because="looks fine")
    assert Lot.objects.get(pk=lot.pk).state == LotState.QUARANTINED
    release_lot(by=pharmacy.pharmacist, lot_id=lot.pk, because="not our lot")
    assert Lot.objects.get(pk=lot.pk).state == LotState.AVAILABLE
    assert deeds(pharmacy, lot)[-2:] == [Deed.LOT_QUARANTINED, Deed.LOT_RELEASED]


def test_a_quarantine_needs_its_reason(pharmacy):
    lot = receive(pharmacy)
    with pytest.raises(Refused, match="why"):
        quarantine_lot(by=pharmacy.technician, lot_id=lot.pk, because=" ")
    assert Lot.objects.get(pk=lot.pk).state == LotState.AVAILABLE


@pytest.mark.parametrize("act", [quarantine_lot, release_lot])
def test_a_lot_that_is_not_here_cannot_be_quarantined_or_released(pharmacy, act):
    with pytest.raises(Refused, match="No such lot"):
        act(by=pharmacy.pharmacist, lot_id=NOWHERE, because="recall")


def test_a_stranger_does_not_reach_our_lot(pharmacy):
    lot = receive(pharmacy)
    stand_in(pharmacy.other.pk)
    with pytest.raises(Refused, match="No such lot"):
        quarantine_lot(by=pharmacy.stranger, lot_id=lot.pk, because="recall")
    stand_in(pharmacy.pharmacy.pk)
    assert Lot.objects.get(pk=lot.pk).state == LotState.AVAILABLE


# Count


def test_a_count_that_agrees_is_written_down_and_moves_nothing(pharmacy):
    lot = receive(pharmacy)
    assert count(pharmacy, lot, "10") == 0
    assert deeds(pharmacy, lot)[-1] == Deed.STOCK_COUNTED
    assert Move.objects.count() == 1


@pytest.mark.parametrize(("counted", "difference"), [("102", 2), ("97", -3), ("95", -5)])
def test_a_count_that_differs_moves_the_difference(pharmacy, counted, difference):
    lot = receive(pharmacy, quantity="100")
    assert count(pharmacy, lot, counted, because="recounted twice") == difference
    assert on_shelf(lot) == Decimal(counted)
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


@pytest.mark.parametrize("counted", ["-1", "1000001"])
def test_an_impossible_count_is_refused(pharmacy, counted):
    lot = receive(pharmacy)
    with pytest.raises(Refused, match="not possible"):
        count(pharmacy, lot, counted, because="typed")
    assert on_shelf(lot) == 10


def test_a_count_below_what_is_promised_is_refused(pharmacy):
    lot = receive(pharmacy, quantity="100")
    ledger.reserve(
        by=pharmacy.technician,
        fill_id=1,
        package_id=lot.package_id,
        quantity=Decimal(98),
        good_until=TODAY,
    )
    with pytest.raises(Refused, match="not promised"), transaction.atomic():
        count(pharmacy, lot, "97", because="recounted")
    assert on_shelf(lot) == 100


def test_a_lot_that_was_never_in_the_place_cannot_be_counted_there(pharmacy):
    lot = receive(pharmacy)
    with pytest.raises(Refused, match="No such lot in that place"):
        count_lot(
            by=pharmacy.technician,
            lot_id=lot.pk,
            place_id=waste_of(pharmacy).pk,
            counted=Decimal(1),
            because="found",
            key="c",
        )


# Carry


def test_units_are_carried_and_written_down_once_per_key(pharmacy):
    lot = receive(pharmacy)
    carry(pharmacy, lot, "4")
    carry(pharmacy, lot, "4")
    assert on_shelf(lot) == 6
    assert deeds(pharmacy, lot).count(Deed.STOCK_MOVED) == 1


@pytest.mark.parametrize("kind", [PlaceKind.WILL_CALL, PlaceKind.PATIENT])
def test_nobody_carries_units_into_will_call_or_to_a_patient_by_hand(pharmacy, kind):
    lot = receive(pharmacy)
    with pytest.raises(Refused, match="Only a fill"):
        carry(pharmacy, lot, "1", to=the_place(pharmacy.pharmacy.pk, kind))
    with pytest.raises(Refused, match="Only a fill"):
        carry(pharmacy, lot, "1", start=the_place(pharmacy.pharmacy.pk, kind))
    assert on_shelf(lot) == 10


def test_more_than_is_there_cannot_be_carried(pharmacy):
    lot = receive(pharmacy)
    with pytest.raises(Refused, match="not enough"), transaction.atomic():
        carry(pharmacy, lot, "10.001")
    assert on_shelf(lot) == 10


def test_a_place_of_the_other_pharmacy_is_no_place_of_ours(pharmacy):
    lot = receive(pharmacy)
    stand_in(pharmacy.other.pk)
    theirs = the_place(pharmacy.other.pk, PlaceKind.SHELF)
    stand_in(pharmacy.pharmacy.pk)
    with pytest.raises(Refused, match="not of this pharmacy"), transaction.atomic():
        carry(pharmacy, lot, "1", to=theirs)


# Correct


def test_a_correction_names_the_move_it_reverses(pharmacy):
    lot = receive(pharmacy)
    received = Move.objects.get(lot=lot)
    reverse_move(by=pharmacy.technician, move_id=received.pk, because="typed twice", key="v")
    back = Move.objects.get(reverses=received)
    assert (back.from_place_id, back.to_place_id) == (
        received.to_place_id,
        received.from_place_id,
    )
    assert back.reason == "reversed: typed twice"
    assert deeds(pharmacy, lot)[-1] == Deed.STOCK_CORRECTED


def test_the_move_of_a_fill_goes_back_only_with_its_fill(pharmacy):
    lot = receive(pharmacy)
    line = Line(shelf_of(pharmacy).pk, waste_of(pharmacy).pk, lot.pk, Decimal(1), "x", fill=9)
    ledger.post(by=pharmacy.technician, key="f", lines=[line])
    move = moves_of_fill(pharmacy_id=pharmacy.pharmacy.pk, fill_id=9).get()
    with pytest.raises(Refused, match="with its fill"):
        reverse_move(by=pharmacy.pharmacist, move_id=move.pk, because="no", key="v")


def test_a_move_that_is_not_here_cannot_be_reversed(pharmacy):
    with pytest.raises(Refused, match="No such move"):
        reverse_move(by=pharmacy.pharmacist, move_id=NOWHERE, because="no", key="v")


# The ledger's own refusals


def test_an_act_without_moves_is_refused(pharmacy):
    with pytest.raises(Refused, match="moves nothing"), transaction.atomic():
        ledger.post(by=pharmacy.technician, key="empty", lines=[])


def test_one_bad_line_takes_the_whole_act_back(pharmacy):
    lot = receive(pharmacy)
    good = Line(shelf_of(pharmacy).pk, waste_of(pharmacy).pk, lot.pk, Decimal(1), "broken")
    bad = Line(shelf_of(pharmacy).pk, waste_of(pharmacy).pk, lot.pk, Decimal(10), "broken")
    with pytest.raises(Refused, match="not enough"), transaction.atomic():
        ledger.post(by=pharmacy.technician, key="two", lines=[good, bad])
    assert on_shelf(lot) == 10
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


@pytest.mark.parametrize("quantity", ["0", "-30"])
def test_nothing_or_less_cannot_be_reserved(pharmacy, quantity):
    lot = receive(pharmacy)
    with pytest.raises(Refused, match="above zero"), transaction.atomic():
        ledger.reserve(
            by=pharmacy.technician,
            fill_id=1,
            package_id=lot.package_id,
            quantity=Decimal(quantity),
            good_until=TODAY,
        )


@pytest.mark.django_db
def test_a_fault_of_the_database_is_not_taken_for_a_refusal():
    with pytest.raises(DatabaseError), transaction.atomic(), ledger.refusing():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")


def test_reserving_again_gives_the_first_reservation_back(pharmacy):
    lot = receive(pharmacy)
    for quantity in ("8", "9"):
        assert ledger.reserve(
            by=pharmacy.technician,
            fill_id=1,
            package_id=lot.package_id,
            quantity=Decimal(quantity),
            good_until=TODAY,
        )
    balance = Balance.objects.get(lot=lot, place__kind=PlaceKind.SHELF)
    assert balance.reserved == 9


def test_a_lot_that_was_asked_for_is_drawn_before_one_that_expires_sooner(pharmacy):
    soon = receive(pharmacy, lot="SOON", expires_on=date(2027, 1, 31))
    late = receive(pharmacy, lot="LATE", key="r2")
    ledger.reserve(
        by=pharmacy.technician,
        fill_id=1,
        package_id=late.package_id,
        quantity=Decimal(12),
        good_until=TODAY,
        first_lot=late.pk,
    )
    reserved = {
        balance.lot_id: balance.reserved
        for balance in Balance.objects.filter(place__kind=PlaceKind.SHELF)
    }
    assert reserved == {late.pk: 10, soon.pk: 2}


@pytest.mark.parametrize(("days", "free"), [(0, 10), (29, 10), (30, 10), (31, 0)])
def test_what_expires_before_the_supply_ends_is_not_free(pharmacy, days, free):
    lot = receive(pharmacy, expires_on=TODAY + timedelta(days=30))
    there = free_units(
        pharmacy_id=pharmacy.pharmacy.pk,
        package_id=lot.package_id,
        good_until=TODAY + timedelta(days=days),
    )
    assert there == free


def test_a_pharmacy_has_every_kind_of_place_and_opening_again_adds_none(pharmacy):
    before = Place.objects.count()
    open_places(pharmacy_id=pharmacy.pharmacy.pk)
    assert Place.objects.count() == before
    kinds = set(Place.objects.values_list("kind", flat=True))
    assert kinds == {kind.value for kind in PlaceKind} - {PlaceKind.ROBOT.value}


def test_a_pharmacy_without_a_place_says_which(pharmacy):
    with pytest.raises(Refused, match="no vault"):
        the_place(NOWHERE, PlaceKind.VAULT)
