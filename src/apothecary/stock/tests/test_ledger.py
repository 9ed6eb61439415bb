"""The ledger: what is promised is there, what moves has two sides, nothing is below zero."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from apothecary.journal.writes import Writes
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock import ledger
from apothecary.stock.actions import (
    count_lot,
    move_stock,
    quarantine_lot,
    reverse_move,
    the_place,
)
from apothecary.stock.ledger import Effect, Line
from apothecary.stock.models import Balance, Lot, Move, PlaceKind, Reservation
from apothecary.stock.queries import book_faults

TODAY = date(2026, 11, 23)
FILL = 501


def on_shelf(lot: Lot) -> Balance:
    return Balance.objects.get(lot=lot, place__kind=PlaceKind.SHELF)


def reserve(world, drug: str, quantity: str, *, fill: int = FILL, good_until=TODAY) -> bool:
    return ledger.reserve(
        by=world.technician,
        fill_id=fill,
        package_id=world.drugs[drug].pk,
        quantity=Decimal(quantity),
        good_until=good_until,
    )


def settle(world, effect: Effect, quantity: str, *, fill: int = FILL, key: str = "k") -> int:
    writes = Writes()
    ledger.settle(
        by=world.pharmacist,
        fill_id=fill,
        effect=effect,
        quantity=Decimal(quantity),
        key=f"{key}-{effect}",
        writes=writes,
    )
    (moved,) = ledger.run(writes)
    return int(str(moved))


def test_received_units_come_from_the_supplier_and_the_lot_sums_to_zero(pharmacy):
    lot = pharmacy.receive("lisinopril", "100")
    balances = {b.place.kind: b.on_hand for b in Balance.objects.filter(lot=lot)}
    assert balances == {PlaceKind.SUPPLIER: -100, PlaceKind.SHELF: 100}
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_the_same_receipt_twice_is_posted_once(pharmacy):
    pharmacy.receive("lisinopril", "100")
    lot = pharmacy.receive("lisinopril", "100")
    assert on_shelf(lot).on_hand == 100
    assert Move.objects.count() == 1


def test_the_lot_that_expires_first_is_drawn_first_and_a_fill_may_draw_on_several(pharmacy):
    late = pharmacy.receive("lisinopril", "100", lot="LATE", expires_on=date(2029, 1, 31))
    soon = pharmacy.receive("lisinopril", "20", lot="SOON", expires_on=date(2027, 1, 31))
    assert reserve(pharmacy, "lisinopril", "30")
    drawn = Reservation.objects.order_by("lot__expires_on").values_list("lot", "quantity")
    assert list(drawn) == [(soon.pk, 20), (late.pk, 10)]


def test_more_than_there_is_cannot_be_reserved_and_nothing_is(pharmacy):
    lot = pharmacy.receive("lisinopril", "29")
    assert not reserve(pharmacy, "lisinopril", "30")
    assert on_shelf(lot).reserved == 0
    assert not Reservation.objects.exists()


@pytest.mark.parametrize(
    ("expires_on", "there"),
    [
        (TODAY - timedelta(days=1), False),
        (TODAY, True),
        (TODAY + timedelta(days=1), True),
    ],
)
def test_a_lot_can_be_reserved_until_its_last_day_and_not_after(pharmacy, expires_on, there):
    package = pharmacy.drugs["lisinopril"]
    lot = Lot.objects.create(
        pharmacy=pharmacy.pharmacy, package=package, number="E", expires_on=expires_on
    )
    supplier = the_place(pharmacy.pharmacy.pk, PlaceKind.SUPPLIER)
    shelf = the_place(pharmacy.pharmacy.pk, PlaceKind.SHELF)
    line = Line(supplier.pk, shelf.pk, lot.pk, Decimal(30), "received")
    ledger.post(by=pharmacy.pharmacist, key="r", lines=[line])
    assert reserve(pharmacy, "lisinopril", "30") is there


def test_a_quarantined_lot_cannot_be_reserved_and_gives_back_what_it_had_promised(pharmacy):
    lot = pharmacy.receive("lisinopril", "100")
    assert reserve(pharmacy, "lisinopril", "30")
    quarantine_lot(by=pharmacy.pharmacist, lot_id=lot.pk, because="recall")
    assert on_shelf(lot).reserved == 0
    assert not reserve(pharmacy, "lisinopril", "30")


def test_a_quarantined_lot_cannot_leave_for_a_patient_even_when_posted_by_hand(pharmacy):
    lot = pharmacy.receive("lisinopril", "100")
    quarantine_lot(by=pharmacy.pharmacist, lot_id=lot.pk, because="recall")
    shelf = the_place(pharmacy.pharmacy.pk, PlaceKind.SHELF)
    patient = the_place(pharmacy.pharmacy.pk, PlaceKind.PATIENT)
    line = Line(shelf.pk, patient.pk, lot.pk, Decimal(1), "sold")
    with pytest.raises(Refused, match="quarantined"), transaction.atomic():
        ledger.post(by=pharmacy.pharmacist, key="x", lines=[line])
    assert on_shelf(lot).on_hand == 100


def test_an_expired_lot_cannot_be_sold_out_of_will_call(pharmacy):
    lot = pharmacy.receive("lisinopril", "30", expires_on=TODAY)
    assert reserve(pharmacy, "lisinopril", "30")
    settle(pharmacy, Effect.POST, "30")
    tomorrow = pharmacy.pharmacist.at_time(
        pharmacy.pharmacist.at + timedelta(days=1), TODAY + timedelta(days=1)
    )
    sale = Writes()
    ledger.settle(
        by=tomorrow,
        fill_id=FILL,
        effect=Effect.SELL,
        quantity=Decimal(30),
        key="s",
        writes=sale,
    )
    with pytest.raises(Refused, match="expired"), transaction.atomic():
        ledger.run(sale)
    assert Balance.objects.get(lot=lot, place__kind=PlaceKind.WILL_CALL).on_hand == 30


def test_a_fill_walks_from_the_shelf_through_will_call_to_the_patient(pharmacy):
    lot = pharmacy.receive("lisinopril", "100")
    reserve(pharmacy, "lisinopril", "30")
    assert settle(pharmacy, Effect.POST, "30") == 1
    assert settle(pharmacy, Effect.SELL, "30") == 1
    balances = {b.place.kind: b.on_hand for b in Balance.objects.filter(lot=lot)}
    assert balances[PlaceKind.SHELF] == 70
    assert balances[PlaceKind.WILL_CALL] == 0
    assert balances[PlaceKind.PATIENT] == 30
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_posting_a_fill_twice_with_one_key_moves_its_units_once(pharmacy):
    lot = pharmacy.receive("lisinopril", "100")
    reserve(pharmacy, "lisinopril", "30")
    assert settle(pharmacy, Effect.POST, "30") == 1
    assert settle(pharmacy, Effect.POST, "30") == 0
    assert on_shelf(lot).on_hand == 70


def test_posting_a_fill_twice_with_two_keys_is_refused(pharmacy):
    pharmacy.receive("lisinopril", "100")
    reserve(pharmacy, "lisinopril", "30")
    settle(pharmacy, Effect.POST, "30", key="a")
    with pytest.raises(Refused, match="do not agree"), transaction.atomic():
        settle(pharmacy, Effect.POST, "30", key="b")


def test_a_returned_fill_is_back_on_its_shelf_and_names_the_moves_it_reverses(pharmacy):
    lot = pharmacy.receive("lisinopril", "100")
    reserve(pharmacy, "lisinopril", "30")
    settle(pharmacy, Effect.POST, "30")
    assert settle(pharmacy, Effect.RETURN, "30") == 1
    assert on_shelf(lot).on_hand == 100
    back = Move.objects.get(reason="returned to stock")
    assert back.reverses is not None
    assert back.reverses.reason == "filled"
    with pytest.raises(Refused, match="do not agree"), transaction.atomic():
        settle(pharmacy, Effect.RETURN, "30", key="again")
    with pytest.raises(Refused, match="do not agree"), transaction.atomic():
        settle(pharmacy, Effect.SELL, "30", key="after")


def test_units_promised_to_a_fill_cannot_be_moved_away_under_it(pharmacy):
    lot = pharmacy.receive("lisinopril", "40")
    reserve(pharmacy, "lisinopril", "30")
    shelf = the_place(pharmacy.pharmacy.pk, PlaceKind.SHELF)
    waste = the_place(pharmacy.pharmacy.pk, PlaceKind.WASTE)

    def throw_away(quantity: str) -> None:
        move_stock(
            by=pharmacy.technician,
            lot_id=lot.pk,
            from_place=shelf.pk,
            to_place=waste.pk,
            quantity=Decimal(quantity),
            because="broken",
            key=quantity,
        )

    with pytest.raises(Refused, match="not promised"), transaction.atomic():
        throw_away("11")
    throw_away("10")
    assert on_shelf(lot).on_hand == 30


@pytest.mark.parametrize("quantity", ["0", "-5"])
def test_a_quantity_of_nothing_or_less_moves_nothing(pharmacy, quantity):
    lot = pharmacy.receive("lisinopril", "40")
    shelf = the_place(pharmacy.pharmacy.pk, PlaceKind.SHELF)
    waste = the_place(pharmacy.pharmacy.pk, PlaceKind.WASTE)
    line = Line(shelf.pk, waste.pk, lot.pk, Decimal(quantity), "waste")
    with pytest.raises(Refused, match="above zero"), transaction.atomic():
        ledger.post(by=pharmacy.technician, key="n", lines=[line])
    assert on_shelf(lot).on_hand == 40


def test_a_move_between_pharmacies_does_not_exist(pharmacy):
    lot = pharmacy.receive("lisinopril", "40")
    shelf = the_place(pharmacy.pharmacy.pk, PlaceKind.SHELF)
    nowhere = 10**9
    line = Line(shelf.pk, nowhere, lot.pk, Decimal(1), "gift")
    with pytest.raises(Refused, match="not of this pharmacy"), transaction.atomic():
        ledger.post(by=pharmacy.technician, key="n", lines=[line])


def test_moves_and_postings_can_neither_be_changed_nor_deleted(pharmacy):
    pharmacy.receive("lisinopril", "40")
    for statement in (
        "UPDATE stock_move SET quantity = 1",
        "DELETE FROM stock_move",
        "TRUNCATE stock_move CASCADE",
        "UPDATE stock_posting SET key = 'x'",
        "DELETE FROM stock_posting",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Move.objects.get().quantity == 40


def test_a_count_that_differs_is_a_signed_move_against_over_short(pharmacy):
    lot = pharmacy.receive("lisinopril", "40")
    shelf = the_place(pharmacy.pharmacy.pk, PlaceKind.SHELF)
    said = count_lot(
        by=pharmacy.technician,
        lot_id=lot.pk,
        place_id=shelf.pk,
        counted=Decimal(38),
        because="two broken in the bottle",
        key="c1",
    )
    assert said == -2
    assert on_shelf(lot).on_hand == 38
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_a_count_that_differs_without_a_reason_is_refused(pharmacy):
    lot = pharmacy.receive("lisinopril", "40")
    shelf = the_place(pharmacy.pharmacy.pk, PlaceKind.SHELF)
    with pytest.raises(Refused, match="say why"):
        count_lot(
            by=pharmacy.technician,
            lot_id=lot.pk,
            place_id=shelf.pk,
            counted=Decimal(38),
            because=" ",
            key="c1",
        )


def test_a_technician_may_not_correct_controlled_stock(pharmacy):
    lot = pharmacy.receive("oxycodone", "40")
    shelf = the_place(pharmacy.pharmacy.pk, PlaceKind.SHELF)
    with pytest.raises(NotAllowed):
        count_lot(
            by=pharmacy.technician,
            lot_id=lot.pk,
            place_id=shelf.pk,
            counted=Decimal(38),
            because="missing",
            key="c1",
        )
    assert on_shelf(lot).on_hand == 40


def test_a_reversed_move_cannot_be_reversed_again(pharmacy):
    lot = pharmacy.receive("lisinopril", "40")
    received = Move.objects.get(lot=lot)
    reverse_move(by=pharmacy.pharmacist, move_id=received.pk, because="typed twice", key="v1")
    assert on_shelf(lot).on_hand == 0
    with pytest.raises(Refused), transaction.atomic():
        reverse_move(by=pharmacy.pharmacist, move_id=received.pk, because="again", key="v2")


def test_an_administrator_touches_no_stock(pharmacy):
    lot = pharmacy.receive("lisinopril", "40")
    with pytest.raises(NotAllowed):
        quarantine_lot(
            by=pharmacy.workers[Role.ADMINISTRATOR], lot_id=lot.pk, because="because I can"
        )
    assert Lot.objects.get(pk=lot.pk).state == "available"


def test_books_that_were_tampered_with_are_named(pharmacy):
    lot = pharmacy.receive("lisinopril", "40")
    Balance.objects.filter(lot=lot, place__kind=PlaceKind.SHELF).update(on_hand=41)
    faults = book_faults(pharmacy_id=pharmacy.pharmacy.pk)
    assert any("balance 41.000, moves 40.000" in fault for fault in faults)
    assert any("sums to 1.000" in fault for fault in faults)
