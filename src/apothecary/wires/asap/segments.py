"""Segments of ASAP, cut from text as it comes: every character kept, elements split when asked.

A header says in its third character what separates elements and in TH09 what ends a segment, so
that both may be any mark. Text is held as latin-1, one character a byte, so that every position
is a byte's and nothing can be lost.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO

from apothecary.wires.errors import Malformed

BLANK = " \t\r\n\x00\x1a"
# What may stand before a segment: line ends; before the first, a byte order mark.
LEAD = BLANK + "\xef\xbb\xbf"
LARGEST_SEGMENT = 100_000  # characters; the longest real one has some 1,100
HEADER_ELEMENTS = 9
_HEADER_LONGEST = 1_000  # a header has at most 150 characters
_LEAD_LONGEST = 64
_NEXT = re.compile(f"[{LEAD}]*(?:[A-Z]{{2,3}}[^A-Za-z0-9]|$)")
_HEADER_HERE = re.compile(f"[{LEAD}]{{0,{_LEAD_LONGEST}}}TH[^A-Za-z0-9]")
_IN_HEADER = re.compile("[A-Za-z0-9 .:-]*")


@dataclass(frozen=True, slots=True)
class Separators:
    """The two characters of one transmission."""

    element: str = "*"
    segment: str = "~"

    def faults(self) -> list[str]:
        """Why these could not be told from each other or from text."""
        named = {"element separator": self.element, "segment terminator": self.segment}
        wrong = [
            f"the {name} is {one!r}"
            for name, one in named.items()
            if len(one) != 1 or one.isalnum() or one == " " or one > "\xff"
        ]
        if self.element and self.element in LEAD:
            wrong.append("the element separator is blank")
        if self.element == self.segment:
            wrong.append("the element separator ends segments too")
        return wrong


class Segment:
    """One segment as it stood. ``number`` counts from TH = 1 within its transmission, ``at`` is
    the byte of the file it begins at, ``end`` its terminator (empty when cut off).
    """

    __slots__ = ("_elements", "at", "end", "number", "separators", "text")

    def __init__(
        self, text: str, number: int, at: int, separators: Separators, end: str
    ) -> None:
        self.text = text
        self.number = number
        self.at = at
        self.separators = separators
        self.end = end
        self._elements: tuple[str, ...] | None = None

    @property
    def elements(self) -> tuple[str, ...]:
        """Id and elements without what stands before the id; ``elements[9]`` is DSP09.

        In a header TH09 is the terminator itself, which ends its text.
        """
        if self._elements is None:
            self._elements = tuple(self.text.lstrip(LEAD).split(self.separators.element))
        return self._elements

    @property
    def id(self) -> str:
        return self.elements[0]

    @property
    def lead(self) -> str:
        """What stood before the id: the sender's line ends, mostly."""
        return self.text[: len(self.text) - len(self.text.lstrip(LEAD))]

    def __getitem__(self, place: int) -> str:
        """The element at that place, empty when absent."""
        elements = self.elements
        return elements[place] if place < len(elements) else ""

    @property
    def where(self) -> str:
        """How a fault names it: ``segment 5 DSP``; the number counts from TH = 1."""
        return f"segment {self.number} {self.id[:3] or '(empty)'}"

    def __repr__(self) -> str:
        return f"Segment({self.number}, {self.text!r})"


@cache
def _header_behind(end: str) -> re.Pattern[str]:
    """Finds where the next transmission begins: a header behind a terminator."""
    return re.compile(f"{re.escape(end)}[{LEAD}]{{0,{_LEAD_LONGEST}}}TH[^A-Za-z0-9]")


class Cutter:
    """Collects text and gives back whole segments. Many transmissions may follow each other,
    each with separators of its own. What cannot be one is refused.
    """

    def __init__(self) -> None:
        self._held = ""
        self._start = 0  # where in the held text the next segment begins
        self._at = 0  # which byte of the file that is
        self._number = 0
        self._transmissions = 0
        self._separators: Separators | None = None

    def feed(self, text: str) -> list[Segment]:
        """The segments completed by this text, in order. Raises Malformed."""
        self._held = self._held[self._start :] + text
        self._start = 0
        found: list[Segment] = []
        while separators := self._began(found):
            if not self._cut(separators, found):
                break
        if self._separators and len(self._held) - self._start > LARGEST_SEGMENT:
            reason = f"has over {LARGEST_SEGMENT} characters without an end"
            raise Malformed(f"segment {self._number + 1}", reason, self._at)
        return found

    def close(self) -> tuple[list[Segment], str]:
        """What is left at the end: the last segments, and blank text behind them.

        Raises Malformed when a transmission began and its header is cut short, and when there
        was none at all.
        """
        found: list[Segment] = []
        if self._separators is None:
            head = self._held[self._start : self._start + _HEADER_LONGEST]
            if separators := self._head(head, found):
                self._cut(separators, found)
        held, self._held, self._start = self._held[self._start :], "", 0
        text = held.rstrip(BLANK)
        if text.strip(LEAD) and self._separators:
            found.append(Segment(text, self._number + 1, self._at, self._separators, ""))
            return found, held[len(text) :]
        return found, held

    def _began(self, found: list[Segment]) -> Separators | None:
        """The separators, once the whole header is there and some of what follows it."""
        if self._separators is None:
            head = self._held[self._start : self._start + _HEADER_LONGEST]
            if not _is_whole(head):
                return None
            return self._head(head, found)
        return self._separators

    def _head(self, head: str, found: list[Segment]) -> Separators | None:
        """Cut the header, whose terminator only it can name; None behind the last one."""
        if not head.strip(LEAD) and self._transmissions:
            return None
        self._transmissions += 1
        separators, length = _read_header(head, self._at, f"transmission {self._transmissions}")
        self._separators = separators
        self._number = 0
        self._put(head[:length], separators, found)
        return separators

    def _cut(self, separators: Separators, found: list[Segment]) -> bool:
        """Cut all whole segments of this transmission; True when the next one begins."""
        edge = self._edge(separators.segment)
        stop = self._held.rfind(separators.segment) + 1 if edge is None else edge
        if stop > self._start:
            self._take(self._held[self._start : stop], separators, found)
        if edge is not None:
            self._separators = None
        return edge is not None

    def _edge(self, end: str) -> int | None:
        """Where the next transmission begins, with what stands before its header."""
        if _HEADER_HERE.match(self._held, self._start):
            return self._start
        later = _header_behind(end).search(self._held, self._start)
        return later.start() + 1 if later else None

    def _take(self, text: str, separators: Separators, found: list[Segment]) -> None:
        """Cut a run of whole segments, each with its terminator."""
        end, number, at = separators.segment, self._number, self._at
        pieces = text.split(end)
        pieces.pop()
        for piece in pieces:
            number += 1
            found.append(Segment(piece, number, at, separators, end))
            at += len(piece) + 1
        self._number, self._at = number, at
        self._start += len(text)

    def _put(self, text: str, separators: Separators, found: list[Segment]) -> None:
        self._number += 1
        found.append(Segment(text, self._number, self._at, separators, separators.segment))
        self._at += len(text) + 1
        self._start += len(text) + 1


def _is_whole(head: str) -> bool:
    """Whether a header can be read from what has come, or refused for good."""
    text = head.lstrip(LEAD)
    if len(head) >= _HEADER_LONGEST or (len(text) >= 2 and not text.startswith("TH")):
        return True
    parts = text.split(text[2:3] or " ", HEADER_ELEMENTS)
    if len(parts) <= HEADER_ELEMENTS or not parts[-1]:
        return False
    last = parts[-1]
    # Four characters tell a terminator and the next segment from TH09 and a terminator.
    return last[1:2] == last[0] or len(last[1:].lstrip(LEAD)) >= 4


def _read_header(text: str, at: int, name: str) -> tuple[Separators, int]:
    """The separators a header declares, and how long it is with what stands before it, without
    its terminator.
    """
    head = text.lstrip(LEAD)
    at += len(text) - len(head)
    if not head.startswith("TH"):
        raise Malformed(name, f"must begin with TH, begins with {head[:12]!r}", at)
    element = head[2:3]
    parts = head.split(element, HEADER_ELEMENTS) if element else [head]
    strange = [
        n for n in (1, 3, 5, 6, 7, 8) if _IN_HEADER.fullmatch("".join(parts[n : n + 1])) is None
    ]
    if len(parts) <= HEADER_ELEMENTS or not parts[-1] or strange:
        whole = strange[0] if strange else len(parts) - 1
        reason = f"is cut short: {whole} of {HEADER_ELEMENTS} elements"
        raise Malformed(f"{name} TH", reason, at)
    last = parts[-1]
    separators = Separators(element, last[0])
    if wrong := separators.faults():
        raise Malformed(f"{name} TH", "; ".join(wrong), at)
    if held := [n for n, one in enumerate(parts[:-1]) if separators.segment in one]:
        raise Malformed(f"{name} TH{held[0]:02}", "holds the segment terminator", at)
    before = len(text) - len(last)
    if last[1:2] == last[0]:
        return separators, before + 1
    if _NEXT.match(last, 1):
        # TH09 and the terminator run into one: nothing else can be meant.
        return separators, before
    reason = f"must be one character and then that character again, is {last[:8]!r}"
    raise Malformed(f"{name} TH09 (terminator)", reason, at)


def cut(blocks: Iterable[str]) -> Iterator[Segment]:
    """The segments of a text that comes in blocks. Raises Malformed."""
    cutter = Cutter()
    for block in blocks:
        yield from cutter.feed(block)
    yield from cutter.close()[0]


def stream(file: BinaryIO, *, block: int = 1 << 18) -> Iterator[Segment]:
    """The segments of a file of any size, in the memory of one block of bytes.

    ``Check.take`` of ``conformance`` checks them on the way. Raises Malformed.
    """
    return cut(data.decode("latin-1") for data in iter(lambda: file.read(block), b""))
