from dataclasses import replace
from datetime import date

import pytest

from apothecary.law import schedules
from apothecary.law.problem import Refused
from apothecary.law.schedules import strictest_schedule
from apothecary.law.tables import federal
from apothecary.law.tests.cases import ON


@pytest.mark.parametrize(
    ("by_federal_law", "by_the_state", "treated_as"),
    [
        (0, 0, 0),
        (0, 5, 5),
        (5, 0, 5),
        (4, 2, 2),
        (2, 4, 2),
        (3, 3, 3),
        (1, 5, 1),
        (5, 4, 4),
    ],
)
def test_the_stricter_schedule_of_federal_law_and_the_state_holds(
    by_federal_law: int, by_the_state: int, treated_as: int
) -> None:
    assert strictest_schedule(by_federal_law, by_the_state, on=ON) == treated_as


def test_before_the_act_of_1970_there_is_no_schedule_to_compare() -> None:
    with pytest.raises(Refused):
        strictest_schedule(2, 3, on=date(1971, 4, 30))
    assert strictest_schedule(2, 3, on=date(1971, 5, 1)) == 2


def test_without_the_rule_federal_law_alone_would_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = replace(federal("DEA-002", on=ON), value=False)
    monkeypatch.setattr(schedules, "federal", lambda _id, on: row)
    assert strictest_schedule(4, 2, on=ON) == 4
