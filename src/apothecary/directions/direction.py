"""A whole direction as it was understood, and what is still to be asked."""

import json
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from apothecary.directions.english import english
from apothecary.directions.spanish import spanish, untranslated
from apothecary.directions.step import Step

_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Directions:
    """Typed steps of one direction.

    ``questions`` name what had to be guessed, is missing, contradicts itself or was not
    understood; only without any is the direction ``certain``, and only then are quantities
    given.
    """

    text: str
    steps: tuple[Step, ...] = ()
    questions: tuple[str, ...] = ()
    as_directed: bool = False
    # Words that change no dose and are printed as they were sent.
    notes: tuple[str, ...] = ()
    form: str = field(default="", compare=False)

    @property
    def certain(self) -> bool:
        """Whether every word was accounted for and nothing is missing or contradictory."""
        return not self.questions

    def english(self) -> str:
        """The label in plain English."""
        return english(self.steps, as_directed=self.as_directed, notes=self.notes)

    def spanish(self) -> str:
        """The label in plain Spanish; empty when any part of it has no Spanish here."""
        return spanish(self.steps, as_directed=self.as_directed, notes=self.notes)

    def untranslated(self) -> tuple[str, ...]:
        """The parts that have no Spanish here, for whoever translates them by hand."""
        return untranslated(self.steps, notes=self.notes)

    @property
    def sequential(self) -> bool:
        """Whether one step follows another instead of going on beside it."""
        return any(step.then for step in self.steps)

    def quantity_per_day(self) -> Fraction | None:
        """What is used in one day, in dose units, exactly; None unless fixed and certain."""
        if not self.certain or self.sequential or not self._countable():
            return None
        return _sum([step.exactly_a_day() for step in self.steps])

    def max_quantity_per_day(self) -> Fraction | None:
        """The most that may be used in one day, in dose units; None when it cannot be said."""
        if not self.certain or not self._countable():
            return None
        highest: Fraction | None = None
        before = Fraction(0)
        for group in self.groups():
            most = _sum([step.most_a_day() for step in group])
            if most is None:
                return None
            stated = any(step.max_per_day is not None for step in group)
            # A single dose to begin with falls on the first day of what follows.
            total = most if stated else most + before
            before = total if all(step.once for step in group) else Fraction(0)
            highest = total if highest is None else max(highest, total)
        return highest

    def groups(self) -> list[list[Step]]:
        """Steps that go on together, in the order in which the groups follow one another."""
        groups: list[list[Step]] = []
        for step in self.steps:
            if step.then or not groups:
                groups.append([])
            groups[-1].append(step)
        return groups

    def as_json(self) -> dict[str, object]:
        """The fields of ``apothecary directions``; ``days_supply`` is for the caller to add."""
        return {
            "certain": self.certain,
            "questions": list(self.questions),
            "steps": [step_as_json(step) for step in self.steps],
            "as_directed": self.as_directed,
            "quantity_per_day": _rounded(self.quantity_per_day()),
            "max_quantity_per_day": _rounded(self.max_quantity_per_day()),
            "days_supply": None,
            "english": self.english(),
            "spanish": self.spanish(),
        }

    def _countable(self) -> bool:
        """One unit throughout, and one in which product is counted: a strength is not."""
        units = {step.dose_unit for step in self.steps}
        return len(units) == 1 and all(step.counts_product(self.form) for step in self.steps)


def step_as_json(step: Step) -> dict[str, object]:
    """One step in the fields of the command's answer; null means not stated."""
    return {
        "dose_min": json_number(step.dose_min),
        "dose_max": json_number(step.dose_max),
        "dose_unit": step.dose_unit or None,
        "route": step.route or None,
        "times_min": step.times_min,
        "times_max": step.times_max,
        "period_min": step.period_min,
        "period_max": step.period_max,
        "period_unit": step.period_unit or None,
        "when": [*step.when, *(f"on {day}" for day in step.weekdays), *_pause(step)],
        "duration": step.duration,
        "duration_unit": step.duration_unit or None,
        "as_needed": step.as_needed,
        "as_needed_for": step.as_needed_for or None,
        "max_per_day": json_number(step.max_per_day),
        "max_per_day_unit": step.max_per_day_unit or None,
    }


def _pause(step: Step) -> list[str]:
    """The contract has no field for a cycle: the pause after ``duration`` is said in words."""
    many = "" if step.pause == 1 else "s"
    return [f"then {step.pause} {step.pause_unit}{many} off"] if step.cyclic else []


def json_number(value: Decimal | None) -> object:
    """What ``json`` prints as a number with exactly these digits; None stays None.

    The only place where a quantity leaves exact arithmetic: nothing is reckoned with it.
    """
    if value is None:
        return None
    whole = value == value.to_integral_value()
    return int(value) if whole else json.loads(f"{value:f}")


def _rounded(value: Fraction | None) -> object:
    if value is None:
        return None
    if value.denominator == 1:
        return value.numerator
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return json_number(exact.quantize(_PLACES, rounding=ROUND_HALF_UP))


def _sum(parts: list[Fraction | None]) -> Fraction | None:
    known = [part for part in parts if part is not None]
    return sum(known, Fraction(0)) if known and len(known) == len(parts) else None
