"""Whole lifecycles a second over HTTP, from the entry to the sale.

Ten requests of a technician, a pharmacist and the register for each bottle that leaves the
house, on a year of a store. ``--quick``: small history and short windows.
"""

import json
import sys

from benchmarks.dispensing import measure

if __name__ == "__main__":
    print(json.dumps(measure("lifecycle", quick="--quick" in sys.argv)))
