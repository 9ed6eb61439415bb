"""The load: keep-alive clients over bare sockets, in a process of their own, cheap on the CPU.

Program: JSON in (port, tokens, scenario, clients, seconds), JSON out (what was done in the
window, and how long each request took). Orders run ahead of what is dispensed, as in a store:
the house's worker screens them meanwhile, and its time is part of the measurement.
"""

import json
import socket
import statistics
import sys
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

AHEAD = 16
WAIT_S = 0.004
# Strokes as the pad sends them.
DRAWN = "600x180 M40,90 L80,40 L120,130 L160,50 L200,120 L240,70 L280,110 L320,60"


class Line:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, path: str, token: str, body: object) -> tuple[int, bytes]:
        """Send and read one whole answer."""
        raw = json.dumps(body).encode()
        head = (
            f"POST /api{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
        )
        self.socket.sendall(head.encode() + raw)
        return self.answer()

    def answer(self) -> tuple[int, bytes]:
        got = b""
        while b"\r\n\r\n" not in got:
            got += self.more()
        head, _, body = got.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(ln[15:]) for ln in lines if ln.startswith(b"content-length:")), -1)
        if length >= 0:
            while len(body) < length:
                body += self.more()
        else:
            while not body.endswith(b"0\r\n\r\n"):
                body += self.more()
            body = unchunked(body)
        return int(head[9:12]), body

    def more(self) -> bytes:
        got = self.socket.recv(65_536)
        if not got:
            raise ConnectionError("the server hung up")
        return got


def unchunked(body: bytes) -> bytes:
    """The content of a chunked answer."""
    whole = b""
    while True:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            return whole
        whole, body = whole + rest[:length], rest[length + 2 :]


@dataclass
class Client:
    """One of the clients: what it has ordered and what it has measured."""

    plan: dict[str, Any]
    patients: list[int]
    line: Line
    ordered: deque[int] = field(default_factory=deque)
    took_ms: dict[str, list[float]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    done: int = 0

    def send(self, name: str, path: str, who: str, body: object) -> tuple[int, bytes]:
        begun = time.perf_counter()
        status, said = self.line.post(path, self.plan["tokens"][who], body)
        spent = (time.perf_counter() - begun) * 1000
        if status == 200:
            self.took_ms.setdefault(name, []).append(spent)
        elif status >= 500 or status in {401, 403, 422}:
            raise RuntimeError(f"{name}: {status} {said[:300]!r}")
        else:
            self.refused[name] += 1
        return status, said

    def order(self) -> None:
        """Enter a prescription of the hot drug for somebody who has nothing else."""
        sent = {
            "patient_id": self.patients.pop(),
            "prescriber_id": self.plan["prescriber"],
            "ndc": self.plan["drug"]["ndc"],
            "quantity": "30",
            "days_supply": 30,
            "refills": 2,
            "directions": "Take 1 tablet by mouth once daily.",
            "written_on": f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}",
            "pay": "cash",
        }
        status, said = self.send("create", "/prescriptions", "tech", sent)
        if status != 200:
            raise RuntimeError(f"create: {said[:300]!r}")
        self.ordered.append(json.loads(said)["id"])

    def dispense(self) -> None:
        """Fill and check the oldest order, once it is screened."""
        fill = self.ordered.popleft()
        sent = {"codes": [self.plan["drug"]["code"]], "counts": ["30"]}
        self.until_done("dispense", f"/fills/{fill}/dispense", "rph", sent)
        self.done += 1

    def until_done(self, name: str, path: str, who: str, sent: object) -> bytes:
        """Ask until it is this fill's turn: 409 while the worker still screens it."""
        give_up_at = time.monotonic() + 30
        while True:
            status, said = self.send(name, path, who, sent)
            if status == 200:
                return said
            if time.monotonic() > give_up_at:
                raise RuntimeError(f"{name}: {said[:300]!r}")
            time.sleep(WAIT_S)

    def lifecycle(self) -> None:
        """The whole way at the counters: technician, pharmacist, register."""
        fill = self.ordered.popleft()
        at = f"/fills/{fill}"
        self.until_done("start", f"{at}/start", "tech", {})
        self.until_done("scan", f"{at}/scan", "tech", {"code": self.plan["drug"]["code"]})
        self.until_done("count", f"{at}/count", "tech", {"quantity": "30"})
        self.until_done("label", f"{at}/label", "tech", {})
        self.until_done("send to check", f"{at}/send-to-check", "tech", {})
        self.until_done("approve", f"{at}/approve", "rph", {})
        self.until_done("bin", f"{at}/bin", "tech", {"bin": "B7"})
        sale = {
            "fill_ids": [fill],
            "receiver": "Pat Bench",
            "identifiers": ["name", "birth_date"],
            "counsel": "refused",
            "signature": DRAWN,
            "known": True,
        }
        self.until_done("sell", "/sales", "tech", sale)
        self.done += 1

    def run(self, start: threading.Barrier, seconds: float) -> None:
        act = {"dispense": self.dispense, "lifecycle": self.lifecycle}[self.plan["scenario"]]
        for _ in range(AHEAD):
            self.order()
        act()
        self.took_ms.clear()
        self.done = 0
        self.refused.clear()
        start.wait()
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            self.order()
            act()
        measured = self.done
        while self.ordered:
            act()
        self.done = measured


def quantiles(took_ms: list[float]) -> dict[str, float]:
    """Median and 99th percentile in milliseconds."""
    if len(took_ms) < 2:
        return {}
    cuts = statistics.quantiles(took_ms, n=100)
    return {"p50_ms": round(cuts[49], 1), "p99_ms": round(cuts[98], 1)}


def main() -> None:
    """Run all clients for the length of the window; print what they did."""
    plan = json.load(sys.stdin)
    many, seconds = plan["clients"], plan["seconds"]
    clients = [
        Client(plan, plan["patients"][number::many], Line(plan["port"]))
        for number in range(many)
    ]
    start, faults = threading.Barrier(many), []

    def run(client: Client) -> None:
        try:
            client.run(start, seconds)
        except Exception as fault:  # noqa: BLE001 told to whoever measures, below
            start.abort()
            faults.append(repr(fault))

    threads = [threading.Thread(target=run, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise SystemExit(f"the load failed: {faults[0]}")
    names = {name for client in clients for name in client.took_ms}
    took = {
        name: quantiles([ms for client in clients for ms in client.took_ms.get(name, [])])
        for name in sorted(names)
    }
    refused = sum((client.refused for client in clients), Counter())
    left = [client.patients for client in clients]
    print(
        json.dumps(
            {
                "per_s": round(sum(client.done for client in clients) / seconds, 1),
                "took": took,
                "asked_too_early": refused.total(),
                "patients": [patient for some in left for patient in some],
            }
        )
    )


if __name__ == "__main__":
    main()
