"""When a record is due, when its file goes, and what may be done with it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apothecary.vault.monitoring.rules import (
    because_problems,
    closes_at,
    due_of,
    is_reportable,
    last_day,
    late_since,
    mending_problems,
    outage_told_by,
    put_right_by,
    releasing_problems,
    state_problems,
    taking_back_problems,
)
from apothecary.vault.monitoring.states import RecordState as S
from apothecary.vault.monitoring.states import Told

ON = date(2026, 11, 23)
CHICAGO = ZoneInfo("America/Chicago")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("state", "schedule", "told"),
    [
        ("TX", 2, True), ("TX", 5, True), ("TX", 0, False),
        ("AZ", 4, True), ("AZ", 5, False), ("AZ", 2, True),
        # No row says what is told there: every controlled drug is, and nothing else.
        ("OK", 5, True), ("OK", 0, False), ("WY", 3, True), ("WY", 0, False),
    ],
)  # fmt: skip
def test_a_dispensing_is_told_by_its_states_schedules_or_else_when_controlled(
    state, schedule, told
):
    assert is_reportable(state, schedule, on=ON) is told


def test_twenty_four_hours_are_counted_from_the_sale():
    due = due_of("NY", 2, NOON, on=ON)
    assert due.at == NOON + timedelta(hours=24)
    assert due.says.endswith("(K)")
    assert not due.real_time


def test_a_business_day_ends_with_the_day_and_skips_the_weekend():
    friday = NOON - timedelta(days=3)
    due = due_of("TX", 2, friday, on=ON)
    assert (due.at, due.on) == (None, date(2026, 11, 23))


def test_a_programme_that_wants_it_at_once_is_told_at_once():
    due = due_of("OK", 2, NOON, on=ON)
    assert due.real_time
    assert due.at == NOON


def test_a_state_whose_time_is_not_known_says_so_and_is_told_in_the_days_file():
    due = due_of("WY", 2, NOON, on=ON)
    assert (due.on, due.at, due.real_time) == (None, None, False)
    assert "a pharmacist must decide" in due.says


@pytest.mark.parametrize(
    ("hour", "minute", "day"),
    [(21, 59, date(2026, 11, 22)), (22, 0, ON), (22, 1, ON), (0, 0, date(2026, 11, 22))],
)
def test_a_days_file_is_due_at_ten_at_night_in_the_pharmacys_own_zone(hour, minute, day):
    at = datetime(2026, 11, 23, hour, minute, tzinfo=CHICAGO)
    assert last_day(at, CHICAGO) == day
    assert last_day(at.astimezone(UTC), CHICAGO) == day


def test_a_day_closes_at_the_hour_at_which_its_file_is_due():
    ends = closes_at(ON, CHICAGO)
    assert last_day(ends, CHICAGO) == ON
    assert last_day(ends - timedelta(microseconds=1), CHICAGO) == ON - timedelta(days=1)


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_a_record_is_late_after_its_last_instant(seconds):
    assert late_since(ON, NOON, at=NOON + timedelta(seconds=seconds)) is (seconds > 0)


@pytest.mark.parametrize(("days", "late"), [(-1, False), (0, False), (1, True)])
def test_a_record_is_late_after_its_last_day(days, late):
    assert late_since(ON, None, at=NOON + timedelta(days=days)) is late


def test_where_no_time_is_known_nothing_is_called_late():
    assert late_since(None, None, at=NOON) is False


@pytest.mark.parametrize("state", list(S))
def test_what_is_on_its_way_or_done_with_is_neither_mended_nor_taken_back(state):
    free = {S.DUE, S.HELD, S.REJECTED, S.ACCEPTED}
    assert (not mending_problems(state, Told.NEW)) is (state in free)
    assert (not taking_back_problems(state, Told.REVISED)) is (state in free)
    assert (not state_problems(state)) is (state in free)
    assert mending_problems(state, Told.VOID)


@pytest.mark.parametrize("state", list(S))
def test_a_void_is_let_go_only_where_it_stuck(state):
    stuck = {S.HELD, S.REJECTED}
    assert (not taking_back_problems(state, Told.VOID)) is (state in stuck)
    assert (not releasing_problems(state, Told.VOID)) is (state in stuck)
    assert (not releasing_problems(state, Told.NEW)) is (state is S.HELD)


@pytest.mark.parametrize(("because", "fine"), [("", False), ("  ", False), ("typo", True)])
def test_every_change_says_why(because, fine):
    assert (not because_problems(because)) is fine


FRIDAY = datetime(2026, 11, 20, 18, 0, tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("state", "at", "on", "cite", "at_once"),
    [
        # Each programme's own time again: hours from the sale, or days of business.
        ("AL", FRIDAY + timedelta(hours=24), date(2026, 11, 21), "survey", False),
        ("AZ", FRIDAY + timedelta(hours=24), date(2026, 11, 21), "survey", False),
        ("DC", FRIDAY + timedelta(hours=24), date(2026, 11, 21), "17 DCMR 10303", False),
        ("NY", FRIDAY + timedelta(hours=24), date(2026, 11, 21), "3343-a", False),
        ("OK", FRIDAY, date(2026, 11, 20), "Oklahoma", True),
        ("CA", None, date(2026, 11, 23), "11165(d)", False),
        ("FL", None, date(2026, 11, 23), "893.055", False),
        ("TX", None, date(2026, 11, 23), "481.074(q)", False),
    ],
)
def test_each_programme_has_its_own_time_with_its_word(state, at, on, cite, at_once):
    due = due_of(state, 2, FRIDAY, on=ON)
    assert (due.at, due.on, due.real_time) == (at, on, at_once)
    assert cite in due.says


@pytest.mark.parametrize(
    ("state", "says"),
    # Alaska's row is a doubtful one, and Ohio has none.
    [("AK", "doubt"), ("OH", "OH"), ("WY", "WY"), ("", "")],
)
def test_where_a_programmes_time_is_not_known_it_is_said_and_nothing_is_guessed(state, says):
    due = due_of(state, 2, FRIDAY, on=ON)
    assert (due.at, due.on, due.real_time) == (None, None, False)
    assert says in due.says


def test_to_be_early_for_a_holiday_hurts_nobody():
    # Thanksgiving: the programme may be closed on the day that is named.
    wednesday = datetime(2026, 11, 25, 18, 0, tzinfo=CHICAGO)
    assert due_of("TX", 2, wednesday, on=ON).on == date(2026, 11, 26)


@pytest.mark.parametrize("told_by", [put_right_by, outage_told_by])
def test_the_district_wants_it_within_a_day_and_others_do_not_say(told_by):
    clock = told_by("DC", NOON, on=ON)
    assert (clock.at, clock.says) == (NOON + timedelta(hours=24), "17 DCMR 10303 (V1)")
    unknown = told_by("TX", NOON, on=ON)
    assert unknown.at is None
    assert "TX" in unknown.says
    assert told_by("XX", NOON, on=ON).at is None


def test_before_the_rows_day_no_clock_runs():
    assert put_right_by("DC", NOON, on=date(2024, 10, 31)).at is None
    assert put_right_by("DC", NOON, on=date(2024, 11, 1)).at is not None
