"""The lines to responders of partners, over HTTPS.

``APOTHECARY_VERIFIERS`` names them by the wholesaler's code, by commas: ``code=https://host/path``.
Tokens and the pinned authority are those of the same wholesaler's orders
(``APOTHECARY_WHOLESALERS_TOKENS``, ``APOTHECARY_WHOLESALERS_CA``).
"""

import http.client
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urlsplit

from apothecary.purchasing.papers.lines import (
    ANSWER_SECONDS,
    NoAnswer,
    NotConnected,
    WebLine,
    connection_to,
    lines_to,
)

LARGEST = 64 * 1024
# The call itself was refused, or nobody could answer it now: it is asked again.
NOT_NOW = frozenset({401, 403, 405, 408, 429, *range(500, 600)})


@dataclass(frozen=True, slots=True)
class Responder:
    """Who answers for a wholesaler whether packages were really made."""

    url: str
    token: str = field(default="", repr=False)
    ca_file: str = ""

    def ask(self, question: bytes) -> tuple[int, bytes]:
        """Status and body of the answer, as they came. Raises NotConnected, NoAnswer."""
        parts = urlsplit(self.url)
        line = connection_to(parts, self.ca_file)
        try:
            line.connect()
        except OSError as error:
            says = error.strerror or error
            raise NotConnected(f"no line to {parts.netloc}: {says}") from error
        head = {"Accept": "application/json"}
        if self.token:
            head["Authorization"] = f"Bearer {self.token}"
        try:
            if line.sock is not None:
                line.sock.settimeout(ANSWER_SECONDS)
            path = f"{parts.path.rstrip('/')}/{question.decode('ascii')}"
            line.request("GET", path, headers=head)
            answer = line.getresponse()
            body = answer.read(LARGEST + 1)
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"the line broke ({error!r})") from error
        finally:
            line.close()
        if len(body) > LARGEST or answer.length:
            raise NoAnswer(f"the answer is cut off or too long ({len(body)} bytes)")
        if answer.status in NOT_NOW:
            raise NotConnected(f"the responder did not take the call: {answer.status}")
        return answer.status, body


def responders_to(
    addresses: str, *, tokens: str = "", ca_file: str = ""
) -> Mapping[str, Responder]:
    """The responders by the wholesaler's code. ValueError names the part that is none."""
    found = {}
    for code, line in lines_to(addresses, tokens=tokens, ca_file=ca_file).items():
        if not isinstance(line, WebLine):
            raise ValueError(f"{code!r}: a responder is asked over https, not by a folder")
        found[code] = Responder(line.url, line.token, line.ca_file)
    return MappingProxyType(found)


def responders_of_installation() -> Mapping[str, Responder]:
    """The responders that the environment names."""
    return responders_to(
        os.environ.get("APOTHECARY_VERIFIERS", ""),
        tokens=os.environ.get("APOTHECARY_WHOLESALERS_TOKENS", ""),
        ca_file=os.environ.get("APOTHECARY_WHOLESALERS_CA", ""),
    )
