"""Typed values behind the words: each line is a direction and the fields it must give."""

from decimal import Decimal

import pytest

from apothecary.directions.reading import read_directions
from apothecary.directions.step import Step

D = Decimal
DAILY = {"times_min": 1, "times_max": 1, "period_min": 1, "period_max": 1, "period_unit": "day"}
TWICE = {**DAILY, "times_min": 2, "times_max": 2}
THRICE = {**DAILY, "times_min": 3, "times_max": 3}
WEEKLY = {**DAILY, "period_unit": "week"}


@pytest.mark.parametrize(
    ("sig", "fields"),
    [
        ("1 tab po qd", {"verb": "take", "dose_min": D(1), "route": "oral", **DAILY}),
        ("1-2 tabs po bid", {"dose_min": D(1), "dose_max": D(2), **TWICE}),
        ("½ tab po bid", {"dose_min": D("0.5"), "dose_max": D("0.5"), **TWICE}),
        ("1 tsp po tid", {"dose_min": D(5), "dose_unit": "mL", **THRICE}),
        ("2 tbsp po qd", {"dose_min": D(30), "dose_unit": "mL", **DAILY}),
        ("5 cc po qd", {"dose_min": D(5), "dose_unit": "mL", **DAILY}),
        ("250 ug po qd", {"dose_min": D(250), "dose_unit": "mcg", **DAILY}),
        ("10 iu im qwk", {"dose_unit": "unit", "route": "intramuscular", **WEEKLY}),
        ("20 meq po bid", {"dose_min": D(20), "dose_unit": "mEq", **TWICE}),
        ("1 tab sl qd", {"verb": "place", "route": "sublingual", **DAILY}),
        ("1 supp pr bid", {"verb": "insert", "route": "rectal", **TWICE}),
        ("1 tab pv qhs", {"verb": "insert", "route": "vaginal", "when": ("at bedtime",)}),
        ("1 gtt os bid", {"verb": "instill", "route": "ophthalmic", "site": "left eye"}),
        ("2 gtts ad bid", {"route": "otic", "site": "right ear", "dose_unit": "drop"}),
        ("1 spray en bid", {"verb": "use", "route": "nasal", "site": "each nostril"}),
        ("2 puffs po bid", {"verb": "inhale", "route": "inhalation", **TWICE}),
        ("3 ml hhn tid", {"verb": "inhale", "route": "nebulization", **THRICE}),
        ("1 patch td qwk", {"verb": "apply", "route": "transdermal", **WEEKLY}),
        ("aaa bid", {"verb": "apply", "route": "topical", "site": "affected area"}),
        ("10 u subcut qhs", {"verb": "inject", "route": "subcutaneous", "dose_unit": "unit"}),
        ("1 tab po q6h", {"times_min": 4, "hours_min": 6, "hours_max": 6}),
        ("1 tab po q4-6h", {"times_min": 4, "times_max": 6, "hours_min": 4, "hours_max": 6}),
        ("1 tab po x 10 days qd", {"duration": 10, "duration_unit": "day"}),
        ("1 tab po bid for 2 weeks", {"duration": 2, "duration_unit": "week"}),
        ("1 tab po qd x 3 mo", {"duration": 3, "duration_unit": "month"}),
        ("1 tab po q6h x 10 doses", {"doses": 10}),
        ("1 tab po stat", {"once": True, "times_min": None}),
        ("1 tab po qid prn pain", {"as_needed": True, "as_needed_for": "pain"}),
        ("1 tab po qd for gout", {"as_needed": False, "purpose": "gout"}),
        ("1 tab q6h prn mdd 4", {"max_per_day": D(4), "max_per_day_unit": "tablet"}),
        ("1 tab q6h nte 3 g/day", {"max_per_day": D(3), "max_per_day_unit": "g"}),
        ("1 tab po ac tid", {"when": ("before meals",), **THRICE}),
        ("1 tab po mon, wed & fri", {"weekdays": ("Monday", "Wednesday", "Friday")}),
        ("1 tab po qam with food", {"when": ("in the morning", "with food"), **DAILY}),
        ("1 tab po qd with food qam", {"when": ("in the morning", "with food"), **DAILY}),
    ],
)
def test_a_direction_gives_its_typed_values(sig: str, fields: dict[str, object]) -> None:
    directions = read_directions(sig)
    assert directions.certain, directions.questions
    (step,) = directions.steps
    assert {name: getattr(step, name) for name in fields} == fields


@pytest.mark.parametrize(
    ("sig", "doses", "follows"),
    [
        ("1 tab qam and 2 tabs qhs", [D(1), D(2)], [False, False]),
        ("2 tabs qd x 5 days then 1 tab qd", [D(2), D(1)], [False, True]),
        ("2 tabs on day 1, 1 tab on days 2-5", [D(2), D(1)], [False, True]),
        ("3 qam, 2 at noon and 1 qhs", [D(3)], [False]),
        ("3 tabs qam, 2 tabs at noon and 1 tab qhs", [D(3), D(2), D(1)], [False] * 3),
    ],
)
def test_further_doses_are_further_steps(
    sig: str, doses: list[Decimal], follows: list[bool]
) -> None:
    steps = read_directions(sig, form="tablet").steps
    assert [step.dose_min for step in steps][: len(doses)] == doses
    assert [step.then for step in steps][: len(doses)] == follows


@pytest.mark.parametrize(
    ("step", "days"),
    [
        (Step(once=True), 1),
        (Step(duration=10, duration_unit="day"), 10),
        (Step(duration=2, duration_unit="week"), 14),
        (Step(duration=1, duration_unit="month"), None),
        (Step(), None),
    ],
)
def test_a_step_lasts_as_long_as_it_says(step: Step, days: int | None) -> None:
    assert step.days() == days


@pytest.mark.parametrize(
    ("sig", "most"),
    [
        ("1 drop od bid", 2),
        ("1 drop ou bid", 4),
        ("2 sprays en bid", 8),
        ("2 drops au tid", 12),
        ("1 spray in one nostril bid", 2),
    ],
)
def test_both_sides_take_twice_the_dose(sig: str, most: int) -> None:
    assert read_directions(sig).max_quantity_per_day() == most
