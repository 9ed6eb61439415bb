"""Plain English for the label. No abbreviation that is on a do-not-use list is ever printed."""

from collections.abc import Sequence
from decimal import Decimal

from apothecary.directions.english_words import MEASURES, PLURAL, ROUTE, SITE
from apothecary.directions.step import Step
from apothecary.directions.times_of_day import circumstances, grouped, is_removal, named_times

_ONCE = {1: "once", 2: "twice"}
_HALVES = {
    Decimal("0.25"): "one-quarter",
    Decimal("0.5"): "one-half",
    Decimal("0.75"): "three-quarters",
}
_NO_ARTICLE = frozenset({"both", "each", "one"})
ROUTES = tuple(ROUTE)
SITES = tuple(SITE)


def english(
    steps: Sequence[Step], *, as_directed: bool = False, notes: Sequence[str] = ()
) -> str:
    """The whole direction in plain English; empty when there is nothing to say.

    ``notes`` are what was sent beside the directions: printed last, as they were typed.
    """
    sentences: list[str] = []
    for step in steps:
        said = _sentence(step)
        if step.then and sentences:
            said = f"Then {said[0].lower()}{said[1:]}"
        sentences.append(f"{said}.")
        sentences.extend(_limits(step))
        sentences.extend(_repeat(step))
    if as_directed:
        sentences.append(
            "Use as directed." if not steps else "Follow the prescriber's directions."
        )
    sentences.extend(f"Note: {note.rstrip('.')}." for note in notes)
    return " ".join(sentences)


def number(value: Decimal) -> str:
    """A number with a leading zero always and a trailing zero never, thousands with a comma."""
    plain = f"{value.normalize():,f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _sentence(step: Step) -> str:
    parts = [
        _verb(step),
        _dose(step),
        _where(step),
        _how_often(step),
        listed([" ".join(names) for names in grouped(named_times(step.when))], "and"),
        listed([name for name in circumstances(step.when) if not is_removal(name)], "and"),
        _weekdays(step),
        _as_needed(step),
        _how_long(step),
    ]
    said = " ".join(part for part in parts if part)
    return ", ".join([said, *(name for name in step.when if is_removal(name))])


def _verb(step: Step) -> str:
    # To "put" a drop is plain; to "instill" one is not.
    if step.verb == "instill" and step.dose_unit == "drop":
        return "Put"
    return (step.verb or "use").capitalize()


def _dose(step: Step) -> str:
    if step.dose_min is None or step.dose_max is None:
        return ""
    low, high = _amount(step.dose_min, step.dose_unit), _amount(step.dose_max, step.dose_unit)
    amount = high if low == high else f"{low} to {high}"
    return f"{amount} {unit_name(step.dose_unit, step.dose_max)}".strip()


def _amount(value: Decimal, unit: str) -> str:
    part = value % 1
    if unit in MEASURES or part not in _HALVES:
        return number(value)
    whole = value - part
    return f"{number(whole)} and {_HALVES[part]}" if whole else _HALVES[part]


def unit_name(unit: str, count: Decimal) -> str:
    """The unit in words for so many of it."""
    return unit if count <= 1 or not unit else PLURAL.get(unit, f"{unit}s")


def _where(step: Step) -> str:
    if step.site:
        return SITE.get(step.site) or _on_the_body(step)
    if step.route == "inhalation" and step.verb == "inhale":
        return "by mouth"
    if step.route == "topical" and step.dose_unit == "patch":
        # Only said, a patch "to the skin" is one that works through it.
        return "on the skin surface"
    return ROUTE.get(step.route, "")


def _how_often(step: Step) -> str:
    if step.once:
        return "one time only"
    if step.hours_min is not None and step.hours_max is not None:
        return (
            f"every {_span(step.hours_min, step.hours_max)} {_plural('hour', step.hours_max)}"
        )
    if step.weekdays or step.times_min is None or step.times_max is None:
        return ""
    if step.period_max == 1:
        how_many = _times(step.times_min, step.times_max)
        return (
            f"{how_many} daily"
            if step.period_unit == "day"
            else f"{how_many} a {step.period_unit}"
        )
    return _every_so_often(step)


def _every_so_often(step: Step) -> str:
    low, high = step.period_min or 1, step.period_max or 1
    every = f"every {_span(low, high)} {step.period_unit}s"
    if (low, high, step.period_unit) == (2, 2, "day"):
        every = "every other day"
    if (step.times_min, step.times_max) == (1, 1):
        return every
    return f"{_times(step.times_min or 1, step.times_max or 1)} {every}"


def _times(low: int, high: int) -> str:
    return _ONCE.get(low, f"{low} times") if low == high else f"{low} to {high} times"


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def _weekdays(step: Step) -> str:
    return f"on {listed(step.weekdays, 'and')}" if step.weekdays else ""


def listed(names: Sequence[str], last: str) -> str:
    """The names with commas, and ``last`` before the last of them; empty for none."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def _as_needed(step: Step) -> str:
    if step.as_needed:
        return f"as needed for {step.as_needed_for}" if step.as_needed_for else "as needed"
    return f"for {step.purpose}" if step.purpose else ""


def _how_long(step: Step) -> str:
    if step.doses is not None:
        most = "up to" if step.as_needed else "for"
        return f"{most} {step.doses} {_plural('dose', step.doses)}"
    if step.duration is None:
        return ""
    on, off = english_cycle(step)
    return f"for {on}, then stop for {off}, and repeat" if step.cyclic else f"for {on}"


def english_cycle(step: Step) -> tuple[str, str]:
    """How long it is used, and how long not: 3 weeks, 1 week."""
    on, off = step.duration or 0, step.pause or 0
    return (
        f"{on} {_plural(step.duration_unit, on)}",
        f"{off} {_plural(step.pause_unit, off)}",
    )


def _on_the_body(step: Step) -> str:
    """A place on the body by its name: to the right knee, in the thigh, to both feet."""
    way = "in" if step.verb == "inject" else "to"
    return f"{way} {listed([_with_article(name) for name in places(step.site)], 'and')}"


def places(site: str) -> list[str]:
    """The places of a site, one by one."""
    return site.replace(" and ", ", ").split(", ")


def _with_article(name: str) -> str:
    return name if name.split(maxsplit=1)[0] in _NO_ARTICLE else f"the {name}"


def _limits(step: Step) -> list[str]:
    said: list[str] = []
    if step.max_per_day is not None:
        unit = unit_name(step.max_per_day_unit, step.max_per_day)
        said.append(f"Do not use more than {number(step.max_per_day)} {unit} a day.")
    if step.limit is not None and step.limit_span is not None:
        unit = unit_name(step.limit_unit, step.limit)
        span = f"{step.limit_span} {_plural(step.limit_span_unit, step.limit_span)}"
        said.append(f"Do not use more than {number(step.limit)} {unit} in {span}.")
    return said


def _repeat(step: Step) -> list[str]:
    """That a dose may be repeated if it is needed, after how long, and how often."""
    if step.repeat_after_min is None or step.repeat_after_max is None:
        return []
    span = _span(step.repeat_after_min, step.repeat_after_max)
    unit = _plural(step.repeat_unit, step.repeat_after_max)
    if step.repeats == 1:
        return [f"You may repeat once after {span} {unit} if needed."]
    often = "" if step.repeats is None else f", up to {step.repeats} more times"
    # "after 2 hours" is one more dose only; without a number it is asked how often.
    every = "after" if step.repeats is None else "every"
    return [f"You may repeat {every} {span} {unit} if needed{often}."]
