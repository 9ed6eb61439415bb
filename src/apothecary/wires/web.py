"""A post over HTTPS to one party outside, one connection a call, and how such lines are named.

An installation names its lines by commas, ``key=https://host/path``; tokens stand apart, in
the same shape. What went wrong is said by its kind: nobody took the call, nobody answered, or
what was said is at fault. The caller keeps the bytes.
"""

import http.client
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from apothecary.wires.errors import Rejected, Unreachable

CONNECT_SECONDS, ANSWER_SECONDS = 5, 30
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TAKEN = frozenset({200, 201, 202})
# Of a refusal so much is kept as a person reads.
MOST_SAID = 500
Made = TypeVar("Made")
Made_co = TypeVar("Made_co", covariant=True)


class NotConnected(Unreachable):
    """Nobody took the call: what was to be sent has arrived nowhere."""


class NoAnswer(Unreachable):
    """What was sent may have arrived, and no answer is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Custom:
    """How a kind of party is spoken to: who it is in words, the media type of what is posted,
    the most bytes of an answer, and by which statuses it says that sending again is no use.
    """

    party: str
    media: str
    largest: int
    at_fault: frozenset[int]


@dataclass(frozen=True, slots=True)
class Post:
    """An address that takes posts over HTTPS; plain HTTP on this machine only."""

    url: str
    token: str = field(default="", repr=False)
    ca_file: str = ""

    def post(self, raw: bytes, custom: Custom) -> bytes:
        """The body of the answer. Raises NotConnected, NoAnswer, Rejected."""
        status, body = self._ask(raw, custom)
        if status in TAKEN:
            return body
        says = body.decode("utf-8", "replace")[:MOST_SAID]
        if status in custom.at_fault:
            raise Rejected(f"{custom.party} refused what was sent: {status} {says}")
        raise NotConnected(f"{custom.party} did not take the call: {status} {says}")

    def _ask(self, raw: bytes, custom: Custom) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        line = self._line()
        try:
            line.connect()
        except OSError as error:
            says = error.strerror or error
            raise NotConnected(f"no line to {parts.netloc}: {says}") from error
        head = {"Content-Type": custom.media}
        head |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            line.sock.settimeout(ANSWER_SECONDS)
            line.request("POST", parts.path or "/", raw, head)
            answer = line.getresponse()
            body = answer.read(custom.largest + 1)
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"the line broke ({error!r})") from error
        finally:
            line.close()
        if len(body) > custom.largest or answer.length:
            raise NoAnswer(f"the answer is cut off or too long ({len(body)} bytes)")
        return answer.status, body

    def _line(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=self.ca_file or None)
            return http.client.HTTPSConnection(
                host, parts.port, timeout=CONNECT_SECONDS, context=context
            )
        return http.client.HTTPConnection(host, parts.port, timeout=CONNECT_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What a key of a list of lines must be, and the words in which one that is none is told:
    ``key`` and ``address`` as in "is no KEY", "is no address of ADDRESS"; ``sends`` is what
    would go over an open line.
    """

    valid: Callable[[str], bool]
    key: str
    address: str
    sends: str


class LineAt(Protocol[Made_co]):
    """Makes the line at an address. ValueError where it is none."""

    def __call__(self, address: str, *, token: str, ca_file: str) -> Made_co: ...


def lines_named(
    addresses: str,
    naming: Naming,
    line_at: LineAt[Made],
    *,
    tokens: str = "",
    ca_file: str = "",
) -> Mapping[str, Made]:
    """The lines by their keys. ValueError names the part that is none, or a second line."""
    keys, found = dict(pairs(tokens, naming)), {}
    for key, address in pairs(addresses, naming):
        if key in found:
            raise ValueError(f"{key!r} has a second line")
        found[key] = line_at(address, token=keys.get(key, ""), ca_file=ca_file)
    return MappingProxyType(found)


def pairs(text: str, naming: Naming) -> list[tuple[str, str]]:
    """``key=value`` by commas, in order. ValueError names the part that is none."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        key, _, value = part.partition("=")
        if not value or not naming.valid(key):
            raise ValueError(f"{key!r} is not {naming.key} followed by = and a value")
        found.append((key, value))
    return found


def web_address(address: str, naming: Naming) -> str:
    """An address at which a line may be. ValueError on anything but ``https://host/path``, on
    plain HTTP to another machine, and on a secret in it.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError(f"{address!r} is no address of {naming.address}")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        says = f"{address!r} would send {naming.sends} over an open line: use https"
        raise ValueError(says)
    if parts.username or parts.password:
        raise ValueError(f"{parts.hostname}: no secret stands in an address")
    return address
