"""The house's rules at the counter, without a database: bottles, counts, lots."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.filling.back_counts import plain
from apothecary.filling.rules import (
    BottleFacts,
    FillingFacts,
    LotFacts,
    bottle_problems,
    check_problems,
    count_problems,
    counted_text,
    label_problems,
    lot_problems,
    slip_problems,
)

TODAY = date(2026, 11, 23)
RIGHT = BottleFacts(right=True, open_slip=False, lot_id=1, bottles=1, says="")
SLIP = BottleFacts(right=False, open_slip=True, lot_id=None, bottles=1, says="Wrong.")
ASIDE = replace(SLIP, open_slip=False)
FACTS = FillingFacts(
    quantity=Decimal(30),
    unit="EA",
    package_quantity=Decimal(100),
    schedule=0,
    reserved=((1, "L1"),),
    bottles=(RIGHT,),
    counts=(Decimal(30),),
)
C2 = replace(FACTS, schedule=2)


def codes(problems) -> list[str]:
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("quantity", "holds", "lots", "needed"),
    [
        ("1", "100", 1, 1),
        ("99", "100", 1, 1),
        ("100", "100", 1, 1),
        ("100.001", "100", 1, 2),
        ("101", "100", 1, 2),
        ("200", "100", 1, 2),
        ("201", "100", 1, 3),
        ("30", "100", 2, 2),
        ("28.4", "28.4", 1, 1),
        ("28.5", "28.4", 1, 2),
        ("0.001", "10", 1, 1),
    ],
)
def test_as_many_bottles_as_the_quantity_takes_and_one_of_each_lot(
    quantity, holds, lots, needed
):
    facts = replace(
        FACTS,
        quantity=Decimal(quantity),
        package_quantity=Decimal(holds),
        reserved=tuple((lot, f"L{lot}") for lot in range(lots)),
    )
    assert facts.bottles_needed == needed


@given(
    quantity=st.decimals(Decimal("0.001"), Decimal(10_000), places=3),
    holds=st.decimals(Decimal("0.001"), Decimal(1_000), places=3),
)
def test_the_bottles_that_are_needed_hold_the_quantity_and_one_fewer_would_not(quantity, holds):
    needed = replace(FACTS, quantity=quantity, package_quantity=holds).bottles_needed
    assert needed * holds >= quantity
    assert (needed - 1) * holds < quantity


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (FACTS, []),
        (replace(FACTS, bottles=()), ["no-bottle"]),
        (replace(FACTS, bottles=(ASIDE,)), ["no-bottle"]),
        (replace(FACTS, bottles=(ASIDE, RIGHT)), []),
        (replace(FACTS, bottles=(RIGHT, SLIP)), ["open-slip"]),
        (replace(FACTS, bottles=(SLIP, SLIP)), ["open-slip", "open-slip", "no-bottle"]),
        (replace(FACTS, quantity=Decimal(101)), ["bottles-missing"]),
        (replace(FACTS, quantity=Decimal(101), bottles=(replace(RIGHT, bottles=2),)), []),
        (replace(FACTS, quantity=Decimal(101), bottles=(RIGHT, RIGHT)), []),
        (
            replace(FACTS, reserved=((1, "L1"), (2, "L2"))),
            ["bottles-missing", "lot-not-scanned"],
        ),
        (
            replace(FACTS, reserved=((1, "L1"), (2, "L2")), bottles=(RIGHT, RIGHT)),
            ["lot-not-scanned"],
        ),
        (
            replace(
                FACTS,
                reserved=((1, "L1"), (2, "L2")),
                bottles=(RIGHT, replace(RIGHT, lot_id=2)),
            ),
            [],
        ),
        (replace(FACTS, reserved=()), ["not-reserved"]),
    ],
)
def test_what_was_scanned_proves_the_drug_or_says_what_is_missing(facts, expected):
    assert codes(bottle_problems(facts)) == expected


def test_more_bottles_than_needed_are_no_fault():
    assert bottle_problems(replace(FACTS, bottles=(RIGHT,) * 5)) == []


def test_an_open_slip_is_named_in_its_own_words():
    assert slip_problems(replace(FACTS, bottles=(SLIP,)))[0].says.startswith("Wrong. Set that")


@pytest.mark.parametrize(
    ("unit", "needs", "counted", "expected"),
    [
        ("EA", "30", "29", ["count-differs"]),
        ("EA", "30", "30", []),
        ("EA", "30", "30.000", []),
        ("EA", "30", "31", ["count-differs"]),
        ("EA", "30", "0", ["count-zero"]),
        ("EA", "30", "-1", ["count-zero"]),
        ("EA", "30", "29.5", ["count-parts"]),
        ("ML", "2.5", "2.5", []),
        ("ML", "2.5", "2.501", ["count-differs"]),
        ("GM", "28.4", "28.3", ["count-differs"]),
    ],
)
def test_a_count_is_the_quantity_or_none(unit, needs, counted, expected):
    facts = replace(FACTS, unit=unit, quantity=Decimal(needs))
    assert codes(count_problems(facts, Decimal(counted))) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (FACTS, []),
        (replace(FACTS, counts=()), ["not-counted"]),
        (replace(C2, counts=()), ["not-counted"]),
        (C2, ["counted-once"]),
        (replace(C2, counts=(Decimal(30), Decimal(30))), []),
        (replace(C2, schedule=3), []),
    ],
)
def test_a_label_waits_for_the_count_and_for_both_of_schedule_ii(facts, expected):
    assert codes(label_problems(facts)) == expected


@pytest.mark.parametrize(
    ("printed", "should_say", "expected"),
    [
        ("", "a", ["no-label"]),
        ("a", "a", []),
        ("a", "b", ["label-stale"]),
        ("", "", ["no-label"]),
    ],
)
def test_the_pharmacist_gets_a_vial_whose_label_agrees(printed, should_say, expected):
    assert codes(check_problems(FACTS, printed=printed, should_say=should_say)) == expected


@pytest.mark.parametrize(
    ("expires", "expected"),
    [
        (TODAY - timedelta(days=1), ["lot-expired"]),
        (TODAY, ["lot-too-short"]),
        (TODAY + timedelta(days=29), ["lot-too-short"]),
        (TODAY + timedelta(days=30), []),
        (TODAY + timedelta(days=31), []),
    ],
)
def test_a_lot_lasts_as_long_as_the_supply(expires, expected):
    lot = LotFacts("L1", expires)
    problems = lot_problems(lot, on=TODAY, good_until=TODAY + timedelta(days=30))
    assert codes(problems) == expected


def test_an_expired_lot_is_refused_with_the_law():
    lot = LotFacts("L1", date(2026, 11, 22), "recall")
    problem = lot_problems(lot, on=TODAY, good_until=TODAY)[0]
    assert "21 CFR 211.137" in problem.cite
    assert "11/22/2026" in problem.says


def test_a_quarantined_lot_is_refused_with_its_reason():
    lot = LotFacts("L1", date(2030, 1, 1), "recall")
    problems = lot_problems(lot, on=TODAY, good_until=TODAY)
    assert codes(problems) == ["lot-quarantined"]
    assert "(recall)" in problems[0].says


@pytest.mark.parametrize(
    ("quantity", "text"), [("30.000", "30"), ("28.400", "28.4"), ("100", "100"), ("0.5", "0.5")]
)
def test_a_quantity_has_no_trailing_zero(quantity, text):
    assert plain(Decimal(quantity)) == text


def test_both_counts_are_read_out():
    facts = replace(C2, counts=(Decimal("30.000"), Decimal("30.000")))
    assert counted_text(facts) == "30 and 30"


@pytest.mark.parametrize(("unit", "quantity"), [("EA", "1"), ("ML", "0.5"), ("GM", "1")])
def test_one_unit_or_less_of_what_is_measured_can_be_counted(unit, quantity):
    facts = replace(FACTS, unit=unit, quantity=Decimal(quantity))
    assert count_problems(facts, Decimal(quantity)) == []
