"""The outbox: who takes what, for how long, and what a dead line or sender leaves behind."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from socket import create_server

import pytest
from django.db import connection, connections

from apothecary.claims.answering import note_no_line
from apothecary.claims.link import PayerLink, Routes
from apothecary.claims.queries import party_states
from apothecary.claims.rules import LEASE
from apothecary.claims.sending import Exchanges
from apothecary.claims.submitting import PARTY
from apothecary.claims.tests.counter import last_claim, queued, send_all
from apothecary.claims.tests.postroom import take
from apothecary.staff.signon import stand_in
from apothecary.wires.models import Outgoing
from apothecary.wires.outbox import Holder, Share, free_abandoned, put_off, take_due

NOBODY = PayerLink("127.0.0.1", 1, connect_seconds=1)
OTHER = "999998"


def moved_to(lane, claim):
    """The claim goes to a payer with a line of its own."""
    Outgoing.objects.filter(pk=claim.outgoing_id).update(lane=lane)
    return claim


def freed(till, holder, *, after=timedelta(0)):
    """What another sender makes due that nobody holds any more."""
    return free_abandoned(
        pharmacy_id=till.world.pharmacy.pk, party=PARTY, holder=holder, at=till.at + after
    )


@contextmanager
def silent_payer() -> Iterator[PayerLink]:
    """Somebody takes every call and never says a word."""
    with create_server(("127.0.0.1", 0), backlog=20) as server:
        yield PayerLink("127.0.0.1", server.getsockname()[1], 2, 2)


@contextmanager
def living(holder: Holder) -> Iterator[Holder]:
    """A sender whose session is open, beside the one of this test."""
    ours = connections["default"]
    theirs = ours.copy()
    with theirs.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [holder.number])
    try:
        yield holder
    finally:
        theirs.close()


def test_what_is_taken_is_nobody_elses_until_its_lease_ends(till):
    claim = queued(till, till.fill())
    (first,) = take(till)
    assert (first.outgoing_id, first.tries, first.before) == (claim.outgoing_id, 1, "waiting")
    assert first.raw == bytes(claim.posted.raw)
    assert first.lane == claim.bin == "999999"
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


@pytest.mark.parametrize(
    ("room", "taken"),
    [({}, 2), ({"999999": 1}, 2), ({"999999": 0}, 1), ({"999999": 0, OTHER: 0}, 0)],
)
def test_no_lane_gives_out_more_than_it_has_room_for(till, room, taken):
    queued(till, till.fill())
    queued(till, till.fill("metformin"))
    moved_to(OTHER, queued(till, till.fill("warfarin")))
    assert len(take(till, per_lane=1, room=room)) == taken


def test_what_is_for_somebody_else_is_left_in_the_outbox(till):
    claim = queued(till, till.fill())
    Outgoing.objects.filter(pk=claim.posted.pk).update(party="wholesaler")
    assert take(till) == []


def test_another_pharmacy_never_sends_our_claims(till):
    queued(till, till.fill())
    other = till.world.other
    stand_in(other.pk)
    share = Share(limit=10, per_lane=10)
    found = take_due(
        pharmacy_id=other.pk, party=PARTY, holder=Holder(), at=till.at, until=till.at,
        share=share,
    )  # fmt: skip
    assert found == []
    stand_in(till.world.pharmacy.pk)


def test_what_a_dead_sender_had_on_the_line_is_due_at_once(till):
    queued(till, till.fill())
    take(till, holder=Holder())
    ours = Holder()
    assert take(till, holder=ours) == []
    assert freed(till, ours) == 1
    (again,) = take(till, holder=ours)
    assert (again.tries, again.before) == (2, "sent")


def test_what_a_living_sender_has_on_the_line_stays_his(till):
    queued(till, till.fill())
    with living(Holder()) as theirs:
        take(till, holder=theirs)
        ours = Holder()
        ours.hold()
        assert freed(till, ours, after=LEASE / 2) == 0
        assert take(till, holder=ours, after=LEASE / 2) == []
    time.sleep(0.1)
    assert freed(till, ours) == 1


def test_a_sender_does_not_take_from_itself(till):
    ours = Holder()
    queued(till, till.fill())
    take(till, holder=ours)
    assert freed(till, ours) == 0


def test_a_sender_locks_its_number_once_for_each_session(till):
    ours = Holder()
    ours.hold()
    ours.hold()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [ours.number])
        assert cursor.fetchone() == (True,)
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            " AND (classid::bigint << 32 | objid::bigint) = %s",
            [ours.number],
        )
        assert cursor.fetchone() == (0,)


def test_answered_rows_are_nobodys(till):
    fill = till.fill()
    till.round()
    assert last_claim(fill).state == "paid"
    assert last_claim(fill).posted.held_by is None


def test_without_a_line_a_claim_waits_longer_each_time_and_is_never_given_up(till):
    claim = queued(till, till.fill())
    exchanges = Exchanges(Routes(NOBODY))
    pauses, at = [], till.at
    for _ in range(9):
        send_all(exchanges, till.world.pharmacy, at)
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


def test_a_silent_payer_does_not_hold_up_another(till):
    silent = [moved_to(OTHER, queued(till, till.fill("metformin"))) for _ in range(6)]
    quick = queued(till, till.fill())
    pharmacy = till.world.pharmacy
    with silent_payer() as nobody:
        exchanges = Exchanges(Routes(till.payer.link(), {OTHER: nobody}))
        began = time.monotonic()
        while last_claim(quick.fill).state == "out":
            exchanges.send_due(pharmacy, till.at)
            assert time.monotonic() - began < 1.5
        assert last_claim(quick.fill).state == "paid"
        # Four of the six are on the line; the other two were never taken.
        assert exchanges.out_for(pharmacy.pk) == 4
        assert [last_claim(one.fill).posted.tries for one in silent] == [1, 1, 1, 1, 0, 0]
        send_all(exchanges, pharmacy, till.at)
    assert [last_claim(one.fill).state for one in silent] == ["out"] * 6


def test_a_dead_line_rests_alone_and_what_waits_for_it_counts_the_try(till):
    dead = [moved_to(OTHER, queued(till, till.fill("metformin"))) for _ in range(6)]
    pharmacy = till.world.pharmacy
    exchanges = Exchanges(Routes(till.payer.link(), {OTHER: NOBODY}))
    send_all(exchanges, pharmacy, till.at)
    # Four went out together, a fifth alone to make sure; then the lane rests for the sixth.
    assert [last_claim(one.fill).posted.tries for one in dead] == [1] * 6
    waits = last_claim(dead[5].fill).posted
    assert (waits.state, waits.next_try_at - till.at) == ("waiting", timedelta(seconds=5))
    assert "no line to 127.0.0.1:1" in waits.problem
    quick = queued(till, till.fill())
    send_all(exchanges, pharmacy, till.at)
    assert last_claim(quick.fill).state == "paid"
    later = till.at + timedelta(seconds=4)
    moved_to(OTHER, queued(till, till.fill("metformin")))
    send_all(exchanges, pharmacy, later)
    assert last_claim(dead[5].fill).posted.tries == 1


def test_putting_off_leaves_other_lanes_and_what_is_on_the_line(till):
    other = moved_to(OTHER, queued(till, till.fill()))
    held, due = queued(till, till.fill("metformin")), queued(till, till.fill("warfarin"))
    Outgoing.objects.filter(pk=held.posted.pk).update(held_by=7)
    until = till.at + timedelta(minutes=1)
    put_off(
        pharmacy_id=till.world.pharmacy.pk, party=PARTY, lane="999999", at=till.at,
        until=until, says="no line",
    )  # fmt: skip
    tries = [last_claim(one.fill).posted.tries for one in (other, held, due)]
    assert tries == [0, 0, 1]
    assert last_claim(due.fill).posted.next_try_at == until


def test_a_payer_without_a_line_is_said_to_have_none(till):
    claim = queued(till, till.fill())
    send_all(Exchanges(Routes(None, {OTHER: NOBODY})), till.world.pharmacy, till.at)
    assert last_claim(claim.fill).posted.problem == "no line to 999999: none is set up"


def test_a_slow_payer_is_shown_as_slow_and_a_quiet_one_as_up(till):
    assert party_states(till.world.pharmacy.pk) == [("Payer", "up")]
    till.payer.misbehave("silent", count=1)
    queued(till, till.fill())
    till.round()
    assert party_states(till.world.pharmacy.pk) == [("Payer", "slow")]


def test_with_nothing_due_nothing_is_dialled(till):
    assert Exchanges(Routes(NOBODY)).send_due(till.world.pharmacy, till.at) == 0
