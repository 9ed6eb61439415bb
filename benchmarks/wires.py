"""Speed of the wire codecs, each beside its peer and its floor in the same run.

Telecommunication: our reader left lazy, cut into (id, raw) pairs, and with every value typed,
beside a naive ``re.split`` that types nothing and beside bare ``str.split``, the least any
reader in Python must do. SCRIPT: our typed and validated reading beside lxml alone. Scans: our
reading beside biip alone. Run ``python benchmarks/wires.py``; ``run()`` returns the figures.
"""

import json
import re
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from biip.gs1_messages import GS1Message
from lxml import etree

from apothecary.wires import telecom
from apothecary.wires.gs1 import read_scan
from apothecary.wires.script import parse_message
from apothecary.wires.script.tests.documents import FULL_NEW_RX, NEW_RX
from apothecary.wires.telecom.tests.messages import BILLING

SCAN = "010036818098001817261130" + "10LOT12A\x1d21SN0001234567"
TURNS, SECONDS = 5, 0.3
_SEPARATORS = re.compile(rb"[\x1c\x1d\x1e]")


def large_claim() -> bytes:
    """A coordinated, reviewed claim of about 1.8 kB with some 150 fields."""
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
    segments = [
        telecom.Draft("07", {**claim, "NX": [{"DK": "42"}, {"DK": "7"}, {"DK": "8"}]}),
        telecom.Draft(
            "11",
            {
                **dict.fromkeys(("D9", "DC", "DQ", "DU", "DX", "E3", "HA", "GE"), usd),
                "DN": "01",
            },
        ),
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


def naive(raw: bytes) -> list[tuple[bytes, bytes]]:
    """The peer: cut at every separator, pair id and value, know no segments and no types."""
    return [(part[:2], part[2:]) for part in _SEPARATORS.split(raw[56:]) if part]


def lazy(raw: bytes) -> object:
    """What the claims room does first: header, then one field."""
    message = telecom.read(raw)
    return message.transactions[0].raw("07", "D2")


def pairs(raw: bytes) -> list[object]:
    return [segment.fields for group in telecom.read(raw).groups for segment in group]


def typed(raw: bytes) -> list[object]:
    return [segment.typed() for group in telecom.read(raw).groups for segment in group]


def floor(raw: bytes) -> list[str]:
    return raw.decode("latin-1").split("\x1c")


def measure_telecom(raw: bytes) -> dict[str, int]:
    if telecom.read(raw).to_bytes() != raw:
        raise AssertionError("the codec lost a byte")
    return {
        "bytes": len(raw),
        "fields": sum(len(segment.fields) for g in telecom.read(raw).groups for segment in g),
        "lazy_per_s": rate(lambda: lazy(raw)),
        "pairs_per_s": rate(lambda: pairs(raw)),
        "typed_per_s": rate(lambda: typed(raw)),
        "peer_naive_split_per_s": rate(lambda: naive(raw)),
        "floor_str_split_per_s": rate(lambda: floor(raw)),
    }


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
        "telecom, small claim": measure_telecom(BILLING),
        "telecom, large claim": measure_telecom(large_claim()),
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
