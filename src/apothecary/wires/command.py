"""Messages as JSON and back, for ``apothecary wire FORMAT decode|encode``.

``encode(format, decode(format, raw))`` gives the same bytes. What JSON shows beside the raw
text (names, typed values, faults) is for the reader; encoding goes by the raw text alone.
"""

import re
from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal

from lxml import etree

from apothecary.wires.errors import Fault, Malformed
from apothecary.wires.gs1 import FNC1, Scan, read_scan
from apothecary.wires.script.messages import MalformedMessage, parse_message
from apothecary.wires.script.xml import parse_document
from apothecary.wires.telecom.conformance import conformance
from apothecary.wires.telecom.message import Message, Segment, Transaction, read
from apothecary.wires.telecom.tables import SEGMENT_NAMES, VERSIONS, Version
from apothecary.wires.telecom.values import Value

Json = dict[str, object]

FORMATS = ("telecom", "script", "gs1")
_RESERVED = re.compile("[\x1c\x1d\x1e]")
_ENDS = {
    "telecom": re.compile(rb"\x03[\r\n]*|\r?\n"),
    "script": re.compile(rb"</(?:[A-Za-z_][\w.-]*:)?Message\s*>\s*"),
    "gs1": re.compile(rb"\r?\n"),
}


def decode(fmt: str, raw: bytes) -> Json:
    """One message as a JSON object. Raises Malformed when the bytes cannot be read at all;
    what is merely not as the standard says is listed under ``faults``.
    """
    if fmt == "telecom":
        return _telecom_out(read(raw))
    if fmt == "script":
        return _script_out(raw)
    if fmt == "gs1":
        return _scan_out(read_scan(raw.decode("latin-1")))
    raise _unknown(fmt)


def encode(fmt: str, obj: Json) -> bytes:
    """The bytes of a message from its JSON object. Raises Malformed naming the key at fault."""
    if fmt == "telecom":
        return _telecom_in(obj)
    if fmt == "script":
        return _script_in(obj)
    if fmt == "gs1":
        return _scan_in(obj)
    raise _unknown(fmt)


def split_stream(fmt: str, raw: bytes) -> Iterator[bytes]:
    """The messages of a file of many, in order; joined they are the file again."""
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


def _faults(faults: list[Fault] | tuple[Fault, ...]) -> list[Json]:
    return [{"field": fault.field, "reason": fault.reason} for fault in faults]


def _plain(value: Value | None) -> object:
    """A typed value as JSON: decimals as text, so that no digit is lost."""
    if isinstance(value, Decimal | date | time):
        return str(value)
    return value


# --- telecommunication


def _telecom_out(message: Message) -> Json:
    layout = message.header_layout
    end = layout[-1].start + layout[-1].length
    out: Json = {
        "format": "telecom",
        "kind": message.kind,
        "version": message.version.code,
        "header": message.header_raw,
        "transmission": [_segment_out(one) for one in message.transmission],
        "transactions": [
            [_segment_out(one) for one in transaction] for transaction in message.transactions
        ],
        "faults": _faults(conformance(message)),
    }
    extra = {
        "header_rest": message.header_text[end:],
        "lead": message.lead,
        "tail": message.tail,
    }
    out.update({key: text for key, text in extra.items() if text})
    return out


def _segment_out(segment: Segment) -> Json:
    name = SEGMENT_NAMES.get(segment.id, "")
    out: Json = {"id": segment.id, "name": name}
    out["fields"] = [_field_out(segment, one, raw) for one, raw in segment.fields]
    if segment.lead:
        out["lead"] = segment.lead
    if segment.bare:
        out["bare"] = True
    return out


def _field_out(segment: Segment, field_id: str, raw: str) -> Json:
    out: Json = {"id": field_id, "raw": raw}
    field = segment.version.by_id.get(field_id)
    if field:
        out["name"] = field.name
        try:
            ((_, value),) = Segment.of([(field_id, raw)], segment.version).typed()
        except Malformed:
            return out
        if field.kind != "text":
            out["value"] = _plain(value)
    return out


def _telecom_in(obj: Json) -> bytes:
    version = VERSIONS.get(_text(obj, "version"))
    if version is None:
        raise Malformed("version", f"must be one of {', '.join(VERSIONS)}")
    kind = _text(obj, "kind")
    if kind not in ("request", "response"):
        raise Malformed("kind", f"must be request or response, is {kind!r}")
    layout = version.request_header if kind == "request" else version.response_header
    header = _object(obj.get("header"), "header")
    text = "".join(_text(header, field.name) for field in layout)
    text += _text(obj, "header_rest", default="")
    groups = [_group_in(obj.get("transmission", []), "transmission", version)]
    for number, one in enumerate(_list(obj.get("transactions", []), "transactions")):
        groups.append(_group_in(one, f"transactions[{number}]", version))
    lead, tail = _text(obj, "lead", default=""), _text(obj, "tail", default="")
    message = Message.of(
        "request" if kind == "request" else "response",
        version,
        text,
        groups,
        lead=lead,
        tail=tail,
    )
    try:
        return message.to_bytes()
    except UnicodeEncodeError as error:
        bad = error.object[error.start : error.end]
        raise Malformed("message", f"cannot carry the character {bad!r}") from None


def _group_in(value: object, path: str, version: Version) -> Transaction:
    segments = []
    for number, one in enumerate(_list(value, path)):
        where = f"{path}[{number}]"
        segment = _object(one, where)
        pairs = []
        for place, item in enumerate(_list(segment.get("fields"), f"{where}.fields")):
            spot = f"{where}.fields[{place}]"
            field = _object(item, spot)
            pair = (_text(field, "id", path=spot), _text(field, "raw", path=spot))
            if _RESERVED.search(pair[0] + pair[1]):
                raise Malformed(spot, "holds a separator character")
            pairs.append(pair)
        lead = _text(segment, "lead", path=where, default="")
        bare = segment.get("bare") is True
        segments.append(Segment.of(pairs, version, lead=lead, bare=bare))
    return Transaction(segments)


# --- SCRIPT


def _script_out(raw: bytes) -> Json:
    root = parse_document(raw)
    out: Json = {"format": "script"}
    try:
        message = parse_message(raw)
        kind, faults, warnings = message.kind, (), message.warnings
    except MalformedMessage as error:
        kind, faults, warnings = error.kind, error.faults, ()
    text = raw.decode("utf-8")
    start = text.find("<" + _prefixed(root))
    before = text[:start] if start >= 0 else ""
    after = text[text.rfind(">") + 1 :]
    out.update(
        {
            "kind": kind,
            "before": before,
            "message": _node_out(root),
            "after": after,
            "faults": _faults(faults),
            "warnings": _faults(warnings),
        }
    )
    if _build_script(out) != raw:
        # Quotes, entities, empty tags: spelled in a way the tree alone does not tell.
        out["exact"] = text
    return out


def _prefixed(element: etree._Element) -> str:
    name = etree.QName(element).localname
    return f"{element.prefix}:{name}" if element.prefix else name


def _node_out(element: etree._Element) -> Json:
    out: Json = {}
    if isinstance(element, etree._Comment):
        out["comment"] = element.text or ""
    elif isinstance(element, etree._ProcessingInstruction):
        out["instruction"] = element.target or ""
        out["text"] = element.text or ""
    else:
        out["name"] = str(element.tag)
        namespaces = {prefix or "": uri for prefix, uri in _own_namespaces(element).items()}
        if namespaces:
            out["namespaces"] = namespaces
        if element.attrib:
            out["attributes"] = {str(name): str(text) for name, text in element.attrib.items()}
        if element.text:
            out["text"] = element.text
        if len(element):
            out["children"] = [_node_out(child) for child in element]
    if element.tail:
        out["tail"] = element.tail
    return out


def _own_namespaces(element: etree._Element) -> dict[str | None, str]:
    parent = element.getparent()
    above = parent.nsmap if parent is not None else {}
    return {prefix: uri for prefix, uri in element.nsmap.items() if above.get(prefix) != uri}


def _build_script(obj: Json) -> bytes:
    root = _node_in(obj.get("message"), "message")
    before, after = _text(obj, "before", default=""), _text(obj, "after", default="")
    return (before + etree.tostring(root, encoding="unicode", with_tail=False) + after).encode()


def _script_in(obj: Json) -> bytes:
    built = _build_script(obj)
    exact = obj.get("exact")
    if isinstance(exact, str):
        # The tree decides: an exact text is taken only while it still says the same.
        again = _script_out(exact.encode())
        if again["message"] == obj.get("message"):
            return exact.encode()
    parse_document(built)
    return built


def _node_in(value: object, path: str) -> etree._Element:
    node = _object(value, path)
    try:
        element = _bare_node(node, path)
        element.tail = _text(node, "tail", path=path, default="") or None
        return element
    except ValueError as error:
        raise Malformed(path, f"cannot be written as XML: {error}") from None


def _bare_node(node: Json, path: str) -> etree._Element:
    if "comment" in node:
        return etree.Comment(_text(node, "comment", path=path))
    if "instruction" in node:
        target, text = _text(node, "instruction", path=path), _text(node, "text", path=path)
        return etree.ProcessingInstruction(target, text)
    names = _object(node.get("namespaces", {}), f"{path}.namespaces")
    namespaces: dict[str | None, str] = {name or None: _text(names, name) for name in names}
    element = etree.Element(_text(node, "name", path=path), nsmap=namespaces)
    attributes = _object(node.get("attributes", {}), f"{path}.attributes")
    for name in attributes:
        element.set(name, _text(attributes, name, path=f"{path}.attributes"))
    element.text = _text(node, "text", path=path, default="") or None
    for number, child in enumerate(_list(node.get("children", []), f"{path}.children")):
        element.append(_node_in(child, f"{path}.children[{number}]"))
    return element


# --- scans


def _scan_out(scan: Scan) -> Json:
    return {
        "format": "gs1",
        "raw": scan.raw,
        "kind": scan.kind.value,
        "symbology": scan.symbology,
        "gtin14": scan.gtin14 or None,
        "ndc10": scan.ndc10 or None,
        "ndc": scan.ndc or None,
        "expires_on": _plain(scan.expires_on),
        "lot": scan.lot or None,
        "serial": scan.serial or None,
        "sscc": scan.sscc or None,
        "rx_number": scan.rx_number or None,
        "fill_number": scan.fill_number,
        "part": scan.part,
        "bag_id": scan.bag_id or None,
        "others": [{"ai": ai, "value": value} for ai, value in scan.others],
        "problems": _faults(scan.problems),
    }


def _scan_in(obj: Json) -> bytes:
    """The raw scan, or an element string of gtin14, expires_on, lot and serial."""
    if "raw" in obj:
        return _text(obj, "raw").encode("latin-1")
    parts = ["01" + _text(obj, "gtin14")]
    if obj.get("expires_on"):
        day = _text(obj, "expires_on")
        parts.append("17" + day.replace("-", "")[2:])
    if obj.get("lot"):
        parts.append("10" + _text(obj, "lot") + (FNC1 if obj.get("serial") else ""))
    if obj.get("serial"):
        parts.append("21" + _text(obj, "serial"))
    text = "]d2" + "".join(parts)
    read_scan(text)
    return text.encode("latin-1")


# --- JSON from outside


def _text(obj: Json, key: str, *, path: str = "", default: str | None = None) -> str:
    value = obj.get(key, default)
    if not isinstance(value, str):
        where = f"{path}.{key}" if path else key
        raise Malformed(where, "must be text" if key in obj else "is missing")
    return value


def _object(value: object, path: str) -> Json:
    if not isinstance(value, dict):
        raise Malformed(path, "must be an object")
    return value


def _list(value: object, path: str) -> list[object]:
    if not isinstance(value, list):
        raise Malformed(path, "must be a list")
    return value
