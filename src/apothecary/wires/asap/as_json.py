"""ASAP as JSON and back, byte for byte; beside the raw elements stands what they mean."""

from apothecary.wires.asap.answers import is_answer, read_answer
from apothecary.wires.asap.conformance import conformance
from apothecary.wires.asap.segments import HEADER_ELEMENTS, LEAD, Segment, Separators
from apothecary.wires.asap.tables import SEGMENT_NAMES, Version
from apothecary.wires.asap.transmission import File, Transmission
from apothecary.wires.asap.values import READERS
from apothecary.wires.errors import Malformed
from apothecary.wires.json_keys import Json, faults_out, list_at, object_at, plain, text_at


def file_to_json(file: File) -> Json:
    """A file: each transmission with its separators, its segments, its faults."""
    out: Json = {
        "format": "asap",
        "transmissions": [_transmission_out(one) for one in file.transmissions],
    }
    if file.tail:
        out["tail"] = file.tail
    return out


def _transmission_out(one: Transmission) -> Json:
    marks = one.header.separators
    newline = one.segments[1].lead if len(one.segments) > 1 else ""
    try:
        of = one.version
    except Malformed:
        of = None
    out: Json = {
        "separators": {"element": marks.element, "segment": marks.segment},
        "newline": newline,
        "version": one.header[1].strip(),
        "control": one.control,
        "transaction_type": one.transaction_type,
        "test": one.is_test,
        "segments": [_segment_out(each, newline, of) for each in one.segments],
        "faults": faults_out(conformance(one)),
    }
    if not one.segments[-1].end:
        out["unterminated"] = True
    if is_answer(one):
        out |= _answer_out(one)
    return out


def _answer_out(one: Transmission) -> Json:
    try:
        answer = read_answer(one)
    except Malformed:
        return {}  # named among the faults
    return {
        "answer": {
            "received": answer.received,
            "responds_to": answer.responds_to,
            "said": answer.said,
        }
    }


def _segment_out(segment: Segment, newline: str, of: Version | None) -> Json:
    """The elements behind the id; the text itself where its line ends are not those of the
    others.
    """
    elements = segment.elements
    out: Json = {"id": segment.id, "name": SEGMENT_NAMES.get(segment.id, "")}
    out["elements"] = list(elements[1:])
    usual = "" if segment.number == 1 else newline
    if segment.text != usual + segment.separators.element.join(elements):
        out["text"] = segment.text
    if of is not None:
        out |= _values_out(segment, of)
    return out


def _values_out(segment: Segment, of: Version) -> Json:
    """Typed values by key, and what the codes among them mean; ill-typed ones are left out."""
    values: Json = {}
    means: Json = {}
    row = of.elements.get(segment.id, ())
    for raw, element in zip(segment.elements[1:], row, strict=False):
        if not raw or element is None:
            continue
        try:
            values[element.key] = plain(READERS[element.kind](raw))
        except ValueError:
            continue
        if element.codes and (meaning := of.meaning(element, raw.rstrip(" "))):
            means[element.key] = meaning
    return {"values": values, "means": means} if means else {"values": values}


def file_from_json(obj: Json) -> bytes:
    """The bytes of a file from its JSON object. Raises Malformed naming the key at fault."""
    told = list_at(obj.get("transmissions"), "transmissions")
    parts = [_transmission_in(one, f"transmissions[{n}]") for n, one in enumerate(told)]
    text = "".join(parts) + text_at(obj, "tail", default="")
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError as error:
        bad = error.object[error.start : error.end]
        raise Malformed("transmissions", f"cannot carry the character {bad!r}") from None


def _transmission_in(value: object, path: str) -> str:
    one = object_at(value, path)
    held = object_at(one.get("separators"), f"{path}.separators")
    where = f"{path}.separators"
    marks = Separators(
        text_at(held, "element", path=where), text_at(held, "segment", path=where)
    )
    if wrong := marks.faults():
        raise Malformed(where, "; ".join(wrong))
    newline = text_at(one, "newline", path=path, default="")
    if newline.strip(LEAD):
        raise Malformed(f"{path}.newline", f"must be blank, is {newline!r}")
    segments = list_at(one.get("segments"), f"{path}.segments")
    texts = [
        _segment_in(each, f"{path}.segments[{n}]", newline if n else "", marks, first=n == 0)
        for n, each in enumerate(segments)
    ]
    end = "" if one.get("unterminated") is True else marks.segment
    return marks.segment.join(texts) + end


def _segment_in(
    value: object, path: str, newline: str, marks: Separators, *, first: bool
) -> str:
    one = object_at(value, path)
    elements = [text_at(one, "id", path=path)]
    for place, each in enumerate(list_at(one.get("elements"), f"{path}.elements")):
        if not isinstance(each, str):
            raise Malformed(f"{path}.elements[{place}]", "must be text")
        elements.append(each)
    for place, each in enumerate(elements):
        own = first and place == HEADER_ELEMENTS and each == marks.segment
        if marks.element in each or (marks.segment in each and not own):
            raise Malformed(f"{path}.elements[{place - 1}]", "holds a separator")
    text = one.get("text")
    if isinstance(text, str) and tuple(text.lstrip(LEAD).split(marks.element)) == tuple(
        elements
    ):
        return text
    return newline + marks.element.join(elements)
