"""NCPDP Batch 1.2: many transmissions in one file, between a header and a trailer.

Each record stands between STX and ETX: header ``00``, details ``G1`` with a reference number
and one transmission, trailer ``99`` with the count of all records, header and trailer among
them. Widths as found in public software. Reading cuts a file of any size record by record; what
is wrong is a fault with the number of the record and its byte, and the records around it stay
readable. Nothing is lost: the records' bytes joined are the file.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from apothecary.wires.errors import Fault, Malformed, malformed
from apothecary.wires.telecom.message import LARGEST_MESSAGE, Message, read
from apothecary.wires.telecom.values import READERS, write_text

RecordKind = Literal["header", "detail", "trailer", "unknown"]
Layout = tuple[tuple[str, int, str], ...]

HEADER: Layout = (
    ("record", 2, "text"),
    ("transmission_type", 1, "text"),
    ("sender", 24, "text"),
    ("batch_number", 7, "digits"),
    ("created_on", 8, "date"),
    ("created_at", 4, "time"),
    ("file_type", 1, "text"),
    ("version", 2, "text"),
    ("receiver", 24, "text"),
)
TRAILER: Layout = (
    ("record", 2, "text"),
    ("batch_number", 7, "digits"),
    ("record_count", 10, "digits"),
    ("message", 35, "text"),
)
KINDS: Mapping[bytes, RecordKind] = {b"00": "header", b"G1": "detail", b"99": "trailer"}
VERSION = "12"
# Letters of the header: transactions, responses, errors; production, test.
TRANSMISSION_TYPES, FILE_TYPES = "TRE", "PT"
REFERENCE = slice(2, 12)
_LARGEST_RECORD = LARGEST_MESSAGE + REFERENCE.stop

STX, ETX = b"\x02", b"\x03"
# A record ends with ETX and the line ends behind it, with a line end, or where the next begins.
_END = re.compile(rb"\x03[\r\n]*|[\r\n]+|(?=(?<!^)\x02)")
_PRINTABLE = re.compile(r"[ -~]*")


@dataclass(frozen=True, slots=True)
class Record:
    """One record: ``body`` without its framing; ``place`` counts from 1, ``at`` in bytes."""

    place: int
    at: int
    body: bytes
    lead: bytes = STX
    tail: bytes = ETX

    @property
    def kind(self) -> RecordKind:
        return KINDS.get(self.body[:2], "unknown")

    @property
    def fields(self) -> dict[str, str]:
        """The fixed columns of a header or trailer by name, padding kept, else empty."""
        layout = {"header": HEADER, "trailer": TRAILER}.get(self.kind, ())
        text, found, start = self.body.decode("latin-1"), {}, 0
        for name, width, _ in layout:
            found[name] = text[start : start + width]
            start += width
        return found

    @property
    def reference(self) -> str:
        """A detail's reference number without padding, else empty."""
        if self.kind != "detail":
            return ""
        return self.body[REFERENCE].decode("latin-1").strip(" ")

    def message(self) -> Message:
        """The transmission of a detail. Raises Malformed naming record, place and byte."""
        where = f"record {self.place}"
        if self.kind != "detail":
            raise Malformed(where, f"is no detail but {self.kind}", self.at)
        try:
            return read(self.body[REFERENCE.stop :])
        except Malformed as error:
            begins = self.at + len(self.lead) + REFERENCE.stop
            raise Malformed(f"{where} {error.field}", error.reason, begins) from None

    def to_bytes(self) -> bytes:
        return self.lead + self.body + self.tail


def records(chunks: Iterable[bytes]) -> Iterator[Record]:
    """The records of a file given in pieces of any size, one after the other, in order.

    Raises Malformed when a record grows beyond the limit: nothing after that can be told apart.
    """
    held, at, place = b"", 0, 0
    for chunk in chunks:
        held += chunk
        start = 0
        for end in _END.finditer(held):
            # Line ends cut in two by the chunk belong to the record before them.
            if end.end() == len(held) or end.end() == start:
                continue
            place += 1
            yield _record(held[start : end.end()], place, at + start)
            start = end.end()
        held, at = held[start:], at + start
        if len(held) > _LARGEST_RECORD + len(STX + ETX):
            raise Malformed(
                f"record {place + 1}", f"grew beyond {_LARGEST_RECORD} bytes without an end", at
            )
    start = 0
    for piece in _last_pieces(held):
        place += 1
        yield _record(piece, place, at + start)
        start += len(piece)


def _last_pieces(held: bytes) -> Iterator[bytes]:
    start = 0
    for end in _END.finditer(held):
        if end.end() > start:
            yield held[start : end.end()]
            start = end.end()
    if start < len(held):
        yield held[start:]


def _record(piece: bytes, place: int, at: int) -> Record:
    lead = STX if piece.startswith(STX) else b""
    core = piece[len(lead) :]
    # Only the last ETX and line ends: those inside belong to the body and are named there.
    body = core.rstrip(b"\r\n")
    body = body[:-1] if body.endswith(ETX) else body
    return Record(place, at, body, lead, core[len(body) :])


@dataclass(slots=True)
class BatchCheck:
    """What is wrong with a batch, told as its records come by; ``end`` after the last one."""

    count: int = 0
    closed: bool = False
    _header: dict[str, str] | None = None
    _references: set[str] = field(default_factory=set)

    def see(self, record: Record) -> list[Fault]:
        """The faults of this record and of its place in the batch."""
        self.count += 1
        where = f"record {record.place}"
        faults = [Fault(where, reason, record.at) for reason in self._of_place(record)]
        if record.lead != STX or not record.tail.startswith(ETX):
            faults.append(Fault(where, "does not stand between STX and ETX", record.at))
        if record.kind in ("header", "trailer"):
            faults += _column_faults(record)
        if record.kind == "header" and self._header is None:
            self._header = record.fields
        elif record.kind == "trailer":
            faults += self._of_trailer(record)
        elif record.kind == "detail":
            faults += self._of_detail(record)
        return faults

    def end(self) -> list[Fault]:
        """What is missing at the end of the file."""
        if self.closed:
            return []
        return [Fault("trailer", f"is missing after {self.count} records")]

    def _of_place(self, record: Record) -> Iterator[str]:
        if record.kind == "unknown":
            yield f"begins with {record.body[:2]!r}, not with 00, G1 or 99"
        if self.closed:
            yield "stands behind the trailer"
        if self.count == 1 and record.kind != "header":
            yield "is the first and not the header (00)"
        elif self.count > 1 and record.kind == "header":
            yield "is a second header"

    def _of_detail(self, record: Record) -> list[Fault]:
        where = f"record {record.place}"
        faults = []
        reference = record.reference
        if not reference:
            faults.append(Fault(f"{where} reference", "is empty", record.at))
        elif reference in self._references:
            faults.append(Fault(f"{where} reference", f"{reference} came before", record.at))
        self._references.add(reference)
        try:
            message = record.message()
        except Malformed as error:
            return [*faults, *error.faults]
        sent = (self._header or {}).get("transmission_type", "")
        wanted = {"T": "request", "R": "response"}.get(sent, message.kind)
        if message.kind != wanted:
            reason = f"is a {message.kind}, the header announces {wanted}s"
            faults.append(Fault(where, reason, record.at))
        return faults

    def _of_trailer(self, record: Record) -> Iterator[Fault]:
        self.closed = True
        said, where = record.fields, f"record {record.place} (trailer)"
        number = (self._header or {}).get("batch_number", said["batch_number"])
        if said["batch_number"] != number:
            reason = f"is {said['batch_number']}, the header has {number}"
            yield Fault(f"{where} batch_number", reason, record.at)
        count = said["record_count"]
        if count.isascii() and count.isdigit() and int(count) != self.count:
            reason = f"says {int(count)}, the batch has {self.count} with header and trailer"
            yield Fault(f"{where} record_count", reason, record.at)


def _column_faults(record: Record) -> Iterator[Fault]:
    """Width, stray bytes and values of a header or trailer, each with its own byte."""
    where = f"record {record.place} ({record.kind})"
    layout = HEADER if record.kind == "header" else TRAILER
    width, begins = sum(part[1] for part in layout), record.at + len(record.lead)
    if len(record.body) != width:
        yield Fault(where, f"has {len(record.body)} characters, not {width}", record.at)
    for offset, byte in enumerate(record.body):
        if not 32 <= byte <= 126:
            yield Fault(where, f"holds the stray byte {byte:#04x}", begins + offset)
    said, start = record.fields, 0
    for name, length, kind in layout:
        reason = _value_fault(name, said[name], kind)
        if reason:
            yield Fault(f"{where} {name}", reason, begins + start)
        start += length


def _value_fault(name: str, raw: str, kind: str) -> str:
    letters = {"transmission_type": TRANSMISSION_TYPES, "file_type": FILE_TYPES}.get(name)
    if letters and (len(raw) != 1 or raw not in letters):
        return f"must be one of {', '.join(letters)}, is {raw!r}"
    if name == "version" and raw != VERSION:
        return f"must be {VERSION}, is {raw!r}"
    if kind == "digits" and not (raw.isascii() and raw.isdigit()):
        return f"must be digits, is {raw!r}"
    try:
        READERS[kind](raw)
    except ValueError as error:
        return str(error)
    return ""


def read_batch_strictly(chunks: Iterable[bytes]) -> list[Record]:
    """All records of one batch, or a refusal with every fault and its place."""
    check, found, faults = BatchCheck(), [], []
    for record in records(chunks):
        found.append(record)
        faults += check.see(record)
    faults += check.end()
    if faults:
        raise malformed(faults)
    return found


@dataclass(frozen=True, slots=True)
class BatchHeader:
    """What stands at the head of a batch. ``created`` is the sender's local time."""

    transmission_type: str
    sender: str
    batch_number: int
    created: datetime
    receiver: str
    file_type: str = "T"


def write_batch(
    header: BatchHeader, details: Iterable[tuple[str, bytes]], *, message: str = ""
) -> Iterator[bytes]:
    """A batch as its records' bytes, one after the other: header, details, trailer.

    ``details`` are (reference number, transmission); they are drawn one by one, so that a batch
    may be larger than memory. Raises Malformed: a column that does not fit before anything is
    written, a reference that is empty, too long or repeated and a transmission that is none at
    the record where it stands.
    """
    number = str(header.batch_number).zfill(7)
    head = _columns(
        HEADER,
        {
            "record": "00",
            "transmission_type": header.transmission_type,
            "sender": header.sender,
            "batch_number": number,
            "created_on": f"{header.created:%Y%m%d}",
            "created_at": f"{header.created:%H%M}",
            "file_type": header.file_type,
            "version": VERSION,
            "receiver": header.receiver,
        },
    )
    closing = {"record": "99", "batch_number": number, "record_count": "2", "message": message}
    _columns(TRAILER, closing)
    yield STX + head + ETX
    count, seen = 2, set[str]()
    for reference, raw in details:
        yield STX + _detail(reference, raw, count, seen) + ETX
        count += 1
    closing["record_count"] = str(count)
    yield STX + _columns(TRAILER, closing) + ETX


def _detail(reference: str, raw: bytes, place: int, seen: set[str]) -> bytes:
    where = f"record {place}"
    if reference in seen:
        raise Malformed(f"{where} reference", f"{reference} came before")
    seen.add(reference)
    try:
        text = write_text(reference, REFERENCE.stop - REFERENCE.start)
    except ValueError as error:
        raise Malformed(f"{where} reference", str(error)) from None
    if not text.strip(" "):
        raise Malformed(f"{where} reference", "is empty")
    if STX in raw or ETX in raw or b"\r" in raw or b"\n" in raw:
        raise Malformed(where, "holds a framing byte or a line end")
    try:
        read(raw)
    except Malformed as error:
        raise Malformed(f"{where} {error.field}", error.reason) from None
    return b"G1" + text.ljust(10).encode("ascii") + raw


def _columns(layout: Layout, values: Mapping[str, str]) -> bytes:
    faults, text = [], ""
    for name, width, kind in layout:
        value = values[name].upper() if kind == "text" else values[name].zfill(width)
        reason = _value_fault(name, value, kind)
        if not _PRINTABLE.fullmatch(value):
            reason = "holds a character that the standard cannot carry"
        if len(value) > width:
            reason = f"may have {width} characters, has {len(value)}"
        if reason:
            faults.append(Fault(f"batch {name}", reason))
        text += value.ljust(width)
    if faults:
        raise malformed(faults)
    return text.encode("ascii")
