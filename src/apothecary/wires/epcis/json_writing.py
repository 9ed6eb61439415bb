"""EPCIS 2.0 written as JSON-LD, for a document made or changed here."""

import json
from collections.abc import Sequence
from decimal import Decimal

from apothecary.wires.epcis import words
from apothecary.wires.epcis.model import Document, Event, Extra, Kind, Statement, Typed
from apothecary.wires.epcis.xml_writing import namespaces
from apothecary.wires.errors import Malformed

Json = dict[str, object]
_KNOWN = {words.US_HEALTH: "gs1ushc", words.MASTER: "cbvmda", words.SBDH: "sbdh"}


def write_json(document: Document) -> bytes:
    """A document as EPCIS 2.0, indented, in UTF-8."""
    return json.dumps(as_object(document), ensure_ascii=False, indent=1).encode() + b"\n"


def as_object(document: Document) -> Json:
    """A document as the JSON object of EPCIS 2.0, which knows no authority of a partner's id.
    Raises Malformed on a quantity that a JSON number cannot carry.
    """
    prefixes = dict(_KNOWN)
    for namespace in namespaces(document):
        prefixes.setdefault(namespace, f"ext{len(prefixes) - len(_KNOWN) + 1}")
    context = {prefix: uri for uri, prefix in prefixes.items()}
    out: Json = {
        "@context": [words.CONTEXT, context],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": words.instant_text(document.created_at),
    }
    if document.sender is not None:
        out["sender"] = document.sender.id
    if document.receiver is not None:
        out["receiver"] = document.receiver.id
    if document.instance:
        out["instanceIdentifier"] = document.instance
    head = _header(document, prefixes)
    if head:
        out["epcisHeader"] = head
    out["epcisBody"] = {"eventList": [_event(one, prefixes) for one in document.events]}
    return out


def _header(document: Document, prefixes: dict[str, str]) -> Json:
    head: Json = {}
    lists = []
    for kind, elements in (
        (words.EPC_CLASS, [(one.id, words.item_attributes(one)) for one in document.items]),
        (words.LOCATION, [(one.id, words.place_attributes(one)) for one in document.places]),
    ):
        if elements:
            lists.append({"type": kind, "vocabularyElementList": _elements(elements)})
    if lists:
        head["epcisMasterData"] = {"vocabularyList": lists}
    if document.sent_at is not None:
        head["sbdh:sentAt"] = words.instant_text(document.sent_at)
    if document.statement is not None:
        head["gs1ushc:dscsaTransactionStatement"] = _statement(document.statement)
    head.update(_extras(document.extras, prefixes))
    return head


def _elements(elements: Sequence[tuple[str, Typed]]) -> list[Json]:
    return [
        {
            "id": name,
            "attributes": [
                {"id": a if ":" in a else f"{words.MASTER}#{a}", "attribute": value}
                for a, value in attributes
            ],
        }
        for name, attributes in elements
    ]


def _statement(statement: Statement) -> Json:
    out: Json = {"gs1ushc:affirmTransactionStatement": statement.affirmed}
    if statement.notice:
        out["gs1ushc:legalNotice"] = statement.notice
    return out


def _extras(extras: Sequence[Extra], prefixes: dict[str, str]) -> Json:
    """Elements of others by their keys; one that stands several times becomes a list."""
    out: Json = {}
    for one in extras:
        name = f"{prefixes[one.namespace]}:{one.name}" if one.namespace else one.name
        value: object = _extras(one.children, prefixes) if one.children else one.text
        if name not in out:
            out[name] = value
        elif isinstance(held := out[name], list):
            held.append(value)
        else:
            out[name] = [held, value]
    return out


def _event(event: Event, prefixes: dict[str, str]) -> Json:
    out: Json = {"type": event.kind.value}
    if event.id:
        out["eventID"] = event.id
    out["eventTime"] = words.instant_text(event.at)
    if event.recorded_at is not None:
        out["recordTime"] = words.instant_text(event.recorded_at)
    out["eventTimeZoneOffset"] = event.zone
    if event.error is not None:
        error: Json = {"declarationTime": words.instant_text(event.error.at)}
        if event.error.reason:
            error["reason"] = event.error.reason
        if event.error.corrected_by:
            error["correctiveEventIDs"] = list(event.error.corrected_by)
        out["errorDeclaration"] = error
    if event.parent:
        out["parentID"] = event.parent
    out["childEPCs" if event.kind is Kind.AGGREGATION else "epcList"] = list(event.epcs)
    _quantities(out, event)
    out["action"] = event.action
    _context(out, event)
    ilmd = _ilmd(event, prefixes)
    if ilmd:
        out["ilmd"] = ilmd
    if event.statement is not None:
        out["gs1ushc:dscsaTransactionStatement"] = _statement(event.statement)
    out.update(_extras(event.extras, prefixes))
    return out


def _quantities(out: Json, event: Event) -> None:
    found: list[Json] = []
    for one in event.quantities:
        row: Json = {"epcClass": one.epc_class}
        if one.quantity is not None:
            whole = one.quantity == one.quantity.to_integral_value()
            row["quantity"] = int(one.quantity) if whole else _exact(one.quantity)
        if one.unit:
            row["uom"] = one.unit
        found.append(row)
    if found:
        name = "childQuantityList" if event.kind is Kind.AGGREGATION else "quantityList"
        out[name] = found


def _exact(quantity: Decimal) -> float:
    """A fraction as JSON writes it. Raises Malformed when a digit would be lost."""
    found = float(quantity)
    if Decimal(repr(found)) != quantity:
        raise Malformed("quantity", f"has more digits than JSON carries: {quantity}")
    return found


def _context(out: Json, event: Event) -> None:
    if event.step:
        out["bizStep"] = event.step
    if event.disposition:
        out["disposition"] = event.disposition
    if event.dispositions_set or event.dispositions_unset:
        both = {"set": event.dispositions_set, "unset": event.dispositions_unset}
        out["persistentDisposition"] = {name: list(one) for name, one in both.items() if one}
    if event.read_point:
        out["readPoint"] = {"id": event.read_point}
    if event.location:
        out["bizLocation"] = {"id": event.location}
    for name, key, pairs in (
        ("bizTransactionList", "bizTransaction", event.transactions),
        ("sourceList", "source", event.sources),
        ("destinationList", "destination", event.destinations),
    ):
        if pairs:
            out[name] = [
                {"type": kind, key: value} if kind else {key: value} for kind, value in pairs
            ]


def _ilmd(event: Event, prefixes: dict[str, str]) -> Json:
    out: Json = {}
    if event.lot:
        out["cbvmda:lotNumber"] = event.lot
    if event.expires_on is not None:
        out["cbvmda:itemExpirationDate"] = event.expires_on.isoformat()
    out.update(_extras(event.ilmd, prefixes))
    return out
