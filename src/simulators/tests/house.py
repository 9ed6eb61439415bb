"""A small pharmacy that answers SCRIPT over HTTP, well or badly, for these tests."""

import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lxml import etree

Answer = tuple[int, bytes]


def message(kind: str, code: str, *, to: str, sender: str, relates_to: str) -> bytes:
    """A Status, Error or CancelRxResponse."""
    body = f"<Code>{code}</Code>" if code else "<Response><Approved/></Response>"
    return (
        f'<Message><Header><To Qualifier="D">{to}</To><From Qualifier="P">{sender}</From>'
        f"<MessageID>R1</MessageID><RelatesToMessageID>{relates_to}</RelatesToMessageID>"
        f"</Header><Body><{kind}>{body}</{kind}></Body></Message>"
    ).encode()


def reply_to(raw: bytes, kind: str, code: str) -> Answer:
    """An answer with a header as the standard wants it."""
    root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False))
    return 200, message(
        kind,
        code,
        to=root.findtext("Header/From") or "",
        sender=root.findtext("Header/To") or "",
        relates_to=root.findtext("Header/MessageID") or "",
    )


def trusting(raw: bytes) -> Answer:
    """Accepts whatever can be read at all, and what cannot be read too."""
    try:
        return reply_to(raw, "Status", "010")
    except etree.XMLSyntaxError:
        return 200, message("Status", "000", to="", sender="", relates_to="")


class House:
    """The pharmacy on a free port; `answer` decides, `got` keeps what arrived."""

    def __init__(self, answer: Callable[[bytes], Answer]) -> None:
        self.answer = answer
        self.got: list[bytes] = []
        self.credentials: list[str] = []
        house = self

        class Counter(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                house.got.append(raw)
                house.credentials.append(self.headers["Authorization"])
                status, body = house.answer(raw)
                with suppress(BrokenPipeError):  # a client that gave up waiting
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
        self.url = f"http://127.0.0.1:{self._server.server_port}/script"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> "House":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()
