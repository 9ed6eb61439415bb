"""Interchanges written: strict where reading is lenient; counts and control numbers come by
themselves.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from apothecary.wires.errors import Malformed
from apothecary.wires.x12.interchange import FUNCTIONAL
from apothecary.wires.x12.segments import FIRST_WITH_REPETITION, Delimiters
from apothecary.wires.x12.values import clock_text, day_text

Element = str | tuple[str, ...]  # a simple element, or the components of a composite
Row = Sequence[Element]  # a segment: its id, then its elements

LAST_CONTROL = 999_999_999
USUAL = Delimiters(element="*", component=":", segment="~", repetition="^")
_ID = re.compile("[A-Z][A-Z0-9]{1,2}")
_PARTNER = re.compile("[A-Z0-9]{2}")


@dataclass(frozen=True, slots=True)
class SetDraft:
    """A transaction set to be written: what stands between ST and SE. ``convention`` is ST03,
    empty where the version knows none. ``control`` is given by its place in the group if empty.
    """

    kind: str
    body: Sequence[Row]
    convention: str = ""
    control: str = ""


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """Sets of one kind of paper. ``version`` is GS08 (``004010``); ``sender`` and ``receiver``
    are GS02 and GS03, by default those of the envelope.
    """

    sets: Sequence[SetDraft]
    control: int
    version: str
    sender: str = ""
    receiver: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An interchange to be written. ``sender`` and ``receiver`` are qualifier and id, ``at`` is
    the partner's local time. ``newline`` stands behind every terminator where a partner likes
    it; the repetition separator is left out where the version knows none. ``receipts`` are TA1.
    """

    sender: tuple[str, str]
    receiver: tuple[str, str]
    at: datetime
    control: int
    groups: Sequence[GroupDraft]
    version: str = "00501"
    usage: Literal["P", "T"] = "P"
    wants_receipt: bool = False
    receipts: Sequence[Row] = ()
    delimiters: Delimiters = USUAL
    newline: Literal["", "\n", "\r\n"] = ""


def build(draft: Draft) -> bytes:
    """The bytes of an interchange. Raises Malformed naming what does not fit; nothing is cut
    or replaced.
    """
    if len(draft.version) != 5 or not draft.version.isdigit():
        raise Malformed("version", f"must be five digits, is {draft.version!r}")
    marks = draft.delimiters
    if draft.version < FIRST_WITH_REPETITION:
        marks = replace(marks, repetition="")
    elif not marks.repetition:
        raise Malformed("delimiters", f"version {draft.version} needs a repetition separator")
    if wrong := marks.faults():
        raise Malformed("delimiters", "; ".join(wrong))
    end = marks.segment + draft.newline
    texts = [_isa(draft, marks), *(_row(row, marks) for row in _rows(draft))]
    return (end.join(texts) + end).encode("latin-1")


def _rows(draft: Draft) -> Iterator[Row]:
    yield from draft.receipts
    for group in draft.groups:
        control = _control(group.control, "group control number")
        functional = _functional(group)
        yield (
            "GS",
            functional,
            group.sender or draft.sender[1],
            group.receiver or draft.receiver[1],
            day_text(draft.at),
            clock_text(draft.at),
            control,
            "X",
            group.version,
        )
        for number, one in enumerate(group.sets, 1):
            name = one.control or f"{number:04}"
            if not 4 <= len(name) <= 9:
                raise Malformed("set control number", f"must have 4 to 9 characters: {name!r}")
            yield ("ST", one.kind, name, one.convention)
            yield from one.body
            yield ("SE", str(len(one.body) + 2), name)
        yield ("GE", str(len(group.sets)), control)
    yield ("IEA", str(len(draft.groups)), f"{draft.control:09}")


def _functional(group: GroupDraft) -> str:
    """GS01, which all sets of a group must agree on."""
    codes = {FUNCTIONAL.get(one.kind, "") for one in group.sets}
    if len(codes) != 1 or "" in codes:
        kinds = ", ".join(sorted({one.kind for one in group.sets})) or "none"
        raise Malformed("group", f"must hold sets of one known functional group, holds {kinds}")
    return codes.pop()


def _control(number: int, field: str) -> str:
    if not 1 <= number <= LAST_CONTROL:
        raise Malformed(field, f"must be between 1 and {LAST_CONTROL}, is {number}")
    return str(number)


def _isa(draft: Draft, marks: Delimiters) -> str:
    _control(draft.control, "interchange control number")
    elements = [
        *("00", " " * 10, "00", " " * 10),
        *_partner(draft.sender, "sender"),
        *_partner(draft.receiver, "receiver"),
        f"{draft.at:%y%m%d}",
        clock_text(draft.at),
        marks.repetition or "U",
        draft.version,
        f"{draft.control:09}",
        "1" if draft.wants_receipt else "0",
        draft.usage,
    ]
    for place, element in enumerate(elements, 1):
        if place != 11:
            _refuse_unwritable(element, marks, f"ISA{place:02}")
    return marks.element.join(["ISA", *elements, marks.component])


def _partner(partner: tuple[str, str], field: str) -> tuple[str, str]:
    qualifier, name = partner
    if _PARTNER.fullmatch(qualifier) is None:
        raise Malformed(f"{field} qualifier", f"must have two characters, is {qualifier!r}")
    if not 1 <= len(name.strip()) <= 15 or len(name) > 15:
        raise Malformed(f"{field} id", f"must have 1 to 15 characters, is {name!r}")
    return qualifier, name.ljust(15)


def _row(row: Row, marks: Delimiters) -> str:
    name = row[0] if row else ""
    if not isinstance(name, str) or _ID.fullmatch(name) is None:
        raise Malformed("segment", f"{name!r} is no segment id")
    parts = [name]
    for place, element in enumerate(row[1:], 1):
        pieces = (element,) if isinstance(element, str) else element
        for piece in pieces:
            _refuse_unwritable(piece, marks, f"{name}{place:02}")
        parts.append(marks.component.join(pieces).rstrip(marks.component))
    while parts[-1] == "":
        parts.pop()
    return marks.element.join(parts)


def _refuse_unwritable(text: str, marks: Delimiters, field: str) -> None:
    held = sorted({mark for mark in marks.every if mark in text})
    if held:
        raise Malformed(field, f"holds a separator {held[0]!r}: {text[:40]!r}")
    if not text.isprintable() or any(one > "\xff" for one in text):
        raise Malformed(field, f"holds a character that X12 cannot carry: {text[:40]!r}")
