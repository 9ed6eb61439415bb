"""Times of the day that are named: several names may stand for one time."""

SLOT = {
    "in the morning": "morning",
    "with breakfast": "morning",
    "before breakfast": "morning",
    "after breakfast": "morning",
    "30 minutes before breakfast": "morning",
    "at noon": "noon",
    "with lunch": "noon",
    "before lunch": "noon",
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
EVENTS = frozenset({"after each loose stool", "before sexual activity"})


def named_times(when: tuple[str, ...]) -> tuple[str, ...]:
    """The names that say a time of the day or a meal, in the order they were said."""
    return tuple(name for name in when if name in SLOT or name in MEALS)


def circumstances(when: tuple[str, ...]) -> tuple[str, ...]:
    """The names that say how or at what occasion, in the order they were said."""
    return tuple(name for name in when if name not in SLOT and name not in MEALS)


def grouped(names: tuple[str, ...]) -> list[list[str]]:
    """Names of one time of the day that follow each other, kept together."""
    groups: list[list[str]] = []
    for name in names:
        if groups and SLOT.get(name, name) == SLOT.get(groups[-1][0], groups[-1][0]):
            groups[-1].append(name)
        else:
            groups.append([name])
    return groups
