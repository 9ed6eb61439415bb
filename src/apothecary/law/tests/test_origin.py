from dataclasses import replace
from datetime import date

import pytest

from apothecary.law.facts import FaxCase, Origin
from apothecary.law.origin import emergency_follow_up_due_on, origin_problems
from apothecary.law.problem import Refused
from apothecary.law.tables import Row, federal
from apothecary.law.tests.cases import ON, an_rx, codes


@pytest.mark.parametrize("schedule", [0, 3, 4, 5])
@pytest.mark.parametrize("origin", list(Origin))
def test_other_than_c_ii_may_come_by_any_way(schedule: int, origin: Origin) -> None:
    assert origin_problems(an_rx(schedule, origin=origin), on=ON) == []


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (Origin.WRITTEN, []),
        (Origin.ELECTRONIC, []),
        (Origin.FAX, ["origin-cii-fax"]),
        (Origin.PHONE, ["origin-cii-phone"]),
        (Origin.TRANSFER, ["origin-cii-transfer"]),
    ],
)
def test_c_ii_comes_on_paper_or_electronically(origin: Origin, expected: list[str]) -> None:
    assert codes(origin_problems(an_rx(2, origin=origin), on=ON)) == expected


def test_a_faxed_c_ii_is_filled_once_the_original_was_seen() -> None:
    rx = replace(an_rx(2, origin=Origin.FAX), original_seen=True)
    assert origin_problems(rx, on=ON) == []


@pytest.mark.parametrize("case", list(FaxCase))
def test_in_three_cases_the_fax_is_the_original(case: FaxCase) -> None:
    rx = replace(an_rx(2, origin=Origin.FAX), fax_case=case)
    assert origin_problems(rx, on=ON) == []


def test_an_emergency_oral_c_ii_order_may_be_taken() -> None:
    rx = replace(an_rx(2, origin=Origin.PHONE), emergency=True)
    assert origin_problems(rx, on=ON) == []


def test_an_emergency_is_no_excuse_for_a_fax_without_original() -> None:
    rx = replace(an_rx(2, origin=Origin.FAX), emergency=True)
    assert codes(origin_problems(rx, on=ON)) == ["origin-cii-fax"]


@pytest.mark.parametrize(("fills", "expected"), [(0, []), (1, ["origin-cii-transfer"])])
def test_only_an_unfilled_electronic_c_ii_prescription_is_transferred(
    fills: int, expected: list[str]
) -> None:
    rx = replace(
        an_rx(2, origin=Origin.TRANSFER), transferred_unfilled_electronic=True, fills_made=fills
    )
    assert codes(origin_problems(rx, on=ON)) == expected


def test_a_c_ii_transfer_before_the_rule_of_2023_finds_no_law_to_rest_on() -> None:
    with pytest.raises(Refused):
        origin_problems(an_rx(2, origin=Origin.TRANSFER), on=date(2023, 8, 27))


def test_schedule_i_comes_in_by_no_way_that_helps() -> None:
    assert origin_problems(an_rx(1), on=ON) == []


def test_the_follow_up_of_an_emergency_order_is_due_within_seven_days() -> None:
    assert emergency_follow_up_due_on(date(2026, 2, 25), on=ON) == date(2026, 3, 4)


def test_a_way_the_law_does_not_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_fax(row_id: str, *, on: date) -> Row:
        row = federal(row_id, on=on)
        return replace(row, value=("written", "electronic", "phone"))

    monkeypatch.setattr("apothecary.law.origin.federal", without_fax)
    problems = origin_problems(an_rx(4, origin=Origin.FAX), on=ON)
    assert codes(problems) == ["origin-controlled"]
    assert problems[0].says == "A C-IV prescription may not come by fax."
