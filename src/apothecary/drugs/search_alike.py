"""Look-alike names: their tall letters, and which of one list are taken for each other."""

from collections.abc import Sequence
from functools import cache

from apothecary.drugs.search_shipped import read_alike
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


@cache
def alike_pairs() -> tuple[tuple[frozenset[str], frozenset[str], str, str], ...]:
    """Every pair: the words of either name, and both names in tall letters."""
    return tuple(
        (frozenset(parts(row.one)), frozenset(parts(row.other)), row.one, row.other)
        for row in read_alike()
    )


def alike_in(names: Sequence[str]) -> list[tuple[str, ...]]:
    """For each name of a list, the look-alikes of it that stand in the same list, tall.

    A name holds a look-alike's name when it has all its words. A drug that is both (one
    ingredient beside the other) is no confusion with itself.
    """
    words = [frozenset(parts(name)) for name in names]
    marks: list[dict[str, None]] = [{} for _ in names]
    for one, other, one_tall, other_tall in alike_pairs():
        with_one = [at for at, each in enumerate(words) if one <= each]
        with_other = [at for at, each in enumerate(words) if other <= each]
        if set(with_one) == set(with_other):
            continue
        for here, there, said in (
            (with_one, with_other, other_tall), (with_other, with_one, one_tall),
        ):  # fmt: skip
            for at in here if there else ():
                if at not in there:
                    marks[at][said] = None
    return [tuple(each) for each in marks]
