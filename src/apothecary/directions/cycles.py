"""So long with the drug and so long without it, again and again: 21 days on and 7 days off."""

import re
from collections.abc import Sequence

from apothecary.directions import acts
from apothecary.directions.draft import Draft
from apothecary.directions.open_step import OpenStep
from apothecary.directions.timing import times_in
from apothecary.directions.tokens import Token

# For 21 days; days 1 to 21.
_ON = r"[fx5]?NP|[LBP]NrN"
_APART = r"[&H./r]{0,2}"
_OFF = r"f?N?P0|Q0|0f?N?P(?!N)|0Q"
# The 4th week off; none on days 22 to 28; week 4 off.
_WHICH = r"hP0|0hP|[LBP]N(?:rN)?0|0[LBP]N(?:rN)?(?![UPT])"
# Of a 28-day cycle; every 28 days.
_WHOLE = r"ENP2?|NP2"
ON_AND_OFF = tuple(rf"{on}{_APART}(?:{_WHICH}|{_OFF})" for on in _ON.split("|"))
OF_CYCLE = tuple(rf"{on}(?:{_WHOLE})" for on in _ON.split("|"))
_PARTS = re.compile(rf"(?P<on>{_ON}){_APART}(?:(?P<which>{_WHICH})|(?P<off>{_OFF}))")
_OF_WHOLE = re.compile(rf"(?P<on>{_ON})(?P<whole>{_WHOLE})")
# In days, to compare; a month has no fixed number of them.
_DAYS = {"day": 1, "week": 7}
_UNITS = frozenset({"day", "week", "month"})
# What "monthly" may mean for a ring of three weeks in and one week out.
_A_MONTH = range(28, 32)
_OPEN = "Which days are with it, and which without?"


def on_and_off(draft: Draft, read: Sequence[Token]) -> None:
    """For 21 days, then 7 days off; 3 weeks, 4th week off; days 1 to 21, none on 22 to 28."""
    parts = _named(_PARTS, read)
    on, unit = _length(draft, parts["on"])
    which = parts.get("which", ())
    rest = which or parts.get("off", ())
    counts = acts.wholes(draft, rest)
    off_unit = next((_unit(token) for token in rest if _unit(token)), unit if which else "")
    follows = off_unit == unit and counts[:1] == [on + 1]
    if {unit, off_unit} - _UNITS or (which and not follows):
        draft.ask(_OPEN)
    elif which:
        draft.cycle(on, unit, counts[-1] - on, unit)
    else:
        draft.cycle(on, unit, counts[0] if counts else 1, off_unit)


def of_cycle(draft: Draft, read: Sequence[Token]) -> None:
    """Days 1 to 21 of a 28-day cycle; for 5 days every 28 days."""
    parts = _named(_OF_WHOLE, read)
    on, unit = _length(draft, parts["on"])
    counts = acts.wholes(draft, parts["whole"])
    whole_unit = next(_unit(token) for token in parts["whole"] if _unit(token))
    if not counts or whole_unit not in _DAYS or unit not in _DAYS:
        _apart(draft, parts)
        return
    rest = counts[0] * _DAYS[whole_unit] - on * _DAYS[unit]
    if rest <= 0:
        _apart(draft, parts)
    elif unit == "week" and rest % _DAYS["week"] == 0:
        draft.cycle(on, unit, rest // _DAYS["week"], unit)
    else:
        draft.cycle(on, unit, rest, "day")


def again(draft: Draft, read: Sequence[Token]) -> None:
    """Repeat; repeat every 28 days: that it goes on so is what a cycle means."""
    counts = acts.wholes(draft, read)
    unit = next((_unit(token) for token in read if _unit(token)), "")
    step = draft.step
    if read[0].value == "may":
        draft.ask("After how long may it be repeated, and how often?")
    elif (counts or unit) and _in_days((counts or [1])[0], unit) != _whole(step):
        draft.ask(_OPEN)


def so_many(draft: Draft, read: Sequence[Token]) -> None:
    """For 6 cycles: so many are dispensed by nobody at one time."""
    draft.ask(f"{acts.said(read)}: for how long in all?")


def off_alone(draft: Draft, read: Sequence[Token]) -> None:
    """Off, skip, stop: without how long and after how long it is asked."""
    off = read[-1]
    draft.ask(off.value or f"What does {off.text!r} mean?")


def remove_after(draft: Draft, read: Sequence[Token]) -> None:
    """Remove after 3 weeks."""
    for count in acts.wholes(draft, read):
        draft.when(f"remove after {count} {read[-1].value}{'' if count == 1 else 's'}")


def worn(draft: Draft, step: OpenStep) -> None:
    """A ring is one piece for the whole cycle: in for three weeks, then out for one."""
    if step.dose_unit != "ring" or step.duration is None:
        return
    whole = _whole(step)
    if step.pause is not None and not step.timed:
        if step.duration_unit == step.pause_unit:
            step.rate(times_in(1, 1, step.duration + step.pause, step.pause_unit))
        elif whole:
            step.rate(times_in(1, 1, whole, "day"))
    monthly = (step.period_min, step.period_unit) == (1, "month")
    period = _in_days(step.period_min or 0, step.period_unit) or monthly * _A_MONTH[0]
    in_place = _in_days(step.duration, step.duration_unit)
    if step.pause is not None and not (period == whole or (monthly and whole in _A_MONTH)):
        draft.ask("How long is the ring in, how long out, and how often is a new one used?")
    elif step.pause is not None or 0 < in_place < period:
        many = "" if step.duration == 1 else "s"
        step.when = (*step.when, f"remove after {step.duration} {step.duration_unit}{many}")
        step.duration, step.duration_unit = None, ""
        step.pause, step.pause_unit = None, ""


def shared(steps: Sequence[OpenStep]) -> None:
    """A cycle named last is meant for all the doses of the day before it."""
    last = steps[-1]
    if last.pause is None or any(step.then for step in steps[1:]):
        return
    for step in steps:
        if step.duration is None:
            step.duration, step.duration_unit = last.duration, last.duration_unit
            step.pause, step.pause_unit = last.pause, last.pause_unit


def _named(pattern: re.Pattern[str], read: Sequence[Token]) -> dict[str, Sequence[Token]]:
    """The tokens of each part of a pattern that was found."""
    found = pattern.fullmatch("".join(token.letter for token in read))
    if found is None:
        raise ValueError(f"{acts.said(read)!r} is no cycle")
    spans = {name: found.span(name) for name, part in found.groupdict().items() if part}
    return {name: read[start:end] for name, (start, end) in spans.items()}


def _unit(token: Token) -> str:
    """The unit of a span of time; "a week" off is one week, "weekly" off is none."""
    if token.kind == "per" and token.text.startswith("a "):
        return token.value.removeprefix("1/")
    return token.value if token.kind == "period" else _LEADS.get(token.kind, "")


_LEADS = {"on_day": "day", "on_week": "week"}


def _length(draft: Draft, read: Sequence[Token]) -> tuple[int, str]:
    """How long it is used in a cycle; a range of days begins with the first."""
    counts = acts.wholes(draft, read)
    unit = next(_unit(token) for token in read if _unit(token))
    ranged = any(token.kind == "to" for token in read)
    if ranged:
        draft.last_day = counts[-1] if counts else 0
    if len(counts) != (2 if ranged else 1) or (ranged and counts[0] != 1):
        draft.ask(_OPEN)
    return (counts or [1])[-1], unit


def _apart(draft: Draft, parts: dict[str, Sequence[Token]]) -> None:
    """No cycle: for 8 weeks, and every 2 weeks."""
    on, whole = parts["on"], parts["whole"]
    if whole[-1].kind == "cycle":
        draft.ask(_OPEN)
        return
    (acts.days if any(token.kind == "to" for token in on) else acts.duration)(draft, on)
    acts.interval(draft, whole)


def _in_days(count: int, unit: str) -> int:
    return count * _DAYS.get(unit, 0)


def _whole(step: OpenStep) -> int:
    """A whole cycle in days; 0 where one of its parts has no fixed number of days."""
    on = _in_days(step.duration or 0, step.duration_unit)
    off = _in_days(step.pause or 0, step.pause_unit)
    return on + off if on and off else 0
