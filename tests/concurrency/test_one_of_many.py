"""Several people want the same thing at once: the database decides, once, and says why not."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.db import transaction

from apothecary.config.tests.world import LONG_GOOD, World
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.pickup.actions import Receiver, return_to_stock, sell
from apothecary.pickup.models import Sale, SaleLine
from apothecary.prescriptions.actions import (
    cancel_fill,
    cancel_prescription,
    enter_prescription,
    start_refill,
)
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance, lock_fill
from apothecary.staff.duties import Role
from apothecary.staff.worker import Worker
from apothecary.stock.actions import count_lot, quarantine_lot, receive_stock, the_place
from apothecary.stock.counting.actions import enter_count, settle_line
from apothecary.stock.counting.models import CountLine
from apothecary.stock.counting.rules import Why
from apothecary.stock.models import Balance, Lot, Move, PlaceKind, Posting, Reservation
from apothecary.verification.actions import approve
from concurrency.crowd import at_once, codes, proved

PATIENT_HERSELF = Receiver(
    name="Jane Doe",
    relationship="patient",
    identifiers=("name", "birth_date"),
    counsel="refused",
    signature="600x180 M40,90 L80,40 L120,130 L160,50 L200,120 L240,70 L280,110 L320,60",
    method="cash",
    known=True,
)
ROUNDS = 4


@transaction.atomic
def move_on(by: Worker, fill_id: int, to: FillState, did: Deed = Deed.FILL_MOVED) -> Fill:
    """One person's step of a fill, as every room does it: lock, look, advance."""
    return advance(lock_fill(by=by, fill_id=fill_id), to, by=by, did=did)


def shelf(lot: Lot) -> Balance:
    return Balance.objects.get(lot=lot, place__kind=PlaceKind.SHELF)


def states(fills: Sequence[Fill]) -> list[str]:
    found = Fill.objects.filter(pk__in=[fill.pk for fill in fills])
    return sorted(found.values_list("state", flat=True))


def many_sold(fill: Fill) -> int:
    return Move.objects.filter(fill_id=fill.pk, reason="sold").count()


@pytest.mark.parametrize(("there", "fit"), [("89", 2), ("90", 3), ("91", 3)])
def test_the_last_bottle_goes_to_exactly_those_it_is_enough_for(
    town: World, tmp_path: Path, there: str, fit: int
) -> None:
    town.receive("lisinopril", there)
    fills = [town.enter() for _ in range(8)]
    at_once(town, [partial(move_on, town.system, fill.pk, FillState.WAITING) for fill in fills])
    assert states(fills) == ["short"] * (8 - fit) + ["waiting"] * fit
    for fill in Fill.objects.filter(state=FillState.SHORT):
        assert fill.because.startswith("needs 30, ")
    assert Balance.objects.get(place__kind=PlaceKind.SHELF).reserved == 30 * fit
    proved(town, tmp_path)


def test_the_last_units_of_several_lots_are_promised_once(town: World, tmp_path: Path) -> None:
    for number in range(5):
        town.receive("lisinopril", "20", lot=f"L{number}")
    fills = [town.enter() for _ in range(6)]
    at_once(town, [partial(move_on, town.system, fill.pk, FillState.WAITING) for fill in fills])
    assert states(fills) == ["short"] * 3 + ["waiting"] * 3
    assert sum(Balance.objects.values_list("reserved", flat=True)) == 90
    proved(town, tmp_path)


def test_a_fill_that_two_people_start_belongs_to_one_of_them(
    town: World, tmp_path: Path
) -> None:
    town.receive("lisinopril", "1000")
    for _ in range(ROUNDS):
        fill = town.walk(town.enter(), until=FillState.WAITING)
        people = [town.technician, town.workers[Role.CERTIFIED], town.pharmacist]
        outcomes = at_once(
            town,
            [
                partial(move_on, by, fill.pk, FillState.FILLING, Deed.FILLING_STARTED)
                for by in people
            ],
        )
        assert sum(outcome.done for outcome in outcomes) == 1
        assert codes(outcomes) == ["no-such-step"] * 2
        started = Entry.objects.filter(about_id=fill.pk, deed=Deed.FILLING_STARTED.value)
        assert started.count() == 1
    proved(town, tmp_path)


def test_a_fill_approved_twice_at_once_is_posted_once(town: World, tmp_path: Path) -> None:
    lot = town.receive("lisinopril", "1000")
    for turn in range(1, ROUNDS + 1):
        fill = town.walk(town.enter(), until=FillState.CHECK)
        pharmacists = [town.pharmacist, town.workers[Role.IN_CHARGE], town.pharmacist]
        outcomes = at_once(
            town, [partial(approve, by=by, fill_id=fill.pk) for by in pharmacists]
        )
        assert sum(outcome.done for outcome in outcomes) == 1
        assert codes(outcomes) == ["wrong-state"] * 2
        assert shelf(lot).on_hand == 1000 - 30 * turn
    proved(town, tmp_path)


def test_a_bag_is_sold_to_one_of_two_registers(town: World, tmp_path: Path) -> None:
    town.receive("lisinopril", "1000")
    for turn in range(1, ROUNDS + 1):
        fill = town.walk(town.enter(), until=FillState.READY)
        act = partial(sell, by=town.technician, fill_ids=[fill.pk], receiver=PATIENT_HERSELF)
        outcomes = at_once(town, [act] * 4)
        assert sum(outcome.done for outcome in outcomes) == 1
        assert codes(outcomes) == ["wrong-state"] * 3
        assert (many_sold(fill), Sale.objects.count()) == (1, turn)
    proved(town, tmp_path)


def test_two_visits_that_share_bags_in_another_order_never_wait_in_a_circle(
    town: World, tmp_path: Path
) -> None:
    drugs = ("lisinopril", "metformin", "amoxicillin")
    for drug in drugs:
        town.receive(drug, "1000")
    for _ in range(ROUNDS):
        fills = [town.walk(town.enter(drug), until=FillState.READY) for drug in drugs]
        more = [town.walk(town.enter(drug), until=FillState.READY) for drug in drugs[::-1]]
        bags = [fill.pk for fill in fills], [fill.pk for fill in more]
        visits = [bags[0], bags[1], bags[0][::-1], bags[1][::-1]]
        act = partial(sell, by=town.technician, receiver=PATIENT_HERSELF)
        outcomes = at_once(town, [partial(act, fill_ids=visit) for visit in visits])
        assert sum(outcome.done for outcome in outcomes) == 2
        assert {many_sold(fill) for fill in fills + more} == {1}
    proved(town, tmp_path)


def test_a_bag_is_sold_or_returned_or_cancelled_but_only_one_of_them(
    town: World, tmp_path: Path
) -> None:
    lot = town.receive("lisinopril", "1000")
    by = town.technician
    for _ in range(ROUNDS * 2):
        before = shelf(lot).on_hand
        fill = town.walk(town.enter(), until=FillState.READY)
        outcomes = at_once(
            town,
            [
                partial(sell, by=by, fill_ids=[fill.pk], receiver=PATIENT_HERSELF),
                partial(return_to_stock, by=by, fill_id=fill.pk),
                partial(cancel_fill, by=by, fill_id=fill.pk, because="moved away"),
            ],
        )
        assert sum(outcome.done for outcome in outcomes) == 1
        sold = SaleLine.objects.filter(fill=fill).count()
        assert sold == outcomes[0].done == many_sold(fill)
        assert shelf(lot).on_hand == before - 30 * sold
    proved(town, tmp_path)


def test_a_delivery_booked_twice_at_once_is_on_the_shelf_once(
    town: World, tmp_path: Path
) -> None:
    act = partial(
        receive_stock,
        by=town.technician,
        package=town.drugs["metformin"],
        lot_number="M1",
        expires_on=LONG_GOOD,
        quantity=Decimal(500),
        place=the_place(town.pharmacy.pk, PlaceKind.SHELF),
        key="delivery 4711, line 1",
    )
    outcomes = at_once(town, [act] * 6)
    assert all(outcome.done for outcome in outcomes)
    assert shelf(Lot.objects.get(number="M1")).on_hand == 500
    assert Posting.objects.filter(key="delivery 4711, line 1").count() == 1
    assert Entry.objects.filter(deed=Deed.STOCK_RECEIVED.value).count() == 1
    proved(town, tmp_path)


def test_a_count_never_takes_away_what_was_promised_meanwhile(
    town: World, tmp_path: Path
) -> None:
    for turn in range(ROUNDS):
        lot = town.receive("lisinopril", "100", lot=f"C{turn}")
        fills = [town.enter() for _ in range(4)]
        balance = shelf(lot)
        count_lot(
            by=town.technician,
            lot_id=lot.pk,
            place_id=balance.place_id,
            counted=Decimal(40),
            because="a broken bottle",
            key=f"count {turn}",
        )
        line = CountLine.objects.get(lot=lot)
        enter_count(by=town.pharmacist, line_id=line.pk, counted=Decimal(40))
        counting = partial(settle_line, by=town.technician, line_id=line.pk, reason=Why.BROKEN)
        moves = [partial(move_on, town.system, fill.pk, FillState.WAITING) for fill in fills]
        outcomes = at_once(town, [counting, *moves])
        now = shelf(lot)
        assert now.on_hand == (40 if outcomes[0].done else 100)
        assert now.reserved <= now.on_hand
        proved(town, tmp_path)
        for fill in fills:
            cancel_fill(by=town.technician, fill_id=fill.pk, because="next round")
        quarantine_lot(by=town.technician, lot_id=lot.pk, because="next round")


def test_two_counts_of_one_lot_post_no_difference_twice(town: World, tmp_path: Path) -> None:
    lot = town.receive("lisinopril", "100")
    place = shelf(lot).place_id
    acts = [
        partial(
            count_lot,
            by=town.technician,
            lot_id=lot.pk,
            place_id=place,
            counted=Decimal(97),
            because="counted by two",
            key=f"count {number}",
        )
        for number in range(3)
    ]
    outcomes = at_once(town, acts)
    assert sorted(Decimal(str(outcome.value)) for outcome in outcomes) == [-3, 0, 0]
    assert shelf(lot).on_hand == 97
    proved(town, tmp_path)


def test_nothing_is_promised_of_a_lot_that_is_being_quarantined(
    town: World, tmp_path: Path
) -> None:
    for turn in range(ROUNDS * 3):
        lot = town.receive("lisinopril", "100", lot=f"Q{turn}")
        fills = [town.enter() for _ in range(3)]
        stop = partial(quarantine_lot, by=town.technician, lot_id=lot.pk, because="recall")
        moves = [partial(move_on, town.system, fill.pk, FillState.WAITING) for fill in fills]
        outcomes = at_once(town, [*moves[:2], stop, *moves[2:]])
        assert all(outcome.done for outcome in outcomes)
        pending = Reservation.objects.filter(lot=lot, state="pending")
        assert list(pending) == [], "units of a recalled lot are promised to a patient"
    proved(town, tmp_path)


def test_a_prescription_is_refilled_by_one_of_two_people(town: World, tmp_path: Path) -> None:
    town.receive("lisinopril", "1000")
    rx = town.walk(town.enter(), until=FillState.SOLD).prescription
    later = town.technician.at_time(town.technician.at, LONG_GOOD.replace(year=2027))
    act = partial(start_refill, by=later, prescription_id=rx.pk, pay="cash")
    rx.refresh_from_db()
    Prescription.objects.filter(pk=rx.pk).update(written_on=later.today, expires_on=None)
    outcomes = at_once(town, [act] * 3)
    assert sum(outcome.done for outcome in outcomes) == 1, codes(outcomes)
    assert set(codes(outcomes)) == {"fill-open"}
    assert rx.fills.count() == 2
    proved(town, tmp_path)


def test_a_prescription_cancelled_while_its_fill_moves_on_ends_one_way(
    town: World, tmp_path: Path
) -> None:
    town.receive("lisinopril", "1000")
    for _ in range(ROUNDS * 2):
        fill = town.walk(town.enter(), until=FillState.CHECK)
        stop = partial(
            cancel_prescription,
            by=town.pharmacist,
            prescription_id=fill.prescription_id,
            because="the prescriber called",
        )
        outcomes = at_once(town, [partial(approve, by=town.pharmacist, fill_id=fill.pk), stop])
        assert outcomes[1].done
        assert states([fill]) == ["cancelled"]
    proved(town, tmp_path)


def test_prescriptions_entered_at_once_have_numbers_of_their_own(
    town: World, tmp_path: Path
) -> None:
    acts = [partial(enter_prescription, by=town.technician, order=town.order())] * 8
    assert all(outcome.done for outcome in at_once(town, acts))
    numbers = sorted(Prescription.objects.values_list("number", flat=True))
    assert numbers == list(range(7_000_000, 7_000_008))
    proved(town, tmp_path)
