"""Speed of EPCIS beside a plain walk of the same bytes in the same run.

Ours: documents read into typed events and master data, streamed event by event, read from JSON,
traced to their packages, written. The floor is lxml alone: parse, then touch tag, text and
attributes of every element, which is the least a reader must do. Bodies: a small delivery, a
pallet, and one case of 200,000 packages. All of one core's own time. Run
``python -m benchmarks.epcis``; ``--quick`` leaves the largest out.
"""

import io
import json
import os
import sys
import time
from collections.abc import Callable

from benchmarks.ground.supply import shipment
from lxml import etree

from apothecary.wires import epcis

TURNS, LEAST_S = 5, 0.2
AIM = {"typed_beside_plain_walk": "at least half"}


def rate(act: Callable[[], object]) -> float:
    """The best of a few turns, in acts a second of one core's own time."""
    act()
    best = 0.0
    for _ in range(TURNS):
        count, start = 0, time.process_time()
        while (spent := time.process_time() - start) < LEAST_S:
            act()
            count += 1
        best = max(best, count / spent)
    return best


def walk(raw: bytes) -> int:
    """Touch everything that stands in a document, and make nothing of it."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return sum(
        len(one.tag) + len(one.text or "") + len(one.attrib)
        for one in etree.fromstring(raw, parser).iter()
    )


def measure(packages: int) -> dict[str, object]:
    """Figures of one document, all of the same content."""
    document = shipment(packages)
    raw, as_json = epcis.write_xml(document), epcis.write_json(document)
    if epcis.read(raw) != document or epcis.write_xml(epcis.read(raw)) != raw:
        raise AssertionError("the document is not read as it was written")
    floor, typed = rate(lambda: walk(raw)), rate(lambda: epcis.read(raw))
    streamed = rate(lambda: sum(1 for _ in epcis.stream_events(io.BytesIO(raw))))
    return {
        "bytes": len(raw),
        "events": len(document.events),
        "typed_per_s": round(typed),
        "streamed_per_s": round(streamed),
        "floor_plain_walk_per_s": round(floor),
        "typed_beside_plain_walk": round(typed / floor, 2),
        "json_typed_per_s": round(rate(lambda: epcis.read(as_json))),
        "traced_packages_per_s": round(
            packages * rate(lambda: epcis.transaction_information(document))
        ),
        "written_per_s": round(rate(lambda: epcis.write_xml(document))),
    }


def largest() -> dict[str, object]:
    """Two hundred thousand packages in one document, read whole and as a stream."""
    raw = epcis.write_xml(shipment(200_000))
    start = time.process_time()
    epcis.read(raw)
    whole = time.process_time()
    count = sum(1 for _ in epcis.stream_events(io.BytesIO(raw)))
    streamed = time.process_time()
    walk(raw)
    return {
        "bytes": len(raw),
        "events": count,
        "typed_s": round(whole - start, 2),
        "streamed_s": round(streamed - whole, 2),
        "floor_plain_walk_s": round(time.process_time() - streamed, 2),
    }


def run(*, quick: bool = False) -> dict[str, object]:
    """Every figure, by document."""
    figures: dict[str, object] = {
        "load_before": os.getloadavg()[0],
        "delivery, 10 packages": measure(10),
        "pallet, 1,000 packages": measure(1_000),
    }
    if not quick:
        figures["200,000 packages"] = largest()
    figures["aim"] = AIM
    return figures


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=1))
