"""Messages as JSON and back, for ``apothecary wire FORMAT decode|encode``.

``encode(format, decode(format, raw))`` gives the same bytes. What JSON shows beside the raw
text (names, typed values, faults) is for the reader; encoding goes by the raw text alone.
"""

import re
from collections.abc import Iterator

from apothecary.wires.asap import as_json as asap
from apothecary.wires.asap.transmission import read as read_asap
from apothecary.wires.asap.transmission import split_transmissions
from apothecary.wires.epcis import as_json as epcis
from apothecary.wires.epcis.documents import split_documents
from apothecary.wires.errors import Malformed
from apothecary.wires.gs1 import FNC1, Scan, read_scan
from apothecary.wires.json_keys import Json, faults_out, plain, text_at
from apothecary.wires.script.as_json import document_from_json, document_to_json
from apothecary.wires.telecom.as_json import message_from_json, message_to_json
from apothecary.wires.telecom.batch_json import batch_from_json, batch_to_json
from apothecary.wires.telecom.message import read
from apothecary.wires.x12.as_json import file_from_json, file_to_json
from apothecary.wires.x12.interchange import read as read_x12
from apothecary.wires.x12.interchange import split_interchanges
from apothecary.wires.x12.supply.dialect import NAMES as DIALECTS
from apothecary.wires.x12.supply.dialect import PLAIN
from apothecary.wires.x12.supply.dialect import dialect as dialect_named

__all__ = ["DIALECTS", "FORMATS", "decode", "encode", "split_stream"]
FORMATS = ("telecom", "batch", "script", "asap", "x12", "epcis", "gs1")
_ENDS = {
    "telecom": re.compile(rb"\x03[\r\n]*|\r?\n"),
    "batch": re.compile(rb"\x0299[^\x02\x03]*\x03?[\r\n]*"),
    "script": re.compile(rb"</(?:[A-Za-z_][\w.-]*:)?Message\s*>\s*"),
    "gs1": re.compile(rb"\r?\n"),
}


def decode(fmt: str, raw: bytes, *, dialect: str = PLAIN.name) -> Json:
    """One message as a JSON object. Raises Malformed when the bytes cannot be read at all;
    what is merely not as the standard says is listed under ``faults``. ``dialect`` is how the
    sender of an X12 paper of supply writes; the other formats have none.
    """
    if fmt != "x12" and dialect != PLAIN.name:
        raise Malformed("dialect", f"goes with x12, not with {fmt}")
    if fmt == "telecom":
        return message_to_json(read(raw))
    if fmt == "batch":
        return batch_to_json(raw)
    if fmt == "script":
        return document_to_json(raw)
    if fmt == "asap":
        return asap.file_to_json(read_asap(raw))
    if fmt == "x12":
        return file_to_json(read_x12(raw), speaks=dialect_named(dialect))
    if fmt == "epcis":
        return epcis.document_to_json(raw)
    if fmt == "gs1":
        return _scan_out(read_scan(raw.decode("latin-1")))
    raise _unknown(fmt)


def encode(fmt: str, obj: Json) -> bytes:
    """The bytes of a message from its JSON object. Raises Malformed naming the key at fault."""
    if fmt == "telecom":
        return message_from_json(obj)
    if fmt == "batch":
        return batch_from_json(obj)
    if fmt == "script":
        return document_from_json(obj)
    if fmt == "asap":
        return asap.file_from_json(obj)
    if fmt == "x12":
        return file_from_json(obj)
    if fmt == "epcis":
        return epcis.document_from_json(obj)
    if fmt == "gs1":
        return _scan_in(obj)
    raise _unknown(fmt)


def split_stream(fmt: str, raw: bytes) -> Iterator[bytes]:
    """The messages of a file of many, in order; joined they are the file again."""
    if fmt == "asap":
        yield from split_transmissions(raw)
        return
    if fmt == "x12":
        yield from split_interchanges(raw)
        return
    if fmt == "epcis":
        yield from split_documents(raw)
        return
    if fmt not in _ENDS:
        raise _unknown(fmt)
    start = 0
    for end in _ENDS[fmt].finditer(raw):
        yield raw[start : end.end()]
        start = end.end()
    if start < len(raw):
        yield raw[start:]


def _unknown(fmt: str) -> Malformed:
    return Malformed("format", f"must be one of {', '.join(FORMATS)}, is {fmt!r}")


def _scan_out(scan: Scan) -> Json:
    return {
        "format": "gs1",
        "raw": scan.raw,
        "kind": scan.kind.value,
        "symbology": scan.symbology,
        "gtin14": scan.gtin14 or None,
        "ndc10": scan.ndc10 or None,
        "ndc": scan.ndc or None,
        "expires_on": plain(scan.expires_on),
        "lot": scan.lot or None,
        "serial": scan.serial or None,
        "sscc": scan.sscc or None,
        "rx_number": scan.rx_number or None,
        "fill_number": scan.fill_number,
        "part": scan.part,
        "bag_id": scan.bag_id or None,
        "others": [{"ai": ai, "value": value} for ai, value in scan.others],
        "problems": faults_out(scan.problems),
    }


def _scan_in(obj: Json) -> bytes:
    """The raw scan, or an element string of gtin14, expires_on, lot and serial."""
    if "raw" in obj:
        return text_at(obj, "raw").encode("latin-1")
    parts = ["01" + text_at(obj, "gtin14")]
    if obj.get("expires_on"):
        day = text_at(obj, "expires_on")
        parts.append("17" + day.replace("-", "")[2:])
    if obj.get("lot"):
        parts.append("10" + text_at(obj, "lot") + (FNC1 if obj.get("serial") else ""))
    if obj.get("serial"):
        parts.append("21" + text_at(obj, "serial"))
    text = "]d2" + "".join(parts)
    read_scan(text)
    return text.encode("latin-1")
