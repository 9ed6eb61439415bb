"""Two people at the same goods at once: each unit goes one way, once."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connection

from apothecary.law.problem import Refused
from apothecary.law.waste import Seen, Stream
from apothecary.returns.disposal.containers import discard, open_container
from apothecary.returns.disposal.destroying import How, Item, destroy_before
from apothecary.returns.disposal.models import Destruction
from apothecary.returns.shipments.credits import take_credit
from apothecary.returns.shipments.models import CreditLine, Shipment, ShipmentLine
from apothecary.returns.shipments.picking import drop_line
from apothecary.returns.shipments.queries import page
from apothecary.returns.shipments.shipping import ship_return
from apothecary.returns.tests.backroom import Backroom, backroom_of
from apothecary.staff.signon import stand_in
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.queries import book_faults

PEOPLE = 4


def together(room: Backroom, acts: Sequence[Callable[[], object]]) -> list[str]:
    """What each of several people gets who press the key at one moment."""
    found: list[str] = []
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> None:
        stand_in(room.world.pharmacy.pk)
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
def test_the_same_units_picked_by_several_people_stand_on_one_return(town):
    room = backroom_of(town)
    lot = room.pulled()
    rows = [room.begun() for _ in range(PEOPLE)]
    found = together(room, [partial(room.picked, row, lot) for row in rows])
    assert found == ["done"] + ["picked-already"] * (PEOPLE - 1)
    assert ShipmentLine.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_return_shipped_by_several_people_leaves_once(town):
    room = backroom_of(town)
    row = room.answered(room.asked())
    ship = partial(ship_return, by=room.by, shipment_id=row.pk, carrier="UPS")
    assert together(room, [ship] * PEOPLE) == ["done"] + ["return-state"] * (PEOPLE - 1)
    assert room.at(PlaceKind.REVERSE) == 90
    assert book_faults(pharmacy_id=town.pharmacy.pk) == []


@pytest.mark.django_db(transaction=True)
def test_the_same_line_shipped_and_thrown_away_at_once_goes_one_way(town):
    room = backroom_of(town)
    row = room.answered(room.asked())
    box = open_container(by=room.by, stream=Stream.OTHER, stands="back room")
    acts: list[Callable[[], object]] = [
        partial(ship_return, by=room.by, shipment_id=row.pk, carrier="UPS"),
        partial(
            discard,
            by=room.by,
            container_id=box.pk,
            lot_id=room.lots["lisinopril"].pk,
            place_id=room.quarantine.pk,
            seen=Seen(read=True),
            because="expired",
            key="t",
            quantity=Decimal(90),
        ),
    ]
    found = together(room, acts)
    assert "done" in found
    assert set(found) <= {"done", "ledger-AP007", "too-many"}
    assert len(found) == 2
    assert found != ["done", "done"]
    gone = room.at(PlaceKind.REVERSE) + room.at(PlaceKind.WASTE)
    assert (gone, room.at(PlaceKind.QUARANTINE)) == (90, 0)


@pytest.mark.django_db(transaction=True)
def test_a_credit_taken_out_of_the_mailbox_twice_at_once_is_booked_once(town):
    room = backroom_of(town)
    row = room.shipped()
    raw = room.memo(row, (1, "short", "4.50"))
    take = partial(take_credit, by=town.system, partner="mesquite", raw=raw, name="c")
    found = together(room, [take] * PEOPLE)
    assert "done" in found
    assert CreditLine.objects.count() == 1
    assert ShipmentLine.objects.get().credited_usd == Decimal("4.50")
    assert Shipment.objects.get().state == "shipped"


@pytest.mark.django_db(transaction=True)
def test_the_same_tablets_destroyed_by_two_pairs_of_people_are_destroyed_once(town):
    room = backroom_of(town)
    lot = room.pulled("oxycodone")
    acts = [
        partial(
            destroy_before,
            by=town.pharmacist,
            items=[Item(lot.pk, room.quarantine.pk, Decimal(90))],
            how=How(
                place="pharmacy", method="burnt", destroyed_on=room.by.today, key=f"d{number}"
            ),
            witness=town.technician,
        )
        for number in range(2)
    ]
    assert together(room, acts) == ["done", "too-many"]
    assert Destruction.objects.count() == 1
    assert room.at(PlaceKind.WASTE, "oxycodone") == 90


@pytest.mark.django_db(transaction=True)
def test_a_return_and_its_lines_are_read_as_of_one_instant(town):
    room = backroom_of(town)
    row = room.begun()
    line = room.picked(row, room.pulled())
    drop = partial(drop_line, by=room.by, line_id=line.pk, because="still good")
    seen: list[str] = []

    def between(run: Callable[..., object], sql: str, *said: object) -> object:
        """Right after the return itself was read somebody takes its line off."""
        answer = run(sql, *said)
        if "returns_shipment" in sql and not seen:
            seen.extend(together(room, [drop]))
        return answer

    with connection.execute_wrapper(between):
        found = page(pharmacy_id=town.pharmacy.pk, shipment_id=row.pk)
    assert seen == ["done"]
    assert found is not None
    assert [one.state for one in found.lines] == ["picked"]
    after = page(pharmacy_id=town.pharmacy.pk, shipment_id=row.pk)
    assert after is not None
    assert [one.state for one in after.lines] == ["dropped"]
