"""What is not as the standard says in a report that could be read all the same.

What a state wants beyond that is for ``overlays``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from apothecary.wires.asap.reading import named
from apothecary.wires.asap.rules import (
    dispensing_problems,
    is_zero,
    period_problem,
)
from apothecary.wires.asap.segments import Segment
from apothecary.wires.asap.tables import (
    SEGMENT_NAMES,
    Element,
    Version,
    known_places,
    needed,
    version,
)
from apothecary.wires.asap.transmission import Transmission, read
from apothecary.wires.asap.values import READERS
from apothecary.wires.errors import Fault, Malformed, malformed

# What each segment may follow; unknown segments stand anywhere and change nothing.
_FOLLOWS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "IS": frozenset({"TH"}),
        "PHA": frozenset({"IS", "TP"}),
        "PAT": frozenset({"PHA", "DSP", "PRE", "CDI", "AIR"}),
        "DSP": frozenset({"PAT"}),
        "PRE": frozenset({"DSP"}),
        "CDI": frozenset({"DSP", "PRE", "CDI"}),
        "AIR": frozenset({"DSP", "PRE", "CDI"}),
        "TP": frozenset({"PHA", "DSP", "PRE", "CDI", "AIR"}),
        "TT": frozenset({"TH", "IS", "TP"}),
    }
)
TAKEN_BACK = "04"


@dataclass(frozen=True, slots=True)
class _Told:
    """What has come of the dispensing that is open: its rows, and whether it is a zero one."""

    dispensed: Segment
    ingredients: list[Segment]


class Check:
    """Looks at the segments of one or more transmissions as they pass, in little memory."""

    def __init__(self) -> None:
        self._version: Version | None = None
        self._header: Segment | None = None
        self._last: Segment | None = None
        self._known = ""  # the id of the last segment that we know
        self._pharmacy_at = 0
        self._zero = False
        self._told: _Told | None = None

    def take(self, segment: Segment) -> list[Fault]:
        """What is wrong with this segment, or with what it ends."""
        name = segment.id
        found: list[Fault] = []
        if segment.number == 1:
            found += self.close()
            self._begin(segment, found)
        else:
            self._place(segment, name, found)
        self._gather(segment, name, found)
        if self._version and name in SEGMENT_NAMES:
            found += _value_faults(segment, self._version, zero=self._zero)
        self._count(segment, name, found)
        self._last = segment
        if name in SEGMENT_NAMES:
            self._known = name
        return found

    def close(self) -> list[Fault]:
        """What is missing at the end of a transmission."""
        last, found = self._last, self._ended()
        if last is not None:
            if not last.end:
                found.append(Fault(last.where, "has no terminator", last.at))
            if self._known != "TT":
                found.append(Fault("TT", "is missing at the end"))
        self._last = None
        self._known = ""
        return found

    def _begin(self, header: Segment, found: list[Fault]) -> None:
        self._header, self._version = header, None
        self._pharmacy_at, self._zero = 0, False
        try:
            self._version = version(header[1].strip())
        except Malformed as bad:
            found.append(Fault(f"segment 1 {bad.field}", bad.reason, header.at))

    def _place(self, segment: Segment, name: str, found: list[Fault]) -> None:
        if not name:
            found.append(Fault(segment.where, "is empty", segment.at))
        elif name not in SEGMENT_NAMES:
            found.append(
                Fault(segment.where, f"is no segment we know: {name[:12]!r}", segment.at)
            )
        elif name == "TH" or self._known not in _FOLLOWS[name]:
            reason = f"must not follow {self._known}"
            found.append(Fault(segment.where, reason, segment.at))
        elif self._is_taken_back() and name != "TT":
            reason = "must not stand in a file taken back: TH and TT alone do"
            found.append(Fault(segment.where, reason, segment.at))

    def _is_taken_back(self) -> bool:
        return self._header is not None and self._header[3].strip() == TAKEN_BACK

    def _gather(self, segment: Segment, name: str, found: list[Fault]) -> None:
        """Hold what belongs to one dispensing together until it has ended."""
        if name == "DSP":
            found += self._ended()
            self._told = _Told(segment, [])
        elif name == "CDI" and self._told:
            self._told.ingredients.append(segment)
        elif name in ("PAT", "TP", "PHA", "TT"):
            found += self._ended()
            self._zero = name == "PAT" and is_zero(segment.elements)

    def _ended(self) -> list[Fault]:
        told, self._told = self._told, None
        if told is None or self._version is None or self._zero:
            return []
        of = self._version
        rows = [one.elements for one in told.ingredients]
        return [
            _told_fault(told, name, place, reason, of)
            for name, place, reason in dispensing_problems(told.dispensed.elements, rows)
        ]

    def _count(self, segment: Segment, name: str, found: list[Fault]) -> None:
        if name == "PHA":
            self._pharmacy_at = segment.number
        elif name == "TP" and self._pharmacy_at:
            _agree(segment, 1, segment.number - self._pharmacy_at + 1, found)
            self._pharmacy_at = 0
        elif name == "TT":
            _agree(segment, 2, segment.number, found)
            control = self._header[2].strip() if self._header else ""
            if segment[1].strip() != control:
                reason = f"must be that of the header, {control!r}, is {segment[1]!r}"
                field = f"segment {segment.number} TT01 (control number)"
                found.append(Fault(field, reason, segment.at))


def _told_fault(told: _Told, name: str, place: int, reason: str, of: Version) -> Fault:
    segment = told.dispensed if name == "DSP" else next(iter(told.ingredients), told.dispensed)
    if place:
        return Fault(named(segment, place, of), reason, segment.at)
    return Fault(f"segment {segment.number} {name}", reason, segment.at)


def _agree(segment: Segment, place: int, counted: int, found: list[Fault]) -> None:
    """A count that is no number is named as an ill-typed value."""
    raw = segment[place].strip()
    if raw.isascii() and raw.isdigit() and raw.lstrip("0") != str(counted):
        field = f"segment {segment.number} {segment.id}{place:02} (segments)"
        found.append(Fault(field, f"says {raw[:12]}, {counted} were counted", segment.at))


def _value_faults(segment: Segment, of: Version, *, zero: bool) -> Iterator[Fault]:
    elements = segment.elements
    row = of.elements[segment.id]
    places = known_places(of.code, segment.id)
    for place, raw in enumerate(elements[1 : places + 1], 1):
        if raw and (reason := _value_fault(raw, row[place - 1], of)):
            yield Fault(named(segment, place, of), reason, segment.at)
    for place in range(places + 1, len(elements)):
        if elements[place]:
            yield Fault(named(segment, place, of), f"is no element of {of.code}", segment.at)
    if not zero:
        for element in needed(of.code, segment.id):
            if not segment[element.place].strip(" "):
                yield Fault(named(segment, element.place, of), "is missing", segment.at)
    if segment.id == "IS" and (reason := period_problem(elements)):
        yield Fault(named(segment, 3, of), reason, segment.at)


def _value_fault(raw: str, element: Element | None, of: Version) -> str:
    """Why a value does not fit its element; empty when it does."""
    if element is None:
        return f"is no element of {of.code}"
    text = raw.rstrip(" ")
    if len(text) > element.length:
        return f"may have {element.length} characters, has {len(text)}"
    if element.codes:
        if text and not of.meaning(element, text):
            return f"is none of its codes in {of.code}: {text!r}"
        return ""
    try:
        READERS[element.kind](raw)
    except ValueError as error:
        return str(error)
    return ""


def conformance(transmission: Transmission) -> list[Fault]:
    """Every departure from the standard, in order; an empty list means none was found.

    Elements and segments that a version has not are named, and kept all the same.
    """
    check = Check()
    faults = [fault for one in transmission.segments for fault in check.take(one)]
    return faults + check.close()


def read_strictly(raw: bytes) -> Transmission:
    """Read a file of one transmission and refuse it, with every fault, unless it conforms."""
    file = read(raw)
    if len(file.transmissions) != 1:
        raise Malformed("file", f"must hold one transmission, holds {len(file.transmissions)}")
    (found,) = file.transmissions
    if faults := conformance(found):
        raise malformed(faults)
    return found
