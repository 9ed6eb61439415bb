"""A file or an answer as people read it: every element by name, with what its code means."""

from dataclasses import dataclass

from apothecary.wires.asap import Transmission, read
from apothecary.wires.asap.segments import Segment
from apothecary.wires.asap.tables import SEGMENT_NAMES, Version
from apothecary.wires.errors import Malformed


@dataclass(frozen=True, slots=True)
class Said:
    """One element: ``DSP09``, its name, what stands there, what the code means."""

    id: str
    name: str
    value: str
    means: str


@dataclass(frozen=True, slots=True)
class Part:
    """One segment: its id, its name, the elements that say something."""

    number: int
    id: str
    name: str
    said: tuple[Said, ...]


def decoded(raw: bytes) -> list[Part]:
    """The segments of what went or came. Raises Malformed where they cannot be told apart."""
    return [
        part_of(segment, version_of(one))
        for one in read(raw).transmissions
        for segment in one.segments
    ]


def version_of(one: Transmission) -> Version | None:
    """The version it is of, none where nobody knows it."""
    try:
        return one.version
    except Malformed:
        return None


def part_of(segment: Segment, version: Version | None) -> Part:
    """A segment with the names of its elements."""
    said = []
    for place, value in enumerate(segment.elements[1:], 1):
        if not value.strip():
            continue
        id_ = f"{segment.id}{place:02}"
        element = version.element(id_) if version else None
        name = element.key.replace("_", " ") if element else ""
        means = version.meaning(element, value.strip()) if version and element else ""
        said.append(Said(id_, name, value, means))
    return Part(segment.number, segment.id, SEGMENT_NAMES.get(segment.id, ""), tuple(said))


def in_lines(raw: bytes) -> str:
    """The bytes as they went, one segment a line: for the eye, not for the wire."""
    text = raw.decode("latin-1")
    return text.replace("~\r\n", "~").replace("~\n", "~").replace("~", "~\n").strip()
