from dataclasses import replace
from decimal import Decimal

import pytest

from apothecary.law.facts import Element, schedule_name
from apothecary.law.tests.cases import an_rx


@pytest.mark.parametrize("schedule", [-1, 6])
def test_there_is_no_schedule_outside_0_to_5(schedule: int) -> None:
    with pytest.raises(ValueError, match="schedule"):
        an_rx(schedule)


def test_counts_below_zero_are_named() -> None:
    with pytest.raises(ValueError, match="refills_authorized"):
        replace(an_rx(), refills_authorized=-1)
    with pytest.raises(ValueError, match="fills_made"):
        replace(an_rx(), fills_made=-1)
    with pytest.raises(ValueError, match="quantity_dispensed"):
        replace(an_rx(), quantity_dispensed=Decimal(-1))


def test_schedules_are_named_as_at_the_counter() -> None:
    assert [schedule_name(n) for n in range(6)] == [
        "non-controlled",
        "C-I",
        "C-II",
        "C-III",
        "C-IV",
        "C-V",
    ]


def test_a_drug_is_controlled_from_schedule_one_on() -> None:
    assert [an_rx(n).controlled for n in range(6)] == [False, True, True, True, True, True]


def test_every_element_has_words_for_a_sentence() -> None:
    assert len({element.words for element in Element}) == len(Element)
