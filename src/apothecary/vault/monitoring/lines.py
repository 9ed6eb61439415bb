"""The lines to monitoring programmes: a post over HTTPS, or a folder that is carried on.

``APOTHECARY_MONITORING`` names them by the programme's state, by commas:
``TX=https://host/path`` or ``TX=file:/folder``. Tokens stand apart, in
``APOTHECARY_MONITORING_TOKENS`` (``TX=token``); ``APOTHECARY_MONITORING_CA`` pins the authority
whose certificate they must show. In a folder ``NAME.dat`` is ours and ``NAME.ack`` the answer.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from apothecary.wires.web import (
    Custom,
    Naming,
    NoAnswer,
    NotConnected,
    Post,
    lines_named,
    web_address,
)

__all__ = ["NoAnswer", "NotConnected"]
STATE_LETTERS = 2
NAMING = Naming(
    valid=lambda state: len(state) == STATE_LETTERS and state.isascii() and state.isupper(),
    key="a state",
    address="a monitoring programme",
    sends="reports",
)
CUSTOM = Custom(
    party="the programme",
    media="application/octet-stream",
    largest=16 * 1024 * 1024,
    at_fault=frozenset({400, 413, 415, 422}),
)


class Line(Protocol):
    """A line to one programme."""

    def tell(self, raw: bytes, *, name: str) -> bytes:
        """The answer to a file. Raises NotConnected, NoAnswer, Rejected.

        The same file under the same name may be told again: it counts once.
        """


@dataclass(frozen=True, slots=True)
class WebLine(Post):
    """A programme over HTTPS."""

    def tell(self, raw: bytes, *, name: str) -> bytes:
        """Post a file; the answer is the reply's body."""
        return self.post(raw, CUSTOM)


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
    return lines_named(addresses, NAMING, line_to, tokens=tokens, ca_file=ca_file)


def line_to(address: str, *, token: str = "", ca_file: str = "") -> Line:
    """The line to ``https://host/path`` or ``file:/folder``. ValueError on anything else."""
    parts = urlsplit(address)
    if parts.scheme == "file" and parts.path.startswith("/"):
        return FolderLine(Path(parts.path))
    return WebLine(web_address(address, NAMING), token, ca_file)


def lines_of_installation() -> Mapping[str, Line]:
    """The lines that the environment names."""
    return lines_to(
        os.environ.get("APOTHECARY_MONITORING", ""),
        tokens=os.environ.get("APOTHECARY_MONITORING_TOKENS", ""),
        ca_file=os.environ.get("APOTHECARY_MONITORING_CA", ""),
    )
