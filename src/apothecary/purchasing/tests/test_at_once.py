"""Two people at one delivery at once: one package is received once, no line beyond its room."""

from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connection

from apothecary.law.problem import Refused
from apothecary.purchasing.receiving.models import Receipt, ReceivedPackage
from apothecary.purchasing.receiving.shelving import put_away_lot
from apothecary.purchasing.tests.yard import Yard, yard_of
from apothecary.staff.signon import stand_in
from apothecary.stock.actions import the_place
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Balance
from apothecary.stock.queries import book_faults

PEOPLE = 4


def scans(yard: Yard, *at: Receipt, serials: list[str]) -> list[Callable[[], object]]:
    """One scan each, at the deliveries in turn."""
    return [
        partial(yard.takes_in, at[number % len(at)], yard.came(serial=serial))
        for number, serial in enumerate(serials)
    ]


def together(yard: Yard, acts: list[Callable[[], object]]) -> list[str]:
    """What each of several people gets who press the key at one moment."""
    found: list[str] = []
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> None:
        stand_in(yard.world.pharmacy.pk)
        start.wait(timeout=10)
        try:
            act()
            found.append("done")
        except Refused as refusal:
            found.append(refusal.problems[0].code)
        finally:
            connection.close()

    threads = [Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(found)


@pytest.mark.django_db(transaction=True)
def test_the_same_package_scanned_by_several_people_is_received_once(town):
    yard = yard_of(town)
    receipt = yard.begun(yard.sent(lisinopril=9))
    acts = scans(yard, receipt, serials=["A1"] * PEOPLE)
    assert together(yard, acts) == ["done"] + ["received-before"] * (PEOPLE - 1)
    assert ReceivedPackage.objects.count() == 1
    assert book_faults(pharmacy_id=town.pharmacy.pk) == []


@pytest.mark.django_db(transaction=True)
def test_at_two_deliveries_of_one_order_no_more_goes_in_than_was_ordered(town):
    yard = yard_of(town)
    order = yard.sent(lisinopril=2)
    notice = yard.announced(order, ("lisinopril", 2, "L7"))
    receipts = [yard.begun(order), yard.notice_receipt(notice)]
    acts = scans(yard, *receipts, serials=["A1", "A2", "A3", "A4"])
    assert together(yard, acts) == ["done"] * 2 + ["over"] * (PEOPLE - 2)
    assert ReceivedPackage.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_receiving_and_putting_away_at_once_lose_nothing(town):
    yard = yard_of(town)
    receipt = yard.begun(yard.sent(lisinopril=9))
    first = yard.takes_in(receipt, yard.came(serial="A0"))
    shelf = the_place(town.pharmacy.pk, PlaceKind.SHELF)
    receives = scans(yard, receipt, serials=["A1", "A2", "A3"])
    puts: list[Callable[[], object]] = [
        partial(put_away_lot, by=yard.by, lot_id=first.lot_id, place_id=shelf.pk, key=key)
        for key in ("a", "b")
    ]
    found = together(yard, [*receives, *puts])
    assert set(found) <= {"done", "nothing-there"}
    assert ReceivedPackage.objects.count() == 4
    units = sum(
        row.on_hand for row in Balance.objects.filter(lot_id=first.lot_id, outside=False)
    )
    assert units == 400
    assert book_faults(pharmacy_id=town.pharmacy.pk) == []
