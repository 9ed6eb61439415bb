"""What may be thrown away from where, and what a hand-over must say."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from apothecary.returns.disposal.rules import (
    LONGEST,
    MANIFEST_LETTERS,
    Thrown,
    brought_problems,
    days_left,
    is_due,
    manifest_problems,
    said_problems,
    thrown_problems,
)
from apothecary.stock.kinds import PlaceKind

ON = date(2026, 11, 23)
THROWN = Thrown(
    place=PlaceKind.QUARANTINE,
    place_name="Quarantine",
    quantity=Decimal(9),
    free=Decimal(10),
)
OURS = {
    PlaceKind.SHELF,
    PlaceKind.ROBOT,
    PlaceKind.VAULT,
    PlaceKind.QUARANTINE,
    PlaceKind.RETURNED,
    PlaceKind.RECEIVING,
}


def codes(problems):
    assert all(one.field for one in problems)
    return [one.code for one in problems]


@pytest.mark.parametrize("kind", list(PlaceKind))
def test_only_what_is_ours_and_with_nobody_is_thrown_away(kind):
    found = codes(thrown_problems(replace(THROWN, place=kind)))
    assert found == ([] if kind in OURS else ["not-from-there"])


@pytest.mark.parametrize(
    ("quantity", "found"),
    [
        ("10", []),
        ("0.001", []),
        ("0", ["bad-quantity"]),
        ("-1", ["bad-quantity"]),
        ("10.001", ["too-many"]),
    ],
)
def test_no_more_is_thrown_away_than_is_there(quantity, found):
    assert codes(thrown_problems(replace(THROWN, quantity=Decimal(quantity)))) == found


@pytest.mark.parametrize(
    ("manifest", "hauler", "found"),
    [
        ("012345678JJK", "Hill Haulers", []),
        ("A-1", "Hill Haulers", []),
        ("", "Hill Haulers", ["bad-manifest"]),
        ("-", "Hill Haulers", ["bad-manifest"]),
        ("A 1", "Hill Haulers", ["bad-manifest"]),
        ("\u0661", "Hill Haulers", ["bad-manifest"]),
        ("x" * MANIFEST_LETTERS, "Hill Haulers", []),
        ("x" * (MANIFEST_LETTERS + 1), "Hill Haulers", ["bad-manifest"]),
        ("A1", " ", ["missing"]),
        ("", "", ["bad-manifest", "missing"]),
    ],
)
def test_a_hand_over_names_its_manifest_and_its_hauler(manifest, hauler, found):
    assert codes(manifest_problems(manifest, hauler)) == found


@pytest.mark.parametrize(
    ("days", "due"), [(-1, True), (0, True), (30, True), (31, False), (365, False)]
)
def test_a_container_is_due_a_month_before_it_must_leave(days, due):
    by = ON + timedelta(days=days)
    assert (days_left(by, today=ON), is_due(by, today=ON)) == (days, due)


def test_a_container_without_a_clock_is_never_due():
    assert days_left(None, today=ON) is None
    assert not is_due(None, today=ON)


@pytest.mark.parametrize(
    ("quantity", "because", "found"),
    [
        ("30", "wrong strength", []),
        ("30.001", "wrong strength", ["never-given"]),
        ("0", "wrong strength", ["bad-quantity"]),
        ("1", " ", ["missing"]),
        ("31", "", ["missing", "never-given"]),
    ],
)
def test_nobody_brings_back_more_than_went_out(quantity, because, found):
    problems = brought_problems(
        quantity=Decimal(quantity), given=Decimal(30), because=because, drug="lisinopril"
    )
    assert codes(problems) == found


def test_a_text_longer_than_a_line_is_refused():
    assert codes(said_problems("x" * (LONGEST + 1), "why", field="because")) == ["too-long"]
    assert said_problems("x" * LONGEST, "why", field="because") == []
