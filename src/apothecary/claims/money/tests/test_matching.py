"""A line finds its one claim or none: nothing is guessed."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.claims.money.importing import number_of
from apothecary.claims.money.matching import Ours, claim_of
from apothecary.claims.money.reading import Payee, remittances_for
from apothecary.claims.money.tests.samples import DAY, NPI, Paid, Sent, file_of, turned
from apothecary.wires.x12 import Claim as Line

NDC = "68180098001"
OURS = Ours(7, "A1", DAY, NDC, 1, Decimal("11.76"), Decimal("9.25"))
SENT = Paid("7000100", "9.25", "A1")


def line(paid: Paid) -> Line:
    """The line as it is read from a file."""
    (one,) = remittances_for(BytesIO(file_of(Sent((paid,)))), Payee(NPI, ""))
    return one.remittance.claims[0]


def test_the_payers_own_number_finds_the_claim_whatever_else_was_paid():
    assert claim_of(line(SENT), [OURS]) == 7
    assert claim_of(line(replace(SENT, usd="1.00", on=DAY - timedelta(days=1))), [OURS]) == 7
    assert claim_of(line(turned(SENT)), [OURS]) == 7


def test_another_fill_of_the_prescription_is_another_claim():
    refill = replace(OURS, claim_id=8, authorization="A2", service_on=DAY + timedelta(days=30))
    assert claim_of(line(SENT), [refill, OURS]) == 7
    assert claim_of(line(replace(SENT, number="A2")), [refill, OURS]) == 8


def test_one_number_given_by_two_payers_is_told_apart_by_the_turn():
    second = replace(OURS, claim_id=8, payer=2)
    assert claim_of(line(SENT), [OURS, second]) == 7
    assert claim_of(line(replace(SENT, status="2")), [OURS, second]) == 8
    assert claim_of(line(replace(SENT, status="3")), [OURS, second]) is None
    assert claim_of(line(turned(SENT)), [OURS, second]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"on": DAY + timedelta(days=1)},
        {"charge": "11.77"},
        {"ndc": "00093104801"},
        {"status": "2"},
    ],
)
def test_without_the_number_everything_must_fit(change):
    unnamed = replace(SENT, number="ICN1")
    assert claim_of(line(unnamed), [OURS]) == 7
    assert claim_of(line(replace(unnamed, **change)), [OURS]) is None


def test_without_the_number_two_claims_that_fit_are_none():
    twin = replace(OURS, claim_id=8, authorization="A2")
    assert claim_of(line(replace(SENT, number="")), [OURS, twin]) is None


@pytest.mark.parametrize(
    ("rx", "number"),
    [("7000100", 7000100), (" 07 ", 7), ("R7", 0), ("", 0), ("٧", 0), ("9" * 19, 0)],
)
def test_a_prescription_number_is_digits_as_ours_are(rx, number):
    assert number_of(replace(line(SENT), id=rx)) == number


names = st.sampled_from(["A1", "A2", "A3", ""])
days = st.integers(0, 2).map(lambda n: DAY + timedelta(days=n))
rows = st.builds(
    Ours,
    st.integers(1, 99),
    names,
    days,
    st.just(NDC),
    st.integers(1, 3),
    st.just(Decimal("11.76")),
    st.just(Decimal("9.25")),
)
READ = line(SENT)


@given(st.lists(rows, max_size=6, unique_by=lambda one: one.claim_id), names, st.randoms())
def test_a_match_is_one_of_ours_has_its_number_and_hangs_on_no_order(ours, number, chance):
    sent = replace(READ, payer_control=number, references=())
    found = claim_of(sent, ours)
    mixed = list(ours)
    chance.shuffle(mixed)
    assert claim_of(sent, mixed) == found
    named = {one.claim_id for one in ours if number and one.authorization == number}
    if found is not None:
        assert found in (named or {one.claim_id for one in ours})
    if len(named) == 1:
        assert {found} == named
