"""From typed facts to the bytes of what a payer is asked. Pure: no rows, clock or settings."""

from apothecary.claims.building.asks import Authorization, Eligibility, Representative
from apothecary.claims.building.bill import (
    CENTS,
    Administration,
    Bill,
    Card,
    Compound,
    Coupon,
    Ingredient,
    Injury,
    OtherPayer,
    Part,
    Price,
    billing_problems,
    price_of,
)
from apothecary.claims.building.coordination import other_coverage_of
from apothecary.claims.building.requests import (
    build_authorization,
    build_billing,
    build_eligibility,
    build_rebill,
    build_report,
    sheet_problems,
)
from apothecary.claims.building.reversal import reversal_of
from apothecary.claims.building.sheets import Sheet, sheet_for
from apothecary.claims.building.text import wire_text

__all__ = [
    "CENTS",
    "Administration",
    "Authorization",
    "Bill",
    "Card",
    "Compound",
    "Coupon",
    "Eligibility",
    "Ingredient",
    "Injury",
    "OtherPayer",
    "Part",
    "Price",
    "Representative",
    "Sheet",
    "billing_problems",
    "build_authorization",
    "build_billing",
    "build_eligibility",
    "build_rebill",
    "build_report",
    "other_coverage_of",
    "price_of",
    "reversal_of",
    "sheet_for",
    "sheet_problems",
    "wire_text",
]
