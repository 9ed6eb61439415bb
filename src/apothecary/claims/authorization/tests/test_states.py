"""The one table of how an authorization moves."""

import pytest

from apothecary.claims.authorization.states import (
    KIND_WORDS,
    LIVE,
    OURS,
    STEPS,
    WAY_WORDS,
    AuthorizationState,
    Kind,
    NoSuchStep,
    Way,
    next_state,
)

S = AuthorizationState
ENDED = {S.CANCELLED, S.EXPIRED}


@pytest.mark.parametrize(("start", "end"), sorted(STEPS))
def test_every_step_of_the_table_is_taken(start, end):
    assert next_state(start, end) is end


def test_every_other_step_stops_the_act():
    others = {(start, end) for start in S for end in S} - STEPS
    assert len(others) > len(STEPS)
    for start, end in others:
        with pytest.raises(NoSuchStep, match=f"from {start.value} to {end.value}"):
            next_state(start, end)


def test_every_state_is_reached_from_a_draft_and_only_what_ended_is_left_by_none():
    reached = {S.DRAFT}
    while more := {end for start, end in STEPS if start in reached} - reached:
        reached |= more
    assert reached == set(S)
    assert set(S) - {start for start, _ in STEPS} == ENDED


def test_a_cancelled_or_expired_one_stays_so_and_a_denied_one_may_only_be_asked_again():
    for end in ENDED:
        assert not [step for step in STEPS if step[0] is end]
    assert [end for start, end in STEPS if start is S.DENIED] == [S.ASKED]


def test_what_is_live_is_neither_decided_nor_ended():
    assert {S.APPROVED, S.DENIED, *ENDED}.isdisjoint(LIVE)
    assert set(S) - LIVE == {S.APPROVED, S.DENIED, *ENDED}
    assert set(S) >= OURS


def test_every_way_and_every_kind_has_words():
    assert set(WAY_WORDS) == set(Way)
    assert set(KIND_WORDS) == set(Kind)
