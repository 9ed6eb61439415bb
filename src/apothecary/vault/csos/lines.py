"""The lines to suppliers' ordering desks, over HTTPS.

``APOTHECARY_CSOS_DESKS`` names them by the supplier's registration, by commas:
``RC9001013=https://host/path``. Tokens stand apart, in ``APOTHECARY_CSOS_TOKENS``
(``RC9001013=token``); ``APOTHECARY_CSOS_CA`` pins the authority whose certificate the line
shows, which has nothing to do with whom orders are signed for.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from apothecary.wires.web import Custom, Naming, Post, lines_named, web_address

REGISTRATION = re.compile(r"[A-Z][A-Z9][0-9]{7}")
NAMING = Naming(
    valid=lambda dea: REGISTRATION.fullmatch(dea) is not None,
    key="a registration",
    address="an ordering desk",
    sends="orders",
)
# A conflict (409) is a number they know with other bytes: sending it again changes nothing.
CUSTOM = Custom(
    party="the supplier",
    media="application/xml",
    largest=4 * 1024 * 1024,
    at_fault=frozenset({400, 409, 413, 415, 422}),
)


class Desk(Protocol):
    """The ordering desk of one supplier."""

    def hand_over(self, raw: bytes) -> bytes:
        """The answer to an order. Raises NotConnected, NoAnswer, Rejected.

        The same bytes may be handed over again: they count once.
        """


@dataclass(frozen=True, slots=True)
class WebDesk(Post):
    """A desk over HTTPS."""

    def hand_over(self, raw: bytes) -> bytes:
        """Post an order; the answer is the reply's body."""
        return self.post(raw, CUSTOM)


def desks_at(addresses: str, *, tokens: str = "", ca_file: str = "") -> Mapping[str, Desk]:
    """The desks by the supplier's registration. ValueError names the part that is none."""
    return lines_named(addresses, NAMING, desk_at, tokens=tokens, ca_file=ca_file)


def desk_at(address: str, *, token: str = "", ca_file: str = "") -> Desk:
    """The desk at ``https://host/path``. ValueError on anything else."""
    return WebDesk(web_address(address, NAMING), token, ca_file)


def desks_of_installation() -> Mapping[str, Desk]:
    """The desks that the environment names."""
    return desks_at(
        os.environ.get("APOTHECARY_CSOS_DESKS", ""),
        tokens=os.environ.get("APOTHECARY_CSOS_TOKENS", ""),
        ca_file=os.environ.get("APOTHECARY_CSOS_CA", ""),
    )
