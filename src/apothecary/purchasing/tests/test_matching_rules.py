"""An invoice's line beside order and hands: what may be paid, and every cent of the rest."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.purchasing.matching.rules import (
    CENT,
    LineFacts,
    approval_problems,
    cents,
    charge_differences,
    credit_problems,
    credit_state,
    dollars,
    line_differences,
)
from apothecary.purchasing.states import ClaimState, DifferenceKind

K = DifferenceKind


def line(
    packages: int = 3,
    price: str = "2.11",
    *,
    agreed: str | None = "2.11",
    arrived: int = 3,
    missing: int = 0,
    ordered: bool = True,
) -> LineFacts:
    """A billed line."""
    return LineFacts(
        drug="lisinopril",
        packages=packages,
        price_usd=Decimal(price),
        amount_usd=cents(packages * Decimal(price)),
        ordered=ordered,
        agreed_usd=None if agreed is None else Decimal(agreed),
        arrived=arrived,
        missing=missing,
    )


def told(facts: LineFacts) -> list[tuple[DifferenceKind, int, str]]:
    return [(one.kind, one.packages, str(one.usd)) for one in line_differences(facts)]


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (line(), []),
        (line(arrived=2), [(K.SHORT, 1, "2.11")]),
        (line(arrived=0), [(K.SHORT, 3, "6.33")]),
        (line(arrived=2, missing=1), []),
        (line(arrived=1, missing=1), [(K.SHORT, 1, "2.11")]),
        (line(arrived=5), []),
        (line(price="2.20"), [(K.PRICE, 3, "0.27")]),
        (line(price="2.00"), [(K.PRICE, 3, "-0.33")]),
        (line(price="2.20", arrived=2), [(K.PRICE, 3, "0.27"), (K.SHORT, 1, "2.11")]),
        (line(agreed=None), []),
        (line(agreed=None, arrived=2), [(K.SHORT, 1, "2.11")]),
        (line(ordered=False), [(K.NOT_ORDERED, 3, "6.33")]),
        (line(ordered=False, arrived=0), [(K.NOT_ORDERED, 3, "6.33")]),
    ],
)
def test_each_difference_is_named_with_its_packages_and_cents(facts, found):
    assert told(facts) == found


PRICES = st.decimals("0.01", "9999.9999", places=4)


@given(
    packages=st.integers(1, 500),
    price=PRICES,
    agreed=PRICES | st.none(),
    came=st.integers(0, 500),
    missing=st.integers(0, 500),
)
def test_what_is_billed_is_what_may_be_paid_and_every_difference(
    packages, price, agreed, came, missing
):
    """Whatever came: the bill falls into good packages at the agreed price and named rows."""
    takes = min(came, packages)
    lacks = min(missing, packages - takes)
    facts = LineFacts("x", packages, price, cents(packages * price), True, agreed, takes, lacks)  # noqa: FBT003
    found = line_differences(facts)
    fair = price if agreed is None else agreed
    short = sum(one.packages for one in found if one.kind is K.SHORT)
    assert short == packages - takes - lacks
    rest = facts.amount_usd - sum((one.usd for one in found), Decimal(0))
    # Rounding one sum of packages and their parts may differ by a cent, never by two.
    assert abs(rest - cents((packages - short) * fair)) <= CENT


@pytest.mark.parametrize(
    ("usd", "goods", "asked"),
    [("9.99", "100", False), ("10.00", "100", False), ("10.01", "100", True)],
)
def test_charges_above_a_tenth_of_the_goods_are_looked_at(usd, goods, asked):
    found = charge_differences([("freight", Decimal(usd))], goods_usd=Decimal(goods))
    assert bool(found) is asked


def test_an_allowance_is_no_charge():
    assert charge_differences([("discount", Decimal(-5))], goods_usd=Decimal(1)) == []


def test_an_invoice_is_approved_only_when_it_was_compared_and_each_difference_is_spoken_of():
    assert approval_problems(matched=True, open_differences=[]) == []
    (early,) = approval_problems(matched=False, open_differences=[])
    assert early.code == "not-matched"
    found = approval_problems(
        matched=True, open_differences=[("short", Decimal(2)), ("price", Decimal(1))]
    )
    assert [one.code for one in found] == ["difference-open"] * 2


@pytest.mark.parametrize(
    ("credited", "state"),
    [
        ("9.99", ClaimState.SHORT_CREDITED),
        ("10.00", ClaimState.CREDITED),
    ],
)
def test_a_credit_of_less_than_the_claim_leaves_it_open(credited, state):
    found = credit_state(claimed_usd=Decimal(10), credited_usd=Decimal(credited))
    assert found is state


@pytest.mark.parametrize(
    ("usd", "code"),
    [
        ("0", "bad-amount"),
        ("-1", "bad-amount"),
        ("0.001", "bad-amount"),
        ("0.01", ""),
        ("10.00", ""),
        ("10.01", "too-much"),
    ],
)
def test_a_credit_is_dollars_and_cents_and_no_more_than_is_owed(usd, code):
    found = credit_problems(usd=Decimal(usd), owed_usd=Decimal(10))
    assert [one.code for one in found] == ([code] if code else [])


@pytest.mark.parametrize(
    ("usd", "says"),
    [
        ("0", "$0.00"),
        ("2.5", "$2.50"),
        ("2.1150", "$2.115"),
        ("0.0001", "$0.0001"),
        ("1234.5", "$1,234.50"),
        ("-7", "-$7.00"),
        ("100", "$100.00"),
    ],
)
def test_dollars_are_said_to_the_cent_and_finer_only_where_a_price_is(usd, says):
    assert dollars(Decimal(usd)) == says


@given(st.decimals(min_value=-99_999, max_value=99_999, places=4))
def test_dollars_as_said_are_the_dollars_that_were_meant(usd):
    assert Decimal(dollars(usd).replace("$", "").replace(",", "")) == usd


def test_a_difference_of_price_says_both_prices_as_money():
    (one,) = line_differences(line(price="2.5", agreed="2.11"))
    assert one.says == "lisinopril: billed at $2.50, agreed $2.11"
