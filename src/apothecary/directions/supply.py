"""How many days a quantity lasts, proved line by line."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apothecary.directions.direction import Directions
from apothecary.directions.english import number, unit_name
from apothecary.directions.step import Step

_COUNTED = frozenset(
    {
        "tablet",
        "capsule",
        "patch",
        "suppository",
        "lozenge",
        "film",
        "packet",
        "vial",
        "ampule",
        "pad",
        "syringe",
        "pen",
        "ring",
        "gummy",
        "softgel",
        "piece",
        "kit",
    }
)
_MEASURED = {"mL": "ML", "g": "GM"}
# Drops in one mL when the payer says nothing (payer audit guidance, mark V2).
_DROPS_SOLUTION = 20
_DROPS_SUSPENSION = 15
_CONCENTRATION = re.compile(r"(\d+)\s*units?\s*/\s*ml|\bu-?(\d{3})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proof:
    """The working, one line a step, and the days; None where the days cannot be proved."""

    lines: tuple[str, ...]
    days: int | None


def days_supply(
    quantity: Decimal, directions: Directions, *, unit: str = "", form: str = "", drug: str = ""
) -> Proof:
    """How many whole days the quantity lasts, rounded down, never below one billed day.

    ``quantity`` in the billing ``unit`` EA, ML or GM; without a unit it is taken to be in the
    unit the dose is counted or measured in. ``form`` and ``drug`` serve to turn drops and
    insulin units into mL. As needed and ranges count with the most of a day. No days are given
    for a direction with open questions.
    """
    if quantity <= 0:
        return Proof((f"A quantity of {number(quantity)} lasts for no time.",), None)
    if not directions.certain:
        return Proof(("The directions leave a question open.", *directions.questions), None)
    return _Walk(quantity, unit, form or directions.form, drug).through(directions)


def days_supply_problems(
    quantity: Decimal,
    directions: Directions,
    days: int,
    *,
    unit: str = "",
    form: str = "",
    drug: str = "",
) -> list[str]:
    """Why the stated days' supply does not agree with quantity and directions.

    None means it does. Where the days cannot be proved, that itself is said.
    """
    proof = days_supply(quantity, directions, unit=unit, form=form, drug=drug)
    if proof.days is None:
        return [f"The days' supply cannot be proved: {proof.lines[-1]}"]
    if proof.days == days:
        return []
    return [f"{days} days are stated; quantity and directions come to {proof.days}."]


class _Walk:
    """One pass through the groups of a direction with the quantity that is left."""

    def __init__(self, quantity: Decimal, unit: str, form: str, drug: str) -> None:
        self.left = Fraction(quantity)
        self.unit, self.form, self.drug = unit, form, drug
        self.lines: list[str] = []
        self.days = 0

    def through(self, directions: Directions) -> Proof:
        groups = directions.groups()
        for place, group in enumerate(groups):
            a_day = self._group(group)
            if a_day is None:
                return Proof(tuple(self.lines), None)
            if len({step.days() for step in group}) > 1:
                self.lines.append("Doses of one day end at different times: reckon by hand.")
                return Proof(tuple(self.lines), None)
            days = group[0].days()
            if days is None or a_day * days > self.left:
                return self._to_the_end(a_day)
            self.left -= a_day * days
            if self._same_day(group, groups[place + 1 :]):
                self.lines.append(f"{_say(a_day)} to begin with, on the same day")
                continue
            self.days += days
            lasting = "1 day" if days == 1 else f"{days} days"
            self.lines.append(f"{_say(a_day)} × {lasting} = {_say(a_day * days)}")
        if self.left:
            self.lines.append(f"{_say(self.left)} is left over")
        self.lines.append(f"{self.days} days")
        return Proof(tuple(self.lines), self.days)

    def _same_day(self, group: list[Step], after: list[list[Step]]) -> bool:
        """A single dose before one taken several times a day has no day for itself."""
        if not after or not all(step.once for step in group):
            return False
        return any(
            step.period_unit == "hour" or (step.times_max or 0) > (step.period_min or 1)
            for step in after[0]
        )

    def _to_the_end(self, a_day: Fraction) -> Proof:
        more = self.left // a_day
        self.days += more
        self.lines.append(f"{_say(self.left)} ÷ {_say(a_day)} a day = {more} whole days")
        if not self.days:
            self.lines.append("less than one day")
            return Proof(tuple(self.lines), None)
        return Proof(tuple(self.lines), self.days)

    def _group(self, group: list[Step]) -> Fraction | None:
        total = Fraction(0)
        for step in group:
            most = self._dose_a_day(step)
            billed = None if most is None else self._billed(step, most)
            if billed is None:
                return None
            total += billed
        return total

    def _dose_a_day(self, step: Step) -> Fraction | None:
        most = step.most_a_day()
        if most is None:
            self.lines.append("The quantity of one day is not known.")
            return None
        how = " at most" if step.as_needed or step.exactly_a_day() is None else ""
        name = unit_name(step.dose_unit, Decimal(1 if most <= 1 else 2))
        self.lines.append(f"{_say(most)} {name} a day{how}")
        return most

    def _billed(self, step: Step, most: Fraction) -> Fraction | None:
        """The daily amount in the billing unit."""
        unit = step.dose_unit
        if unit in _COUNTED and self.unit in ("", "EA"):
            return most
        if not step.counts_product(self.form):
            self._not_known(unit)
            return None
        if unit in _MEASURED and self.unit in ("", _MEASURED[unit]):
            return most
        per_ml = self._per_ml(unit)
        if per_ml is not None and self.unit in ("", "ML"):
            self.lines.append(f"{per_ml} {unit_name(unit, Decimal(2))} = 1 mL")
            return most / per_ml
        self._not_known(unit)
        return None

    def _not_known(self, unit: str) -> None:
        self.lines.append(
            f"How many {unit_name(unit, Decimal(2))} one {self.unit or 'unit of the quantity'} "
            "holds is not known."
        )

    def _per_ml(self, unit: str) -> int | None:
        form = self.form.casefold()
        if unit == "drop":
            if "suspension" in form or "emulsion" in form:
                return _DROPS_SUSPENSION
            return _DROPS_SOLUTION if "solution" in form or "drops" in form else None
        found = _CONCENTRATION.search(self.drug) if unit == "unit" else None
        return int(found[1] or found[2]) if found else None


def _say(value: Fraction) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return number(exact.quantize(Decimal("0.0001")))
