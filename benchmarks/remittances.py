"""How long an 835 of ten thousand claims takes from its bytes to reconciled accounts.

Beside it the same file only read and balanced: what the database and the matching cost is the
rest. ``--quick``: a thousand claims.
"""

import json
import sys

from benchmarks.ground.house import machine, serving


def measure(*, quick: bool) -> dict[str, object]:
    """Seconds of each step."""
    many = 1_000 if quick else 10_000
    wanted = {"patients": many // 4, "fills": many, "levels": 0}
    with serving() as house:
        house.run("benchmarks.ground.town", wanted)
        took = house.run("benchmarks.ground.remitting", {"claims": many})
    return {"machine": machine(), **took}


if __name__ == "__main__":
    print(json.dumps(measure(quick="--quick" in sys.argv)))
