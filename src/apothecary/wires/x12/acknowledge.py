"""Receipts of X12: 997 and 999 (and TA1) for what came, and the reading of those we are sent.

AK3 and IK3, AK4 and IK4, AK5 and IK5 differ by name alone; the 999 belongs to the versions of
health care and adds the convention of each set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from apothecary.wires.errors import Malformed
from apothecary.wires.x12.build import Draft, GroupDraft, Row, SetDraft, build
from apothecary.wires.x12.conformance import Finding, findings
from apothecary.wires.x12.interchange import Group, Interchange, TransactionSet
from apothecary.wires.x12.segments import Segment

Kind = Literal["997", "999"]

_CONVENTION_999 = "005010X231A1"
_OLDEST_GROUP = "004010"
_MOST_CODES = 5
_NAMES = {"997": ("AK3", "AK4", "AK5"), "999": ("IK3", "IK4", "IK5")}


@dataclass(frozen=True, slots=True)
class ElementError:
    """One element at fault: its place in the segment, its place in a composite (0 when it is
    none), its number in the dictionary, the code of the fault and the value as sent.
    """

    place: int
    code: str
    value: str = ""
    component: int = 0
    reference: str = ""


@dataclass(frozen=True, slots=True)
class SegmentError:
    """One segment at fault; ``place`` counts from ST = 1."""

    id: str
    place: int
    code: str
    loop: str = ""
    elements: tuple[ElementError, ...] = ()


@dataclass(frozen=True, slots=True)
class SetVerdict:
    """What is said of one set: ``A`` accepted, ``E`` accepted with errors, ``R`` rejected."""

    kind: str
    control: str
    status: str
    codes: tuple[str, ...] = ()
    errors: tuple[SegmentError, ...] = ()
    convention: str = ""

    @property
    def accepted(self) -> bool:
        return self.status in ("A", "E")


@dataclass(frozen=True, slots=True)
class GroupVerdict:
    """What is said of one group: ``A``, ``E``, ``P`` in part, ``R``; counts as the receiver
    stated them.
    """

    functional: str
    control: str
    status: str
    included: int
    received: int
    accepted: int
    codes: tuple[str, ...] = ()
    sets: tuple[SetVerdict, ...] = ()
    version: str = ""


def verdicts(
    interchange: Interchange, *, found: Mapping[int, SetVerdict] | None = None
) -> list[GroupVerdict]:
    """What is to be said of each group but those that are receipts themselves.

    ``found`` holds what a reader found inside a set, by the number of its ST segment; its
    status, codes and errors are joined with what is wrong with the envelope.
    """
    by_header: dict[int, list[Finding]] = {}
    for one in findings(interchange.segments):
        by_header.setdefault(one.header, []).append(one)
    return [
        _group_verdict(group, by_header, found or {})
        for group in interchange.groups
        if group.functional != "FA"
    ]


def _group_verdict(
    group: Group, by_header: Mapping[int, Sequence[Finding]], found: Mapping[int, SetVerdict]
) -> GroupVerdict:
    sets = tuple(_set_verdict(one, by_header, found) for one in group.sets)
    codes = _codes(by_header.get(group.header.number, ()), "group")
    accepted = sum(one.accepted for one in sets)
    said = group.trailer[1].strip() if group.trailer else ""
    if codes or (sets and not accepted):
        status, accepted = "R", 0
    elif accepted < len(sets):
        status = "P"
    else:
        status = "E" if any(one.status == "E" for one in sets) else "A"
    return GroupVerdict(
        functional=group.functional,
        control=group.control,
        status=status,
        included=int(said) if said.isascii() and said.isdigit() else len(sets),
        received=len(sets),
        accepted=accepted,
        codes=codes,
        sets=sets,
        version=group.header[8].strip(),
    )


def _set_verdict(
    one: TransactionSet,
    by_header: Mapping[int, Sequence[Finding]],
    found: Mapping[int, SetVerdict],
) -> SetVerdict:
    start = one.header.number
    mine = by_header.get(start, ())
    codes = _codes(mine, "set")
    errors = tuple(_segment_error(one, finding) for finding in mine
                   if finding.level == "segment")  # fmt: skip
    inside = found.get(start)
    status = "R" if codes else "E" if errors else "A"
    if inside is not None:
        errors += inside.errors
        codes = tuple(dict.fromkeys((*codes, *inside.codes)))[:_MOST_CODES]
        status = max(status, inside.status, key="AER".find)
    if errors and "5" not in codes:
        codes = (*codes, "5")[-_MOST_CODES:]
    convention = one.header[3].strip()
    return SetVerdict(one.kind, one.control, status, codes, errors, convention)


def _codes(found: Sequence[Finding], level: str) -> tuple[str, ...]:
    codes = dict.fromkeys(one.code for one in found if one.level == level)
    return tuple(codes)[:_MOST_CODES]


def _segment_error(one: TransactionSet, finding: Finding) -> SegmentError:
    place = finding.segment - one.header.number
    return SegmentError(one.segments[place].id[:3], place + 1, finding.code)


def acknowledge(
    interchange: Interchange,
    *,
    at: datetime,
    control: int,
    kind: Kind = "997",
    found: Mapping[int, SetVerdict] | None = None,
) -> bytes | None:
    """The receipt for an interchange, in its own dialect: one set for each group, and a TA1
    where the header asks for it. None when there is nothing to be said.

    Raises Malformed when its header cannot be answered (a sender without an id). ``at`` is
    local time, ``control`` our next control number for this partner.
    """
    said = verdicts(interchange, found=found)
    header = interchange.header
    receipts = [interchange_receipt(interchange)] if header[14] == "1" else []
    if not said and not receipts:
        return None
    marks = interchange.delimiters
    if not marks.repetition:
        marks = replace(marks, repetition=_spare_mark(marks.every))
    return build(
        Draft(
            sender=interchange.receiver,
            receiver=interchange.sender,
            at=at,
            control=control,
            groups=[_receipt_group(interchange, said, kind, control)] if said else [],
            version=_version_of(header),
            usage="T" if interchange.is_test else "P",
            receipts=receipts,
            delimiters=marks,
            newline=_newline(interchange),
        )
    )


def _receipt_group(
    interchange: Interchange, said: Sequence[GroupVerdict], kind: Kind, control: int
) -> GroupDraft:
    first = next(group for group in interchange.groups if group.functional != "FA").header
    convention = _CONVENTION_999 if kind == "999" else ""
    version = convention or first[8].strip()[:6] or _OLDEST_GROUP
    marks = interchange.delimiters.every + "^"
    sets = [
        SetDraft(kind, _receipt_rows(verdict, kind, marks), convention, f"{number:04}")
        for number, verdict in enumerate(said, 1)
    ]
    return GroupDraft(sets, control, version, first[3].strip(), first[2].strip())


def _version_of(isa: Segment) -> str:
    """ISA12; the oldest version in use where it is unreadable."""
    version = isa[12].strip()
    return version if len(version) == 5 and version.isdigit() else "00401"


def _spare_mark(taken: str) -> str:
    return next(mark for mark in "^!|\x1e" if mark not in taken)


def _newline(interchange: Interchange) -> Literal["", "\n", "\r\n"]:
    """The line end this partner puts behind each terminator."""
    if len(interchange.segments) < 2:
        return ""
    lead = interchange.segments[1].lead
    return "\n" if lead == "\n" else "\r\n" if lead == "\r\n" else ""


def _receipt_rows(verdict: GroupVerdict, kind: Kind, marks: str) -> list[Row]:
    modern = kind == "999"
    version = (verdict.version,) if modern else ()
    rows: list[Row] = [("AK1", verdict.functional, verdict.control, *version)]
    for one in verdict.sets:
        convention = (one.convention,) if modern else ()
        rows.append(("AK2", one.kind, one.control, *convention))
        rows.extend(_error_rows(one, kind, marks))
        rows.append((_NAMES[kind][2], one.status, *one.codes))
    counts = (verdict.included, verdict.received, verdict.accepted)
    rows.append(("AK9", verdict.status, *(str(count) for count in counts), *verdict.codes))
    return rows


def _error_rows(one: SetVerdict, kind: Kind, marks: str) -> list[Row]:
    segment_name, element_name, _ = _NAMES[kind]
    rows: list[Row] = []
    for error in one.errors:
        rows.append((segment_name, error.id, str(error.place), error.loop, error.code))
        for bad in error.elements:
            component = (str(bad.component),) if bad.component else ()
            place = (str(bad.place), *component)
            # A value that would break the receipt is told by its place alone.
            plain = bad.value.isprintable() and not any(mark in bad.value for mark in marks)
            value = bad.value if plain else ""
            rows.append((element_name, place, bad.reference, bad.code, value))
    return rows


def interchange_receipt(interchange: Interchange) -> Row:
    """The TA1 that says whether the envelope itself could be taken: the first fault's code."""
    codes = [one.code for one in findings(interchange.segments) if one.level == "interchange"]
    header = interchange.header
    status = "R" if codes else "A"
    return ("TA1", interchange.control, header[9], header[10], status, (*codes, "000")[0])


def read_acknowledgement(transaction: TransactionSet) -> GroupVerdict:
    """What a partner says of a group of ours, from a 997 or 999. Raises Malformed naming the
    segment and element.
    """
    if transaction.kind not in _NAMES:
        raise Malformed("ST01", f"must be 997 or 999, is {transaction.kind!r}")
    first, last = None, None
    sets: list[SetVerdict] = []
    for segment in transaction.body:
        name = segment.id
        if name == "AK1":
            first = segment
        elif name == "AK9":
            last = segment
        elif name == "AK2":
            sets.append(SetVerdict(segment[1], segment[2], "", convention=segment[3].strip()))
        elif sets:
            sets[-1] = _with(sets[-1], segment)
    if first is None or last is None:
        missing = "AK1" if first is None else "AK9"
        raise Malformed(missing, "is missing", transaction.header.byte)
    return GroupVerdict(
        functional=first[1],
        control=first[2],
        status=_status(last),
        included=_number(last, 2),
        received=_number(last, 3),
        accepted=_number(last, 4),
        codes=_codes_of(last, 5),
        sets=tuple(sets),
        version=first[3],
    )


def _with(verdict: SetVerdict, segment: Segment) -> SetVerdict:
    """A set's verdict with what this segment adds."""
    name = segment.id
    if name in ("AK5", "IK5"):
        return replace(verdict, status=_status(segment), codes=_codes_of(segment, 2))
    if name in ("AK3", "IK3"):
        error = SegmentError(segment[1], _number(segment, 2), segment[4], segment[3])
        return replace(verdict, errors=(*verdict.errors, error))
    if name in ("AK4", "IK4") and verdict.errors:
        place, *rest = segment.components(1) or ("",)
        component = rest[0] if rest else ""
        bad = ElementError(
            place=_number(segment, 1, place),
            code=segment[3],
            value=segment[4],
            component=_number(segment, 1, component) if component else 0,
            reference=segment[2],
        )
        last = verdict.errors[-1]
        last = replace(last, elements=(*last.elements, bad))
        return replace(verdict, errors=(*verdict.errors[:-1], last))
    return verdict


def _status(segment: Segment) -> str:
    if not segment[1]:
        raise Malformed(segment.path(1), "is missing", segment.byte)
    return segment[1]


def _codes_of(segment: Segment, start: int) -> tuple[str, ...]:
    return tuple(code for code in segment.elements[start:] if code)


def _number(segment: Segment, place: int, text: str | None = None) -> int:
    value = segment[place] if text is None else text
    if not (value.isascii() and value.isdigit() and len(value) <= 10):
        raise Malformed(segment.path(place), f"must be digits, is {value[:20]!r}", segment.byte)
    return int(value)
