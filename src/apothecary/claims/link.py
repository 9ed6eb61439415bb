"""The lines to payers, and which leads where; here the one over TCP, ``web_link`` over HTTPS.

Over TCP one framed transmission goes out and one framed answer comes back. A frame is STX
(0x02), the transmission, ETX (0x03). Bytes outside a frame are line noise.
"""

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from apothecary.claims.failures import NoAnswer, NotConnected
from apothecary.claims.web_link import web_link_to

STX, ETX = b"\x02", b"\x03"
LARGEST_FRAME = 64 * 1024
READ_BYTES = 65_536
PORTS, BIN_DIGITS = 65_536, 6
NANOSECONDS = 1_000_000_000


class Link(Protocol):
    """A line to a payer or a switch."""

    def ask(self, transmission: bytes, *, answer_seconds: int | None = None) -> bytes:
        """The answer to one transmission. Raises NotConnected, NoAnswer."""


@dataclass(frozen=True, slots=True)
class PayerLink:
    """Where the payer listens, and how long we wait. One connection an exchange.

    A fresh connection each time costs a fraction of a millisecond on a line of its own and
    makes one fault impossible: an answer that comes late, or twice, is never read as the
    answer to the next claim.
    """

    host: str
    port: int
    connect_seconds: int = 5
    answer_seconds: int = 25

    def ask(self, transmission: bytes, *, answer_seconds: int | None = None) -> bytes:
        """Send one transmission and return the answer without its frame.

        Raises NotConnected or NoAnswer, both Unreachable: time-out, hang-up, half an answer.
        The time is that of the whole answer: a payer that drips bytes gains nothing by it.
        """
        try:
            line = socket.create_connection((self.host, self.port), self.connect_seconds)
        except OSError as error:
            why = error.strerror or error
            raise NotConnected(f"no line to {self.host}:{self.port}: {why}") from error
        with line:
            patience = answer_seconds or self.answer_seconds
            line.settimeout(patience)
            give_up_at_ns = time.monotonic_ns() + patience * NANOSECONDS
            try:
                line.sendall(STX + transmission + ETX)
                return read_frame(line, give_up_at_ns)
            except TimeoutError as error:
                raise NoAnswer(f"no answer within {patience} s") from error
            except OSError as error:
                raise NoAnswer(f"the line broke ({error})") from error


@dataclass(frozen=True, slots=True)
class Routes:
    """Which link leads where: the switch for all, and BINs with a line of their own.

    ``patience`` says by BIN how many seconds a payer's sheet gives it for an answer.
    """

    switch: Link | None
    own: Mapping[str, Link] = field(default_factory=dict)
    patience: Mapping[str, int] = field(default_factory=dict)

    def ask(self, lane: str, transmission: bytes) -> bytes:
        """Ask the payer behind a BIN. Raises NotConnected, NoAnswer."""
        link = self.own.get(lane, self.switch)
        if link is None:
            raise NotConnected(f"no line to {lane or 'the payer'}: none is set up")
        return link.ask(transmission, answer_seconds=self.patience.get(lane))


def link_to(address: str) -> Link:
    """The link to ``host:port`` or ``https://…``, as the installation names it.

    ValueError on anything else.
    """
    if "://" in address:
        return web_link_to(address)
    host, mark, port = address.rpartition(":")
    if not (mark and host and port.isascii() and port.isdigit() and int(port) < PORTS):
        raise ValueError(f"{address!r} is not host:port")
    return PayerLink(host.strip("[]"), int(port))


def routes_to(addresses: str) -> Routes | None:
    """``host:port`` or ``https://…`` for the switch, ``BIN=`` before it for others, by commas.

    None of ``""``. ValueError names the part that is neither, or that stands twice.
    """
    named: dict[str, Link] = {}
    for part in filter(None, (part.strip() for part in addresses.split(","))):
        bin_number, mark, address = part.partition("=") if "=" in part else ("", "", part)
        if mark and not (len(bin_number) == BIN_DIGITS and bin_number.isdigit()):
            raise ValueError(f"{part!r} does not begin with a BIN of six digits")
        if bin_number in named:
            raise ValueError(f"{part!r} is the second line to the same payer")
        named[bin_number] = link_to(address)
    return Routes(named.pop("", None), named) if named else None


def read_frame(line: socket.socket, give_up_at_ns: int) -> bytes:
    """The first whole frame on the line, without its marks. Raises NoAnswer, OSError.

    ``give_up_at_ns`` is an instant of the monotonic clock, in nanoseconds.
    """
    held = b""
    while True:
        left_ns = give_up_at_ns - time.monotonic_ns()
        if left_ns <= 0:
            raise TimeoutError
        line.settimeout(left_ns / NANOSECONDS)
        piece = line.recv(READ_BYTES)
        if not piece:
            raise NoAnswer(f"the payer hung up after {len(held)} bytes of an answer")
        held += piece
        start = held.find(STX)
        held = held[start:] if start >= 0 else b""
        end = held.find(ETX)
        if end >= 0:
            return held[len(STX) : end]
        if len(held) > LARGEST_FRAME:
            raise NoAnswer(f"more than {LARGEST_FRAME} bytes without an end")
