"""The elements of ASAP reports to monitoring programmes, with the version as data.

``elements.tsv`` holds, by element, its key (our name for it) and in each version its kind, its
largest length and whether it is required; an empty cell says that the version has no such
element. ``codes.tsv`` holds the codes, in our words, and the versions they mean that in: the
same code may mean something else a version later (AIR06).

Kinds: text, digits (text of digits), code, number (whole), part (two digits), decimal, date
(CCYYMMDD), time (HHMMSS, local), utc (HHMMSSZ).

Source: record definitions of the VA's export to monitoring programmes, public domain. What is
``required`` is how that export is set up, not law: each programme decides, see ``overlays``.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from apothecary.wires.errors import Malformed

VERSIONS = ("4.2", "4.2A", "4.2B", "5.0")

# In the order in which they follow each other.
SEGMENT_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "TH": "Transaction header",
        "IS": "Information source",
        "PHA": "Pharmacy",
        "PAT": "Patient",
        "DSP": "Dispensed",
        "PRE": "Prescriber",
        "CDI": "Compound ingredient",
        "AIR": "Additional information",
        "TP": "Pharmacy trailer",
        "TT": "Transaction trailer",
    }
)


@dataclass(frozen=True, slots=True)
class Element:
    """One element of one segment in one version. ``place`` counts from 1, ``length`` is in
    characters, ``codes`` names its list of codes, empty where it has none.
    """

    segment: str
    place: int
    key: str
    kind: str
    length: int
    required: bool
    codes: str

    @property
    def id(self) -> str:
        """As people write it: ``DSP09``."""
        return f"{self.segment}{self.place:02}"

    @property
    def name(self) -> str:
        """As a fault names it: ``DSP09 (quantity)``."""
        return f"{self.id} ({self.key.replace('_', ' ')})"


@dataclass(frozen=True, slots=True)
class Version:
    """One release: the elements of each segment by place; None where it has none there."""

    code: str
    elements: Mapping[str, tuple[Element | None, ...]]
    codes: Mapping[str, Mapping[str, str]]

    def element(self, name: str) -> Element | None:
        """The element of that id (``DSP09``), or None where this version has none."""
        row = self.elements.get(name[:-2], ())
        place = int(name[-2:]) if name[-2:].isdigit() and name.isascii() else 0
        return row[place - 1] if 0 < place <= len(row) else None

    def meaning(self, element: Element, code: str) -> str:
        """What a code of an element means, in our words; empty when it is none of its codes."""
        return self.codes.get(element.codes, {}).get(code, "")


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t"))


def _element(row: dict[str, str], code: str) -> Element | None:
    if not row[code]:
        return None
    kind, length, *use = row[code].split()
    name = row["element"]
    return Element(
        segment=name[:-2],
        place=int(name[-2:]),
        key=row["key"],
        kind=kind,
        length=int(length),
        required=use == ["required"],
        codes=row["codes"],
    )


@cache
def version(code: str) -> Version:
    """One of the releases we know, by TH01. Raises Malformed naming the others."""
    if code not in VERSIONS:
        raise Malformed("TH01 (version)", f"must be one of {', '.join(VERSIONS)}, is {code!r}")
    elements: dict[str, list[Element | None]] = {name: [] for name in SEGMENT_NAMES}
    for row in _rows("elements.tsv"):
        elements[row["element"][:-2]].append(_element(row, code))
    codes: dict[str, dict[str, str]] = {}
    for row in _rows("codes.tsv"):
        if code in row["versions"].split():
            codes.setdefault(row["list"], {})[row["code"]] = row["means"]
    return Version(
        code,
        MappingProxyType({name: tuple(row) for name, row in elements.items()}),
        MappingProxyType({name: MappingProxyType(row) for name, row in codes.items()}),
    )


@cache
def known_places(code: str, segment: str) -> int:
    """How many elements that segment has in that version, those withdrawn between included."""
    row = version(code).elements[segment]
    return max((place for place, one in enumerate(row, 1) if one is not None), default=0)


# Without these no receiver can tell what it got; the rest is for the state to require.
_NEEDED = frozenset(
    ("TH01", "TH02", "TH05", "TH06", "TH07", "TH09", "DSP01", "TP01", "TT01", "TT02")
)


@cache
def needed(code: str, segment: str) -> tuple[Element, ...]:
    """The elements that segment is of no use without, wherever it is sent."""
    row = version(code).elements[segment]
    return tuple(one for one in row if one and one.id in _NEEDED and one.required)
