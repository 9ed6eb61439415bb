"""A document in either syntax, told by its first character."""

import json
import re
from collections.abc import Iterator
from typing import BinaryIO, Literal

from apothecary.wires.epcis.json_reading import read_json
from apothecary.wires.epcis.model import Document, Event
from apothecary.wires.epcis.xml_reading import read_xml, stream_xml
from apothecary.wires.errors import Malformed

Syntax = Literal["xml", "json"]
_END = re.compile(r"</(?:[A-Za-z_][\w.-]*:)?EPCISDocument\s*>\s*")
_BLANK = re.compile(r"[\s\ufeff]*")
_JSON = json.JSONDecoder()


def syntax_of(raw: bytes) -> Syntax:
    """Whether these bytes begin as XML or as JSON. Raises Malformed when as neither."""
    start = raw[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"<":
        return "xml"
    if start == b"{":
        return "json"
    raise Malformed("document", "is neither XML nor a JSON object", 0)


def read(raw: bytes) -> Document:
    """Read a document of either syntax. Raises Malformed with every fault; the caller keeps
    the bytes.
    """
    return read_xml(raw) if syntax_of(raw) == "xml" else read_json(raw)


def stream_events(file: BinaryIO) -> Iterator[Event]:
    """The events of a document, one after another; XML in the memory of one event. JSON is
    read whole. Raises Malformed at the first that cannot be read.
    """
    start = file.read(1024)
    file.seek(0)
    if syntax_of(start) == "xml":
        yield from stream_xml(file)
    else:
        yield from read_json(file.read()).events


def split_documents(raw: bytes) -> Iterator[bytes]:
    """The documents of a file of many, XML and JSON in any order; joined they are the file
    again. Never refuses: what is no document comes as one piece, to be refused when read.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        yield raw
        return
    start = 0
    while start < len(text):
        end = _end_of(text, start)
        yield text[start:end].encode()
        start = end


def _end_of(text: str, start: int) -> int:
    """Where the document that begins here ends, with the blanks behind it."""
    blank = _BLANK.match(text, start)
    begin = blank.end() if blank else start
    if text.startswith("{", begin):
        try:
            end = _JSON.raw_decode(text, begin)[1]
        except (ValueError, RecursionError):
            return len(text)
    else:
        found = _END.search(text, begin)
        end = found.end() if found else len(text)
    behind = _BLANK.match(text, end)
    return behind.end() if behind else end
