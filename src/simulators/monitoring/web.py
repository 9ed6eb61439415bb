"""The programme's line: reports in by POST, a person's history out by GET, an office beside."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from urllib.parse import parse_qs, urlsplit

from simulators.monitoring.books import Books
from simulators.monitoring.office import office_page
from simulators.monitoring.requests import BadQuestion, answer_to

LARGEST = 64 * 1024 * 1024
FAULTS = ("down", "lost", "delay", "refuse")
DELAY_SECONDS = 2.0
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass
class Desk:
    """The books, and the faults that are ordered: each is had once, then it is over."""

    books: Books = field(default_factory=Books)
    faults: list[str] = field(default_factory=list)
    token: str = ""

    def next_fault(self) -> str:
        """The fault whose turn it is, or none."""
        return self.faults.pop(0) if self.faults else ""

    def tallies(self) -> dict[str, object]:
        """What the office shows."""
        books = self.books
        return {
            "files": len(books.answers),
            "again": books.again,
            "held": len(books.held),
            "zeros": books.zeros,
            "faults": self.faults,
        }


class Answering(BaseHTTPRequestHandler):
    """One call at a desk; `server` makes a kind of its own for each."""

    desk: Desk

    def do_POST(self) -> None:
        """A report, or a fault that is ordered."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST:
            self.reply(411)
            return
        body = self.rfile.read(int(length))
        if not self.knows():
            self.reply(401)
        elif urlsplit(self.path).path == "/office/faults":
            self.order(body)
        elif urlsplit(self.path).path == "/requests":
            self.tell(body)
        else:
            self.take(body)

    def do_GET(self) -> None:
        """The office's tallies, or a person's history."""
        parts = urlsplit(self.path)
        asked = {name: said[-1] for name, said in parse_qs(parts.query).items()}
        if not self.knows():
            self.reply(401)
        elif parts.path == "/":
            desk = self.desk
            page = office_page(desk.books, faults=desk.faults, choices=FAULTS)
            self.reply(200, page, "text/html; charset=utf-8")
        elif parts.path == "/office":
            self.reply(200, as_json(self.desk.tallies()), JSON)
        elif parts.path == "/history":
            found = self.desk.books.history(
                asked.get("last", ""), asked.get("first", ""), asked.get("born", "")
            )
            self.reply(200, as_json({"fills": found}), JSON)
        else:
            self.reply(404)

    def knows(self) -> bool:
        """Whether the caller shows the token, where one is asked."""
        said = self.headers.get("Authorization", "")
        return not self.desk.token or said == f"Bearer {self.desk.token}"

    def order(self, body: bytes) -> None:
        """Order faults for the next files: as JSON by a program, by a button of the desk."""
        typed = self.headers.get("Content-Type", "").startswith(FORM)
        if typed:
            body = json.dumps(parse_qs(body.decode("latin-1")).get("fault", [])).encode()
        try:
            self.desk.faults += list(told_faults(json.loads(body)))
        except (ValueError, TypeError) as bad:
            self.reply(422, str(bad).encode())
            return
        if typed:
            self.send_response(303)
            self.send_header("Location", "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.reply(200, as_json({"faults": self.desk.faults}), JSON)

    def tell(self, body: bytes) -> None:
        """A question about a person, with the fault whose turn it is."""
        fault = self.desk.next_fault()
        if fault == "down":
            self.reply(500)
            return
        if fault == "delay":
            time.sleep(DELAY_SECONDS)
        if fault == "lost":
            self.close_connection = True
            return
        try:
            if fault == "refuse":
                raise BadQuestion("not today")
            said = answer_to(body, self.desk.books, today=datetime.now(UTC).date())
        except BadQuestion as bad:
            self.reply(422, str(bad).encode())
            return
        self.reply(200, said, JSON)

    def take(self, body: bytes) -> None:
        """A report, with the fault whose turn it is."""
        fault = self.desk.next_fault()
        if fault == "down":
            self.reply(500)
            return
        if fault == "refuse":
            self.reply(422, b"not today")
            return
        if fault == "delay":
            time.sleep(DELAY_SECONDS)
        said = self.desk.books.take(body, stamp=f"{datetime.now(UTC):%Y%m%d%H%M%S}")
        if fault == "lost":
            self.close_connection = True
            return
        self.reply(200, said, "application/octet-stream")

    def reply(self, status: int, body: bytes = b"", media: str = "text/plain") -> None:
        """Answer."""
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of each call: a report is about people."""


def server(
    desk: Desk, host: str, port: int, *, tls: tuple[Path, Path] | None = None
) -> ThreadingHTTPServer:
    """A server of that desk; with a certificate and its key over TLS."""
    made = ThreadingHTTPServer((host, port), type("AtThisDesk", (Answering,), {"desk": desk}))
    if tls is not None:
        context = SSLContext(PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        made.socket = context.wrap_socket(made.socket, server_side=True)
    return made


def told_faults(body: object) -> Iterator[str]:
    """The faults of a list. Raises ValueError naming what is none."""
    if not isinstance(body, list):
        raise TypeError("body: must be a list of faults")
    for one in body:
        if one not in FAULTS:
            raise ValueError(f"{one!r} is none of {', '.join(FAULTS)}")
        yield one


def as_json(value: object) -> bytes:
    """JSON bytes."""
    return json.dumps(value).encode()
