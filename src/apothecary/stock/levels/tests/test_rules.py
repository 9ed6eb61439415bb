"""When to order and how much: by use, lead and safety, in whole packages."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.stock.levels.rules import (
    Levels,
    Use,
    days_left,
    is_automatic,
    is_needed,
    levels_problems,
    packages_to_order,
    suggested_levels,
    turns,
)

D = Decimal
UNITS = st.decimals(0, 5_000, places=3)
PACKAGES = st.sampled_from([D(1), D(30), D(100), D("2.5"), D(473)])


@pytest.mark.parametrize(
    ("days_30", "days_90", "a_day"),
    [("0", "0", "0"), ("300", "300", "10"), ("30", "900", "10"), ("-5", "-9", "0")],
)
def test_the_higher_average_is_the_use_of_a_day(days_30, days_90, a_day):
    assert Use(D(days_30), D(days_90)).a_day == D(a_day)


@pytest.mark.parametrize(
    ("use", "package", "lead", "safety", "levels"),
    [
        # 10 a day: 4 days of lead and safety, and 14 days in packages of 100.
        (Use(D(300), D(900)), "100", 1, 3, Levels(D(40), D(240))),
        (Use(D(300), D(900)), "30", 1, 3, Levels(D(40), D(190))),
        (Use(D(300), D(900)), "100", 0, 0, Levels(D(0), D(200))),
        (Use(D(1), D(1)), "100", 1, 3, Levels(D(1), D(101))),
        (Use(D(0), D(0)), "100", 1, 3, Levels(D(-1), D(0))),
    ],
)
def test_min_and_par_follow_use_lead_and_safety(use, package, lead, safety, levels):
    found = suggested_levels(use, package_units=D(package), lead_days=lead, safety_days=safety)
    assert found == levels


@pytest.mark.parametrize(
    ("position", "reorder_at", "needed"),
    [
        ("41", "40", False),
        ("40", "40", True),
        ("39.999", "40", True),
        ("0", "0", True),
        ("0.001", "0", False),
        # Below zero a package is ordered for a prescription that waits, and only then.
        ("0", "-1", False),
        ("-0.001", "-1", True),
        ("-30", "-1", True),
        ("5", "-1", False),
    ],
)
def test_an_item_is_ordered_at_its_reorder_point_and_not_above(position, reorder_at, needed):
    assert is_needed(position=D(position), reorder_at=D(reorder_at)) == needed


@pytest.mark.parametrize(
    ("position", "par", "most", "package", "packages"),
    [
        ("40", "240", None, "100", 2),
        ("39", "240", None, "100", 3),
        ("240", "240", None, "100", 1),
        ("-30", "0", None, "100", 1),
        ("-130", "0", None, "100", 2),
        ("40", "240", "240", "100", 2),
        ("39", "240", "240", "100", 2),
        ("39", "240", "100", "100", 1),
        # What waits is ordered even past the most there may be.
        ("-250", "0", "100", "100", 3),
        ("0", "1", None, "2.5", 1),
    ],
)
def test_an_order_fills_up_to_par_in_whole_packages(position, par, most, package, packages):
    found = packages_to_order(
        position=D(position),
        order_up_to=D(par),
        at_most=D(most) if most else None,
        package_units=D(package),
    )
    assert found == packages


@given(position=UNITS, used=UNITS, package=PACKAGES)
def test_after_an_order_by_suggested_levels_nothing_more_is_needed(position, used, package):
    use = Use(used, used)
    levels = suggested_levels(use, package_units=package)
    if is_needed(position=position, reorder_at=levels.reorder_at):
        position += package * packages_to_order(
            position=position,
            order_up_to=levels.order_up_to,
            at_most=None,
            package_units=package,
        )
    assert not is_needed(position=position, reorder_at=levels.reorder_at)


@given(position=st.decimals(-500, 500, places=3), par=UNITS, package=PACKAGES, most=UNITS)
def test_an_order_is_one_package_at_least_and_serves_who_waits(position, par, package, most):
    packages = packages_to_order(
        position=position, order_up_to=par, at_most=max(par, most), package_units=package
    )
    assert packages >= 1
    assert position + packages * package >= 0


@pytest.mark.parametrize(
    ("free", "use", "days"),
    [
        ("100", Use(D(300), D(300)), "10.0"),
        ("0", Use(D(300), D(300)), "0.0"),
        ("1", Use(D(0), D(0)), None),
        ("7", Use(D(60), D(0)), "3.5"),
    ],
)
def test_days_left_are_what_is_free_over_use(free, use, days):
    assert days_left(D(free), use) == (None if days is None else D(days))


@pytest.mark.parametrize(
    ("auto", "schedule", "sent"),
    [(True, 0, True), (True, 3, True), (True, 2, False), (False, 0, False)],
)
def test_a_schedule_ii_drug_is_never_ordered_without_a_look(auto, schedule, sent):
    assert is_automatic(ordering_auto=auto, schedule=schedule) == sent


@pytest.mark.parametrize(
    ("levels", "field"),
    [
        ({"reorder_at": "-1", "order_up_to": "0"}, None),
        ({"reorder_at": "0", "order_up_to": "0"}, None),
        ({"reorder_at": "40", "order_up_to": "40", "at_most": "40"}, None),
        ({"reorder_at": "-1.001", "order_up_to": "0"}, "reorder_at"),
        ({"reorder_at": "40", "order_up_to": "39"}, "order_up_to"),
        ({"reorder_at": "-1", "order_up_to": "-0.5"}, "order_up_to"),
        ({"reorder_at": "1", "order_up_to": "40", "at_most": "39"}, "at_most"),
        ({"reorder_at": "0", "order_up_to": "1000001"}, "order_up_to"),
    ],
)
def test_levels_that_contradict_each_other_are_refused_by_field(levels, field):
    most = levels.get("at_most")
    problems = levels_problems(
        reorder_at=D(levels["reorder_at"]),
        order_up_to=D(levels["order_up_to"]),
        at_most=D(most) if most else None,
    )
    assert [problem.field for problem in problems] == ([field] if field else [])


@pytest.mark.parametrize(
    ("used", "value", "found"), [("1200", "100", "12.0"), ("0", "100", "0"), ("5", "0", None)]
)
def test_turns_are_a_years_use_over_what_lies_there(used, value, found):
    assert turns(used_a_year=D(used), value=D(value)) == (D(found) if found else None)
