"""What higher rooms know of a move: who tells it, and how the book asks them.

The book is a view of the ledger and sees a fill as a number. Whoever knows more (the Rx number
of a fill, the invoice and the DEA order of a receipt) puts a teller on this list; a teller gets
the moves of a page at once and answers in words, so that a page costs one question a teller.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ToldOf:
    """A move as a teller gets it; ``key`` is that of its posting."""

    move_id: int
    key: str
    lot_id: int
    fill_id: int | None


class Teller(Protocol):
    """Answers the words for those moves it knows something about (at most 1 query)."""

    def __call__(self, *, pharmacy_id: int, moves: Sequence[ToldOf]) -> Mapping[int, str]: ...


TELLERS: dict[str, Teller] = {}


def tell_with(name: str, teller: Teller) -> None:
    """Put a teller on the list; under the same name it takes the place of the one before."""
    TELLERS[name] = teller


def told(*, pharmacy_id: int, moves: Sequence[ToldOf]) -> dict[int, str]:
    """What is known of each move, the tellers in the order in which they came."""
    words: dict[int, list[str]] = {}
    for teller in TELLERS.values():
        for move_id, says in teller(pharmacy_id=pharmacy_id, moves=moves).items():
            words.setdefault(move_id, []).append(says)
    return {move_id: ", ".join(said) for move_id, said in words.items()}
