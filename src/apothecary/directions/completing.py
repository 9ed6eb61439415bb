"""From what was said to a whole direction: what follows from it, and what is still missing."""

from collections.abc import Callable
from decimal import Decimal

from apothecary.directions import cycles
from apothecary.directions.direction import Directions
from apothecary.directions.dosing import by_strength
from apothecary.directions.doubts import check_beside, check_step
from apothecary.directions.draft import Draft
from apothecary.directions.english import number
from apothecary.directions.medicine import Medicine
from apothecary.directions.open_step import OpenStep
from apothecary.directions.step import Step
from apothecary.directions.times_of_day import (
    circumstances,
    is_event,
    is_meal,
    is_single,
    named_times,
    slots,
)

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
_NEEDLES = frozenset({"subcutaneous", "intramuscular", "intravenous", "intradermal"})
_ODD_VERBS = frozenset({"mix", "test", "put", "swish", "spit"})
_MOUTH = frozenset({"oral", "sublingual", "buccal"})
_SWALLOWED = frozenset(
    {
        *("tablet", "capsule", "softgel", "gummy", "mL", "mg", "packet", "capful", "pill"),
        *("mcg", "lozenge", "g", "mEq", "wafer"),
    }
)
_FORMS = (
    ("tab", "tablet"),
    ("cap", "capsule"),
    ("patch", "patch"),
    ("suppos", "suppository"),
    ("lozenge", "lozenge"),
    ("film", "film"),
)
_ONE = Decimal(1)
_HOURS_A_DAY = 24
_STRIPS = {
    "test strip": "strip",
    "test strips": "strip",
    "strip": "strip",
    "blood glucose test strip": "strip",
    "lancet": "lancet",
    "lancets": "lancet",
}
_EYE_FORMS = (("ophth", "ophthalmic"), ("eye", "ophthalmic"), ("otic", "otic"), ("ear", "otic"))


def complete(draft: Draft, text: str, medicine: Medicine) -> Directions:
    """Fill in what follows from what was said, and ask for what is missing or contradictory."""
    _check_short_sites(draft)
    empty = all(_says_nothing(step) for step in draft.steps)
    if empty:
        what = "How much is taken, how, and how often at most?"
        if not draft.taper:
            draft.ask(what if draft.as_directed else "No direction was understood. " + what)
    else:
        _share_route(draft)
        cycles.shared(draft.steps)
        _carry_on(draft)
    steps = () if empty else tuple(_completed(draft, step) for step in draft.steps)
    steps = tuple(by_strength(draft, place, step, medicine) for place, step in enumerate(steps))
    for step in steps:
        check_step(draft, step)
    check_beside(draft, steps)
    return Directions(
        text=text,
        steps=steps,
        questions=tuple(draft.questions),
        as_directed=draft.as_directed,
        notes=tuple(draft.notes),
        form=draft.form,
    )


def _says_nothing(step: OpenStep) -> bool:
    return step == OpenStep(verb=step.verb)


def _share_route(draft: Draft) -> None:
    """A way named once, at the end, is meant for all the doses before it."""
    ways = {(step.route, step.site) for step in draft.steps if step.route}
    if len(ways) == 1:
        route, site = ways.pop()
        for step in draft.steps:
            step.route, step.site = route, site


def _carry_on(draft: Draft) -> None:
    """A step goes on with the dose, or with the frequency, of the one before it."""
    for place, step in enumerate(draft.steps[1:], start=1):
        before = draft.steps[place - 1]
        if _only_how_often(step) and before.once:
            draft.ask("How much is one dose after the first?")
        elif _only_how_often(step):
            step.dose(before.dose_min, before.dose_max, before.dose_unit)
        elif step.then and _only_how_long(step) and not before.once:
            step.rate_of(before)


def _only_how_often(step: OpenStep) -> bool:
    return step.then and step.timed and not step.once and step.dose_min is None


def _only_how_long(step: OpenStep) -> bool:
    """A dose with its duration and no more: the rest of a taper is as it began."""
    said_when = step.timed or step.when or step.weekdays
    return step.dose_min is not None and step.duration is not None and not said_when


def _completed(draft: Draft, step: OpenStep) -> Step:
    for fill_in in _IN_ORDER:
        fill_in(draft, step)
    return step.closed()


def _unit(draft: Draft, step: OpenStep) -> None:
    """A dose without unit is counted in the product's form; a pill is what the form says."""
    form = draft.form.casefold()
    unit = next((unit for start, unit in _FORMS if start in form), "")
    if step.dose_unit == "pill":
        step.dose_unit = unit or "pill"
    elif step.dose_min is None:
        strip = _STRIPS.get(draft.named_unit or form) if step.verb == "test" else None
        if strip:
            step.dose(_ONE, _ONE, strip)
    elif not step.dose_unit:
        step.dose_unit = draft.named_unit or unit or _unit_of_use(form, step)
        if not step.dose_unit:
            draft.ask("The dose has no unit: of what?")


def _unit_of_use(form: str, step: OpenStep) -> str:
    """Puffs of an inhaler, sprays of a nasal spray, drops of eye or ear drops."""
    if "inhaler" in form or "aerosol" in form:
        return "puff"
    if "nasal" in form and "spray" in form:
        return "spray"
    drops = "drop" in form or any(part in form for part, _ in _EYE_FORMS)
    return "drop" if drops and "oint" not in form and step.route != "oral" else ""


def _route(draft: Draft, step: OpenStep) -> None:
    if step.route == "skin":
        # A patch works through the skin unless somebody says that it works on it.
        step.route = "transdermal" if step.dose_unit == "patch" else "topical"
    puffed = step.dose_unit == "puff" and step.route in ("", "oral")
    if puffed or (step.verb.startswith("inhale") and step.route == "oral"):
        step.route = "inhalation"
    elif step.route:
        _with_site(draft, step)
    elif step.site:
        needle = step.verb == "inject" or step.dose_unit in ("unit", "pen", "syringe")
        if not needle:
            step.route = "topical"
            _with_site(draft, step)
    elif _swallowed(draft, step):
        step.route = "oral"
    elif step.dose_unit == "drop":
        form = draft.form.casefold()
        step.route = next((route for part, route in _EYE_FORMS if part in form), "")
        if not step.route:
            draft.ask("The drops go where: eye, ear or mouth?")


def _swallowed(draft: Draft, step: OpenStep) -> bool:
    """What is taken, or is a dose of a product for the mouth."""
    if step.dose_unit not in _SWALLOWED:
        return False
    if step.verb in ("take", "chew", "swish and swallow"):
        return True
    return step.verb in ("", "give") and "oral" in draft.form.casefold()


def _with_site(draft: Draft, step: OpenStep) -> None:
    """A place of the body goes with the skin, not with the mouth; with a needle it is a note.

    Under the skin or into a muscle is what the label must say; both ways have one place to
    stand.
    """
    if step.site and step.route in _NEEDLES:
        draft.note(f"in the {step.site}")
        step.site = ""
    elif step.site and step.route in _MOUTH:
        draft.ask(f"By mouth, or to the {step.site}?")


def _verb(draft: Draft, step: OpenStep) -> None:
    """The verb that fits unit and route; "take" is only said of what is swallowed or chewed."""
    if step.verb in _ODD_VERBS:
        _odd_verb(draft, step)
    elif step.dose_unit == "spray" and step.verb in ("spray", "take"):
        step.verb = "use"
    elif step.dose_unit == "patch" and step.verb == "place":
        step.verb = "apply"
    elif step.dose_unit == "drop" and step.verb in ("place", "take", "use", "apply"):
        step.verb = "take" if step.route in _MOUTH else "instill"
    elif not step.verb or (step.verb == "take" and step.route in _NEVER_TAKEN):
        _verb_that_fits(step)


def _verb_that_fits(step: OpenStep) -> None:
    found = _VERB_OF_UNIT.get(step.dose_unit) or _VERB_OF_ROUTE.get(step.route)
    if step.route == "oral":
        step.verb = "take"
    elif found is None and step.dose_unit in ("tablet", "capsule"):
        step.verb, step.route = "take", step.route or "oral"
    else:
        step.verb = found or "use"


def _odd_verb(draft: Draft, step: OpenStep) -> None:
    """Words for an act that the label calls otherwise."""
    if step.verb == "mix":
        if not any(name.startswith("mixed") for name in step.when):
            draft.ask("Mixed into what?")
        step.verb, step.route = "take", step.route or "oral"
    elif step.verb == "test":
        step.verb, step.purpose = "use", step.purpose or "testing blood sugar"
    elif step.verb == "put":
        dropped = step.route in _MOUTH or step.dose_unit == "drop"
        step.verb = "place" if dropped else "apply"
        _verb(draft, step)
    else:
        draft.ask("Swish, and then spit or swallow?")


def _how_often(draft: Draft, step: OpenStep) -> None:
    cycles.worn(draft, step)
    step.when = (*named_times(step.when), *circumstances(step.when))
    if step.weekdays:
        _on_weekdays(draft, step)
    elif step.timed:
        _check_slots(draft, step)
    elif not _often_follows(draft, step):
        occasion = any(is_event(name) for name in step.when) or step.as_needed
        if not occasion or step.max_per_day is None:
            draft.ask("How often is it taken?")


def _often_follows(draft: Draft, step: OpenStep) -> bool:
    """How often, where the times that are named say it, or nobody needs to ask."""
    named = len(slots(step.when))
    if any(is_meal(name) for name in step.when):
        _at_meals(draft, step, named)
    elif named:
        _daily(step, named)
    elif _of_numbered_days(draft, step) or "at the same time each day" in step.when:
        _daily(step, 1)
    elif "after the first loose stool" in step.when:
        step.once = True
    else:
        return any(is_single(name) for name in step.when)
    return True


def _of_numbered_days(draft: Draft, step: OpenStep) -> bool:
    """Whether it is given on days that are counted: once on each."""
    few = step.duration_unit == "day" and (step.then or step.duration == 1 or step.pause)
    return bool(few and draft.last_day)


def _at_meals(draft: Draft, step: OpenStep, others: int) -> None:
    """Meals with bedtime are four times by convention; meals alone are asked."""
    times = 3 + others
    if "at bedtime" not in step.when or others > 1:
        draft.ask(f"How many times a day? {times} is usual with meals, but it was not said.")
    _daily(step, times)


def _daily(step: OpenStep, times: int) -> None:
    step.times_min = step.times_max = times
    step.period_min = step.period_max = 1
    step.period_unit = "day"


def _on_weekdays(draft: Draft, step: OpenStep) -> None:
    count = len(step.weekdays)
    said = (step.times_min, step.times_max, step.period_min, step.period_unit)
    plain = step.times_min is None or said in {(1, 1, 1, "day"), (count, count, 1, "week")}
    lone = count == 1 and step.times_min is not None and step.period_unit == "day"
    if step.once or not plain or lone:
        draft.ask("How often a week, and on which days?")
        return
    _daily(step, count)
    step.period_unit = "week"


def _check_slots(draft: Draft, step: OpenStep) -> None:
    """Named times of the day and a number of times must agree."""
    named = len(slots(step.when))
    if not named or step.once:
        return
    if any(is_meal(name) for name in step.when):
        if (step.times_min, step.times_max) != (3 + named, 3 + named):
            draft.ask("How many meals, and how many other times a day?")
        return
    hours = step.hours_min in (None, 24) or step.hours_min == _HOURS_A_DAY / named
    agree = named == 1 if step.period_unit != "day" else _fits(named, step)
    if not agree or not hours:
        draft.ask("The times of the day do not agree with how often it is taken.")


def _fits(slots: int, step: OpenStep) -> bool:
    return slots == step.times_max if step.period_max == 1 else slots == 1


def _dose(draft: Draft, step: OpenStep) -> None:
    spread = step.verb == "apply" or step.route == "topical"
    spread = spread and not draft.named_unit
    if step.dose_min is None and not spread and not draft.scale and not _in_the_eye(step):
        draft.ask("How much is one dose?")
    if step.max_per_day is not None and not step.max_per_day_unit:
        step.max_per_day_unit = step.dose_unit
        if not step.max_per_day_unit:
            draft.ask(f"At most {number(step.max_per_day)} a day: of what?")


def _in_the_eye(step: OpenStep) -> bool:
    """A ribbon or a little of an ointment is an amount for the eye."""
    amounts = {"in a thin ribbon", "in a thin layer", "sparingly"}
    return step.route == "ophthalmic" and not amounts.isdisjoint(step.when)


def _check_short_sites(draft: Draft) -> None:
    """OD is an eye or once daily, AS and AD are also words: only drops make them sure."""
    if not draft.short_sites:
        return
    form = draft.form.casefold()
    drops = any(step.dose_unit == "drop" for step in draft.steps)
    if not drops and not any(part in form for part, _ in _EYE_FORMS):
        for text in draft.short_sites:
            draft.ask(f"Does {text.upper()!r} mean an eye or ear, or something else?")


_FillIn = Callable[[Draft, OpenStep], None]
_IN_ORDER: tuple[_FillIn, ...] = (_unit, _route, _verb, _how_often, _dose)
