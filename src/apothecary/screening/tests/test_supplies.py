"""Early refills: the day it is due, the schedules, and days that add up."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.screening.rules.facts import Supply, on_hand, runs_out_on
from apothecary.screening.rules.found import NOTE, PHARMACIST, STOP
from apothecary.screening.tests.people import TODAY, drug, found, of_kind, patient

DAYS = st.integers(min_value=0, max_value=400)
SUPPLIES = st.lists(
    st.tuples(DAYS, st.integers(min_value=1, max_value=90)).map(lambda drawn: sold(*drawn)),
    max_size=12,
)


def sold(
    ago: int, days: int = 30, *, key: str = "oxycodone", strength: str = "10 mg"
) -> Supply:
    """Handed out so many days ago."""
    return Supply((key,), strength, "immediate", TODAY - timedelta(days=ago), days)


def early(*supplies: Supply, schedule: int = 2):
    new = drug("oxycodone", schedule=schedule)
    return of_kind("early refill", found(new, patient(supplies=supplies)))


@pytest.mark.parametrize(
    ("schedule", "due_after", "severity"),
    [
        (2, 27, STOP),
        (3, 26, PHARMACIST),
        (4, 26, PHARMACIST),
        (5, 26, PHARMACIST),
        (0, 23, NOTE),
    ],
)
def test_a_supply_of_thirty_days_is_due_on_its_day_and_early_the_day_before(
    schedule, due_after, severity
):
    assert early(sold(due_after), schedule=schedule) == []
    (finding,) = early(sold(due_after - 1), schedule=schedule)
    assert finding.severity == severity
    due_on = TODAY + timedelta(days=1)
    assert f"early before {due_on:%m/%d/%Y}" in finding.says
    assert finding.origin.verified == "C"


def test_a_few_days_early_each_time_add_up():
    on_time = [sold(27 * n) for n in range(1, 5)]
    assert on_hand(on_time, on=TODAY) == 12
    (finding,) = early(*on_time)
    assert "9 of them left over from earlier fills" in finding.says


@pytest.mark.parametrize(
    "other",
    [
        sold(1, key="morphine"),
        sold(1, strength="20 mg"),
        Supply(("oxycodone",), "10 mg", "extended", TODAY, 30),
        sold(400),
    ],
)
def test_another_drug_strength_or_release_or_a_supply_long_gone_is_no_reason(other):
    assert early(other) == []


def test_each_early_fill_is_a_fact_of_its_own():
    prints = {early(sold(ago))[0].fingerprint for ago in (5, 6)}
    assert len(prints) == 2


def test_a_drug_without_ingredients_has_no_supply():
    assert of_kind("early refill", found(drug(), patient(supplies=(sold(1),)))) == []


@given(supplies=SUPPLIES, more=st.integers(min_value=0, max_value=100))
def test_what_is_on_hand_falls_by_a_day_each_day_and_never_below_nothing(supplies, more):
    today = on_hand(supplies, on=TODAY)
    later = on_hand(supplies, on=TODAY + timedelta(days=more))
    assert later == max(0, today - more)
    assert runs_out_on(supplies, on=TODAY) == TODAY + timedelta(days=today)


@given(supplies=SUPPLIES)
def test_no_more_is_on_hand_than_was_ever_handed_out(supplies):
    assert 0 <= on_hand(supplies, on=TODAY) <= sum(each.days_supply for each in supplies)
