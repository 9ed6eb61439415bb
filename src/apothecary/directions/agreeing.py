"""Which words of a direction agree though they differ."""

from decimal import Decimal

from apothecary.directions.medicine import in_same_unit
from apothecary.directions.open_step import OpenStep
from apothecary.directions.timing import Timing

STRENGTHS = frozenset({"mg", "mcg", "g", "mEq"})
_CLICKS = frozenset({"click", "pump"})
# An interval of hours goes on all day: "every 12 hours daily" says it twice.
_WITHIN_A_DAY = 24
# Two verbs of one act, and how it is called.
TOGETHER = {
    ("mix", "take"): "mix",
    ("swish", "take"): "swish and swallow",
    ("swish", "spit"): "swish and spit",
    ("use", "test"): "test",
    ("test", "use"): "test",
    ("place", "dissolve"): "dissolve",
    ("put", "dissolve"): "dissolve",
    ("take", "chew"): "chew",
    ("chew", "take"): "chew",
    ("dissolve", "take"): "dissolve",
    ("spray", "inhale"): "inhale",
}
# The first named may be made more exact by the second.
COMPATIBLE = frozenset(
    {
        ("skin", "topical"),
        ("skin", "transdermal"),
        ("topical", "transdermal"),
        ("oral", "inhalation"),
        ("inhalation", "nebulization"),
        ("oral", "nebulization"),
    }
)


# Both sides of what has two.
BOTH_SIDES = {
    frozenset({"right eye", "left eye"}): "both eyes",
    frozenset({"right ear", "left ear"}): "both ears",
    frozenset({"right nostril", "left nostril"}): "each nostril",
}


def two_places(before: str, name: str) -> str:
    """Places of the body as they are said in a row: face, neck and chest."""
    return f"{before.replace(' and ', ', ')} and {name}"


def timing_of(step: OpenStep) -> Timing:
    """How often a step says it is taken, to be compared with another."""
    return Timing(
        times_min=step.times_min or 1,
        times_max=step.times_max or 1,
        period_min=step.period_min or 1,
        period_max=step.period_max or 1,
        period_unit=step.period_unit,
    )


def other_strength(step: OpenStep, low: Decimal, high: Decimal, unit: str) -> bool:
    """ "5 mg tablet and 2.5 mg tablet": neither takes the place of the other."""
    if step.dose_unit not in STRENGTHS or unit not in STRENGTHS:
        return False
    same = in_same_unit(low, unit, step.dose_unit), in_same_unit(high, unit, step.dose_unit)
    return same != (step.dose_min, step.dose_max)


def same_dose(step: OpenStep, low: Decimal, high: Decimal, unit: str) -> bool:
    """The dose said twice: "5 mL (1 teaspoonful)"."""
    return (step.dose_min, step.dose_max, step.dose_unit) == (low, high, unit)


def clicks_beside(step: OpenStep, unit: str) -> bool:
    """Clicks of a pump beside their amount say one dose: "4 clicks (1 gram)"."""
    units = {step.dose_unit, unit}
    return step.dose_min is not None and bool(units & _CLICKS) and len(units) > 1


def every_day_again(step: OpenStep, timing: Timing) -> bool:
    """ "Every 12 hours daily": the hours say how often, "daily" only that it goes on."""
    once_a_day = (timing.times_min, timing.times_max, timing.period_unit) == (1, 1, "day")
    hours = step.hours_max or _WITHIN_A_DAY
    return once_a_day and timing.hours_min is None and hours < _WITHIN_A_DAY
