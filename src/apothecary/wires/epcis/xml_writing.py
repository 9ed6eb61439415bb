"""EPCIS 1.2 written as XML, as the US guideline for DSCSA lays it out.

Written for a document made or changed here; one that came is kept and passed on as its bytes.
"""

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from apothecary.wires.epcis import words
from apothecary.wires.epcis.model import (
    Document,
    ErrorDeclaration,
    Event,
    Extra,
    Kind,
    Partner,
    Quantity,
    Statement,
    Typed,
)
from apothecary.wires.errors import Malformed

_KNOWN = {words.US_HEALTH: "gs1ushc", words.MASTER: "cbvmda", words.SBDH: "sbdh"}
_ALLOWED_CONTROL = "\t\n"
_NAME = re.compile(r"[^\W\d][\w.-]*")


def write_xml(document: Document) -> bytes:
    """A document as EPCIS 1.2 in UTF-8. Raises Malformed on a character XML cannot carry."""
    prefixes = _prefixes(document)
    out: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>\n<epcis:EPCISDocument']
    out.append(f' xmlns:epcis="{words.EPCIS_1}"')
    out += [f" xmlns:{prefix}={quoteattr(uri)}" for uri, prefix in prefixes.items()]
    out.append(
        f' schemaVersion="1.2" creationDate="{words.instant_text(document.created_at)}">'
    )
    out.append("\n<EPCISHeader>")
    _header(out, document, prefixes)
    out.append("\n</EPCISHeader>\n<EPCISBody>\n<EventList>")
    for event in document.events:
        _event(out, event, prefixes)
    out.append("\n</EventList>\n</EPCISBody>\n</epcis:EPCISDocument>\n")
    text = "".join(out)
    bad = next((one for one in text if one < " " and one not in _ALLOWED_CONTROL), "")
    if bad or "\ufffe" in text or "\uffff" in text:
        raise Malformed("document", f"holds a character that XML cannot carry: {bad!r}")
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        found = error.object[error.start : error.end]
        raise Malformed("document", f"holds a character that is none: {found!r}") from None


def _prefixes(document: Document) -> dict[str, str]:
    """A prefix for every namespace that is used."""
    found = dict(_KNOWN)
    for namespace in namespaces(document):
        found.setdefault(namespace, f"ext{len(found) - len(_KNOWN) + 1}")
    return found


def namespaces(document: Document) -> Iterator[str]:
    """The namespaces of all elements of others, in order."""
    pending = [*document.extras]
    for event in document.events:
        pending += [*event.ilmd, *event.extras]
    for one in pending:
        yield from _of_extra(one)


def _of_extra(one: Extra) -> Iterator[str]:
    if one.namespace:
        yield one.namespace
    for child in one.children:
        yield from _of_extra(child)


def _tag(out: list[str], name: str, text: str) -> None:
    out.append(f"<{name}>{escape(text)}</{name}>")


def _header(out: list[str], document: Document, prefixes: dict[str, str]) -> None:
    out.append("\n<sbdh:StandardBusinessDocumentHeader>")
    out.append("<sbdh:HeaderVersion>1.0</sbdh:HeaderVersion>")
    for role, partner in (("Sender", document.sender), ("Receiver", document.receiver)):
        _partner(out, role, partner)
    out.append("<sbdh:DocumentIdentification><sbdh:Standard>EPCglobal</sbdh:Standard>")
    out.append("<sbdh:TypeVersion>1.0</sbdh:TypeVersion>")
    _tag(out, "sbdh:InstanceIdentifier", document.instance)
    out.append("<sbdh:Type>Events</sbdh:Type>")
    if document.sent_at is not None:
        _tag(out, "sbdh:CreationDateAndTime", words.instant_text(document.sent_at))
    out.append("</sbdh:DocumentIdentification></sbdh:StandardBusinessDocumentHeader>")
    if document.items or document.places:
        out.append("\n<extension><EPCISMasterData><VocabularyList>")
        items = [(one.id, words.item_attributes(one)) for one in document.items]
        places = [(one.id, words.place_attributes(one)) for one in document.places]
        _vocabulary(out, words.EPC_CLASS, items)
        _vocabulary(out, words.LOCATION, places)
        out.append("</VocabularyList></EPCISMasterData></extension>")
    if document.statement is not None:
        _statement(out, document.statement)
    for one in document.extras:
        _extra(out, one, prefixes)


def _partner(out: list[str], role: str, partner: Partner | None) -> None:
    if partner is not None:
        authority = f" Authority={quoteattr(partner.authority)}" if partner.authority else ""
        out.append(f"<sbdh:{role}><sbdh:Identifier{authority}>{escape(partner.id)}")
        out.append(f"</sbdh:Identifier></sbdh:{role}>")


def _vocabulary(out: list[str], kind: str, elements: Sequence[tuple[str, Typed]]) -> None:
    if not elements:
        return
    out.append(f'\n<Vocabulary type="{kind}"><VocabularyElementList>')
    for name, attributes in elements:
        out.append(f"\n<VocabularyElement id={quoteattr(name)}>")
        for attribute, value in attributes:
            whole = attribute if ":" in attribute else f"{words.MASTER}#{attribute}"
            out.append(f"<attribute id={quoteattr(whole)}>{escape(value)}</attribute>")
        out.append("</VocabularyElement>")
    out.append("</VocabularyElementList></Vocabulary>")


def _statement(out: list[str], statement: Statement) -> None:
    affirmed = "true" if statement.affirmed else "false"
    out.append("\n<gs1ushc:dscsaTransactionStatement>")
    _tag(out, "gs1ushc:affirmTransactionStatement", affirmed)
    if statement.notice:
        _tag(out, "gs1ushc:legalNotice", statement.notice)
    out.append("</gs1ushc:dscsaTransactionStatement>")


def _extra(out: list[str], one: Extra, prefixes: dict[str, str]) -> None:
    if _NAME.fullmatch(one.name) is None:
        raise Malformed("extras", f"cannot be the name of an element: {one.name[:60]!r}")
    name = f"{prefixes[one.namespace]}:{one.name}" if one.namespace else one.name
    if not one.children:
        _tag(out, name, one.text)
        return
    out.append(f"<{name}>")
    for child in one.children:
        _extra(out, child, prefixes)
    out.append(f"</{name}>")


def _event(out: list[str], event: Event, prefixes: dict[str, str]) -> None:
    out.append(f"\n<{event.kind}>")
    _tag(out, "eventTime", words.instant_text(event.at))
    if event.recorded_at is not None:
        _tag(out, "recordTime", words.instant_text(event.recorded_at))
    _tag(out, "eventTimeZoneOffset", event.zone)
    if event.id or event.error is not None:
        out.append("<baseExtension>")
        if event.id:
            _tag(out, "eventID", event.id)
        if event.error is not None:
            _error(out, event.error)
        out.append("</baseExtension>")
    if event.kind is Kind.TRANSACTION:
        _transactions(out, event)
    _things(out, event)
    _tag(out, "action", event.action)
    _context(out, event)
    _extension(out, event, prefixes)
    if event.statement is not None:
        _statement(out, event.statement)
    for one in event.extras:
        _extra(out, one, prefixes)
    out.append(f"</{event.kind}>")


def _error(out: list[str], error: ErrorDeclaration) -> None:
    out.append("<errorDeclaration>")
    _tag(out, "declarationTime", words.instant_text(error.at))
    if error.reason:
        _tag(out, "reason", words.full(error.reason, words.ERROR))
    if error.corrected_by:
        out.append("<correctiveEventIDs>")
        for one in error.corrected_by:
            _tag(out, "correctiveEventID", one)
        out.append("</correctiveEventIDs>")
    out.append("</errorDeclaration>")


def _things(out: list[str], event: Event) -> None:
    if event.parent:
        _tag(out, "parentID", event.parent)
    name = "childEPCs" if event.kind is Kind.AGGREGATION else "epcList"
    out.append(f"<{name}>")
    for epc in event.epcs:
        _tag(out, "epc", epc)
    out.append(f"</{name}>")


def _context(out: list[str], event: Event) -> None:
    if event.step:
        _tag(out, "bizStep", words.full(event.step, words.BIZSTEP))
    if event.disposition:
        _tag(out, "disposition", words.full(event.disposition, words.DISPOSITION))
    for name, place in (("readPoint", event.read_point), ("bizLocation", event.location)):
        if place:
            out.append(f"<{name}><id>{escape(place)}</id></{name}>")
    if event.kind is not Kind.TRANSACTION and event.transactions:
        _transactions(out, event)


def _transactions(out: list[str], event: Event) -> None:
    _typed(out, "bizTransactionList", "bizTransaction", event.transactions, words.TRANSACTION)


def _typed(out: list[str], name: str, one: str, pairs: Typed, family: str) -> None:
    if pairs:
        out.append(f"<{name}>")
        for kind, value in pairs:
            typed = f" type={quoteattr(words.full(kind, family))}" if kind else ""
            out.append(f"<{one}{typed}>{escape(value)}</{one}>")
        out.append(f"</{name}>")


def _extension(out: list[str], event: Event, prefixes: dict[str, str]) -> None:
    inner: list[str] = []
    _quantities(inner, event.kind, event.quantities)
    _typed(inner, "sourceList", "source", event.sources, words.PARTY)
    _typed(inner, "destinationList", "destination", event.destinations, words.PARTY)
    dispositions = [("set", one) for one in event.dispositions_set]
    dispositions += [("unset", one) for one in event.dispositions_unset]
    if dispositions:
        inner.append("<persistentDisposition>")
        for name, word in dispositions:
            _tag(inner, name, words.full(word, words.DISPOSITION))
        inner.append("</persistentDisposition>")
    if event.lot or event.expires_on or event.ilmd:
        inner.append("<ilmd>")
        if event.lot:
            _tag(inner, "cbvmda:lotNumber", event.lot)
        if event.expires_on:
            _tag(inner, "cbvmda:itemExpirationDate", event.expires_on.isoformat())
        for one in event.ilmd:
            _extra(inner, one, prefixes)
        inner.append("</ilmd>")
    if inner:
        out += ["<extension>", *inner, "</extension>"]


def _quantities(out: list[str], kind: Kind, quantities: Sequence[Quantity]) -> None:
    if not quantities:
        return
    name = "childQuantityList" if kind is Kind.AGGREGATION else "quantityList"
    out.append(f"<{name}>")
    for one in quantities:
        out.append("<quantityElement>")
        _tag(out, "epcClass", one.epc_class)
        if one.quantity is not None:
            _tag(out, "quantity", format(one.quantity, "f"))
        if one.unit:
            _tag(out, "uom", one.unit)
        out.append("</quantityElement>")
    out.append(f"</{name}>")
