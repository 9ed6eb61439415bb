"""The FDA's names of substances: every name a UNII goes by.

TAB-separated, Windows-1252, no quoting, columns Name, TYPE, UNII, Display Name. Address:
precision.fda.gov/uniisearch, file UNII_Names.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apothecary.drugs.official.delimited import quoted_lines
from apothecary.drugs.official.files import Piece, Tell, silent, table_lines
from apothecary.drugs.shipped import Line

UNII = re.compile(r"[A-Z0-9]{10}")
# Common, official, brand and systematic names, and codes.
KINDS = frozenset({"cn", "of", "bn", "sys", "cd"})
COLUMNS = ("Name", "TYPE", "UNII", "Display Name")
FLAT = {
    "Name": ("name",),
    "TYPE": ("type",),
    "UNII": ("unii",),
    "Display Name": ("displayname",),
}


@dataclass(frozen=True, slots=True)
class SubstanceRow:
    """One name of a substance; ``display`` is the name the FDA prefers for its UNII."""

    line: int
    unii: str
    name: str
    kind: str
    display: str


def read_substances(piece: Piece, *, tell: Tell = silent) -> Iterator[SubstanceRow]:
    """Every name, in the order of the file; a ``.csv`` is read with quotes. Raises BadRow."""
    if ".csv" in piece.name.lower():
        lines = quoted_lines(piece, encoding="utf-8", columns=FLAT, optional={}, tell=tell)
    else:
        lines = table_lines(
            piece, encoding="cp1252", separator="\t", columns=COLUMNS, tell=tell
        )
    return map(_substance, lines)


def _substance(line: Line) -> SubstanceRow:
    unii = line.text("UNII").strip()
    if not UNII.fullmatch(unii):
        raise line.bad("UNII", f"{unii!r} is no UNII of ten places")
    return SubstanceRow(
        line=line.number,
        unii=unii,
        name=line.text("Name").strip(),
        kind=line.one_of("TYPE", KINDS),
        display=line.text("Display Name").strip(),
    )
