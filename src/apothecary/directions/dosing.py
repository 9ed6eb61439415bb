"""Doses against the strength of the product and against their own maximum."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from apothecary.directions.draft import Draft
from apothecary.directions.english import number
from apothecary.directions.medicine import Medicine, in_same_unit
from apothecary.directions.step import Step

_STRENGTHS = frozenset({"mg", "mcg", "g", "mEq", "unit"})
_HALVED = frozenset({"tablet"})
_SWALLOWED = frozenset({"tablet", "capsule", "softgel", "mL", "packet"})
_TAKEN = frozenset({"", "take", "give", "use"})
_CENT = Fraction(1, 100)


def by_strength(draft: Draft, place: int, step: Step, medicine: Medicine) -> Step:
    """The dose in what is counted where the drug is known, and every strength that was said.

    25 mg of a 12.5 mg tablet is two tablets; where it does not come out even, or the strength
    that stands beside the dose is another, it is asked.
    """
    said = draft.strengths.get(place)
    if said is not None:
        _compare(draft, step, said, medicine, total=place in draft.totals)
    for at, text in draft.concentrations:
        if at == place and step.dose_min is None and step.verb != "apply":
            draft.ask(f"How much is one dose? {text} is a strength.")
    counted = _counted(draft, step, medicine)
    _check_most(draft, counted, medicine)
    return counted


def _counted(draft: Draft, step: Step, medicine: Medicine) -> Step:
    unit = step.dose_unit
    if unit not in _STRENGTHS or step.dose_min is None or step.dose_max is None:
        return step
    if medicine.combined and step.route == "oral":
        draft.ask(
            f"{number(step.dose_max)} {unit} of which strength of {draft.drug}: how many is it?"
        )
        return step
    low = medicine.amount_of(step.dose_min, unit)
    high = medicine.amount_of(step.dose_max, unit)
    if low is None or high is None:
        return step
    if not all(_even(amount, medicine) for amount in (low, high)):
        one = f"{number(medicine.strength)} {medicine.strength_unit} {medicine.counted_in}"
        draft.ask(
            f"{number(step.dose_max)} {unit} cannot be given with the {one}: which product?"
        )
        return step
    if not step.route and medicine.counted_in in _SWALLOWED and step.verb in _TAKEN:
        step = replace(step, route="oral", verb="give" if step.verb == "give" else "take")
    return replace(
        step,
        dose_min=_decimal(low),
        dose_max=_decimal(high),
        dose_unit=medicine.counted_in,
    )


def _even(amount: Fraction, medicine: Medicine) -> bool:
    """Whole pieces, halves of a tablet that may be split, hundredths of a mL."""
    if medicine.counted_in == "mL":
        return (amount / _CENT).denominator == 1
    halves = medicine.counted_in in _HALVED and not medicine.whole
    return (amount * 2 if halves else amount).denominator == 1


def _decimal(amount: Fraction) -> Decimal:
    return Decimal(amount.numerator) / Decimal(amount.denominator)


def _compare(
    draft: Draft,
    step: Step,
    said: tuple[Decimal, Decimal, str],
    medicine: Medicine,
    *,
    total: bool,
) -> None:
    """ "2 tablets (500 mg)" may give the strength of one or of both, but no third."""
    low, high, unit = said
    if step.dose_min is None or step.dose_max is None:
        return
    for amount, strength in ((step.dose_min, low), (step.dose_max, high)):
        whole = medicine.drug_in(amount, step.dose_unit, unit)
        one = medicine.drug_in(Decimal(1), step.dose_unit, unit)
        if whole is None or one is None or Fraction(strength) == whole:
            continue
        if Fraction(strength) != one or step.dose_unit == "mL" or total:
            draft.ask(
                f"{number(amount)} {step.dose_unit} is not {number(strength)} {unit} of "
                f"{draft.drug}: which strength is meant?"
            )
            return


def _check_most(draft: Draft, step: Step, medicine: Medicine) -> None:
    if step.max_per_day is None:
        return
    daily = replace(step, max_per_day=None).exactly_a_day()
    if daily is None and step.dose_max is not None and step.as_needed:
        daily = Fraction(step.dose_max)
    if daily is None:
        return
    most = _most_in(step, step.dose_unit, medicine)
    if most is not None and daily > most:
        draft.ask("The dose and frequency come to more than the named maximum of a day.")


def _most_in(step: Step, unit: str, medicine: Medicine) -> Fraction | None:
    if step.max_per_day is None or step.max_per_day_unit == "dose":
        return None
    same = in_same_unit(step.max_per_day, step.max_per_day_unit, unit)
    if same is not None:
        return Fraction(same)
    return (
        medicine.amount_of(step.max_per_day, step.max_per_day_unit)
        if unit == medicine.counted_in
        else None
    )
