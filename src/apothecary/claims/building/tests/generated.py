"""Any bill there could be: every fact there or not, at every size it may have."""

import string
from datetime import date
from typing import TypeVar

from hypothesis import strategies as st

from apothecary.claims.building import (
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
)

Thing = TypeVar("Thing")
CODE_LETTERS = string.ascii_uppercase + string.digits
NAMES = st.text(string.ascii_letters + " '-éüñŁ’", max_size=40)
DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
MONEY = st.decimals("0", "99999.99", places=2)
QUANTITIES = st.decimals("0.001", "9999999.999", places=3)


def codes(shortest: int, longest: int) -> st.SearchStrategy[str]:
    """A code or a number of that length."""
    return st.text(CODE_LETTERS, min_size=shortest, max_size=longest)


def digits(length: int) -> st.SearchStrategy[str]:
    """Exactly so many digits."""
    return st.text(string.digits, min_size=length, max_size=length)


def maybe(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """That, or nothing known."""
    return st.just("") | strategy


def tuples_of(
    strategy: st.SearchStrategy[Thing], most: int
) -> st.SearchStrategy[tuple[Thing, ...]]:
    """None of it, or up to so many."""
    return st.lists(strategy, max_size=most).map(tuple)


CARDS = st.builds(
    Card,
    bin=digits(6),
    pcn=maybe(codes(1, 10)),
    group=maybe(codes(1, 15)),
    cardholder_id=codes(1, 20),
    person_code=maybe(digits(3)),
    relationship=maybe(st.sampled_from("01234")),
    first_name=NAMES,
    last_name=NAMES,
    plan_id=maybe(codes(1, 8)),
    eligibility_clarification=maybe(st.sampled_from("012345")),
)
PRICES = st.builds(
    Price,
    ingredient_cost_usd=MONEY,
    dispensing_fee_usd=MONEY,
    usual_and_customary_usd=MONEY,
    professional_fee_usd=MONEY,
    other_amounts=tuples_of(st.tuples(digits(2), MONEY), 3),
    flat_tax_usd=MONEY,
    percentage_tax_usd=MONEY,
    tax_percent=st.none() | st.decimals("0.0001", "99.9999", places=4),
    tax_basis=maybe(digits(2)),
)
PARTS = st.builds(
    Part,
    status=st.sampled_from("PC"),
    quantity_intended=QUANTITIES,
    days_intended=st.integers(1, 999),
    completes_number=st.none() | st.integers(1, 999_999_999_999),
    completes_on=st.none() | DAYS,
)
PAYERS = st.builds(
    OtherPayer,
    coverage_type=st.just("01"),
    payer_id=digits(6),
    on=DAYS,
    control_number=maybe(codes(1, 30)),
    paid=st.lists(st.tuples(digits(2), MONEY), min_size=1, max_size=4).map(tuple),
    responsible=st.lists(st.tuples(digits(2), MONEY), min_size=1, max_size=4).map(tuple),
    stages=tuples_of(st.tuples(digits(2), MONEY), 4),
) | st.builds(
    OtherPayer,
    coverage_type=st.just("02"),
    payer_id=digits(6),
    on=DAYS,
    rejects=st.lists(codes(1, 3), min_size=1, max_size=5).map(tuple),
)
INGREDIENTS = st.builds(
    Ingredient,
    ndc11=digits(11),
    quantity=QUANTITIES,
    cost_usd=MONEY,
    basis_of_cost=digits(2),
    modifiers=tuples_of(codes(2, 2), 3),
)
COMPOUNDS = st.builds(
    Compound,
    ingredients=st.lists(
        INGREDIENTS, min_size=2, max_size=6, unique_by=lambda one: one.ndc11
    ).map(tuple),
    form=digits(2),
    route=maybe(digits(7)),
    kind=maybe(digits(2)),
    effort=maybe(digits(2)),
)
SAFETY = tuples_of(st.tuples(codes(2, 2), codes(2, 2), codes(2, 2)), 7)
BILLS = st.builds(
    Bill,
    pharmacy_npi=digits(10),
    service_on=DAYS,
    card=CARDS,
    last_name=NAMES,
    first_name=NAMES,
    birth_date=DAYS,
    sex=st.sampled_from(["M", "F", "U", ""]),
    street=NAMES,
    city=NAMES,
    state=st.sampled_from(["TX", "CA", ""]),
    postal_code=st.sampled_from(["78701", "78701-1234", ""]),
    rx_number=st.integers(1, 999_999_999_999),
    fill_number=st.integers(0, 99),
    ndc11=digits(11),
    unit=st.sampled_from(["EA", "GM", "ML"]),
    quantity=QUANTITIES,
    days_supply=st.integers(1, 999),
    daw=st.sampled_from("0123456789"),
    written_on=DAYS,
    refills=st.integers(0, 99),
    origin=st.sampled_from("012345"),
    schedule=st.sampled_from([0, 2, 3, 4, 5]),
    quantity_prescribed=QUANTITIES,
    prescriber_npi=codes(1, 15),
    prescriber_last_name=NAMES,
    price=PRICES,
    part=st.none() | PARTS,
    clarification=maybe(st.sampled_from(["2", "5", "8", "42"])),
    prior_authorization=maybe(codes(1, 11)),
    safety=SAFETY,
    others=st.just(()) | PAYERS.map(lambda one: (one,)),
    injury=st.none()
    | st.builds(
        Injury,
        on=DAYS,
        reference=maybe(codes(1, 30)),
        employer=NAMES,
        carrier=maybe(codes(1, 10)),
    ),
    coupon=st.none()
    | st.builds(Coupon, kind=digits(2), number=codes(1, 15), value_usd=st.none() | MONEY),
    compound=st.none() | COMPOUNDS,
    administration=st.none() | st.builds(Administration, incentive_usd=MONEY),
    authorization_type=maybe(st.sampled_from("123456789")),
    delay_reason=maybe(digits(2)),
    clarifications=tuples_of(st.sampled_from(["20", "47"]), 2),
    diagnoses=tuples_of(st.sampled_from(["E11.9", "I10", "Z79.899", "m54.50"]), 5),
    basis_of_cost=digits(2),
    acquisition_cost_usd=MONEY,
    patient_paid_usd=st.none() | MONEY,
    phone=st.sampled_from(["", "5125550100", "+1 (512) 555-0100"]),
    residence=maybe(digits(2)),
    place_of_service=maybe(digits(2)),
    pharmacy_service_type=maybe(digits(2)),
    level_of_service=maybe(digits(2)),
    special_packaging=maybe(digits(1)),
    pharmacist_npi=maybe(digits(10)),
    prescriber_qualifier=digits(2),
    prescriber_first_name=NAMES,
    prescriber_phone=st.sampled_from(["", "512.555.0101"]),
    prescriber_street=NAMES,
    prescriber_city=NAMES,
    prescriber_state=st.sampled_from(["TX", ""]),
    prescriber_postal_code=st.sampled_from(["78701", ""]),
)
