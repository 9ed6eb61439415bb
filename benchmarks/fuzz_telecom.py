"""Random and mutated claims and batches: nothing lost, nothing raised but Malformed, no hang.

Most cases are transmissions of every transaction code with bytes changed, dropped, doubled,
cut or swapped, separators above all; some are random bytes behind a header; some are batches of
both. Each is read, typed, checked, answered, and every tenth goes through JSON. ``--quick``
reads twenty thousand, otherwise a million, from a seed that is part of the result; a number
instead reads so many.
"""

import json
import random
import sys
import time
from contextlib import suppress
from datetime import datetime
from typing import Any

from benchmarks.ground.accidents import Accidents

from apothecary.wires import telecom
from apothecary.wires.command import decode, encode
from apothecary.wires.errors import Malformed
from apothecary.wires.telecom.batch import BatchCheck, BatchHeader, records, write_batch
from apothecary.wires.telecom.tests.generated import EVERY, drawn
from apothecary.wires.telecom.tests.messages import (
    BILLING,
    COORDINATED,
    PAID,
    REJECTED,
    REQUEST_HEADER,
    RESPONSE_HEADER,
)

SEED, QUICK, WHOLE = 20_260_115, 20_000, 1_000_000
POOL = 720  # transmissions that are mutated, ten of each kind, code and version
LONGEST_MS = 250
CRASHES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
MARKS = b"\x1c\x1d\x1e\x02\x03\r\n {}\x00\xff0123456789AMGX"
CREATED = datetime(2026, 1, 15, 9, 30)  # noqa: DTZ001 - the sender's wall clock
HEADERS = (REQUEST_HEADER.encode(), RESPONSE_HEADER.encode(), b"")
ACCIDENTS = Accidents(MARKS, most=6, dropped=4, doubled=40, cut_one_in=1)


def noise(dice: random.Random) -> bytes:
    """A header, or none, and marks in no order behind it."""
    marks = bytes(dice.choices(MARKS, k=dice.randint(0, 60)))
    return dice.choice(HEADERS) + marks


def batched(dice: random.Random, pool: list[bytes]) -> bytes:
    """A batch of a few transmissions after some accidents."""
    head = BatchHeader(dice.choice("TRE"), "STORE", dice.randrange(10**7), CREATED, "PAYER")
    details = [(f"R{number}", dice.choice(pool)) for number in range(dice.randint(0, 3))]
    return ACCIDENTS.mutated(dice, b"".join(write_batch(head, details)))


def segment_problems(segment: telecom.Segment) -> list[str]:
    """What must never be, for one segment."""
    again = telecom.Segment.of(
        segment.fields, segment.version, lead=segment.lead, bare=segment.bare
    )
    for field_id, value in segment.fields:
        telecom.code_meaning(field_id, value)
    with suppress(Malformed):
        segment.typed()
    return [] if again.text == segment.text else ["bytes lost in a segment"]


def message_problems(raw: bytes, *, through_json: bool) -> list[str]:
    """What must never be, for one transmission."""
    try:
        message = telecom.read(raw)
    except Malformed:
        return []
    named = [] if message.to_bytes() == raw else ["bytes lost in reading"]
    for segment in (one for group in message.groups for one in group):
        named += segment_problems(segment)
    telecom.conformance(message)
    if message.kind == "response":
        with suppress(Malformed):
            for answer in telecom.answers(message):
                for reject in answer.rejects:
                    telecom.reject_meaning(reject.code)
    if (
        through_json
        and encode("telecom", json.loads(json.dumps(decode("telecom", raw)))) != raw
    ):
        named.append("bytes lost through JSON")
    return named


def batch_problems(raw: bytes, *, through_json: bool) -> list[str]:
    """What must never be, for one batch."""
    check, found = BatchCheck(), list(records([raw[:50], raw[50:]]))
    for record in found:
        check.see(record)
    check.end()
    named = [] if b"".join(one.to_bytes() for one in found) == raw else ["batch lost bytes"]
    if (
        raw
        and through_json
        and encode("batch", json.loads(json.dumps(decode("batch", raw)))) != raw
    ):
        named.append("a batch lost bytes through JSON")
    return named


def run(count: int) -> dict[str, Any]:
    """How many were read, what was wrong, how long the longest took."""
    dice = random.Random(SEED)
    pool = [drawn(dice, *dice.choice(EVERY)).raw for _ in range(POOL)]
    pool += [BILLING, PAID, REJECTED, COORDINATED] * 20
    wrong: dict[str, str] = {}
    slowest = 0.0
    begun = time.process_time()
    for number in range(count):
        kind, through_json = number % 10, number % 10 == number // 10 % 10
        in_batch = kind == 9
        if in_batch:
            raw = batched(dice, pool)
        else:
            raw = noise(dice) if kind == 8 else ACCIDENTS.mutated(dice, dice.choice(pool))
        start = time.process_time()
        try:
            judge = batch_problems if in_batch else message_problems
            named = judge(raw, through_json=through_json)
        except (*CRASHES, Malformed) as crash:
            named = [f"a crash: {type(crash).__name__}: {crash}"[:120]]
        for name in named:
            wrong.setdefault(name, raw.hex())
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
