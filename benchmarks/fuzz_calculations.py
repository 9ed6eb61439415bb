"""Random and spoiled calculations by the hundred thousand: no crash, no number without unit.

    python -m benchmarks.fuzz_calculations [--count 1000000] [--seed 1] [--quick]

Exit status 1, and the first faults on stderr, when there is one.
"""

import argparse
import json
import sys
import time

from apothecary.arithmetic.tests.fuzzing import faults, requests

SHOWN = 20


def main() -> int:
    """Run, print the figures, say whether anything broke."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--quick", action="store_true")
    given = asked.parse_args()
    count = 5_000 if given.quick else given.count
    seen: dict[str, set[bool]] = {}
    began = time.perf_counter()
    told = faults(requests(count, seed=given.seed), seen=seen)
    seconds = time.perf_counter() - began
    for line in told[:SHOWN]:
        print(line, file=sys.stderr)
    figures = {
        "requests": count,
        "faults": len(told),
        "calculations answered": sum(True in outcomes for outcomes in seen.values()),
        "calculations refused": sum(False in outcomes for outcomes in seen.values()),
        "requests a second, made and judged": round(count / seconds),
    }
    print(json.dumps({"calculations, random and spoiled": figures}))
    return 1 if told else 0


if __name__ == "__main__":
    raise SystemExit(main())
