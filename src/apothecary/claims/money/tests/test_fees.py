"""A card's fee in a remitted amount: found only where it explains the line to the cent."""

from decimal import Decimal

import pytest

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
