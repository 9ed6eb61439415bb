"""The lines to suppliers' ordering desks, over HTTPS.

``APOTHECARY_CSOS_DESKS`` names them by the supplier's registration, by commas:
``RC9001013=https://host/path``. Tokens stand apart, in ``APOTHECARY_CSOS_TOKENS``
(``RC9001013=token``); ``APOTHECARY_CSOS_CA`` pins the authority whose certificate the line
shows, which has nothing to do with whom orders are signed for.
"""

import http.client
import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol
from urllib.parse import urlsplit

from apothecary.wires.errors import Rejected, Unreachable

MEDIA = "application/xml"
LARGEST = 4 * 1024 * 1024
CONNECT_SECONDS, ANSWER_SECONDS = 5, 30
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TAKEN = frozenset({200, 201, 202})
# What was sent is at fault, and sending it again changes nothing; all else is tried again.
AT_FAULT = frozenset({400, 409, 413, 415, 422})
REGISTRATION = re.compile(r"[A-Z][A-Z9][0-9]{7}")


class NotConnected(Unreachable):
    """Nobody took the call: the order has arrived nowhere."""


class NoAnswer(Unreachable):
    """The order may have arrived, and no answer is there."""


class Desk(Protocol):
    """The ordering desk of one supplier."""

    def hand_over(self, raw: bytes) -> bytes:
        """The answer to an order. Raises NotConnected, NoAnswer, Rejected.

        The same bytes may be handed over again: they count once.
        """


@dataclass(frozen=True, slots=True)
class WebDesk:
    """A desk over HTTPS; plain HTTP on this machine only. One connection a call."""

    url: str
    token: str = field(default="", repr=False)
    ca_file: str = ""

    def hand_over(self, raw: bytes) -> bytes:
        """Post an order; the answer is the reply's body."""
        status, body = self._ask(raw)
        if status in TAKEN:
            return body
        says = body.decode("utf-8", "replace")[:500]
        if status in AT_FAULT:
            raise Rejected(f"the supplier cannot take these bytes: {status} {says}")
        raise NotConnected(f"the supplier did not take the call: {status} {says}")

    def _ask(self, raw: bytes) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        line = self._line()
        try:
            line.connect()
        except OSError as error:
            says = error.strerror or error
            raise NotConnected(f"no line to {parts.netloc}: {says}") from error
        try:
            line.sock.settimeout(ANSWER_SECONDS)
            line.request("POST", parts.path or "/", raw, self._head())
            answer = line.getresponse()
            body = answer.read(LARGEST + 1)
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"the line broke ({error!r})") from error
        finally:
            line.close()
        if len(body) > LARGEST or answer.length:
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

    def _head(self) -> dict[str, str]:
        head = {"Content-Type": MEDIA}
        return head | ({"Authorization": f"Bearer {self.token}"} if self.token else {})


def desks_at(addresses: str, *, tokens: str = "", ca_file: str = "") -> Mapping[str, Desk]:
    """The desks by the supplier's registration. ValueError names the part that is none."""
    keys, found = dict(pairs(tokens)), {}
    for dea, address in pairs(addresses):
        if dea in found:
            raise ValueError(f"{dea!r} has a second desk")
        found[dea] = desk_at(address, token=keys.get(dea, ""), ca_file=ca_file)
    return MappingProxyType(found)


def pairs(text: str) -> list[tuple[str, str]]:
    """``registration=value`` by commas. ValueError where a part is none."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        dea, _, value = part.partition("=")
        if not value or REGISTRATION.fullmatch(dea) is None:
            raise ValueError(f"{dea!r} is not a registration followed by = and a value")
        found.append((dea, value))
    return found


def desk_at(address: str, *, token: str = "", ca_file: str = "") -> Desk:
    """The desk at ``https://host/path``. ValueError on anything else."""
    parts = urlsplit(address)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError(f"{address!r} is no address of an ordering desk")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError(f"{address!r} would send orders over an open line: use https")
    if parts.username or parts.password:
        raise ValueError(f"{parts.hostname}: no secret stands in an address")
    return WebDesk(address, token, ca_file)


def desks_of_installation() -> Mapping[str, Desk]:
    """The desks that the environment names."""
    return desks_at(
        os.environ.get("APOTHECARY_CSOS_DESKS", ""),
        tokens=os.environ.get("APOTHECARY_CSOS_TOKENS", ""),
        ca_file=os.environ.get("APOTHECARY_CSOS_CA", ""),
    )
