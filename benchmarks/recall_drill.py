"""A recall on a year of a store: how long until every place and every patient is named.

The aim is two seconds, on 400,000 moves and more, each question one statement however many
there are. ``--quick``: a tenth of the year.
"""

import json
import sys

from benchmarks.ground.house import machine, serving

FILLS, PATIENTS, AIM_MS = 220_000, 12_000, 2_000


def measure(*, quick: bool) -> dict[str, object]:
    """The drill after a year, with the books proved behind it."""
    figures: dict[str, object] = {"machine": machine(), "aim_ms": AIM_MS}
    with serving() as house:
        fills = FILLS // 10 if quick else FILLS
        wanted = {"patients": PATIENTS, "fills": fills, "levels": 1}
        town = house.run("benchmarks.ground.town", wanted)
        house.ask("VACUUM ANALYZE")
        figures |= house.run("benchmarks.ground.recalling", {"pharmacy": town["pharmacy"]})
        checked = house.run("benchmarks.ground.checked", {})
        figures["books"] = "balanced" if checked["faults"] == [] else checked["faults"]
    return figures


if __name__ == "__main__":
    print(json.dumps(measure(quick="--quick" in sys.argv)))
