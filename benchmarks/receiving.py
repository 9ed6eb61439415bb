"""How many packages a second go in at the door: checked, moved, written down, committed each.

Beside it, in the same run, plain inserts of rows as wide, each committed: the database's own
limit for one person's scans. ``--quick``: five hundred packages.
"""

import json
import sys

from benchmarks.ground.house import machine, serving


def measure(*, quick: bool) -> dict[str, object]:
    """Packages a second of each step."""
    many = 500 if quick else 5_000
    with serving() as house:
        house.run("benchmarks.ground.town", {"patients": 10, "fills": 100, "levels": 0})
        took = house.run("benchmarks.ground.delivering", {"packages": many})
    return {"machine": machine(), **took}


if __name__ == "__main__":
    print(json.dumps(measure(quick="--quick" in sys.argv)))
