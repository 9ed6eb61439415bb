"""X12 as JSON and back, byte for byte; papers we know also show what they mean."""

from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum

from apothecary.wires.errors import Malformed
from apothecary.wires.json_keys import Json, faults_out, list_at, object_at, text_at
from apothecary.wires.x12.acknowledge import read_acknowledgement
from apothecary.wires.x12.balance import balance
from apothecary.wires.x12.conformance import findings
from apothecary.wires.x12.interchange import File, Interchange, TransactionSet
from apothecary.wires.x12.remittance_reader import read_remittance
from apothecary.wires.x12.segments import LEAD, Delimiters, Segment
from apothecary.wires.x12.supply.billing import Invoice
from apothecary.wires.x12.supply.dialect import PLAIN, Dialect
from apothecary.wires.x12.supply.papers import READERS, read_paper


def file_to_json(file: File, *, speaks: Dialect = PLAIN) -> Json:
    """A file: each interchange with its separators, segments as lists, faults; the sets beside
    them by kind, and what those that we know among them say. Papers of supply are read as
    whoever ``speaks`` that dialect writes them; the bytes are the same in any.
    """
    out: Json = {
        "format": "x12",
        "interchanges": [_interchange_out(one, speaks) for one in file.interchanges],
    }
    if speaks is not PLAIN:
        out["dialect"] = speaks.name
    if file.tail:
        out["tail"] = file.tail
    return out


def _interchange_out(interchange: Interchange, speaks: Dialect) -> Json:
    marks = interchange.delimiters
    newline = interchange.segments[1].lead if len(interchange.segments) > 1 else ""
    out: Json = {
        "delimiters": {field.name: getattr(marks, field.name) for field in fields(marks)},
        "newline": newline,
        "sender": ":".join(interchange.sender),
        "receiver": ":".join(interchange.receiver),
        "control": interchange.control,
        "segments": [_segment_out(one, newline) for one in interchange.segments],
        "sets": [_set_out(one, speaks) for one in interchange.sets()],
        "faults": faults_out([one.fault for one in findings(interchange.segments)]),
    }
    if not interchange.segments[-1].end:
        out["unterminated"] = True
    return out


def _segment_out(segment: Segment, newline: str) -> object:
    """Id and elements; the text itself where its line ends are not those of the others."""
    usual = "" if segment.number == 1 else newline
    elements = list(segment.elements)
    if segment.text == usual + segment.delimiters.element.join(elements):
        return elements
    return {"text": segment.text, "elements": elements}


def _set_out(one: TransactionSet, speaks: Dialect) -> Json:
    out: Json = {
        "kind": one.kind,
        "control": one.control,
        "version": one.version,
        "first_segment": one.header.number,
        "segments": len(one.segments),
    }
    try:
        if one.kind == "835":
            remittance = read_remittance(one)
            out["remittance"] = shown(remittance)
            out["imbalances"] = [shown(found) for found in balance(remittance)]
        elif one.kind in ("997", "999"):
            out["acknowledgement"] = shown(read_acknowledgement(one))
        elif one.kind in READERS:
            paper = read_paper(one, speaks)
            out["paper"] = shown(paper)
            if isinstance(paper, Invoice):
                out["differences"] = faults_out(paper.differences())
    except Malformed as bad:
        out["faults"] = faults_out(bad.faults)
    return out


def shown(value: object) -> object:
    """A typed value as JSON: amounts and days as text, nothing for what is not there."""
    if is_dataclass(value):
        named = {field.name: shown(getattr(value, field.name)) for field in fields(value)}
        return {name: one for name, one in named.items() if one not in (None, "", [])}
    if isinstance(value, tuple | list):
        return [shown(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal | date | time):
        return str(value)
    return value


def file_from_json(obj: Json) -> bytes:
    """The bytes of a file from its segments alone. Raises Malformed naming the key at fault."""
    parts = [
        _interchange_in(one, f"interchanges[{number}]")
        for number, one in enumerate(list_at(obj.get("interchanges"), "interchanges"))
    ]
    text = "".join(parts) + text_at(obj, "tail", default="")
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError as error:
        bad = error.object[error.start : error.end]
        raise Malformed("interchanges", f"cannot carry the character {bad!r}") from None


def _interchange_in(value: object, path: str) -> str:
    obj = object_at(value, path)
    marks_path = f"{path}.delimiters"
    named = object_at(obj.get("delimiters"), marks_path)
    marks = Delimiters(
        *(text_at(named, field.name, path=marks_path) for field in fields(Delimiters))
    )
    if wrong := marks.faults():
        raise Malformed(marks_path, "; ".join(wrong))
    newline = text_at(obj, "newline", path=path, default="")
    texts = [
        _segment_in(one, f"{path}.segments[{number}]", marks, newline if number else "")
        for number, one in enumerate(list_at(obj.get("segments"), f"{path}.segments"))
    ]
    end = "" if obj.get("unterminated") is True else marks.segment
    return marks.segment.join(texts) + end


def _segment_in(value: object, path: str, marks: Delimiters, lead: str) -> str:
    """The text of a segment; a given text stands as long as it says what the elements say."""
    exact: str | None = None
    if isinstance(value, dict):
        exact = text_at(value, "text", path=path)
        value = value.get("elements")
    elements: list[str] = []
    for place, one in enumerate(list_at(value, path)):
        if not isinstance(one, str):
            raise Malformed(f"{path}[{place}]", "must be text")
        # The header is told by the count of its elements: it alone may hold a terminator.
        ends = marks.segment in one and elements[:1] != ["ISA"]
        if marks.element in one or ends:
            raise Malformed(f"{path}[{place}]", f"holds a separator: {one[:40]!r}")
        elements.append(one)
    if exact is not None:
        if marks.segment in exact.lstrip(LEAD) and elements[:1] != ["ISA"]:
            raise Malformed(f"{path}.text", "holds a segment terminator")
        if Segment(exact, 1, 0, marks, marks.segment).elements == tuple(elements):
            return exact
    return lead + marks.element.join(elements)
