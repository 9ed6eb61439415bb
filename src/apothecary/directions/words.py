"""The words and codes that are understood, each with its kind and value.

Intervals such as q6h, q4-6h or q2wk are spelled out by rule in ``tokens.py`` and need no row.

``sig_codes.csv`` holds the abbreviations with their source and mark, ``phrases.csv`` plain
English. Codes are read but never printed: a label shows the words of ``english.py`` and
``spanish.py``.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Word:
    """A phrase of one or more words: its kind, its value, and whether it is error-prone."""

    phrase: str
    kind: str
    value: str
    error_prone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SigCode:
    """An abbreviation with the source it was taken from and the mark of that source."""

    word: Word
    cite: str
    verified: str


@cache
def sig_codes() -> tuple[SigCode, ...]:
    """Every abbreviation that is understood, in the order of the table."""
    with (_HERE / "sig_codes.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            SigCode(
                word=Word(row["code"], row["kind"], row["value"], row["error_prone"] == "Y"),
                cite=row["cite"],
                verified=row["verified"],
            )
            for row in csv.DictReader(file)
        )


@cache
def lexicon() -> Mapping[tuple[str, ...], Word]:
    """Every phrase as a tuple of its words; plain English wins over a code."""
    words = {tuple(code.word.phrase.split()): code.word for code in sig_codes()}
    with (_HERE / "phrases.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words[tuple(row["phrase"].split())] = Word(row["phrase"], row["kind"], row["value"])
    return words


@cache
def longest_phrase() -> int:
    """The number of words in the longest phrase."""
    return max(len(phrase) for phrase in lexicon())


def reasons() -> frozenset[str]:
    """Every reason for use that is known by name."""
    return frozenset(word.value for word in lexicon().values() if word.kind == "reason")
