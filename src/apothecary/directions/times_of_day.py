"""Times of the day that are named: several names may stand for one time."""

import re
from functools import lru_cache

SLOT = {
    "in the morning": "morning",
    "with breakfast": "morning",
    "before breakfast": "morning",
    "after breakfast": "morning",
    "30 minutes before breakfast": "morning",
    "at noon": "noon",
    "with lunch": "noon",
    "before lunch": "noon",
    "after lunch": "noon",
    "in the afternoon": "afternoon",
    "in the evening": "evening",
    "with dinner": "evening",
    "before dinner": "evening",
    "after dinner": "evening",
    "at bedtime": "night",
    "at night": "night",
    "1 hour before bedtime": "night",
}
MEALS = frozenset({"with meals", "before meals", "after meals", "30 minutes before meals"})
EVENTS = frozenset(
    {
        "after the first loose stool",
        "after each loose stool",
        "after each bowel movement",
        "after each diaper change",
        "before sexual activity",
        "at onset of migraine",
        "at onset of headache",
        "at the first sign of a cold sore",
        "at the first sign of symptoms",
        "before the procedure",
        "before dental work",
        "before exercise",
        "before the appointment",
        "before travel",
        "with snacks",
        "with each feeding",
        "after brushing",
        "after showering",
    }
)
# Occasions that come once: no one asks how often.
OCCASIONS = frozenset({"before the procedure", "before dental work", "before the appointment"})
_ANCHORED = re.compile(
    r"\d+(?: to \d+)? (?:minutes?|hours?) ((?:before|after) (?:.* after )?([a-z ]+))"
)
_CLOCK = re.compile(r"at (1[0-2]|[1-9])(?::([0-5]\d))? ([AP])M")
_AT_MEALS = "meals"
# From which hour on a time of the day is called so; before four in the morning it is night.
_HOURS = ((4, "night"), (11, "morning"), (13, "noon"), (17, "afternoon"), (20, "evening"))
# Which names of the day an hour may make more exact.
_NEAR = {
    "morning": frozenset({"morning"}),
    "noon": frozenset({"noon", "afternoon"}),
    "afternoon": frozenset({"afternoon", "evening"}),
    "evening": frozenset({"evening", "night"}),
    "night": frozenset({"night", "evening"}),
}


@lru_cache(maxsize=1024)
def slot(name: str) -> str:
    """The time of the day a name stands for; empty when it names none."""
    if name in SLOT:
        return SLOT[name]
    clock = _CLOCK.fullmatch(name)
    if clock:
        hour = int(clock[1]) % 12 + (12 if clock[3] == "P" else 0)
        return next((part for end, part in _HOURS if hour < end), "night")
    anchored = _ANCHORED.fullmatch(name)
    if not anchored:
        return ""
    if anchored[2] == "bedtime":
        return "night"
    return SLOT.get(anchored[1], "")


@lru_cache(maxsize=1024)
def is_meal(name: str) -> bool:
    """Whether it names every meal of the day."""
    anchored = _ANCHORED.fullmatch(name)
    return name in MEALS or bool(anchored and anchored[2] == _AT_MEALS)


@lru_cache(maxsize=1024)
def is_event(name: str) -> bool:
    """Whether it names an occasion that comes when it comes."""
    anchored = _ANCHORED.fullmatch(name)
    later = name.endswith(" later") and name[0].isdigit()
    return name in EVENTS or later or bool(anchored and anchored[1] in EVENTS)


@lru_cache(maxsize=1024)
def is_single(name: str) -> bool:
    """Whether the occasion comes once, so that nobody asks how often."""
    anchored = _ANCHORED.fullmatch(name)
    return name in OCCASIONS or bool(anchored and anchored[1] in OCCASIONS)


def is_clock(name: str) -> bool:
    """Whether it is an hour of the day."""
    return _CLOCK.fullmatch(name) is not None


def hour_of(name: str) -> int:
    """The minutes from midnight of an hour of the day; ValueError when it names none."""
    clock = _CLOCK.fullmatch(name)
    if clock is None:
        raise ValueError(f"{name!r} is no hour of the day")
    return (int(clock[1]) % 12 + (12 if clock[3] == "P" else 0)) * 60 + int(clock[2] or 0)


def slots(when: tuple[str, ...]) -> frozenset[str]:
    """The different times of the day that are named; an hour makes the name near it exact."""
    named = {slot(name) for name in when if slot(name) and not is_clock(name)}
    free = set(named)
    hours: set[str] = set()
    for name in when:
        if not is_clock(name):
            continue
        near = next((part for part in sorted(free & _NEAR[slot(name)])), None)
        if near is None:
            hours.add(name)
        else:
            free.discard(near)
    return frozenset(named | hours)


def named_times(when: tuple[str, ...]) -> tuple[str, ...]:
    """The names that say a time of the day or a meal, in the order they were said."""
    return tuple(name for name in when if slot(name) or is_meal(name))


def circumstances(when: tuple[str, ...]) -> tuple[str, ...]:
    """The names that say how or at what occasion, in the order they were said.

    What is removed is removed at the end.
    """
    said = [name for name in when if not slot(name) and not is_meal(name)]
    return tuple(sorted(said, key=is_removal))


def is_removal(name: str) -> bool:
    """Whether it says when a patch or a ring comes off again."""
    return name.startswith("remove ")


def grouped(names: tuple[str, ...]) -> list[list[str]]:
    """Names of one time of the day that follow each other, kept together."""
    groups: list[list[str]] = []
    for name in names:
        part = name if is_clock(name) else slot(name) or name
        last = groups[-1][-1] if groups else ""
        before = last if is_clock(last) else slot(last) or last
        near = is_clock(name) and not is_clock(last) and before in _NEAR[slot(name)]
        if groups and (part == before or near):
            groups[-1].append(name)
        else:
            groups.append([name])
    return groups
