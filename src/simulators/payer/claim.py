"""From a split request to typed claim values, or every reject code at once.

A payer's front desk: what is missing or malformed is answered with the field's own reject
code before any benefit is looked at. Codes mean "missing or invalid" unless a text says more.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from simulators.payer.wire import BadValue, read_money

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Reject:
    """One reason a payer gives: the code on the wire, a short text, and which repetition.

    The occurrence counts from one where the field is one of many (4F); 0 where it is not.
    """

    code: str
    text: str
    occurrence: int = 0


@dataclass(frozen=True)
class OtherPayer:
    """What a claim tells of a payer before this one; dollars."""

    rank: int
    bin: str
    on: date | None
    paid_usd: Decimal
    says_paid: bool
    share_usd: Decimal
    says_share: bool
    rejects: tuple[str, ...]


@dataclass(frozen=True)
class Ingredient:
    """One ingredient of a compound; quantity in its own billing unit, cost in dollars."""

    ndc: str
    quantity: Decimal
    cost_usd: Decimal


@dataclass(frozen=True)
class Intervention:
    """One DUR/PPS group: the reason, what the pharmacist did, what came of it."""

    reason: str
    service: str
    result: str


@dataclass(frozen=True)
class Claim:
    """What the benefit rules need of one B1, typed; money in dollars, quantity in unit 28."""

    bin: str
    pcn: str
    pharmacy: str
    service_on: date
    group: str
    cardholder: str
    person: str
    born_on: date
    last_name: str
    rx_number: str
    fill_number: int
    ndc: str
    quantity: Decimal
    quantity_prescribed: Decimal | None
    days: int
    daw: str
    refills: int | None
    origin: str
    prescriber: str
    override_codes: tuple[str, ...]
    pa_number: str
    ingredient_cost_usd: Decimal
    usual_usd: Decimal
    gross_usd: Decimal
    # A part of a fill: P for the first, C for the one that completes it, else empty.
    dispensing: str = ""
    intended: Decimal | None = None
    associated_rx: str = ""
    associated_on: date | None = None
    sex: str = ""
    first_name: str = ""
    relationship: str = ""
    basis: str = ""
    incentive_usd: Decimal = ZERO
    other_coverage: str = ""
    others: tuple[OtherPayer, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    diagnoses: tuple[str, ...] = ()
    coupon: str = ""
    prescriber_name: str = ""


def read_day(text: str) -> date:
    """CCYYMMDD as a date; BadValue when it is none."""
    if not re.fullmatch(r"[0-9]{8}", text):
        raise BadValue(f"{text!r} is not CCYYMMDD")
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  a calendar day, no zone
    except ValueError as error:
        raise BadValue(f"{text!r} is not a day") from error


def same_code(text: str) -> str:
    """Short codes come with and without a leading zero; this form compares equal."""
    return text.lstrip("0") or ("0" if text else "")


def day_or_none(text: str) -> date | None:
    """CCYYMMDD as a date, None when it is none."""
    try:
        return read_day(text)
    except BadValue:
        return None


def money_or_none(text: str) -> Decimal | None:
    """A signed overpunch amount in dollars, None when it is none."""
    try:
        return read_money(text)
    except BadValue:
        return None


def unique(rejects: Iterable[Reject]) -> list[Reject]:
    """Each code once a repetition, the first text kept, in order."""
    seen: dict[tuple[str, int], Reject] = {}
    for one in rejects:
        seen.setdefault((one.code, one.occurrence), one)
    return list(seen.values())
