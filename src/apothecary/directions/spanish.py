"""Plain Spanish for the label, with ``usted``; empty when a part cannot be said."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from apothecary.directions.english import listed, number, places
from apothecary.directions.english_words import MEASURES
from apothecary.directions.spanish_patterns import site_in_spanish, when_in_spanish
from apothecary.directions.spanish_words import (
    FEMININE,
    NOTE,
    PERIOD,
    PLURAL,
    REASON,
    ROUTE,
    UNIT,
    VERB,
    WEEKDAY,
)
from apothecary.directions.step import Step
from apothecary.directions.times_of_day import circumstances, grouped, is_removal, named_times

_HALVES: dict[Decimal, str | tuple[str, str]] = {
    Decimal("0.25"): "un cuarto de",
    Decimal("0.5"): ("medio", "media"),
    Decimal("0.75"): "tres cuartos de",
}
_AND_HALVES: dict[Decimal, str | tuple[str, str]] = {
    Decimal("0.25"): "y un cuarto",
    Decimal("0.5"): ("y medio", "y media"),
    Decimal("0.75"): "y tres cuartos",
}


# Pain by its number on the scale, and fever by the thermometer.
_SCORED = re.compile(r"(.+) \((\d+(?:-\d+)?)\)")
_HEAT = re.compile(r"fever over (\d+(?:\.\d+)?)")


def spanish(
    steps: Sequence[Step], *, as_directed: bool = False, notes: Sequence[str] = ()
) -> str:
    """The whole direction in plain Spanish, or empty when a word of it has no Spanish here.

    A label half in English would be worse than one in English: the caller then prints English,
    and ``untranslated`` says which part is missing. A note has Spanish only where it is common.
    """
    sentences: list[str] = []
    try:
        for step in steps:
            said = _sentence(step)
            if step.then and sentences:
                said = f"Después, {said[0].lower()}{said[1:]}"
            # "A las 8 p. m." ends with its own full stop.
            sentences.append(said if said.endswith(".") else f"{said}.")
            sentences.extend(_limits(step))
            sentences.extend(_repeat(step))
        remarks = [f"Nota: {NOTE[note]}." for note in notes]
    except KeyError:
        return ""
    if as_directed:
        sentences.append(
            "Use según las indicaciones." if not steps else "Siga las indicaciones del médico."
        )
    return " ".join([*sentences, *remarks])


def untranslated(steps: Sequence[Step], *, notes: Sequence[str] = ()) -> tuple[str, ...]:
    """The words of the direction that have no Spanish here, in order, each once."""
    missing: dict[str, None] = {}
    for step in steps:
        for say in (*_PARTS, _removed, _limits, _repeat):
            try:
                say(step)
            except KeyError as unknown:
                missing[str(unknown.args[0])] = None
    return (*missing, *(note for note in notes if note not in NOTE))


def _sentence(step: Step) -> str:
    parts = [say(step) for say in _PARTS]
    said = " ".join(part for part in parts if part)
    return ", ".join(part for part in (said, _removed(step)) if part)


def _removed(step: Step) -> str:
    return ", ".join(when_in_spanish(name) for name in step.when if is_removal(name))


def _named_times(step: Step) -> str:
    return listed([_together(names) for names in grouped(named_times(step.when))], "y")


def _circumstances(step: Step) -> str:
    names = [name for name in circumstances(step.when) if not is_removal(name)]
    return listed([when_in_spanish(name) for name in names], "y")


def _together(names: Sequence[str]) -> str:
    return " ".join(when_in_spanish(name) for name in names)


def _verb(step: Step) -> str:
    return VERB[step.verb or "use"]


def _dose(step: Step) -> str:
    if step.dose_min is None or step.dose_max is None:
        return ""
    if step.dose_min == step.dose_max:
        return _amount(step.dose_max, step.dose_unit)
    low = number(step.dose_min)
    return (
        f"de {low} a {number(step.dose_max)} {unit_name(step.dose_unit, step.dose_max)}".strip()
    )


def _amount(value: Decimal, unit: str) -> str:
    part, name = value % 1, unit_name(unit, value)
    if unit in MEASURES or part not in _HALVES:
        return f"{number(value)} {name}".strip()
    whole = value - part
    if not whole:
        return f"{_gendered(_HALVES[part], unit)} {name}".strip()
    return (
        f"{number(whole)} {unit_name(unit, whole)} {_gendered(_AND_HALVES[part], unit)}".strip()
    )


def _gendered(word: str | tuple[str, str], unit: str) -> str:
    return word if isinstance(word, str) else word[unit in FEMININE]


def unit_name(unit: str, count: Decimal) -> str:
    """The unit in Spanish for so many of it; KeyError when it has no Spanish here."""
    if not unit:
        return ""
    return UNIT[unit] if count <= 1 else PLURAL.get(unit, f"{UNIT[unit]}s")


def _where(step: Step) -> str:
    if step.site:
        return listed([site_in_spanish(name) for name in places(step.site)], "y")
    if step.route == "inhalation" and step.verb == "inhale":
        return "por la boca"
    if step.route == "topical" and step.dose_unit == "patch":
        return "en la superficie de la piel"
    return ROUTE[step.route] if step.route else ""


def _how_often(step: Step) -> str:
    if step.once:
        return "una sola vez"
    if step.hours_min is not None and step.hours_max is not None:
        return f"cada {_span(step.hours_min, step.hours_max)} {_plural('hour', step.hours_max)}"
    if step.weekdays or step.times_min is None or step.times_max is None:
        return ""
    how_many = _times(step.times_min, step.times_max)
    if step.period_max == 1:
        return f"{how_many} {PERIOD[step.period_unit][2]}"
    low, high = step.period_min or 1, step.period_max or 1
    every = f"cada {_span(low, high)} {_plural(step.period_unit, high)}"
    if (low, high, step.period_unit) == (2, 2, "day"):
        every = "un día sí y otro no"
    return every if (step.times_min, step.times_max) == (1, 1) else f"{how_many} {every}"


def _times(low: int, high: int) -> str:
    if low != high:
        return f"de {low} a {high} veces"
    # "once" alone would be read as eleven in Spanish; in words it cannot be mistaken.
    return "una vez" if low == 1 else f"{low} veces"


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} a {high}"


def _plural(word: str, count: int) -> str:
    return PERIOD[word][0 if count == 1 else 1]


def _weekdays(step: Step) -> str:
    return listed([WEEKDAY[day] for day in step.weekdays], "y")


def _as_needed(step: Step) -> str:
    if step.as_needed:
        why = f" para {_reason(step.as_needed_for)}" if step.as_needed_for else ""
        return f"según sea necesario{why}"
    return f"para {_reason(step.purpose)}" if step.purpose else ""


def _reason(name: str) -> str:
    """A reason, or several joined; KeyError when one of them has no Spanish here."""
    if name in REASON:
        return REASON[name]
    scored = _SCORED.fullmatch(name)
    if scored is not None:
        return f"{_reason(scored[1])} ({scored[2]})"
    heat = _HEAT.fullmatch(name)
    if heat is not None:
        return f"la fiebre de más de {heat[1]}"
    for english, joined in ((" or ", " o "), (" and ", " y ")):
        first, found, rest = name.partition(english)
        if found:
            return f"{_reason(first)}{joined}{_reason(rest)}"
    return REASON[name]


def _how_long(step: Step) -> str:
    if step.doses is not None:
        return f"{'hasta' if step.as_needed else 'por'} {step.doses} dosis"
    if step.duration is None:
        return ""
    said = f"durante {step.duration} {_plural(step.duration_unit, step.duration)}"
    if step.pause is None:
        return said
    off = f"{step.pause} {_plural(step.pause_unit, step.pause)}"
    return f"{said}, luego descanse {off}, y repita"


def _limits(step: Step) -> list[str]:
    said: list[str] = []
    if step.max_per_day is not None:
        unit = unit_name(step.max_per_day_unit, step.max_per_day)
        said.append(f"No use más de {number(step.max_per_day)} {unit} al día.")
    if step.limit is not None and step.limit_span is not None:
        unit = unit_name(step.limit_unit, step.limit)
        span = f"{step.limit_span} {_plural(step.limit_span_unit, step.limit_span)}"
        said.append(f"No use más de {number(step.limit)} {unit} en {span}.")
    return said


def _repeat(step: Step) -> list[str]:
    if step.repeat_after_min is None or step.repeat_after_max is None:
        return []
    span = _span(step.repeat_after_min, step.repeat_after_max)
    unit = _plural(step.repeat_unit, step.repeat_after_max)
    if step.repeats == 1:
        return [f"Puede repetir una vez después de {span} {unit} si es necesario."]
    if step.repeats is None:
        return [f"Puede repetir después de {span} {unit} si es necesario."]
    return [
        f"Puede repetir cada {span} {unit} si es necesario, hasta {step.repeats} veces más."
    ]


_PARTS: tuple[Callable[[Step], str], ...] = (
    _verb,
    _dose,
    _where,
    _how_often,
    _named_times,
    _circumstances,
    _weekdays,
    _as_needed,
    _how_long,
)
