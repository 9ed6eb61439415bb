"""Interchanges of X12 (ISA … IEA): groups (GS … GE) and transaction sets (ST … SE) of a file.

``read(raw).to_bytes() == raw`` for everything that can be read at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from apothecary.wires.errors import Malformed
from apothecary.wires.x12.segments import Cutter, Delimiters, Segment

LARGEST_FILE = 256_000_000  # bytes read at once; `stream` has no such end

# Which group carries which set: the eight a pharmacy meets.
FUNCTIONAL = {
    "810": "IN",
    "832": "SC",
    "835": "HP",
    "846": "IB",
    "850": "PO",
    "855": "PR",
    "856": "SH",
    "997": "FA",
    "999": "FA",
}


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """One business paper: ``segments`` runs from ST to SE, ``trailer`` is None without SE."""

    group: Segment
    segments: tuple[Segment, ...]
    trailer: Segment | None

    @property
    def header(self) -> Segment:
        return self.segments[0]

    @property
    def kind(self) -> str:
        """ST01: 850, 835 …"""
        return self.header[1].strip()

    @property
    def control(self) -> str:
        """ST02, unique within its group."""
        return self.header[2].strip()

    @property
    def version(self) -> str:
        """The convention it follows: ST03, else GS08 (``005010X221A1``)."""
        return (self.header[3] or self.group[8]).strip()

    @property
    def body(self) -> tuple[Segment, ...]:
        """What stands between ST and SE."""
        return self.segments[1:] if self.trailer is None else self.segments[1:-1]


@dataclass(frozen=True, slots=True)
class Group:
    """The sets of one kind between GS and GE; ``trailer`` is None when GE lacks."""

    header: Segment
    sets: tuple[TransactionSet, ...]
    trailer: Segment | None

    @property
    def functional(self) -> str:
        """GS01: PO, HP, FA …"""
        return self.header[1].strip()

    @property
    def control(self) -> str:
        """GS06."""
        return self.header[6].strip()


class Interchange:
    """One envelope. ``segments`` holds every segment in order, ``groups`` what belongs where,
    ``loose`` what belongs nowhere (TA1, or text outside of any set).
    """

    __slots__ = ("_groups", "_loose", "segments")

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = tuple(segments)
        self._groups: tuple[Group, ...] | None = None
        self._loose: tuple[Segment, ...] = ()

    @property
    def header(self) -> Segment:
        return self.segments[0]

    @property
    def delimiters(self) -> Delimiters:
        return self.header.delimiters

    @property
    def trailer(self) -> Segment | None:
        return next((one for one in reversed(self.segments) if one.id == "IEA"), None)

    @property
    def sender(self) -> tuple[str, str]:
        """ISA05 and ISA06 without padding: qualifier and id."""
        return self.header[5].strip(), self.header[6].strip()

    @property
    def receiver(self) -> tuple[str, str]:
        """ISA07 and ISA08 without padding: qualifier and id."""
        return self.header[7].strip(), self.header[8].strip()

    @property
    def control(self) -> str:
        """ISA13, nine digits."""
        return self.header[13].strip()

    @property
    def is_test(self) -> bool:
        return self.header[15] == "T"

    @property
    def groups(self) -> tuple[Group, ...]:
        if self._groups is None:
            gathering = _Gathering()
            for segment in self.segments:
                gathering.take(segment)
            self._groups, self._loose = gathering.close()
        return self._groups

    @property
    def loose(self) -> tuple[Segment, ...]:
        _ = self.groups
        return self._loose

    def sets(self, kind: str = "") -> Iterator[TransactionSet]:
        """The sets of all groups, or those of one kind, in order."""
        for group in self.groups:
            yield from (one for one in group.sets if kind in ("", one.kind))

    def to_bytes(self) -> bytes:
        """The bytes as they stood."""
        return "".join([one.text + one.end for one in self.segments]).encode("latin-1")


@dataclass(frozen=True, slots=True)
class File:
    """The interchanges of a file; ``tail`` is blank text after the last."""

    interchanges: tuple[Interchange, ...]
    tail: str

    def sets(self, kind: str = "") -> Iterator[TransactionSet]:
        """The sets of all interchanges, or those of one kind, in order."""
        for interchange in self.interchanges:
            yield from interchange.sets(kind)

    def to_bytes(self) -> bytes:
        return b"".join(one.to_bytes() for one in self.interchanges) + self.tail.encode(
            "latin-1"
        )


class _Gathering:
    """Puts segments into sets and sets into groups, with or without their trailers."""

    def __init__(self) -> None:
        self._groups: list[Group] = []
        self._loose: list[Segment] = []
        self._group: Segment | None = None
        self._sets: list[TransactionSet] = []
        self._segments: list[Segment] = []

    def take(self, segment: Segment) -> None:
        name = segment.id
        if name == "ST" and self._group is not None:
            self._end_set(None)
            self._segments = [segment]
        elif name == "SE" and self._segments:
            self._segments.append(segment)
            self._end_set(segment)
        elif name == "GS":
            self._end_group(None)
            self._group = segment
        elif name == "GE" and self._group is not None:
            self._end_group(segment)
        elif name in ("ISA", "IEA"):
            self._end_group(None)
        elif self._segments:
            self._segments.append(segment)
        else:
            self._loose.append(segment)

    def close(self) -> tuple[tuple[Group, ...], tuple[Segment, ...]]:
        self._end_group(None)
        return tuple(self._groups), tuple(self._loose)

    def _end_set(self, trailer: Segment | None) -> None:
        if self._segments and self._group is not None:
            self._sets.append(TransactionSet(self._group, tuple(self._segments), trailer))
        self._segments = []

    def _end_group(self, trailer: Segment | None) -> None:
        self._end_set(None)
        if self._group is not None:
            self._groups.append(Group(self._group, tuple(self._sets), trailer))
        self._group, self._sets = None, []


def read(raw: bytes) -> File:
    """Read a file of one or more interchanges, leniently; ``conformance`` says what is wrong.

    Raises Malformed when the first segment of an interchange cannot be made out, for without
    it no separator is known.
    """
    if len(raw) > LARGEST_FILE:
        raise Malformed("file", f"has {len(raw)} bytes, at most {LARGEST_FILE} are read")
    cutter = Cutter()
    segments = cutter.feed(raw.decode("latin-1"))
    last, tail = cutter.close()
    segments += last
    starts = [place for place, one in enumerate(segments) if one.number == 1]
    ends = [*starts[1:], len(segments)]
    interchanges = [
        Interchange(segments[start:end]) for start, end in zip(starts, ends, strict=True)
    ]
    return File(tuple(interchanges), tail)


def split_interchanges(raw: bytes) -> Iterator[bytes]:
    """The bytes of each interchange of a file; joined they are the file again.

    Never refuses: what is no interchange comes as one piece, to be refused when it is read.
    """
    text = raw.decode("latin-1")
    cutter = Cutter()
    try:
        segments = cutter.feed(text)
        cutter.close()
        bad_at: list[int] = []
    except Malformed as bad:
        bad_at = [bad.at or 0]
        segments = Cutter().feed(text[: bad_at[0]])
    starts = {0, *(one.at for one in segments if one.number == 1), *bad_at}
    edges = [*sorted(starts), len(raw)]
    for start, end in pairwise(edges):
        if start < end:
            yield raw[start:end]
