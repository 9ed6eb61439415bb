"""Where a suspect case can go, every pair of states asked."""

from itertools import pairwise, product

import pytest

from apothecary.purchasing.states import NoSuchStep
from apothecary.purchasing.tracing.states import (
    CASE_STEPS,
    CONDEMNED,
    OPEN,
    CaseState,
    Verdict,
    next_case_state,
)

WAY = [
    CaseState.HELD,
    CaseState.ILLEGITIMATE,
    CaseState.NOTIFIED,
    CaseState.DISPOSED,
    CaseState.TERMINATED,
]


def test_illegitimate_product_goes_one_way_and_skips_nothing():
    assert all(step in CASE_STEPS for step in pairwise(WAY))


@pytest.mark.parametrize(("start", "end"), list(product(CaseState, CaseState)))
def test_a_case_takes_the_steps_of_the_table_and_no_other(start, end):
    if (start, end) in CASE_STEPS:
        assert next_case_state(start, end) is end
        return
    with pytest.raises(NoSuchStep, match=start.value):
        next_case_state(start, end)


def test_what_was_condemned_is_never_cleared():
    assert not {start for start, end in CASE_STEPS if end is CaseState.CLEARED} & CONDEMNED


def test_a_case_is_open_until_it_is_cleared_or_its_notification_is_over():
    ends = {end for _, end in CASE_STEPS} - {start for start, _ in CASE_STEPS}
    assert set(CaseState) - OPEN == ends == {CaseState.CLEARED, CaseState.TERMINATED}


def test_from_held_every_state_can_be_reached():
    reached, fresh = set(), {CaseState.HELD}
    while fresh:
        reached |= fresh
        fresh = {end for start, end in CASE_STEPS if start in fresh} - reached
    assert reached == set(CaseState)


def test_silence_is_no_verdict():
    assert {one.value for one in Verdict} - {"asked", "refused", "unclear"} == {
        "verified",
        "not verified",
    }
