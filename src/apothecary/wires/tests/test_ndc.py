"""Drug codes on the wire: ten digits are three codes until somebody says which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.ndc import (
    SHAPES,
    candidates,
    check_digit,
    eleven,
    has_check_digit,
    padded,
)


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("0002-8215-01", "00002821501"),
        ("50242-040-62", "50242004062"),
        ("60575-4112-1", "60575411201"),
        ("55154-0944-09", "55154094409"),
    ],
)
def test_hyphens_tell_which_segment_gets_the_zero(written: str, digits: str) -> None:
    assert eleven(written) == digits


@pytest.mark.parametrize("text", ["", "0002-821-01", "1-2-3", "00002821501", "0002-8215-012"])
def test_segments_of_no_known_shape_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no drug code in segments"):
        eleven(text)


def test_ten_bare_digits_may_be_three_codes() -> None:
    assert candidates("0002821501") == ("00002821501", "00028021501", "00028215001")


def test_a_labeler_of_four_digits_leaves_one_code_and_one_of_five_leaves_two() -> None:
    assert candidates("0002821501", labeler_digits=4) == ("00002821501",)
    assert candidates("5024204062", labeler_digits=5) == ("50242004062", "50242040602")


@pytest.mark.parametrize("text", ["", "123456789", "12345678901", "123456789x", "١٢٣٤٥٦٧٨٩٠"])
def test_anything_but_ten_digits_has_no_candidates(text: str) -> None:
    with pytest.raises(ValueError, match="must be ten digits"):
        candidates(text)


@given(st.from_regex(r"[0-9]{10}", fullmatch=True), st.sampled_from(SHAPES))
def test_a_code_of_known_shape_is_among_the_candidates(
    ten: str, shape: tuple[int, int, int]
) -> None:
    labeler, product, _ = shape
    parts = (ten[:labeler], ten[labeler : labeler + product], ten[labeler + product :])
    assert eleven("-".join(parts)) == padded(ten, shape)
    assert padded(ten, shape) in candidates(ten)


@pytest.mark.parametrize(
    "digits", ["300028215012", "00300028215012", "50300028215017", "350242040624"]
)
def test_the_check_digit_of_real_symbols_is_right(digits: str) -> None:
    assert has_check_digit(digits)


@given(st.from_regex(r"[0-9]{7,17}", fullmatch=True), st.integers(1, 9))
def test_one_wrong_digit_at_the_end_is_always_seen(body: str, off: int) -> None:
    right = body + check_digit(body)
    assert has_check_digit(right)
    assert not has_check_digit(body + str((int(right[-1]) + off) % 10))


@pytest.mark.parametrize("text", ["", "0", "12a", "٣٣"])
def test_what_is_no_number_has_no_check_digit(text: str) -> None:
    assert not has_check_digit(text)
