"""Segments of X12, cut from text as it comes: every character kept, elements split when asked.

An interchange says in its first 106 characters which characters separate what. Text is held as
latin-1, one character a byte, so that every position is a byte's and nothing can be lost.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO

from apothecary.wires.errors import Malformed

BLANK = " \t\r\n\x00\x1a"
# What may stand before a segment: line ends of a dialect; before the first, a byte order mark.
LEAD = BLANK + "\xef\xbb\xbf"
LARGEST_SEGMENT = 1_000_000  # characters; the longest real one has a few hundred
_ISA_ELEMENTS = 16
_ISA_LONGEST = 1_000  # an ISA has 106 characters; a padded or wrapped one not many more
FIRST_WITH_REPETITION = "00402"
_LINE_ENDS = re.compile("[\r\n]")
_UNENDED_IEA = re.compile("[\r\n]+(?=ISA[^A-Za-z0-9])")
_EDGE_HERE = re.compile(f"[{LEAD}]*(IEA|ISA)[^A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The characters of one interchange. ``repetition`` is empty where there is none."""

    element: str = "*"
    component: str = ":"
    segment: str = "~"
    repetition: str = ""

    def faults(self) -> list[str]:
        """Why these four could not be told apart from each other or from text."""
        named = {
            "element": self.element,
            "component": self.component,
            "segment": self.segment,
            "repetition": self.repetition,
        }
        if not self.repetition:
            del named["repetition"]
        wrong = [f"the {name} separator is {one!r}" for name, one in named.items()
                 if len(one) != 1 or one.isalnum() or one == " "]  # fmt: skip
        wrong += [f"the {name} separator is a line end" for name, one in named.items()
                  if name != "segment" and one in "\r\n"]  # fmt: skip
        if len(set(named.values())) < len(named):
            wrong.append("two separators are the same character")
        return wrong

    @property
    def every(self) -> str:
        return self.element + self.component + self.segment + self.repetition


class Segment:
    """One segment as it stood. ``number`` counts from ISA = 1 within its interchange, ``at`` is
    the byte of the file it begins at, ``end`` its terminator (empty when cut off).
    """

    __slots__ = ("_elements", "at", "delimiters", "end", "number", "text")

    def __init__(
        self, text: str, number: int, at: int, delimiters: Delimiters, end: str
    ) -> None:
        self.text = text
        self.number = number
        self.at = at
        self.delimiters = delimiters
        self.end = end
        self._elements: tuple[str, ...] | None = None

    @property
    def elements(self) -> tuple[str, ...]:
        """Id and elements without what stands before the id; ``elements[3]`` is CLP03.

        Line ends inside a segment (files wrapped at a column) are left out of the view.
        """
        if self._elements is None:
            text = self.text.lstrip(LEAD)
            if "\n" in text or "\r" in text:
                text = _LINE_ENDS.sub("", text)
            self._elements = tuple(text.split(self.delimiters.element))
        return self._elements

    @property
    def id(self) -> str:
        return self.elements[0]

    @property
    def lead(self) -> str:
        """What stood before the id: the dialect's line ends, mostly nothing."""
        return self.text[: len(self.text) - len(self.text.lstrip(LEAD))]

    @property
    def byte(self) -> int:
        """The byte of the file its id stands at; ``at`` counts what stands before the id."""
        return self.at + len(self.lead)

    @property
    def wrapped(self) -> bool:
        """A line end stands inside the segment."""
        return _LINE_ENDS.search(self.text.lstrip(LEAD)) is not None

    def __getitem__(self, place: int) -> str:
        """The element at that place, empty when absent."""
        elements = self.elements
        return elements[place] if place < len(elements) else ""

    def components(self, place: int) -> tuple[str, ...]:
        """The components of a composite element; none when it is absent."""
        value = self[place]
        return tuple(value.split(self.delimiters.component)) if value else ()

    def repeats(self, place: int) -> tuple[str, ...]:
        """The repetitions of an element; the whole where the interchange knows none."""
        value, mark = self[place], self.delimiters.repetition
        if not value:
            return ()
        return tuple(value.split(mark)) if mark else (value,)

    def path(self, place: int | None = None) -> str:
        """How a fault names it: ``segment 22 SE01``; the number counts from ISA = 1."""
        spot = "" if place is None else f"{place:02}"
        return f"segment {self.number} {self.id[:3] or '(empty)'}{spot}"

    def __repr__(self) -> str:
        return f"Segment({self.number}, {self.text!r})"


@cache
def _edges(end: str) -> re.Pattern[str]:
    """Finds where an interchange ends or the next begins: behind a terminator."""
    return re.compile(f"{re.escape(end)}[{LEAD}]*(IEA|ISA)[^A-Za-z0-9]")


class Cutter:
    """Collects text and gives back whole segments; many interchanges may follow each other,
    each with separators of its own. What cannot be an interchange is refused.
    """

    def __init__(self) -> None:
        self._held = ""
        self._start = 0  # where in the held text the next segment begins
        self._at = 0  # which byte of the file that is
        self._number = 0
        self._interchanges = 0
        self._delimiters: Delimiters | None = None

    def feed(self, text: str) -> list[Segment]:
        """The segments completed by this text, in order. Raises Malformed."""
        self._held = self._held[self._start :] + text
        self._start = 0
        found: list[Segment] = []
        while (delimiters := self._began(found)) and self._cut(delimiters, found):
            self._delimiters = None
        if self._delimiters and len(self._held) - self._start > LARGEST_SEGMENT:
            reason = f"has over {LARGEST_SEGMENT} characters without an end"
            raise Malformed(f"segment {self._number + 1}", reason, self._at)
        return found

    def close(self) -> tuple[list[Segment], str]:
        """What is left at the end: a segment without its terminator, and blank text.

        Raises Malformed when an interchange began and its first segment is cut short, and when
        there was none at all.
        """
        held, self._held, self._start = self._held[self._start :], "", 0
        text = held.rstrip(BLANK)
        if not text.strip(LEAD) and self._interchanges:
            return [], held
        if self._delimiters is None:
            self._delimiters, _ = _read_delimiters(held, self._at, self._name())
        last = Segment(text, self._number + 1, self._at, self._delimiters, "")
        return [last], held[len(text) :]

    def _name(self) -> str:
        return f"interchange {self._interchanges + (self._delimiters is None)}"

    def _began(self, found: list[Segment]) -> Delimiters | None:
        """The separators, once the whole first segment is there; it is cut here, for a line end
        before it may be the terminator of what follows.
        """
        if self._delimiters is None:
            head = self._held[self._start : self._start + _ISA_LONGEST]
            if not _is_whole(head):
                return None
            delimiters, length = _read_delimiters(head, self._at, self._name())
            self._delimiters = delimiters
            self._number = 0
            self._interchanges += 1
            self._put(head[:length], delimiters, delimiters.segment, found)
        return self._delimiters

    def _cut(self, delimiters: Delimiters, found: list[Segment]) -> bool:
        """Cut all whole segments of this interchange; True when it has ended."""
        held, end = self._held, delimiters.segment
        edge = self._edge(end)
        if edge is None:
            self._take(held[self._start : held.rfind(end) + 1], delimiters, found)
            return False
        self._take(held[self._start : edge], delimiters, found)
        mark = held[edge : edge + 400].lstrip(LEAD)[:3]
        if mark == "ISA":
            return True
        stop = held.find(end, edge)
        piece = held[edge:] if stop < 0 else held[edge:stop]
        glued = _UNENDED_IEA.search(piece, len(piece) - len(piece.lstrip(LEAD)))
        if glued is not None:
            self._put(piece[: glued.start()], delimiters, "", found)
        elif stop >= 0:
            self._put(piece, delimiters, end, found)
        return glued is not None or stop >= 0

    def _edge(self, end: str) -> int | None:
        """Where the segment begins that ends this interchange or opens the next."""
        if _EDGE_HERE.match(self._held, self._start):
            return self._start
        later = _edges(end).search(self._held, self._start)
        return later.start() + 1 if later else None

    def _take(self, text: str, delimiters: Delimiters, found: list[Segment]) -> None:
        """Cut a run of whole segments, each with its terminator."""
        end = delimiters.segment
        number, at = self._number, self._at
        pieces = text.split(end)
        pieces.pop()
        for piece in pieces:
            number += 1
            found.append(Segment(piece, number, at, delimiters, end))
            at += len(piece) + 1
        self._number, self._at = number, at
        self._start += len(text)

    def _put(self, text: str, delimiters: Delimiters, end: str, found: list[Segment]) -> None:
        self._number += 1
        found.append(Segment(text, self._number, self._at, delimiters, end))
        self._at += len(text) + len(end)
        self._start += len(text) + len(end)


def _is_whole(head: str) -> bool:
    """Whether a first segment can be read from what has come, or refused for good."""
    text = head.lstrip(LEAD)
    if len(head) >= _ISA_LONGEST or (len(text) >= 3 and not text.startswith("ISA")):
        return True
    parts = text.split(text[3:4] or " ", _ISA_ELEMENTS)
    return len(parts) > _ISA_ELEMENTS and len(parts[-1]) >= 2


def _read_delimiters(text: str, at: int, name: str) -> tuple[Delimiters, int]:
    """The separators an ISA declares, and how long it is with what stands before it."""
    head = text.lstrip(LEAD)
    at += len(text) - len(text.lstrip(LEAD))
    if not head.startswith("ISA"):
        raise Malformed(name, f"must begin with ISA, begins with {head[:12]!r}", at)
    element = head[3:4]
    parts = head.split(element, _ISA_ELEMENTS) if element else [head]
    if len(parts) <= _ISA_ELEMENTS or len(parts[-1]) < 2:
        found = len(parts) - 1
        reason = f"is cut short: {found} of {_ISA_ELEMENTS} elements and a terminator"
        raise Malformed(f"{name} ISA", reason, at)
    version, mark = parts[12], parts[11]
    repeats = version >= FIRST_WITH_REPETITION and len(mark) == 1 and not mark.isalnum()
    delimiters = Delimiters(
        element=element,
        component=parts[-1][0],
        segment=parts[-1][1],
        repetition=mark.strip() if repeats else "",
    )
    if wrong := delimiters.faults():
        raise Malformed(f"{name} ISA", "; ".join(wrong), at)
    return delimiters, len(text) - len(parts[-1]) + 1


def cut(blocks: Iterable[str]) -> Iterator[Segment]:
    """The segments of a text that comes in blocks. Raises Malformed."""
    cutter = Cutter()
    for block in blocks:
        yield from cutter.feed(block)
    yield from cutter.close()[0]


def stream(file: BinaryIO, *, block: int = 1 << 18) -> Iterator[Segment]:
    """The segments of a file of any size, in the memory of one block of bytes.

    ``Envelope.take`` of ``conformance`` checks them on the way. Raises Malformed.
    """
    return cut(data.decode("latin-1") for data in iter(lambda: file.read(block), b""))
