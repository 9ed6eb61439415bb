import csv
import re
from pathlib import Path

import pytest

from apothecary.directions.reading import read_directions
from apothecary.directions.tokens import tokens
from apothecary.directions.words import (
    LETTER,
    SigCode,
    lexicon,
    reasons,
    sig_codes,
    spanish_lexicon,
)

CODES = sig_codes()
# Kinds that say all by themselves.
BARE = {
    *("as_needed", "as_directed", "single", "noise", "refill", "dispense", "and", "for"),
}
with (Path(__file__).parent / "codes.csv").open(encoding="utf-8", newline="") as file:
    PRACTICE = list(csv.DictReader(file, delimiter="|"))


@pytest.mark.parametrize("code", CODES, ids=[code.word.phrase for code in CODES])
def test_every_code_has_its_source_its_mark_and_a_known_kind(code: SigCode) -> None:
    assert code.cite
    assert code.verified in ("V1", "V2", "K", "C")
    assert code.word.kind in LETTER
    assert code.word.value or code.word.kind in BARE


def test_every_phrase_has_a_known_kind() -> None:
    for known in (lexicon(), spanish_lexicon()):
        assert {word.kind for word in known.words()} <= set(LETTER)


def test_every_code_stands_once_in_the_table() -> None:
    names = [code.word.phrase for code in CODES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "code", [c for c in CODES if c.word.kind == "frequency"], ids=lambda c: c.word.phrase
)
def test_every_frequency_code_is_read_as_a_frequency(code: SigCode) -> None:
    directions = read_directions(f"1 tab po {code.word.phrase}")
    assert directions.certain
    assert directions.steps[0].times_min is not None


@pytest.mark.parametrize("code", ["qd", "q.d.", "Q.D.", "QD", "q d"])
def test_spelling_does_not_change_a_code(code: str) -> None:
    assert read_directions(f"1 tab po {code}").english() == (
        "Take 1 tablet by mouth once daily."
    )


def test_an_ambiguous_code_is_asked_with_both_its_meanings() -> None:
    assert read_directions("1 tab po biw").questions[0] == (
        "Does 'biw' mean twice a week or every two weeks?"
    )


@pytest.mark.parametrize("row", PRACTICE, ids=[row["code"] for row in PRACTICE])
def test_every_code_of_practice_is_read_or_asked(row: dict[str, str]) -> None:
    directions = read_directions(row["sig"])
    assert directions.certain is (row["certain"] == "yes"), directions.questions
    assert bool(directions.questions) is (row["certain"] == "no")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1 1/2", ["1.5"]),
        ("1-1/2", ["1.5"]),
        ("1½", ["1.5"]),
        ("one and one-half", ["1.5"]),
        ("2 (two)", ["2"]),
        ("two 2", ["2"]),
        ("2 2", ["2", "2"]),
        ("2 (three)", ["2", "3"]),
        ("1,000", ["1000"]),
        (".5", [".5"]),
        ("3/8", ["0.375"]),
        ("1 tab 5xd", ["1", "5"]),
        ("4 to 6 (four to six)", ["4", "6"]),
        ("4 to 6 (four to eight)", ["4", "6", "4", "8"]),
        ("3rd", []),
        ("0.25 (one-quarter)", ["0.25"]),
    ],
)
def test_numbers_are_exact_however_they_are_written(text: str, numbers: list[str]) -> None:
    assert [token.value for token in tokens(text) if token.kind == "number"] == numbers


@pytest.mark.parametrize("text", ["1/3", "5/0", "7/7"])
def test_a_fraction_that_is_no_pharmacy_number_is_not_understood(text: str) -> None:
    assert [token.kind for token in tokens(text)] == ["unknown"]


def test_reasons_are_known_by_name() -> None:
    assert {"pain", "wheezing", "high blood pressure"} <= reasons()
    assert all(re.fullmatch(r"[a-z -]+", reason) for reason in reasons())
