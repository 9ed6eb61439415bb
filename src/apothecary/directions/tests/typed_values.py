"""Typed directions of every kind, for properties: units, ways, rates, times, ends, limits."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from apothecary.directions.direction import Directions
from apothecary.directions.spanish_words import REASON
from apothecary.directions.step import Step
from apothecary.directions.times_of_day import MEALS, SLOT
from apothecary.directions.timing import Timing, every, times_in

WAYS = [
    ("take", "tablet", "oral", ""),
    ("take", "capsule", "oral", ""),
    ("take", "mL", "oral", ""),
    ("take", "packet", "oral", ""),
    ("take", "softgel", "oral", ""),
    ("take", "mg", "oral", ""),
    ("take", "mEq", "oral", ""),
    ("chew", "tablet", "oral", ""),
    ("place", "tablet", "sublingual", ""),
    ("dissolve", "film", "buccal", ""),
    ("inhale", "puff", "inhalation", ""),
    ("inhale", "mL", "nebulization", ""),
    ("use", "vial", "nebulization", ""),
    ("use", "spray", "nasal", "each nostril"),
    ("use", "spray", "nasal", "one nostril"),
    ("instill", "drop", "ophthalmic", "right eye"),
    ("instill", "drop", "ophthalmic", "both eyes"),
    ("instill", "drop", "ophthalmic", "affected eye"),
    ("instill", "drop", "otic", "left ear"),
    ("instill", "drop", "otic", "both ears"),
    ("apply", "patch", "topical", ""),
    ("apply", "patch", "transdermal", ""),
    ("apply", "application", "topical", "face and neck"),
    ("apply", "application", "topical", "hands, right knee and both feet"),
    ("apply", "g", "topical", "affected area"),
    ("apply", "g", "topical", "face"),
    ("apply", "g", "topical", "scalp"),
    ("insert", "suppository", "rectal", ""),
    ("insert", "applicatorful", "vaginal", ""),
    ("insert", "ring", "vaginal", ""),
    ("inject", "unit", "subcutaneous", ""),
    ("inject", "mL", "intramuscular", ""),
    ("inject", "syringe", "subcutaneous", ""),
    ("give", "packet", "gastrostomy tube", ""),
    ("give", "mL", "nasogastric tube", ""),
]
AMOUNTS = [
    Decimal(n)
    for n in ("0.25", "0.5", "0.75", "1", "1.5", "2", "2.25", "2.5", "3", "7.5", "10", "1000")
]
RATES = st.one_of(
    st.builds(
        lambda n, unit: times_in(n, n, 1, unit),
        st.integers(1, 9),
        st.sampled_from(["day", "week", "month"]),
    ),
    st.builds(lambda n, m: times_in(n, n + m, 1, "day"), st.integers(1, 4), st.integers(1, 3)),
    st.builds(
        lambda n, unit: times_in(1, 1, n, unit),
        st.integers(2, 9),
        st.sampled_from(["day", "week", "month"]),
    ),
    st.builds(lambda n, p: times_in(n, n, p, "week"), st.integers(2, 5), st.integers(2, 5)),
    st.builds(lambda h: every(h, h, "hour"), st.integers(1, 168)),
    st.builds(lambda h, m: every(h, h + m, "hour"), st.integers(1, 24), st.integers(1, 12)),
)
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
CLOCKS = st.builds(
    lambda hour, minute, half: f"at {hour}{minute} {half}",
    st.integers(1, 12),
    st.sampled_from(["", ":15", ":30", ":45"]),
    st.sampled_from(["AM", "PM"]),
)
# One name of each time of the day, in the order of the day.
SLOTS = [
    "in the morning",
    "at noon",
    "in the afternoon",
    "in the evening",
    "at bedtime",
]


def with_timing(step: Step, timing: Timing) -> Step:
    """The step at that rate."""
    return replace(
        step,
        times_min=timing.times_min,
        times_max=timing.times_max,
        period_min=timing.period_min,
        period_max=timing.period_max,
        period_unit=timing.period_unit,
        hours_min=timing.hours_min,
        hours_max=timing.hours_max,
    )


@st.composite
def timed(draw: st.DrawFn, step: Step) -> Step:
    """How often, as a rate, by times of the day or meals, by weekdays, by the clock, once."""
    kind = draw(
        st.sampled_from(["rate", "rate", "slots", "meals", "weekdays", "clock", "once"])
    )
    if kind == "rate":
        return with_timing(step, draw(RATES))
    if kind == "once":
        return replace(step, once=True)
    if kind == "meals":
        named = [draw(st.sampled_from(sorted(MEALS)))]
        return with_timing(replace(step, when=tuple(named)), times_in(3, 3, 1, "day"))
    if kind == "slots":
        slots = draw(st.lists(st.sampled_from(SLOTS), min_size=1, max_size=4, unique=True))
        names = tuple(sorted(slots, key=SLOTS.index))
        if len(names) == 1:
            same = [name for name in SLOT if SLOT[name] == SLOT[names[0]]]
            names = (draw(st.sampled_from(same)),)
        return with_timing(
            replace(step, when=names), times_in(len(slots), len(slots), 1, "day")
        )
    if kind == "weekdays":
        days = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True))
        rate = times_in(len(days), len(days), 1, "week")
        return with_timing(
            replace(step, weekdays=tuple(sorted(days, key=WEEKDAYS.index))), rate
        )
    clocks = draw(st.lists(CLOCKS, min_size=1, max_size=3, unique=True))
    return with_timing(
        replace(step, when=tuple(clocks)), times_in(len(clocks), len(clocks), 1, "day")
    )


@st.composite
def dosed(draw: st.DrawFn) -> Step:
    """What, how much and where."""
    verb, unit, route, site = draw(st.sampled_from(WAYS))
    low = draw(st.sampled_from(AMOUNTS))
    more = draw(st.sampled_from([Decimal(0), Decimal(0), Decimal(1), Decimal("0.5")]))
    return Step(
        verb=verb, dose_min=low, dose_max=low + more, dose_unit=unit, route=route, site=site
    )


@st.composite
def ended(draw: st.DrawFn, step: Step) -> Step:
    """For how long, when needed, what for, at most how much, how often again."""
    if not step.once:
        end = draw(st.sampled_from(["", "", "duration", "doses", "cycle"]))
        if end in ("duration", "cycle"):
            unit = draw(st.sampled_from(["day", "week", "month"]))
            step = replace(step, duration=draw(st.integers(1, 99)), duration_unit=unit)
        # A ring is one piece for its whole cycle.
        if end == "cycle" and step.dose_unit != "ring":
            unit = draw(st.sampled_from(["day", "week", "month"]))
            step = replace(step, pause=draw(st.integers(1, 30)), pause_unit=unit)
        if end == "doses":
            step = replace(step, doses=draw(st.integers(2, 30)))
    reason = draw(st.sampled_from(["", *sorted(REASON)]))
    if not draw(st.booleans()):
        return replace(step, purpose=reason)
    step = replace(step, as_needed=True, as_needed_for=reason)
    most = draw(st.sampled_from([None, Decimal(1), Decimal(8), Decimal("2.5")]))
    if most is not None:
        step = replace(step, max_per_day=most, max_per_day_unit=step.dose_unit)
    return step


@st.composite
def limited(draw: st.DrawFn, step: Step) -> Step:
    """A most for another span than a day, and that the dose may be repeated."""
    if draw(st.booleans()):
        step = replace(
            step,
            limit=draw(st.sampled_from([Decimal(1), Decimal(2), Decimal(1000)])),
            limit_unit=step.dose_unit,
            limit_span=draw(st.integers(1, 4)),
            limit_span_unit=draw(st.sampled_from(["week", "month"])),
        )
    if draw(st.booleans()):
        after = draw(st.integers(1, 12))
        step = replace(
            step,
            repeat_after_min=after,
            repeat_after_max=after + draw(st.integers(0, 2)),
            repeat_unit=draw(st.sampled_from(["minute", "hour", "day"])),
            repeats=draw(st.sampled_from([None, 1, 2, 5])),
        )
    return step


ONE = dosed().flatmap(timed).flatmap(ended)
STEPS = ONE.flatmap(limited)


def without_words(step: Step) -> Step:
    """The step without what a structured sig can only say in words: repeats and cycles."""
    bare = replace(
        step, repeat_after_min=None, repeat_after_max=None, repeat_unit="", repeats=None
    )
    if not bare.cyclic:
        return bare
    return replace(bare, duration=None, duration_unit="", pause=None, pause_unit="")


def directions(steps: list[Step]) -> Directions:
    """Steps as a direction; the first follows nothing."""
    first = replace(steps[0], then=False)
    return Directions(text="x", steps=(first, *steps[1:]))


SERIES = st.lists(st.tuples(STEPS, st.booleans()), min_size=1, max_size=4).map(
    lambda parts: directions([replace(step, then=then) for step, then in parts])
)
