"""Raw segments as typed records. Lenient about order and counts, which ``conformance`` names;
strict about values: what cannot be typed is refused, every fault at once.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeVar, cast

from apothecary.wires.asap.records import (
    SEGMENTS,
    Additional,
    Dispensed,
    Dispensing,
    Header,
    Ingredient,
    Patient,
    Pharmacy,
    Prescriber,
    Record,
    Report,
    Source,
    Store,
)
from apothecary.wires.asap.segments import Segment
from apothecary.wires.asap.tables import (
    SEGMENT_NAMES,
    Element,
    Version,
    known_places,
    version,
)
from apothecary.wires.asap.transmission import RawDispensing, RawStore, Transmission
from apothecary.wires.asap.values import READERS, Value
from apothecary.wires.errors import Fault, Malformed, malformed

_R = TypeVar("_R", bound=Record)
_TEXTS = frozenset(("text", "digits", "code"))
# How an element is read, and what it is where nothing was said.
_Reading = tuple[Callable[[str], Value], Value]


@cache
def _readings(code: str, segment: str) -> tuple[_Reading, ...]:
    row = version(code).elements[segment][: known_places(code, segment)]
    return tuple(_reading(one) for one in row)


def _reading(element: Element | None) -> _Reading:
    if element is None:
        return _withdrawn, ""
    return READERS[element.kind], "" if element.kind in _TEXTS else None


def _withdrawn(raw: str) -> str:
    raise ValueError(f"is no element of this version, is {raw!r}")


def read_record(segment: Segment, kind: type[_R], of: Version) -> _R:
    """One segment as a record of that kind. Raises Malformed with all that is wrong with it."""
    readings = _readings(of.code, SEGMENTS[kind])
    elements = segment.elements
    try:
        values = [
            read(raw) if raw else blank
            for raw, (read, blank) in zip(elements[1:], readings, strict=False)
        ]
    except ValueError:
        raise malformed(_value_faults(segment, of, SEGMENTS[kind])) from None
    more = _without_end(elements[1 + len(readings) :])
    make = cast(Callable[..., _R], kind)
    return make(*values, more=more) if more else make(*values)


def _without_end(more: tuple[str, ...]) -> tuple[str, ...]:
    """Empty elements at the end say nothing."""
    while more and not more[-1]:
        more = more[:-1]
    return more


def _value_faults(segment: Segment, of: Version, name: str) -> list[Fault]:
    faults = []
    row = zip(segment.elements[1:], _readings(of.code, name), strict=False)
    for place, (raw, (read, _)) in enumerate(row, 1):
        if raw:
            try:
                read(raw)
            except ValueError as error:
                faults.append(Fault(named(segment, place, of), str(error), segment.at))
    return faults


def named(segment: Segment, place: int, of: Version) -> str:
    """How a fault names an element: ``segment 5 DSP09 (quantity)``."""
    element = of.element(f"{segment.id}{place:02}")
    return f"segment {segment.number} {element.name if element else f'{segment.id}{place:02}'}"


class _Faults:
    """Reads on after a fault, so that all of them are told at once."""

    def __init__(self, of: Version) -> None:
        self.version = of
        self.found: list[Fault] = []

    def read(self, segment: Segment, kind: type[_R]) -> _R:
        """The record, or an empty one beside its faults."""
        try:
            return read_record(segment, kind, self.version)
        except Malformed as bad:
            self.found += bad.faults
            return kind()

    def one(self, segments: Sequence[Segment], kind: type[_R]) -> _R | None:
        """The one record there may be."""
        if len(segments) > 1:
            second = segments[1]
            self.found.append(Fault(second.where, "stands twice in one dispensing", second.at))
        return self.read(segments[0], kind) if segments else None

    def lost(self, segment: Segment, reason: str) -> None:
        self.found.append(Fault(segment.where, reason, segment.at))

    def refuse(self) -> None:
        """Raise all that was found, if anything was."""
        if self.found:
            raise malformed(self.found)


def read_header(segment: Segment) -> Header:
    """TH as a record, by the version it names itself. Raises Malformed."""
    return read_record(segment, Header, version(segment[1].strip()))


def read_store(raw: RawStore) -> Store:
    """What one pharmacy reports, typed. Raises Malformed with every fault in it.

    Segments we do not know are kept where they stand within a dispensing, and refused outside
    of one: a record has no place for them.
    """
    if raw.header is None:
        raise Malformed(raw.pharmacy.where, "stands under no header", raw.pharmacy.at)
    faults = _Faults(version(raw.header[1].strip()))
    found = _store(raw, faults)
    faults.refuse()
    return found


def _store(raw: RawStore, faults: _Faults) -> Store:
    for one in raw.others:
        faults.lost(one, "stands outside of a dispensing")
    pharmacy = faults.read(raw.pharmacy, Pharmacy)
    return Store(pharmacy, tuple(_dispensing(one, faults) for one in raw.dispensings))


def _dispensing(raw: RawDispensing, faults: _Faults) -> Dispensing:
    if raw.patient is None:
        faults.lost(raw.dispensed, "follows no patient")
    for one in raw.others:
        if not one.id or one.id in SEGMENT_NAMES:
            faults.lost(one, "does not belong in a dispensing")
    return Dispensing(
        patient=faults.read(raw.patient, Patient) if raw.patient else Patient(),
        dispensed=faults.read(raw.dispensed, Dispensed),
        prescriber=faults.one(raw.prescribers, Prescriber),
        ingredients=tuple(faults.read(one, Ingredient) for one in raw.ingredients),
        additional=faults.one(raw.additional, Additional),
        others=tuple(one.elements for one in raw.others),
    )


def read_report(transmission: Transmission) -> Report:
    """A whole transmission, typed. Raises Malformed with every fault in it."""
    faults = _Faults(transmission.version)
    header = faults.read(transmission.header, Header)
    source = transmission.source
    if source is None:
        faults.lost(transmission.header, "is followed by no IS")
    report = Report(
        header,
        faults.read(source, Source) if source else Source(),
        tuple(_store(one, faults) for one in transmission.stores()),
    )
    inside = False
    for one in transmission.segments:
        inside = (inside or one.id == "PHA") and one.id != "TP"
        if not inside and one.id not in ("TH", "IS", "TP", "TT"):
            faults.lost(one, "stands outside of a pharmacy")
    faults.refuse()
    return report
