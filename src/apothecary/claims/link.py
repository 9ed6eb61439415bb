"""The line to the payer's switch: one framed transmission out, one framed answer back, TCP.

A frame is STX (0x02), the transmission, ETX (0x03). Bytes outside a frame are line noise.
"""

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from apothecary.wires import Unreachable

STX, ETX = b"\x02", b"\x03"
LARGEST_FRAME = 64 * 1024
READ_BYTES = 65_536
PORTS, BIN_DIGITS = 65_536, 6
NANOSECONDS = 1_000_000_000


class NotConnected(Unreachable):
    """Nobody took the call: the payer cannot have seen the message."""


class NoAnswer(Unreachable):
    """The message went out and no whole answer came: the payer may have acted on it."""


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

    def ask(self, transmission: bytes) -> bytes:
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
            line.settimeout(self.answer_seconds)
            give_up_at_ns = time.monotonic_ns() + self.answer_seconds * NANOSECONDS
            try:
                line.sendall(STX + transmission + ETX)
                return read_frame(line, give_up_at_ns)
            except TimeoutError as error:
                raise NoAnswer(f"no answer within {self.answer_seconds} s") from error
            except OSError as error:
                raise NoAnswer(f"the line broke ({error})") from error


@dataclass(frozen=True, slots=True)
class Routes:
    """Which link leads where: the switch for all, and BINs with a line of their own."""

    switch: PayerLink | None
    own: Mapping[str, PayerLink] = field(default_factory=dict)

    def ask(self, lane: str, transmission: bytes) -> bytes:
        """Ask the payer behind a BIN. Raises NotConnected, NoAnswer."""
        link = self.own.get(lane, self.switch)
        if link is None:
            raise NotConnected(f"no line to {lane or 'the payer'}: none is set up")
        return link.ask(transmission)


def link_to(address: str) -> PayerLink:
    """The link to ``host:port``, as the installation names it. ValueError on anything else."""
    host, mark, port = address.rpartition(":")
    if not (mark and host and port.isascii() and port.isdigit() and int(port) < PORTS):
        raise ValueError(f"{address!r} is not host:port")
    return PayerLink(host.strip("[]"), int(port))


def routes_to(addresses: str) -> Routes | None:
    """``host:port`` for the switch and ``BIN=host:port`` for others, by commas; none of ``""``.

    ValueError names the part that is neither, or that stands twice.
    """
    named: dict[str, PayerLink] = {}
    for part in filter(None, (part.strip() for part in addresses.split(","))):
        bin_number, mark, address = part.rpartition("=")
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
