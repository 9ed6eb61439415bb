from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from apothecary.directions.english import english
from apothecary.directions.reading import read_directions
from apothecary.directions.spanish import spanish
from apothecary.directions.spanish_words import REASON, WHEN
from apothecary.directions.step import Step
from apothecary.directions.times_of_day import EVENTS, MEALS, SLOT
from apothecary.directions.timing import every, times_in

WAYS = [
    ("take", "tablet", "oral", ""),
    ("take", "capsule", "oral", ""),
    ("take", "mL", "oral", ""),
    ("chew", "tablet", "oral", ""),
    ("place", "tablet", "sublingual", ""),
    ("dissolve", "film", "buccal", ""),
    ("inhale", "puff", "inhalation", ""),
    ("inhale", "mL", "nebulization", ""),
    ("use", "vial", "nebulization", ""),
    ("use", "spray", "nasal", "each nostril"),
    ("instill", "drop", "ophthalmic", "right eye"),
    ("instill", "drop", "ophthalmic", "both eyes"),
    ("instill", "drop", "otic", "left ear"),
    ("apply", "patch", "topical", ""),
    ("apply", "g", "topical", "affected area"),
    ("insert", "suppository", "rectal", ""),
    ("insert", "applicatorful", "vaginal", ""),
    ("inject", "unit", "subcutaneous", ""),
    ("inject", "mL", "intramuscular", ""),
    ("give", "packet", "gastrostomy tube", ""),
]
AMOUNTS = [Decimal(n) for n in ("0.25", "0.5", "0.75", "1", "1.5", "2", "2.25", "10", "1000")]
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
FREE = sorted(
    name
    for name in set(WHEN)
    - set(SLOT)
    - MEALS
    - EVENTS
    - {"while awake", "12 hours on and 12 hours off"}
    if read_directions(f"take 1 tablet by mouth once daily {name}").certain
)


@st.composite
def steps(draw: st.DrawFn) -> Step:
    verb, unit, route, site = draw(st.sampled_from(WAYS))
    amount = draw(st.sampled_from(AMOUNTS))
    ranged = draw(st.booleans())
    rate = draw(RATES)
    step = Step(
        verb=verb,
        dose_min=amount,
        dose_max=amount + 1 if ranged else amount,
        dose_unit=unit,
        route=route,
        site=site,
        times_min=rate.times_min,
        times_max=rate.times_max,
        period_min=rate.period_min,
        period_max=rate.period_max,
        period_unit=rate.period_unit,
        hours_min=rate.hours_min,
        hours_max=rate.hours_max,
        when=tuple(draw(st.lists(st.sampled_from(FREE), max_size=2, unique=True))),
    )
    if draw(st.booleans()):
        count, kind = draw(st.integers(1, 99)), draw(st.sampled_from(["day", "week", "month"]))
        step = replace(step, duration=count, duration_unit=kind)
    reason = draw(st.sampled_from(["", *sorted(REASON)]))
    if draw(st.booleans()):
        most = draw(st.sampled_from([None, Decimal(1), Decimal(8)]))
        step = replace(step, as_needed=True, as_needed_for=reason, max_per_day=most)
        return step if most is None else replace(step, max_per_day_unit=unit)
    return replace(step, purpose=reason)


def believed(step: Step) -> bool:
    """Not more than anyone takes: what is above is asked back, and tested with the doubts."""
    counted = step.dose_unit not in ("mL", "g", "unit")
    return not counted or ((step.dose_max or 0) <= 20 and (step.most_a_day() or 0) <= 100)


@given(steps().filter(believed))
def test_what_is_printed_reads_back_as_the_same_step(step: Step) -> None:
    directions = read_directions(english([step]))
    assert directions.questions == ()
    assert directions.steps == (step,)


@given(steps().filter(believed), steps())
def test_a_step_that_follows_another_reads_back_as_both(first: Step, second: Step) -> None:
    second = replace(
        second,
        verb=first.verb,
        dose_unit=first.dose_unit,
        route=first.route,
        site=first.site,
        then=True,
    )
    if second.max_per_day is not None:
        second = replace(second, max_per_day_unit=first.dose_unit)
    assume(believed(second))
    directions = read_directions(english([first, second]))
    assert directions.questions == ()
    assert directions.steps == (first, second)


@given(steps())
def test_every_step_that_is_understood_has_a_spanish_label(step: Step) -> None:
    said = spanish([step])
    assert said.endswith(".")
    assert not set(said.split()) & {"tablet", "by", "mouth", "daily", "needed", "the", "once"}


@given(steps())
def test_the_most_of_a_day_is_never_less_than_the_fixed_quantity(step: Step) -> None:
    exactly, most = step.exactly_a_day(), step.most_a_day()
    assert exactly is None or exactly == most
    if step.as_needed:
        assert exactly is None
