"""The two clocks of a loss, the day before, on the day and after; what may follow what."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from apothecary.vault.losses.rules import (
    Known,
    calling_off_problems,
    clocks,
    closing_problems,
    late_problems,
    notice_problems,
    open_problems,
    ours,
    outcome_of,
    time_problems,
    turn_problems,
)
from apothecary.vault.losses.states import MAY_BECOME, Kind, Outcome, State
from apothecary.vault.losses.tests.hands import FACTORS

MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
ALL = frozenset(FACTORS)


JUDGED = Known(
    kind=Kind.LOSS,
    state=State.DISCOVERED,
    discovered_on=MONDAY,
    significant=True,
    weighed=ALL,
    in_books=True,
)


def known(**other: Any) -> Known:
    """A loss that a pharmacist judged significant, but for what is named."""
    return replace(JUDGED, **other)


def codes(problems) -> list[str]:
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("found", "due"),
    [
        (date(2026, 11, 20), date(2026, 11, 23)),  # Friday: the weekend does not count
        (date(2026, 11, 21), date(2026, 11, 23)),  # Saturday
        (date(2026, 11, 22), date(2026, 11, 23)),  # Sunday
        (MONDAY, date(2026, 11, 24)),
        (date(2026, 11, 25), date(2026, 11, 27)),  # Thanksgiving does not count
        (date(2026, 12, 24), date(2026, 12, 28)),  # Christmas is a Friday
        (date(2026, 7, 2), date(2026, 7, 6)),  # 4 July is kept on Friday
        (date(2026, 12, 31), date(2027, 1, 4)),  # over New Year's
    ],
)
@pytest.mark.parametrize(("offset", "late"), [(-1, False), (0, False), (1, True)])
def test_the_notice_is_due_one_business_day_after_the_discovery(found, due, offset, late):
    day = due + timedelta(days=offset)
    clock = clocks(known(discovered_on=found), on=day)[0]
    assert (clock.due_on, clock.days_left, clock.late) == (due, -offset, late)
    assert clock.cite.startswith("21 CFR 1301.76(b)")
    done = clocks(known(discovered_on=found, noticed_on=day), on=date(2027, 6, 1))[0]
    assert done.late is late


@pytest.mark.parametrize(
    ("day", "late"),
    [(date(2027, 1, 6), False), (date(2027, 1, 7), False), (date(2027, 1, 8), True)],
)
def test_form_106_is_due_on_day_45_whatever_weekday_it_is(day, late):
    clock = clocks(known(noticed_on=MONDAY), on=day)[1]
    assert (clock.due_on, clock.late) == (MONDAY + timedelta(days=45), late)
    assert (
        "loss-report-late" in codes(open_problems(known(noticed_on=MONDAY), on=day))
    ) == late


def test_the_clocks_run_while_nobody_has_judged():
    waits = known(significant=None, weighed=frozenset())
    assert [clock.name for clock in clocks(waits, on=MONDAY)] == ["Notice", "Form 106"]
    assert codes(open_problems(waits, on=MONDAY)) == ["loss-not-judged"]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"kind": Kind.THEFT, "significant": None, "weighed": frozenset()}, True),
        ({"kind": Kind.LOSS}, True),
        ({"kind": Kind.LOSS, "significant": None}, None),
        ({"kind": Kind.LOSS, "significant": False}, False),
        ({"kind": Kind.TRANSIT, "in_custody": None}, None),
        ({"kind": Kind.TRANSIT, "in_custody": False}, False),
        ({"kind": Kind.TRANSIT, "in_custody": True}, True),
        ({"kind": Kind.TRANSIT, "in_custody": True, "significant": False}, False),
        ({"kind": Kind.BREAKAGE}, False),
        ({"kind": Kind.SPILLAGE}, False),
    ],
)
def test_what_this_house_tells_dea(facts, expected):
    assert ours(known(**facts), on=MONDAY) is expected
    assert bool(clocks(known(**facts), on=MONDAY)) is (expected is not False)
    if expected is False:
        assert open_problems(known(**facts), on=date(2027, 6, 1)) == []


@pytest.mark.parametrize("start", State)
@pytest.mark.parametrize("end", State)
def test_a_loss_goes_only_where_its_states_lead(start, end):
    problems = turn_problems(known(state=start), end)
    assert (problems == []) is (end in MAY_BECOME[start])


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"kind": Kind.THEFT, "significant": None, "weighed": frozenset()}, []),
        ({"significant": None}, ["loss-not-judged"]),
        ({"significant": False}, ["not-ours"]),
        ({"kind": Kind.TRANSIT, "in_custody": None}, ["loss-not-judged"]),
        ({"kind": Kind.TRANSIT, "in_custody": False}, ["not-ours"]),
        ({"kind": Kind.BREAKAGE}, ["not-ours"]),
        ({"state": State.NOTICED}, ["loss-state"]),
        ({"state": State.CLOSED}, ["loss-state"]),
    ],
)
def test_when_a_notice_is_given(facts, expected):
    found = notice_problems(known(**facts), sent_at=NOW, discovered_at=NOW, now=NOW, on=MONDAY)
    assert codes(found) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"), [(-61, ["before"]), (-60, []), (0, []), (1, ["not-yet"])]
)
def test_nothing_is_sent_before_the_discovery_or_in_time_to_come(minutes, expected):
    at, first = NOW + timedelta(minutes=minutes), NOW - timedelta(minutes=60)
    assert codes(time_problems(at, first=first, now=NOW, field="sent_at")) == expected


@pytest.mark.parametrize(
    ("day", "because", "expected"),
    [
        (24, "", []),
        (25, "", ["late-because"]),
        (25, "   ", ["late-because"]),
        (25, "the fax was down", []),
    ],
)
def test_whoever_is_late_says_why(day, because, expected):
    done = date(2026, 11, day)
    (clock, _) = clocks(known(), on=done)
    found = late_problems(clock, done, because)
    assert codes(found) == expected
    assert all(problem.cite.startswith("21 CFR 1301.76") for problem in found)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"state": State.REPORTED}, []),
        ({"state": State.CLOSED}, ["loss-state"]),
        ({"state": State.NOTICED}, ["form-open"]),
        ({"kind": Kind.BREAKAGE}, ["not-witnessed"]),
        ({"in_books": False}, ["not-judged"]),
        ({}, ["notice-open"]),
        ({"significant": None}, ["loss-not-judged"]),
        ({"significant": False, "weighed": ALL - {"pattern"}}, []),
        ({"significant": False}, []),
        ({"kind": Kind.TRANSIT, "in_custody": False, "significant": None}, []),
    ],
)
def test_when_a_pharmacist_may_close_it(facts, expected):
    assert codes(closing_problems(known(**facts), on=MONDAY)) == expected


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"state": State.REPORTED}, Outcome.REPORTED),
        ({"significant": False}, Outcome.NOT_SIGNIFICANT),
        ({"kind": Kind.TRANSIT, "in_custody": False}, Outcome.SUPPLIER),
        ({"kind": Kind.TRANSIT, "in_custody": True, "significant": False},
         Outcome.NOT_SIGNIFICANT),
    ],
)  # fmt: skip
def test_how_it_ends(facts, outcome):
    assert outcome_of(known(**facts), on=MONDAY) is outcome


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"in_books": False}, []),
        ({}, ["in-books"]),
        ({"in_books": False, "from_case": True}, ["in-books"]),
        ({"state": State.NOTICED}, ["loss-state"]),
        ({"state": State.CLOSED}, ["loss-state"]),
    ],
)
def test_nothing_was_missing_only_while_nobody_was_told(facts, expected):
    assert codes(calling_off_problems(known(**facts))) == expected
