"""A sale and a recall at the same instant: a bag is sold before it, or not at all."""

import time
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.pickup.actions import Receiver, sell
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance, lock_fill
from apothecary.returns.recalls.calling import note_call
from apothecary.returns.recalls.finding import where_it_stands, who_got_it
from apothecary.returns.recalls.models import Recall, RecallCall, RecallHit, RecallTry
from apothecary.returns.recalls.states import CallOutcome, Way
from apothecary.returns.recalls.tests.notices import DRUG, NUMBER, another, hits, take
from apothecary.returns.recalls.working import look
from apothecary.staff.signon import stand_in
from apothecary.stock.models import Balance
from apothecary.stock.queries import book_faults

pytestmark = pytest.mark.django_db(transaction=True)
BAGS = 4
SIGNED = "600x180 M40,90 L80,40 L120,130 L160,50 L200,120 L240,70 L280,110 L320,60"


def together(world, *acts: Callable[[], object]) -> list[str]:
    """What each of several people gets who press the key at one moment, in their order."""
    found = [""] * len(acts)
    start = Barrier(len(acts))

    def one(place: int, act: Callable[[], object]) -> None:
        stand_in(world.pharmacy.pk)
        start.wait(timeout=10)
        try:
            act()
            found[place] = "done"
        except Refused as refusal:
            found[place] = refusal.problems[0].code
        finally:
            connection.close()

    threads = [Thread(target=one, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return found


def sale(world, fill: Fill) -> None:
    receiver = Receiver(
        name="Jane Doe",
        relationship="patient",
        identifiers=("name", "birth_date"),
        counsel="refused",
        signature=SIGNED,
        method="card",
    )
    sell(by=world.technician, fill_ids=[fill.pk], receiver=receiver)


def test_a_bag_is_sold_and_its_patient_called_or_it_is_not_sold_at_all(town):
    town.receive(DRUG, "300")
    bags = [another(town, until=FillState.READY) for _ in range(BAGS)]
    sales = [lambda bag=bag: sale(town, bag) for bag in bags]
    *sold, _ = together(town, *sales, lambda: take(town, recall_class="I"))
    assert set(sold) <= {"done", "wrong-state", "ledger-AP004"}
    states = {fill.pk: fill.state for fill in Fill.objects.all()}
    for bag, what in zip(bags, sold, strict=True):
        assert states[bag.pk] == (FillState.SOLD if what == "done" else FillState.SHORT)
    got = who_got_it(pharmacy_id=town.pharmacy.pk, recall=NUMBER)
    assert {one.fill_id for one in got} == {
        bag.pk for bag, what in zip(bags, sold, strict=True) if what == "done"
    }
    assert RecallCall.objects.count() == (1 if got else 0)
    assert book_faults(pharmacy_id=town.pharmacy.pk) == []


def test_a_sale_that_is_open_when_the_recall_comes_is_refused_and_the_bag_goes_back(town):
    """The clerk has the register open: the fill is held, the payment is typed in."""
    town.receive(DRUG, "100")
    bag = another(town, until=FillState.READY)
    held, matched = Barrier(2), Barrier(2)
    found: list[str] = []

    def register() -> None:
        stand_in(town.pharmacy.pk)
        try:
            with transaction.atomic():
                fill = lock_fill(by=town.technician, fill_id=bag.pk)
                held.wait(timeout=10)
                matched.wait(timeout=10)
                advance(fill, FillState.SOLD, by=town.technician, did=Deed.SOLD)
        except Refused as refusal:
            found.append(refusal.problems[0].code)
        finally:
            connection.close()

    counter = Thread(target=register)
    counter.start()
    held.wait(timeout=10)

    def recall() -> None:
        stand_in(town.pharmacy.pk)
        try:
            take(town)
        finally:
            connection.close()

    house = Thread(target=recall)
    house.start()
    give_up_at = time.monotonic() + 20
    while not RecallHit.objects.exists():
        assert time.monotonic() < give_up_at
        time.sleep(0.01)
    matched.wait(timeout=10)
    counter.join(timeout=30)
    house.join(timeout=30)
    assert found == ["ledger-AP004"]
    assert Fill.objects.get(pk=bag.pk).state == FillState.SHORT
    assert book_faults(pharmacy_id=town.pharmacy.pk) == []


def test_the_same_notice_from_several_mailboxes_at_once_is_one_recall(town):
    town.receive(DRUG, "100")
    found = together(town, *[lambda: take(town)] * 4)
    assert found == ["done"] * 4
    assert (Recall.objects.count(), RecallHit.objects.count()) == (1, 1)


def test_two_people_at_one_line_carry_its_units_once(town):
    town.receive(DRUG, "100")
    (hit,) = hits(take(town))
    acts = [
        lambda by=by: look(by=by, hit_id=hit.pk, found=hit.expected)
        for by in (town.technician, town.pharmacist)
    ]
    assert sorted(together(town, *acts)) == ["done", "wrong-state"]
    there = Balance.objects.filter(place__name="Quarantine").get()
    assert there.on_hand == 100


def test_two_people_who_reach_one_patient_write_it_down_once(town):
    town.receive(DRUG, "100")
    another(town, until=FillState.SOLD)
    take(town, recall_class="I")
    call = RecallCall.objects.get()
    acts = [
        lambda by=by: note_call(
            by=by, call_id=call.pk, way=Way.IN_PERSON, outcome=CallOutcome.HAS_NONE
        )
        for by in (town.technician, town.pharmacist)
    ]
    assert sorted(together(town, *acts)) == ["done", "told"]
    assert RecallTry.objects.count() == 1


def test_filling_and_a_recall_at_once_leave_no_fill_with_the_lot(town):
    town.receive(DRUG, "300")
    fills = [another(town, until=FillState.CHECK) for _ in range(3)]

    def approve(fill: Fill) -> None:
        with transaction.atomic():
            held = lock_fill(by=town.pharmacist, fill_id=fill.pk)
            advance(held, FillState.READY, by=town.pharmacist, did=Deed.FILL_APPROVED)

    together(town, *[lambda fill=fill: approve(fill) for fill in fills], lambda: take(town))
    assert {fill.state for fill in Fill.objects.all()} == {FillState.SHORT}
    standing = where_it_stands(pharmacy_id=town.pharmacy.pk, recall=NUMBER)
    assert sum(one.units for one in standing) == 300
    assert {one.fill_id for one in standing} == {None}
    assert book_faults(pharmacy_id=town.pharmacy.pk) == []
