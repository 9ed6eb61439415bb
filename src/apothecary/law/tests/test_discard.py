"""A vial is good for a year from the fill, or as long as the lot it was filled from."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.law.discard import discard_after


@pytest.mark.parametrize(
    ("filled", "expires", "last"),
    [
        (date(2026, 11, 23), date(2027, 11, 22), date(2027, 11, 22)),
        (date(2026, 11, 23), date(2027, 11, 23), date(2027, 11, 23)),
        (date(2026, 11, 23), date(2027, 11, 24), date(2027, 11, 23)),
        (date(2028, 2, 29), date(2030, 1, 31), date(2029, 2, 28)),
    ],
)
def test_a_vial_is_good_for_a_year_or_as_long_as_its_lot(
    filled: date, expires: date, last: date
) -> None:
    assert discard_after(filled_on=filled, expires_on=expires) == last


@given(st.dates(date(2026, 1, 1), date(2040, 1, 1)), st.integers(0, 3000))
def test_no_vial_outlasts_its_lot(filled: date, days: int) -> None:
    expires = filled + timedelta(days=days)
    assert discard_after(filled_on=filled, expires_on=expires) <= expires
