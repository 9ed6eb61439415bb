import pytest

from apothecary.wires.asap.rules import (
    at,
    dispensing_problems,
    is_empty,
    is_zero,
    period_problem,
)


def dispensed(kind: str, product: str, quantity: str = "30", diagnosis: str = "") -> list[str]:
    row = ["DSP", *[""] * 25]
    row[7], row[8], row[9], row[25] = kind, product, quantity, diagnosis
    return row


def ingredient(number: str, product: str = "38779052408", quantity: str = "30") -> list[str]:
    return ["CDI", number, "01", product, quantity, "03"]


def problems(told: list[str], *ingredients: list[str]) -> list[tuple[str, int]]:
    return [(one[0], one[1]) for one in dispensing_problems(told, ingredients)]


MIXED = "99999000123"


@pytest.mark.parametrize(
    ("told", "ingredients", "wrong"),
    [
        (dispensed("01", "00406012501"), [], []),
        (dispensed("01", "0040601250"), [], [("DSP", 8)]),
        (dispensed("01", "004060125011"), [], [("DSP", 8)]),
        (dispensed("01", "0040601250A"), [], [("DSP", 8)]),
        (dispensed("01", ""), [], [("DSP", 8)]),
        (dispensed("02", "036000291452"), [], []),
        (dispensed("07", ""), [], []),
        (dispensed("", ""), [], []),
        (dispensed("01", "00406012501"), [ingredient("1")], [("DSP", 7)]),
        (dispensed("01", "00406012501"), [["CDI", ""]], []),
        (dispensed("01", "00406012501"), [["CDI", "  ", " "]], []),
        (dispensed("06", MIXED), [ingredient("1")], []),
        (dispensed("06", MIXED), [], [("CDI", 0)]),
        (dispensed("06", MIXED), [["CDI", ""]], [("CDI", 0)]),
        (dispensed("06", "00406012501"), [ingredient("1")], [("DSP", 8)]),
        (dispensed("06", "9999900012"), [ingredient("1")], [("DSP", 8)]),
        (dispensed("06", "999990001234"), [ingredient("1")], [("DSP", 8)]),
        (dispensed("06", "99999 00123"), [ingredient("1")], [("DSP", 8)]),
        (dispensed("06", "99999A/-.z9"), [ingredient("1")], []),
        (dispensed("06", MIXED), [ingredient("2")], [("CDI", 1)]),
        (dispensed("06", MIXED), [ingredient("")], [("CDI", 1)]),
        (dispensed("06", MIXED), [ingredient("01"), ingredient("02")], []),
        (dispensed("06", MIXED), [ingredient("1"), ingredient("1")], [("CDI", 1)]),
        (dispensed("06", MIXED), [ingredient("2"), ingredient("1")], [("CDI", 1)]),
        (dispensed("06", MIXED), [ingredient("1", "123")], [("CDI", 3)]),
        (dispensed("06", MIXED, "30.0"), [ingredient("1", quantity="030.00")], []),
        (dispensed("06", MIXED, "29.999"), [ingredient("1")], [("DSP", 9)]),
        (dispensed("06", MIXED, ""), [ingredient("1")], [("DSP", 9)]),
        (dispensed("06", MIXED, "X"), [ingredient("1")], []),
        (dispensed("01", "00406012501", diagnosis="S821"), [], []),
        (dispensed("01", "00406012501", diagnosis="S82.1"), [], [("DSP", 25)]),
    ],
)
def test_product_quantity_and_ingredients_agree(
    told: list[str], ingredients: list[list[str]], wrong: list[tuple[str, int]]
) -> None:
    assert problems(told, *ingredients) == wrong


def test_the_quantity_of_a_compound_is_that_of_its_first_ingredient_not_of_the_whole() -> None:
    told = dispensed("06", MIXED, "3.6")
    parts = [ingredient("1", quantity="2.4"), ingredient("2", quantity="1.2")]
    assert problems(told, *parts) == [("DSP", 9)]
    assert problems(dispensed("06", MIXED, "2.4"), *parts) == []


def test_a_kit_is_reported_by_the_ndc_of_its_maker() -> None:
    assert problems(dispensed("01", "55154012507")) == []


def test_every_problem_of_a_compound_is_told_at_once() -> None:
    told = dispensed("06", "123", "5", diagnosis="A1.0")
    assert problems(told, ingredient("7", "9", "6")) == [
        ("DSP", 8),
        ("CDI", 1),
        ("DSP", 9),
        ("CDI", 3),
        ("DSP", 25),
    ]


@pytest.mark.parametrize(
    ("last", "first", "zero"),
    [
        ("REPORT", "ZERO", True),
        ("report", "Zero", True),
        ("REPORT  ", "ZERO ", True),
        ("ZERO", "REPORT", False),
        ("REPORT", "", False),
        ("REPORTER", "ZERO", False),
        ("DOE", "JANE", False),
    ],
)
def test_the_patient_of_a_zero_report_is_known_by_both_names(
    last: str, first: str, zero: bool
) -> None:
    assert is_zero(["PAT", *[""] * 6, last, first]) is zero


def test_a_short_row_is_no_zero_report() -> None:
    assert not is_zero(["PAT"])
    assert not is_zero(["PAT", *[""] * 6, "REPORT"])


@pytest.mark.parametrize(
    ("row", "empty"),
    [(["CDI"], True), (["CDI", ""], True), (["CDI", " ", ""], True), (["CDI", "", "0"], False)],
)
def test_a_segment_may_hold_nothing_but_its_place(row: list[str], empty: bool) -> None:
    assert is_empty(row) is empty


@pytest.mark.parametrize(
    ("row", "place", "value"),
    [(["A", " x "], 1, "x"), (["A", "x"], 2, ""), (["A"], 1, ""), (["A", "\tx"], 1, "\tx")],
)
def test_an_element_that_is_not_there_is_empty(row: list[str], place: int, value: str) -> None:
    assert at(row, place) == value


@pytest.mark.parametrize(
    ("message", "wrong"),
    [
        ("", ""),
        ("ANY WORDS", ""),
        ("20260101-20260107", ""),
        ("#20260101#-#20260107#", ""),
        ("#20260101#-#20260101#", ""),
        ("#20251231#-#20260101#", ""),
        ("#20260102#-#20260101#", "ends before it begins"),
        ("#20260101# - #20260107#", "must be #CCYYMMDD#-#CCYYMMDD#"),
        ("#2026011#-#20260107#", "must be #CCYYMMDD#-#CCYYMMDD#"),
        ("#", "must be #CCYYMMDD#-#CCYYMMDD#"),
        ("#20260100#-#20260107#", "is not a day of the calendar"),
        ("#20260101#-#20260229#", "is not a day of the calendar"),
    ],
)
def test_the_period_of_a_zero_report_is_from_one_day_to_a_later_one(
    message: str, wrong: str
) -> None:
    found = period_problem(["IS", "1", "NAME", message])
    assert found.startswith(wrong)
    assert bool(found) is bool(wrong)
