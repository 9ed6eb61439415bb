"""A card's fee in a remitted amount: found only where it explains the line to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.claims.money.fees import announced, fee_of
from apothecary.claims.tests.test_reading import PRICES, answer

D = Decimal
WITH_FEE = answer("P", prices=PRICES | {"NZ": D("1.50")})
WITHOUT = answer("P", prices=PRICES)


@pytest.mark.parametrize(
    ("remitted", "promised", "back", "fee"),
    [
        ("10.00", "10.00", False, "0"),
        ("11.50", "10.00", False, "1.50"),
        ("11.49", "10.00", False, "0"),
        ("-11.50", "10.00", True, "-1.50"),
        ("-10.00", "10.00", True, "0"),
        ("0.00", "-1.50", False, "1.50"),
        ("0.00", "-1.50", True, "-1.50"),
        ("11.50", "10.00", True, "0"),
    ],
)
def test_a_fee_is_found_by_its_cents_and_by_the_way_of_the_line(remitted, promised, back, fee):
    assert fee_of(D(remitted), D(promised), WITH_FEE, back=back) == D(fee)


def test_an_answer_without_a_fee_explains_nothing():
    assert announced(WITHOUT) == 0
    assert announced(b"no answer") == 0
    assert fee_of(D("11.50"), D("10.00"), WITHOUT) == 0


CENTS = st.integers(-100_000, 100_000).map(lambda n: D(n) / 100)


@given(CENTS, CENTS, st.booleans())
def test_a_fee_that_is_found_makes_the_line_even_to_the_cent(remitted, promised, back):
    fee = fee_of(remitted, promised, WITH_FEE, back=back)
    due = -promised if back else promised
    assert fee in (D(0), D("-1.50") if back else D("1.50"))
    assert (remitted - fee == due) == (
        remitted in (due, due + (D("-1.50") if back else D("1.50")))
    )


@given(CENTS, st.booleans())
def test_taking_a_payment_back_takes_back_its_fee_too(promised, withheld):
    paid = promised + (D("1.50") if withheld else D(0))
    there = fee_of(paid, promised, WITH_FEE)
    again = fee_of(-paid, promised, WITH_FEE, back=True)
    assert there == (D("1.50") if withheld else D(0))
    assert there + again == 0
