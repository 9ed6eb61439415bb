"""NPI and DEA check digits, against published examples."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.check_digits import (
    dea_digit,
    dea_is_valid,
    invent_npi,
    npi_is_valid,
    spoil_last_digit,
)


@pytest.mark.parametrize(
    ("npi", "valid"),
    [
        ("1234567893", True),
        ("2900000110", True),
        ("1234567890", False),
        ("123456789", False),
        ("3234567893", False),
        ("12345678931", False),
        ("123456789A", False),
        ("", False),
    ],
)
def test_an_npi_is_judged_by_length_first_digit_and_check_digit(npi: str, valid: bool) -> None:
    assert npi_is_valid(npi) is valid


@pytest.mark.parametrize(
    ("dea", "valid"),
    [
        ("AB1234563", True),
        ("F91234563", True),
        ("MD1234563", True),
        ("AB1234567", False),
        ("ab1234563", False),
        ("A11234563", False),
        ("AB123456", False),
        ("AB12345X3", False),
    ],
)
def test_a_dea_number_is_judged_by_its_letters_and_check_digit(dea: str, valid: bool) -> None:
    assert dea_is_valid(dea) is valid


@given(st.integers())
def test_an_invented_npi_is_valid_and_a_spoiled_one_is_not(seed: int) -> None:
    npi = invent_npi(Random(seed))
    assert npi_is_valid(npi)
    assert not npi_is_valid(spoil_last_digit(npi))


@given(st.text("0123456789", min_size=6, max_size=6))
def test_only_one_last_digit_makes_a_dea_number_valid(digits: str) -> None:
    valid = [last for last in "0123456789" if dea_is_valid(f"AB{digits}{last}")]
    assert valid == [str(dea_digit(digits))]
