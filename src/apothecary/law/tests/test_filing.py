from dataclasses import replace
from datetime import date

import pytest

from apothecary.law import filing
from apothecary.law.filing import (
    FilingFacts,
    central_keeping_problems,
    filing_problems,
    produced_by,
    records_apart,
)
from apothecary.law.tables import federal
from apothecary.law.tests.cases import ON, codes


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [(0, []), (1, []), (2, ["filing-own-file"]), (3, []), (4, []), (5, [])],
)
def test_a_paper_c_ii_lies_in_a_file_of_its_own(schedule: int, expected: list[str]) -> None:
    among = FilingFacts(schedule=schedule, with_others=True)
    assert codes(filing_problems(among, on=ON)) == expected
    assert filing_problems(replace(among, with_others=False), on=ON) == []


@pytest.mark.parametrize("schedule", [3, 4, 5])
@pytest.mark.parametrize(
    ("red_c", "by_number", "expected"),
    [(False, False, ["filing-red-c"]), (True, False, []), (False, True, []), (True, True, [])],
)
def test_among_others_it_carries_a_red_c_or_a_computer_finds_it(
    schedule: int, red_c: bool, by_number: bool, expected: list[str]
) -> None:
    facts = FilingFacts(
        schedule=schedule, with_others=True, red_c=red_c, found_by_number=by_number
    )
    assert codes(filing_problems(facts, on=ON)) == expected


def test_would_the_law_ask_for_no_red_c_none_were_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = replace(federal("DEA-072/red_c", on=ON), value=False)
    own = federal("DEA-072", on=ON)
    monkeypatch.setattr(filing, "federal", lambda id_, on: own if id_ == "DEA-072" else row)
    facts = FilingFacts(schedule=4, with_others=True, found_by_number=False)
    assert filing_problems(facts, on=ON) == []


@pytest.mark.parametrize(
    ("schedule", "apart"),
    [(0, False), (1, True), (2, True), (3, False), (4, False), (5, False)],
)
def test_records_of_c_i_and_c_ii_are_kept_apart(schedule: int, apart: bool) -> None:
    assert records_apart(schedule, on=ON) is apart


@pytest.mark.parametrize("record", ["executed_222", "inventory"])
def test_executed_forms_and_inventories_stay_at_the_registered_place(record: str) -> None:
    problems = central_keeping_problems(record, date(2020, 1, 1), on=ON)
    assert codes(problems) == ["central-never"]


@pytest.mark.parametrize("record", ["invoice", "shipping_record", "something else"])
def test_other_records_may_lie_at_a_central_place(record: str) -> None:
    assert central_keeping_problems(record, date(2020, 1, 1), on=ON) == []


@pytest.mark.parametrize(("day", "expected"), [(14, ["central-too-soon"]), (15, []), (16, [])])
def test_central_keeping_begins_fourteen_days_after_the_notice(
    day: int, expected: list[str]
) -> None:
    problems = central_keeping_problems("invoice", date(2026, 3, 1), on=date(2026, 3, day))
    assert codes(problems) == expected


def test_without_a_notice_nothing_is_kept_at_a_central_place() -> None:
    assert codes(central_keeping_problems("invoice", None, on=ON)) == ["central-no-notice"]


def test_central_records_are_produced_within_two_business_days() -> None:
    thursday = date(2026, 3, 5)
    assert produced_by(thursday, on=ON) == date(2026, 3, 9)
    holidays = frozenset({date(2026, 3, 9)})
    assert produced_by(thursday, on=ON, holidays=holidays) == date(2026, 3, 10)
