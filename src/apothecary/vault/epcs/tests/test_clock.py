"""The clock: unknown, old, set back or too far off, nothing is taken by it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world import NOON, TODAY
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.vault.epcs.clock import (
    FILE,
    GOOD_FOR,
    Reading,
    clock_problems_now,
    last_reading,
    read_clock_file,
    read_line,
    say_clock,
)
from apothecary.vault.epcs.models import EpcsClock

SECOND = timedelta(seconds=1)


def reading(offset="0.020", source="NIST", at=NOON):
    return Reading(Decimal(offset), source, at)


def said(world, **changed):
    return say_clock(by=world.pharmacist, reading=reading(**changed))


def codes(row, at=NOON):
    return [problem.code for problem in clock_problems_now(row, at=at, on=TODAY)]


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        ("0", []),
        ("299.999", []),
        ("300", []),
        ("300.001", ["epcs-clock"]),
        ("-300", []),
        ("-300.001", ["epcs-clock"]),
        ("86400", ["epcs-clock"]),
    ],
)
def test_the_clock_is_good_within_five_minutes(pharmacy, offset, expected):
    assert codes(said(pharmacy, offset=offset)) == expected


def test_a_clock_nobody_has_measured_is_not_good():
    (problem,) = clock_problems_now(None, at=NOON, on=TODAY)
    assert (problem.code, problem.field) == ("epcs-clock-unknown", "clock")
    assert "1311.205(b)(4)(v)" in problem.cite


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (timedelta(0), []),
        (GOOD_FOR, []),
        (GOOD_FOR + SECOND, ["epcs-clock-old"]),
        (-SECOND, ["epcs-clock-old"]),
    ],
)
def test_a_measure_is_good_for_a_day_and_none_is_of_the_future(pharmacy, later, expected):
    assert codes(said(pharmacy), NOON + later) == expected


def test_a_clock_that_was_set_back_says_so(pharmacy):
    row = said(pharmacy)
    (problem,) = clock_problems_now(row, at=NOON - SECOND, on=TODAY)
    assert "set back" in problem.says


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.TRAINEE, Role.INTERN, Role.CLERK])
def test_a_pharmacist_says_the_clock_and_nobody_else(pharmacy, role):
    with pytest.raises(NotAllowed):
        say_clock(by=pharmacy.workers[role], reading=reading())
    assert not EpcsClock.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"source": " "}, "source"),
        ({"source": "x" * 5_001}, "source"),
        ({"offset": "NaN"}, "offset_s"),
        ({"offset": "Infinity"}, "offset_s"),
        ({"offset": "1e12"}, "offset_s"),
        ({"at": NOON + SECOND}, "measured_at"),
    ],
)
def test_what_is_no_measure_is_refused_by_its_field(pharmacy, changed, field):
    with pytest.raises(Refused) as refusal:
        said(pharmacy, **changed)
    assert [problem.field for problem in refusal.value.problems] == [field]
    assert not EpcsClock.objects.exists()


def test_the_same_measure_twice_is_refused(pharmacy):
    said(pharmacy)
    with pytest.raises(Refused, match="on file"):
        said(pharmacy)
    assert EpcsClock.objects.count() == 1


def test_a_wrong_clock_is_kept_and_is_an_event_of_the_trail(pharmacy):
    said(pharmacy, offset="400")
    (entry,) = Entry.objects.filter(deed__startswith="read how far")
    assert '"too_far":true' in entry.details.replace(" ", "")


def write(path, monkeypatch, line):
    path.write_text(line)
    monkeypatch.setenv(FILE, str(path))


def test_the_chore_takes_each_line_of_the_file_once(pharmacy, tmp_path, monkeypatch):
    path, house = tmp_path / "clock", pharmacy.pharmacy
    assert read_clock_file(house, NOON) == 0
    write(path, monkeypatch, f"{NOON.isoformat()} -0.004 NIST, by chrony\n")
    assert [read_clock_file(house, NOON) for _ in range(2)] == [1, 0]
    row = last_reading(pharmacy_id=house.pk)
    assert row is not None
    assert (row.offset_ms, row.source, row.by_id) == (-4, "NIST, by chrony", None)
    write(path, monkeypatch, f"{(NOON - SECOND).isoformat()} 9 NIST\n")
    assert read_clock_file(house, NOON) == 0
    write(path, monkeypatch, f"{(NOON + SECOND).isoformat()} 9 NIST\n")
    assert read_clock_file(house, NOON) == 0
    assert read_clock_file(house, NOON + SECOND) == 1


@pytest.mark.parametrize(
    "line",
    ["", "now", "2026-11-23 0.1", "x 0.1 NIST", "2026-11-23T18:00:00+00:00 x NIST",
     "2026-11-23T18:00:00 0.1 NIST"],
)  # fmt: skip
def test_a_line_that_is_no_measure_is_none(tmp_path, line):
    (tmp_path / "clock").write_text(line)
    assert read_line(tmp_path / "clock") is None
    assert read_line(tmp_path / "missing") is None


def test_another_pharmacys_clock_is_not_this_ones(pharmacy):
    said(pharmacy)
    assert last_reading(pharmacy_id=pharmacy.other.pk) is None
