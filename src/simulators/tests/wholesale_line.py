"""The wholesalers as a process, reached over real sockets and folders."""

import asyncio
import json
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from simulators.tests.counter import Running
from simulators.tests.wholesale import TODAY, Counter, Want
from simulators.wholesaler.admin import Admin
from simulators.wholesaler.web import Web

Json = dict[str, Any]
X12 = "application/edi-x12"


class Line:
    """A papers' port and a back office, as the pharmacy reaches them."""

    def __init__(self, base: str, admin_base: str, trust: Path | None = None) -> None:
        self.base, self.admin_base = base, admin_base
        self.context = ssl.create_default_context(cafile=str(trust)) if trust else None
        # Writes orders; nothing of its own yard is ever reached here.
        self.hand = Counter()

    def ask(
        self, method: str, path: str, raw: bytes | None = None, *, media: str = X12,
        token: str = "", base: str = "",
    ) -> tuple[int, bytes]:  # fmt: skip
        """One request on the papers' port; status and body."""
        headers = {"Content-Type": media}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        url = f"{base or self.base}{path}"
        request = urllib.request.Request(url, raw, headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=5, context=self.context) as reply:  # noqa: S310
                return int(reply.status), reply.read()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read()

    def office(self, method: str, path: str, body: object = None) -> tuple[int, Json]:
        """Ask the back office; status and JSON."""
        raw = None if body is None else json.dumps(body).encode()
        status, said = self.ask(method, path, raw, base=self.admin_base)
        found: Json = json.loads(said)
        return status, found

    def order(self, *wants: Want, key: str = "caprock", po: str = "PO-1") -> tuple[int, Json]:
        """Post a good order."""
        raw = self.hand.written(key, self.hand.body(key, wants, po=po))
        status, said = self.ask("POST", f"/{key}/x12", raw)
        found: Json = json.loads(said)
        return status, found

    def mailbox(self, key: str = "caprock") -> list[Json]:
        """What waits there."""
        status, said = self.ask("GET", f"/{key}/mailbox")
        assert status == 200
        found: list[Json] = json.loads(said)["papers"]
        return found

    def fetch(self, key: str, kind: str) -> bytes:
        """The bytes of the only paper of that kind."""
        (paper,) = [one for one in self.mailbox(key) if one["kind"] == kind]
        status, raw = self.ask("GET", f"/{key}/mailbox/{paper['sequence']}")
        assert status == 200
        assert len(raw) == paper["bytes"]
        return raw


class RunningWholesalers(Running):
    """The wholesalers as a process of their own."""

    def __init__(self, *arguments: str, trust: Path | None = None) -> None:
        super().__init__(
            "simulators.wholesaler", "--port", "0", "--admin-port", "0", "--today",
            TODAY.isoformat(), "--stop-with-parent", *arguments,
        )  # fmt: skip
        words = self.line().split()
        assert words[:3] == ["wholesaler:", "ready", "on"], words
        self.at = Line(words[3], f"http://{words[5]}", trust)


class ThreadedWholesalers:
    """The same desks and sockets in a thread of the test: begun at once."""

    def __init__(
        self, *, credential: str = "", seconds: int = 86400,
        make: Callable[[], Counter] = Counter,
    ) -> None:  # fmt: skip
        self._credential, self._seconds, self._make = credential, seconds, make
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._ports = (0, 0)
        self._thread = threading.Thread(target=self._live)

    def __enter__(self) -> Line:
        self._thread.start()
        assert self._ready.wait(5)
        papers, office = self._ports
        return Line(f"http://127.0.0.1:{papers}", f"http://127.0.0.1:{office}")

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

    def _live(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        counter = self._make()
        web = Web(counter.yard, credential=self._credential)
        admin = Admin(counter.yard, web, answer_within=self._seconds)
        papers = await web.start("127.0.0.1", 0)
        self._ports = (papers, await admin.door.open("127.0.0.1", 0))
        self._ready.set()
        await self._stop.wait()
        await web.door.close()
        await admin.door.close()
        counter.shop.memory.close()


def wait_for(found: Callable[[], bool], *, within: float = 5.0) -> bool:
    """Whether it became so in time."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if found():
            return True
        time.sleep(0.05)
    return found()
