"""The shares of a price: pure, to the cent."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from apothecary.claims.models import Claim
from apothecary.claims.parts import Whole
from apothecary.prescriptions.models import Fill, Prescription


@given(
    quantity=st.integers(2, 9999),
    now=st.integers(1, 9998),
    price=st.decimals("0.01", "9999.99", places=2),
    fee=st.decimals("0.00", "20.00", places=2),
)
def test_whatever_is_parted_the_shares_are_the_whole_to_the_cent(quantity, now, price, fee):
    now = now % quantity or 1
    rx = Prescription(number=7)
    first = Fill(prescription=rx, part=1, quantity=Decimal(now), days_supply=1, price_usd=price)
    rest = Fill(part=2, quantity=Decimal(quantity - now), days_supply=1, price_usd=Decimal(0))
    whole = Whole.of([first, rest], fee_usd=fee)
    asked = whole.first(first).price.gross_due_usd
    partial = Claim(fill=first, submitted_usd=asked, service_on=date(2026, 11, 23))
    completion = whole.completing(partial, [rest])
    assert 0 <= asked <= price
    assert completion.price.gross_due_usd >= 0
    assert asked + completion.price.gross_due_usd == price
    assert completion.part is not None
    assert completion.part.quantity_intended == first.quantity + completion.quantity
