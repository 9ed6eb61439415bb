"""A cursor over a message that gathers every fault instead of stopping at the first."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from lxml import etree

from apothecary.wires.errors import Fault
from apothecary.wires.script.model import Leaf
from apothecary.wires.script.xml import local_name, text_of

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?", re.ASCII
)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)


@dataclass(slots=True)
class Notes:
    """What was found on the way: faults that refuse, warnings that do not, what was read."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    taken: set[etree._Element] = field(default_factory=set)
    listed: set[etree._Element] = field(default_factory=set)


class Look:
    """One element, or the place where one should have been (``element`` None, asks nothing)."""

    __slots__ = ("_named", "element", "notes", "path")

    def __init__(self, element: etree._Element | None, path: str, notes: Notes) -> None:
        self.element = element
        self.path = path
        self.notes = notes
        self._named: dict[str, list[etree._Element]] | None = None

    def __bool__(self) -> bool:
        return self.element is not None

    def fault(self, name: str, reason: str) -> None:
        self.notes.faults.append(Fault(f"{self.path}/{name}" if name else self.path, reason))

    def warn(self, name: str, reason: str) -> None:
        self.notes.warnings.append(Fault(f"{self.path}/{name}" if name else self.path, reason))

    def children(self) -> Iterator[etree._Element]:
        if self.element is not None:
            yield from (child for child in self.element if local_name(child))

    def _by_name(self) -> dict[str, list[etree._Element]]:
        if self._named is None:
            self._named = {}
            for child in self.children():
                self._named.setdefault(local_name(child), []).append(child)
        return self._named

    def each(self, name: str, *, most: int | None = None) -> list["Look"]:
        """Every child of that name, in order; more than ``most`` is a fault."""
        found = self._by_name().get(name, [])
        if most is not None and len(found) > most:
            self.fault(name, f"may stand {most} times, stands {len(found)} times")
        path = f"{self.path}/{name}"
        if len(found) == 1:
            return [Look(found[0], path, self.notes)]
        return [
            Look(child, f"{path}[{number}]", self.notes)
            for number, child in enumerate(found, start=1)
        ]

    def at(self, name: str) -> "Look":
        """The one child of that name, or an empty place."""
        found = self.each(name, most=1)
        return found[0] if found else Look(None, f"{self.path}/{name}", self.notes)

    def need(self, name: str) -> "Look":
        """The one child of that name; missing is a fault, named once and not for its parts."""
        found = self.at(name)
        if self and not found:
            self.fault(name, "is missing")
        return found

    def own_text(self) -> str:
        """The text of this element without surrounding space; marks it as read."""
        if self.element is None:
            return ""
        if any(local_name(child) for child in self.element):
            self.fault("", "holds elements where a value belongs")
            return ""
        self.notes.taken.add(self.element)
        return text_of(self.element)

    def text(
        self,
        name: str,
        *,
        most: int | None = None,
        need: bool = False,
        of: Collection[str] = (),
    ) -> str:
        """A child's text, empty when absent. Missing, empty, too long or not one of the
        allowed codes is a fault.
        """
        child = self.need(name) if need else self.at(name)
        text = child.own_text()
        if not text:
            if child and need:
                child.fault("", "is empty")
            return ""
        if most is not None and len(text) > most:
            child.fault("", f"may have {most} characters, has {len(text)}")
        if of and text not in of:
            child.fault("", f"must be one of {', '.join(sorted(of))}, is {text!r}")
        return text

    def whole(self, name: str, *, most: int, need: bool = False, least: int = 0) -> int | None:
        """A child that is a whole number between ``least`` and ``most``; None when absent."""
        text = self.text(name, need=need)
        if not text:
            return None
        signed = text.removeprefix("-").removeprefix("+")
        if not (signed.isascii() and signed.isdigit()) or len(signed) > 12:
            self.fault(name, f"must be a whole number, is {text!r}")
            return None
        number = int(text)
        if not least <= number <= most:
            self.fault(name, f"must be {least} to {most}, is {number}")
            return None
        return number

    def number(
        self, name: str, *, most: int | None = None, need: bool = False
    ) -> Decimal | None:
        """A child that is a plain decimal number; None when absent or a fault."""
        text = self.text(name, most=most, need=need)
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            self.fault(name, f"must be a number, is {text!r}")
            return None
        return Decimal(text)

    def day(self, name: str, *, need: bool = False) -> date | None:
        """A child that holds Date or DateTime; the day as the sender wrote it."""
        holder = self.need(name) if need else self.at(name)
        if not holder:
            return None
        text = holder.text("Date") or holder.text("DateTime")[:10] or _bare(holder)
        if not text:
            holder.fault("", "holds no date")
            return None
        return _day(text, holder)

    def leaves(self) -> list[Leaf]:
        """Every value under this element that nobody has taken yet, attributes included; it
        counts as taken afterwards.
        """
        if self.element is None:
            return []
        return list(_leaves(self.element, self.path, self.notes))


def _bare(holder: Look) -> str:
    """The date itself where a sender left out the wrapper."""
    if any(True for _ in holder.children()):
        return ""
    return holder.own_text()


def _day(text: str, holder: Look) -> date | None:
    parts = _DATE.fullmatch(text)
    if not parts:
        holder.fault("", f"must be a date YYYY-MM-DD, is {text!r}")
        return None
    try:
        return date(int(parts[1]), int(parts[2]), int(parts[3]))
    except ValueError:
        holder.fault("", f"is not a day of the calendar: {text!r}")
        return None


def read_instant(text: str) -> datetime | None:
    """An XML dateTime; without a zone it is UTC, as SCRIPT prescribes. None when it is none."""
    if not _INSTANT.fullmatch(text):
        return None
    try:
        instant = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return instant if instant.tzinfo else datetime.fromisoformat(text + "+00:00")


def _leaves(element: etree._Element, path: str, notes: Notes) -> Iterator[Leaf]:
    inner = [child for child in element if local_name(child)]
    if element not in notes.listed:
        for name, value in element.attrib.items():
            attribute = str(name)
            yield Leaf(f"{path}/@{attribute}", str(value))
    if not inner and element not in notes.taken:
        yield Leaf(path, text_of(element))
    notes.taken.add(element)
    notes.listed.add(element)
    seen: dict[str, int] = {}
    names = [local_name(child) for child in inner]
    for child, name in zip(inner, names, strict=True):
        seen[name] = seen.get(name, 0) + 1
        step = f"{name}[{seen[name]}]" if names.count(name) > 1 else name
        yield from _leaves(child, f"{path}/{step}", notes)
