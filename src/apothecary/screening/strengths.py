"""Strength and directions as the drug file and the prescription write them, read into facts."""

import re
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from apothecary.directions.direction import Directions
from apothecary.directions.reading import read_directions
from apothecary.directions.step import Step
from apothecary.screening.rules.amounts import IN_MG
from apothecary.screening.rules.facts import Content, Use
from apothecary.screening.rules.tables import tables

STRENGTH = re.compile(
    r"(?P<amount>\d[\d,]*\.?\d*)\s*(?P<unit>mcg|mg|g)"
    r"(?:\s*/\s*(?P<per>\d[\d,]*\.?\d*)?\s*(?P<of>mL|h|hr))?",
    re.IGNORECASE,
)
BETWEEN = " / "
DAYS_OF_WEEK, DAYS_OF_MONTH = 7, 30


@lru_cache(maxsize=8192)
def contents_of(ingredients: tuple[str, ...], strength: str) -> tuple[Content, ...]:
    """What is in one tablet, mL or patch; nothing where the text does not say it for all.

    ``strength`` names the parts in the order of the ingredients (``5 mg / 325 mg``); several
    parts of a single ingredient (salts) add up.
    """
    parts = [part.strip() for part in strength.split(BETWEEN)] if strength else []
    if len(ingredients) == 1 and len(parts) > 1:
        ingredients = ingredients * len(parts)
    if len(parts) != len(ingredients):
        return ()
    pairs = zip(ingredients, parts, strict=True)
    read = [one_content(key, part) for key, part in pairs]
    return tuple(each for each in read if each is not None) if None not in read else ()


def one_content(ingredient: str, text: str) -> Content | None:
    """``10 mg``, ``400 mg/5 mL``, ``25 mcg/h``; none where it is anything else."""
    found = STRENGTH.fullmatch(text)
    if found is None:
        return None
    amount, unit = number(found["amount"]), found["unit"].lower()
    per = number(found["per"] or "1")
    if per == 0 or amount == 0:
        return None
    if found["of"] is None:
        return Content(ingredient, amount * IN_MG[unit], "mg", "each")
    if found["of"].lower() == "ml":
        return Content(ingredient, amount * IN_MG[unit] / per, "mg", "mL")
    return Content(ingredient, amount * IN_MG[unit] * 1000 / per, "mcg/h", "each")


def number(text: str) -> Decimal:
    """A number that may have commas at the thousands."""
    return Decimal(text.replace(",", ""))


def dose_matters(ingredients: Collection[str]) -> bool:
    """Whether any rule asks how much of it is taken: else nobody reads its directions."""
    known = tables()
    return any(
        key in known.doses or key in known.weights or key in known.factors
        for key in ingredients
    )


@lru_cache(maxsize=8192)
def use_of(text: str, form: str, drug: str) -> Use:
    """The most that directions let somebody use in a day, and on how many days of a week."""
    if not text.strip():
        return Use()
    directions = read_directions(text, form=form, drug=drug)
    if not directions.certain or not directions.steps:
        return Use(asked=directions.questions or ("How much, and how often at most?",))
    units = {step.dose_unit for step in directions.steps}
    most = the_most(directions)
    days = max(days_a_week(step) for step in directions.steps)
    if most is None or len(units) > 1:
        return Use(days_a_week=days, asked=("How much at most in a day?",))
    a_day = Decimal(most.numerator) / Decimal(most.denominator)
    return Use(a_day, next(iter(units)), days)


def the_most(directions: Directions) -> Fraction | None:
    """The highest sum of a day over the steps that go on together."""
    highest: Fraction | None = None
    for group in directions.groups():
        each = [step.most_a_day() for step in group]
        known = [one for one in each if one is not None]
        if len(known) < len(each):
            return None
        total = sum(known, Fraction(0))
        highest = total if highest is None else max(highest, total)
    return highest


def days_a_week(step: Step) -> int:
    """On how many days of a week a step is done; what is not said counts as every day."""
    if step.weekdays:
        return len(step.weekdays)
    every = step.period_max or 1
    if step.period_unit == "week":
        return min(DAYS_OF_WEEK, max(1, (step.times_max or 1) // every))
    if step.period_unit == "month":
        return 1
    if step.period_unit == "day":
        return -(-DAYS_OF_WEEK // every)
    return 1 if step.once else DAYS_OF_WEEK
