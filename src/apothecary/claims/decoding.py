"""A claim's bytes as a person reads them: segments, fields with their names and values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apothecary.wires import Malformed
from apothecary.wires.telecom import (
    Message,
    Segment,
    Transaction,
    explain_code,
    read,
    reject_meaning,
)
from apothecary.wires.telecom.tables import SEGMENT_NAMES
from apothecary.wires.telecom.values import Value

REJECT_CODE = "FB"
# Separators have pictures of their own, so that raw bytes can be read on a screen.
PICTURES = {"\x02": "␂", "\x03": "␃", "\x1c": "␜", "\x1d": "␝", "\x1e": "␞"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One field: its id, its name, its value as text, and what a code means in words."""

    id: str
    name: str
    value: str
    means: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A segment, or the header, with its fields in the order they stand."""

    title: str
    fields: list[Shown]


@dataclass(frozen=True, slots=True)
class Decoded:
    """A message: its parts, its raw text, and what keeps it from being read."""

    parts: list[Part]
    raw: str
    problem: str = ""


def decoded(raw: bytes) -> Decoded:
    """Everything in the message, nothing left out; what is no message is shown raw."""
    text = pictured(raw)
    try:
        message = read(raw)
    except Malformed as error:
        return Decoded(parts=[], raw=text, problem=str(error))
    groups = [message.transmission, *message.transactions]
    parts = [part for group in groups for part in parts_of(group)]
    return Decoded(parts=[header_part(message), *parts], raw=text)


def pictured(raw: bytes) -> str:
    """Raw bytes as text with visible separators, a segment a line."""
    text = raw.decode("latin-1")
    for mark, picture in PICTURES.items():
        text = text.replace(mark, f"\n{picture}" if mark == "\x1e" else picture)
    return "".join(char if char == "\n" or char.isprintable() else "·" for char in text)


def header_part(message: Message) -> Part:
    """The fixed header."""
    fields = [
        shown(field.id, field.name.replace("_", " "), message.header[field.name])
        for field in message.header_layout
    ]
    return Part("Header", fields)


def parts_of(group: Transaction) -> list[Part]:
    """The segments of one group."""
    return [
        Part(SEGMENT_NAMES.get(segment.id, f"Segment {segment.id}"), fields_of(segment))
        for segment in group
    ]


def fields_of(segment: Segment) -> list[Shown]:
    """The fields of a segment without its own id; what cannot be typed is shown as it stood."""
    try:
        typed: list[tuple[str, Value | None]] = segment.typed()
    except Malformed:
        typed = [(name, raw) for name, raw in segment.fields]
    return [
        shown(name, segment.version.name_of(name), as_text(value))
        for name, value in typed
        if name != "AM"
    ]


def shown(field_id: str, name: str, value: str) -> Shown:
    """A field with its code in words, where it is one that has some."""
    if field_id == REJECT_CODE:
        return Shown(field_id, name, value, reject_meaning(value).says)
    meaning = explain_code(field_id, value)
    return Shown(field_id, name, value, meaning.says if meaning.known and value else "")


def as_text(value: Value | None) -> str:
    """A typed value as it is written in a US pharmacy."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return f"{value:%m/%d/%Y}"
    return str(value)
