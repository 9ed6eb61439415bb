"""Codes in prose: found where they are codes, left alone where they are years or telephones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.official.written_codes import Written, code_of, codes_in, product_key


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("NDC 0591-0405-01, 100 tablets", ["0591-0405-01"]),
        ("NDC# 68180-980-01 and 68180-980-03.", ["68180-980-01", "68180-980-03"]),
        ("(NDC: 55111-1234-5)", ["55111-1234-5"]),
        ("as billed 00591-0405-01", ["00591-0405-01"]),
        ("NDC 123456-7890-12", ["123456-7890-12"]),
        ("NDC 123456-789-12", ["123456-789-12"]),
        ("NDC 0591-0405", ["0591-0405"]),
        ("ndc no. 68180-980 all sizes", ["68180-980"]),
        ("0591-0405-01 0591-0405-01", ["0591-0405-01"]),
        ("Exp 2027-2028", []),
        ("Exp 2027-12-31", []),
        ("call 1-800-555-0100", []),
        ("UPC 3 00000 00000 0", []),
        ("0591040501", []),
        ("lot 10591-0405-01-7", []),
        ("", []),
    ],
)
def test_only_what_has_the_shape_of_a_code_is_one(text, codes):
    assert [each.code for each in codes_in(text)] == codes


@pytest.mark.parametrize(
    "written", ["0591-0405-01", "00591-0405-01", "000591-0405-01", "0591-0405-1"]
)
def test_ways_of_writing_one_package_have_one_key(written):
    found = code_of(written)
    if written == "0591-0405-1":
        assert found is None  # a shape that does not exist
    else:
        assert found == Written(written, "0005910405", "01")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("68180-980", Written("68180-980", "0681800980", "")),
        (" 0591-0405 ", Written("0591-0405", "0005910405", "")),
        ("591-405", None),
        ("0591", None),
        ("0591-0405-01-02", None),
        ("O591-0405", None),
        ("", None),
    ],
)
def test_a_code_alone_is_read_or_is_none(written, found):
    assert code_of(written) == found


DIGITS = st.text("0123456789", min_size=1)


@given(
    st.text("0123456789", min_size=5, max_size=5),
    st.text("0123456789", min_size=3, max_size=3),
    st.text("0123456789", min_size=2, max_size=2),
)
def test_a_written_code_is_found_again_and_its_key_is_that_of_its_product(one, two, three):
    (found,) = codes_in(f"Tablets, NDC {one}-{two}-{three}; lots")
    assert found == code_of(found.code)
    assert (found.product_key, found.package) == (product_key(one, two), three)
