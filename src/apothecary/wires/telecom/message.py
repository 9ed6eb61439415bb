"""One telecommunication message: bytes → ordered (id, raw) pairs → typed values, and back.

Nothing is lost on the way: repeats, unknown fields and segments, their order, a missing
separator and trailing control characters are all kept, so that ``to_bytes`` of what was read
gives the same bytes. Values are turned into dates and Decimals only when asked for.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal

from apothecary.wires.errors import Malformed
from apothecary.wires.telecom.tables import RUNNING_COUNTERS, VERSIONS, HeaderField, Version
from apothecary.wires.telecom.values import READERS, Value, read_text

FS, GS, RS = "\x1c", "\x1d", "\x1e"
STX, ETX = "\x02", "\x03"
LARGEST_MESSAGE = 1_000_000  # bytes; a four-claim transmission has a few thousand
MOST_TRANSACTIONS = 1_000  # the standard allows four; beyond this it is no message but noise

Kind = Literal["request", "response"]
Pair = tuple[str, str]

_SEPARATOR = re.compile("[\x1c\x1d\x1e]")
_FIXED_ENDINGS = ETX + "\r\n"


@cache
def _readers(version: str) -> dict[str, Callable[[str], Value | None]]:
    """Readers by field id. Text is left out: most fields are text, and a call costs more."""
    fields = VERSIONS[version].by_id.values()
    return {field.id: READERS[field.kind] for field in fields if field.kind != "text"}


class Segment:
    """An ordered run of (id, raw) pairs; the first pair is normally ``("AM", segment id)``.

    ``bare`` marks a segment whose separator the sender left out; ``lead`` holds stray text
    before its first field. Both are empty on conforming messages.
    """

    __slots__ = ("_fields", "_text", "bare", "version")

    def __init__(self, text: str, version: Version, *, bare: bool = False) -> None:
        self._text = text
        self._fields: tuple[Pair, ...] | None = None
        self.version = version
        self.bare = bare

    @classmethod
    def of(
        cls, fields: Iterable[Pair], version: Version, *, lead: str = "", bare: bool = False
    ) -> "Segment":
        """A segment from raw pairs, as they shall stand on the wire."""
        text = lead + "".join(f"{FS}{name}{raw}" for name, raw in fields)
        return cls(text, version, bare=bare)

    @property
    def text(self) -> str:
        return self._text

    @property
    def lead(self) -> str:
        return self._text.partition(FS)[0]

    @property
    def fields(self) -> tuple[Pair, ...]:
        """Every field as it stood, in order, repeats included."""
        if self._fields is None:
            pieces = self._text.split(FS)
            self._fields = tuple([(piece[:2], piece[2:]) for piece in pieces[1:]])
        return self._fields

    @property
    def id(self) -> str:
        """The two digits of field AM, or empty when the segment does not name itself."""
        return (self.raw("AM") or "").rstrip(" ")

    def raw(self, field_id: str) -> str | None:
        """The first value of a field as it stood, None when the field is absent."""
        for name, raw in self.fields:
            if name == field_id:
                return raw
        return None

    def all(self, field_id: str) -> list[str]:
        """Every value of a repeated field without padding, in order."""
        return [read_text(raw) for name, raw in self.fields if name == field_id]

    def typed(self) -> list[tuple[str, Value | None]]:
        """Every field with its typed value; unknown fields stay text. Raises Malformed."""
        readers = _readers(self.version.code)
        try:
            return [
                (name, reader(raw) if (reader := readers.get(name)) else raw.rstrip(" "))
                for name, raw in self.fields
            ]
        except ValueError:
            # Read once more, slowly, to name the field at fault.
            return [(name, self._read(name, raw)) for name, raw in self.fields]

    def value(self, field_id: str) -> Value | None:
        """The first value of a field, typed by the table. Raises Malformed naming the field."""
        raw = self.raw(field_id)
        if raw is None:
            return None
        return self._read(field_id, raw)

    def _read(self, field_id: str, raw: str) -> Value | None:
        try:
            return _readers(self.version.code).get(field_id, read_text)(raw)
        except ValueError as error:
            raise Malformed(self.path(field_id), str(error)) from None

    def path(self, field_id: str) -> str:
        """How a fault names a field: ``segment 07 field E7 (Quantity dispensed)``."""
        return f"segment {self.id or '?'} field {field_id} ({self.version.name_of(field_id)})"

    def shown(self, field_id: str) -> str:
        """A field as text without padding, empty when absent."""
        return read_text(self.raw(field_id) or "")

    def decimal(self, field_id: str) -> Decimal | None:
        """A money, rate or quantity field; None when absent or blank."""
        value = self.value(field_id)
        return value if isinstance(value, Decimal) else None

    def number(self, field_id: str) -> int | None:
        """A numeric field; None when absent or blank."""
        value = self.value(field_id)
        return value if isinstance(value, int) else None

    def day(self, field_id: str) -> date | None:
        """A date field; None when absent or blank."""
        value = self.value(field_id)
        return value if isinstance(value, date) else None

    def repeats(self, counter: str) -> list["Segment"]:
        """The occurrences of a repeating group, each as a small segment of its own members.

        A new occurrence begins at a running counter, or where the order of the table starts
        again. The counter's number is not trusted; ``conformance`` compares it.
        """
        table = self.version.by_segment.get(self.id, {})
        groups: list[list[Pair]] = []
        last = 0
        for name, raw in self.fields:
            field = table.get(name)
            if field is None:
                continue
            if name == counter and counter in RUNNING_COUNTERS:
                groups.append([])
                last = 0
            elif counter in field.group:
                outermost = field.group[-1] == counter
                if not groups or (outermost and field.order <= last):
                    groups.append([])
                groups[-1].append((name, raw))
                last = field.order if outermost else last
        head = [("AM", self.id)]
        return [Segment.of(head + group, self.version) for group in groups]

    def __repr__(self) -> str:
        return f"Segment({self.fields!r})"


class Transaction:
    """The segments of one claim, or those that stand before the first claim."""

    __slots__ = ("segments",)

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = tuple(segments)

    def __iter__(self) -> Iterator[Segment]:
        return iter(self.segments)

    def __len__(self) -> int:
        return len(self.segments)

    def segment(self, segment_id: str) -> Segment | None:
        """The first segment with that id, None when there is none."""
        for segment in self.segments:
            if segment.id == segment_id:
                return segment
        return None

    def raw(self, segment_id: str, field_id: str) -> str | None:
        """The first such field as it stood."""
        segment = self.segment(segment_id)
        return segment.raw(field_id) if segment else None

    def value(self, segment_id: str, field_id: str) -> Value | None:
        """The first such field, typed. Raises Malformed naming the field."""
        segment = self.segment(segment_id)
        return segment.value(field_id) if segment else None

    def to_text(self) -> str:
        return "".join([part.text if part.bare else RS + part.text for part in self.segments])


class Message:
    """A whole transmission. ``transmission`` holds what stands before the first claim."""

    __slots__ = ("_bodies", "_groups", "header_text", "kind", "lead", "tail", "version")

    def __init__(
        self, kind: Kind, version: Version, header_text: str, *, lead: str = "", tail: str = ""
    ) -> None:
        self.kind: Kind = kind
        self.version = version
        self.header_text = header_text
        self.lead = lead
        self.tail = tail
        self._bodies: list[str] = [""]
        self._groups: list[Transaction] | None = None

    @classmethod
    def of(
        cls,
        kind: Kind,
        version: Version,
        header_text: str,
        groups: Sequence[Transaction],
        *,
        lead: str = "",
        tail: str = "",
    ) -> "Message":
        """A message from its parts; ``groups[0]`` is the transmission level, maybe empty."""
        message = cls(kind, version, header_text, lead=lead, tail=tail)
        message._bodies = [group.to_text() for group in groups] or [""]
        return message

    @classmethod
    def split(
        cls, kind: Kind, version: Version, header_text: str, body: str, ends: Pair
    ) -> "Message":
        """A message from its header and the text behind it; segments are cut when asked for."""
        message = cls(kind, version, header_text, lead=ends[0], tail=ends[1])
        message._bodies = body.split(GS)
        return message

    @property
    def groups(self) -> list[Transaction]:
        if self._groups is None:
            self._groups = [self._cut(body) for body in self._bodies]
        return self._groups

    def _cut(self, body: str) -> Transaction:
        first, *rest = body.split(RS)
        segments = [Segment(text, self.version) for text in rest]
        if first:
            segments.insert(0, Segment(first, self.version, bare=True))
        return Transaction(segments)

    @property
    def transmission(self) -> Transaction:
        return self.groups[0]

    @property
    def transactions(self) -> list[Transaction]:
        return self.groups[1:]

    @property
    def header(self) -> dict[str, str]:
        """The fixed header by name, without padding; empty where a header was cut short."""
        return {name: raw.rstrip(" ") for name, raw in self.header_raw.items()}

    @property
    def header_raw(self) -> dict[str, str]:
        """The fixed header by name as it stood, padding kept."""
        text = self.header_text
        return {f.name: text[f.start : f.start + f.length] for f in self.header_layout}

    @property
    def header_layout(self) -> tuple[HeaderField, ...]:
        if self.kind == "request":
            return self.version.request_header
        return self.version.response_header

    @property
    def transaction_code(self) -> str:
        return self.header["transaction_code"]

    @property
    def service_on(self) -> date | None:
        """The date of service of the header. Raises Malformed when it is no date."""
        raw = self.header["date_of_service"]
        try:
            value = READERS["date"](raw)
        except ValueError as error:
            raise Malformed("header date_of_service", str(error)) from None
        return value if isinstance(value, date) else None

    def to_bytes(self) -> bytes:
        """The bytes as they stood, or as they shall go out."""
        groups = self._bodies if self._groups is None else [g.to_text() for g in self._groups]
        body = GS.join(groups)
        return f"{self.lead}{self.header_text}{body}{self.tail}".encode("latin-1")


def read(raw: bytes) -> Message:
    """Read one transmission, leniently; ``conformance`` says what is wrong with it.

    Raises Malformed only when no header of a known version can be made out.
    """
    if len(raw) > LARGEST_MESSAGE:
        raise Malformed("message", f"has {len(raw)} bytes, at most {LARGEST_MESSAGE} are read")
    if (count := raw.count(b"\x1d")) > MOST_TRANSACTIONS:
        raise Malformed("message", f"has {count} claims, at most {MOST_TRANSACTIONS} are read")
    text = raw.decode("latin-1")
    core = text.rstrip(_FIXED_ENDINGS)
    tail = text[len(core) :]
    lead = STX if core.startswith(STX) else ""
    core = core[len(lead) :]
    found = _SEPARATOR.search(core)
    end = found.start() if found else len(core)
    kind, version = _recognise(core[:end])
    return Message.split(kind, version, core[:end], core[end:], (lead, tail))


def _recognise(header: str) -> tuple[Kind, Version]:
    if len(header) >= 6 and (version := VERSIONS.get(header[:2])):
        return "response", version
    for version in VERSIONS.values():
        place = version.request_header[1]
        code = header[place.start : place.start + place.length]
        if code == version.code and len(header) >= place.start + 5:
            return "request", version
    known = " or ".join(VERSIONS)
    raise Malformed("header", f"is no request or response header of version {known}", 0)
