"""Names of the time of the day, and which of them are one time."""

import pytest

from apothecary.directions.times_of_day import (
    grouped,
    hour_of,
    is_clock,
    is_event,
    is_meal,
    is_single,
    slot,
    slots,
)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("in the morning", "morning"),
        ("with dinner", "evening"),
        ("at 3 AM", "night"),
        ("at 4 AM", "morning"),
        ("at 10:59 AM", "morning"),
        ("at 11 AM", "noon"),
        ("at 1 PM", "afternoon"),
        ("at 5 PM", "evening"),
        ("at 8 PM", "night"),
        ("at 12 AM", "night"),
        ("at 12 PM", "noon"),
        ("45 minutes before dinner", "evening"),
        ("1 to 2 hours before bedtime", "night"),
        ("1 hour before meals", ""),
        ("with food", ""),
        ("at 13 PM", ""),
    ],
)
def test_a_name_stands_for_its_part_of_the_day(name: str, part: str) -> None:
    assert slot(name) == part


@pytest.mark.parametrize(
    ("when", "count"),
    [
        (("in the morning", "with breakfast"), 1),
        (("in the morning", "at 9 AM"), 1),
        (("at 8 AM", "at 8 PM"), 2),
        (("at 6 AM", "at 2 PM", "at 10 PM"), 3),
        (("in the evening", "at 5 PM"), 1),
        (("in the morning", "at 5 PM"), 2),
        (("with food",), 0),
        ((), 0),
    ],
)
def test_names_of_one_time_count_once(when: tuple[str, ...], count: int) -> None:
    assert len(slots(when)) == count


@pytest.mark.parametrize(
    ("name", "meal", "event", "single", "clock"),
    [
        ("with meals", True, False, False, False),
        ("1 hour before or 2 hours after meals", True, False, False, False),
        ("20 minutes before meals", True, False, False, False),
        ("1 hour before sexual activity", False, True, False, False),
        ("12 hours later", False, True, False, False),
        ("1 hour before dental work", False, True, True, False),
        ("before the procedure", False, True, True, False),
        ("at 8:30 PM", False, False, False, True),
        ("at bedtime", False, False, False, False),
    ],
)
def test_meals_occasions_and_hours_are_told_apart(
    name: str, meal: bool, event: bool, single: bool, clock: bool
) -> None:
    assert (is_meal(name), is_event(name), is_single(name), is_clock(name)) == (
        meal,
        event,
        single,
        clock,
    )


def test_an_hour_stands_with_the_name_it_makes_exact() -> None:
    assert grouped(("in the morning", "at 9 AM", "at 8 PM")) == [
        ["in the morning", "at 9 AM"],
        ["at 8 PM"],
    ]


@pytest.mark.parametrize(
    ("name", "minutes"), [("at 12 AM", 0), ("at 12:30 PM", 750), ("at 8:05 PM", 1205)]
)
def test_an_hour_is_so_many_minutes_from_midnight(name: str, minutes: int) -> None:
    assert hour_of(name) == minutes


def test_what_is_no_hour_has_no_minutes() -> None:
    with pytest.raises(ValueError, match="'at bedtime' is no hour of the day"):
        hour_of("at bedtime")
