"""The line to a responder: a real socket, and everything that can go wrong on it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from apothecary.purchasing.papers.lines import NoAnswer, NotConnected
from apothecary.purchasing.tracing.tests.cases import YES, identifier
from apothecary.purchasing.tracing.verifying.lines import (
    LARGEST,
    NOT_NOW,
    Responder,
    responders_of_installation,
    responders_to,
)
from apothecary.purchasing.tracing.verifying.rules import question

ASKED = question(identifier())


class Answering(BaseHTTPRequestHandler):
    """Answers as the server it belongs to was told."""

    server: "Told"

    def do_GET(self) -> None:
        self.server.heard.append((self.path, self.headers.get("Authorization", "")))
        self.send_response(self.server.status)
        promised = self.server.promised
        self.send_header("Content-Length", str(promised or len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *said: object) -> None:
        """Nothing on the terminal."""


class Told(HTTPServer):
    """A responder on a port of its own; ``promised`` is a length it does not keep."""

    def __init__(self, status: int, body: bytes, promised: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.status, self.body, self.promised = status, body, promised
        self.heard: list[tuple[str, str]] = []


@contextmanager
def responding(status: int = 200, body: bytes = YES, promised: int = 0) -> Iterator[Told]:
    server = Told(status, body, promised)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def line_to(server: Told, **more: str) -> Responder:
    return Responder(f"http://127.0.0.1:{server.server_address[1]}/verify/", **more)


def test_the_question_goes_out_as_it_is_and_the_answer_comes_as_it_is():
    with responding() as server:
        assert line_to(server).ask(ASKED) == (200, YES)
    assert server.heard == [(f"/verify/{ASKED.decode()}", "")]


def test_the_token_goes_in_the_head_and_not_into_what_is_shown():
    with responding() as server:
        line = line_to(server, token="secret-token")
        line.ask(ASKED)
    assert server.heard[0][1] == "Bearer secret-token"
    assert "secret-token" not in repr(line)


@pytest.mark.parametrize("status", [200, 204, 302, 400, 404, 410, 422])
def test_what_is_an_answer_is_handed_on_whatever_it_says(status):
    with responding(status, b"" if status == 204 else b"said") as server:
        found, _ = line_to(server).ask(ASKED)
    assert found == status


@pytest.mark.parametrize("status", sorted({401, 403, 429, 500, 503, 504}))
def test_a_call_that_was_not_taken_is_no_answer(status):
    assert status in NOT_NOW
    with responding(status, b"come back") as server:
        with pytest.raises(NotConnected, match=str(status)):
            line_to(server).ask(ASKED)


def test_an_answer_that_is_cut_off_is_none():
    with responding(200, YES, promised=len(YES) + 50) as server:
        with pytest.raises(NoAnswer):
            line_to(server).ask(ASKED)


@pytest.mark.parametrize(("size", "fine"), [(LARGEST, True), (LARGEST + 1, False)])
def test_an_answer_has_a_largest_size(size, fine):
    with responding(200, b"x" * size) as server:
        if fine:
            assert len(line_to(server).ask(ASKED)[1]) == size
            return
        with pytest.raises(NoAnswer, match="too long"):
            line_to(server).ask(ASKED)


def test_where_nobody_listens_the_question_has_arrived_nowhere():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    with pytest.raises(NotConnected, match="no line"):
        Responder(f"http://127.0.0.1:{port}").ask(ASKED)


def test_a_responder_that_hangs_up_has_not_answered():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1)
        port = listening.getsockname()[1]

        def hang_up() -> None:
            caller, _ = listening.accept()
            caller.recv(100)
            caller.close()

        thread = Thread(target=hang_up, daemon=True)
        thread.start()
        with pytest.raises(NoAnswer, match="broke"):
            Responder(f"http://127.0.0.1:{port}").ask(ASKED)
        thread.join(5)


def test_responders_are_named_by_their_wholesaler():
    found = responders_to(
        "plains=https://vrs.example/a, hill=http://127.0.0.1:9/b", tokens="plains=t1"
    )
    assert sorted(found) == ["hill", "plains"]
    assert (found["plains"].url, found["plains"].token) == ("https://vrs.example/a", "t1")
    assert found["hill"].token == ""
    assert responders_to("") == {}


@pytest.mark.parametrize(
    ("addresses", "named"),
    [
        ("plains", "plains"),
        ("plains=ftp://x/y", "ftp"),
        ("plains=http://vrs.example/a", "https"),
        ("plains=https://user:pass@vrs.example/", "secret"),
        ("plains=file:/tmp/x", "plains"),
        ("plains=https://a/b,plains=https://c/d", "second"),
    ],
)
def test_an_address_that_is_none_is_refused_by_what_is_wrong(addresses, named):
    with pytest.raises(ValueError, match=named):
        responders_to(addresses)


def test_the_environment_names_them(monkeypatch):
    monkeypatch.setenv("APOTHECARY_VERIFIERS", "plains=https://vrs.example/a")
    monkeypatch.setenv("APOTHECARY_WHOLESALERS_TOKENS", "plains=t1,hill=t2")
    assert responders_of_installation()["plains"].token == "t1"
    monkeypatch.delenv("APOTHECARY_VERIFIERS")
    assert responders_of_installation() == {}
