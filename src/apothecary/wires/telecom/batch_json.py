"""A batch file as JSON and back, byte for byte."""

from apothecary.wires.errors import Fault, Malformed
from apothecary.wires.json_keys import Json, faults_out, list_at, object_at, text_at
from apothecary.wires.telecom.as_json import message_from_json, message_to_json
from apothecary.wires.telecom.batch import (
    ETX,
    HEADER,
    REFERENCE,
    STX,
    TRAILER,
    BatchCheck,
    Layout,
    Record,
    records,
)


def batch_to_json(raw: bytes) -> Json:
    """Every record in order; the faults name the record and its byte in the file."""
    check, found, faults = BatchCheck(), [], list[Fault]()
    for record in records([raw]):
        faults += check.see(record)
        found.append(_record_out(record))
    faults += check.end()
    if not found:
        raise Malformed("batch", "is empty", 0)
    return {"format": "batch", "records": found, "faults": faults_out(faults)}


def _record_out(record: Record) -> Json:
    out: Json = {"kind": record.kind, "place": record.place, "at": record.at}
    layout = {"header": HEADER, "trailer": TRAILER}.get(record.kind)
    if layout and len(record.body) == _width(layout):
        out["fields"] = record.fields
    elif record.kind == "detail" and (message := _message_out(record)) is not None:
        out["reference"] = record.body[REFERENCE].decode("latin-1")
        out["message"] = message
    else:
        out["raw"] = record.body.decode("latin-1")
    if record.lead != STX:
        out["lead"] = record.lead.decode("latin-1")
    if record.tail != ETX:
        out["tail"] = record.tail.decode("latin-1")
    return out


def _message_out(record: Record) -> Json | None:
    """The transmission of a detail, None when it cannot be read: then its bytes are shown."""
    try:
        return message_to_json(record.message())
    except Malformed:
        return None


def _width(layout: Layout) -> int:
    return sum(width for _, width, _ in layout)


def batch_from_json(obj: Json) -> bytes:
    """The bytes of a batch as shown. Raises Malformed naming the key at fault."""
    found = b""
    for number, one in enumerate(list_at(obj.get("records"), "records")):
        where = f"records[{number}]"
        record = object_at(one, where)
        lead = _bytes_at(record, "lead", where, default=STX.decode())
        tail = _bytes_at(record, "tail", where, default=ETX.decode())
        found += lead + _body_in(record, where) + tail
    return found


def _body_in(record: Json, where: str) -> bytes:
    if "raw" in record:
        return _bytes_at(record, "raw", where)
    kind = text_at(record, "kind", path=where)
    if kind == "detail":
        reference = _bytes_at(record, "reference", where)
        message = object_at(record.get("message"), f"{where}.message")
        width = REFERENCE.stop - REFERENCE.start
        return b"G1" + reference.ljust(width) + message_from_json(message)
    layout = {"header": HEADER, "trailer": TRAILER}.get(kind)
    if layout is None:
        raise Malformed(f"{where}.kind", f"must be header, detail or trailer, is {kind!r}")
    fields = object_at(record.get("fields"), f"{where}.fields")
    return b"".join(
        _bytes_at(fields, name, f"{where}.fields").ljust(width) for name, width, _ in layout
    )


def _bytes_at(obj: Json, key: str, where: str, *, default: str | None = None) -> bytes:
    text = text_at(obj, key, path=where, default=default)
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError as error:
        bad = error.object[error.start : error.end]
        raise Malformed(f"{where}.{key}", f"cannot carry the character {bad!r}") from None
