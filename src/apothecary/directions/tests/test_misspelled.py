"""Slips of the key are only put right where one word alone can be meant."""

import pytest

from apothecary.directions.misspelled import apart, mended
from apothecary.directions.reading import read_directions


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("talbet", "tablet"),
        ("tablt", "tablet"),
        ("tabletss", "tablets"),
        ("dialy", "daily"),
        ("dayly", "daily"),
        ("mouht", "mouth"),
        ("atke", "take"),
        ("tmies", "times"),
        ("evry", "every"),
        ("bedtme", "bedtime"),
        ("capsul", "capsule"),
        ("nauseaa", "nausea"),
        # Right words, codes, numbers in words and what could be two things stay as they are.
        ("table", ""),
        ("might", ""),
        ("eight", ""),
        ("biid", ""),
        ("tre", ""),
        ("thee", ""),
        ("ight", ""),
        ("zzyzx", ""),
        ("tab1et", ""),
        ("", ""),
    ],
)
def test_a_slip_is_put_right_where_one_word_alone_can_be_meant(typed: str, word: str) -> None:
    assert mended(typed) == word


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("pobid", ["po", "bid"]),
        ("tabpoqhs", ["tab", "po", "qhs"]),
        ("bidx", ["bid", "x"]),
        ("pobidx", ["po", "bid", "x"]),
        ("tidprn", ["tid", "prn"]),
        ("bymouthdaily", ["by", "mouth", "daily"]),
        ("tablet", []),
        ("posit", []),
        ("x", []),
        ("bid", []),
        ("bidbidbidbidbidbidbidbidbid", []),
    ],
)
def test_words_run_together_are_taken_apart(typed: str, words: list[str]) -> None:
    assert apart(typed) == words


@pytest.mark.parametrize("sig", ["1 tab po thee times a day", "take tow tablets daily"])
def test_a_number_that_is_misspelled_is_asked(sig: str) -> None:
    directions = read_directions(sig)
    assert not directions.certain
    assert directions.quantity_per_day() is None
