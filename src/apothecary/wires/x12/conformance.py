"""What is wrong with an envelope: counts, control numbers, order and shape, each by its place.

Each finding carries the code by which an acknowledgement (TA1, 997, 999) would say it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from apothecary.wires.errors import Fault, malformed
from apothecary.wires.x12.interchange import FUNCTIONAL, File, read
from apothecary.wires.x12.segments import Segment
from apothecary.wires.x12.values import read_clock, read_day

Level = Literal["interchange", "group", "set", "segment"]

_ISA_WIDTHS = (3, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_ID = re.compile("[A-Z][A-Z0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of an envelope. ``header`` is the number of the ISA, GS or ST it belongs to,
    ``segment`` that of the segment at fault, ``code`` the acknowledgement's by level: TA105,
    AK905, AK502 or AK304.
    """

    level: Level
    code: str
    header: int
    segment: int
    fault: Fault


class Envelope:
    """Checks segments as they come, in the memory of the control numbers alone.

    ``take`` every segment of one interchange after another, then ``close``; ``findings`` holds
    what was found so far.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._isa: Segment | None = None
        self._gs: Segment | None = None
        self._st: Segment | None = None
        self._iea: Segment | None = None
        self._last: Segment | None = None
        self._groups: set[str] = set()
        self._sets: set[str] = set()
        self._counts = {"GS": 0, "ST": 0}

    def take(self, segment: Segment) -> None:
        """Check the next segment."""
        name = segment.id
        act = _ACTS.get(name)
        if act is not None:
            act(self, segment)
        elif self._st is None:
            self._say("interchange", "022", segment, "stands outside of any transaction set")
        if _ID.fullmatch(name) is None:
            self._say("segment", "1", segment, f"{name[:12]!r} is no segment id")
        if segment.wrapped:
            self._say("segment", "8", segment, "is broken by a line end")
        self._last = segment

    def close(self) -> list[Finding]:
        """Check that everything begun has ended; all findings, in order."""
        self._no_more_groups()
        if self._isa is not None and self._iea is None:
            self._say("interchange", "023", self._isa, "has no trailer IEA")
        if self._last is not None and not self._last.end:
            self._say("interchange", "004", self._last, "ends without its terminator")
        self._isa = self._iea = self._last = None
        return self.findings

    def _say(
        self, level: Level, code: str, segment: Segment, reason: str, place: int | None = None
    ) -> None:
        owner = {"interchange": self._isa, "group": self._gs}.get(level, self._st) or segment
        fault = Fault(segment.path(place), reason, segment.byte)
        self.findings.append(Finding(level, code, owner.number, segment.number, fault))

    def _interchange(self, segment: Segment) -> None:
        if self._isa is not None:
            self.close()
        self._isa, self._iea = segment, None
        self._groups = set()
        self._counts = {"GS": 0, "ST": 0}
        self._header_shape(segment)

    def _header_shape(self, isa: Segment) -> None:
        for place, width in enumerate(_ISA_WIDTHS):
            if len(isa[place]) != width:
                reason = f"must have {width} characters, has {len(isa[place])}"
                self._say("interchange", "022", isa, reason, place)
        for place, code, read_it in ((9, "014", read_day), (10, "015", read_clock)):
            try:
                read_it(isa[place])
            except ValueError as error:
                self._say("interchange", code, isa, str(error), place)
        if not (isa[13].isascii() and isa[13].isdigit()):
            reason = f"must be nine digits, is {isa[13]!r}"
            self._say("interchange", "018", isa, reason, 13)
        if isa[15] not in ("P", "T"):
            reason = f"must be P (production) or T (test), is {isa[15]!r}"
            self._say("interchange", "020", isa, reason, 15)

    def _interchange_end(self, segment: Segment) -> None:
        self._no_more_groups()
        if self._isa is not None:
            self._agree("interchange", "001", segment, 2, self._isa, 13)
            self._count("interchange", "021", segment, self._counts["GS"], "groups")
        self._iea = segment

    def _receipt(self, segment: Segment) -> None:
        if self._counts["GS"]:
            self._say("interchange", "022", segment, "must stand before the first group")

    def _group(self, segment: Segment) -> None:
        self._no_more_groups()
        self._gs, self._sets = segment, set()
        self._counts["GS"] += 1
        self._counts["ST"] = 0
        control = segment[6].strip()
        if not (control.isascii() and control.isdigit() and len(control) <= 9):
            self._say("group", "6", segment, f"must be up to nine digits, is {control!r}", 6)
        elif control in self._groups:
            self._say("group", "6", segment, f"{control} was already used", 6)
        self._groups.add(control)

    def _group_end(self, segment: Segment) -> None:
        self._no_more_sets()
        if self._gs is None:
            self._say("interchange", "022", segment, "closes no group")
            return
        self._agree("group", "4", segment, 2, self._gs, 6)
        self._count("group", "5", segment, self._counts["ST"], "transaction sets")
        self._gs = None

    def _set(self, segment: Segment) -> None:
        self._no_more_sets()
        if self._gs is None:
            self._say("interchange", "022", segment, "stands outside of any group")
            return
        self._st = segment
        self._counts["ST"] += 1
        kind, control = segment[1].strip(), segment[2].strip()
        if not (len(kind) == 3 and kind.isascii() and kind.isdigit()):
            self._say("set", "6", segment, f"must be three digits, is {kind!r}", 1)
        elif FUNCTIONAL.get(kind, self._gs[1]) != self._gs[1]:
            reason = f"{kind} does not belong into a group {self._gs[1]}"
            self._say("set", "6", segment, reason, 1)
        if not 4 <= len(control) <= 9:
            self._say("set", "7", segment, f"must have 4 to 9 characters, is {control!r}", 2)
        elif control in self._sets:
            self._say("set", "7", segment, f"{control} was already used in this group", 2)
        self._sets.add(control)

    def _set_end(self, segment: Segment) -> None:
        if self._st is None:
            self._say("interchange", "022", segment, "closes no transaction set")
            return
        self._agree("set", "3", segment, 2, self._st, 2)
        counted = segment.number - self._st.number + 1
        self._count("set", "4", segment, counted, "segments")
        self._st = None

    def _no_more_sets(self) -> None:
        if self._st is not None:
            self._say("set", "2", self._st, "has no trailer SE")
        self._st = None

    def _no_more_groups(self) -> None:
        self._no_more_sets()
        if self._gs is not None:
            self._say("group", "3", self._gs, "has no trailer GE")
        self._gs = None

    def _agree(
        self, level: Level, code: str, end: Segment, place: int, start: Segment, at: int
    ) -> None:
        said, wanted = end[place].strip(), start[at].strip()
        if said != wanted:
            reason = f"is {said!r}, but {start.path(at)} is {wanted!r}"
            self._say(level, code, end, reason, place)

    def _count(self, level: Level, code: str, end: Segment, counted: int, things: str) -> None:
        said = end[1].strip()
        if not (said.isascii() and said.isdigit() and int(said) == counted):
            self._say(level, code, end, f"says {said!r} {things}, counted were {counted}", 1)


# Unbound: an envelope that held its own methods would be a ring, and with it the whole file.
_ACTS: dict[str, Callable[[Envelope, Segment], None]] = {
    "ISA": Envelope._interchange,
    "GS": Envelope._group,
    "ST": Envelope._set,
    "SE": Envelope._set_end,
    "GE": Envelope._group_end,
    "IEA": Envelope._interchange_end,
    "TA1": Envelope._receipt,
}


def findings(segments: Iterable[Segment]) -> list[Finding]:
    """Everything wrong with the envelopes of these segments, in order."""
    envelope = Envelope()
    for segment in segments:
        envelope.take(segment)
    return envelope.close()


def conformance(file: File) -> list[Fault]:
    """Everything wrong with the envelopes of a file, in order; empty when nothing is.

    What a set holds is not looked at: that is for the readers of the papers themselves.
    """
    return [one.fault for part in file.interchanges for one in findings(part.segments)]


def read_strictly(raw: bytes) -> File:
    """Read a file and refuse it when its envelopes are not in order. Raises Malformed with
    every fault.
    """
    file = read(raw)
    if faults := conformance(file):
        raise malformed(faults)
    return file
