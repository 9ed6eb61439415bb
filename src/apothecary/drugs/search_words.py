"""From a drug's words to what the index keeps; from what somebody types to what it is asked.

One reader for both sides, so that they cannot disagree. Pure: no database, no clock.

What the index keeps of a drug are *marks*: its words ("metformin"), its numbers ("500"), each
number with its unit ("500mg", "1%"), the first word of each of its names behind a ``^``, its
labelers behind an ``@``. What is typed becomes *pieces*, in any order: words, numbers, amounts.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

MOST_PIECES = 8
LONGEST_PIECE = 40
# PostgreSQL takes words of 2,046 bytes, a megabyte of them for a row, and less in a btree. An
# extract of all pollens has some seven hundred marks.
LONGEST_MARK = 1 + LONGEST_PIECE
MOST_MARKS = 5_000
# A directory repeats its names, forms and labelers: so many are read once.
READ_ONCE = 20_000
LABELER = "@"
START = "^"
# A number, a word of letters, or the percent sign; everything else only parts them.
PART = re.compile(r"\d+(?:\.\d+)?|\.\d+|[a-z]+|%", re.ASCII)
# What stands together: a word, a number, or both without a space.
RUN = re.compile(r"[a-z\d.%]+", re.ASCII)
# A comma between three digits is one of thousands: 1,000 is 1000.
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# Children's and childrens are one word; so are the two ways to write the Greek letter mu.
SILENT = str.maketrans({"'": None, "’": None, "®": None, "™": None, "µ": "mc", "μ": "mc"})
UNITS = {
    **dict.fromkeys(("mg", "g", "mcg", "ml", "meq", "unit", "mmol", "ppm", "%"), ""),
    "mgs": "mg",
    "gm": "g",
    "gms": "g",
    "gram": "g",
    "grams": "g",
    "ug": "mcg",
    "mcgs": "mcg",
    "mls": "ml",
    "cc": "ml",
    "units": "unit",
    "iu": "unit",
    "meqs": "meq",
}
# Words in a labeler's name that tell no labeler from another.
NO_LABELER = frozenset(
    """inc llc ltd corp corporation co company limited lp usa us the of and for pharmaceuticals
    pharmaceutical pharma pharmacal laboratories laboratory labs products product group health
    healthcare care international america american north solutions services dba div division
    industries manufacturing packaging""".split()  # noqa: SIM905 fifty quoted names read worse
)
GRAMS = {"mcg": Decimal("0.000001"), "mg": Decimal("0.001"), "g": Decimal(1)}


class Kind(StrEnum):
    """What a typed piece is."""

    WORD = "word"
    NUMBER = "number"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Piece:
    """One typed piece: ``text`` as the index writes it ("metfor", "500", "500mg")."""

    kind: Kind
    text: str


def folded(text: str) -> str:
    """Small letters without accents, quotes or commas of thousands."""
    plain = text.translate(SILENT).casefold()
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return THOUSANDS.sub("", plain) if "," in plain else plain


@lru_cache(maxsize=READ_ONCE)
def parts(text: str) -> tuple[str, ...]:
    """The words, numbers and percent signs of a text, in their order."""
    return tuple(plain_number(part) for part in PART.findall(folded(text)))


def plain_number(part: str) -> str:
    """A number as a label writes it: ".50" is "0.5", "010" is "10"; a word stays."""
    if not (part[0].isdigit() or part[0] == "."):
        return part
    whole, _, fraction = part.partition(".")
    bare, rest = whole.lstrip("0") or "0", fraction.rstrip("0")
    return f"{bare}.{rest}" if rest else bare


def unit_of(word: str) -> str:
    """The unit a word names as the index writes it, or nothing."""
    return (UNITS[word] or word) if word in UNITS else ""


def marks_of(
    names: Iterable[str], others: Iterable[str] = (), labelers: Iterable[str] = ()
) -> list[str]:
    """What the index keeps of a drug, in order, once.

    ``names`` are those it is called by, ``others`` ingredients, strength, form and route.
    A cell of nonsense may not end a load: of a word as many letters are kept as can be asked
    for, and of more marks than any drug has those of its names. The file keeps it whole.
    """
    found: list[str] = []
    for name in names:
        words = read_once(name)
        found += words
        found += [START + word for word in words[:1]]
    for text in others:
        found += read_once(text)
    for labeler in labelers:
        found += labeler_words(labeler)
    once = dict.fromkeys(mark[:LONGEST_MARK] for mark in found)
    return sorted(list(once)[:MOST_MARKS])


@lru_cache(maxsize=READ_ONCE)
def read_once(text: str) -> tuple[str, ...]:
    """The words of a text as the index writes them, then its amounts."""
    words = parts(text)
    return (*(unit_of(word) or word for word in words), *glued(words))


def glued(words: tuple[str, ...]) -> Iterator[str]:
    """Every number with the unit that follows it: 500, mg → 500mg."""
    for number, unit in pairwise(words):
        if number[0].isdigit() and unit_of(unit):
            yield number + unit_of(unit)


@lru_cache(maxsize=READ_ONCE)
def labeler_words(labeler: str) -> tuple[str, ...]:
    """The marks that tell labelers apart: "Lupin Pharmaceuticals, Inc." → @lupin."""
    words = [word for word in parts(labeler) if word.isalpha() and len(word) > 2]
    return tuple(LABELER + word for word in words if word not in NO_LABELER)


def pieces_of(typed: str, whole: Collection[str] = ()) -> list[Piece]:
    """What was typed as pieces, at most eight, each once.

    "metfor 500mg er" is metfor, 500mg, er; "500 mg" is one amount as well. A unit alone tells
    nothing and is left out; a number with the start of a unit ("10m") is an amount being typed.
    Words of letters and digits that are in ``whole`` (b12, 5fu) are not taken apart.
    """
    found: list[Piece] = []
    words = typed_parts(typed, whole)
    place = 0
    while place < len(words):
        word, after = words[place].text, words[place + 1 : place + 2]
        place += 1
        if words[place - 1].whole or not word[0].isdigit():
            found += [] if unit_of(word) else [Piece(Kind.WORD, word)]
        elif after and (unit_of(after[0].text) or after[0].behind):
            place += 1
            found.append(Piece(Kind.AMOUNT, word + (unit_of(after[0].text) or after[0].text)))
        else:
            found.append(Piece(Kind.NUMBER, word))
    short = [piece for piece in dict.fromkeys(found) if len(piece.text) <= LONGEST_PIECE]
    return short[:MOST_PIECES]


@dataclass(frozen=True, slots=True)
class Typed:
    """A part as it was typed: ``whole``, or letters right ``behind`` a number (10m, 10mg)."""

    text: str
    behind: bool = False
    whole: bool = False


def typed_parts(typed: str, whole: Collection[str]) -> list[Typed]:
    """The parts of what was typed, in their order."""
    found: list[Typed] = []
    for run in RUN.findall(folded(typed)):
        if run in whole:
            found.append(Typed(run, whole=True))
            continue
        number = False
        for part in PART.findall(run):
            word = plain_number(part)
            found.append(Typed(word, behind=number and not word[0].isdigit()))
            number = word[0].isdigit()
    return found


def same_amounts(amount: str) -> list[str]:
    """An amount in every unit of mass: 0.1mg is 100mcg; in another unit it is itself alone."""
    match = re.fullmatch(r"([\d.]+)(mcg|mg|g)", amount)
    if match is None:
        return [amount]
    grams = Decimal(match[1]) * GRAMS[match[2]]
    written = [plain_number(f"{grams / size:f}") + unit for unit, size in GRAMS.items()]
    return [amount, *(each for each in written if each != amount)]
