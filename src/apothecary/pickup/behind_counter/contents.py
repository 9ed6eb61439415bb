"""How much of a listed chemical is in a package, read from the drug file; pure.

The drug file says strengths in words (`drugs.derived.strengths`), one for each substance and in
their order. What cannot be read without a guess is a reason not to sell, never a number.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apothecary.drugs.derived.substances import base_name, slug, split_substances
from apothecary.law.listed_chemicals import Listed, is_listed, salt_problems
from apothecary.law.problem import Problem

BETWEEN = " / "
SCHEDULE_V = 5
OPIUM = "opium"
# ``30 mg``, ``15 mg/5 mL``, ``1.5 mg/mL``.
STRENGTH = re.compile(r"([0-9]+(?:\.[0-9]+)?) mg(?:/(?:([0-9]+(?:\.[0-9]+)?) )?mL)?")
PER_ML = re.compile(r".*/(?:[0-9.]+ )?mL")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFacts:
    """What the drug file says of a package and its product, as far as this room asks."""

    ingredient_key: str
    substances: str
    strength: str
    schedule: int
    prescription_only: bool
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a product is behind the counter for; ``problems`` are why it cannot be sold.

    ``limit`` is the kind of limit of 21 CFR 1306.26 it counts against, empty where it is not
    of Schedule V.
    """

    listed: tuple[Listed, ...] = ()
    exempt: bool = False
    opium: bool = False
    liquid: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def behind(self) -> bool:
        """Whether it is one of the products this room sells."""
        return bool(self.listed) or self.exempt or bool(self.problems)


def contents_of(facts: ProductFacts, *, on: date) -> Contents:
    """What stands behind the counter in this product, and why it may not be sold."""
    ingredients = facts.ingredient_key.split("+")
    exempt = facts.schedule == SCHEDULE_V
    if not exempt and not any(is_listed(each, on=on) for each in ingredients):
        return Contents()
    if facts.prescription_only or facts.schedule not in (0, SCHEDULE_V):
        says = "It is sold on a prescription only."
        return Contents(problems=(Problem(says, code="pse-prescription", field="package"),))
    listed, problems = listed_in(facts, on=on)
    return Contents(
        listed=tuple(listed),
        exempt=exempt,
        opium=OPIUM in ingredients,
        liquid=facts.unit == "ML",
        problems=tuple([*problems, *salt_problems(listed, on=on)]),
    )


def listed_in(facts: ProductFacts, *, on: date) -> tuple[list[Listed], list[Problem]]:
    """Each listed chemical with its milligrams in one billing unit, or why nobody knows."""
    if not any(is_listed(each, on=on) for each in facts.ingredient_key.split("+")):
        return [], []
    substances = split_substances(facts.substances)
    strengths = facts.strength.split(BETWEEN)
    if len(substances) != len(strengths):
        return [], [unread("its strengths do not go with its substances", facts)]
    listed = []
    for substance, strength in zip(substances, strengths, strict=True):
        if not is_listed(slug(base_name(substance)), on=on):
            continue
        milligrams = milligrams_of(strength, unit=facts.unit)
        if milligrams is None:
            return [], [unread(f"“{strength}” is not milligrams in one unit of it", facts)]
        listed.append(Listed(substance=substance.lower(), milligrams=milligrams))
    if not listed:
        return [], [unread("none of its substances is the chemical it is listed for", facts)]
    return listed, []


def milligrams_of(strength: str, *, unit: str) -> Decimal | None:
    """Milligrams in one tablet or one millilitre; None where the words say something else."""
    found = STRENGTH.fullmatch(strength.strip())
    liquid = bool(PER_ML.fullmatch(strength.strip()))
    if found is None or liquid != (unit == "ML") or unit not in ("EA", "ML"):
        return None
    per = Decimal(found[2]) if found[2] else Decimal(1)
    if per == 0:
        return None
    return Decimal(found[1]) / per


def unread(why: str, facts: ProductFacts) -> Problem:
    """The base cannot be reckoned: the product is not sold."""
    says = (
        f"How much base it holds is not known: {why} ({facts.substances or 'no salt named'})."
    )
    return Problem(says, code="pse-contents", field="package")
