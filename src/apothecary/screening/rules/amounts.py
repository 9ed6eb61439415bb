"""How much of each ingredient somebody takes in a day, where strength and directions say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from apothecary.screening.rules.facts import Content, DrugFacts

COUNTED = frozenset({"tablet", "capsule", "each", "patch", "puff", "film", "lozenge", "tab"})
IN_MG = {"mg": Decimal(1), "mcg": Decimal("0.001"), "g": Decimal(1000)}
TIDY = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Amount:
    """So many mg (or mcg/h of a patch) in a day, and what says so."""

    a_day: Decimal
    unit: str
    by: str


@lru_cache(maxsize=4096)
def amounts(drug: DrugFacts) -> Mapping[str, Amount]:
    """The daily amount of each ingredient; what cannot be reckoned is left out.

    The directions come first, the quantity over the days' supply second.
    """
    found: dict[str, Amount] = {}
    for content in drug.contents:
        units, by = units_a_day(drug, content)
        if units is not None:
            kept = found.get(content.ingredient)
            sum_ = units * content.amount + (kept.a_day if kept else 0)
            found[content.ingredient] = Amount(sum_, content.unit, by)
    if not found and len(drug.ingredients) == 1:
        found |= by_weight(drug, drug.ingredients[0])
    return found


def units_a_day(drug: DrugFacts, content: Content) -> tuple[Decimal | None, str]:
    """Tablets or mL a day, and whether directions or quantity say so."""
    use, patch = drug.use, content.unit == "mcg/h"
    if patch:  # what a patch gives in an hour does not depend on how often it is changed
        return Decimal(1), "one patch at a time"
    if use.a_day is not None:
        if use.unit in IN_MG and len(drug.ingredients) == 1 and content.unit == "mg":
            return use.a_day * IN_MG[use.unit] / content.amount, "directions"
        if use.unit == "mL" and content.per == "mL":
            return use.a_day, "directions"
        if content.per == "each" and use.unit in COUNTED:
            return use.a_day, "directions"
    if drug.quantity_a_day > 0:
        return drug.quantity_a_day, "quantity over days' supply"
    return None, ""


def by_weight(drug: DrugFacts, ingredient: str) -> dict[str, Amount]:
    """A dose ordered in mg says enough without a strength."""
    use = drug.use
    if use.a_day is None or use.unit not in IN_MG:
        return {}
    return {ingredient: Amount(use.a_day * IN_MG[use.unit], "mg", "directions")}


@lru_cache(maxsize=4096)
def dose_said(drug: DrugFacts) -> str:
    """The daily dose as text that is equal when the dose is, by directions and by quantity."""
    known = amounts(drug)
    if not known or set(known) != set(drug.ingredients):
        return f"{drug.strength}|{plain(drug.quantity_a_day)}"
    handed: dict[str, Decimal] = {}
    for content in drug.contents:
        each = drug.quantity_a_day * content.amount
        handed[content.ingredient] = handed.get(content.ingredient, Decimal(0)) + each
    return ";".join(
        f"{key}={plain(known[key].a_day)}/{plain(handed.get(key, Decimal(0)))}"
        for key in sorted(known)
    )


def plain(value: Decimal) -> str:
    """A number without trailing zeros, to a thousandth."""
    return f"{value.quantize(TIDY).normalize():f}"
