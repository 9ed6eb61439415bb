"""The hours of the open work: late stands apart, what is ready is no work any more."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apothecary.config.tests.test_home import arrive
from apothecary.config.workload import HOURS, LATE, label, workload
from apothecary.intake.models import Arrival
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import ENDED, FillState

# A quarter past one in the afternoon at the pharmacy.
NOW = datetime(2026, 11, 23, 19, 15, tzinfo=UTC)
CENTRAL = ZoneInfo("America/Chicago")


@pytest.fixture(autouse=True)
def at_the_pharmacy():
    with timezone.override(CENTRAL):
        yield


def due(pharmacy, minutes: int, state: FillState = FillState.WAITING) -> None:
    """A fill promised so many minutes from now."""
    fill = pharmacy.enter()
    Fill.objects.filter(pk=fill.pk).update(
        promised_at=NOW + timedelta(minutes=minutes), state=state
    )


def hours(pharmacy, now: datetime = NOW) -> dict[str, int]:
    return {hour: n for hour, n in workload(pharmacy.pharmacy.pk, now=now) if n}


@pytest.mark.parametrize(
    ("minutes", "hour"),
    [
        (-16, LATE),
        (-15, "1p"),
        (-1, "1p"),
        (0, "1p"),
        (44, "1p"),
        (45, "2p"),
        (104, "2p"),
        (105, "3p"),
        (584, "10p"),
        (-60 * 24 * 400, LATE),
    ],
)
def test_a_promise_stands_in_its_hour_and_what_is_past_it_is_late(pharmacy, minutes, hour):
    due(pharmacy, minutes)
    assert hours(pharmacy) == {hour: 1}


def test_what_is_due_after_ten_hours_is_not_todays_work(pharmacy):
    due(pharmacy, 585)
    assert hours(pharmacy) == {}


@pytest.mark.parametrize("state", sorted({*ENDED, FillState.READY}))
def test_what_is_ready_or_ended_is_no_work(pharmacy, state):
    due(pharmacy, 10, state)
    assert hours(pharmacy) == {}


def test_what_has_arrived_is_work_before_it_is_typed(pharmacy):
    arrived = arrive(pharmacy)
    Arrival.objects.filter(pk=arrived.pk).update(promised_at=NOW + timedelta(hours=2))
    due(pharmacy, 125)
    assert hours(pharmacy) == {"3p": 2}


def test_every_hour_has_its_place_also_without_work_and_across_midnight(pharmacy):
    night = workload(pharmacy.pharmacy.pk, now=NOW + timedelta(hours=8))
    assert [hour for hour, _ in night] == [
        LATE, "9p", "10p", "11p", "12a", "1a", "2a", "3a", "4a", "5a", "6a",
    ]  # fmt: skip
    assert len(night) == HOURS + 1


def test_the_hour_that_comes_twice_in_autumn_has_two_bars(pharmacy):
    half_past_midnight = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    fill = pharmacy.enter()
    second_one = datetime(2026, 11, 1, 7, 30, tzinfo=UTC)
    Fill.objects.filter(pk=fill.pk).update(promised_at=second_one, state="waiting")
    night = workload(pharmacy.pharmacy.pk, now=half_past_midnight)
    assert night[1:5] == [("12a", 0), ("1a", 0), ("1a", 1), ("2a", 0)]


def test_another_pharmacys_work_is_not_ours(pharmacy):
    due(pharmacy, 10)
    assert sum(n for _, n in workload(pharmacy.pharmacy.pk + 1000, now=NOW)) == 0


def test_the_whole_day_costs_one_statement(pharmacy):
    due(pharmacy, 10)
    with CaptureQueriesContext(connection) as seen:
        workload(pharmacy.pharmacy.pk, now=NOW)
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("hour", "says"), [(0, "12a"), (1, "1a"), (11, "11a"), (12, "12p"), (13, "1p"), (23, "11p")]
)
def test_an_hour_is_named_as_on_a_clock_of_twelve(hour, says):
    assert label(datetime(2026, 7, 1, hour, tzinfo=CENTRAL)) == says
