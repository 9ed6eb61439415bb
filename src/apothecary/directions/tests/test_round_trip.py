"""What is printed reads back as the same typed value, in English and in Spanish."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from apothecary.directions.direction import Directions
from apothecary.directions.english import english
from apothecary.directions.reading import read_directions
from apothecary.directions.spanish import spanish
from apothecary.directions.spanish_words import REASON, WHEN
from apothecary.directions.step import Step
from apothecary.directions.tests.typed_values import ONE, SLOTS, STEPS, directions
from apothecary.directions.times_of_day import EVENTS, MEALS, SLOT, is_removal

# Half a ring or half a puff is asked back by nobody, yet no more than so much is believed.
MOST_UNITS = Decimal(100)
# Said of how often as well as of when: tested with the frequencies they belong to.
BOUND = {
    "while awake",
    "12 hours on and 12 hours off",
    "on the other days",
    "per sliding scale",
}
FREE = sorted(
    set(WHEN) - set(SLOT) - MEALS - EVENTS - BOUND - {"then remove", "remove at bedtime"}
)
ENGLISH_WORDS = {
    *("tablet", "by", "mouth", "daily", "needed", "the", "once", "for", "and", "every", "day"),
    *("take", "put", "more", "than", "repeat", "with", "into", "to"),
}


def believed(step: Step) -> bool:
    """Not more than anyone takes, nor above its own maximum: that is asked back, and tested
    with the doubts.
    """
    dose = step.dose_max or Decimal(0)
    counted = step.dose_unit not in ("mL", "g", "mg", "mEq", "unit")
    if counted and (dose > 20 or (step.most_a_day() or 0) > 100):
        return False
    if step.dose_unit == "unit" and dose > MOST_UNITS:
        return False
    if not _ends_after_a_second_dose(step):
        return False
    if step.max_per_day is None:
        return True
    free = replace(step, max_per_day=None).exactly_a_day()
    return dose <= step.max_per_day and (free is None or free <= step.max_per_day)


def _ends_after_a_second_dose(step: Step) -> bool:
    """Whether the step lasts at least one period: else how often is asked."""
    if step.duration is None or step.period_max is None:
        return True
    days = {"hour": Fraction(1, 24), "day": Fraction(1), "week": Fraction(7)}
    days["month"] = Fraction(30)
    return step.duration * days[step.duration_unit] > step.period_max * days[step.period_unit]


@st.composite
def with_circumstances(draw: st.DrawFn, step: Step) -> Step:
    names = draw(st.lists(st.sampled_from(FREE), max_size=2, unique=True))
    return replace(step, when=(*step.when, *sorted(names, key=is_removal)))


WIDE = STEPS.filter(believed).flatmap(with_circumstances)


@given(WIDE)
def test_what_is_printed_reads_back_as_the_same_step(step: Step) -> None:
    found = read_directions(english([step]))
    assert found.questions == ()
    assert found.steps == (step,)


@given(WIDE)
def test_what_is_printed_in_spanish_reads_back_as_the_same_step(step: Step) -> None:
    found = read_directions(spanish([step]))
    assert found.questions == ()
    assert found.steps == (step,)


@st.composite
def series(draw: st.DrawFn) -> Directions:
    """Two or three steps of one product, one after the other, each with an end but the last."""
    first = draw(ONE.filter(believed))
    steps = [first]
    for _ in range(draw(st.integers(1, 2))):
        nxt = replace(
            draw(ONE),
            verb=first.verb,
            dose_unit=first.dose_unit,
            route=first.route,
            site=first.site,
            then=True,
        )
        if nxt.max_per_day is not None:
            nxt = replace(nxt, max_per_day_unit=first.dose_unit)
        nxt = replace(nxt, pause=None, pause_unit="")
        assume(believed(nxt))
        steps.append(nxt)
    ended = [_with_end(step) for step in steps[:-1]]
    return directions([*ended, steps[-1]])


def _with_end(step: Step) -> Step:
    """Ended, as another follows: what is paused and begins again has no end."""
    step = replace(step, pause=None, pause_unit="")
    if step.once or step.duration is not None or step.doses is not None:
        return step
    return replace(step, doses=5)


@given(series())
def test_a_taper_reads_back_with_all_its_steps(whole: Directions) -> None:
    for label in (whole.english(), whole.spanish()):
        assume(len(label) <= 1000)
        found = read_directions(label)
        assert found.questions == ()
        assert found.steps == whole.steps


@given(WIDE, st.booleans())
def test_every_typed_step_has_a_spanish_label_and_no_english_in_it(
    step: Step, directed: bool
) -> None:
    said = spanish([step], as_directed=directed)
    assert said.endswith(".")
    assert not {word.strip(".,").casefold() for word in said.split()} & ENGLISH_WORDS


@given(STEPS)
def test_the_most_of_a_day_is_never_less_than_the_fixed_quantity(step: Step) -> None:
    exactly, most = step.exactly_a_day(), step.most_a_day()
    assert exactly is None or exactly == most
    if step.as_needed:
        assert exactly is None


def test_the_strategies_reach_every_reason_and_time_of_the_day() -> None:
    """Guards the properties above: what they never draw they never prove."""
    assert len(REASON) >= 100
    assert len(FREE) >= 20
    assert {SLOT[name] for name in SLOTS} == set(SLOT.values())
