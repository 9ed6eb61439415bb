"""Random and mutated papers of supply and tracing documents: nothing raised but Malformed, no
byte lost, no hang, and what is read is written and read again as the same.

Most cases are one of the five X12 papers in one of three dialects, or an EPCIS document of
either syntax, with bytes changed, dropped, doubled, cut or swapped. Every tenth goes through
JSON. ``--quick`` reads ten thousand, otherwise 300,000, from a seed that is part of the result;
a number instead reads so many.
"""

import io
import json
import random
import sys
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

from benchmarks.ground.accidents import Accidents
from benchmarks.ground.supply import envelope, papers, shipment, written

from apothecary.wires import epcis, x12
from apothecary.wires.command import decode, encode
from apothecary.wires.epcis.tests.documents import SHIPMENT, SHIPMENT_JSON
from apothecary.wires.errors import Malformed
from apothecary.wires.x12 import supply

SEED, QUICK, WHOLE = 20_260_116, 10_000, 300_000
LONGEST_MS = 250
CRASHES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
MARKS = b"*|~>:^\n\r \x00\xff0123456789ABDNS-.\"'<>/{}[],"
WORDS = [b"N1*", b"HL*1**S", b"LIN*", b"DTM*036*", b"CTT*", b"<epc>", b"</epc>", b"<action>",
         b"null", b"[]", b"{}", b"-1", b"1e9", b"urn:epc:id:sscc:", b"<!DOCTYPE a>",
         b"~"]  # fmt: skip
DIALECTS = [supply.dialect(name) for name in ("plain", "piped", "lined")]
ACCIDENTS = Accidents(MARKS, tuple(WORDS))


def x12_problems(raw: bytes, how: supply.Dialect, *, through_json: bool) -> list[str]:
    """What must never be, for one X12 file."""
    try:
        file = x12.read(raw)
    except Malformed:
        return []
    named = [] if file.to_bytes() == raw else ["X12 lost bytes in reading"]
    for one in file.sets():
        with suppress(Malformed):
            paper = supply.read_paper(one, how)
            named += again(paper, how)
    if through_json and encode("x12", json.loads(json.dumps(decode("x12", raw)))) != raw:
        named.append("X12 lost bytes through JSON")
    return named


def again(paper: supply.Paper, how: supply.Dialect) -> list[str]:
    """A paper that can be written is read as the same."""
    try:
        raw = supply.write_interchange([supply.write_paper(paper, how)], envelope(), how)
    except Malformed:
        return []
    (found,) = supply.read_papers(raw, how)
    same = replace(found, rest=(), faults=(), control="") == replace(
        paper, rest=(), faults=(), control=""
    )
    return [] if same else [f"{type(paper).__name__} is not read as it was written"]


def epcis_problems(raw: bytes, *, through_json: bool) -> list[str]:
    """What must never be, for one document of tracing."""
    with suppress(Malformed):
        for _ in epcis.stream_events(io.BytesIO(raw)):
            pass
    try:
        document = epcis.read(raw)
    except Malformed:
        return []
    epcis.transaction_information(document)
    named = []
    with suppress(Malformed):
        found = epcis.read(epcis.write_xml(document))
        if found.events != document.events or found.items != document.items:
            named.append("EPCIS is not read as it was written")
    if through_json and encode("epcis", json.loads(json.dumps(decode("epcis", raw)))) != raw:
        named.append("EPCIS lost bytes through JSON")
    return named


def run(count: int) -> dict[str, Any]:
    """How many were read, what was wrong, how long the longest took."""
    dice = random.Random(SEED)
    every = [(paper, how) for how in DIALECTS for paper in papers(4)]
    pool = [(written(paper, how), how) for paper, how in every]
    traces = [SHIPMENT, SHIPMENT_JSON, epcis.write_xml(shipment(12))]
    traces.append(epcis.write_json(shipment(12)))
    wrong: dict[str, str] = {}
    slowest = 0.0
    begun = time.process_time()
    for number in range(count):
        through_json = number % 10 == number // 10 % 10
        tracing = number % 10 > 6
        raw, how = dice.choice(pool)
        case = ACCIDENTS.mutated(dice, dice.choice(traces) if tracing else raw)
        start = time.process_time()
        try:
            if tracing:
                named = epcis_problems(case, through_json=through_json)
            else:
                named = x12_problems(case, how, through_json=through_json)
        except (*CRASHES, Malformed) as crash:
            named = [f"a crash: {type(crash).__name__}: {crash}"[:120]]
        for name in named:
            wrong.setdefault(name, case.hex())
        slowest = max(slowest, time.process_time() - start)
    return {
        "cases": count,
        "seed": SEED,
        "wrong": wrong,
        "slowest_ms": round(slowest * 1000),
        "limit_ms": LONGEST_MS,
        "cases_per_s": round(count / (time.process_time() - begun)),
    }


if __name__ == "__main__":
    asked = next((int(word) for word in sys.argv[1:] if word.isdecimal()), WHOLE)
    figures = run(QUICK if "--quick" in sys.argv else asked)
    print(json.dumps(figures, indent=1))
    sys.exit(1 if figures["wrong"] or figures["slowest_ms"] > LONGEST_MS else 0)
