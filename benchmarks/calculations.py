"""Calculations a second through the filter, beside its floor and a peer in the same run.

The floor is JSON alone: the same lines read and the same answers printed. The peer is pint: one
conversion of pounds to kilograms, beside ours of the same text with its working. Every worked
example of the table is asked in turn, also without those that need powers and logarithms.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable

import pint

from apothecary.arithmetic.command import answer, listing
from apothecary.config.filters import answers

ROUNDS = 40
SLOW = ("** ", "ln(", "log10(", "mean_kinetic(", "sqrt(", " ^ ")


def lines(*, plain: bool) -> list[bytes]:
    """Every worked example as a line of the filter; `plain` leaves out roots and logarithms."""
    rows = [row for row in listing() if not (plain and any(s in row["formula"] for s in SLOW))]
    asked = [
        {"id": row["id"], "calculation": row["id"], "inputs": row["example"]} for row in rows
    ]
    return [json.dumps(one).encode() for one in asked]


def per_second(do: Callable[[], int]) -> int:
    """A second of one core, the best of three runs: other work on the machine is left out."""
    best = 0
    for _ in range(3):
        began = time.process_time()
        done = do()
        best = max(best, round(done / (time.process_time() - began)))
    return best


def figures(rounds: int) -> dict[str, object]:
    """All figures, by name."""
    every, plain = lines(plain=False) * rounds, lines(plain=True) * rounds
    said = list(answers(every, answer))
    unit: pint.UnitRegistry[float] = pint.UnitRegistry()
    one = {"id": 1, "calculation": "A03", "inputs": {"lb": "70.5 kg"}}
    count = 500 * rounds
    return {
        "all 161 examples": per_second(lambda: sum(1 for _ in answers(every, answer))),
        "without roots, powers and logarithms": per_second(
            lambda: sum(1 for _ in answers(plain, answer))
        ),
        "floor: the same JSON read and printed": per_second(
            lambda: sum(
                len(json.dumps(json.loads(out), ensure_ascii=False)) > 0
                for line, out in zip(every, said, strict=True)
                if json.loads(line)
            )
        ),
        "one weight converted with its working": per_second(
            lambda: sum("value" in answer(one) for _ in range(count))
        ),
        "peer: pint converts one weight": per_second(
            lambda: sum(bool(unit.Quantity("70.5 kg").to("lb")) for _ in range(count // 10))
        ),
    }


def main() -> None:
    """Print one JSON object."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true")
    given = asked.parse_args()
    json.dump({"calculations a second": figures(4 if given.quick else ROUNDS)}, sys.stdout)


if __name__ == "__main__":
    main()
