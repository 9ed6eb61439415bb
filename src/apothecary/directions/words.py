"""The words and codes that are understood, each with its kind and value.

Intervals such as q6h, q4-6h or q2wk are spelled out by rule in ``spelling.py`` and need no row.

``sig_codes.csv`` holds the abbreviations with their source and mark, ``phrases.csv`` plain
English, ``spanish_phrases.csv`` what Spanish has beside the words of the Spanish label. Codes
are read but never printed. A site's own codes are written out before (``site_codes.py``).
"""

import csv
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from apothecary.directions import spanish_words
from apothecary.directions.spanish_patterns import site_in_spanish, when_in_spanish

_HERE = Path(__file__).parent
# Kind → the letter that stands for it in the grammar of reading.py.
LETTER = {
    "number": "N",
    "unit": "U",
    "verb": "V",
    "may": "V",
    "route": "R",
    "site": "J",
    "every": "E",
    "other": "o",
    "period": "P",
    "once": "O",
    "times": "T",
    "per": "Q",
    "frequency": "F",
    "when": "W",
    "clock": "C",
    "weekday": "Y",
    "other_days": "w",
    "except": "e",
    "alternate": "v",
    "ordinal": "h",
    "onward": "I",
    "as_needed": "A",
    "as_directed": "D",
    "for": "f",
    "purpose": "p",
    "x": "x",
    "to": "r",
    "slash": "/",
    "then": "H",
    "and": "&",
    "max": "M",
    "up_to": "u",
    "on_day": "L",
    "on_week": "B",
    "first_day": "l",
    "single": "K",
    "repeat": "t",
    "persists": "b",
    "within": "i",
    "later": "j",
    "apart": "c",
    "doses": "d",
    "dispense": "q",
    "refill": "k",
    "supply": "s",
    "scale": "g",
    "strength": "S",
    "over": ">",
    "reason": "G",
    "total": "y",
    "of": "z",
    "drug": "n",
    "remark": "m",
    "note": "a",
    "ask": "?",
    "noise": "Z",
    "comma": ",",
    "stop": ".",
    "off": "0",
    "too": "3",
    "taper": "4",
    "cycle": "2",
    "remove": "5",
    "unknown": "X",
}


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


class Lexicon:
    """Phrases by their words; the longest that fits is the one that is meant."""

    def __init__(self, words: Iterable[Word]) -> None:
        self._words = {tuple(word.phrase.split()): word for word in words}
        self._longest: dict[str, int] = {}
        for phrase in self._words:
            self._longest[phrase[0]] = max(len(phrase), self._longest.get(phrase[0], 0))
        self._vocabulary = frozenset(word for phrase in self._words for word in phrase)

    def has_word(self, word: str) -> bool:
        """Whether the word stands in any phrase."""
        return word in self._vocabulary

    def words(self) -> tuple[Word, ...]:
        """Every phrase that is known."""
        return tuple(self._words.values())

    def word(self, text: str) -> Word | None:
        """What a phrase means; None when it is not known."""
        return self._words.get(tuple(text.split()))

    def longest(self, words: list[str], place: int) -> Word | None:
        """The longest phrase that begins at that place; None when none does."""
        most = min(self._longest.get(words[place], 0), len(words) - place)
        for length in range(most, 0, -1):
            known = self._words.get(tuple(words[place : place + length]))
            if known is not None:
                return known
        return None


def _rows(name: str) -> list[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def sig_codes() -> tuple[SigCode, ...]:
    """Every abbreviation that is understood, in the order of the table."""
    return tuple(
        SigCode(
            word=Word(row["code"], row["kind"], row["value"], row["error_prone"] == "Y"),
            cite=row["cite"],
            verified=row["verified"],
        )
        for row in _rows("sig_codes.csv")
    )


@cache
def lexicon() -> Lexicon:
    """Codes and English; plain English wins over a code."""
    english = [Word(r["phrase"], r["kind"], r["value"]) for r in _rows("phrases.csv")]
    return Lexicon([*(code.word for code in sig_codes()), *_body_sites(), *english])


def _body_sites() -> list[Word]:
    """Places on the body: "to the right knee", "in both thighs", "over lower back"."""
    found: list[Word] = []
    for row in _rows("body_parts.csv"):
        called = [part for part in (row["part"], *row["also"].split("|")) if part]
        for side in ("", *row["sides"].split()):
            name = f"{side} {row['part']}".strip()
            said = [f"{side} {part}".strip() for part in called]
            found += [Word(f"{way}{one}", "site", name) for one in said for way in _TO]
            found += [Word(f"{joint}{one}", "too", name) for one in said for joint in _AND]
    return found


# "To the face, neck and the chest": the second place has no way of its own.
_AND = tuple(
    f"{joint} {way}{the}"
    for joint in ("and", ",", "&", ", and", "/")
    for way in ("", "to ", "on ")
    for the in ("", "the ")
)
_TO = tuple(
    f"{way} {the}"
    for way in ("to", "on", "onto", "over", "in", "into", "around")
    for the in ("", "the ", "your ")
)


@cache
def spanish_lexicon() -> Lexicon:
    """Spanish without its accents, and the codes, which know no language."""
    tables: tuple[tuple[str, Mapping[str, str]], ...] = (
        ("unit", spanish_words.UNIT),
        ("unit", spanish_words.PLURAL),
        ("route", spanish_words.ROUTE),
        ("when", spanish_words.WHEN),
        ("weekday", spanish_words.WEEKDAY),
        ("reason", spanish_words.REASON),
    )
    label = [
        Word(plain_spanish(said), kind, "skin" if english == "topical" else english)
        for kind, table in tables
        for english, said in table.items()
        if said and english not in ("dose", "transdermal")
    ]
    sites = [
        Word(plain_spanish(said), "route", f"{_site_route(site)}/{site}")
        for site, said in spanish_words.SITE.items()
    ]
    sites += _spanish_parts()
    own = [Word(r["phrase"], r["kind"], r["value"]) for r in _rows("spanish_phrases.csv")]
    own += _spanish_times()
    return Lexicon([*(code.word for code in sig_codes()), *label, *sites, *own])


def _spanish_parts() -> list[Word]:
    """Every place on the body that can be said, as it is printed."""
    found: list[Word] = []
    for row in _rows("body_parts.csv"):
        for side in ("", *row["sides"].split()):
            name = f"{side} {row['part']}".strip()
            try:
                said = plain_spanish(site_in_spanish(name))
            except KeyError:
                continue
            found.append(Word(said, "site", name))
            found += [Word(f"{joint} {said}", "too", name) for joint in ("y", ",")]
    return found


def _spanish_times() -> list[Word]:
    """What stands before or after a moment, and how long a patch is worn."""
    moments = [
        f"{side} {name}" for name in spanish_words.MOMENT for side in ("before", "after")
    ]
    spans = [f"remove after {hours} hours" for hours in range(2, 25)]
    both = [f"1 hour before or 2 hours after {name}" for name in spanish_words.MOMENT]
    found: list[Word] = []
    for value in moments:
        said = plain_spanish(when_in_spanish(f"1 hour {value}")).removeprefix("1 hora ")
        found.append(Word(said, "when", value))
    found += [Word(plain_spanish(when_in_spanish(v)), "when", v) for v in (*spans, *both)]
    return [word for word in found if word.value not in _OWN_WHEN]


# Times that have a name of their own beside "before" and "after".
_OWN_WHEN = frozenset({"before bedtime", "after bedtime"})


def _site_route(site: str) -> str:
    for part, route in (("eye", "ophthalmic"), ("ear", "otic"), ("nostril", "nasal")):
        if site.endswith((part, f"{part}s")):
            return route
    return "topical"


def plain_spanish(text: str) -> str:
    """Lower case without accents: they are often left out where they are typed."""
    if text.isascii():
        return text.casefold()
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def reasons() -> frozenset[str]:
    """Every reason for use that is known by name."""
    return frozenset(word.value for word in lexicon().words() if word.kind == "reason")
