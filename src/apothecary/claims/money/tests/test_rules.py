"""What an account says, at its boundaries; and that no account is uneven without a name."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.claims.money.kinds import DifferenceKind
from apothecary.claims.money.rules import PATIENCE, Account, age_of, difference_of
from apothecary.claims.states import ClaimState

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
K = DifferenceKind
TEN = Decimal("10.00")


def account(state: ClaimState = ClaimState.PAID, **said) -> Account:
    facts = {"promised_usd": TEN, "since": NOW, **said}
    return Account(claim_id=1, state=state, **facts)


def kind(state: ClaimState = ClaimState.PAID, **said) -> DifferenceKind | None:
    return difference_of(account(state, **said), at=NOW)


def test_a_claim_paid_as_promised_is_even():
    assert account(remitted_usd=TEN, paid=1).open_usd == 0
    assert kind(remitted_usd=TEN, paid=1) is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"remitted_usd": Decimal("9.99"), "paid": 1}, K.SHORT),
        ({"remitted_usd": Decimal("10.01"), "paid": 1}, K.OVER),
        ({"remitted_usd": TEN * 2, "paid": 2}, K.TWICE),
        ({"remitted_usd": TEN * 2, "paid": 3, "reversed": 1}, K.TWICE),
        ({"remitted_usd": Decimal(0), "denied": 1}, K.DENIED),
        ({"remitted_usd": Decimal(0), "paid": 1, "reversed": 1}, K.REVERSED),
        ({"remitted_usd": TEN, "taken_usd": Decimal("0.01"), "paid": 1}, K.TAKEN),
        ({"remitted_usd": Decimal("8"), "paid": 2, "reversed": 1}, K.SHORT),
    ],
)
def test_what_a_payer_did_to_a_claim_that_stands_has_one_name(said, expected):
    assert kind(**said) is expected


@pytest.mark.parametrize(("days", "expected"), [(29, None), (30, K.MISSING), (31, K.MISSING)])
def test_a_claim_without_any_line_is_asked_about_after_thirty_days(days, expected):
    assert kind(since=NOW - timedelta(days=days)) is expected
    assert timedelta(days=30) == PATIENCE


@pytest.mark.parametrize(("days", "expected"), [(29, None), (30, K.NOT_TAKEN)])
def test_money_of_a_reversed_claim_is_theirs_until_they_take_it_back(days, expected):
    said = {"remitted_usd": TEN, "paid": 1, "since": NOW - timedelta(days=days)}
    assert kind(ClaimState.REVERSED, **said) is expected


def test_a_reversed_claim_that_was_taken_back_is_even():
    assert kind(ClaimState.REVERSED, paid=1, reversed=1) is None


def test_a_reversed_claim_that_was_never_paid_and_is_taken_back_is_taken_too_often():
    assert kind(ClaimState.REVERSED, remitted_usd=-TEN, reversed=1) is K.TAKEN_TWICE


@pytest.mark.parametrize("state", [ClaimState.REJECTED, ClaimState.OUT, ClaimState.UNANSWERED])
def test_money_for_a_claim_that_our_books_do_not_have_as_paid_is_named(state):
    assert kind(state, remitted_usd=TEN, paid=1) is K.UNEXPECTED


def test_what_was_given_up_is_not_expected_any_more_and_money_after_that_is_too_much():
    five = Decimal("5")
    assert kind(remitted_usd=five, settled_usd=five, paid=1) is None
    assert kind(remitted_usd=TEN, settled_usd=five, paid=2, reversed=1) is K.OVER


cents = st.integers(-100_000, 100_000).map(lambda n: Decimal(n) / 100)
counts = st.integers(0, 3)


@given(
    st.sampled_from(list(ClaimState)),
    st.tuples(cents, cents, cents, cents),
    st.tuples(counts, counts, counts),
)
def test_an_account_is_even_or_after_thirty_days_has_a_name(state, usd, many):
    promised, remitted, taken, settled = usd
    one = Account(1, state, NOW, abs(promised), remitted, taken, settled, *many)
    late = difference_of(one, at=NOW + PATIENCE)
    assert (late is None) == (one.open_usd == 0)
    soon = difference_of(one, at=NOW)
    assert soon in (None, late)
    expected = abs(promised) if state in (ClaimState.PAID, ClaimState.REVERSING) else 0
    assert one.open_usd + remitted + settled - taken == expected


@pytest.mark.parametrize(
    ("days", "word"),
    [
        (0, "0–30 days"),
        (30, "0–30 days"),
        (31, "31–60 days"),
        (60, "31–60 days"),
        (61, "61–90 days"),
        (90, "61–90 days"),
        (91, "over 90 days"),
        (4000, "over 90 days"),
    ],
)
def test_the_age_of_money_counts_from_the_day_of_service(days, word):
    on = date(2026, 11, 23)
    assert age_of(on - timedelta(days=days), on=on) == word
