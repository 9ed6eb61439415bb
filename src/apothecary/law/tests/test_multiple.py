from dataclasses import replace
from datetime import date

import pytest

from apothecary.law.facts import RxFacts
from apothecary.law.multiple import earliest_fill_problems, series_problems
from apothecary.law.tables import Row, state
from apothecary.law.tests.cases import ON, an_rx, codes


def a_series(*supplies: int | None, state: str = "TX") -> list[RxFacts]:
    first = replace(an_rx(2, state=state), days_supply=supplies[0])
    later = [
        replace(first, days_supply=days, earliest_fill_on=date(2026, 4 + place, 1))
        for place, days in enumerate(supplies[1:])
    ]
    return [first, *later]


@pytest.mark.parametrize(
    ("day", "expected"),
    [(3, ["fill-too-early"]), (4, []), (5, [])],
)
@pytest.mark.parametrize(("schedule", "cite"), [(0, ""), (2, "21 CFR 1306.12(b)")])
def test_a_prescription_is_not_filled_before_its_earliest_day(
    day: int, expected: list[str], schedule: int, cite: str
) -> None:
    rx = replace(an_rx(schedule), earliest_fill_on=date(2026, 4, 4))
    problems = earliest_fill_problems(rx, on=date(2026, 4, day))
    assert codes(problems) == expected
    assert all(problem.cite == cite for problem in problems)


def test_without_an_earliest_day_nothing_is_too_early() -> None:
    assert earliest_fill_problems(an_rx(2), on=ON) == []


@pytest.mark.parametrize(
    ("supplies", "expected"),
    [
        ((30, 30, 29), []),
        ((30, 30, 30), []),
        ((30, 30, 31), ["series-over-days"]),
        ((30, None), ["series-no-days-supply"]),
        ((100,), []),
    ],
)
def test_a_series_covers_at_most_ninety_days(
    supplies: tuple[int | None, ...], expected: list[str]
) -> None:
    assert codes(series_problems(a_series(*supplies), on=ON)) == expected


def test_each_after_the_first_carries_its_earliest_fill_date() -> None:
    series = [replace(rx, earliest_fill_on=None) for rx in a_series(30, 30)]
    assert codes(series_problems(series, on=ON)) == ["series-no-earliest-fill"]


def test_a_series_is_not_assumed_to_be_allowed_by_a_silent_state() -> None:
    assert codes(series_problems(a_series(30, 30, state="NY"), on=ON)) == ["law-missing-row"]


def test_texas_allows_a_series() -> None:
    assert series_problems(a_series(30, 30), on=ON) == []


def test_a_state_that_forbids_a_series_is_taken_at_its_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allowed = state("TX", "cii_series_permitted", on=ON)
    assert isinstance(allowed, Row)
    forbidden = replace(allowed, value=False)
    monkeypatch.setattr(
        "apothecary.law.tables.states", lambda: {"TX": {allowed.id: (forbidden,)}}
    )
    problems = series_problems(a_series(30, 30), on=ON)
    assert codes(problems) == ["series-state"]
    assert "TX does not allow" in problems[0].says
