"""Steps that follow one another, days that are left out, doses that are repeated."""

from decimal import Decimal

import pytest

from apothecary.directions.reading import read_directions
from apothecary.directions.step import Step

D = Decimal
FIVE = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def steps(sig: str) -> tuple[Step, ...]:
    directions = read_directions(sig, form="tablet")
    assert directions.certain, directions.questions
    return directions.steps


@pytest.mark.parametrize(
    ("sig", "weekdays"),
    [
        ("1 tab Monday through Friday", [FIVE]),
        ("1 tab daily Mon-Fri", [FIVE]),
        ("1 tab weekdays", [FIVE]),
        ("1 tab Fri to Mon", [("Friday", "Saturday", "Sunday", "Monday")]),
        ("1 tab MWF", [("Monday", "Wednesday", "Friday")]),
        ("1 tab T/Th", [("Tuesday", "Thursday")]),
        ("1 tab mo-we-fr", [("Monday", "Wednesday", "Friday")]),
        ("1 tab daily except Sat and Sun", [FIVE]),
        ("2 tabs on Sat and Sun, 1 tab all other days", [("Saturday", "Sunday"), FIVE]),
        ("1 tab daily except 2 tabs on weekends", [FIVE, ("Saturday", "Sunday")]),
    ],
)
def test_days_of_the_week_are_counted_out(sig: str, weekdays: list[tuple[str, ...]]) -> None:
    assert [step.weekdays for step in steps(sig)] == weekdays


@pytest.mark.parametrize(
    ("sig", "doses", "spans"),
    [
        ("day 1: 2 tabs. days 2-5: 1 tab daily", [2, 1], ["1 day", "4 day"]),
        ("2 tabs on day 1, 1 tab daily on days 2 through 5", [2, 1], ["1 day", "4 day"]),
        ("week 1: 1 tab daily; week 2: 2 tabs daily", [1, 2], ["1 week", "1 week"]),
        ("days 1-7: 1 tab daily. week 2: 2 tabs daily", [1, 2], ["7 day", "1 week"]),
        ("days 1-3 1 tab daily, day 4 onward 2 tabs daily", [1, 2], ["3 day", ""]),
        ("3 tabs daily x 3 d, 2 tabs x 3 d, 1 tab x 3 d", [3, 2, 1], ["3 day"] * 3),
        ("1 tab bid x 5 days, then daily x 5 days", [1, 1], ["5 day"] * 2),
    ],
)
def test_a_series_has_each_dose_with_its_span(
    sig: str, doses: list[int], spans: list[str]
) -> None:
    found = steps(sig)
    assert [step.dose_min for step in found] == doses
    said = [f"{s.duration} {s.duration_unit}" if s.duration else "" for s in found]
    assert said == spans
    assert all(step.times_min for step in found)


@pytest.mark.parametrize(
    ("sig", "after", "unit", "repeats"),
    [
        ("1 tab at onset of migraine, may repeat in 2 hours, max 2/day", (2, 2), "hour", None),
        (
            "1 tab at onset of migraine, may repeat once in 2 hours, max 2/day",
            (2, 2),
            "hour",
            1,
        ),
        ("1 tab at onset of migraine, may repeat x 1 in 2 hrs, max 2/day", (2, 2), "hour", 1),
        ("1 tab once, may repeat in 3 days", (3, 3), "day", None),
        ("1 tab once, may repeat in 24 hours", (24, 24), "hour", None),
        ("1 tab once, may repeat in 1 week", (1, 1), "week", None),
        ("1 tab once, may repeat every 5 minutes x 3", (5, 5), "minute", 3),
        ("1 tab once, repeat in 3 days if symptoms persist", (3, 3), "day", None),
        ("1 tab once, may repeat after 2 to 4 hours if needed", (2, 4), "hour", None),
    ],
)
def test_a_dose_may_be_repeated_after_its_time(
    sig: str, after: tuple[int, int], unit: str, repeats: int | None
) -> None:
    (step,) = steps(sig)
    assert (step.repeat_after_min, step.repeat_after_max) == after
    assert (step.repeat_unit, step.repeats) == (unit, repeats)


@pytest.mark.parametrize(
    ("sig", "later"),
    [
        ("4 tabs once, repeat in 12 hours", "12 hours later"),
        ("1 tab once, repeat in 1 week", "1 week later"),
        ("1 tab once. Repeat dose in 3 days", "3 days later"),
    ],
)
def test_an_ordered_repeat_is_a_second_dose(sig: str, later: str) -> None:
    first, second = steps(sig)
    assert first.once
    assert second.once
    assert second.then
    assert (second.dose_min, second.when) == (first.dose_min, (later,))


@pytest.mark.parametrize(
    ("sig", "question"),
    [
        ("1 tab daily, may repeat", "After how long may it be repeated"),
        ("1 tab bid, repeat in 2 days", "One time only, or repeated?"),
        ("1 tab once, repeat in 2 hours x 3", "How often is it repeated"),
        ("1 tab once, may repeat in 4-2 hours", "4 to 2 is not a range."),
        ("1 tab Monday or Friday", "which day is meant?"),
        ("1 tab all other days", "Which are the other days?"),
        ("1 tab bid except Sunday", "Which days of the week, if not Sunday?"),
        ("1 tab daily, then 2 tabs daily", "When does the next step begin?"),
        ("2 tabs now then daily", "How much is one dose after the first?"),
        ("1 tab qhs in the morning", "both?"),
        ("1 tab q12h at 8 am and 3 pm", "The hours of the day do not agree"),
        ("1 tab monthly for 5 days", "It is to end before the second dose"),
        ("1 tab daily on Monday", "How often a week, and on which days?"),
        ("1 to 6 tablets daily", "So wide a range"),
        ("take 5 mg tablet and 2.5 mg tablet daily", "Two doses are named by their strength"),
        ("inject 1 tab daily", "A tablet is not given by needle."),
        ("insert 1 tab po daily", "To insert does not go the way named: oral."),
        ("1 tab to the right knee po daily", "By mouth, or to the right knee?"),
        ("week 2: 1 tab daily", "Week 2 does not follow week 0."),
        ("1 tab daily except", "mean?"),
        ("swish 5 ml bid", "Swish, and then spit or swallow?"),
        ("1 tab q6h, up to 3 tablets", "the most for one day, or in all?"),
    ],
)
def test_a_series_that_does_not_say_how_is_asked(sig: str, question: str) -> None:
    directions = read_directions(sig)
    assert not directions.certain
    assert any(question in asked for asked in directions.questions), directions.questions


@pytest.mark.parametrize(
    ("sig", "limit"),
    [
        ("1 tab daily prn, max 3 tablets per week", (D(3), "tablet", 1, "week")),
        ("1 tab daily prn up to 3 times per week", (D(3), "dose", 1, "week")),
        (
            "1 tab at onset of headache, max 2/day, max 9/month",
            (D(9), "tablet", 1, "month"),
        ),
        ("1 tab daily prn, max 2 doses in 3 days", (D(2), "dose", 3, "day")),
    ],
)
def test_a_most_for_another_span_than_a_day_is_kept(
    sig: str, limit: tuple[Decimal, str, int, str]
) -> None:
    (step,) = steps(sig)
    found = (step.limit, step.limit_unit, step.limit_span, step.limit_span_unit)
    assert found == limit
