from dataclasses import replace
from datetime import date

import pytest

from apothecary.law import registration
from apothecary.law.registration import (
    access_problems,
    facility_cabinet_problems,
    registration_problems,
    storage_problems,
)
from apothecary.law.tables import federal
from apothecary.law.tests.cases import ON, codes


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 5, 31), ["registration-expired"]),
        (date(2024, 6, 1), []),
        (date(2027, 5, 30), []),
        (date(2027, 5, 31), []),
        (date(2027, 6, 1), ["registration-expired"]),
    ],
)
def test_a_registration_lasts_three_years(day: date, expected: list[str]) -> None:
    assert codes(registration_problems(date(2024, 6, 1), on=day)) == expected


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("locked_cabinet", []),
        ("dispersed", []),
        ("something else", ["storage-way"]),
        ("", ["storage-way"]),
    ],
)
def test_controlled_stock_is_locked_away_or_dispersed(way: str, expected: list[str]) -> None:
    problems = storage_problems(way, on=ON)
    assert codes(problems) == expected
    assert all(
        problem.says == "They are stored locked cabinet or dispersed." for problem in problems
    )


@pytest.mark.parametrize(
    "bar", ["controlled_substance_felony", "registration_revoked", "registration_denied"]
)
def test_three_bars_keep_a_person_from_controlled_stock_without_a_waiver(bar: str) -> None:
    problems = access_problems({bar}, waiver=False, on=ON)
    assert codes(problems) == [f"access-{bar.replace('_', '-')}"]
    assert access_problems({bar}, waiver=True, on=ON) == []


@pytest.mark.parametrize("bars", [set(), {"something else"}])
def test_nothing_else_keeps_a_person_away(bars: set[str]) -> None:
    assert access_problems(bars, waiver=False, on=ON) == []


def test_a_cabinet_at_a_facility_stands_under_a_registration_there() -> None:
    assert facility_cabinet_problems(registered_there=True, on=ON) == []
    problems = facility_cabinet_problems(registered_there=False, on=ON)
    assert codes(problems) == ["cabinet-registration"]


def test_would_the_law_ask_for_none_the_cabinet_stood_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = replace(federal("DEA-192", on=ON), value=False)
    monkeypatch.setattr(registration, "federal", lambda _id, on: row)
    assert facility_cabinet_problems(registered_there=False, on=ON) == []
