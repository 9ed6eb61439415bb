"""The lines to wholesalers: a post and a mailbox over HTTPS, or a pair of folders.

``APOTHECARY_WHOLESALERS`` names them by the wholesaler's code, by commas:
``code=https://host/path`` or ``code=file:/folder``. Tokens stand apart, in
``APOTHECARY_WHOLESALERS_TOKENS`` (``code=token``); ``APOTHECARY_WHOLESALERS_CA`` pins the
authority whose certificate they must show.

Over HTTPS an interchange is posted to ``x12``; ``mailbox`` lists what waits, ``mailbox/N`` is
one paper, deleted there when it is kept here. A folder has ``in`` for what goes to the
wholesaler and ``out`` for what comes; a file is whole when its name does not begin with a dot.
"""

import http.client
import json
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from apothecary.wires.errors import Rejected, Unreachable

X12, JSON = "application/edi-x12", "application/json"
LARGEST = 64 * 1024 * 1024
CONNECT_SECONDS, ANSWER_SECONDS = 5, 30
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TAKEN = frozenset({200, 201, 202, 204})
# The call itself was refused: not what was said in it.
NOT_NOW = frozenset({401, 403, 404, 405, 408, 411, 429, 500, 502, 503, 504})
MOST_WAITING = 500
X12_MEDIA = frozenset({X12, "application/octet-stream", "text/plain", ""})


class NotConnected(Unreachable):
    """Nobody took the call: what was to be sent has arrived nowhere."""


class NoAnswer(Unreachable):
    """The call was taken and no answer came: it may have arrived."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something in the mailbox: by what it is asked for, its name and its kind."""

    id: str
    name: str
    media: str = X12

    @property
    def is_x12(self) -> bool:
        return self.media.partition(";")[0].strip().lower() in X12_MEDIA


class Line(Protocol):
    """A line to one wholesaler."""

    def send(self, raw: bytes, *, name: str) -> bytes:
        """Hand one interchange over. Raises NotConnected, NoAnswer, Rejected."""

    def hand_over(self, desk: str, raw: bytes, *, name: str) -> bytes:
        """Hand JSON over at one of their desks. Raises NotConnected, NoAnswer, Rejected."""

    def waiting(self) -> list[Waiting]:
        """What lies in the mailbox, oldest first. Raises Unreachable."""

    def fetch(self, one: Waiting) -> bytes:
        """One paper as it is. Raises Unreachable."""

    def done(self, one: Waiting) -> None:
        """It is kept here: take it out of the mailbox. Raises Unreachable."""


@dataclass(frozen=True, slots=True)
class WebLine:
    """A wholesaler over HTTPS; plain HTTP on this machine only. One connection a call."""

    url: str
    token: str = field(default="", repr=False)
    ca_file: str = ""

    def send(self, raw: bytes, *, name: str) -> bytes:
        """Post one interchange; its name stands in its control number."""
        return self._hand_over("x12", raw, X12)

    def hand_over(self, desk: str, raw: bytes, *, name: str) -> bytes:
        """Post JSON to a desk; its reference stands in it."""
        return self._hand_over(desk, raw, JSON)

    def _hand_over(self, desk: str, raw: bytes, media: str) -> bytes:
        status, body = self._ask("POST", desk, raw, media)
        if status in TAKEN:
            return body
        says = body.decode("utf-8", "replace")[:500]
        if status in NOT_NOW:
            raise NotConnected(f"the wholesaler did not take the call: {status} {says}")
        raise Rejected(f"the wholesaler refused the message: {status} {says}")

    def waiting(self) -> list[Waiting]:
        """The mailbox's list."""
        body = self._get("mailbox")
        try:
            rows = json.loads(body)["papers"]
            found = [
                Waiting(str(row["sequence"]), str(row["name"]), str(row.get("media", X12)))
                for row in rows[:MOST_WAITING]
            ]
        except (ValueError, KeyError, TypeError, AttributeError) as bad:
            raise NoAnswer(f"the mailbox's list cannot be read: {bad!r}") from bad
        return [one for one in found if one.id.isascii() and one.id.isalnum()]

    def fetch(self, one: Waiting) -> bytes:
        """One paper of the mailbox."""
        return self._get(f"mailbox/{one.id}")

    def done(self, one: Waiting) -> None:
        """Delete it there; already gone is as good."""
        status, body = self._ask("DELETE", f"mailbox/{one.id}", b"")
        if status not in TAKEN and status != http.client.NOT_FOUND:
            raise NoAnswer(f"the mailbox answered {status} {body[:200]!r}")

    def _get(self, path: str) -> bytes:
        status, body = self._ask("GET", path, b"")
        if status != http.client.OK:
            raise NotConnected(f"the mailbox answered {status}")
        return body

    def _ask(self, method: str, path: str, raw: bytes, media: str = X12) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        line = connection_to(parts, self.ca_file)
        try:
            line.connect()
        except OSError as error:
            says = error.strerror or error
            raise NotConnected(f"no line to {parts.netloc}: {says}") from error
        try:
            if line.sock is not None:
                line.sock.settimeout(ANSWER_SECONDS)
            line.request(
                method, f"{parts.path.rstrip('/')}/{path}", raw, self._head(method, media)
            )
            answer = line.getresponse()
            body = answer.read(LARGEST + 1)
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"the line broke ({error!r})") from error
        finally:
            line.close()
        if len(body) > LARGEST or answer.length:
            raise NoAnswer(f"the answer is cut off or too long ({len(body)} bytes)")
        return answer.status, body

    def _head(self, method: str, media: str) -> dict[str, str]:
        head = {"Content-Type": media} if method == "POST" else {}
        return head | ({"Authorization": f"Bearer {self.token}"} if self.token else {})


def connection_to(parts: SplitResult, ca_file: str) -> http.client.HTTPConnection:
    """A fresh connection, over TLS where the address says so."""
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=ca_file or None)
        return http.client.HTTPSConnection(
            host, parts.port, timeout=CONNECT_SECONDS, context=context
        )
    return http.client.HTTPConnection(host, parts.port, timeout=CONNECT_SECONDS)


@dataclass(frozen=True, slots=True)
class FolderLine:
    """A wholesaler that takes and lays out files: ``in``, ``out``, and ``kept`` for ours."""

    folder: Path

    def send(self, raw: bytes, *, name: str) -> bytes:
        """Lay a file down whole. The same name again is the same file: it lies there once."""
        inside = self.folder / "in"
        part = inside / f".{name}"
        try:
            inside.mkdir(parents=True, exist_ok=True)
            part.write_bytes(raw)
            part.replace(inside / name)
        except OSError as error:
            raise NotConnected(f"no line to {self.folder}: {error.strerror}") from error
        return b""

    def hand_over(self, desk: str, raw: bytes, *, name: str) -> bytes:
        """The same for a desk, which a folder has not: its name begins the file's."""
        return self.send(raw, name=f"{desk}-{name}")

    def waiting(self) -> list[Waiting]:
        """The finished files, by name."""
        out = self.folder / "out"
        if not out.is_dir():
            raise NotConnected(f"no line to {self.folder}: there is no folder out")
        names = sorted(one.name for one in out.iterdir() if one.is_file())
        found = [name for name in names if not name.startswith(".")][:MOST_WAITING]
        return [Waiting(name, name, media_of(name)) for name in found]

    def fetch(self, one: Waiting) -> bytes:
        """One file."""
        try:
            return (self.folder / "out" / one.name).read_bytes()
        except OSError as error:
            raise NotConnected(f"{one.name}: {error.strerror}") from error

    def done(self, one: Waiting) -> None:
        """Out of the way, never over another file of that name."""
        kept = self.folder / "kept"
        path = self.folder / "out" / one.name
        try:
            kept.mkdir(exist_ok=True)
            number = sum(1 for _ in kept.iterdir())
            path.rename(kept / f"{number:06}-{one.name}")
        except OSError as error:
            raise NotConnected(f"{one.name}: {error.strerror}") from error


def media_of(name: str) -> str:
    """What a file is by the end of its name; papers of X12 have no certain one."""
    end = name.rpartition(".")[2].lower()
    return {"xml": "application/xml", "json": "application/json"}.get(end, X12)


def lines_to(addresses: str, *, tokens: str = "", ca_file: str = "") -> Mapping[str, Line]:
    """The lines by the wholesaler's code. ValueError names the part that is none."""
    keys = dict(_pairs(tokens))
    found: dict[str, Line] = {}
    for code, address in _pairs(addresses):
        if code in found:
            raise ValueError(f"{code!r} has a second line")
        found[code] = line_to(address, token=keys.get(code, ""), ca_file=ca_file)
    return MappingProxyType(found)


def _pairs(text: str) -> list[tuple[str, str]]:
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        code, mark, value = part.partition("=")
        if not (mark and code and value):
            raise ValueError(f"{code!r} is not followed by = and a value")
        found.append((code, value))
    return found


def line_to(address: str, *, token: str = "", ca_file: str = "") -> Line:
    """The line to ``https://host/path`` or ``file:/folder``. ValueError on anything else."""
    parts = urlsplit(address)
    if parts.scheme == "file" and parts.path.startswith("/"):
        return FolderLine(Path(parts.path))
    local = parts.hostname in LOOPBACK
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError(f"{address!r} is no address of a wholesaler")
    if parts.scheme == "http" and not local:
        raise ValueError(f"{address!r} would send orders over an open line: use https")
    if parts.username or parts.password:
        raise ValueError(f"{parts.hostname}: no secret stands in an address")
    return WebLine(address, token, ca_file)


def lines_of_installation() -> Mapping[str, Line]:
    """The lines that the environment names."""
    return lines_to(
        os.environ.get("APOTHECARY_WHOLESALERS", ""),
        tokens=os.environ.get("APOTHECARY_WHOLESALERS_TOKENS", ""),
        ca_file=os.environ.get("APOTHECARY_WHOLESALERS_CA", ""),
    )
