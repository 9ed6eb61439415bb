"""Which spoiled values meet which fields, where all against all would prove little more."""

from collections.abc import Sequence
from itertools import product
from typing import TypeVar

F = TypeVar("F")
V = TypeVar("V")


def covering(
    fields: Sequence[F], values: Sequence[V], *, each: int, start: int
) -> list[tuple[F, V]]:
    """Pairs in which every field meets `each` values or more, and every value some field.

    Values take turns from number `start` on, so that a field of one name meets others on the
    next page. The same arguments give the same pairs.
    """
    if not fields:
        return []
    turns = min(len(values), max(each, -(-len(values) // len(fields))))
    return [
        (field, values[(start + number * turns + turn) % len(values)])
        for (number, field), turn in product(enumerate(fields), range(turns))
    ]
