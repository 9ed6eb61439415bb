"""Several people at one lot, line or place at once: each act is done once, the books hold."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connection

from apothecary.config.tests.world import World
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.stock.actions import (
    count_lot,
    move_stock,
    quarantine_lot,
    release_lot,
    reverse_move,
)
from apothecary.stock.counting.actions import close_sheet, enter_count, settle_line, start_count
from apothecary.stock.counting.models import CountLine, CountSheet, Scope
from apothecary.stock.counting.queries import Pick
from apothecary.stock.counting.rules import Why
from apothecary.stock.expiring.actions import pull_outdate
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Balance, Lot, Move, Place
from apothecary.stock.queries import book_faults

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 4
DONE = "done"


@pytest.fixture
def lot(town: World) -> Lot:
    return town.receive("lisinopril", "100")


def place(town: World, kind: PlaceKind) -> Place:
    return Place.objects.get(pharmacy=town.pharmacy, kind=kind)


def shelf(town: World) -> Place:
    return Place.objects.get(pharmacy=town.pharmacy, name="Shelf")


def at(where: Place, lot: Lot) -> Decimal:
    rows = Balance.objects.filter(place=where, lot=lot)
    return sum((row.on_hand for row in rows), Decimal(0))


def together(town: World, acts: Sequence[Callable[[], object]]) -> list[str]:
    """What each gets who presses the key at one moment; the books are sound afterwards."""
    found: list[str] = []
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> None:
        stand_in(town.pharmacy.pk)
        start.wait(timeout=10)
        try:
            act()
            found.append(DONE)
        except Refused as refusal:
            found.append(refusal.problems[0].code)
        finally:
            connection.close()

    threads = [Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert book_faults(pharmacy_id=town.pharmacy.pk) == []
    assert len(found) == len(acts)
    return found


def carry(town: World, lot: Lot, units: int, key: str) -> Callable[[], object]:
    return partial(
        move_stock,
        by=town.technician,
        lot_id=lot.pk,
        from_place=shelf(town).pk,
        to_place=place(town, PlaceKind.VAULT).pk,
        quantity=Decimal(units),
        because="carried",
        key=key,
    )


def test_of_a_hundred_units_no_more_than_a_hundred_are_carried(town, lot):
    found = together(town, [carry(town, lot, 40, f"k{n}") for n in range(PEOPLE)])
    assert found.count(DONE) == 2
    assert at(shelf(town), lot) == 20
    assert at(place(town, PlaceKind.VAULT), lot) == 80


def test_one_carry_sent_by_a_bad_line_several_times_is_one(town, lot):
    found = together(town, [carry(town, lot, 40, "same")] * PEOPLE)
    assert found == [DONE] * PEOPLE
    assert at(shelf(town), lot) == 60


def test_a_move_is_taken_back_once(town, lot):
    carry(town, lot, 40, "k")()
    move = Move.objects.filter(reason__startswith="carried").get()
    acts = [
        partial(reverse_move, by=town.technician, move_id=move.pk, because="slip", key=f"r{n}")
        for n in range(PEOPLE)
    ]
    assert together(town, acts).count(DONE) == 1
    assert at(shelf(town), lot) == 100


def test_a_lot_is_quarantined_once_and_released_once(town, lot):
    hold = partial(quarantine_lot, by=town.technician, lot_id=lot.pk, because="torn seal")
    assert together(town, [hold] * PEOPLE).count(DONE) == 1
    free = partial(release_lot, by=town.pharmacist, lot_id=lot.pk, because="looked at")
    assert together(town, [free] * PEOPLE).count(DONE) == 1
    lot.refresh_from_db()
    assert lot.state == "available"


def test_a_count_of_several_under_one_key_moves_its_difference_once(town, lot):
    count = partial(
        count_lot,
        by=town.technician,
        lot_id=lot.pk,
        place_id=shelf(town).pk,
        counted=Decimal(99),
        because="counted",
        key="c",
    )
    assert together(town, [count] * PEOPLE) == [DONE] * PEOPLE
    assert at(shelf(town), lot) == 99


def test_counted_and_carried_at_once_the_difference_is_that_of_one_order_of_events(town, lot):
    count = partial(
        count_lot,
        by=town.technician,
        lot_id=lot.pk,
        place_id=shelf(town).pk,
        counted=Decimal(100),
        because="counted",
        key="c",
    )
    together(town, [count, carry(town, lot, 1, "k")])
    # Counted first, it agreed and one went; carried first, the one too many stands there.
    assert at(shelf(town), lot) in {99, 100}
    assert at(place(town, PlaceKind.VAULT), lot) == 1


def sheet(town: World) -> CountSheet:
    return start_count(
        by=town.technician,
        pick=Pick(Scope.PLACE, str(shelf(town).pk)),
        counter_id=town.technician.person_id,
    )


def test_a_line_of_a_sheet_is_counted_once(town, lot):
    line = sheet(town).lines.get()
    enter = partial(enter_count, by=town.technician, line_id=line.pk, counted=Decimal(100))
    assert together(town, [enter] * PEOPLE).count(DONE) == 1
    assert at(shelf(town), lot) == 100


def test_a_difference_is_settled_once(town, lot):
    line = sheet(town).lines.get()
    enter_count(by=town.technician, line_id=line.pk, counted=Decimal(40))
    second = town.workers[Role.CERTIFIED]
    enter_count(by=second, line_id=line.pk, counted=Decimal(40))
    settle = partial(
        settle_line, by=town.technician, line_id=line.pk, reason=Why.MISCOUNT, note="a slip"
    )
    assert together(town, [settle] * PEOPLE).count(DONE) == 1
    assert at(shelf(town), lot) == 40
    assert CountLine.objects.get().state == "settled"


def test_a_sheet_is_closed_once(town, lot):
    row = sheet(town)
    close = partial(close_sheet, by=town.technician, sheet_id=row.pk, because="no time")
    assert together(town, [close] * PEOPLE).count(DONE) == 1


def test_an_outdate_is_pulled_once_however_many_scan_it(town, lot):
    ends = town.technician.today
    Lot.objects.filter(pk=lot.pk).update(expires_on=ends)
    acts = [
        partial(
            pull_outdate,
            by=town.technician,
            place_id=shelf(town).pk,
            lot_id=lot.pk,
            key=f"p{n}",
        )
        for n in range(PEOPLE)
    ]
    assert together(town, acts).count(DONE) == 1
    assert at(shelf(town), lot) == 0
    assert at(place(town, PlaceKind.QUARANTINE), lot) == 100
