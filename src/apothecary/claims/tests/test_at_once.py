"""Two workers at the same time, on the real database: one claim, one payment, one reversal.

And a database that goes away while an answer is in the hand.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import DatabaseError, connection

from apothecary.claims.link import Routes
from apothecary.claims.models import Claim
from apothecary.claims.reversing import reverse_due
from apothecary.claims.rules import LEASE
from apothecary.claims.sending import Exchanges
from apothecary.claims.submitting import claim_waiting
from apothecary.claims.tests.counter import (
    Payer,
    Till,
    last_claim,
    make_member,
    now_of,
    queued,
    send_all,
    states,
)
from apothecary.claims.tests.postroom import take
from apothecary.config.tests.world import build_world
from apothecary.prescriptions.actions import cancel_fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.signon import stand_in
from apothecary.stock.queries import book_faults

WORKERS = 4


@pytest.fixture
def till(transactional_db: None, payer_process: Payer) -> Iterator[Till]:
    """A pharmacy whose rows are really committed."""
    world = build_world()
    make_member(world)
    yield Till(world, payer_process, at=world.system.at)
    payer_process.behave()
    stand_in(None)


def at_once(till: Till, work: Callable[[], object]) -> list[object]:
    """The same chore in several workers, each with a connection of its own."""
    start = Barrier(WORKERS)

    def worker() -> object:
        try:
            stand_in(till.world.pharmacy.pk)
            start.wait(5)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return [done.result() for done in [pool.submit(worker) for _ in range(WORKERS)]]


def test_workers_at_the_same_time_bill_each_fill_once(till):
    fills = [till.fill(drug) for drug in ("lisinopril", "metformin", "warfarin")]
    wrote = at_once(till, lambda: claim_waiting(till.world.pharmacy, till.at))
    assert sum(int(str(one)) for one in wrote) == len(fills)
    for fill in fills:
        assert states(fill) == [("B1", "out")]


def test_workers_at_the_same_time_never_take_the_same_row(till):
    for drug in ("lisinopril", "metformin", "warfarin", "pregabalin"):
        till.fill(drug)
    claim_waiting(till.world.pharmacy, till.at)
    taken: list[int] = []
    at_once(
        till,
        lambda: taken.extend(one.outgoing_id for one in take(till, limit=2)),
    )
    assert sorted(taken) == sorted(Claim.objects.values_list("outgoing_id", flat=True))


def test_workers_at_the_same_time_send_pay_and_reserve_each_fill_once(till):
    fills = [till.fill(drug) for drug in ("lisinopril", "metformin", "warfarin")]
    claim_waiting(till.world.pharmacy, till.at)
    routes = Routes(till.payer.link())
    at_once(till, lambda: send_all(Exchanges(routes), till.world.pharmacy, till.at))
    for fill in fills:
        assert states(fill) == [("B1", "paid")]
        assert now_of(fill).state == FillState.WAITING
        assert len(till.payer.paid(fill.prescription.number)) == 1
    assert book_faults(pharmacy_id=till.world.pharmacy.pk) == []


def test_workers_at_the_same_time_reverse_once(till):
    fill = till.fill()
    till.round()
    cancel_fill(by=till.world.technician, fill_id=fill.pk, because="changed her mind")
    done = at_once(till, lambda: reverse_due(till.world.pharmacy, till.at))
    assert sum(int(str(one)) for one in done) == 1
    assert states(fill) == [("B1", "reversing"), ("B2", "out")]


def failing(fault: Exception):
    """A database that fails as soon as the raw answer is to be kept."""

    def wrapper(execute, sql, params, many, context):
        if "wires_incoming" in sql:
            raise fault
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


def test_what_came_back_while_the_database_was_gone_is_noted_afterwards(till):
    claim = queued(till, till.fill())
    exchanges = Exchanges(Routes(till.payer.link()))
    with failing(DatabaseError("the server is gone")), pytest.raises(DatabaseError):
        send_all(exchanges, till.world.pharmacy, till.at)
    send_all(exchanges, till.world.pharmacy, till.at)
    assert states(claim.fill) == [("B1", "paid")]
    assert last_claim(claim.fill).posted.tries == 1


def test_an_answer_nobody_can_act_on_is_left_to_its_lease_and_others_go_on(till):
    claim = queued(till, till.fill())
    exchanges = Exchanges(Routes(till.payer.link()))
    with failing(LookupError("a fault of ours")), pytest.raises(LookupError):
        send_all(exchanges, till.world.pharmacy, till.at)
    assert exchanges.out_for(till.world.pharmacy.pk) == 0
    send_all(exchanges, till.world.pharmacy, till.at)
    assert last_claim(claim.fill).state == "out"
    send_all(exchanges, till.world.pharmacy, till.at + LEASE)
    assert last_claim(claim.fill).state == "paid"
