"""What happens to bytes on a line, in a program or under a hand."""

import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Accidents:
    """Kinds of accident that fit one format.

    ``marks`` are the bytes that it hangs on, ``words`` pieces of it (without them none is put
    in). ``dropped`` and ``doubled`` are the most bytes of one accident, ``most`` is how many
    accidents meet one file, and one cut in ``cut_one_in`` goes through.
    """

    marks: bytes
    words: Sequence[bytes] = ()
    most: int = 5
    dropped: int = 30
    doubled: int = 80
    cut_one_in: int = 4

    def mutated(self, dice: random.Random, raw: bytes) -> bytes:
        """The bytes after one accident or several."""
        found = bytearray(raw)
        for _ in range(dice.randint(1, self.most)):
            self.meet(dice, found)
        return bytes(found)

    def meet(self, dice: random.Random, found: bytearray) -> None:
        """One accident."""
        place, act = dice.randrange(len(found) or 1), dice.randrange(7 if self.words else 6)
        if act == 0:
            del found[place : place + dice.randint(1, self.dropped)]
        elif act == 1:
            found.insert(place, dice.choice(self.marks))
        elif act == 2 and found:
            found[place] = dice.choice(self.marks)
        elif act == 3:
            found[place:place] = found[place : place + dice.randint(1, self.doubled)]
        elif act == 4 and self.is_cut(dice):
            del found[place:]
        elif act == 5 and self.words:
            found[place:place] = dice.choice(self.words)
        else:
            other = dice.randrange(len(found) or 1)
            found[place : place + 12] = found[other : other + 12]

    def is_cut(self, dice: random.Random) -> bool:
        """A file cut short loses so much that most formats should meet it seldom."""
        return self.cut_one_in == 1 or not dice.randrange(self.cut_one_in)
