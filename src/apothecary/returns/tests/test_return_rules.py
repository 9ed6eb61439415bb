"""What may go back, on which paper, for how much, and how a credit ends a line."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.returns.shipments.rules import (
    COLUMNS,
    LONGEST,
    Papers,
    Wanted,
    age_of,
    expected_usd,
    group_of,
    is_settled,
    outcome,
    paper_problems,
    pick_problems,
    text_problems,
)
from apothecary.returns.shipments.states import Group, LineState
from apothecary.stock.kinds import PlaceKind

ON = date(2026, 11, 23)
WANTED = Wanted(
    drug="lisinopril 10 mg",
    schedule=0,
    place=PlaceKind.QUARANTINE,
    place_name="Quarantine",
    quantity=Decimal(90),
    free=Decimal(90),
    held="expired",
    package=Decimal(100),
)
PAPERS = Papers(group=Group.PLAIN, lines=1, dea="AB1234563", partner="Mesquite")


def codes(wanted: Wanted, group: Group = Group.PLAIN, *, saleable: bool = False) -> list[str]:
    found = pick_problems(wanted, group=group, saleable=saleable, on=ON)
    assert all(one.field for one in found)
    return [one.code for one in found]


@pytest.mark.parametrize(
    ("schedule", "group"),
    [
        (0, Group.PLAIN),
        (2, Group.FORM_222),
        (3, Group.INVOICE),
        (4, Group.INVOICE),
        (5, Group.INVOICE),
    ],
)
def test_each_schedule_travels_with_its_own_kind(schedule, group):
    assert group_of(schedule, on=ON) is group
    for other in Group:
        found = codes(replace(WANTED, schedule=schedule), other)
        assert found == ([] if other is group else ["wrong-group"])


@pytest.mark.parametrize("kind", list(PlaceKind))
def test_a_distributor_gets_only_what_was_set_aside(kind):
    good = kind in {PlaceKind.QUARANTINE, PlaceKind.RETURNED}
    assert codes(replace(WANTED, place=kind)) == ([] if good else ["not-set-aside"])


SALEABLE = {
    PlaceKind.SHELF,
    PlaceKind.ROBOT,
    PlaceKind.VAULT,
    PlaceKind.RECEIVING,
    PlaceKind.QUARANTINE,
}


@pytest.mark.parametrize("kind", list(PlaceKind))
def test_a_wholesaler_gets_back_what_never_left_the_house(kind):
    whole = replace(WANTED, place=kind, quantity=Decimal(100), free=Decimal(100), serial="S1")
    assert codes(whole, saleable=True) == ([] if kind in SALEABLE else ["not-saleable"])


@pytest.mark.parametrize(
    ("serial", "quantity", "found"),
    [
        ("S1", 100, []),
        ("", 100, ["no-serial"]),
        ("S1", 99, ["no-serial"]),
        ("", 99, ["no-serial"]),
    ],
)
def test_only_a_whole_package_with_its_serial_is_saleable(serial, quantity, found):
    wanted = replace(
        WANTED, quantity=Decimal(quantity), free=Decimal(100), serial=serial, held=""
    )
    assert codes(wanted, saleable=True) == found


@pytest.mark.parametrize(
    ("quantity", "free", "found"),
    [
        ("90", "90", []),
        ("0.001", "90", []),
        ("0", "90", ["bad-quantity"]),
        ("-1", "90", ["bad-quantity"]),
        ("90.001", "90", ["too-many"]),
        ("1", "0", ["too-many"]),
    ],
)
def test_no_more_goes_than_stands_there_unpromised(quantity, free, found):
    assert codes(replace(WANTED, quantity=Decimal(quantity), free=Decimal(free))) == found


@pytest.mark.parametrize("held", ["at the door: suspect", "Suspect: case 4", "suspect"])
def test_what_is_held_as_suspect_stays(held):
    assert codes(replace(WANTED, held=held)) == ["suspect-stays"]


def test_every_reason_stands_at_once():
    bad = replace(
        WANTED, schedule=2, held="suspect", place=PlaceKind.SHELF, quantity=Decimal(0)
    )
    assert codes(bad) == ["bad-quantity", "wrong-group", "suspect-stays", "not-set-aside"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"lines": 500}, []),
        ({"lines": 0}, ["no-lines"]),
        ({"lines": 501}, ["no-lines"]),
        ({"dea": ""}, []),
        ({"group": Group.INVOICE}, []),
        ({"group": Group.INVOICE, "dea": "AB1234560"}, ["dea-check-digit"]),
        ({"group": Group.FORM_222}, ["needs-form-222"]),
        ({"group": Group.FORM_222, "form_222": " "}, ["needs-form-222"]),
        ({"group": Group.FORM_222, "form_222": "230000001"}, []),
    ],
)
def test_a_manifest_needs_its_papers(change, found):
    problems = paper_problems(replace(PAPERS, **change), on=ON)
    assert [one.code for one in problems] == found


def test_schedule_ii_is_refused_by_the_name_of_who_must_send_the_form():
    (one,) = paper_problems(replace(PAPERS, group=Group.FORM_222), on=ON)
    assert one.says.startswith("Mesquite must send its Form 222")
    assert (one.cite, one.field) == ("21 CFR 1305.03", "form_222")


@pytest.mark.parametrize(
    ("quantity", "package", "cost", "usd"),
    [
        ("100", "100", "10.00", "10.00"),
        ("90", "100", "10.00", "9.00"),
        ("1", "3", "10.00", "3.33"),
        ("2", "3", "10.00", "6.67"),
        ("1", "200", "1.00", "0.01"),
        ("0.5", "100", "1.00", "0.01"),
        ("0.4", "100", "1.00", "0.00"),
    ],
)
def test_a_part_of_a_package_is_expected_at_its_share_of_the_cost(quantity, package, cost, usd):
    found = expected_usd(Decimal(quantity), Decimal(package), Decimal(cost))
    assert found == Decimal(usd)
    assert found.as_tuple().exponent == -2


def test_what_nobody_knows_the_cost_of_is_expected_at_nothing_known():
    assert expected_usd(Decimal(1), Decimal(1), None) is None


@pytest.mark.parametrize(
    ("said", "expected", "credited", "state"),
    [
        ("full", "9.00", "9.00", LineState.CREDITED),
        ("full", "9.00", "9.01", LineState.CREDITED),
        ("full", "9.00", "8.99", LineState.SHORT),
        ("short", "9.00", "4.50", LineState.SHORT),
        ("short", "9.00", "9.00", LineState.CREDITED),
        ("denied", "9.00", "0", LineState.DENIED),
        ("denied", "9.00", "4.50", LineState.SHORT),
        ("full", "9.00", "0", LineState.DENIED),
        ("denied", "0.00", "0", LineState.CREDITED),
        ("full", None, "0", LineState.CREDITED),
        ("short", None, "1", LineState.SHORT),
        ("denied", None, "0", LineState.DENIED),
        ("denied", None, "1", LineState.CREDITED),
    ],
)
def test_a_line_ends_by_what_came_beside_what_was_expected(said, expected, credited, state):
    wanted = None if expected is None else Decimal(expected)
    assert outcome(said=said, expected=wanted, credited=Decimal(credited)) is state


@pytest.mark.parametrize(
    ("days", "column"),
    [
        (0, "to 30 days"),
        (30, "to 30 days"),
        (31, "31 to 60"),
        (60, "31 to 60"),
        (61, "61 to 90"),
        (90, "61 to 90"),
        (91, "over 90"),
        (900, "over 90"),
    ],
)
def test_an_open_credit_stands_in_the_column_of_its_age(days, column):
    assert age_of(ON - timedelta(days=days), on=ON) == column
    assert column in COLUMNS


@given(st.lists(st.sampled_from(list(LineState))))
def test_a_shipment_is_settled_when_nothing_of_it_is_owed(states):
    owed = {LineState.SHIPPED, LineState.SHORT, LineState.DENIED}
    assert is_settled(states) == all(one not in owed for one in states)


@pytest.mark.parametrize(
    ("said", "code"),
    [(" ", "missing"), ("", "missing"), ("x" * (LONGEST + 1), "too-long")],
)
def test_a_text_is_there_and_no_longer_than_a_line(said, code):
    (one,) = text_problems(said, "why", field="because")
    assert (one.code, one.field) == (code, "because")
    assert text_problems("x" * LONGEST, "why", field="because") == []
