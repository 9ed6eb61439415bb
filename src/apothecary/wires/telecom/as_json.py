"""A telecommunication message as JSON and back, byte for byte."""

import re

from apothecary.wires.errors import Malformed
from apothecary.wires.json_keys import Json, faults_out, list_at, object_at, plain, text_at
from apothecary.wires.telecom.codes import explain_code
from apothecary.wires.telecom.conformance import conformance
from apothecary.wires.telecom.message import Message, Segment, Transaction
from apothecary.wires.telecom.tables import SEGMENT_NAMES, VERSIONS, Version

_RESERVED = re.compile("[\x1c\x1d\x1e]")


def message_to_json(message: Message) -> Json:
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
        "faults": faults_out(conformance(message)),
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
            out["value"] = plain(value)
        if (meaning := explain_code(field_id, raw)).known:
            out["means"] = meaning.says
    return out


def message_from_json(obj: Json) -> bytes:
    version = VERSIONS.get(text_at(obj, "version"))
    if version is None:
        raise Malformed("version", f"must be one of {', '.join(VERSIONS)}")
    kind = text_at(obj, "kind")
    if kind not in ("request", "response"):
        raise Malformed("kind", f"must be request or response, is {kind!r}")
    layout = version.request_header if kind == "request" else version.response_header
    header = object_at(obj.get("header"), "header")
    text = "".join(text_at(header, field.name) for field in layout)
    text += text_at(obj, "header_rest", default="")
    groups = [_group_in(obj.get("transmission", []), "transmission", version)]
    for number, one in enumerate(list_at(obj.get("transactions", []), "transactions")):
        groups.append(_group_in(one, f"transactions[{number}]", version))
    lead, tail = text_at(obj, "lead", default=""), text_at(obj, "tail", default="")
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
    for number, one in enumerate(list_at(value, path)):
        where = f"{path}[{number}]"
        segment = object_at(one, where)
        pairs = []
        for place, item in enumerate(list_at(segment.get("fields"), f"{where}.fields")):
            spot = f"{where}.fields[{place}]"
            field = object_at(item, spot)
            pair = (text_at(field, "id", path=spot), text_at(field, "raw", path=spot))
            if _RESERVED.search(pair[0] + pair[1]):
                raise Malformed(spot, "holds a separator character")
            pairs.append(pair)
        lead = text_at(segment, "lead", path=where, default="")
        bare = segment.get("bare") is True
        segments.append(Segment.of(pairs, version, lead=lead, bare=bare))
    return Transaction(segments)
