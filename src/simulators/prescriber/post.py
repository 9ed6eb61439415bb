"""POST to the pharmacy over plain asyncio, so that a signal can break it off at any moment."""

import asyncio
import base64
import io
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlsplit


class Unreachable(Exception):
    """Nobody answered: refused, timed out, hung up, or says it is busy."""


class BadAddress(ValueError):
    """The address to send to is none."""


@dataclass(frozen=True)
class Reply:
    """What came back over HTTP."""

    status: int
    body: bytes


class _Received:
    """As much of a socket as HTTPResponse wants: something to read from."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def makefile(self, mode: str) -> io.BytesIO:
        """The whole answer as a file."""
        return io.BytesIO(self._raw)


class Mailbox:
    """The pharmacy's address and the credential for it."""

    def __init__(self, url: str, *, token: str, user: str = "", timeout: float = 10.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise BadAddress(f"{url!r} is not an http or https address")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port or (443 if self._secure else 80)
        self._path = parts.path or "/"
        self._timeout = timeout
        if user:
            pair = base64.b64encode(f"{user}:{token}".encode()).decode()
            self._credential = f"Basic {pair}"
        else:
            self._credential = f"Bearer {token}"

    async def post(self, raw: bytes) -> Reply:
        """Send the message and wait for the answer, or raise Unreachable."""
        try:
            received = await asyncio.wait_for(self._exchange(raw), self._timeout)
            response = HTTPResponse(_Received(received))  # type: ignore[arg-type]  # reads only
            response.begin()
            body = response.read()
        except (OSError, TimeoutError, HTTPException) as error:
            raise Unreachable(str(error) or type(error).__name__) from error
        if response.status in {429, 502, 503, 504}:
            raise Unreachable(f"HTTP {response.status}")
        return Reply(response.status, body)

    async def _exchange(self, raw: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(
            self._host, self._port, ssl=True if self._secure else None
        )
        try:
            head = (
                f"POST {self._path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
                f"Authorization: {self._credential}\r\nContent-Type: application/xml\r\n"
                f"Content-Length: {len(raw)}\r\nConnection: close\r\n\r\n"
            )
            writer.write(head.encode() + raw)
            await writer.drain()
            return await reader.read(-1)
        finally:
            writer.close()
