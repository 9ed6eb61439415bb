"""A list of hazardous drugs as CSV in our own layout: NIOSH publishes its list as a PDF only.

One name a line with its table (1, 2, or removed). ``ingredients``, ``classes``, ``mshi``,
``reproductive_only`` and ``verified`` may be left out; a name alone stands for its ingredient.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from apothecary.drugs.hazards import Row, read_row
from apothecary.drugs.official.delimited import quoted_lines
from apothecary.drugs.official.files import Piece, Tell, silent

COLUMNS = {
    "name": ("name",),
    "table": ("table",),
    "edition": ("edition",),
    "published_on": ("publishedon",),
    "cite": ("cite",),
}
OPTIONAL = {
    "ingredients": ("ingredients",),
    "classes": ("classes",),
    "mshi": ("mshi",),
    "reproductive_only": ("reproductiveonly",),
    "verified": ("verified",),
}
# Who makes a file of a printed list has read it for the house; nobody has checked the copy.
UNCHECKED = "K"


@dataclass(frozen=True, slots=True)
class HazardLine:
    """A row of the list with the line it stands in."""

    line: int
    row: Row


def read_hazards(piece: Piece, *, tell: Tell = silent) -> Iterator[HazardLine]:
    """The rows in their order. Raises BadRow; two lines for one drug refuse the file."""
    seen: dict[tuple[str, frozenset[str]], int] = {}
    lines = quoted_lines(
        piece, encoding="utf-8-sig", columns=COLUMNS, optional=OPTIONAL, tell=tell
    )
    for line in lines:
        marked = {**line.cells, "verified": line.cells["verified"] or UNCHECKED}
        row = read_row(replace(line, cells=marked))
        code = row.name, row.ingredients
        if code in seen:
            raise line.bad("name", f"{row.name!r} is in line {seen[code]} too")
        seen[code] = line.number
        yield HazardLine(line.number, row)
