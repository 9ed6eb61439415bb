"""X12 interchanges of version 004010 as bytes: cut into groups and sets, checked, written.

Written from the envelope's layout, apart from the house's own codec. ISA is of fixed width: its
fourth byte is the element separator, its sixteenth element the component separator, and the
byte after that ends each segment. Line ends between segments are somebody's layout, not data.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

VERSION = "004010"
ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
ISA_BYTES = 106
MOST_BYTES = 4 * 1024 * 1024
Segment = tuple[str, ...]


class Unreadable(Exception):
    """An interchange that cannot be taken at all: `note` is TA105, the text says why.

    `control`, `sender` and `receiver` are known when at least its first segment is whole.
    """

    def __init__(self, note: str, says: str, *, first: Segment = ()) -> None:
        super().__init__(says)
        self.note = note
        whole = len(first) > 13
        self.control = first[13] if whole else ""
        self.sender = first[6].strip() if whole else ""
        self.receiver = first[8].strip() if whole else ""


@dataclass(frozen=True)
class Marks:
    """The three separators of an interchange, and what its writer puts after each segment."""

    element: str = "*"
    component: str = ">"
    end: str = "~"
    after: str = ""


@dataclass
class Set:
    """A transaction set, ST to SE; `problems` are codes of AK5."""

    kind: str
    control: str
    segments: list[Segment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass
class Group:
    """A functional group; `problems` are codes of AK9."""

    code: str
    control: str
    sets: list[Set] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Interchange:
    """What stood between ISA and IEA; `receipts` are its TA1 segments."""

    sender: str
    receiver: str
    control: str
    groups: tuple[Group, ...]
    receipts: tuple[Segment, ...] = ()


def read(raw: bytes) -> Interchange:
    """The groups and sets of one interchange, or Unreadable."""
    segments = split(raw)
    first = segments[0]
    if segments[-1][0] != "IEA":
        raise Unreadable("023", "cut off: there is no IEA", first=first)
    if element(segments[-1], 2) != first[13]:
        raise Unreadable("001", "the control numbers of ISA and IEA differ", first=first)
    receipts = tuple(one for one in segments[1:-1] if one[0] == "TA1")
    groups = list(_groups([one for one in segments[1:-1] if one[0] != "TA1"], first))
    if not _counts(segments[-1], len(groups)):
        raise Unreadable("021", f"IEA01 does not count {len(groups)} groups", first=first)
    return Interchange(first[6].strip(), first[8].strip(), first[13], tuple(groups), receipts)


def split(raw: bytes) -> list[Segment]:
    """Every segment with its elements, the first one an ISA of the right widths."""
    if len(raw) > MOST_BYTES:
        raise Unreadable("024", f"longer than {MOST_BYTES} bytes")
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError as error:
        raise Unreadable("024", f"byte {error.start} is not ASCII") from error
    if not text.startswith("ISA") or len(text) < ISA_BYTES:
        raise Unreadable("022", "does not begin with a whole ISA")
    separator, end = text[3], text[ISA_BYTES - 1]
    first = tuple(text[: ISA_BYTES - 1].split(separator))
    if tuple(len(one) for one in first[1:]) != ISA_WIDTHS:
        raise Unreadable("026", "ISA is not of its fixed widths")
    parts = (part.strip("\r\n") for part in text.split(end))
    return [tuple(part.split(separator)) for part in parts if part]


def element(segment: Segment, place: int) -> str:
    """The element at that place, empty when the segment ends before it."""
    return segment[place] if place < len(segment) else ""


def _counts(segment: Segment, number: int) -> bool:
    """Whether the first element is that number; leading zeros are no fault."""
    return (element(segment, 1).lstrip("0") or "0") == str(number) and segment[1:2] != ("",)


def _groups(segments: list[Segment], first: Segment) -> Iterator[Group]:
    group: Group | None = None
    for segment in segments:
        if segment[0] == "GS" and group is None:
            group = Group(element(segment, 1), element(segment, 6))
        elif group is None:
            raise Unreadable("022", f"{segment[0]} stands outside a group", first=first)
        elif segment[0] == "GE":
            _end_group(group, segment)
            yield group
            group = None
        else:
            _into(group, segment)
    if group is not None:
        raise Unreadable("022", f"group {group.control} does not end", first=first)


def _end_group(group: Group, segment: Segment) -> None:
    if not _counts(segment, len(group.sets)):
        group.problems.append("5")
    if element(segment, 2) != group.control:
        group.problems.append("4")
    for one in group.sets:
        if one.segments[-1][0] != "SE":
            one.problems.append("2")


def _into(group: Group, segment: Segment) -> None:
    if segment[0] == "ST":
        known = {one.control for one in group.sets}
        one = Set(element(segment, 1), element(segment, 2))
        if one.control in known:
            one.problems.append("23")
        group.sets.append(one)
    if not group.sets:
        group.sets.append(Set("", "", problems=["6"]))
    one = group.sets[-1]
    one.segments.append(segment)
    if segment[0] == "SE":
        if element(segment, 2) != one.control:
            one.problems.append("3")
        if not _counts(segment, len(one.segments)):
            one.problems.append("4")


@dataclass(frozen=True)
class Envelope:
    """Who sends to whom, when, under which numbers."""

    sender: str
    receiver: str
    control: int
    at: datetime
    marks: Marks


def write(envelope: Envelope, code: str, sets: list[tuple[str, list[Segment]]]) -> bytes:
    """An interchange of one group: each set is its kind and what stands between ST and SE."""
    stamp = envelope.at.strftime("%Y%m%d"), envelope.at.strftime("%H%M")
    number = str(envelope.control)
    inside: list[Segment] = [
        ("GS", code, envelope.sender, envelope.receiver, *stamp, number, "X", VERSION)
    ]
    for place, (kind, body) in enumerate(sets, start=1):
        inside.append(("ST", kind, f"{place:04}"))
        inside += body
        inside.append(("SE", str(len(body) + 2), f"{place:04}"))
    inside.append(("GE", str(len(sets)), number))
    return enclose(envelope, inside, groups=1)


def enclose(envelope: Envelope, inside: list[Segment], *, groups: int) -> bytes:
    """The bytes of an interchange around these segments."""
    marks, control = envelope.marks, f"{envelope.control:09}"
    isa = (
        "ISA", "00", " " * 10, "00", " " * 10, "ZZ", f"{envelope.sender:15}", "ZZ",
        f"{envelope.receiver:15}", envelope.at.strftime("%y%m%d"), envelope.at.strftime("%H%M"),
        "U", "00401", control, "0", "T", marks.component,
    )  # fmt: skip
    segments = [isa, *inside, ("IEA", str(groups), control)]
    return "".join(_text(one, marks) for one in segments).encode("ascii")


def _text(segment: Segment, marks: Marks) -> str:
    last = len(segment)
    while last > 1 and not segment[last - 1]:
        last -= 1
    return marks.element.join(segment[:last]) + marks.end + marks.after
