from datetime import date

import pytest

from apothecary.law.facts import LastDay
from apothecary.law.problem import Problem
from apothecary.law.retention import (
    Kept,
    acquisition_kept_until,
    kept_until,
    paper_needed_until,
    prescription_kept_until,
)
from apothecary.law.tests.cases import ON

DAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("kind", "years", "cite"),
    [
        (Kept.CONTROLLED, 2, "21 CFR 1304.04(a); 21 CFR 1304.06(g)"),
        (Kept.ORDER_FORM, 2, "21 CFR 1305.17"),
        (Kept.ELECTRONIC_TRANSFER, 2, "21 CFR 1306.08(e)-(i)"),
        (Kept.PSEUDOEPHEDRINE_LOG, 2, "21 CFR 1314.30"),
        (Kept.ELECTRONIC_PRESCRIPTION, 2, "21 CFR 1311.205(b)(17)-(18); 21 CFR 1311.305"),
        (Kept.PART_D, 10, "42 CFR 423.505(d)"),
    ],
)
def test_each_kind_of_record_has_its_time_in_federal_law(
    kind: Kept, years: int, cite: str
) -> None:
    last = kept_until(kind, DAY, on=ON)
    assert (last.on, last.row.cite) == (date(2026 + years, 3, 4), cite)


def test_every_kind_of_record_has_a_time() -> None:
    assert all(kept_until(kind, DAY, on=ON).on > DAY for kind in Kept)


@pytest.mark.parametrize(
    ("state", "controlled", "part_d", "until", "cite"),
    [
        ("TX", False, False, 2028, "22 TAC 291.34"),
        ("TX", True, False, 2028, "22 TAC 291.34"),
        ("TX", True, True, 2036, "42 CFR 423.505(d)"),
        ("CA", True, False, 2029, "Cal. Bus. & Prof. Code 4081, 4333"),
        ("FL", True, False, 2030, "64B16-28.140"),
        ("NY", True, False, 2031, "8 NYCRR 29.7; N.Y. Pub. Health Law art. 33"),
        ("MI", True, False, 2031, "Mich. Admin. Code R 338.3153"),
        ("MI", False, True, 2036, "42 CFR 423.505(d)"),
    ],
)
def test_a_prescription_is_kept_for_the_longest_time_anybody_asks(
    state: str, controlled: bool, part_d: bool, until: int, cite: str
) -> None:
    last = prescription_kept_until(
        DAY, state_code=state, controlled=controlled, part_d=part_d, on=ON
    )
    assert isinstance(last, LastDay)
    assert (last.on, last.row.cite) == (date(until, 3, 4), cite)


@pytest.mark.parametrize(
    ("state", "until"),
    [("TX", 2028), ("MI", 2028), ("CA", 2029), ("FL", 2030), ("NY", 2031)],
)
def test_what_came_in_is_kept_on_record_as_long_as_the_state_asks(
    state: str, until: int
) -> None:
    last = acquisition_kept_until(DAY, state_code=state, controlled=False, on=ON)
    assert isinstance(last, LastDay)
    assert last.on == date(until, 3, 4)
    both = acquisition_kept_until(DAY, state_code=state, controlled=True, on=ON)
    assert isinstance(both, LastDay)
    assert both.on == last.on


@pytest.mark.parametrize(
    ("state", "code"), [("AL", "law-missing-row"), ("VT", "law-unknown-state")]
)
def test_where_the_states_time_is_not_known_nothing_is_assumed(state: str, code: str) -> None:
    answers = [
        prescription_kept_until(DAY, state_code=state, controlled=True, part_d=True, on=ON),
        acquisition_kept_until(DAY, state_code=state, controlled=True, on=ON),
        paper_needed_until(DAY, state_code=state, on=ON),
    ]
    for answer in answers:
        assert isinstance(answer, Problem)
        assert answer.code == code
        assert state in answer.says


def test_michigan_lets_a_copy_stand_for_the_paper_after_two_years() -> None:
    last = paper_needed_until(DAY, state_code="MI", on=ON)
    assert isinstance(last, LastDay)
    assert last.on == date(2028, 3, 4)
