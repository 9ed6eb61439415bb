from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apothecary.law.refills import authorized_refills_problems, refill_problems, refills_left
from apothecary.law.tests.cases import ON, an_rx, codes, filled


@pytest.mark.parametrize("schedule", [3, 4, 5])
def test_the_fifth_refill_is_allowed_and_the_sixth_is_refused(schedule: int) -> None:
    rx = an_rx(schedule)
    assert refill_problems(filled(rx, fills=5, authorized=5), on=ON) == []
    sixth = refill_problems(filled(rx, fills=6, authorized=9), on=ON)
    assert codes(sixth) == ["refill-over-limit"]
    assert "5 times" in sixth[0].says
    cite = "22 TAC 315.5(b)(2)" if schedule == 5 else "21 CFR 1306.22(a)"
    assert sixth[0].cite == cite


def test_a_c_ii_prescription_is_never_refilled() -> None:
    problems = refill_problems(filled(an_rx(2), fills=1, authorized=1), on=ON)
    assert codes(problems) == ["refill-prohibited"]
    assert problems[0].cite == "21 CFR 1306.12(a)"
    assert problems[0].verified == "V1"


def test_a_c_ii_without_refills_names_the_ban_and_not_the_quantity_it_has_used_up() -> None:
    problems = refill_problems(filled(an_rx(2), fills=1, authorized=0), on=ON)
    assert codes(problems) == ["refill-prohibited", "refill-none-left"]


def test_all_reasons_against_a_refill_are_given_at_once() -> None:
    rx = filled(an_rx(4), fills=6, authorized=5)
    assert codes(refill_problems(rx, on=date(2026, 9, 3))) == [
        "refill-over-limit",
        "refill-none-left",
        "refill-total-quantity",
        "rx-expired",
    ]


@pytest.mark.parametrize(("day", "expected"), [(1, []), (2, []), (3, ["rx-expired"])])
def test_a_c_iv_refill_ends_six_months_after_the_date_written(
    day: int, expected: list[str]
) -> None:
    rx = filled(an_rx(4), fills=1, authorized=5)
    assert codes(refill_problems(rx, on=date(2026, 9, day))) == expected


@pytest.mark.parametrize(
    ("fills", "expected"),
    [(1, []), (2, []), (3, ["refill-none-left", "refill-total-quantity"])],
)
def test_no_more_refills_than_the_prescriber_authorized(
    fills: int, expected: list[str]
) -> None:
    rx = filled(an_rx(0), fills=fills, authorized=2)
    assert codes(refill_problems(rx, on=ON, house_months=12)) == expected


def test_the_first_fill_is_not_a_refill() -> None:
    rx = filled(an_rx(3), fills=0, authorized=2)
    assert codes(refill_problems(rx, on=ON)) == ["refill-before-first-fill"]


@pytest.mark.parametrize(
    ("dispensed", "expected"),
    [("89.999", []), ("90", ["refill-total-quantity"]), ("90.001", ["refill-total-quantity"])],
)
@pytest.mark.parametrize(("schedule", "cite"), [(0, ""), (4, "21 CFR 1306.23")])
def test_no_more_than_the_whole_prescribed_quantity(
    dispensed: str, expected: list[str], schedule: int, cite: str
) -> None:
    rx = replace(
        filled(an_rx(schedule), fills=1, authorized=2), quantity_dispensed=Decimal(dispensed)
    )
    problems = refill_problems(rx, on=ON, house_months=12)
    assert codes(problems) == expected
    assert all(problem.cite == cite for problem in problems)


def test_a_c_v_refill_in_a_state_without_a_row_is_not_assumed_to_be_allowed() -> None:
    rx = filled(an_rx(5, state="FL"), fills=1, authorized=2)
    assert codes(refill_problems(rx, on=ON)) == ["law-missing-row", "law-missing-row"]


@pytest.mark.parametrize(
    ("schedule", "state", "authorized", "expected"),
    [
        (0, "TX", 11, []),
        (2, "TX", 0, []),
        (2, "TX", 1, ["refills-authorized-over-limit"]),
        (3, "TX", 4, []),
        (3, "TX", 5, []),
        (4, "TX", 6, ["refills-authorized-over-limit"]),
        (5, "TX", 5, []),
        (5, "TX", 6, ["refills-authorized-over-limit"]),
        (5, "FL", 0, []),
        (5, "FL", 1, ["law-missing-row"]),
    ],
)
def test_more_refills_than_the_law_allows_are_caught_at_entry(
    schedule: int, state: str, authorized: int, expected: list[str]
) -> None:
    rx = replace(an_rx(schedule, state=state), refills_authorized=authorized)
    assert codes(authorized_refills_problems(rx, on=ON)) == expected


def test_too_many_refills_are_refused_in_words_that_say_the_limit() -> None:
    rx = replace(an_rx(2), refills_authorized=2)
    assert authorized_refills_problems(rx, on=ON)[0].says == (
        "A C-II prescription may carry no refills; this one carries 2."
    )
    c_iv = replace(an_rx(4), refills_authorized=6)
    assert authorized_refills_problems(c_iv, on=ON)[0].says == (
        "A C-IV prescription may carry at most 5 refills; this one carries 6."
    )


@pytest.mark.parametrize(
    ("schedule", "state", "fills", "authorized", "left"),
    [
        (0, "TX", 0, 3, 3),
        (0, "TX", 1, 3, 3),
        (0, "TX", 3, 3, 1),
        (0, "TX", 5, 3, 0),
        (4, "TX", 1, 9, 5),
        (4, "TX", 6, 9, 0),
        (2, "TX", 1, 3, 0),
        (5, "TX", 2, 5, 4),
        (5, "FL", 1, 5, 0),
    ],
)
def test_the_refills_left_are_the_authorized_ones_within_the_law(
    schedule: int, state: str, fills: int, authorized: int, left: int
) -> None:
    rx = filled(an_rx(schedule, state=state), fills=fills, authorized=authorized)
    assert refills_left(rx, on=ON) == left
