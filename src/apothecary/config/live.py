"""Live events: a small ASGI application that tells every open page when its counts change.

It asks the database once per pharmacy with an open page, twice a second, in one thread with one
connection, however many pages are open. Events are those of the workbench's `live.js`.
"""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from apothecary.config.frame import counts_of, party_rows
from apothecary.config.lifeline import die_with_parent
from apothecary.prescriptions.queries import queue_mark
from apothecary.staff.signon import sign_on, stand_in

log = logging.getLogger("apothecary.live")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

EVERY_S = 0.5
HEARTBEAT_S = 15.0
AFTER_A_FAULT_S = 2.0
MOST_STREAMS = 500


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the pages of one pharmacy show at this moment."""

    stages: dict[str, int]
    parties: dict[str, str]
    mark: tuple[int, int]

    def counts(self) -> bytes:
        return event("counts", {"stages": self.stages, "parties": self.parties})


def event(name: str, data: dict[str, object]) -> bytes:
    """One server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def look(pharmacy_id: int) -> Snapshot:
    """Ask the database how a pharmacy stands (4 queries); runs in the one thread."""
    stand_in(pharmacy_id)
    return Snapshot(
        stages=counts_of(pharmacy_id),
        parties=dict(party_rows(pharmacy_id)),
        mark=queue_mark(pharmacy_id),
    )


def who_is(token: str, now: datetime) -> int | None:
    """The pharmacy of an open, unlocked session, or none; runs in the one thread."""
    signed_on = sign_on(token, now=now, attended=False) if token else None
    if signed_on is None or signed_on.locked:
        return None
    return signed_on.worker.pharmacy_id


def hang_up() -> None:
    """Close the connection of the thread this runs in: the next question opens another."""
    connection.close()


@dataclass
class Hub:
    """The open pages by pharmacy, and the one who asks for all of them."""

    pages: dict[int, set[asyncio.Event]] = field(default_factory=dict)
    latest: dict[int, Snapshot] = field(default_factory=dict)
    asking: asyncio.Task[None] | None = None
    thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="live")
    )

    def count(self) -> int:
        return sum(len(pages) for pages in self.pages.values())

    def join(self, pharmacy_id: int) -> asyncio.Event:
        """A page opens; whoever asks starts with the first one."""
        bell = asyncio.Event()
        self.pages.setdefault(pharmacy_id, set()).add(bell)
        if pharmacy_id in self.latest:
            bell.set()
        if self.asking is None or self.asking.done():
            self.asking = asyncio.create_task(self.ask())
        return bell

    def leave(self, pharmacy_id: int, bell: asyncio.Event) -> None:
        """A page closes; with a pharmacy's last one nobody asks for it any more."""
        pages = self.pages[pharmacy_id]
        pages.discard(bell)
        if not pages:
            del self.pages[pharmacy_id]
            self.latest.pop(pharmacy_id, None)

    async def in_thread(self, work: Callable[..., Any], *args: object) -> Any:
        """Run what talks to the database where its connection lives."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, work, *args)

    async def ask(self) -> None:
        """Look at every pharmacy with an open page until there is none."""
        while self.pages:
            try:
                for pharmacy_id in list(self.pages):
                    self.tell(pharmacy_id, await self.in_thread(look, pharmacy_id))
            except (DatabaseError, InterfaceError):
                log.exception("the database did not answer")
                await self.in_thread(hang_up)
                await asyncio.sleep(AFTER_A_FAULT_S)
            await asyncio.sleep(EVERY_S)

    def tell(self, pharmacy_id: int, now: Snapshot) -> None:
        """Ring every page of the pharmacy when something is new."""
        if pharmacy_id in self.pages and self.latest.get(pharmacy_id) != now:
            self.latest[pharmacy_id] = now
            for bell in self.pages[pharmacy_id]:
                bell.set()


hub = Hub()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer GET /events for a signed-on page; everything else is turned away."""
    if scope["type"] != "http":
        return
    headers = {str(n, "latin-1"): str(value, "latin-1") for n, value in scope["headers"]}
    status, pharmacy_id = await admit(scope, headers)
    if status != 200:
        await send(start(status, headers))
        await send({"type": "http.response.body", "body": b""})
        return
    await send(start(status, headers))
    await stream(pharmacy_id, token_of(headers), receive, send)


async def admit(scope: Scope, headers: dict[str, str]) -> tuple[int, int]:
    """The status of the answer, and the pharmacy when it is 200."""
    if scope["path"] != "/events":
        return 404, 0
    if scope["method"] != "GET":
        return 405, 0
    if not from_our_page(headers):
        return 403, 0
    if hub.count() >= MOST_STREAMS:
        return 503, 0
    try:
        pharmacy_id = await hub.in_thread(who_is, token_of(headers), datetime.now(UTC))
    except (DatabaseError, InterfaceError):
        await hub.in_thread(hang_up)
        return 503, 0
    return (200, pharmacy_id) if pharmacy_id else (401, 0)


def token_of(headers: dict[str, str]) -> str:
    """The session's token in the cookie, or nothing."""
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    morsel = cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else ""


def from_our_page(headers: dict[str, str]) -> bool:
    """Whether the page that asks is the house's own: same host, the pages' port.

    Without an origin it is no page of another address: browsers always name that.
    """
    origin = headers.get("origin", "")
    if not origin:
        return True
    try:
        asks, here = urlsplit(origin), urlsplit(f"//{headers.get('host', '')}")
        ports = {os.environ.get("PORT", ""), str(here.port or "")}
        return asks.hostname == here.hostname and str(asks.port or "") in ports
    except ValueError:
        return False


def start(status: int, headers: dict[str, str]) -> Message:
    """The head of the answer; the page's own origin may read it with its cookie."""
    told = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
    if status == 200:
        told += [(b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")]
    origin = headers.get("origin", "")
    if origin and status != 403:
        told += [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
            (b"vary", b"Origin"),
        ]
    return {"type": "http.response.start", "status": status, "headers": told}


async def stream(pharmacy_id: int, token: str, receive: Receive, send: Send) -> None:
    """Tell what is new until the page closes or its session ends."""
    bell = hub.join(pharmacy_id)
    gone = asyncio.ensure_future(disconnected(receive))
    try:
        await follow(pharmacy_id, token, bell, gone, send)
    finally:
        gone.cancel()
        hub.leave(pharmacy_id, bell)


async def follow(
    pharmacy_id: int,
    token: str,
    bell: asyncio.Event,
    gone: "asyncio.Future[None]",
    send: Send,
) -> None:
    """Wait for the bell, and between whiles see whether the session still stands."""
    told: Snapshot | None = None
    checked_at = asyncio.get_running_loop().time()
    while True:
        ring = asyncio.ensure_future(bell.wait())
        both: set[asyncio.Future[Any]] = {ring, gone}
        await asyncio.wait(both, timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED)
        ring.cancel()
        if gone.done():
            return
        bell.clear()
        if asyncio.get_running_loop().time() - checked_at >= HEARTBEAT_S:
            checked_at = asyncio.get_running_loop().time()
            if not await still_on(token):
                # The list asks once more, is turned away and goes to the locked page.
                await say(send, event("changed", {"topics": ["queue"]}), more=False)
                return
        now = hub.latest.get(pharmacy_id)
        await say(send, news(told, now))
        told = now


async def still_on(token: str) -> bool:
    """Whether the session is still open; while the database is away, it is."""
    try:
        return bool(await hub.in_thread(who_is, token, datetime.now(UTC)))
    except (DatabaseError, InterfaceError):
        return True


def news(told: Snapshot | None, now: Snapshot | None) -> bytes:
    """What a page has not been told yet; a comment keeps the line open."""
    if now is None or now == told:
        return b": still here\n\n"
    said = b""
    if told is None or (told.stages, told.parties) != (now.stages, now.parties):
        said = now.counts()
    # An arrival changes the numbers and no fill; a step within a stage, a fill and no number.
    if told is not None and (told.stages, told.mark) != (now.stages, now.mark):
        said += event("changed", {"topics": ["queue"]})
    return said


async def say(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def disconnected(receive: Receive) -> None:
    """Return when the page has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


# Granian forks the process that imports this; killed with -9, it would leave it behind.
die_with_parent()
