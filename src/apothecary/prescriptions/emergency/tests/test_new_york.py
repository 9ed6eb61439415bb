"""Where the state has a shorter time of its own: seventy-two hours in New York."""

from datetime import timedelta

import pytest

from apothecary.config.tests.world_days import NOON
from apothecary.law.problem import Refused
from apothecary.prescriptions.emergency.queries import open_orders, order_page, state_says
from apothecary.prescriptions.emergency.rules import Where
from apothecary.prescriptions.emergency.tests.orders import (
    TAKEN,
    cover,
    day,
    later,
    moment,
    record_of,
    take,
    tell,
)
from apothecary.prescriptions.states import FillState

LAST = TAKEN.ordered_at + timedelta(hours=72)


@pytest.fixture
def fill(pharmacy):
    """An emergency order, dispensed in New York."""
    pharmacy.receive("oxycodone", "100")
    pharmacy.pharmacy.state = "NY"
    pharmacy.pharmacy.save()
    pharmacy.patient.pharmacy.state = "NY"
    return pharmacy.walk(take(pharmacy), until=FillState.SOLD)


def standing(fill, at):
    line = order_page(fill.pharmacy_id, record_of(fill).pk, now=moment(at, state="NY"))
    assert line is not None
    return line.standing


@pytest.mark.parametrize(
    ("after", "where"),
    [(0, Where.WAITING), (1, Where.OVERDUE)],
)
def test_after_seventy_two_hours_the_state_is_told_and_dea_not_yet(fill, after, where):
    found = standing(fill, LAST + timedelta(seconds=after))
    assert found.where is where
    assert found.owes == (frozenset({"state"}) if after else frozenset())


def test_after_seven_days_both_are_told(fill):
    found = standing(fill, NOON + timedelta(days=8))
    assert found.owes == {"dea", "state"}
    assert "and the state" in found.next


def test_what_comes_late_by_state_law_alone_covers_it_and_the_state_is_told(pharmacy, fill):
    made = cover(pharmacy, fill)
    assert "N.Y. Pub. Health Law 3334(3)" in made.late_by_state
    at = NOON + timedelta(days=6, hours=1)
    found = standing(fill, at)
    assert (found.where, found.owes) == (Where.COVERED, {"state"})
    assert len(open_orders(fill.pharmacy_id, now=moment(at, state="NY"))) == 1
    tell(pharmacy, fill, whom="state", office="Bureau of Narcotic Enforcement")
    assert open_orders(fill.pharmacy_id, now=moment(at, state="NY")) == []
    with pytest.raises(Refused, match="covered on"):
        tell(pharmacy, fill)


def test_dea_alone_told_leaves_the_state_to_be_told(pharmacy, fill):
    tell(pharmacy, fill)
    at = NOON + timedelta(days=9)
    assert standing(fill, at).owes == {"state"}
    assert len(open_orders(fill.pharmacy_id, now=moment(at, state="NY"))) == 1


def test_what_comes_in_three_days_is_in_time_for_both(pharmacy, fill):
    by = later(pharmacy.pharmacist, days=2)
    made = cover(pharmacy, fill, by=by, received_on=day(2))
    assert made.late_by_state == ""
    assert open_orders(fill.pharmacy_id, now=moment(by.at, state="NY")) == []


def test_the_shorter_time_is_shown_as_the_instant_it_is(fill):
    now = moment(NOON, state="NY")
    line = order_page(fill.pharmacy_id, record_of(fill).pk, now=now)
    assert line is not None
    assert line.sooner == LAST


def test_the_page_says_what_the_state_asks_or_that_nothing_is_on_file():
    assert "3334(3) [V2]" in state_says(moment(state="NY"))
    assert "no shorter time of its own is on file" in state_says(moment(state="TX"))
