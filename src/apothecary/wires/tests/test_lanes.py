"""Lanes: a party that is slow or dead waits alone, and is asked by one call at a time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.lanes import FIRST_WAIT, LONGEST_WAIT, Lanes, wait_after

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
DEAD, ALIVE = "999998", "999999"


def later(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def failed(lanes: Lanes, name: str, *, back: int) -> None:
    lanes.failed(name, turn=lanes.leaves(name, NOON), at=later(back))


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [(0, 5), (1, 5), (2, 10), (3, 20), (6, 160), (7, 300), (8, 300), (10_000, 300)],
)
def test_waiting_doubles_from_five_seconds_to_five_minutes(tries, seconds):
    assert wait_after(tries) == timedelta(seconds=seconds)


def test_waiting_never_gets_shorter():
    waits = [wait_after(tries) for tries in range(40)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (FIRST_WAIT, LONGEST_WAIT)


def test_a_lane_has_so_many_calls_at_once_and_all_lanes_so_many_more():
    lanes = Lanes(per_lane=2, at_once=3)
    assert (lanes.room(NOON), lanes.free) == ({}, 3)
    lanes.leaves(DEAD, NOON)
    lanes.leaves(DEAD, NOON)
    lanes.leaves(ALIVE, NOON)
    assert lanes.room(NOON) == {DEAD: 0, ALIVE: 1}
    assert lanes.free == 0
    lanes.answered(DEAD)
    assert (lanes.room(NOON)[DEAD], lanes.free) == (1, 1)


def test_one_failure_is_an_accident_and_the_next_call_is_sent_alone_and_at_once():
    lanes = Lanes()
    failed(lanes, DEAD, back=1)
    assert lanes.room(later(1)) == {DEAD: 1}
    assert lanes.rests_until(DEAD, later(1)) is None


@pytest.mark.parametrize(("seconds", "room"), [(6, 0), (10, 0), (11, 1)])
def test_after_the_second_failure_in_a_row_nobody_calls_until_the_rest_is_over(seconds, room):
    lanes = Lanes()
    failed(lanes, DEAD, back=1)
    failed(lanes, DEAD, back=6)
    assert lanes.rests_until(DEAD, later(6)) == later(11)
    assert lanes.room(later(seconds)) == {DEAD: room}


def test_each_failure_more_doubles_the_rest():
    lanes, at, rests = Lanes(), 0, []
    for _ in range(9):
        failed(lanes, DEAD, back=at)
        until = lanes.rests_until(DEAD, later(at))
        rests.append((until - later(at)).seconds if until else 0)
        at += rests[-1] or 1
    assert rests == [0, 5, 10, 20, 40, 80, 160, 300, 300]


def test_calls_that_were_out_together_fail_as_one():
    lanes = Lanes()
    turns = [lanes.leaves(DEAD, NOON) for _ in range(4)]
    for turn, back in zip(turns, (25, 26, 27, 28), strict=True):
        lanes.failed(DEAD, turn=turn, at=later(back))
    assert lanes.rests_until(DEAD, later(28)) is None
    assert lanes.room(later(28)) == {DEAD: 1}


def test_one_answer_ends_every_doubt():
    lanes = Lanes()
    for back in (1, 2, 3):
        failed(lanes, DEAD, back=back)
    lanes.leaves(DEAD, NOON)
    lanes.answered(DEAD)
    assert lanes.rests_until(DEAD, later(3)) is None
    assert lanes.room(later(3)) == {DEAD: 4}


def test_a_dead_line_takes_nothing_from_another():
    lanes = Lanes()
    lanes.leaves(ALIVE, NOON)
    for back in (1, 2, 3):
        failed(lanes, DEAD, back=back)
    assert lanes.room(later(3)) == {DEAD: 0, ALIVE: 3}
    assert lanes.rests_until(ALIVE, later(3)) is None


def test_a_lane_never_used_does_not_rest():
    assert Lanes().rests_until("000000", NOON) is None


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["goes", "ok", "no"]))))
def test_whatever_happens_no_lane_has_less_than_no_calls_out(events):
    lanes = Lanes(per_lane=2, at_once=4)
    out: dict[str, list[int]] = {name: [] for name in "ABC"}
    for second, (name, what) in enumerate(events):
        if what == "goes" and lanes.free and lanes.room(later(second)).get(name, 2):
            out[name].append(lanes.leaves(name, NOON))
        elif what != "goes" and out[name]:
            turn = out[name].pop(0)
            if what == "ok":
                lanes.answered(name)
            else:
                lanes.failed(name, turn=turn, at=later(second))
        assert lanes.out == sum(len(turns) for turns in out.values()) <= 4
        assert all(len(turns) <= 2 for turns in out.values())
        assert all(room >= 0 for room in lanes.room(later(second)).values())


def test_a_party_that_takes_two_calls_a_second_gets_no_third_before_the_second_is_over():
    lanes = Lanes(per_lane=4, per_second={ALIVE: 2})
    assert lanes.room(NOON) == {ALIVE: 2}
    for _ in range(2):
        lanes.leaves(ALIVE, NOON)
        lanes.answered(ALIVE)
    assert lanes.room(NOON)[ALIVE] == 0
    assert lanes.room(NOON + timedelta(milliseconds=999))[ALIVE] == 0
    assert lanes.room(later(1))[ALIVE] == 2


def test_calls_that_are_still_out_count_beside_those_of_this_second():
    lanes = Lanes(per_lane=2, per_second={ALIVE: 50})
    lanes.leaves(ALIVE, NOON)
    assert lanes.room(later(9))[ALIVE] == 1


def test_a_party_without_a_limit_is_asked_as_often_as_it_answers():
    lanes = Lanes(per_lane=4)
    for _ in range(100):
        lanes.leaves(ALIVE, NOON)
        lanes.answered(ALIVE)
    assert lanes.room(NOON) == {ALIVE: 4}
