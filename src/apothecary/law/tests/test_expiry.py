from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.law.calendar_days import days_after, hours_after, months_after
from apothecary.law.expiry import expires_on, expiry_problems
from apothecary.law.facts import LastDay
from apothecary.law.problem import Problem
from apothecary.law.tables import policy, states
from apothecary.law.tests.cases import ON, WRITTEN, an_rx, codes


@pytest.mark.parametrize(
    ("schedule", "state", "house", "last", "cite"),
    [
        (2, "TX", None, date(2026, 4, 1), "22 TAC 315.5"),
        (2, "NY", None, date(2026, 4, 1), "10 NYCRR 80.73(a); N.Y. Pub. Health Law 3333"),
        (2, "CA", None, date(2026, 9, 2), "Cal. Health & Safety Code 11166"),
        (3, "TX", None, date(2026, 9, 2), "22 TAC 315.5(b)(2)"),
        (4, "TX", None, date(2026, 9, 2), "22 TAC 315.5(b)(2)"),
        (3, "FL", None, date(2026, 9, 2), "21 CFR 1306.22(a)"),
        (4, "FL", None, date(2026, 9, 2), "21 CFR 1306.22(a)"),
        (3, "NY", None, date(2026, 4, 1), "house policy; 10 NYCRR 80.73(a) names only some"),
        (5, "TX", None, date(2026, 9, 2), "22 TAC 315.5(b)(2)"),
        (0, "FL", None, date(2027, 3, 2), "Fla. Stat. 456.0392"),
        (0, "FL", 6, date(2027, 3, 2), "Fla. Stat. 456.0392"),
        (0, "TX", 12, date(2027, 3, 2), "house policy"),
        (0, "ZZ", 6, date(2026, 9, 2), "house policy"),
    ],
)
def test_a_prescription_is_good_the_day_before_and_on_its_last_day_and_expired_the_day_after(
    schedule: int, state: str, house: int | None, last: date, cite: str
) -> None:
    rx = an_rx(schedule, state=state)
    known = expires_on(rx, on=WRITTEN, house_months=house)
    assert isinstance(known, LastDay)
    assert known.on == last
    for day in (last - timedelta(days=1), last):
        assert expiry_problems(rx, on=day, house_months=house) == []
    late = expiry_problems(rx, on=last + timedelta(days=1), house_months=house)
    assert codes(late) == ["rx-expired"]
    assert late[0].cite.startswith(cite)
    assert str(last) in late[0].says


@pytest.mark.parametrize(
    ("schedule", "state", "code"),
    [
        (2, "FL", "law-missing-row"),
        (2, "IL", "law-doubtful-row"),
        (2, "MI", "law-doubtful-row"),
        (2, "ZZ", "law-unknown-state"),
        (4, "ZZ", "law-unknown-state"),
        (5, "FL", "law-missing-row"),
        (0, "TX", "law-missing-row"),
        (0, "ZZ", "law-unknown-state"),
        (1, "TX", "law-missing-row"),
    ],
)
def test_an_unknown_validity_is_a_problem_and_never_an_assumption(
    schedule: int, state: str, code: str
) -> None:
    rx = an_rx(schedule, state=state)
    assert isinstance(expires_on(rx, on=WRITTEN), Problem)
    assert codes(expiry_problems(rx, on=WRITTEN)) == [code]


def test_the_house_default_never_stretches_a_controlled_prescription() -> None:
    assert codes(expiry_problems(an_rx(5, state="FL"), on=WRITTEN, house_months=12)) == [
        "law-missing-row"
    ]


def test_without_a_written_date_the_expiry_is_not_known() -> None:
    rx = replace(an_rx(4), written_on=None)
    assert codes(expiry_problems(rx, on=WRITTEN)) == ["expiry-no-date"]


@pytest.mark.parametrize(
    ("state", "last"),
    [("TX", date(2026, 6, 1)), ("NY", date(2026, 4, 1))],
)
def test_texas_counts_a_series_from_the_earliest_fill_date_and_others_from_the_written_date(
    state: str, last: date
) -> None:
    rx = replace(an_rx(2, state=state), earliest_fill_on=date(2026, 5, 2))
    known = expires_on(rx, on=WRITTEN)
    assert isinstance(known, LastDay)
    assert known.on == last


def test_an_earliest_fill_date_does_not_move_the_end_of_a_c_iv_prescription() -> None:
    rx = replace(an_rx(4), earliest_fill_on=date(2026, 5, 2))
    known = expires_on(rx, on=WRITTEN)
    assert isinstance(known, LastDay)
    assert known.on == date(2026, 9, 2)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2026, 8, 30), 6, date(2027, 2, 28)),
        (date(2026, 12, 31), 6, date(2027, 6, 30)),
        (date(2026, 6, 15), 6, date(2026, 12, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_are_calendar_months_and_end_with_the_shorter_month(
    day: date, months: int, expected: date
) -> None:
    assert months_after(day, months) == expected


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 36))
def test_so_many_months_later_is_never_in_a_later_month(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


def test_days_are_counted_from_the_next_day() -> None:
    assert days_after(date(2026, 2, 27), 2) == date(2026, 3, 1)


def test_hours_need_a_time_zone() -> None:
    with pytest.raises(ValueError, match="instant"):
        hours_after(datetime(2026, 3, 2, 9), 72)  # noqa: DTZ001 - the missing zone is the test
    assert hours_after(datetime(2026, 3, 2, 9, tzinfo=UTC), 72).day == 5


@pytest.mark.parametrize(
    ("schedule", "asks", "last"),
    [
        (2, True, date(2026, 4, 15)),
        (2, False, date(2026, 4, 1)),
        (5, True, date(2026, 9, 2)),
    ],
)
def test_only_a_c_ii_counts_from_its_earliest_fill_date_and_only_where_the_state_says_yes(
    monkeypatch: pytest.MonkeyPatch, schedule: int, asks: bool, last: date
) -> None:
    counts = "cii_validity_counts_from_earliest_fill"
    tables = states()
    rows = tuple(replace(row, value=asks) for row in tables["TX"][counts])
    changed = {**tables, "TX": {**tables["TX"], counts: rows}}
    monkeypatch.setattr("apothecary.law.tables.states", lambda: changed)
    rx = replace(an_rx(schedule), earliest_fill_on=date(2026, 3, 16))
    known = expires_on(rx, on=WRITTEN)
    assert isinstance(known, LastDay)
    assert known.on == last


@pytest.mark.parametrize("schedule", [2, 3, 4, 5])
def test_in_georgia_every_limit_is_doubtful_and_therefore_nobodys_to_assume(
    schedule: int,
) -> None:
    found = expires_on(an_rx(schedule, state="GA"), on=ON)
    assert isinstance(found, Problem)
    assert (found.code, found.verified) == ("law-doubtful-row", "KQ")
    assert "GA" in found.says


def test_massachusetts_gives_a_c_ii_thirty_days() -> None:
    rx = an_rx(2, state="MA")
    assert expiry_problems(rx, on=date(2026, 3, 31)) == []
    assert expiry_problems(rx, on=date(2026, 4, 1)) == []
    assert codes(expiry_problems(rx, on=date(2026, 4, 2))) == ["rx-expired"]


@pytest.mark.parametrize("schedule", [2, 3, 4, 5])
def test_california_gives_a_controlled_prescription_six_months(schedule: int) -> None:
    rx = an_rx(schedule, state="CA")
    for day, expected in ((1, []), (2, []), (3, ["rx-expired"])):
        problems = expiry_problems(rx, on=date(2026, 9, day))
        assert codes(problems) == expected
        assert all(problem.cite.startswith("Cal.") for problem in problems)


def test_the_limit_of_c_iii_is_the_states_own_where_it_says_the_same_as_federal_law() -> None:
    found = expires_on(an_rx(3, state="CA"), on=ON)
    assert isinstance(found, LastDay)
    assert found.row.id == "ciii_iv_validity_months"


def test_the_house_gives_twelve_months_where_a_state_is_silent() -> None:
    row = policy("noncontrolled_validity_months", on=ON)
    found = expires_on(an_rx(0), on=ON, house_months=row.number())
    assert isinstance(found, LastDay)
    assert found.on == date(2027, 3, 2)
