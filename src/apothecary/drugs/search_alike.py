"""Look-alike names: their tall letters, and which of one list are taken for each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from apothecary.drugs.search_shipped import AlikeRow, read_alike
from apothecary.drugs.search_words import parts


@cache
def tall_words() -> dict[str, str]:
    """The tall letters of each word of a look-alike name."""
    return {
        word.lower(): word
        for row in read_alike()
        for name in (row.one, row.other)
        for word in name.replace("-", " ").split()
        if word not in {word.lower(), word.capitalize()}
    }


def tall(name: str) -> str:
    """A name with the look-alike words in tall letters: hydroxyzine HCl → hydrOXYzine HCl."""
    letters = tall_words()
    return " ".join(letters.get(word.lower(), word) for word in name.split(" "))


@dataclass(frozen=True, slots=True)
class Alike:
    """A name that another is taken for, in its tall letters, and who says so, how sure."""

    name: str
    cite: str
    verified: str


@cache
def alike_pairs() -> tuple[tuple[frozenset[str], frozenset[str], AlikeRow], ...]:
    """Every pair, with the words of either name."""
    return tuple(
        (frozenset(parts(row.one)), frozenset(parts(row.other)), row) for row in read_alike()
    )


def alike_in(names: Sequence[str]) -> list[tuple[Alike, ...]]:
    """For each name of a list, the look-alikes of it that stand in the same list.

    A name holds a look-alike's name when it has all its words. What holds both (one ingredient
    beside the other) is taken for neither.
    """
    words = [frozenset(parts(name)) for name in names]
    marks: list[dict[Alike, None]] = [{} for _ in names]
    for one, other, row in alike_pairs():
        ones = {at for at, each in enumerate(words) if one <= each}
        others = {at for at, each in enumerate(words) if other <= each}
        if not (ones and others):
            continue
        for at in ones - others:
            marks[at][Alike(row.other, row.cite, row.verified)] = None
        for at in others - ones:
            marks[at][Alike(row.one, row.cite, row.verified)] = None
    return [tuple(each) for each in marks]
