"""House policy about prescriptions: what a price is, what an entry must hold. Pure."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from apothecary.law.problem import Problem

CENT = Decimal("0.01")
MOST_UNITS = Decimal(10_000)
# The dearest treatments on the market cost some four million dollars.
MOST_USD = Decimal(10_000_000)
MOST_DAYS = 365
MOST_REFILLS = 99
DAW_CODES = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """What a price is made of; the unit price is of the billing unit."""

    unit_price_usd: Decimal | None
    quantity: Decimal
    markup_percent: Decimal
    fee_usd: Decimal


def ingredient_cost_usd(facts: PriceFacts) -> Decimal | None:
    """What the units cost by the drug file's reference price, or nothing when it has none."""
    if facts.unit_price_usd is None:
        return None
    return (facts.unit_price_usd * facts.quantity).quantize(CENT, ROUND_HALF_UP)


def usual_and_customary_usd(facts: PriceFacts) -> Decimal | None:
    """The cash price: cost, markup, fee. Nothing when the drug file has no price."""
    cost = ingredient_cost_usd(facts)
    if cost is None:
        return None
    marked_up = cost * (Decimal(100) + facts.markup_percent) / Decimal(100)
    return (marked_up + facts.fee_usd).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """The numbers and words of a prescription as entered."""

    quantity: Decimal
    days_supply: int
    refills: int
    daw: str
    directions: str
    unit: str
    price_usd: Decimal | None


def entry_problems(facts: EntryFacts) -> list[Problem]:
    """Why these values cannot be what the prescriber meant."""
    problems = []
    if facts.quantity <= 0 or facts.quantity > MOST_UNITS:
        says = f"A quantity of {facts.quantity} {facts.unit} is not possible."
        problems.append(Problem(says, field="quantity", code="entry-quantity"))
    if facts.unit == "EA" and facts.quantity != facts.quantity.to_integral_value():
        says = f"{facts.quantity} cannot be counted: whole units only."
        problems.append(Problem(says, field="quantity", code="entry-quantity"))
    if not 0 < facts.days_supply <= MOST_DAYS:
        says = f"{facts.days_supply} days' supply is not possible."
        problems.append(Problem(says, field="days_supply", code="entry-days"))
    if not 0 <= facts.refills <= MOST_REFILLS:
        says = f"{facts.refills} refills are not possible."
        problems.append(Problem(says, field="refills", code="entry-refills"))
    if facts.daw not in DAW_CODES:
        says = f"{facts.daw!r} is no product selection code."
        problems.append(Problem(says, field="daw", code="entry-daw"))
    if not facts.directions.strip():
        problems.append(
            Problem("The directions are missing.", field="directions", code="entry-directions")
        )
    if facts.price_usd is None:
        says = "The drug file has no price for this package: type one."
        problems.append(Problem(says, field="price_usd", code="entry-price"))
    elif facts.price_usd < 0:
        problems.append(Problem("A price below zero.", field="price_usd", code="entry-price"))
    elif facts.price_usd > MOST_USD:
        says = f"A price of {facts.price_usd:,} dollars is not possible."
        problems.append(Problem(says, field="price_usd", code="entry-price"))
    return problems
