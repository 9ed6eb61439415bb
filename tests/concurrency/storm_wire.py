"""One client's line to the server: it asks again, with the same key, until it is answered."""

import http.client
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

PATIENCE_S = 60.0
PAUSE_S = 0.1
BUSINESS = frozenset({403, 409})


@dataclass
class Tally:
    """What happened to one client."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    replayed: int = 0
    faults: list[str] = field(default_factory=list)
    entered: list[int] = field(default_factory=list)
    sold: list[int] = field(default_factory=list)

    @property
    def acts(self) -> int:
        return self.done.total() + self.refused.total() + len(self.faults)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back in the end."""

    status: int
    body: Any
    replayed: bool

    @property
    def good(self) -> bool:
        return self.status == 200

    @property
    def business(self) -> bool:
        return self.status in BUSINESS


class Wire:
    """Keep-alive HTTP to one server; survives its death and that of its database."""

    def __init__(self, port: int, tally: Tally) -> None:
        self.port, self.tally = port, tally
        self.line: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, path: str, *, token: str, body: object = None, key: str = ""
    ) -> Answer:
        """Send until somebody answers for good; a lost line or 503 is asked again."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        raw = json.dumps(body if body is not None else {}) if method == "POST" else None
        give_up_at = time.monotonic() + PATIENCE_S
        while True:
            try:
                status, replayed, said = self.once(method, path, raw, headers)
                if status != 503:
                    return Answer(status, parsed(said), replayed)
            except (OSError, http.client.HTTPException):
                self.hang_up()
            self.tally.lost += 1
            if time.monotonic() > give_up_at:
                return Answer(0, "nobody answered", replayed=False)
            time.sleep(PAUSE_S)

    def once(
        self, method: str, path: str, raw: str | None, headers: dict[str, str]
    ) -> tuple[int, bool, bytes]:
        """One request on the line that is open, or on a new one."""
        if self.line is None:
            self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.line.request(method, path, body=raw, headers=headers)
        response = self.line.getresponse()
        return (
            response.status,
            bool(response.headers.get("Idempotent-Replayed")),
            response.read(),
        )

    def hang_up(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None


def parsed(said: bytes) -> Any:
    """JSON, or the text as it is."""
    try:
        return json.loads(said)
    except ValueError:
        return said.decode(errors="replace")[:300]
