from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.law.identifiers import (
    dea_problems,
    dea_surname_hint,
    licence_problems,
    npi_problems,
)
from apothecary.law.tests.cases import codes

ON = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("npi", "expected"),
    [
        ("1234567893", []),
        ("1234567890", ["npi-check-digit"]),
        ("1234567983", ["npi-check-digit"]),
        ("123456789", ["npi-form"]),
        ("12345678930", ["npi-form"]),
        ("", ["npi-form"]),
        ("12345678O3", ["npi-form"]),
        ("١٢٣٤٥٦٧٨٩٣", ["npi-form"]),
        ("3234567891", ["npi-start"]),
    ],
)
def test_an_npi_is_ten_digits_from_1_or_2_with_a_luhn_check_digit(
    npi: str, expected: list[str]
) -> None:
    problems = npi_problems(npi, on=ON)
    assert codes(problems) == expected
    assert all(
        problem.cite == "45 CFR 162.406" and problem.field == "npi" for problem in problems
    )


@given(st.integers(min_value=100000000, max_value=299999999))
def test_of_ten_possible_last_digits_of_an_npi_exactly_one_is_right(first_nine: int) -> None:
    right = [d for d in range(10) if not npi_problems(f"{first_nine}{d}", on=ON)]
    assert len(right) == 1


@given(
    st.integers(min_value=100000000, max_value=299999999), st.integers(0, 9), st.integers(1, 9)
)
def test_one_mistyped_digit_of_an_npi_is_always_noticed(
    first_nine: int, place: int, shift: int
) -> None:
    npi = next(
        f"{first_nine}{d}" for d in range(10) if not npi_problems(f"{first_nine}{d}", on=ON)
    )
    typed = npi[:place] + str((int(npi[place]) + shift) % 10) + npi[place + 1 :]
    assert npi_problems(typed, on=ON)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("AB1234563", []),
        ("F91234563", []),
        ("BF9011228", []),
        ("BF9011226", ["dea-check-digit"]),
        ("MD1234563", []),
        ("FG1234563-A12", []),
        ("AB1234567", ["dea-check-digit"]),
        ("AB1243563", ["dea-check-digit"]),
        ("ab1234563", ["dea-form"]),
        ("9B1234563", ["dea-form"]),
        ("A81234563", ["dea-form"]),
        ("AB123456", ["dea-form"]),
        ("AB12345633", ["dea-form"]),
        ("AB1234563-", ["dea-form"]),
        ("", ["dea-form"]),
    ],
)
def test_a_dea_number_is_two_characters_and_seven_digits_with_a_check_digit(
    number: str, expected: list[str]
) -> None:
    problems = dea_problems(number, on=ON)
    assert codes(problems) == expected
    assert all(problem.verified == "K" for problem in problems)


@given(st.integers(0, 999999))
def test_of_ten_possible_last_digits_of_a_dea_number_exactly_one_is_right(
    first_six: int,
) -> None:
    right = [d for d in range(10) if not dea_problems(f"AB{first_six:06d}{d}", on=ON)]
    assert len(right) == 1


@pytest.mark.parametrize(
    ("number", "surname", "hint"),
    [
        ("AB1234563", "Baker", False),
        ("AB1234563", " baker ", False),
        ("F91234563", "Smith", False),
        ("AB1234563", "", False),
        ("A", "Smith", False),
        ("AB1234563", "Smith", True),
    ],
)
def test_another_surname_is_a_hint_and_never_a_refusal(
    number: str, surname: str, hint: bool
) -> None:
    assert bool(dea_surname_hint(number, surname)) is hint
    assert not (hint and dea_problems(number, on=ON))


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 5, 30), []),
        (date(2026, 5, 31), []),
        (date(2026, 6, 1), ["licence-expired"]),
    ],
)
def test_a_licence_stands_until_its_last_day(on: date, expected: list[str]) -> None:
    assert codes(licence_problems("M-1234", "TX", date(2026, 5, 31), on=on)) == expected


def test_a_licence_without_a_known_end_stands() -> None:
    assert licence_problems("g12345", "CA", None, on=ON) == []


def test_a_licence_needs_a_number_and_a_state() -> None:
    problems = licence_problems("?", "Texas", date(2020, 1, 1), on=ON)
    assert codes(problems) == ["licence-form", "licence-state", "licence-expired"]
