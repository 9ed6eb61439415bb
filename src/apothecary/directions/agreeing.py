"""Which words of a direction agree though they differ."""

from apothecary.directions.step import Step
from apothecary.directions.timing import Timing

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
        ("topical", "transdermal"),
        ("oral", "inhalation"),
        ("inhalation", "nebulization"),
        ("oral", "nebulization"),
    }
)


def timing_of(step: Step) -> Timing:
    """How often a step says it is taken, to be compared with another."""
    return Timing(
        times_min=step.times_min or 1,
        times_max=step.times_max or 1,
        period_min=step.period_min or 1,
        period_max=step.period_max or 1,
        period_unit=step.period_unit,
    )
