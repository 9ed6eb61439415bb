"""Speed of the wire codecs, each beside its peer and its floor in the same run.

SCRIPT: our typed and validated reading beside lxml alone. Scans: our reading beside biip alone.
Claims have a program of their own, ``telecom``. Run ``python -m benchmarks.wires``; ``run()``
returns the figures.
"""

import json
import time
from collections.abc import Callable

from biip.gs1_messages import GS1Message
from lxml import etree

from apothecary.wires.gs1 import read_scan
from apothecary.wires.script import parse_message
from apothecary.wires.script.tests.documents import FULL_NEW_RX, NEW_RX

SCAN = "010036818098001817261130" + "10LOT12A\x1d21SN0001234567"
TURNS, SECONDS = 5, 0.3


def rate(act: Callable[[], object]) -> int:
    """The best of a few turns, in acts a second on one core."""
    act()
    best = 0.0
    for _ in range(TURNS):
        count, start = 0, time.perf_counter()
        while (spent := time.perf_counter() - start) < SECONDS:
            for _ in range(20):
                act()
            count += 20
        best = max(best, count / spent)
    return round(best)


def measure_script(text: str) -> dict[str, int]:
    raw = text.encode()
    return {
        "bytes": len(raw),
        "typed_per_s": rate(lambda: parse_message(raw)),
        "floor_lxml_parse_per_s": rate(lambda: etree.fromstring(raw)),
    }


def run() -> dict[str, dict[str, int]]:
    """Every figure, by codec and message."""
    scan = "]d2" + SCAN
    return {
        "script, plain NewRx": measure_script(NEW_RX),
        "script, full NewRx": measure_script(FULL_NEW_RX),
        "gs1, DataMatrix": {
            "bytes": len(scan),
            "read_per_s": rate(lambda: read_scan(scan)),
            "peer_biip_per_s": rate(lambda: GS1Message.parse(SCAN)),
        },
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
