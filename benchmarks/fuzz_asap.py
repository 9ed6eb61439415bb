"""Random and mutated reports to monitoring programmes: nothing raised but Malformed, no byte
lost, no hang, and what is read typed is written and read again as the same.

Every case is a report, compound, zero report, file taken back or answer, of one of the versions
and three pairs of separators, with bytes changed, dropped, doubled, cut or swapped. Every tenth
goes through JSON, every tenth through a stream in small blocks. ``--quick`` reads ten thousand,
otherwise 300,000, from a seed that is part of the result; a number instead reads so many.
"""

import io
import json
import random
import sys
import time
from dataclasses import replace
from datetime import date
from typing import Any

from benchmarks.asap import SOURCE, header, record
from benchmarks.ground.accidents import Accidents

from apothecary.wires import asap
from apothecary.wires.asap.tests.reports import ACKNOWLEDGED, COMPOUND, SINGLE, TAKEN_BACK, ZERO
from apothecary.wires.command import decode, encode
from apothecary.wires.errors import Malformed

SEED, QUICK, WHOLE = 20_260_117, 10_000, 300_000
LONGEST_MS = 250
DAY = date(2026, 11, 1)
CRASHES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
MARKS = b"*|~^\\\n\r \x00\xff\xef0123456789ABDNPSTXZ-.#"
WORDS = [b"TH*4.2*C*01**20260115*101500*T**~~", b"IS*", b"PHA*", b"PAT*", b"DSP*02*", b"CDI*1*",
         b"AIR*", b"PRE*", b"TP*6", b"TT*CTL-7*9", b"99999", b"REPORT*ZERO", b"*06*", b"~~~~",
         b"#20260101#-#20260107#", b"*5.0*", b"*4.2A*", b"1e9", b"-1", b"NaN"]  # fmt: skip
SEPARATORS = [asap.Separators(), asap.Separators("|", "\\"), asap.Separators("^", "\n")]
OVERLAYS = [asap.USUAL, asap.overlay("DC"), asap.overlay("NY")]
ACCIDENTS = Accidents(MARKS, tuple(WORDS))


def pool() -> list[bytes]:
    """Whole files to begin with."""
    texts = [SINGLE, COMPOUND, ZERO, TAKEN_BACK, ACKNOWLEDGED, SINGLE + COMPOUND]
    found = [one.encode("latin-1") for one in texts]
    for version in asap.VERSIONS:
        for marks in SEPARATORS:
            records = (record(50), record(7))
            stores = (asap.Store(asap.Pharmacy(dea_number="AB1234563"), records),) * 2
            report = asap.Report(header(version), SOURCE, stores)
            if version == "4.2":
                bare = tuple(
                    replace(one, dispensed=replace(one.dispensed, quantity_prescribed=None))
                    for one in records
                )
                stores = (asap.Store(asap.Pharmacy(dea_number="AB1234563"), bare),) * 2
                report = asap.Report(header(version), SOURCE, stores)
            found.append(asap.write(report, separators=marks, newline=""))
    return found


def problems(raw: bytes, *, through_json: bool, in_blocks: bool) -> list[str]:
    """What must never be, for one file."""
    try:
        file = asap.read(raw)
    except Malformed:
        return []
    named = [] if file.to_bytes() == raw else ["lost bytes in reading"]
    for one in file.transmissions:
        asap.conformance(one)
        named += typed_problems(one)
    if through_json and encode("asap", json.loads(json.dumps(decode("asap", raw)))) != raw:
        named.append("lost bytes through JSON")
    if in_blocks:
        told = [(each.text, each.at) for each in asap.stream(io.BytesIO(raw), block=17)]
        if told != [
            (each.text, each.at) for one in file.transmissions for each in one.segments
        ]:
            named.append("a stream differs from the whole")
    if b"".join(asap.split_transmissions(raw)) != raw:
        named.append("lost bytes in splitting")
    return named


def typed_problems(one: asap.Transmission) -> list[str]:
    """A report that can be typed and written is read as the same."""
    try:
        report = asap.read_report(one)
    except Malformed:
        return []
    for by in OVERLAYS:
        list(asap.findings(one, by, on=DAY))
    if asap.is_answer(one):
        asap.read_answer(one)
    try:
        raw = asap.write(report)
    except Malformed:
        return []
    (again,) = asap.read(raw).transmissions
    kept = any(one.others for store in report.stores for one in store.dispensings)
    if not kept and any("element of" not in each.reason for each in asap.conformance(again)):
        return ["what was written does not conform"]
    found = asap.read_report(again)
    return [] if found.stores == report.stores else ["is not read as it was written"]


def run(count: int) -> dict[str, Any]:
    """How many were read, what was wrong, how long the longest took."""
    dice = random.Random(SEED)
    whole = pool()
    wrong: dict[str, str] = {}
    slowest = 0.0
    begun = time.process_time()
    for number in range(count):
        case = ACCIDENTS.mutated(dice, dice.choice(whole))
        start = time.process_time()
        try:
            named = problems(case, through_json=number % 10 == 1, in_blocks=number % 10 == 2)
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
