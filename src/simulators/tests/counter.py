"""What a pharmacy's counter would send: a good D.0 request, with any field changed."""

import json
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from urllib.error import HTTPError

from simulators.payer.wire import FS, GS, RS, Framer

SOURCE = Path(__file__).parents[2]
PHARMACY = "2900000110"
TODAY = "2026-03-01"
FS_BYTE = FS.encode()
Fields = dict[str, dict[str, str]]

GOOD: Fields = {
    "04": {"C2": "XY1234567", "C1": "LSH1001", "C3": "01", "C6": "1"},
    "01": {"C4": "19800229", "C5": "2", "CA": "JANE", "CB": "DOE"},
    "07": {
        "EM": "1", "D2": "7001234", "E1": "03", "D7": "00093310501", "E7": "0000030000",
        "D3": "00", "D5": "030", "D6": "1", "D8": "0", "DE": "20260301", "DF": "03", "DJ": "3",
        "28": "EA",
    },
    "11": {"D9": "0000850{", "DC": "0000200{", "DQ": "0012050{", "DU": "0001050{", "DN": "01"},
    "03": {"EZ": "01", "DB": "1234567893"},
}  # fmt: skip
SHARED = ("04", "01")


def header(
    *, code: str = "B1", bin_number: str = "999999", pcn: str = "TESTPCN", count: str = "1",
    provider: str = PHARMACY, qualifier: str = "01", on: str = "20260301", version: str = "D0",
) -> str:  # fmt: skip
    """The 56 characters every request begins with."""
    return (
        f"{bin_number:6}{version:2}{code:2}{pcn:10}{count:1}{qualifier:2}{provider:15}{on:8}"
        f"{'APOTHECARY':10}"
    )


def changed(change: Fields | None = None, drop: tuple[str, ...] = ()) -> Fields:
    """A good claim with some fields set otherwise, and fields or segments left out."""
    out = {segment: dict(pairs) for segment, pairs in GOOD.items() if segment not in drop}
    for segment, pairs in (change or {}).items():
        out.setdefault(segment, {}).update(pairs)
    return {s: {i: v for i, v in pairs.items() if i not in drop} for s, pairs in out.items()}


def written(head: str, *claims: Fields) -> bytes:
    """A transmission: patient and insurance of the first claim, then a group for each."""
    shared = "".join(_segment(s, claims[0][s]) for s in SHARED if s in claims[0])
    groups = "".join(
        GS + "".join(_segment(s, pairs) for s, pairs in claim.items() if s not in SHARED)
        for claim in claims
    )
    return (head + shared + groups).encode("latin-1")


def _segment(segment_id: str, pairs: dict[str, str]) -> str:
    return f"{RS}{FS}AM{segment_id}" + "".join(f"{FS}{i}{v}" for i, v in pairs.items())


def said(segment_id: str, text: str) -> bytes:
    """A segment with repeats, written as `4C=1 5C=01 5C=02`; underscores are blanks."""
    pairs = [one.split("=", 1) for one in text.split()]
    fields = "".join(f"{FS}{name}{value.replace('_', ' ')}" for name, value in pairs)
    return f"{RS}{FS}AM{segment_id}{fields}".encode("latin-1")


def money(usd: str | Decimal) -> str:
    """Dollars as a signed overpunch amount of eight digits, by a table of its own."""
    cents = int(Decimal(usd) * 100)
    digits = f"{abs(cents):08d}"
    return digits[:-1] + ("{ABCDEFGHI", "}JKLMNOPQR")[cents < 0][int(digits[-1])]


def priced(cost: str, *, fee: str = "1.00", usual: str = "9000.00", more: str = "0") -> Fields:
    """A pricing segment whose gross amount is the sum of its parts; `more` is counted too."""
    due = Decimal(cost) + Decimal(fee) + Decimal(more)
    return {"11": {"D9": money(cost), "DC": money(fee), "DQ": money(usual), "DU": money(due)}}


@dataclass
class Response:
    """A response split by plain text search, not by the payer's own code."""

    text: str
    claims: list[list[tuple[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        groups = self.text[31:].split(GS)
        for group in groups[1:]:
            parts = group.replace(RS, "").split(FS)[1:]
            self.claims.append([(part[:2], part[2:]) for part in parts])

    def usd(self, field_id: str, claim: int = 0) -> Decimal:
        """An amount of that claim's answer in dollars, zero when it is not told."""
        text = self.one(field_id, claim)
        if not text:
            return Decimal("0.00")
        sign = -1 if text[-1] in "}JKLMNOPQR" else 1
        digit = "{ABCDEFGHI}JKLMNOPQR".index(text[-1]) % 10
        return sign * Decimal(f"{text[:-1]}{digit}") / 100

    def groups(self, first: str, claim: int = 0) -> list[dict[str, str]]:
        """The repeated groups that begin with that field, each to the next of its kind."""
        found: list[dict[str, str]] = []
        for name, value in self.claims[claim]:
            if name == first:
                found.append({})
            if found:
                found[-1].setdefault(name, value)
        return found

    @property
    def header_status(self) -> str:
        """A or R, at offset 5."""
        return self.text[5]

    def one(self, field_id: str, claim: int = 0) -> str:
        """The first value of that field in that claim's answer."""
        return next((v for i, v in self.claims[claim] if i == field_id), "")

    def all(self, field_id: str, claim: int = 0) -> list[str]:
        """Every value of that field in that claim's answer."""
        return [v for i, v in self.claims[claim] if i == field_id]


class Till:
    """One connection to a payer."""

    def __init__(self, port: int, *, timeout: float = 5.0) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self._framer = Framer()
        self._waiting: list[bytes] = []

    def __enter__(self) -> "Till":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, transmission: bytes) -> None:
        """One framed transmission."""
        self.socket.sendall(b"\x02" + transmission + b"\x03")

    def receive(self) -> Response:
        """The next response; EOFError when the payer hung up, TimeoutError when silent."""
        while not self._waiting:
            segment = self.socket.recv(65536)
            if not segment:
                raise EOFError("the payer closed the connection")
            self._waiting += self._framer.feed(segment)
        return Response(self._waiting.pop(0).decode("latin-1"))

    def ask(self, transmission: bytes) -> Response:
        """Send and wait."""
        self.send(transmission)
        return self.receive()


class Running:
    """A simulator as a process of its own, with what it printed."""

    def __init__(self, module: str, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", module, *arguments],
            cwd=SOURCE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def line(self, timeout: float = 10.0) -> str:
        """The next line it prints."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], timeout)
        assert ready, "the simulator printed nothing"
        return self.process.stdout.readline().strip()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(10)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


class RunningPayer(Running):
    """A payer process with its claims and admin ports."""

    def __init__(self, *arguments: str) -> None:
        super().__init__(
            "simulators.payer", "--port", "0", "--admin-port", "0", "--today", TODAY, *arguments
        )
        words = self.line().split()
        self.port = int(words[3].rsplit(":", 1)[1])
        self.admin_port = int(words[5].rsplit(":", 1)[1])
        self.web = words[7] if len(words) > 7 else ""

    def till(self, *, timeout: float = 5.0) -> Till:
        """A new connection."""
        return Till(self.port, timeout=timeout)

    def admin(
        self, method: str, path: str, body: object = None
    ) -> tuple[int, dict[str, object]]:
        """Ask the back office; status and JSON."""
        raw = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.admin_port}{path}"
        request = urllib.request.Request(url, raw, method=method)
        try:
            with urllib.request.urlopen(request, timeout=5) as reply:  # noqa: S310
                return int(reply.status), json.load(reply)
        except HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)


def wait_until_gone(pid: int, *, within: float) -> bool:
    """Whether the process ended in time (a zombie counts as ended)."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
