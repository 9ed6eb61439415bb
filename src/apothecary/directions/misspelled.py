"""Words run together, and slips of the key where only one word can be meant.

Numbers, codes of two or three letters and words that are right are never touched: what is left
unknown is asked.
"""

import csv
from functools import cache
from pathlib import Path


def _listed(name: str) -> frozenset[str]:
    table = Path(__file__).with_name("misspelled.csv")
    with table.open(encoding="utf-8", newline="") as file:
        return frozenset(row["word"] for row in csv.DictReader(file) if row["list"] == name)


# What is found run together: "bidx", "pobid", "tabpoqhs".
_PIECES = _listed("piece")
_SHORTEST, _LONGEST = 4, 24
# Words a slip may be mended to. No number, no code, nothing that is one letter from another.
_WORDS = _listed("mended")
# Right words that are one letter away from one of those.
_RIGHT = _listed("right")


def apart(word: str) -> list[str]:
    """The words that were run together in this one; empty when it is not made of such."""
    if not _SHORTEST <= len(word) <= _LONGEST or not word.isalpha():
        return []
    body, tail = (word[:-1], ["x"]) if word.endswith("x") else (word, [])
    if tail and body in _PIECES:
        return [body, *tail]
    ways: list[list[str] | None] = [[]] + [None] * len(body)
    for end in range(1, len(body) + 1):
        for start in range(max(0, end - 9), end):
            before = ways[start]
            if before is not None and body[start:end] in _PIECES:
                longer = [*before, body[start:end]]
                known = ways[end]
                if known is None or len(longer) < len(known):
                    ways[end] = longer
    found = ways[len(body)]
    return [*found, *tail] if found and len(found) + len(tail) > 1 else []


def mended(word: str) -> str:
    """The one word this is a slip of the key from; empty when none or more than one is."""
    if len(word) < _SHORTEST or not word.isalpha() or word in _RIGHT:
        return ""
    found = {target for form in _without_one(word) for target in _by_form().get(form, ())}
    near = {target for target in found if _one_slip(word, target)}
    if len(near) == 2:
        first, second = sorted(near, key=len)
        if second == first + "s":
            return second
    return near.pop() if len(near) == 1 else ""


def _without_one(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


@cache
def _by_form() -> dict[str, frozenset[str]]:
    forms: dict[str, set[str]] = {}
    for target in _WORDS:
        for form in _without_one(target):
            forms.setdefault(form, set()).add(target)
    return {form: frozenset(targets) for form, targets in forms.items()}


def _one_slip(word: str, target: str) -> bool:
    """One letter more, less or other, or two neighbours changed about.

    A word of four letters is only mended where two letters changed about.
    """
    if len(word) == len(target):
        differ = [i for i, (a, b) in enumerate(zip(word, target, strict=True)) if a != b]
        if len(differ) == 2:
            one, two = differ
            return two == one + 1 and word[one] == target[two] and word[two] == target[one]
        return len(differ) == 1 and len(word) > _SHORTEST and differ[0] > 0
    shorter, longer = sorted((word, target), key=len)
    if len(longer) - len(shorter) != 1 or len(longer) <= _SHORTEST:
        return False
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))
