"""What keeps a bill from being a claim to anybody, whatever the payer's sheet says."""

from collections.abc import Iterator

from apothecary.claims.building.bill import Bill
from apothecary.claims.building.segments import COMPOUND_UNITS
from apothecary.law.problem import Problem

WORKERS_COMPENSATION = "workers compensation"
# The counter of segment 08 has one digit; the other limits are usage of D.0.
MOST_SERVICES, MOST_CLARIFICATIONS, MOST_DIAGNOSES = 9, 3, 5
LEAST_INGREDIENTS, MOST_INGREDIENTS = 2, 25


def bill_problems(bill: Bill) -> list[Problem]:
    """Every reason why these facts are no claim; an empty list means go ahead."""
    return [*_money(bill), *_counts(bill), *_compound(bill), *_kinds(bill)]


def no(field: str, says: str) -> Problem:
    """One reason, at the fact of the bill that has to change."""
    return Problem(says, field=field, code="claim-facts")


def _money(bill: Bill) -> Iterator[Problem]:
    asks = bill.asks
    amounts = {
        "cost of the drug": asks.ingredient_cost_usd,
        "dispensing fee": asks.dispensing_fee_usd,
        "cash price": asks.usual_and_customary_usd,
        "professional fee": asks.professional_fee_usd,
        "flat tax": asks.flat_tax_usd,
        "percentage tax": asks.percentage_tax_usd,
    }
    for name, amount in amounts.items():
        if amount < 0:
            yield no("price", f"The {name} is below zero: {amount}.")
    if any(amount < 0 for _, amount in asks.other_amounts):
        yield no("price", "An other amount asked for is below zero.")
    if bill.incentive_usd < 0:
        yield no("administration", f"Its fee is below zero: {bill.incentive_usd}.")
    if bill.is_340b and bill.compound is None and bill.acquisition_cost_usd is None:
        cost = "A 340B claim (clarification 20) asks for what the drug cost us: not known."
        yield no("acquisition_cost_usd", cost)


def _counts(bill: Bill) -> Iterator[Problem]:
    services = len(bill.safety) + bool(bill.administration)
    services += bool(bill.compound and bill.compound.effort)
    counted = (
        ("safety", "services", services, MOST_SERVICES),
        ("clarification", "clarification codes", len(bill.clarified), MOST_CLARIFICATIONS),
        ("diagnoses", "diagnoses", len(bill.diagnoses), MOST_DIAGNOSES),
    )
    for field, what, found, most in counted:
        if found > most:
            yield no(field, f"A claim carries at most {most} {what}, not {found}.")


def _compound(bill: Bill) -> Iterator[Problem]:
    if bill.compound is None:
        return
    parts = bill.compound.ingredients
    if not LEAST_INGREDIENTS <= len(parts) <= MOST_INGREDIENTS:
        many = f"{LEAST_INGREDIENTS} to {MOST_INGREDIENTS} ingredients, not {len(parts)}"
        yield no("compound", f"A compound is billed with {many}.")
    if len({one.ndc11 for one in parts}) < len(parts):
        yield no("compound", "An ingredient stands in the compound twice.")
    if any(one.cost_usd < 0 for one in parts):
        yield no("compound", "An ingredient costs less than nothing.")
    if not bill.compound.form:
        yield no("compound", "A compound is billed with its dosage form (450-EF).")
    if bill.unit not in COMPOUND_UNITS:
        yield no("unit", f"A compound is billed in EA, GM or ML, not {bill.unit!r}.")


def _kinds(bill: Bill) -> Iterator[Problem]:
    if bill.card_kind == WORKERS_COMPENSATION and bill.injury is None:
        yield no("injury", "A claim for an injury at work names its day (434-DY).")
    if bill.part is not None and bill.part.status not in {"P", "C"}:
        yield no("part", f"A part is P, or C to complete one, not {bill.part.status!r}.")
