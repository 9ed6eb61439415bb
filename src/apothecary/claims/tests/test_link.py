"""The line to the payer, against sockets that behave badly."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from apothecary.claims.failures import NoAnswer, NotConnected
from apothecary.claims.link import LARGEST_FRAME, PayerLink, Routes, link_to, routes_to
from apothecary.wires import Unreachable

FRAME = b"\x02ANSWER\x03"


@contextmanager
def serving(talk: Callable[[socket.socket, bytes], None]) -> Iterator[PayerLink]:
    """A payer that takes one call, reads one frame and then does as it is told."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            line, _ = server.accept()
            with line:
                heard = b""
                while not heard.endswith(b"\x03"):
                    heard += line.recv(4096)
                try:
                    talk(line, heard)
                except OSError:
                    return

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield PayerLink("127.0.0.1", server.getsockname()[1], answer_seconds=1)
        thread.join(5)


def test_a_transmission_goes_out_in_a_frame_and_the_answer_comes_without_one():
    heard: list[bytes] = []

    def talk(line: socket.socket, said: bytes) -> None:
        heard.append(said)
        line.sendall(FRAME)

    with serving(talk) as link:
        assert link.ask(b"QUESTION") == b"ANSWER"
    assert heard == [b"\x02QUESTION\x03"]


@pytest.mark.parametrize(
    "pieces",
    [
        [FRAME],
        [b"noise", FRAME],
        [b"\x02ANS", b"WER\x03"],
        [b"\x02ANSWER", b"\x03"],
        [b"noise\x02AN", b"SWER\x03more"],
        [FRAME + FRAME],
        [FRAME + b"\x02HALF"],
    ],
)
def test_frames_are_found_however_the_line_cuts_or_glues_them(pieces):
    def talk(line: socket.socket, said: bytes) -> None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            line.sendall(piece)

    with serving(talk) as link:
        assert link.ask(b"Q") == b"ANSWER"


@pytest.mark.parametrize("answer", [b"", b"\x02HALF", b"no frame at all"])
def test_half_an_answer_and_a_hang_up_is_no_answer(answer):
    with serving(lambda line, said: line.sendall(answer)) as link:
        with pytest.raises(NoAnswer, match="hung up"):
            link.ask(b"Q")


def test_silence_ends_in_a_time_out_and_counts_as_no_answer():
    waiting = threading.Event()

    def talk(line: socket.socket, said: bytes) -> None:
        waiting.wait(3)

    with serving(talk) as link:
        with pytest.raises(NoAnswer, match="no answer within 1 s"):
            link.ask(b"Q")
        waiting.set()


def test_an_answer_without_end_is_cut_off():
    def talk(line: socket.socket, said: bytes) -> None:
        line.sendall(b"\x02" + b"x" * (LARGEST_FRAME + 10))
        line.recv(1)

    with serving(talk) as link:
        with pytest.raises(NoAnswer, match="without an end"):
            link.ask(b"Q")


def test_a_call_that_nobody_takes_never_reached_the_payer():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(NotConnected, match=f"no line to 127.0.0.1:{port}") as refusal:
        PayerLink("127.0.0.1", port).ask(b"Q")
    assert isinstance(refusal.value, Unreachable)


def test_the_installation_names_the_payer_by_host_and_port():
    assert link_to("127.0.0.1:9701") == PayerLink("127.0.0.1", 9701)
    assert link_to("[::1]:9701") == PayerLink("::1", 9701)


@pytest.mark.parametrize("address", ["", "payer", ":9701", "payer:", "payer:x", "payer:-1"])
def test_an_address_that_is_none_is_refused_by_name(address):
    with pytest.raises(ValueError, match="is not host:port"):
        link_to(address)


def test_a_payer_may_have_a_line_of_its_own_beside_the_switch():
    routes = routes_to("127.0.0.1:9701, 610011=10.0.0.7:5000")
    assert routes is not None
    assert routes.switch == PayerLink("127.0.0.1", 9701)
    assert routes.own == {"610011": PayerLink("10.0.0.7", 5000)}


def test_without_an_address_there_is_no_line():
    assert routes_to(" , ") is None
    with pytest.raises(NotConnected, match="no line to 610011: none is set up"):
        Routes(None).ask("610011", b"Q")


@pytest.mark.parametrize(
    ("addresses", "says"),
    [
        ("x", "is not host:port"),
        ("127.0.0.1:65536", "is not host:port"),
        ("61001=127.0.0.1:1", "does not begin with a BIN of six digits"),
        ("ABCDEF=127.0.0.1:1", "does not begin with a BIN of six digits"),
        ("610011=127.0.0.1:1,610011=127.0.0.1:2", "second line to the same payer"),
        ("127.0.0.1:1,127.0.0.1:2", "second line to the same payer"),
    ],
)
def test_an_address_that_leads_nowhere_is_named(addresses, says):
    with pytest.raises(ValueError, match=says):
        routes_to(addresses)


def test_a_payer_that_drips_bytes_is_not_waited_for_any_longer():
    stop = threading.Event()

    def talk(line: socket.socket, said: bytes) -> None:
        line.sendall(b"\x02")
        for _ in range(30):
            if stop.wait(0.1):
                return
            line.sendall(b"x")

    with serving(talk) as link:
        with pytest.raises(NoAnswer, match="no answer within 1 s"):
            link.ask(b"Q")
        stop.set()
