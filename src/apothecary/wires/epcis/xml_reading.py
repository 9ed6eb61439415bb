"""EPCIS as XML (1.2, and 2.0's XML), read whole or as a stream.

No document type, no entity, no network, UTF-8 only. What the schema forbids and leaves a doubt
(elements in another order, an unknown action, no time, no zone) is refused with the event.
"""

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from apothecary.wires.epcis import words
from apothecary.wires.epcis.drafts import HeaderDraft, refuse
from apothecary.wires.epcis.model import Document, Event
from apothecary.wires.epcis.xml_events import (
    KINDS,
    Element,
    extra,
    local_name,
    read_event,
    statement_of,
    text_of,
)
from apothecary.wires.errors import Fault, Malformed

_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_HEAD = 65_536  # bytes within which the root must begin
_OTHER_KINDS = ("TransformationEvent", "AssociationEvent", "QuantityEvent")


def read_xml(raw: bytes) -> Document:
    """Read a document. Raises Malformed, with every fault of its events, when it cannot be
    read or is not as the schema wants it.
    """
    if len(raw) > words.LARGEST:
        raise Malformed("document", f"has {len(raw)} bytes, at most {words.LARGEST} are read")
    _check_head(raw[:_HEAD])
    try:
        root = etree.fromstring(raw, _parser())
    except etree.XMLSyntaxError as error:
        raise Malformed("document", f"is not well-formed XML: {error.msg}") from None
    header = _root(root)
    events: list[Event] = []
    bad: list[Fault] = []
    for child in root:
        name = local_name(child)
        if name == "EPCISHeader":
            _header(child, header)
        elif name == "EPCISBody":
            _body(child, header, events, bad)
        elif name:
            header.odd(name, "is not read")
    refuse(bad)
    return header.document(tuple(events))


def stream_xml(file: BinaryIO) -> Iterator[Event]:
    """The events of a document of any size, one after another, in the memory of one.

    Raises Malformed at the first that cannot be read.
    """
    head = file.read(_HEAD)
    _check_head(head)
    number = 0
    try:
        for _, element in etree.iterparse(
            _Joined(head, file),
            events=("end",),
            tag=[*KINDS, *_OTHER_KINDS],
            encoding="utf-8",
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        ):
            number += 1
            kind = KINDS.get(element.tag)
            if kind is not None:
                bad: list[Fault] = []
                event = read_event(element, kind, number, bad)
                refuse(bad)
                if event is not None:
                    yield event
            _forget(element)
    except etree.XMLSyntaxError as error:
        raise Malformed("document", f"is not well-formed XML: {error.msg}") from None


class _Joined(io.RawIOBase):
    """The head that was looked at, and the rest of the file behind it."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._head = head
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        if self._head:
            head, self._head = self._head, b""
            return head
        return self._rest.read(size)


def _forget(element: Element) -> None:
    """Free an event that was read, and those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _check_head(head: bytes) -> None:
    declared = _DECLARED.match(head)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        found = declared[1].decode("latin-1")
        raise Malformed("document", f"declares the encoding {found!r}, only UTF-8 is read")
    prolog = _PROLOG.match(head)
    start = prolog.end() if prolog else 0
    if head.startswith(b"<!", start):
        # Entities can only be declared in a document type, so none is ever taken.
        raise Malformed("document", "has a document type declaration, which is refused", start)
    if not head.startswith(b"<", start) or start >= _HEAD:
        raise Malformed("document", "does not begin as XML in UTF-8", start)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _root(root: Element) -> HeaderDraft:
    name, namespace = local_name(root), root.tag.rpartition("}")[0].lstrip("{")
    if name != "EPCISDocument" or namespace not in (words.EPCIS_1, words.EPCIS_2):
        raise Malformed("document", f"is no EPCISDocument but {root.tag[:80]!r}")
    version = root.get("schemaVersion", "")
    return HeaderDraft(version, root.get("creationDate", ""))


def _header(element: Element, header: HeaderDraft) -> None:
    for child in element:
        name = local_name(child)
        if name == "StandardBusinessDocumentHeader":
            _sbdh(child, header)
        elif name == "extension":
            for inner in child:
                _master_data(inner, header)
        elif name == "EPCISMasterData":
            _master_data(child, header)
        elif name == "dscsaTransactionStatement":
            if not child.tag.startswith("{" + words.US_HEALTH):
                header.odd(name, f"has another namespace: {child.tag[:80]!r}")
            header.statement = statement_of(child)
        else:
            header.extras.append(extra(child))


def _sbdh(element: Element, header: HeaderDraft) -> None:
    for child in element:
        name = local_name(child)
        if name in ("Sender", "Receiver"):
            for inner in child:
                if local_name(inner) == "Identifier":
                    header.partner(name, text_of(inner), inner.get("Authority", ""))
        elif name == "DocumentIdentification":
            for inner in child:
                header.identification(local_name(inner), text_of(inner))


def _master_data(element: Element, header: HeaderDraft) -> None:
    for vocabulary in element.iter("Vocabulary"):
        kind = vocabulary.get("type", "")
        for one in vocabulary.iter("VocabularyElement"):
            name = one.get("id", "")
            attributes = tuple(
                [
                    (words.attribute_name(a.get("id", "")), (a.text or "").strip())
                    for a in one.iterchildren("attribute")
                ]
            )
            header.vocabulary(kind, name, attributes)


def _body(element: Element, header: HeaderDraft, events: list[Event], bad: list[Fault]) -> None:
    number = 0
    for child in element:
        if child.tag != "EventList":
            header.odd(local_name(child), "stands in the body and is not read")
            continue
        for one in child:
            number += 1
            name = one.tag
            kind = KINDS.get(name)
            if kind is not None:
                event = read_event(one, kind, number, bad)
                if event is not None:
                    events.append(event)
            elif name == "extension":
                header.odd(f"event {number}", "is of a kind that is not read")
            elif local_name(one) in _OTHER_KINDS:
                header.odd(f"event {number}", f"{local_name(one)} is a kind that is not read")
            else:
                reason = f"{local_name(one)} is no event"
                bad.append(Fault(f"event {number}", reason))
