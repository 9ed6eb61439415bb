"""The table of a claim's states."""

import pytest

from apothecary.claims.states import (
    LIVE,
    STEPS,
    TO_WORK,
    ClaimState,
    Kind,
    NoSuchStep,
    next_state,
)

C = ClaimState
PAIRS = [(kind, start, end) for kind in Kind for start in C for end in C]


@pytest.mark.parametrize(("kind", "start", "end"), PAIRS)
def test_a_step_that_is_not_in_the_table_stops_the_act(kind, start, end):
    if (start, end) in STEPS[kind]:
        assert next_state(kind, start, end) is end
    else:
        with pytest.raises(NoSuchStep, match=f"{start.value} to {end.value}"):
            next_state(kind, start, end)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_state_of_a_claim_is_reached_from_the_outbox(kind):
    reached, todo = {C.OUT}, [C.OUT]
    while todo:
        at = todo.pop()
        new = {end for start, end in STEPS[kind] if start is at} - reached
        reached |= new
        todo += new
    assert reached == {C.OUT} | {end for _, end in STEPS[kind]}


def test_nothing_leaves_a_claim_that_is_reversed_withdrawn_or_approved():
    for kind in Kind:
        starts = {start for start, _ in STEPS[kind]}
        assert not starts & {C.REVERSED, C.WITHDRAWN, C.APPROVED}


def test_a_paid_billing_only_ends_by_its_reversal():
    assert {end for start, end in STEPS[Kind.BILLING] if start is C.PAID} == {C.REVERSING}


def test_a_claim_of_unknown_fate_counts_as_live_and_is_shown():
    assert C.UNANSWERED in LIVE
    assert C.UNANSWERED in TO_WORK
    assert C.REJECTED not in LIVE
