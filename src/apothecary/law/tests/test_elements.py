from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apothecary.law.elements import prescription_problems
from apothecary.law.facts import Element, Origin
from apothecary.law.tests.cases import ON, an_rx, codes, without

GENERAL = {
    Element.WRITTEN_ON,
    Element.PATIENT_NAME,
    Element.DRUG_NAME,
    Element.QUANTITY,
    Element.DIRECTIONS,
    Element.PRESCRIBER_NAME,
}


@pytest.mark.parametrize("schedule", [0, 2, 3, 4, 5])
def test_a_complete_prescription_is_in_order(schedule: int) -> None:
    assert prescription_problems(an_rx(schedule), on=ON) == []


def test_a_schedule_i_drug_is_never_dispensed_on_a_prescription() -> None:
    problems = prescription_problems(an_rx(1), on=ON)
    assert codes(problems) == ["rx-schedule-i"]
    assert problems[0].cite.startswith("21 USC 812")


@pytest.mark.parametrize(
    ("schedule", "says"),
    [
        (0, "The prescription does not show the directions for use."),
        (2, "The C-II prescription does not show the directions for use."),
    ],
)
def test_what_is_missing_is_said_with_the_schedule_only_where_there_is_one(
    schedule: int, says: str
) -> None:
    problems = prescription_problems(without(an_rx(schedule), Element.DIRECTIONS), on=ON)
    assert [problem.says for problem in problems] == [says]


@pytest.mark.parametrize("schedule", [2, 3, 4, 5])
@pytest.mark.parametrize("element", list(Element))
def test_a_controlled_prescription_lacking_any_element_of_1306_05_is_refused(
    schedule: int, element: Element
) -> None:
    rx = without(an_rx(schedule, origin=Origin.WRITTEN), element)
    problems = prescription_problems(rx, on=ON)
    assert codes(problems) == [f"rx-no-{element.value.replace('_', '-')}"]
    assert problems[0].cite == "21 CFR 1306.05(a)"
    assert problems[0].verified == "V2"
    assert problems[0].field == element.value
    assert element.words in problems[0].says


@pytest.mark.parametrize("element", list(Element))
def test_a_non_controlled_prescription_needs_the_general_elements_only(
    element: Element,
) -> None:
    problems = prescription_problems(without(an_rx(0), element), on=ON)
    assert bool(problems) is (element in GENERAL)
    assert all(problem.verified == "C" for problem in problems)


def test_all_missing_elements_are_named_at_once() -> None:
    rx = without(an_rx(4), Element.QUANTITY, Element.DIRECTIONS, Element.PATIENT_ADDRESS)
    assert sorted(codes(prescription_problems(rx, on=ON))) == [
        "rx-no-directions",
        "rx-no-patient-address",
        "rx-no-quantity",
    ]


def test_an_electronic_controlled_prescription_must_say_that_it_was_signed() -> None:
    problems = prescription_problems(without(an_rx(2), Element.SIGNATURE), on=ON)
    assert codes(problems) == ["rx-no-signature"]
    assert problems[0].cite == "21 CFR 1311.205(b)(5)-(6)"


def test_an_oral_order_has_no_signature_to_show() -> None:
    rx = without(an_rx(4, origin=Origin.PHONE), Element.SIGNATURE)
    assert prescription_problems(rx, on=ON) == []


@pytest.mark.parametrize("schedule", [0, 4])
def test_a_prescription_without_a_date_does_not_show_its_date(schedule: int) -> None:
    rx = replace(an_rx(schedule), written_on=None)
    assert codes(prescription_problems(rx, on=ON)) == ["rx-no-written-on"]


@pytest.mark.parametrize(
    ("written_on", "expected"),
    [
        (date(2026, 3, 3), []),
        (date(2026, 3, 4), []),
        (date(2026, 3, 5), ["rx-postdated"]),
    ],
)
@pytest.mark.parametrize(("schedule", "cite"), [(0, ""), (3, "21 CFR 1306.05(a)")])
def test_a_prescription_dated_in_the_future_is_refused(
    written_on: date, expected: list[str], schedule: int, cite: str
) -> None:
    problems = prescription_problems(replace(an_rx(schedule), written_on=written_on), on=ON)
    assert codes(problems) == expected
    assert all(problem.cite == cite for problem in problems)


@pytest.mark.parametrize(
    ("earliest", "expected"),
    [
        (date(2026, 3, 1), ["rx-earliest-fill-before-written"]),
        (date(2026, 3, 2), []),
        (date(2026, 3, 3), []),
    ],
)
def test_an_earliest_fill_date_before_the_written_date_is_refused(
    earliest: date, expected: list[str]
) -> None:
    rx = replace(an_rx(2), earliest_fill_on=earliest)
    assert codes(prescription_problems(rx, on=ON)) == expected


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [("-1", ["rx-quantity"]), ("0", ["rx-quantity"]), ("0.001", [])],
)
def test_a_quantity_of_zero_or_less_is_refused(quantity: str, expected: list[str]) -> None:
    rx = replace(an_rx(), quantity=Decimal(quantity))
    assert codes(prescription_problems(rx, on=ON)) == expected
