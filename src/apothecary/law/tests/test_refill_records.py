from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from apothecary.law.refill_records import (
    Due,
    added_refills_problems,
    back_entry_problems,
    dispensing_record_problems,
    printout_problems,
    refill_system_problems,
    trail_problems,
)
from apothecary.law.tests.cases import ON, an_rx, asks_for_exactly, codes, filled

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ORAL = frozenset({"authorized_on", "quantity", "refills_added", "pharmacist_initials"})
STEPS = frozenset({"verified", "dated", "signed"})
TRAIL = frozenset({"prescriber", "patient", "drug", "quantity", "pharmacist", "rx_number"})


@pytest.mark.parametrize("schedule", [3, 4])
@pytest.mark.parametrize(
    ("had", "added", "expected"),
    [(2, 2, []), (2, 3, []), (2, 4, ["refills-authorized-over-limit"])],
)
def test_refills_added_by_telephone_stay_within_the_five(
    schedule: int, had: int, added: int, expected: list[str]
) -> None:
    rx = filled(an_rx(schedule), fills=1, authorized=had)
    assert codes(added_refills_problems(rx, added, ORAL, on=ON)) == expected


@pytest.mark.parametrize(("day", "expected"), [(1, []), (2, []), (3, ["rx-expired"])])
def test_refills_added_by_telephone_stay_within_the_six_months(
    day: int, expected: list[str]
) -> None:
    rx = filled(an_rx(4), fills=1, authorized=1)
    problems = added_refills_problems(rx, 1, ORAL, on=date(2026, 9, day))
    assert codes(problems) == expected


@pytest.mark.parametrize("added", [0, -1])
def test_no_refills_are_nothing_to_add(added: int) -> None:
    problems = added_refills_problems(an_rx(4), added, ORAL, on=ON)
    assert (codes(problems), problems[0].field) == (["refills-added"], "added")


def test_a_c_ii_gets_no_refills_by_telephone_either() -> None:
    problems = added_refills_problems(an_rx(2), 1, ORAL, on=ON)
    assert codes(problems) == ["refills-authorized-over-limit"]
    assert problems[0].cite == "21 CFR 1306.12(a)"


def test_what_is_added_by_telephone_is_written_down() -> None:
    asks_for_exactly(
        lambda shown: added_refills_problems(an_rx(3), 1, shown, on=ON),
        "authorized_on",
        "quantity",
        "refills_added",
        "pharmacist_initials",
    )


def test_the_record_of_added_refills_is_asked_for_c_iii_and_c_iv_alone() -> None:
    assert added_refills_problems(an_rx(0), 1, frozenset(), on=ON) == []


def test_a_system_for_refills_brings_up_the_original_and_its_history() -> None:
    asks_for_exactly(
        lambda shown: refill_system_problems(shown, on=ON),
        "original_prescription",
        "refill_history",
    )


AROUND_72 = [
    (timedelta(hours=72) - SECOND, []),
    (timedelta(hours=72), []),
    (timedelta(hours=72) + SECOND, ["printout-late"]),
]


@pytest.mark.parametrize(("later", "expected"), AROUND_72)
def test_the_days_refill_printout_is_there_within_72_hours(
    later: timedelta, expected: list[str]
) -> None:
    owed = Due(since=NOON)
    assert codes(printout_problems(owed, at=NOON + later, on=ON)) == expected
    done = Due(since=NOON, done_at=NOON + later, shown=STEPS)
    assert codes(printout_problems(done, at=NOON + timedelta(days=30), on=ON)) == expected


def test_each_pharmacist_verifies_dates_and_signs_the_days_printout() -> None:
    done = Due(since=NOON, done_at=NOON + SECOND)
    asks_for_exactly(
        lambda shown: printout_problems(replace(done, shown=shown), at=NOON, on=ON),
        "verified",
        "dated",
        "signed",
    )


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (timedelta(hours=48) - SECOND, []),
        (timedelta(hours=48), []),
        (timedelta(hours=48) + SECOND, ["trail-late"]),
    ],
)
def test_the_refill_trail_of_a_drug_is_there_within_48_hours_of_being_asked_for(
    later: timedelta, expected: list[str]
) -> None:
    assert codes(trail_problems(Due(since=NOON), at=NOON + later, on=ON)) == expected
    given = Due(since=NOON, done_at=NOON + later, shown=TRAIL)
    assert codes(trail_problems(given, at=NOON + timedelta(days=9), on=ON)) == expected


def test_the_refill_trail_shows_each_refill() -> None:
    given = Due(since=NOON, done_at=NOON)
    asks_for_exactly(
        lambda shown: trail_problems(replace(given, shown=shown), at=NOON, on=ON),
        "prescriber",
        "patient",
        "drug",
        "quantity",
        "pharmacist",
        "rx_number",
    )


@pytest.mark.parametrize(
    ("waiting", "up", "expected"),
    [(0, True, []), (3, False, []), (1, True, ["back-entry"]), (3, True, ["back-entry"])],
)
def test_what_was_filled_without_the_system_is_entered_once_it_is_back(
    waiting: int, up: bool, expected: list[str]
) -> None:
    assert codes(back_entry_problems(waiting, system_up=up, on=ON)) == expected


def test_the_record_of_a_controlled_dispensing_names_patient_day_quantity_and_hand() -> None:
    asks_for_exactly(
        lambda shown: dispensing_record_problems(shown, on=ON),
        "patient_name",
        "patient_address",
        "dispensed_on",
        "quantity",
        "dispenser_initials",
    )
