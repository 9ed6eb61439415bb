"""EPCIS as JSON and back, byte for byte: the text as it came, what it says in the form of 2.0,
and what it tells of each package.
"""

import json

from apothecary.wires.epcis.documents import Syntax, read, syntax_of
from apothecary.wires.epcis.json_reading import read_object
from apothecary.wires.epcis.json_writing import as_object, write_json
from apothecary.wires.epcis.model import Place
from apothecary.wires.epcis.tracing import TransactionInformation, transaction_information
from apothecary.wires.epcis.xml_writing import write_xml
from apothecary.wires.errors import Malformed
from apothecary.wires.json_keys import Json, faults_out, object_at, plain, text_at


def document_to_json(raw: bytes) -> Json:
    """A document with its text, its form in 2.0, its packages and its faults. Raises
    Malformed when it cannot be read.
    """
    document = read(raw)
    rows, problems = transaction_information(document)
    return {
        "format": "epcis",
        "syntax": syntax_of(raw),
        "version": document.version,
        "raw": raw.decode(),
        "epcis": as_object(document),
        "packages": [_row_out(one) for one in rows],
        "problems": faults_out(problems),
        "faults": faults_out(document.faults),
    }


def _row_out(row: TransactionInformation) -> Json:
    item = row.item
    return {
        "epc": row.epc,
        "gtin": row.gtin,
        "serial": row.serial or None,
        "ndc": row.ndc or None,
        "lot": row.lot or None,
        "expires_on": plain(row.expires_on),
        "name": item.name if item else None,
        "strength": item.strength if item else None,
        "form": item.form if item else None,
        "container_size": item.container if item else None,
        "containers": plain(row.containers),
        "boxes": list(row.boxes),
        "shipped_at": row.shipped_at.isoformat(),
        "seller": _place_out(row.seller),
        "buyer": _place_out(row.buyer),
        "orders": list(row.orders),
        "despatches": list(row.despatches),
        "invoices": list(row.invoices),
        "statement_affirmed": row.statement.affirmed if row.statement else None,
        "event": row.event,
    }


def _place_out(place: Place | None) -> Json | None:
    if place is None:
        return None
    lines = [*place.street, place.city, place.state, place.postal_code, place.country]
    return {"id": place.id, "name": place.name, "address": [line for line in lines if line]}


def document_from_json(obj: Json) -> bytes:
    """The bytes of a document. The text stands as long as it says what ``epcis`` says; else
    the document is written from ``epcis`` in its syntax. Raises Malformed naming the key.
    """
    text = obj.get("raw")
    if isinstance(text, str):
        try:
            raw = text.encode()
        except UnicodeEncodeError:
            raise Malformed("raw", "holds a character that is none") from None
        if "epcis" not in obj or _said(raw) == obj["epcis"]:
            return raw
    document = read_object(object_at(obj.get("epcis"), "epcis"))
    syntax = _syntax(text_at(obj, "syntax", default="xml"))
    return write_xml(document) if syntax == "xml" else write_json(document)


def _said(raw: bytes) -> object:
    """What a text says, as it looks after it went through JSON."""
    try:
        return json.loads(json.dumps(as_object(read(raw))))
    except Malformed:
        return None


def _syntax(text: str) -> Syntax:
    if text == "xml":
        return "xml"
    if text == "json":
        return "json"
    raise Malformed("syntax", f"must be xml or json, is {text[:20]!r}")
