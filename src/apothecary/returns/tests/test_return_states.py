"""The steps of a return and of its lines: every pair of states, allowed or a fault."""

from itertools import product

import pytest

from apothecary.returns.shipments.states import (
    CLOSED,
    HELD,
    LINE_STEPS,
    OWED,
    SHIPMENT_STEPS,
    LineState,
    NoSuchStep,
    ShipmentState,
    next_line_state,
    next_shipment_state,
)

S, L = ShipmentState, LineState


@pytest.mark.parametrize(("start", "end"), list(product(S, S)))
def test_a_shipment_takes_the_steps_of_its_table_and_no_other(start, end):
    if (start, end) in SHIPMENT_STEPS:
        assert next_shipment_state(start, end) is end
    else:
        with pytest.raises(NoSuchStep, match=start.value):
            next_shipment_state(start, end)


@pytest.mark.parametrize(("start", "end"), list(product(L, L)))
def test_a_line_takes_the_steps_of_its_table_and_stays_short_when_little_more_comes(start, end):
    if (start, end) in LINE_STEPS or start is end is L.SHORT:
        assert next_line_state(start, end) is end
    else:
        with pytest.raises(NoSuchStep, match=end.value):
            next_line_state(start, end)


def test_a_line_is_held_owed_or_closed_and_never_two_of_them():
    assert sorted([*HELD, *OWED, *CLOSED]) == sorted(L)


def test_from_a_closed_line_and_a_finished_shipment_no_step_leads():
    assert not [step for step in LINE_STEPS if step[0] in CLOSED]
    assert not [step for step in SHIPMENT_STEPS if step[0] in {S.SETTLED, S.CANCELLED}]


def test_nothing_that_left_the_house_can_be_cancelled_or_dropped():
    assert (S.SHIPPED, S.CANCELLED) not in SHIPMENT_STEPS
    assert (L.SHIPPED, L.DROPPED) not in LINE_STEPS


def test_every_state_can_be_reached():
    assert {end for _, end in SHIPMENT_STEPS} == frozenset(S)
    assert {end for _, end in LINE_STEPS} | {L.PICKED} == frozenset(L)
