"""What was said plainly and still cannot be meant: no number is given before it was asked."""

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from apothecary.directions.draft import Draft
from apothecary.directions.step import HOURS_A_DAY, Step
from apothecary.directions.times_of_day import hour_of, is_clock, is_event, is_meal, slot

_TUBES = frozenset({"nasogastric tube", "gastrostomy tube"})
_MOUTH = frozenset({"oral", "sublingual", "buccal"})
_BODY = frozenset({"vaginal", "rectal"})
# The ways a unit can go; a unit that is not here may go anywhere.
_WAYS = {
    "tablet": _MOUTH | _BODY | _TUBES,
    "capsule": _MOUTH | _BODY | _TUBES | {"inhalation"},
    "softgel": _MOUTH,
    "gummy": _MOUTH,
    "lozenge": _MOUTH,
    "film": _MOUTH,
    "suppository": _BODY,
    "patch": frozenset({"topical", "transdermal"}),
    "puff": frozenset({"inhalation", "nasal"}),
    "spray": _MOUTH | {"nasal", "topical", "inhalation"},
    "drop": _MOUTH | {"ophthalmic", "otic", "nasal", "topical"},
}
# The ways an act can go; an act that is not here may go anywhere.
_NEEDLE = frozenset({"subcutaneous", "intramuscular", "intravenous", "intradermal"})
_ACTS = {
    "apply": frozenset({"topical", "transdermal", "rectal", "vaginal", "ophthalmic"})
    | {"nasal", "otic", "buccal"},
    "insert": _BODY | {"ophthalmic", "otic", "nasal", "buccal"},
    "inject": _NEEDLE,
    "infuse": _NEEDLE,
    "instill": frozenset({"ophthalmic", "otic", "nasal", "rectal"}) | _TUBES,
}
_SWALLOWED = frozenset({"tablet", "capsule", "softgel", "gummy", "lozenge", "film"})
_FORMS = {
    "solid": re.compile(r"\btab|\bcap|lozenge|troche|gumm|softgel"),
    "spread": re.compile(r"cream|ointment|lotion|\bgel\b|paste"),
    "patch": re.compile(r"patch|transdermal"),
    "suppository": re.compile(r"suppos"),
    "liquid": re.compile(r"solution|suspension|syrup|elixir|liquid|drops"),
}
_COUNTED_IN = {
    "tablet": {"solid"},
    "capsule": {"solid"},
    "softgel": {"solid"},
    "gummy": {"solid"},
    "lozenge": {"solid"},
    "patch": {"patch"},
    "suppository": {"suppository"},
    "mL": {"liquid", "spread"},
    "drop": {"liquid"},
    "spray": {"liquid"},
    "puff": {"liquid"},
}
# Above what is taken anywhere: a bowel preparation is 12 tablets at a time, and with enzymes
# some 30 capsules a day; more is a slip of the key until someone says otherwise.
_PIECES = frozenset({"tablet", "capsule", "softgel", "patch", "suppository", "puff", "spray"})
_MOST_PIECES = 20
_MOST_INSULIN = 500
_WIDEST = 5
_DAYS = {"day": 1, "week": 7, "month": 28}
_MOST_PIECES_A_DAY = 100


def check_step(draft: Draft, step: Step) -> None:
    """Ask where unit, way, product and amount of one step do not go together."""
    _check_way(draft, step)
    _check_form(draft, step)
    _check_amount(draft, step)
    _check_places(draft, step)
    if _longer_than_it_lasts(step):
        draft.ask("It is to end before the second dose: how often is it meant?")
    if not _hours_apart(step):
        draft.ask("The hours of the day do not agree with how often it is taken.")


def check_beside(draft: Draft, steps: Sequence[Step]) -> None:
    """Ask where two doses could be meant together, one after the other, or one of them only."""
    for place in sorted(draft.assumed):
        if place < len(steps) and not _one_series(steps[place - 1], steps[place]):
            draft.ask("One after the other, or on the same days?")
    if len(steps) > 1 and any(step.then for step in steps) and any(s.cyclic for s in steps):
        draft.ask("Which of the steps is repeated in cycles?")
    for before, step in pairwise(steps):
        if step.then and not _ends(before):
            draft.ask("When does the next step begin?")
    group: list[Step] = []
    for step in steps:
        group = [step] if step.then else [*group, step]
        if any(not _apart(one, step) for one in group[:-1]):
            draft.ask("Two doses for the same time: both, or which one?")


def _ends(step: Step) -> bool:
    """Whether it is known when a step is over; an occasion passes by itself."""
    passing = step.once or step.duration is not None or step.doses is not None
    return passing or any(is_event(name) for name in step.when)


def _check_way(draft: Draft, step: Step) -> None:
    ways = _WAYS.get(step.dose_unit)
    if ways is not None and step.route and step.route not in ways:
        draft.ask(f"A {step.dose_unit} does not go the way named: {step.route}.")
    goes = _ACTS.get(step.verb)
    if goes is not None and step.route and step.route not in goes:
        draft.ask(f"To {step.verb} does not go the way named: {step.route}.")
    if step.verb in ("inject", "infuse") and step.dose_unit in _SWALLOWED:
        draft.ask(f"A {step.dose_unit} is not given by needle.")
    if step.dose_unit == "tablet" and step.verb.startswith("inhale"):
        draft.ask("A tablet is not inhaled.")


def form_family(form: str) -> str:
    """Which kind of product a dosage form is; empty when unknown, mixed, or for another use."""
    plain = form.casefold()
    if "inject" in plain or "inhal" in plain:
        return ""
    found = [family for family, words in _FORMS.items() if words.search(plain)]
    return found[0] if len(found) == 1 else ""


def _check_form(draft: Draft, step: Step) -> None:
    family = form_family(draft.form)
    counted_in = _COUNTED_IN.get(step.dose_unit)
    if not family:
        return
    if counted_in is not None and family not in counted_in:
        draft.ask(f"The product is {draft.form}: is it counted by the {step.dose_unit}?")
    spread = step.dose_min is None and step.verb == "apply"
    if spread and family in ("solid", "suppository"):
        draft.ask(f"The product is {draft.form}: is it applied?")


def _check_places(draft: Draft, step: Step) -> None:
    """2 g to the hands and the feet: to each, or to share?"""
    if step.dose_min is not None and step.dose_unit != "application" and " and " in step.site:
        draft.ask(f"So much to each place ({step.site}), or in all?")


def _check_amount(draft: Draft, step: Step) -> None:
    if step.period_unit == "day" and (step.times_max or 0) > HOURS_A_DAY:
        draft.ask(f"{step.times_max} times a day: is that meant?")
    if "12 hours on and 12 hours off" in step.when and _rate(step) != (1, 1, "day"):
        draft.ask("12 hours on and 12 hours off is once a day: how often is it meant?")
    doses = (step.max_per_day or 0) if step.max_per_day_unit == "dose" else 0
    if step.period_unit == "day" and doses > (step.times_max or 0):
        draft.ask("More doses are allowed than the frequency names: which is meant?")
    if step.dose_max is None:
        return
    insulin = "insulin" in draft.drug.casefold() or "insulin" in draft.notes
    if insulin and step.dose_unit == "unit" and step.dose_max > _MOST_INSULIN:
        draft.ask("So many units of insulin at one time: is that meant?")
    if step.dose_unit not in _PIECES:
        return
    a_day = step.most_a_day() or Fraction(0)
    if step.dose_max > (step.dose_min or step.dose_max) * _WIDEST:
        draft.ask("So wide a range of the dose: is that meant?")
    if step.dose_max > _MOST_PIECES or a_day > _MOST_PIECES_A_DAY:
        draft.ask(f"So many of one {step.dose_unit}: is that meant?")


def _longer_than_it_lasts(step: Step) -> bool:
    """Monthly for 5 days: one of the two is another slip of the pen."""
    if step.duration is None or step.period_min is None or step.period_unit == "hour":
        return False
    days = step.duration * _DAYS.get(step.duration_unit, 1)
    return days < step.period_min * _DAYS.get(step.period_unit, 0)


def _hours_apart(step: Step) -> bool:
    """Whether hours that are named lie as far apart as the interval says."""
    hours = sorted(hour_of(name) for name in step.when if is_clock(name))
    if step.hours_min is None or step.hours_min != step.hours_max or len(hours) < 2:
        return True
    return all(after - before == step.hours_min * 60 for before, after in pairwise(hours))


def _rate(step: Step) -> tuple[int | None, int | None, str]:
    return step.times_max, step.period_min, step.period_unit


def _one_series(before: Step, step: Step) -> bool:
    """A series goes on with the same way, need and times of the day, as a taper does."""
    return (
        _times(before) == _times(step)
        and before.as_needed == step.as_needed
        and before.route == step.route
        and before.site == step.site
        and bool(before.weekdays) == bool(step.weekdays)
    )


def _apart(one: Step, other: Step) -> bool:
    """Whether two doses that go on together cannot be meant for the same time."""
    times, others = _times(one), _times(other)
    if "on the other days" in (*one.when, *other.when):
        return _every_second_day(one) and _every_second_day(other)
    if one.weekdays or other.weekdays:
        apart = set(one.weekdays).isdisjoint(other.weekdays)
        return bool(one.weekdays and other.weekdays) and apart
    return (
        (bool(times or others) and times.isdisjoint(others))
        or one.as_needed != other.as_needed
        or one.once != other.once
        or bool(one.site and other.site and one.site != other.site)
    )


def _every_second_day(step: Step) -> bool:
    return (step.times_max, step.period_min, step.period_unit) == (1, 2, "day")


def _times(step: Step) -> set[str]:
    """The times of the day a step names; a meal and an event are such times."""
    slots = {slot(name) for name in step.when if slot(name)}
    return slots | {name for name in step.when if is_meal(name) or is_event(name)}
