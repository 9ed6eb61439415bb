"""Random and mutated directions: no crash, no hang, no number without its unit.

Half the texts are made of words and signs at random, half are directions of practice with
letters changed, dropped or doubled. ``--quick`` reads twenty thousand, otherwise a million,
from a seed that is part of the result; a number instead reads so many.
"""

import json
import random
import sys
import time
from typing import Any

from benchmarks.directions import texts

from apothecary.directions.reading import LONGEST, read_directions
from apothecary.directions.words import lexicon

SEED, QUICK, WHOLE = 20_260_115, 20_000, 1_000_000
# A direction takes a fifth of a millisecond; what takes longer than this is no linear reading.
LONGEST_MS = 250
CRASHES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
NUMBERS = (
    *("0", "1", "2", "3", "4", "6", "8", "10", "12", "24", "30", "500", "0.5", "1/2", ".5"),
    *("1.0", "8:00", "0800", "99999999999"),
)
SIGNS = " .,;:()/-+&%#*@<>=½¼µé–0123456789abcxyzABQ\n\t\x00"


def mixed(dice: random.Random, words: list[str]) -> str:
    """Known words, numbers and signs in no order."""
    parts = []
    for _ in range(dice.randint(1, 18)):
        kind = dice.random()
        if kind < 0.7:
            parts.append(dice.choice(words))
        elif kind < 0.85:
            parts.append(
                str(dice.choice((0, 1, 2, 3, 4, 6, 8, 10, 12, 24, 30, 500, "0.5", "1/2")))
            )
        else:
            parts.append("".join(dice.choice(SIGNS) for _ in range(dice.randint(1, 6))))
    return dice.choice((" ", " ", "")).join(parts)[:LONGEST]


def mutated(dice: random.Random, sig: str) -> str:
    """A direction of practice after a few slips of the key."""
    signs = list(sig)
    for _ in range(dice.randint(1, 6)):
        place = dice.randrange(len(signs) or 1)
        act = dice.randrange(4)
        if act == 0 and signs:
            del signs[place]
        elif act == 1:
            signs.insert(place, dice.choice(SIGNS))
        elif act == 2 and signs:
            signs[place] = dice.choice(SIGNS)
        else:
            signs[place:place] = signs[place : place + 5]
    return "".join(signs)


def problems(text: str, form: str, drug: str) -> list[str]:
    """What must never be, for one text."""
    found = read_directions(text, form=form, drug=drug)
    named: list[str] = []
    if found.certain:
        for step in found.steps:
            if step.dose_min is not None and not step.dose_unit:
                named.append("a dose without its unit")
            if step.times_min is not None and not step.period_unit:
                named.append("a frequency without its period")
            if step.duration is not None and not step.duration_unit:
                named.append("a duration without its unit")
            if step.max_per_day is not None and not step.max_per_day_unit:
                named.append("a maximum without its unit")
        if not found.steps:
            named.append("certain of nothing")
    elif found.quantity_per_day() is not None or found.max_quantity_per_day() is not None:
        named.append("a quantity in spite of a question")
    if not found.english().isprintable() and text.isprintable():
        named.append("an unprintable label")
    return named


def run(count: int) -> dict[str, Any]:
    """How many were read, what was wrong, how long the longest took."""
    dice = random.Random(SEED)
    words = [word.phrase for word in lexicon().words()]
    known = [(row["sig"], row["form"], row.get("drug") or "") for row in texts()]
    wrong: dict[str, str] = {}
    slowest = 0.0
    begun = time.process_time()
    for number in range(count):
        sig, form, drug = dice.choice(known)
        text = mixed(dice, words) if number % 2 else mutated(dice, sig)
        start = time.process_time()
        try:
            named = problems(text, form, drug)
        except CRASHES as crash:
            named = [f"a crash: {crash!r}"]
        for name in named:
            wrong.setdefault(name, text)
        slowest = max(slowest, time.process_time() - start)
    return {
        "texts": count,
        "seed": SEED,
        "wrong": wrong,
        "slowest_ms": round(slowest * 1000),
        "limit_ms": LONGEST_MS,
        "texts_per_s": round(count / (time.process_time() - begun)),
    }


if __name__ == "__main__":
    asked = next((int(word) for word in sys.argv[1:] if word.isdecimal()), WHOLE)
    figures = run(QUICK if "--quick" in sys.argv else asked)
    print(json.dumps(figures, indent=1))
    sys.exit(1 if figures["wrong"] or figures["slowest_ms"] > LONGEST_MS else 0)
