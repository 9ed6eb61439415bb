"""Classes, tolerance, cadence and where one more count is worth most."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.stock.counting.rules import (
    ASKED_A_DAY,
    STAKE_USD,
    WHY_SAYS,
    AbcClass,
    Counted,
    LineState,
    Why,
    classes,
    counting_problems,
    days_between,
    due_on,
    is_within,
    is_worth_asking,
    risk_usd,
    state_after,
)
from apothecary.stock.kinds import Storage

D = Decimal
A, B, C = AbcClass.A, AbcClass.B, AbcClass.C
S = LineState


@pytest.mark.parametrize(
    ("costs", "found"),
    [
        ([("x", 80), ("y", 15), ("z", 5)], {"x": A, "y": B, "z": C}),
        ([("x", 79), ("y", 16), ("z", 5)], {"x": A, "y": A, "z": C}),
        ([("x", 100)], {"x": A}),
        ([("x", 0), ("y", 0)], {"x": C, "y": C}),
        ([("x", 10), ("y", -3)], {"x": A, "y": C}),
        ([], {}),
    ],
)
def test_a_class_is_the_share_of_the_yearly_cost_before_it(costs, found):
    assert classes([(key, D(cost)) for key, cost in costs]) == found


@given(st.lists(st.decimals(0, 10_000, places=2), max_size=40))
def test_everything_has_a_class_and_a_dearer_thing_never_a_lower_one(costs):
    found = classes(list(enumerate(costs)))
    assert set(found) == set(range(len(costs)))
    dearest_first = sorted(range(len(costs)), key=lambda at: -costs[at])
    assert [found[at] for at in dearest_first] == sorted(found[at] for at in dearest_first)
    total = sum(costs)
    if total:
        of_a = sum(costs[at] for at in found if found[at] is A)
        assert of_a >= total * D("0.8")


@pytest.mark.parametrize(
    ("abc", "controlled", "book", "counted", "within"),
    [
        (A, False, "100", "99", True),
        (A, False, "100", "98.999", False),
        (A, False, "100", "101", True),
        (A, False, "100", "101.001", False),
        (B, False, "100", "98", True),
        (B, False, "100", "97.999", False),
        (C, False, "100", "95", True),
        (C, False, "100", "94.999", False),
        (C, True, "100", "100", True),
        (C, True, "100", "99.999", False),
        (C, False, "0", "0", True),
        (C, False, "0", "1", False),
    ],
)
def test_a_difference_within_tolerance_stands_without_a_second_count(
    abc, controlled, book, counted, within
):
    assert is_within(Counted(D(book), D(counted), abc, controlled)) == within


@pytest.mark.parametrize(
    ("counted", "recounted", "state"),
    [
        ("100", False, S.SETTLED),
        ("99", False, S.COUNTED),
        ("90", False, S.RECOUNT),
        ("90", True, S.COUNTED),
        ("100", True, S.SETTLED),
    ],
)
def test_above_tolerance_a_second_person_counts_before_anything_is_settled(
    counted, recounted, state
):
    line = Counted(D(100), D(counted), A, controlled=False)
    assert state_after(line, recounted=recounted) is state


@pytest.mark.parametrize(
    ("state", "by", "counted_by", "counted", "codes"),
    [
        (S.ASKED, 1, None, "5", []),
        (S.ASKED, 2, None, "5", ["not-your-sheet"]),
        (S.RECOUNT, 2, 1, "5", []),
        (S.RECOUNT, 1, 1, "5", ["recount-by-another"]),
        (S.COUNTED, 1, 1, "5", ["line-counted"]),
        (S.SETTLED, 1, 1, "5", ["line-counted"]),
        (S.ASKED, 1, None, "-0.001", [""]),
        (S.ASKED, 1, None, "1000000", []),
        (S.ASKED, 2, None, "1000000.001", ["", "not-your-sheet"]),
    ],
)
def test_who_may_enter_what_on_which_line(state, by, counted_by, counted, codes):
    problems = counting_problems(
        state=state, by=by, counter=1, counted_by=counted_by, counted=D(counted)
    )
    assert [problem.code for problem in problems] == codes


@pytest.mark.parametrize(
    ("abc", "schedule", "storage", "days"),
    [
        (A, 0, Storage.ROOM, 30),
        (B, 0, None, 90),
        (C, 0, None, 182),
        (C, 2, None, 30),
        (C, 3, None, 182),
        (A, 2, Storage.REFRIGERATOR, 7),
        (C, 0, Storage.FREEZER, 7),
    ],
)
def test_the_strictest_cadence_holds(abc, schedule, storage, days):
    assert days_between(abc, schedule=schedule, storage=storage) == days


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (None, date(2026, 11, 23)),
        (date(2026, 11, 1), date(2026, 12, 1)),
    ],
)
def test_what_was_never_counted_is_due_today(last, due):
    assert due_on(last, every_days=30, today=date(2026, 11, 23)) == due


@pytest.mark.parametrize(
    ("moves", "units", "price", "schedule", "usd"),
    [
        (0, "1000", "10", 0, "0.00"),
        (1, "1000", "10", 0, "100.00"),
        (1, "1000", None, 0, "0.00"),
        (1, "0", None, 2, "20.00"),
        (1, "100", "1", 2, "21.00"),
        (1, "-5", "1", 0, "0.00"),
    ],
)
def test_a_count_is_worth_the_chance_of_error_times_what_is_at_stake(
    moves, units, price, schedule, usd
):
    found = risk_usd(
        moves=moves, units=D(units), price_usd=D(price) if price else None, schedule=schedule
    )
    assert found == D(usd)


@given(moves=st.integers(0, 500), more=st.integers(1, 500), units=st.integers(0, 5_000))
def test_a_count_is_worth_more_after_more_moves_and_never_more_than_all(moves, more, units):
    def worth(number):
        return risk_usd(moves=number, units=D(units), price_usd=D(2), schedule=4)

    assert worth(moves) <= worth(moves + more) <= units * 2 + STAKE_USD[4]


@pytest.mark.parametrize(
    ("score", "asked", "ask"),
    [("0.50", 0, True), ("0.49", 0, False), ("99", ASKED_A_DAY - 1, True), ("99", 10, False)],
)
def test_nobody_is_asked_for_pennies_or_more_often_than_agreed(score, asked, ask):
    assert is_worth_asking(D(score), asked=asked) == ask


def test_every_reason_has_its_words():
    assert set(WHY_SAYS) == set(Why)
    assert len(set(WHY_SAYS.values())) == len(Why)
