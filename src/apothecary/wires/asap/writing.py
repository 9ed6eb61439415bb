"""Reports written: strict where reading is lenient; counts come by themselves, nothing is cut.

A value that does not fit its element, a code the version has not, a separator inside a text:
each is refused by name. ``values.in_ascii`` takes accents away where the caller wants that.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from operator import attrgetter
from typing import BinaryIO, Literal

from apothecary.wires.asap.records import (
    CLASSES,
    SEGMENTS,
    Dispensing,
    Header,
    Record,
    Report,
    Source,
    Store,
)
from apothecary.wires.asap.rules import Row, dispensing_problems, is_zero, period_problem
from apothecary.wires.asap.segments import Separators
from apothecary.wires.asap.tables import (
    SEGMENT_NAMES,
    Element,
    Version,
    known_places,
    needed,
    version,
)
from apothecary.wires.asap.values import WRITERS, Value
from apothecary.wires.errors import Fault, Malformed, malformed

Newline = Literal["", "\n", "\r\n"]
USUAL = Separators()
REPORT, TAKEN_BACK = "01", "04"
# How a field is taken from a record, and the element it is written as.
_Writing = tuple[Callable[[Record], Value], str, Element | None]


@dataclass(frozen=True, slots=True)
class Written:
    """What a stream of reports came to."""

    size: int  # bytes
    segments: int
    stores: int
    dispensings: int


@cache
def _writings(code: str, segment: str) -> tuple[_Writing, ...]:
    of = version(code)
    keys = [one.name for one in fields(CLASSES[segment]) if one.name != "more"]
    ids = [f"{segment}{place:02}" for place in range(1, len(keys) + 1)]
    return tuple(
        (attrgetter(key), f"{one} ({key.replace('_', ' ')})", of.element(one))
        for key, one in zip(keys, ids, strict=True)
    )


class _Rows:
    """Makes rows of records and gathers what does not fit."""

    def __init__(self, of: Version, separators: Separators) -> None:
        self.version = of
        self._marks = (separators.element, separators.segment)
        self.faults: list[Fault] = []

    def of(self, record: Record, where: str, *, zero: bool = False) -> Row:
        """The elements of one record behind its id, without the empty ones at its end."""
        segment, code = SEGMENTS[type(record)], self.version.code
        row = [segment]
        for take, name, element in _writings(code, segment):
            value = take(record)
            blank = value is None or value == ""
            row.append("" if blank else self._text(value, element, f"{where}{name}"))
        if record.more:
            del row[known_places(code, segment) + 1 :]
            row += [self._plain(one, f"{where}{segment}") for one in record.more]
        if not zero:
            self._refuse_missing(row, segment, where)
        return _cut(row)

    def other(self, row: Row, where: str) -> Row:
        """A segment we do not know, as it is."""
        if not row or not row[0].strip() or row[0] in SEGMENT_NAMES:
            name = row[0] if row else ""
            self.faults.append(
                Fault(where.strip(), f"holds a segment of no other id: {name!r}")
            )
            return ("",)
        return tuple(self._plain(one, f"{where}{row[0][:3]}") for one in row)

    def _text(self, value: Value, element: Element | None, name: str) -> str:
        if element is None:
            self.faults.append(Fault(name, f"is no element of {self.version.code}"))
            return ""
        try:
            text = WRITERS[element.kind](value, element.length)
        except ValueError as error:
            self.faults.append(Fault(name, str(error)))
            return ""
        if element.codes and not self.version.meaning(element, text):
            reason = f"is none of its codes in {self.version.code}: {text!r}"
            self.faults.append(Fault(name, reason))
        return self._plain(text, name)

    def _plain(self, text: str, name: str) -> str:
        for mark in self._marks:
            if mark in text:
                self.faults.append(Fault(name, f"holds a separator {mark!r}: {text[:40]!r}"))
        if not (text.isascii() and text.isprintable()) and text:
            reason = f"holds a character that a report cannot carry: {text[:40]!r}"
            self.faults.append(Fault(name, reason))
        return text

    def _refuse_missing(self, row: Sequence[str], segment: str, where: str) -> None:
        for element in needed(self.version.code, segment):
            if not row[element.place] and element.id != "TH09":
                self.faults.append(Fault(f"{where}{element.name}", "is missing"))


def _cut(row: list[str]) -> Row:
    """Empty elements at the end are left out; a segment of nothing keeps one of them."""
    while len(row) > 1 and not row[-1]:
        row.pop()
    return (*row, "") if len(row) == 1 else tuple(row)


def _store_rows(store: Store, rows: _Rows, where: str) -> list[Row]:
    found = [rows.of(store.pharmacy, where)]
    for number, one in enumerate(store.dispensings, 1):
        found += _dispensing_rows(one, rows, f"{where}record {number} ")
    return [*found, ("TP", str(len(found) + 1))]


def _dispensing_rows(one: Dispensing, rows: _Rows, where: str) -> list[Row]:
    patient = rows.of(one.patient, where)
    zero = is_zero(patient)
    dispensed = rows.of(one.dispensed, where, zero=zero)
    ingredients = [rows.of(each, where) for each in one.ingredients]
    found = [patient, dispensed]
    if one.prescriber is not None:
        found.append(rows.of(one.prescriber, where))
    found += ingredients
    if one.additional is not None:
        found.append(rows.of(one.additional, where))
    found += [rows.other(each, where) for each in one.others]
    if not zero:
        for segment, place, reason in dispensing_problems(dispensed, ingredients):
            name = f"{where}{segment}{place:02}" if place else f"{where}{segment}"
            element = rows.version.element(f"{segment}{place:02}")
            rows.faults.append(Fault(f"{where}{element.name}" if element else name, reason))
    return found


def pieces(
    header: Header,
    source: Source,
    stores: Iterable[Store],
    *,
    separators: Separators = USUAL,
    newline: Newline = "\r\n",
) -> Iterator[tuple[bytes, int]]:
    """A report piece by piece, one pharmacy at a time: bytes and how many segments they are.

    Raises Malformed with all that is wrong with a pharmacy, when it is its turn: what went
    before is then a file cut short, which no receiver takes.
    """
    rows, end = _begin(header, separators, newline)
    _refuse_other_kinds(header)
    first = [_header_row(header, rows, separators), _source_row(source, rows)]
    yield _bytes(first, rows, separators.element, end), len(first)
    total = len(first)
    for number, store in enumerate(stores, 1):
        found = _store_rows(store, rows, f"pharmacy {number} ")
        total += len(found)
        yield _bytes(found, rows, separators.element, end), len(found)
    last = [("TT", header.control_number, str(total + 1))]
    yield _bytes(last, rows, separators.element, end), 1


def _begin(header: Header, separators: Separators, newline: Newline) -> tuple[_Rows, str]:
    if wrong := separators.faults():
        raise Malformed("separators", "; ".join(wrong))
    if separators.segment in newline:
        raise Malformed("newline", "is the segment terminator too")
    return _Rows(version(header.version), separators), separators.segment + newline


def _refuse_other_kinds(header: Header) -> None:
    if header.transaction_type not in ("", REPORT):
        kind = header.transaction_type
        raise Malformed("TH03 (transaction type)", f"must be {REPORT} in a report, is {kind!r}")


def _header_row(header: Header, rows: _Rows, separators: Separators) -> Row:
    told = rows.of(replace(header, terminator=""), "")
    return (*told, *[""] * (9 - len(told)), separators.segment)


def _source_row(source: Source, rows: _Rows) -> Row:
    row = rows.of(source, "")
    if reason := period_problem(row):
        rows.faults.append(Fault("IS03 (message)", reason))
    return row


def _bytes(found: Sequence[Row], rows: _Rows, mark: str, end: str) -> bytes:
    if rows.faults:
        raise malformed(rows.faults)
    return "".join([mark.join(row) + end for row in found]).encode("latin-1")


def write(
    report: Report, *, separators: Separators = USUAL, newline: Newline = "\r\n"
) -> bytes:
    """The bytes of a report. Raises Malformed with all that is wrong, in whichever pharmacy."""
    rows, end = _begin(report.header, separators, newline)
    _refuse_other_kinds(report.header)
    found = [_header_row(report.header, rows, separators), _source_row(report.source, rows)]
    for number, store in enumerate(report.stores, 1):
        found += _store_rows(store, rows, f"pharmacy {number} ")
    found.append(("TT", report.header.control_number, str(len(found) + 1)))
    return _bytes(found, rows, separators.element, end)


def write_stream(
    out: BinaryIO,
    header: Header,
    source: Source,
    stores: Iterable[Store],
    *,
    separators: Separators = USUAL,
    newline: Newline = "\r\n",
) -> Written:
    """Write a report in the memory of one pharmacy, and say what it came to. Raises Malformed
    at the first pharmacy that does not fit; the file is then cut short and of no use.
    """
    size, segments, held, records = 0, 0, 0, 0

    def counted() -> Iterator[Store]:
        nonlocal held, records
        for store in stores:
            held += 1
            records += len(store.dispensings)
            yield store

    told = pieces(header, source, counted(), separators=separators, newline=newline)
    for piece, count in told:
        size += out.write(piece)
        segments += count
    return Written(size, segments, held, records)


def write_taking_back(
    header: Header, *, separators: Separators = USUAL, newline: Newline = "\r\n"
) -> bytes:
    """A file that takes a file back: TH03 is 04, and TH and TT are all of it."""
    rows, end = _begin(header, separators, newline)
    first = _header_row(replace(header, transaction_type=TAKEN_BACK), rows, separators)
    last = ("TT", header.control_number, "2")
    return _bytes([first, last], rows, separators.element, end)
