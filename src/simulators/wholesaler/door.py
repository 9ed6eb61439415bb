"""A small HTTP server: one request a connection, whole bodies, nothing kept open."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from simulators.wholesaler.x12 import MOST_BYTES

END_OF_HEAD = b"\r\n\r\n"
JSON = "application/json"
PHRASES = {
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 401: "Unauthorized",
    404: "Not Found", 405: "Method Not Allowed", 411: "Length Required",
    413: "Content Too Large", 415: "Unsupported Media Type", 422: "Unprocessable Content",
    503: "Service Unavailable",
}  # fmt: skip


@dataclass(frozen=True)
class Request:
    """What a caller asks; header names in small letters, the path as its parts."""

    method: str
    path: tuple[str, ...]
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int
    body: bytes = b""
    media: str = "text/plain"


Answer = Callable[[Request], Awaitable[Reply | None]]


def as_json(status: int, value: object) -> Reply:
    """A reply of JSON."""
    return Reply(status, json.dumps(value).encode(), JSON)


class Door:
    """Listens; None as an answer closes the connection without a word."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._server: asyncio.Server | None = None
        self.port = 0

    @property
    def is_open(self) -> bool:
        """Whether callers get through."""
        return self._server is not None

    async def open(self, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> int:
        """Listen; gives the port."""
        self._server = await asyncio.start_server(self._serve, host, port, ssl=tls)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self.port

    async def close(self) -> None:
        """Refuse callers."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            reply = await self._reply(reader)
            if reply is not None:
                writer.write(_written(reply))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            print(f"wholesaler: connection ended: {error}", flush=True)
        finally:
            writer.close()

    async def _reply(self, reader: asyncio.StreamReader) -> Reply | None:
        head = (await reader.readuntil(END_OF_HEAD)).decode("latin-1").split("\r\n")
        method, target, *_ = [*head[0].split(" "), "", ""]
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:])
        }
        length = headers.get("content-length", "")
        if not length and method == "POST":
            return Reply(411)
        if length and not (length.isascii() and length.isdigit()):
            return Reply(411)
        if length and int(length) > MOST_BYTES:
            return Reply(413)
        body = await reader.readexactly(int(length)) if length else b""
        parts = urlsplit(target)
        path = tuple(unquote(part) for part in parts.path.split("/") if part)
        query = {name: found[-1] for name, found in parse_qs(parts.query).items()}
        return await self._answer(Request(method, path, query, headers, body))


def _written(reply: Reply) -> bytes:
    asks = "WWW-Authenticate: Bearer\r\n" if reply.status == 401 else ""
    head = (
        f"HTTP/1.1 {reply.status} {PHRASES[reply.status]}\r\nContent-Type: {reply.media}\r\n"
        f"{asks}Content-Length: {len(reply.body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("latin-1") + reply.body
