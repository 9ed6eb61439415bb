"""The line to a payer over HTTPS: a transmission is posted, the answer is the reply's body."""

import http.client
import os
import ssl
import time
from dataclasses import dataclass, field
from threading import Timer
from urllib.parse import urlsplit

from apothecary.claims.failures import NoAnswer, NotConnected

OK = 200
# The other side says that it did not take the message: no claim came to be.
NOT_TAKEN = frozenset({400, 401, 403, 404, 405, 411, 413, 415, 429, 503})
LARGEST_ANSWER = 64 * 1024
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class WebLink:
    """Where a payer takes claims over HTTPS, and how long we wait. One connection a call.

    ``token`` is sent as a bearer token. ``ca_file`` pins the authority whose certificate the
    payer must show; without one it is the system's. Plain HTTP only on this machine.
    """

    url: str
    token: str = field(default="", repr=False)
    ca_file: str = ""
    connect_seconds: int = 5
    answer_seconds: int = 25

    def ask(self, transmission: bytes, *, answer_seconds: int | None = None) -> bytes:
        """Post one transmission and return the body of the answer.

        Raises NotConnected when nobody took it (no line, a wrong certificate, a refusal of the
        call), NoAnswer when it may have been acted on. The time is that of the whole answer.
        """
        patience = answer_seconds or self.answer_seconds
        line = self._connected()
        started, cut = time.monotonic(), Timer(patience, hang_up, [line])
        cut.start()
        try:
            line.request("POST", urlsplit(self.url).path or "/", transmission, self._head())
            reply = line.getresponse()
            return body_of(reply)
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() - started >= patience:
                raise NoAnswer(f"no answer within {patience} s") from error
            raise NoAnswer(f"the line broke ({error or type(error).__name__})") from error
        finally:
            cut.cancel()
            line.close()

    def _connected(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=self.ca_file or None)
            line: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=self.connect_seconds, context=context
            )
        else:
            line = http.client.HTTPConnection(host, port, timeout=self.connect_seconds)
        try:
            line.connect()
        except OSError as error:
            why = error.strerror or error
            raise NotConnected(f"no line to {parts.netloc}: {why}") from error
        line.sock.settimeout(None)
        return line

    def _head(self) -> dict[str, str]:
        head = {"Content-Type": "application/octet-stream"}
        return head | ({"Authorization": f"Bearer {self.token}"} if self.token else {})


def hang_up(line: http.client.HTTPConnection) -> None:
    """The time is over: whoever reads on this line wakes up with an error."""
    try:
        line.sock.shutdown(2)
    except OSError:
        return


def body_of(reply: http.client.HTTPResponse) -> bytes:
    """The answer in a reply. Raises NotConnected, NoAnswer by its status and length."""
    if reply.status in NOT_TAKEN:
        raise NotConnected(f"the payer did not take the call: {reply.status} {reply.reason}")
    if reply.status != OK:
        raise NoAnswer(f"the payer answered {reply.status} {reply.reason}")
    body = reply.read(LARGEST_ANSWER + 1)
    if len(body) > LARGEST_ANSWER:
        raise NoAnswer(f"more than {LARGEST_ANSWER} bytes without an end")
    stated = reply.getheader("Content-Length", "")
    if stated.isdigit() and int(stated) != len(body):
        raise NoAnswer(f"the payer hung up after {len(body)} of {stated} bytes")
    return body


def web_link_to(url: str) -> WebLink:
    """The link to ``https://host[:port]/path``. ValueError on anything else.

    The bearer token and the pinned authority come from APOTHECARY_PAYER_TOKEN and
    APOTHECARY_PAYER_CA: no secret stands in an address.
    """
    parts = urlsplit(url)
    local = parts.hostname in LOOPBACK
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError(f"{url!r} is no address of a payer")
    if parts.scheme == "http" and not local:
        raise ValueError(f"{url!r} would send claims over an open line: use https")
    if parts.username or parts.password:
        raise ValueError(f"{parts.hostname}: no secret stands in an address")
    return WebLink(
        url,
        token=os.environ.get("APOTHECARY_PAYER_TOKEN", ""),
        ca_file=os.environ.get("APOTHECARY_PAYER_CA", ""),
    )
