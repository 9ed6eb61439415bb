"""From typed facts to the bytes of what a payer is asked. Pure: no rows, clock or settings."""

from apothecary.claims.building.bill import (
    CENTS,
    Bill,
    Card,
    Part,
    Price,
    billing_problems,
    build_billing,
    price_of,
    reversal_of,
    wire_text,
)

__all__ = [
    "CENTS",
    "Bill",
    "Card",
    "Part",
    "Price",
    "billing_problems",
    "build_billing",
    "price_of",
    "reversal_of",
    "wire_text",
]
