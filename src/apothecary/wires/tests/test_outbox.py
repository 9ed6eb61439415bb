"""The outbox: whose row it is, until when, and what becomes of it when its sender dies."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from apothecary.wires.errors import Fault, Malformed
from apothecary.wires.json_keys import faults_out, list_at, object_at, plain, text_at
from apothecary.wires.models import Outgoing, OutgoingState
from apothecary.wires.outbox import Holder, Share, Taken, free_abandoned, put_off, take_due

PHARMACY, ELSEWHERE = 77, 78
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECOND, LEASE = timedelta(seconds=1), timedelta(seconds=90)
ALL = Share(limit=50, per_lane=50)


@pytest.fixture
def here(db):
    """A connection that stands in the pharmacy of these tests."""
    stand(PHARMACY)
    yield
    stand(0)


def stand(pharmacy: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('apothecary.pharmacy', %s, false)", [str(pharmacy)])


def row(key: str, *, lane: str = "A", due: datetime = NOON, **changes: object) -> Outgoing:
    """A message that waits; **changes are columns that differ."""
    values: dict[str, object] = {
        "pharmacy_id": PHARMACY, "party": "payer", "lane": lane, "format": "telecom",
        "about": "claim", "about_id": 1, "key": key, "raw": key.encode(), "made_at": NOON,
        "next_try_at": due,
    }  # fmt: skip
    return Outgoing.objects.create(**values | changes)


def take(
    share: Share = ALL, *, at: datetime = NOON, holder: Holder | None = None
) -> list[Taken]:
    return take_due(
        pharmacy_id=PHARMACY,
        party="payer",
        holder=holder or Holder(),
        at=at,
        until=at + LEASE,
        share=share,
    )


def keys(taken: list[Taken]) -> list[str]:
    return sorted(one.raw.decode() for one in taken)


def test_what_is_due_is_taken_with_its_bytes_and_is_on_the_line(here):
    held = row("k1", due=NOON - SECOND)
    (one,) = take()
    assert (one.outgoing_id, one.raw, one.lane) == (held.pk, b"k1", "A")
    assert (one.tries, one.before) == (1, OutgoingState.WAITING)
    held.refresh_from_db()
    assert (held.state, held.tries, held.sent_at) == (OutgoingState.SENT, 1, NOON)


@pytest.mark.parametrize(
    ("after", "due"), [(-SECOND, False), (SECOND * 0, True), (SECOND, True)]
)
def test_nothing_goes_out_before_its_time(here, after, due):
    row("k1")
    assert bool(take(at=NOON + after)) is due


@pytest.mark.parametrize("after", [SECOND * 0, LEASE - SECOND, LEASE, LEASE + SECOND])
def test_a_row_is_ones_own_until_the_lease_ends_and_then_a_repeat(here, after):
    row("k1")
    take()
    again = take(at=NOON + after)
    assert bool(again) is (after >= LEASE)
    assert [(one.tries, one.before) for one in again] in ([], [(2, OutgoingState.SENT)])


@pytest.mark.parametrize("state", [OutgoingState.ANSWERED, OutgoingState.FAILED])
def test_what_was_answered_or_given_up_stays_where_it_is(here, state):
    row("k1", state=state)
    assert take(at=NOON + LEASE) == []


def test_another_partys_and_another_pharmacys_messages_are_not_ours_to_send(here):
    row("k1", party="prescriber")
    stand(ELSEWHERE)
    row("k2", pharmacy_id=ELSEWHERE)
    stand(PHARMACY)
    assert take() == []


@pytest.mark.parametrize(
    ("share", "taken"),
    [
        (Share(limit=50, per_lane=2), ["a1", "a2", "b1"]),
        (Share(limit=2, per_lane=50), ["a1", "a2"]),
        (Share(limit=50, per_lane=2, room={"A": 0}), ["b1"]),
        (Share(limit=50, per_lane=0, room={"A": 3}), ["a1", "a2", "a3"]),
        (Share(limit=0, per_lane=50), []),
    ],
)
def test_each_lane_gives_its_oldest_and_no_more_than_it_has_room_for(here, share, taken):
    for place, key in enumerate(("a1", "a2", "a3")):
        row(key, due=NOON - SECOND * (9 - place))
    row("b1", lane="B", due=NOON - SECOND)
    assert keys(take(share)) == taken


def test_nobody_there_puts_off_what_is_due_on_that_lane_and_counts_as_a_try(here):
    due, other = row("k1"), row("k2", lane="B")
    later = row("k3", due=NOON + SECOND)
    on_the_line = row("k4", state=OutgoingState.SENT, held_by=5)
    until = NOON + LEASE
    changed = put_off(
        pharmacy_id=PHARMACY, party="payer", lane="A", at=NOON, until=until, says="no answer"
    )
    assert changed == 1
    for each in (due, other, later, on_the_line):
        each.refresh_from_db()
    assert (due.tries, due.problem, due.next_try_at) == (1, "no answer", until)
    assert [each.tries for each in (other, later, on_the_line)] == [0, 0, 0]
    assert due.state == OutgoingState.WAITING


def free(holder: Holder) -> int:
    return free_abandoned(pharmacy_id=PHARMACY, party="payer", holder=holder, at=NOON)


def test_what_a_dead_sender_had_on_the_line_is_due_at_once(here):
    row("k1")
    take(holder=Holder())  # it never took its lock: nobody lives behind that number
    assert take() == []
    assert free(Holder()) == 1
    (again,) = take()
    assert (again.tries, again.before) == (2, OutgoingState.SENT)


def test_what_one_has_oneself_on_the_line_is_not_freed(here):
    row("k1")
    me = Holder()
    take(holder=me)
    assert free(me) == 0


def test_what_a_living_sender_has_on_the_line_is_left_to_it(here):
    row("k1")
    other = Holder()
    other.hold()
    take(holder=other)
    assert free(Holder()) == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [other.number])
    assert free(Holder()) == 1


def test_a_sender_takes_its_lock_once_and_no_two_are_alike(here):
    me = Holder()
    me.hold()
    me.hold()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [me.number])
        assert cursor.fetchone() == (True,)
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"
            " AND (classid::bigint << 32 | objid::bigint) = %s",
            [me.number],
        )
        assert cursor.fetchone() == (0,)
    numbers = {Holder().number for _ in range(100)}
    assert len(numbers) == 100
    assert all(0 <= number < 2**62 for number in numbers)


# JSON of outside


@pytest.mark.parametrize(
    ("obj", "path", "field", "reason"),
    [
        ({}, "", "kind", "is missing"),
        ({"kind": 1}, "", "kind", "must be text"),
        ({"kind": None}, "body", "body.kind", "must be text"),
        ({"kind": ["x"]}, "body[2]", "body[2].kind", "must be text"),
    ],
)
def test_a_value_of_another_type_is_refused_with_its_key(obj, path, field, reason):
    with pytest.raises(Malformed) as bad:
        text_at(obj, "kind", path=path)
    assert (bad.value.field, bad.value.reason) == (field, reason)


def test_what_need_not_be_there_has_its_default_and_a_wrong_type_is_no_absence():
    assert text_at({}, "kind", default="") == ""
    assert text_at({"kind": "x"}, "kind", default="") == "x"
    with pytest.raises(Malformed, match="must be text"):
        text_at({"kind": 1}, "kind", default="")


@pytest.mark.parametrize("value", [None, 1, "x", True])
def test_neither_a_number_nor_a_text_is_an_object_or_a_list(value):
    with pytest.raises(Malformed, match="must be an object"):
        object_at(value, "body")
    with pytest.raises(Malformed, match="must be a list"):
        list_at(value, "body")


def test_no_digit_of_a_number_and_no_part_of_a_day_is_lost_on_the_way_out():
    assert plain(Decimal("30.000")) == "30.000"
    assert plain(date(2026, 2, 28)) == "2026-02-28"
    assert plain(time(9, 5)) == "09:05:00"
    assert [plain(value) for value in ("x", 1, None)] == ["x", 1, None]
    assert faults_out([Fault("a", "b")]) == [{"field": "a", "reason": "b"}]
