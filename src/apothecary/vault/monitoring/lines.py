"""The lines to monitoring programmes: a post over HTTPS, or a folder that is carried on.

``APOTHECARY_MONITORING`` names them by the programme's state, by commas:
``TX=https://host/path`` or ``TX=file:/folder``. Tokens stand apart, in
``APOTHECARY_MONITORING_TOKENS`` (``TX=token``); ``APOTHECARY_MONITORING_CA`` pins the authority
whose certificate they must show. In a folder ``NAME.dat`` is ours and ``NAME.ack`` the answer.
"""

import http.client
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol
from urllib.parse import urlsplit

from apothecary.wires.errors import Rejected, Unreachable

MEDIA = "application/octet-stream"
LARGEST = 16 * 1024 * 1024
CONNECT_SECONDS, ANSWER_SECONDS = 5, 30
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TAKEN = frozenset({200, 201, 202})
# What was said is at fault, and saying it again changes nothing; all else is tried again.
REFUSED = frozenset({400, 413, 415, 422})


class NotConnected(Unreachable):
    """Nobody took the call: the file has arrived nowhere."""


class NoAnswer(Unreachable):
    """The file may have arrived, and no answer is there yet."""


class Line(Protocol):
    """A line to one programme."""

    def tell(self, raw: bytes, *, name: str) -> bytes:
        """The answer to a file. Raises NotConnected, NoAnswer, Rejected.

        The same file under the same name may be told again: it counts once.
        """


@dataclass(frozen=True, slots=True)
class WebLine:
    """A programme over HTTPS; plain HTTP on this machine only. One connection a call."""

    url: str
    token: str = field(default="", repr=False)
    ca_file: str = ""

    def tell(self, raw: bytes, *, name: str) -> bytes:
        """Post a file; the answer is the reply's body."""
        status, body = self._ask(raw)
        if status in TAKEN:
            return body
        says = body.decode("utf-8", "replace")[:500]
        if status in REFUSED:
            raise Rejected(f"the programme refused the file: {status} {says}")
        raise NotConnected(f"the programme did not take the call: {status} {says}")

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


@dataclass(frozen=True, slots=True)
class FolderLine:
    """A programme that takes files somebody or something else carries on, and answers so."""

    folder: Path

    def tell(self, raw: bytes, *, name: str) -> bytes:
        """Lay the file down whole, once; the answer when it lies there."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            there, part = self.folder / f"{name}.dat", self.folder / f".{name}.dat"
            answer = self.folder / f"{name}.ack"
            if answer.is_file():
                return answer.read_bytes()
            if not there.exists():
                part.write_bytes(raw)
                part.replace(there)
        except OSError as error:
            raise NotConnected(f"no line to {self.folder}: {error.strerror}") from error
        raise NoAnswer(f"{name}.dat lies there, {name}.ack does not yet")


def lines_to(addresses: str, *, tokens: str = "", ca_file: str = "") -> Mapping[str, Line]:
    """The lines by the programme's state. ValueError names the part that is none."""
    keys, found = dict(pairs(tokens)), {}
    for state, address in pairs(addresses):
        if state in found:
            raise ValueError(f"{state!r} has a second line")
        found[state] = line_to(address, token=keys.get(state, ""), ca_file=ca_file)
    return MappingProxyType(found)


def pairs(text: str) -> list[tuple[str, str]]:
    """``state=value`` by commas. ValueError where a part is none."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        state, mark, value = part.partition("=")
        if not (mark and value and len(state) == 2 and state.isascii() and state.isupper()):
            raise ValueError(f"{state!r} is not a state followed by = and a value")
        found.append((state, value))
    return found


def line_to(address: str, *, token: str = "", ca_file: str = "") -> Line:
    """The line to ``https://host/path`` or ``file:/folder``. ValueError on anything else."""
    parts = urlsplit(address)
    if parts.scheme == "file" and parts.path.startswith("/"):
        return FolderLine(Path(parts.path))
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError(f"{address!r} is no address of a monitoring programme")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError(f"{address!r} would send reports over an open line: use https")
    if parts.username or parts.password:
        raise ValueError(f"{parts.hostname}: no secret stands in an address")
    return WebLine(address, token, ca_file)


def lines_of_installation() -> Mapping[str, Line]:
    """The lines that the environment names."""
    return lines_to(
        os.environ.get("APOTHECARY_MONITORING", ""),
        tokens=os.environ.get("APOTHECARY_MONITORING_TOKENS", ""),
        ca_file=os.environ.get("APOTHECARY_MONITORING_CA", ""),
    )
