"""The tables of steps: what is in them can be gone, what is not is a fault of the house."""

from itertools import product

import pytest

from apothecary.purchasing.states import (
    CLAIM_STEPS,
    CLAIMED_AS,
    INVOICE_STEPS,
    ORDER_STEPS,
    UNSETTLED,
    ClaimState,
    Condition,
    InvoiceState,
    NoSuchStep,
    OrderState,
    next_claim_state,
    next_invoice_state,
    next_order_state,
)

TABLES = [
    (OrderState, ORDER_STEPS, next_order_state),
    (ClaimState, CLAIM_STEPS, next_claim_state),
    (InvoiceState, INVOICE_STEPS, next_invoice_state),
]


@pytest.mark.parametrize(("states", "steps", "goes"), TABLES)
def test_a_step_of_the_table_can_be_gone_and_no_other(states, steps, goes):
    for start, end in product(states, states):
        if (start, end) in steps:
            assert goes(start, end) is end
        else:
            with pytest.raises(NoSuchStep):
                goes(start, end)


@pytest.mark.parametrize(("states", "steps", "goes"), TABLES)
def test_every_state_but_the_first_can_be_reached(states, steps, goes):
    first = next(iter(states))
    assert {end for _, end in steps} | {first} == set(states)


@pytest.mark.parametrize(
    "over",
    [OrderState.CLOSED, OrderState.CANCELLED],
)
def test_an_order_that_is_over_stays_so(over):
    assert not [end for start, end in ORDER_STEPS if start is over]


def test_nobody_settles_a_difference_twice():
    settled = set(ClaimState) - UNSETTLED
    assert not [step for step in CLAIM_STEPS if step[0] in settled]


def test_whatever_is_set_aside_at_the_door_has_a_name_for_its_claim():
    assert set(CLAIMED_AS) == set(Condition) - {Condition.GOOD}


def test_a_good_package_becomes_no_claim():
    assert Condition.GOOD not in CLAIMED_AS
