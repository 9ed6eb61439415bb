"""The name on the outside of a bag: what is needed to find it, and no more."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.law import privacy
from apothecary.law.tables import policy

ON = date(2026, 3, 4)
NAMES = st.text(st.characters(categories=["L"]), min_size=2, max_size=20)


@pytest.mark.parametrize(
    ("last", "first", "tag", "letters"),
    [
        ("Doe", "Jane", "DOE, J.", "J. D."),
        ("Núñez-O'Brien", "María", "NÚÑEZ-O'BRIEN, M.", "M. N."),
        (" van der Berg ", " éric ", "VAN DER BERG, É.", "É. V."),
        ("Sukarno", "", "SUKARNO", "S."),
        ("", "", "", ""),
    ],
)
def test_a_name_is_written_in_either_style(last, first, tag, letters):
    assert privacy.name_outside(last, first, on=ON) == tag
    assert privacy.initials(last.strip(), first.strip()) == letters


@given(NAMES, NAMES)
def test_the_first_name_is_never_readable_from_outside(last, first):
    for style in privacy.STYLES.values():
        assert style(last, first).count(".") >= 1
        assert first.upper() not in style("Doe", first).upper().split()


def test_the_house_decides_and_says_that_it_is_policy():
    row = policy("bag_tag_name", on=ON)
    assert row.text() in privacy.STYLES
    assert (row.verified, "164.502(b)" in row.cite) == ("C", True)
