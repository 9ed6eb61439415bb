"""The outbox: who takes what, for how long, and what a dead line leaves behind."""

from datetime import timedelta

from apothecary.claims.answering import note_no_line
from apothecary.claims.link import PayerLink
from apothecary.claims.queries import party_states
from apothecary.claims.rules import LEASE
from apothecary.claims.sending import send_due, take_due
from apothecary.claims.tests.counter import last_claim, queued
from apothecary.staff.signon import stand_in, system_worker
from apothecary.wires.models import Outgoing


def take(till, *, after: timedelta = timedelta(0), limit: int = 10):
    by = system_worker(till.world.pharmacy, now=till.at + after)
    return take_due(by=by, limit=limit)


def test_what_is_taken_is_nobody_elses_until_its_lease_ends(till):
    claim = queued(till, till.fill())
    (first,) = take(till)
    assert (first.outgoing_id, first.tries, first.before) == (claim.outgoing_id, 1, "waiting")
    assert first.raw == bytes(claim.posted.raw)
    assert take(till) == []
    assert take(till, after=LEASE - timedelta(seconds=1)) == []
    (again,) = take(till, after=LEASE)
    assert (again.tries, again.before) == (2, "sent")


def test_the_oldest_goes_first_and_no_more_than_asked(till):
    first, second = queued(till, till.fill()), queued(till, till.fill("metformin"))
    Outgoing.objects.filter(pk=second.posted.pk).update(
        next_try_at=till.at - timedelta(minutes=1)
    )
    assert [one.outgoing_id for one in take(till, limit=1)] == [second.outgoing_id]
    assert [one.outgoing_id for one in take(till, limit=1)] == [first.outgoing_id]


def test_what_is_for_somebody_else_is_left_in_the_outbox(till):
    claim = queued(till, till.fill())
    Outgoing.objects.filter(pk=claim.posted.pk).update(party="wholesaler")
    assert take(till) == []


def test_another_pharmacy_never_sends_our_claims(till):
    queued(till, till.fill())
    stand_in(till.world.other.pk)
    by = system_worker(till.world.other, now=till.at)
    assert take_due(by=by, limit=10) == []
    stand_in(till.world.pharmacy.pk)


def test_without_a_line_a_claim_waits_longer_each_time_and_is_never_given_up(till):
    claim = queued(till, till.fill())
    nobody = PayerLink("127.0.0.1", 1, connect_seconds=1)
    pauses, at = [], till.at
    for _ in range(9):
        assert send_due(nobody, till.world.pharmacy, at) == 0
        out = last_claim(claim.fill).posted
        assert (out.state, last_claim(claim.fill).state) == ("waiting", "out")
        pauses.append((out.next_try_at - at).total_seconds())
        at = out.next_try_at
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert last_claim(claim.fill).doubts == 0
    assert party_states(till.world.pharmacy.pk) == [("Payer", "down")]


def test_what_may_have_arrived_once_stays_marked_as_sent_when_the_line_dies(till):
    claim = queued(till, till.fill())
    take(till)
    (again,) = take(till, after=LEASE)
    note_no_line(
        by=till.world.system,
        outgoing_id=again.outgoing_id,
        before=again.before,
        says="no line",
        tries=again.tries,
    )
    assert last_claim(claim.fill).posted.state == "sent"


def test_a_slow_payer_is_shown_as_slow_and_a_quiet_one_as_up(till):
    assert party_states(till.world.pharmacy.pk) == [("Payer", "up")]
    till.payer.misbehave("silent", count=1)
    queued(till, till.fill())
    till.round()
    assert party_states(till.world.pharmacy.pk) == [("Payer", "slow")]


def test_with_nothing_due_nothing_is_dialled(till):
    assert send_due(PayerLink("127.0.0.1", 1), till.world.pharmacy, till.at) == 0
