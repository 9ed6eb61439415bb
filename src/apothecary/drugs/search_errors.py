"""Slips of the hand: what a mistyped word may have been meant to be. Pure.

A letter too many, too few, another one, or two swapped are one slip each. One is forgiven in a
word of four letters or more, two in one of eight or more, the first letter like any other.

The neighbourhood of a word is what is left when so many letters are left out. Two words that
are one slip apart share a neighbour, so that the database finds candidates by equality; which
of them are truly so near is measured afterwards (`slips`).
"""

from collections.abc import Iterable
from itertools import combinations

SHORTEST_WITH_ONE = 4
SHORTEST_WITH_TWO = 8
# Of a longer word only so many letters are looked up: the rest is measured.
LONGEST_START = 7
STARTS = range(SHORTEST_WITH_ONE - 1, LONGEST_START + 1)


def forgiven(word: str) -> int:
    """How many slips a typed word may have: 0, 1 or 2."""
    return (len(word) >= SHORTEST_WITH_ONE) + (len(word) >= SHORTEST_WITH_TWO)


def neighbours(word: str, slips: int) -> set[str]:
    """The word, and what is left of it without one letter, without two … ``slips`` letters."""
    left = {word}
    for gone in range(1, min(slips, len(word)) + 1):
        left |= {"".join(letters) for letters in combinations(word, len(word) - gone)}
    return left


def asked_neighbours(typed: str) -> list[str]:
    """The neighbours under which the vocabulary is asked for a typed word, in order."""
    return sorted(neighbours(typed[:LONGEST_START], forgiven(typed)))


def slips(typed: str, word: str) -> int:
    """How many slips lie between what was typed and the nearest beginning of a word.

    Swapping two neighbours is one slip (optimal string alignment): metfro → metfor.
    """
    before: list[int] = []
    row = list(range(len(word) + 1))
    for place, letter in enumerate(typed, 1):
        earlier, before, row = before, row, [place]
        for at, other in enumerate(word, 1):
            best = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != other))
            if place > 1 and at > 1 and letter == word[at - 2] and typed[place - 2] == other:
                best = min(best, earlier[at - 2] + 1)
            row.append(best)
    return min(row)


def nearest(typed: str, words: Iterable[tuple[str, int]], *, most: int) -> list[str]:
    """The words nearest to what was typed: fewest slips, then the most used, at most ``most``.

    ``words`` are candidates with how much each is used. Only words of the fewest slips are
    returned: a nearer one is never hidden among farther ones.
    """
    allowed = forgiven(typed)
    measured = [(slips(typed, word), -used, word) for word, used in words]
    near = sorted(each for each in measured if 0 < each[0] <= allowed)
    return [word for far, _, word in near if far == near[0][0]][:most]
