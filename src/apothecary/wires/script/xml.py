"""XML from strangers: no entities, no DTD, no network, bounded size; and canonical form."""

import re

from lxml import etree

from apothecary.wires.errors import Malformed

LARGEST_DOCUMENT = 1_000_000  # bytes; a prescription has about three thousand

_PROLOG = re.compile(r"\ufeff?(?:\s|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DECLARED = re.compile(r"\ufeff?<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_ENCODINGS = ("utf-8", "utf8", "us-ascii", "ascii")


def parse_document(raw: bytes) -> etree._Element:
    """The root element of a document. Raises Malformed on anything else, without network or
    file access and without expanding an entity.
    """
    if len(raw) > LARGEST_DOCUMENT:
        reason = f"has {len(raw)} bytes, at most {LARGEST_DOCUMENT} are read"
        raise Malformed("document", reason)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("document", "is not UTF-8 text", error.start) from None
    declared = _DECLARED.match(text)
    if declared and declared[1].lower() not in _ENCODINGS:
        raise Malformed(
            "document", f"declares the encoding {declared[1]!r}, only UTF-8 is read"
        )
    prolog = _PROLOG.match(text)
    start = prolog.end() if prolog else 0
    if text.startswith("<!", start):
        # Entities can only be declared in a document type, so none is ever taken.
        at = len(text[:start].encode())
        raise Malformed("document", "has a document type declaration, which is refused", at)
    try:
        root = etree.fromstring(raw, _parser())
    except etree.XMLSyntaxError as error:
        raise Malformed("document", f"is not well-formed XML: {error.msg}") from None
    return root


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
    )


def canonical(raw: bytes) -> bytes:
    """Canonical XML of a document: equal for documents that say the same. Raises Malformed."""
    return etree.tostring(parse_document(raw), method="c14n", with_comments=False)


def text_of(element: etree._Element) -> str:
    """The element's text without surrounding space, comments left out."""
    parts = [element.text or "", *((child.tail or "") for child in element)]
    return "".join(parts).strip()


def local_name(element: etree._Element) -> str:
    """The element's name without namespace; empty for a comment or processing instruction."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
