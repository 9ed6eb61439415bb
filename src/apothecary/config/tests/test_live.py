"""Live events over a real socket: who may listen, what is told, and when it ends."""

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apothecary.config import live
from apothecary.config.tests.world import build_world
from apothecary.intake.models import Arrival
from apothecary.journal.deeds import Deed
from apothecary.staff.actions import lock_station, open_session
from apothecary.staff.duties import Role
from apothecary.staff.models import Session
from apothecary.staff.signon import sign_on, stand_in

PATIENCE_S = 10


async def answer_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The least a server must do between a socket and an ASGI application."""
    line, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = line.split(" ")
    pairs = [each.split(": ", 1) for each in rest if each]
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in pairs]

    async def receive() -> dict[str, Any]:
        await reader.read()  # returns when the other side closes
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            writer.write(f"HTTP/1.1 {message['status']} X\r\n".encode())
            for name, value in message["headers"]:
                writer.write(name + b": " + value + b"\r\n")
            writer.write(b"connection: close\r\n\r\n")
        else:
            writer.write(message["body"])
        await writer.drain()

    scope = {"type": "http", "path": path, "method": method, "headers": headers}
    with suppress(ConnectionError):  # the page has gone while it was being told
        await live.application(scope, receive, send)
    writer.close()


@pytest.fixture
def port(transactional_db, monkeypatch) -> Iterator[int]:
    """The application behind a socket, in an event loop of its own."""
    monkeypatch.setattr(live, "hub", live.Hub())
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.4)
    monkeypatch.setenv("PORT", "8600")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    serving = asyncio.run_coroutine_threadsafe(
        asyncio.start_server(answer_one, "127.0.0.1", 0), loop
    ).result(PATIENCE_S)
    yield serving.sockets[0].getsockname()[1]
    asyncio.run_coroutine_threadsafe(shut(serving), loop).result(PATIENCE_S)
    live.hub.thread.submit(live.hang_up).result(PATIENCE_S)
    live.hub.thread.shutdown()
    loop.call_soon_threadsafe(loop.stop)
    thread.join(PATIENCE_S)
    loop.close()


async def shut(serving: asyncio.Server) -> None:
    serving.close()
    for _ in range(100):
        if not live.hub.count() and (live.hub.asking is None or live.hub.asking.done()):
            return
        await asyncio.sleep(0.05)


@pytest.fixture
def world(transactional_db):
    world = build_world()
    stand_in(world.pharmacy.pk)
    yield world
    stand_in(None)


def token_of(world, role: Role = Role.TECHNICIAN) -> str:
    person = world.people[role]
    at = timezone.now()
    return open_session(person, station="counter", at=at, did=Deed.SIGNED_IN).token


@contextmanager
def listening(port: int, token: str, **headers: str) -> Iterator[http.client.HTTPResponse]:
    """A page that listens; `headers` are further ones of the request, by name."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as line:
        given = {"Cookie": f"apothecary_session={token}"} | headers
        line.request("GET", "/events", headers=given)
        with closing(line.getresponse()) as answer:
            yield answer


def next_event(answer: http.client.HTTPResponse) -> tuple[str, dict[str, Any]]:
    """The next event with its data; heartbeats are passed over."""
    name = ""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        line = answer.readline().decode()
        if not line:
            raise EOFError("the stream ended")
        if line.startswith("event: "):
            name = line.split(": ", 1)[1].strip()
        if line.startswith("data: "):
            return name, json.loads(line.split(": ", 1)[1])
    raise TimeoutError("no event came")


def test_a_page_is_told_the_counts_and_then_every_change(port, world):
    with listening(port, token_of(world)) as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        name, data = next_event(answer)
        assert name == "counts"
        assert data["stages"]["screening"] == 0
        assert data["parties"] == {"Payer": "up"}
        world.enter()
        name, data = next_event(answer)
        assert (name, data["stages"]["screening"]) == ("counts", 1)
        assert next_event(answer) == ("changed", {"topics": ["queue"]})


def test_an_arrival_refreshes_the_list_though_no_fill_has_moved(port, world):
    with listening(port, token_of(world)) as answer:
        next_event(answer)
        at = timezone.now()
        Arrival.objects.create(
            pharmacy=world.pharmacy, source="paper", arrived_at=at, promised_at=at
        )
        assert next_event(answer)[1]["stages"]["entry"] == 1
        assert next_event(answer) == ("changed", {"topics": ["queue"]})


def test_a_second_page_is_told_at_once_and_both_hear_of_a_change(port, world):
    with listening(port, token_of(world)) as first:
        next_event(first)
        with listening(port, token_of(world, Role.PHARMACIST)) as second:
            assert next_event(second)[0] == "counts"
            world.enter()
            assert next_event(first)[1]["stages"]["screening"] == 1
            assert next_event(second)[1]["stages"]["screening"] == 1


def test_nobody_hears_of_another_pharmacy(port, world):
    stranger = world.stranger
    stand_in(world.other.pk)
    person = world.people[Role.PHARMACIST].__class__.objects.get(pk=stranger.person_id)
    token = open_session(person, station="x", at=timezone.now(), did=Deed.SIGNED_IN).token
    stand_in(world.pharmacy.pk)
    world.enter()
    with listening(port, token) as answer:
        assert set(next_event(answer)[1]["stages"].values()) == {0}


@pytest.mark.parametrize("token", ["", "never-given-out", "a=b; x"])
def test_whoever_is_not_signed_on_hears_nothing(port, world, token):
    with listening(port, token) as answer:
        assert answer.status == 401
        assert answer.read() == b""


def test_a_locked_station_hears_nothing(port, world):
    token = token_of(world)
    signed_on = sign_on(token, now=timezone.now())
    assert signed_on is not None
    lock_station(by=signed_on.worker)
    with listening(port, token) as answer:
        assert answer.status == 401


def test_when_the_station_locks_the_list_is_asked_once_more_and_the_stream_ends(port, world):
    token = token_of(world)
    with listening(port, token) as answer:
        next_event(answer)
        signed_on = sign_on(token, now=timezone.now())
        assert signed_on is not None
        lock_station(by=signed_on.worker)
        assert next_event(answer) == ("changed", {"topics": ["queue"]})
        with pytest.raises(EOFError):
            next_event(answer)


def test_listening_does_not_keep_a_station_open(port, world):
    token = token_of(world)
    before = timezone.now() - timedelta(minutes=5)
    Session.objects.update(seen_at=before)
    with listening(port, token) as answer:
        next_event(answer)
        time.sleep(1)
    assert Session.objects.get().seen_at == before


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:8600", 200),
        ("http://127.0.0.1:9999", 403),
        ("http://evil.example:8600", 403),
        ("null", 403),
        ("http://[broken", 403),
    ],
)
def test_only_a_page_of_this_house_may_read_the_stream(port, world, origin, status):
    with listening(port, token_of(world), Origin=origin) as answer:
        assert answer.status == status
        allowed = answer.headers.get("access-control-allow-origin")
        assert allowed == (origin if status == 200 else None)
        if status == 200:
            assert answer.headers["access-control-allow-credentials"] == "true"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("POST", "/events", 405), ("GET", "/", 404)]
)
def test_every_other_address_and_method_is_turned_away(port, method, path, status):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as line:
        line.request(method, path)
        assert line.getresponse().status == status


def test_too_many_pages_are_turned_away(port, world, monkeypatch):
    monkeypatch.setattr(live, "MOST_STREAMS", 0)
    with listening(port, token_of(world)) as answer:
        assert answer.status == 503


def test_nobody_is_asked_for_once_the_last_page_has_closed(port, world):
    with listening(port, token_of(world)) as answer:
        next_event(answer)
        assert live.hub.count() == 1
    until = time.monotonic() + PATIENCE_S
    while live.hub.pages and time.monotonic() < until:
        time.sleep(0.05)
    assert live.hub.pages == {}
    assert live.hub.latest == {}
