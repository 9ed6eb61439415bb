"""A slip of the hand is forgiven by its length, measured, and never hides a nearer word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.search_errors import (
    LONGEST_START,
    STARTS,
    asked_neighbours,
    forgiven,
    nearest,
    neighbours,
    slips,
)

LETTERS = "abcdefghijklmnopqrstuvwxyz"
words_of = st.text(LETTERS, min_size=4, max_size=14)


@pytest.mark.parametrize(
    ("word", "many"), [("", 0), ("abc", 0), ("abcd", 1), ("abcdefg", 1), ("abcdefgh", 2)]
)
def test_one_slip_from_four_letters_two_from_eight(word, many):
    assert forgiven(word) == many


@pytest.mark.parametrize(
    ("typed", "word", "far"),
    [
        ("metformin", "metformin", 0),
        ("metfor", "metformin", 0),
        ("metfro", "metformin", 1),
        ("metfromin", "metformin", 1),
        ("metformim", "metformin", 1),
        ("netformin", "metformin", 1),
        ("emtformin", "metformin", 1),
        ("etformin", "metformin", 1),
        ("xmetformin", "metformin", 1),
        ("lisnop", "lisinopril", 1),
        ("lisinoprill", "lisinopril", 1),
        ("lysinoprel", "lisinopril", 2),
        ("abcd", "wxyz", 4),
        ("", "metformin", 0),
    ],
)
def test_slips_are_counted_against_the_nearest_beginning(typed, word, far):
    assert slips(typed, word) == far


@pytest.mark.parametrize(
    ("word", "many", "left"),
    [
        ("abc", 0, {"abc"}),
        ("abc", 1, {"abc", "bc", "ac", "ab"}),
        ("abc", 2, {"abc", "bc", "ac", "ab", "a", "b", "c"}),
        ("aab", 1, {"aab", "ab", "aa"}),
        ("a", 2, {"a", ""}),
    ],
)
def test_the_neighbourhood_is_what_is_left_without_so_many_letters(word, many, left):
    assert neighbours(word, many) == left


def test_the_nearest_come_first_then_the_most_used_and_farther_ones_not_at_all():
    words = [("prednisone", 900), ("prednisolone", 400), ("primidone", 9000), ("zinc", 1)]
    assert nearest("predinsone", words, most=5) == ["prednisone"]
    assert nearest("prednisune", words, most=5) == ["prednisone"]
    alike = [("losartan", 1), ("lovastatin", 5), ("losartin", 9)]
    assert nearest("losarten", alike, most=5) == ["losartin", "losartan"]
    assert nearest("losarten", alike, most=1) == ["losartin"]


def test_what_is_no_slip_or_too_far_is_no_correction():
    assert nearest("metformin", [("metformin", 1)], most=5) == []
    assert nearest("xyz", [("abc", 1)], most=5) == []
    assert nearest("abcd", [("wxyz", 1)], most=5) == []
    assert nearest("abcd", [], most=5) == []


def stored(word: str) -> set[str]:
    """The neighbours the index keeps of a word, as `search_index` writes them."""
    return {
        rest
        for length in STARTS
        if length <= len(word)
        for rest in neighbours(word[:length], 2 if length == LONGEST_START else 1)
    }


def one_slip(word: str, kind: str, at: int, letter: str) -> str:
    """The word with one slip of the hand."""
    at %= len(word)
    made = {
        "left out": word[:at] + word[at + 1 :],
        "too many": word[:at] + letter + word[at:],
        "another": word[:at] + letter + word[at + 1 :],
        "swapped": word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
    }
    return made[kind]


a_slip = st.tuples(
    st.sampled_from(["left out", "too many", "another", "swapped"]),
    st.integers(0, 20),
    st.sampled_from(LETTERS),
)


@given(words_of, a_slip)
def test_a_word_with_one_slip_meets_the_word_in_the_index(word, slip):
    typed = one_slip(word, *slip)
    if len(typed) >= 4:
        assert stored(word) & set(asked_neighbours(typed))
        assert slips(typed, word) <= 1


@given(st.text(LETTERS, min_size=8, max_size=14), a_slip, a_slip)
def test_a_long_word_with_two_slips_meets_the_word_in_the_index(word, first, second):
    typed = one_slip(one_slip(word, *first), *second)
    if len(typed) >= 8:
        assert stored(word) & set(asked_neighbours(typed))
        # Two letters swapped over the gap of a third are measured as three slips.
        assert slips(typed, word) <= 2 + ("swapped" in {first[0], second[0]})


@given(words_of, st.integers(4, 14), a_slip)
def test_a_word_still_being_typed_with_a_slip_meets_the_word_in_the_index(word, length, slip):
    typed = one_slip(word[:length], *slip)
    if len(typed) >= 4:
        assert stored(word) & set(asked_neighbours(typed))


@given(words_of, words_of)
def test_a_word_is_no_slip_from_itself_or_its_beginnings(word, more):
    assert slips(word, word) == slips(word, word + more) == 0
    assert slips(word, more) <= max(len(word), len(more))
