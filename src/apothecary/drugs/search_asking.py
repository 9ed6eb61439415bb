"""From typed pieces to a question for the index: what each piece may mean, and how it is put.

A question is a list of needs that must all be met; a need is met by any of its readings; a
reading by marks that must all be there. Pure: what the vocabulary says is handed in.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from functools import cache

from apothecary.drugs.search_shipped import AbbreviationRow, abbreviations
from apothecary.drugs.search_words import (
    LABELER,
    START,
    Kind,
    Piece,
    pieces_of,
    same_amounts,
    unit_of,
)

SHORTEST_ASKED = 2
SHORTEST_LABELER = 3
# A word this long of an abbreviation's meaning may go on: multivitamin(s).
MAY_GO_ON = 4
BY_LABELER = "by its labeler"
# So many drugs are looked at one by one.
FEW = 500
FIRST_AFTER = "\x7f"
FIRST_AFTER_EXACT = "\x01"


class Width(IntEnum):
    """How generously pieces are read; the next is tried only where one finds nothing.

    EXACT: numbers as typed. WIDE: a number may go on (while it is typed), a word may be a
    labeler, XL may be any extended release.
    """

    EXACT = 0
    WIDE = 1


@dataclass(frozen=True, slots=True)
class Leaf:
    """One mark the index keeps, or with ``begins`` every mark that begins so."""

    mark: str
    begins: bool = False

    @property
    def text(self) -> str:
        """As PostgreSQL's tsquery has it. Marks hold no quotes (see ``search_words``)."""
        return f"'{self.mark}'" + (":*" if self.begins else "")

    @property
    def after(self) -> str:
        """The vocabulary's words of this leaf lie from its mark to before this, in C order."""
        return self.mark + (FIRST_AFTER if self.begins else FIRST_AFTER_EXACT)

    @property
    def listed_as(self) -> str:
        """Its name among the lists of first drugs (``search_lists``)."""
        return self.mark + ("*" if self.begins else "")

    def met_by(self, marks: Collection[str]) -> bool:
        """Whether a drug with these marks has it."""
        if self.begins:
            return any(mark.startswith(self.mark) for mark in marks)
        return self.mark in marks


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing a piece may mean; ``says`` it where it is not what was typed."""

    leaves: tuple[Leaf, ...]
    says: str = ""


Need = tuple[Reading, ...]
Question = tuple[Need, ...]


def asked_pieces(asked: str) -> list[Piece]:
    """The pieces of a search; none where nothing is long enough to ask for."""
    pieces = pieces_of(asked, whole_abbreviations())
    long = any(len(piece.text) >= SHORTEST_ASKED for piece in pieces)
    return pieces if long else []


@cache
def whole_abbreviations() -> frozenset[str]:
    """Abbreviations of letters and digits, which must not be taken apart: b12, 5fu."""
    return frozenset(each for each in abbreviations() if not each.isalpha())


def need(piece: Piece, width: Width) -> Need:
    """Everything a piece may mean at this width, as typed first."""
    match piece.kind:
        case Kind.WORD:
            return (Reading((Leaf(piece.text, begins=True),)), *word_readings(piece, width))
        case Kind.NUMBER:
            return (Reading((Leaf(piece.text, begins=width >= Width.WIDE),)),)
        case Kind.AMOUNT:
            unit = unit_of(piece.text.lstrip("0123456789."))
            going_on = not unit or width >= Width.WIDE
            return tuple(
                Reading((Leaf(amount, begins=going_on),), says=same_as(amount, piece.text))
                for amount in same_amounts(piece.text)
            )


def same_as(amount: str, typed: str) -> str:
    """How an amount in another unit than the typed one is told."""
    return "" if amount == typed else f"{typed} = {amount}"


def word_readings(piece: Piece, width: Width) -> Iterable[Reading]:
    """What a word may mean beside itself: an abbreviation, and read widely a labeler."""
    for row in abbreviations().get(piece.text, ()):
        if row.kind != "release" or width >= Width.WIDE:
            yield Reading(meaning(row.means), expanded(row))
    if width >= Width.WIDE and len(piece.text) >= SHORTEST_LABELER:
        yield Reading((Leaf(LABELER + piece.text, begins=True),), BY_LABELER)


def meaning(words: Sequence[str]) -> tuple[Leaf, ...]:
    """The words an abbreviation stands for."""
    return tuple(Leaf(word, begins=len(word) >= MAY_GO_ON) for word in words)


def expanded(row: AbbreviationRow) -> str:
    """An abbreviation and what it was read as."""
    return f"{row.abbreviation.upper()} = {' '.join(row.means)}"


def warning(row: AbbreviationRow) -> str:
    """Why an error-prone abbreviation belongs on no prescription."""
    if not row.error_prone:
        return ""
    also = f": also read as {row.may_be_read_as}" if row.may_be_read_as else ""
    return f"{row.abbreviation.upper()} is error-prone{also}. Write the name out."


def warnings(pieces: Iterable[Piece]) -> tuple[str, ...]:
    """What is to be said of the error-prone abbreviations among the pieces."""
    rows = (row for piece in pieces for row in abbreviations().get(piece.text, ()))
    return tuple(dict.fromkeys(says for row in rows if (says := warning(row))))


def corrected(typed: str, words: Sequence[str]) -> Need:
    """A mistyped word as each of the words it may have been meant to be."""
    return tuple(Reading((Leaf(word),), says=f"{word} for {typed}") for word in words)


def leaves_of(question: Question) -> list[Leaf]:
    """Every leaf of a question once, those that begin a name and whole words among them."""
    leaves = list(marks_in((*question, named(question))))
    whole = (Leaf(leaf.mark) for leaf in leaves if leaf.begins and leaf.mark[0].isalpha())
    return list(dict.fromkeys([*leaves, *whole]))


def named(question: Question) -> Need:
    """That the name of the drug begins with one of the words; without words, all of it."""
    firsts = (reading.leaves[0] for each in question for reading in each)
    names = [leaf for leaf in firsts if leaf.mark[0].isalpha()]
    if not names:
        return question[0]
    return tuple(Reading((Leaf(START + leaf.mark, begins=leaf.begins),)) for leaf in names)


def written(question: Question) -> str:
    """The question as a tsquery."""
    return " & ".join(
        "(" + " | ".join("(" + " & ".join(leaf.text for leaf in reading.leaves) + ")"
                         for reading in each) + ")"
        for each in question
    )  # fmt: skip


def drugs_of(each: Need, counts: Mapping[Leaf, int]) -> int:
    """How many drugs meet a need, at most, by the vocabulary."""
    return sum(min(counts[leaf] for leaf in reading.leaves) for reading in each)


def rarest(question: Question, counts: Mapping[Leaf, int]) -> Question:
    """The needs by which the index of marks is asked: those few drugs meet, else all.

    To gather the thousands that have a "3" takes longer than to look at forty for it.
    """
    few = tuple(each for each in question if drugs_of(each, counts) <= FEW)
    return few or question


def expected(question: Question, counts: Mapping[Leaf, int], of: int) -> int:
    """About how many of so many drugs answer, were the needs nothing to each other.

    That a name begins with a word includes that it has the word: both are one need.
    """
    begins = {leaf.mark for leaf in marks_in(question) if leaf.mark[0] == START}
    share = Fraction(1)
    for each in question:
        if not any(START + leaf.mark in begins for leaf in marks_in((each,))):
            share *= Fraction(min(drugs_of(each, counts), of), max(of, 1))
    return int(share * of)


def marks_in(question: Question) -> Iterable[Leaf]:
    """Every leaf of a question."""
    return (leaf for each in question for reading in each for leaf in reading.leaves)


def reasons(question: Question, marks: Collection[str]) -> tuple[Reading, ...]:
    """Why a drug with these marks answers: for each need the first reading it meets."""
    met = (
        next((one for one in each if all(leaf.met_by(marks) for leaf in one.leaves)), None)
        for each in question
    )
    return tuple(reading for reading in met if reading is not None and reading.says)
