"""Claims on the wire: speed, fields lost and exact round trips beside dzero-python and a floor.

Three bodies of messages: the small claim of the tests, a large coordinated one of 1.6 kB, and a
mixed body of every transaction code, requests and responses, drawn from a seed. Each is read
lazily, cut into (id, raw) pairs, with every value typed, strictly (conformance checked), and
written. Beside it in the same run: a naive ``re.split`` that knows no types, bare ``str.split``
(the least any reader in Python must do), and dzero-python in an environment of its own, which
reads and writes the same bytes; where it cannot be installed the figures say why. Rates are per
second of one core's own time. ``--quick`` leaves dzero-python out.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

from apothecary.wires import telecom
from apothecary.wires.command import decode, encode
from apothecary.wires.telecom.batch import BatchHeader, read_batch_strictly, write_batch
from apothecary.wires.telecom.tests.generated import EVERY, drawn
from apothecary.wires.telecom.tests.messages import BILLING, COORDINATED, PAID, REJECTED

SEED, OF_EACH = 20_260_115, 4
TURNS, SECONDS, LONGEST_INSTALL_S = 5, 0.3, 120
IN_A_BATCH = 2_000
_SEPARATORS = re.compile(rb"[\x1c\x1d\x1e]")
Body = Sequence[bytes]

# What dzero-python is asked: read each text, count the fields it holds, write it again.
PEER = """
import json, sys, time
from dzero_python import Request, Response
texts = json.load(sys.stdin)
def read(one):
    return (Request if one[0] == "request" else Response).parse(one[1])
def held(message):
    groups = [message.transmission_group, *message.transaction_groups]
    return sum(len([k for k in s.hash if k not in ("AM", "segment_identification")])
               for g in groups for s in g.segments)
fields = exact = crashed = 0
for one in texts:
    try:
        message = read(one)
        fields += held(message)
        exact += message.to_s() == one[1]
    except Exception:
        crashed += 1
def rate(act, args):
    best = 0.0
    for _ in range(3):
        start, count = time.process_time(), 0
        while time.process_time() - start < 0.3:
            for arg in args:
                try:
                    act(arg)
                except Exception:
                    pass
            count += len(args)
        best = max(best, count / (time.process_time() - start))
    return round(best)
parsed = []
for one in texts:
    try:
        parsed.append(read(one))
    except Exception:
        pass
print(json.dumps({"fields": fields, "exact": exact, "crashed": crashed,
    "read_per_s": rate(read, texts), "write_per_s": rate(lambda m: m.to_s(), parsed)}))
"""


def large_claim() -> bytes:
    """A coordinated, reviewed claim of about 1.6 kB with some 190 fields."""
    day, usd = date(2026, 1, 15), Decimal("12.34")
    payer: telecom.Fields = {
        "5C": "01",
        "6C": "03",
        "7C": "610001",
        "E8": day,
        "HB": [{"HC": "07", "DV": usd}] * 4,
        "NR": [{"NP": "06", "NQ": usd}] * 6,
    }
    address = {"CM": "1200 LONG AVENUE NORTH EAST", "CN": "SAN ANTONIO", "CO": "TX"}
    claim: dict[str, telecom.Value] = {
        name: "7001234" if name == "D2" else "1"
        for name in ("EM", "D2", "D6", "D8", "DJ", "DT", "DI", "U7", "HD", "MT")
    }
    claim |= {"E1": "03", "D7": "00093310501", "E7": Decimal(30), "D3": "00", "D5": 30}
    claim |= {"DE": day, "DF": 3, "ET": Decimal(30), "28": "EA", "EV": "12345678901"}
    amounts = dict.fromkeys(("D9", "DC", "DQ", "DU", "DX", "E3", "HA", "GE"), usd)
    segments = [
        telecom.Draft("07", {**claim, "NX": [{"DK": "42"}, {"DK": "7"}, {"DK": "8"}]}),
        telecom.Draft("11", {**amounts, "DN": "01"}),
        telecom.Draft("03", {"EZ": "01", "DB": "1234567893", "DR": "REYES", "2J": "LUZ"}),
        telecom.Draft("05", {"4C": [payer] * 3}),
        telecom.Draft("08", {"7E": [{"E4": "DD", "E5": "M0", "E6": "1B", "8E": "11"}] * 9}),
        telecom.Draft("13", {"VE": [{"WE": "02", "DO": "S82201A"}] * 5}),
        telecom.Draft("16", {"BM": "N" * 200}),
    ]
    header = telecom.RequestHeader(
        bin="999999",
        transaction_code="B1",
        pcn="TESTPCN",
        service_provider_id="1234567893",
        date_of_service=day,
    )
    return telecom.build_request(
        header,
        transmission=[
            telecom.Draft("04", {"C2": "ABC123456", "C1": "GRP1", "C3": "01", "C6": "1"}),
            telecom.Draft("01", {"C4": day, "C5": "2", "CA": "JANE", "CB": "DOE", **address}),
        ],
        transactions=[segments],
    )


def mixed() -> list[bytes]:
    """Every transaction code, asked and answered, several of each, and the tests' own."""
    dice = Random(SEED)
    made = [
        drawn(dice, kind, code, version).raw
        for kind, code, version in EVERY
        for _ in range(OF_EACH)
        if version == "D0"
    ]
    return [*made, BILLING, PAID, REJECTED, COORDINATED, large_claim()]


def rate(act: Callable[[bytes], object], body: Body) -> int:
    """The best of a few turns, in messages a second of this process's own time."""
    best = 0.0
    for _ in range(TURNS):
        count, start = 0, time.process_time()
        while (spent := time.process_time() - start) < SECONDS:
            for raw in body:
                act(raw)
            count += len(body)
        best = max(best, count / spent)
    return round(best)


def naive(raw: bytes) -> list[tuple[bytes, bytes]]:
    """Cut at every separator, pair id and value, know no segments and no types."""
    return [(part[:2], part[2:]) for part in _SEPARATORS.split(raw[56:]) if part]


def lazy(raw: bytes) -> object:
    """What the claims room does first: header, then one field."""
    message = telecom.read(raw)
    return message.transactions[0].raw("07", "D2") if message.transactions else None


def pairs(raw: bytes) -> list[object]:
    return [segment.fields for group in telecom.read(raw).groups for segment in group]


def typed(raw: bytes) -> list[object]:
    return [segment.typed() for group in telecom.read(raw).groups for segment in group]


def written(raw: bytes) -> bytes:
    """Read into pairs and put together again from the pairs, as a changed message would be."""
    message = telecom.read(raw)
    groups = [
        telecom.Transaction(
            [telecom.Segment.of(one.fields, message.version, bare=one.bare) for one in group]
        )
        for group in message.groups
    ]
    again = telecom.Message.of(
        message.kind,
        message.version,
        message.header_text,
        groups,
        lead=message.lead,
        tail=message.tail,
    )
    return again.to_bytes()


def field_count(body: Body) -> int:
    """The fields of a body, segment ids left out, counted without our reader."""
    return sum(raw.count(b"\x1c") - raw.count(b"\x1cAM") for raw in body)


def held(raw: bytes) -> int:
    """The fields our reader holds of one message, segment ids left out."""
    found = [one for group in telecom.read(raw).groups for part in group for one in part.fields]
    return len([name for name, _ in found if name != "AM"])


def ours(body: Body) -> dict[str, object]:
    """Our figures over one body."""
    through_json = [
        encode("telecom", json.loads(json.dumps(decode("telecom", r)))) for r in body
    ]
    return {
        "messages": len(body),
        "bytes_a_message": round(sum(map(len, body)) / len(body)),
        "fields": field_count(body),
        "fields_lost": field_count(body) - sum(held(raw) for raw in body),
        "exact_round_trips": sum(written(raw) == raw for raw in body),
        "exact_through_json": sum(a == b for a, b in zip(through_json, body, strict=True)),
        "lazy_per_s": rate(lazy, body),
        "pairs_per_s": rate(pairs, body),
        "typed_per_s": rate(typed, body),
        "strict_per_s": rate(telecom.read_strictly, body),
        "read_and_written_per_s": rate(written, body),
        "peer_naive_split_per_s": rate(naive, body),
        "floor_str_split_per_s": rate(lambda raw: raw.decode("latin-1").split("\x1c"), body),
    }


def peer(body: Body, folder: Path) -> dict[str, object]:
    """dzero-python over the same bytes, or why it says nothing."""
    python = folder / "bin" / "python"
    steps = (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check",
         "dzero-python==1.0.2"],
    )  # fmt: skip
    for argv in steps if not python.exists() else ():
        try:
            done = subprocess.run(
                argv, capture_output=True, text=True, check=False, timeout=LONGEST_INSTALL_S
            )
        except subprocess.TimeoutExpired:
            return {"runs": False, "why": f"not installed in {LONGEST_INSTALL_S} s"}
        if done.returncode:
            return {"runs": False, "why": (done.stderr.strip() or "silent")[-160:]}
    texts = [(telecom.read(raw).kind, raw.decode("latin-1")) for raw in body]
    said = subprocess.run(
        [str(python), "-c", PEER],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode:
        return {"runs": False, "why": said.stderr.strip()[-160:]}
    figures = json.loads(said.stdout)
    lost = field_count(body) - figures.pop("fields")
    percent = round(100 * lost / field_count(body), 1)
    return {"runs": True, "fields_lost": lost, "fields_lost_percent": percent, **figures}


def batch() -> dict[str, object]:
    """A batch of claims, read strictly and written; claims a second."""
    created = datetime(2026, 1, 15, 9, 30)  # noqa: DTZ001 - the sender's wall clock
    head = BatchHeader("T", "STORE1", 1, created, "PAYER9")
    details = [(f"R{number}", BILLING) for number in range(IN_A_BATCH)]
    start = time.process_time()
    raw = b"".join(write_batch(head, details))
    wrote = time.process_time()
    found = read_batch_strictly([raw[at : at + 65536] for at in range(0, len(raw), 65536)])
    read_at = time.process_time()
    if b"".join(one.to_bytes() for one in found) != raw:
        raise AssertionError("the batch lost a byte")
    return {
        "claims": IN_A_BATCH,
        "written_claims_per_s": round(IN_A_BATCH / (wrote - start)),
        "read_and_checked_claims_per_s": round(IN_A_BATCH / (read_at - wrote)),
    }


def run(*, quick: bool = False) -> dict[str, object]:
    """Every figure, by body of messages."""
    bodies = {"small claim": [BILLING], "large claim": [large_claim()], "mixed": mixed()}
    figures: dict[str, object] = {
        "load_before": os.getloadavg()[0],
        **{f"ours, {name}": ours(body) for name, body in bodies.items()},
        "ours, batch": batch(),
        "aim": {"typed_per_s": 10_000, "lazy_per_s": 25_000, "fields_lost": 0},
    }
    if not quick:
        folder = Path(os.environ.get("DATA") or tempfile.mkdtemp()) / "bench-peers" / "dzero"
        for name, body in bodies.items():
            figures[f"peer, dzero-python, {name}"] = peer(body, folder)
    return figures


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=1))
