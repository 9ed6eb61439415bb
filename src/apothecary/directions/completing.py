"""From what was said to a whole direction: what follows from it, and what is still missing."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from apothecary.directions.direction import Directions
from apothecary.directions.doubts import check_beside, check_step
from apothecary.directions.draft import Draft
from apothecary.directions.step import Step
from apothecary.directions.times_of_day import EVENTS, MEALS, SLOT, circumstances, named_times

_VERB_OF_UNIT = {
    "puff": "inhale",
    "drop": "instill",
    "spray": "use",
    "patch": "apply",
    "suppository": "insert",
    "applicatorful": "insert",
    "application": "apply",
}
_VERB_OF_ROUTE = {
    "oral": "take",
    "sublingual": "place",
    "buccal": "place",
    "rectal": "insert",
    "vaginal": "insert",
    "subcutaneous": "inject",
    "intramuscular": "inject",
    "intravenous": "inject",
    "intradermal": "inject",
    "inhalation": "inhale",
    "nebulization": "inhale",
    "nasal": "spray",
    "topical": "apply",
    "transdermal": "apply",
    "ophthalmic": "instill",
    "otic": "instill",
    "nasogastric tube": "give",
    "gastrostomy tube": "give",
}
_NEVER_TAKEN = frozenset(_VERB_OF_ROUTE) - {
    "oral",
    "sublingual",
    "buccal",
    "nasogastric tube",
    "gastrostomy tube",
}
_SWALLOWED = frozenset(
    {"tablet", "capsule", "softgel", "gummy", "mL", "mg", "packet", "capful"}
)
_FORMS = (
    ("tab", "tablet"),
    ("cap", "capsule"),
    ("patch", "patch"),
    ("suppos", "suppository"),
    ("lozenge", "lozenge"),
    ("film", "film"),
)
_EYE_FORMS = (("ophth", "ophthalmic"), ("eye", "ophthalmic"), ("otic", "otic"), ("ear", "otic"))


def complete(draft: Draft, text: str) -> Directions:
    """Fill in what follows from what was said, and ask for what is missing or contradictory."""
    _check_short_sites(draft)
    empty = all(_says_nothing(step) for step in draft.steps)
    if empty:
        what = "How much is taken, how, and how often at most?"
        draft.ask(what if draft.as_directed else "No direction was understood. " + what)
    else:
        _share_route(draft)
        _carry_dose(draft)
    steps = () if empty else tuple(_completed(draft, step) for step in draft.steps)
    check_beside(draft, steps)
    return Directions(
        text=text,
        steps=steps,
        questions=tuple(draft.questions),
        as_directed=draft.as_directed,
        form=draft.form,
    )


def _says_nothing(step: Step) -> bool:
    return step == Step(verb=step.verb)


def _share_route(draft: Draft) -> None:
    """A way named once, at the end, is meant for all the doses before it."""
    ways = {(step.route, step.site) for step in draft.steps if step.route}
    if len(ways) == 1:
        route, site = ways.pop()
        draft.steps = [replace(step, route=route, site=site) for step in draft.steps]


def _carry_dose(draft: Draft) -> None:
    """A step that only says how often from then on goes on with the dose before it."""
    for place, step in enumerate(draft.steps[1:], start=1):
        before = draft.steps[place - 1]
        if step.then and step.timed and not step.once and step.dose_min is None:
            draft.steps[place] = replace(
                step,
                dose_min=before.dose_min,
                dose_max=before.dose_max,
                dose_unit=before.dose_unit,
            )


def _completed(draft: Draft, step: Step) -> Step:
    for fill_in in _IN_ORDER:
        step = fill_in(draft, step)
    check_step(draft, step)
    return step


def _unit(draft: Draft, step: Step) -> Step:
    """A dose without unit is counted in the product's form."""
    if step.dose_min is None or step.dose_unit:
        return step
    form = draft.form.casefold()
    unit = next((unit for start, unit in _FORMS if start in form), "")
    if not unit:
        draft.ask("The dose has no unit: of what?")
    return replace(step, dose_unit=unit)


def _route(draft: Draft, step: Step) -> Step:
    if step.dose_unit == "puff" and step.route in ("", "oral"):
        return replace(step, route="inhalation")
    if step.verb.startswith("inhale") and step.route == "oral":
        return replace(step, route="inhalation")
    if step.route:
        return step
    if step.verb in ("take", "chew", "swish and swallow") and step.dose_unit in _SWALLOWED:
        return replace(step, route="oral")
    if step.dose_unit == "drop":
        form = draft.form.casefold()
        where = next((route for part, route in _EYE_FORMS if part in form), "")
        if not where:
            draft.ask("The drops go where: eye, ear or mouth?")
        return replace(step, route=where)
    return step


def _verb(draft: Draft, step: Step) -> Step:
    """The verb that fits unit and route; "take" is only said of what is swallowed or chewed."""
    if step.verb == "mix":
        if not any(name.startswith("mixed") for name in step.when):
            draft.ask("Mixed into what?")
        return replace(step, verb="take", route=step.route or "oral")
    if step.dose_unit == "spray" and step.verb in ("spray", "take"):
        return replace(step, verb="use")
    if step.dose_unit == "patch" and step.verb == "place":
        return replace(step, verb="apply")
    if step.verb and not (step.verb == "take" and step.route in _NEVER_TAKEN):
        return step
    if step.route == "oral":
        return replace(step, verb="take")
    found = _VERB_OF_UNIT.get(step.dose_unit) or _VERB_OF_ROUTE.get(step.route)
    if found is None and step.dose_unit in ("tablet", "capsule"):
        return replace(step, verb="take", route=step.route or "oral")
    return replace(step, verb=found or "use")


def _how_often(draft: Draft, step: Step) -> Step:
    step = replace(step, when=(*named_times(step.when), *circumstances(step.when)))
    if step.weekdays:
        return _on_weekdays(draft, step)
    if step.timed:
        _check_slots(draft, step)
        return step
    slots = {SLOT[name] for name in step.when if name in SLOT}
    meals = not MEALS.isdisjoint(step.when)
    if meals:
        times = 3 + len(slots)
        draft.ask(f"How many times a day? {times} is usual with meals, but it was not said.")
        return _daily(step, times)
    if slots:
        return _daily(step, len(slots))
    if step.duration_unit == "day" and (step.then or step.duration == 1) and draft.last_day:
        return _daily(step, 1)
    if EVENTS.isdisjoint(step.when) or step.max_per_day is None:
        draft.ask("How often is it taken?")
    return step


def _daily(step: Step, times: int) -> Step:
    return replace(
        step,
        times_min=times,
        times_max=times,
        period_min=1,
        period_max=1,
        period_unit="day",
    )


def _on_weekdays(draft: Draft, step: Step) -> Step:
    count = len(step.weekdays)
    said = (step.times_min, step.times_max, step.period_min, step.period_unit)
    plain = step.times_min is None or said in {(1, 1, 1, "day"), (count, count, 1, "week")}
    if step.once or not plain:
        draft.ask("How often a week, and on which days?")
        return step
    return replace(_daily(step, count), period_unit="week")


def _check_slots(draft: Draft, step: Step) -> None:
    """Named times of the day and a number of times must agree."""
    if "while awake" in step.when and step.hours_min is not None:
        draft.ask("How many times a day is that while awake?")
    slots = {SLOT[name] for name in step.when if name in SLOT}
    if not slots or step.once:
        return
    if not MEALS.isdisjoint(step.when):
        if (step.times_min, step.times_max) != (3 + len(slots), 3 + len(slots)):
            draft.ask("How many meals, and how many other times a day?")
        return
    agree = len(slots) == 1 if step.period_unit != "day" else _fits(len(slots), step)
    if not agree or step.hours_min not in (None, 12, 24):
        draft.ask("The times of the day do not agree with how often it is taken.")


def _fits(slots: int, step: Step) -> bool:
    return slots == step.times_max if step.period_max == 1 else slots == 1


def _dose(draft: Draft, step: Step) -> Step:
    spread = step.verb == "apply" or step.route == "topical"
    if step.dose_min is None and not spread:
        draft.ask("How much is one dose?")
    if step.max_per_day is not None and not step.max_per_day_unit:
        step = replace(step, max_per_day_unit=step.dose_unit)
    daily = replace(step, max_per_day=None).exactly_a_day()
    if (
        step.max_per_day is not None
        and step.max_per_day_unit == step.dose_unit
        and daily is not None
        and daily > Fraction(step.max_per_day)
    ):
        draft.ask("The dose and frequency come to more than the named maximum of a day.")
    return step


def _check_short_sites(draft: Draft) -> None:
    """OD is an eye or once daily, AS and AD are also words: only drops make them sure."""
    if not draft.short_sites:
        return
    form = draft.form.casefold()
    drops = any(step.dose_unit == "drop" for step in draft.steps)
    if not drops and not any(part in form for part, _ in _EYE_FORMS):
        for text in draft.short_sites:
            draft.ask(f"Does {text.upper()!r} mean an eye or ear, or something else?")


_IN_ORDER: tuple[Callable[[Draft, Step], Step], ...] = (_unit, _route, _verb, _how_often, _dose)
