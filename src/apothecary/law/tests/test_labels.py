import pytest

from apothecary.law.labels import (
    LabelElement,
    label_problems,
    label_statements,
    required_label_elements,
)
from apothecary.law.tests.cases import ON, codes

EVERY = frozenset(LabelElement)
CAUTION = (
    "Caution: Federal law prohibits the transfer of this drug to any person other than "
    "the patient for whom it was prescribed."
)


@pytest.mark.parametrize("schedule", range(6))
@pytest.mark.parametrize("element", list(LabelElement))
def test_a_label_lacking_a_required_element_is_not_printed(
    schedule: int, element: LabelElement
) -> None:
    needed = required_label_elements(schedule, "TX", on=ON)
    problems = label_problems(schedule, "TX", EVERY - {element}, on=ON)
    expected = [f"label-no-{element.value.replace('_', '-')}"] if element in needed else []
    assert codes(problems) == expected


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [(0, []), (2, [CAUTION]), (3, [CAUTION]), (4, [CAUTION]), (5, [])],
)
def test_the_transfer_caution_is_on_c_ii_c_iii_and_c_iv_labels(
    schedule: int, expected: list[str]
) -> None:
    assert label_statements(schedule, "TX", on=ON) == expected


def test_the_transfer_caution_rests_on_21_cfr_290_5() -> None:
    shown = EVERY - {LabelElement.TRANSFER_CAUTION}
    assert [problem.cite for problem in label_problems(3, "TX", shown, on=ON)] == [
        "21 CFR 290.5"
    ]


def test_new_york_adds_its_own_statement_to_every_controlled_label() -> None:
    assert label_statements(5, "NY", on=ON) == [
        "CONTROLLED SUBSTANCE, DANGEROUS UNLESS USED AS DIRECTED"
    ]
    assert label_statements(2, "NY", on=ON)[0] == CAUTION
    assert label_statements(0, "NY", on=ON) == []


def test_a_non_controlled_label_rests_on_the_food_drug_and_cosmetic_act() -> None:
    needed = required_label_elements(0, "TX", on=ON)
    assert {row.cite for row in needed.values()} == {"21 USC 353(b)(2)"}
    assert len(needed) == 8


def test_a_controlled_label_rests_on_1306_14_and_1306_24() -> None:
    needed = required_label_elements(5, "TX", on=ON)
    assert {row.cite for row in needed.values()} == {"21 CFR 1306.14(a); 21 CFR 1306.24(a)"}
