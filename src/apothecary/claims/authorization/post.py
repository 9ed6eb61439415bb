"""Sending electronic requests to the payers' addresses by HTTP, and taking what comes back.

``APOTHECARY_EPA`` names them: ``BIN=https://host/path``, several by commas. A payer that is not
named takes no electronic request.
"""

import http.client
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType
from urllib.parse import SplitResult, urlsplit

from apothecary.claims.answering import note_no_line
from apothecary.claims.authorization.answering import note_doubt, take_reply
from apothecary.claims.authorization.outgoing import EPA_PARTY
from apothecary.claims.failures import NoAnswer, NotConnected
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.wires.outbox import Holder, Share, Taken, free_abandoned, take_due

ANSWER_SECONDS, CONNECT_SECONDS = 20, 5
LARGEST_ANSWER = 1_000_000
LEASE = timedelta(seconds=90)
A_ROUND, A_LANE = 4, 2
OK = 200
BIN_DIGITS = 6
PLAIN, SECURE = "http", "https"


def addresses_in(text: str) -> Mapping[str, str]:
    """Where each payer takes electronic requests, by BIN. ValueError on anything else."""
    found = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        number, mark, url = part.partition("=")
        parts = urlsplit(url)
        is_bin = len(number) == BIN_DIGITS and number.isascii() and number.isdigit()
        if not (is_bin and mark and parts.scheme in (PLAIN, SECURE) and parts.hostname):
            raise ValueError(f"{part!r} is not BIN=http(s)://host/path")
        found[number] = url
    return MappingProxyType(found)


@cache
def epa_addresses() -> Mapping[str, str]:
    """The addresses of this installation, from ``APOTHECARY_EPA``."""
    return addresses_in(os.environ.get("APOTHECARY_EPA", ""))


def ask_by_http(url: str, raw: bytes) -> bytes:
    """Post one request and return the answer.

    Raises NotConnected when nobody took the call, NoAnswer when it may have arrived.
    """
    parts = urlsplit(url)
    line = connection_to(parts)
    try:
        line.connect()
    except OSError as error:
        raise NotConnected(f"no line to {parts.netloc}: {error.strerror or error}") from error
    try:
        if line.sock is not None:
            line.sock.settimeout(ANSWER_SECONDS)
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        line.request("POST", target, raw, {"Content-Type": "application/xml; charset=utf-8"})
        answer = line.getresponse()
        body = answer.read(LARGEST_ANSWER + 1)
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"the line broke ({error!r})") from error
    finally:
        line.close()
    if answer.status != OK:
        raise NoAnswer(f"answered {answer.status} {answer.reason}")
    if len(body) > LARGEST_ANSWER:
        raise NoAnswer(f"answered with more than {LARGEST_ANSWER} bytes")
    if answer.length:
        raise NoAnswer(f"the line broke, {answer.length} bytes of the answer are missing")
    return body


def connection_to(parts: SplitResult) -> http.client.HTTPConnection:
    """A fresh connection, over TLS where the address says so."""
    host = parts.hostname or ""
    if parts.scheme == SECURE:
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(
            host, parts.port, timeout=CONNECT_SECONDS, context=context
        )
    return http.client.HTTPConnection(host, parts.port, timeout=CONNECT_SECONDS)


@dataclass(slots=True)
class Post:
    """Takes what is due from the outbox and posts it, one after the other.

    For a thread of the worker of its own: a payer that does not answer holds up nothing else.
    """

    urls: Mapping[str, str]
    holder: Holder = field(default_factory=Holder)

    def send_due(self, pharmacy: Pharmacy, at: datetime) -> int:
        """Post what is due in this pharmacy and act on each answer; how many."""
        by = system_worker(pharmacy, now=at)
        self.holder.hold()
        free_abandoned(pharmacy_id=pharmacy.pk, party=EPA_PARTY, holder=self.holder, at=at)
        due = take_due(
            pharmacy_id=pharmacy.pk,
            party=EPA_PARTY,
            holder=self.holder,
            at=at,
            until=at + LEASE,
            share=Share(limit=A_ROUND, per_lane=A_LANE),
        )
        for taken in due:
            self.send(taken, by=by)
        return len(due)

    def send(self, taken: Taken, *, by: Worker) -> None:
        """Post one request, and write down what came of it."""
        try:
            answer = ask_by_http(self.url_of(taken.lane), taken.raw)
        except NotConnected as failure:
            note_no_line(
                by=by,
                outgoing_id=taken.outgoing_id,
                before=taken.before,
                says=str(failure),
                tries=taken.tries,
            )
        except NoAnswer as failure:
            note_doubt(by=by, outgoing_id=taken.outgoing_id, says=str(failure))
        else:
            take_reply(by=by, outgoing_id=taken.outgoing_id, raw=answer)

    def url_of(self, lane: str) -> str:
        """Where a payer takes electronic requests."""
        if lane not in self.urls:
            raise NotConnected(f"no line to {lane}: no address for electronic requests")
        return self.urls[lane]
