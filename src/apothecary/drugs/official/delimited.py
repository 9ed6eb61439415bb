"""Files of the CMS and others whose cells may be quoted and whose headers are spelt anew.

Underscores became blanks, titles stand above the header, a last empty cell follows each line:
a column is known by the letters of its name alone, and the header by its columns.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence

from apothecary.drugs.official.files import Piece, Tell, silent, text_lines
from apothecary.drugs.official.heads import letters
from apothecary.drugs.shipped import BadRow, Line

# No agency writes more lines of titles and notes above its header than this.
MOST_TITLES = 20
Names = Mapping[str, Sequence[str]]


def quoted_lines(
    piece: Piece, *, encoding: str, columns: Names, optional: Names, tell: Tell = silent
) -> Iterator[Line]:
    """The rows below the header, their cells under our own names, outer blanks removed.

    ``columns`` gives for each name of ours the letters it may have in the file; a file without
    one is refused, an ``optional`` one is empty where the file has none. Comma or TAB parts the
    cells, whichever the header has. Raises BadRow; no line is skipped but empty ones.
    """
    text = text_lines(piece, encoding=encoding, tell=tell)
    above, header, comma = _header(piece, text, columns)
    places = _places(piece, above, header, {**columns, **optional})
    # A note in quotes may run over several lines.
    cells = csv.reader((f"{row}\n" for row in text), delimiter=comma, strict=True)
    while True:
        try:
            row = next(cells, None)
        except csv.Error as why:
            raise BadRow(piece.name, above + cells.line_num, "line", str(why)) from why
        if row is None:
            return
        number = above + cells.line_num
        while len(row) > len(header) and not row[-1].strip():
            row.pop()
        if not any(row):
            continue
        if len(row) != len(header):
            says = f"has {len(row)} cells, the header has {len(header)}"
            raise BadRow(piece.name, number, "line", says)
        yield Line(
            piece.name,
            number,
            {ours: row[at].strip() if at >= 0 else "" for ours, at in places.items()},
        )


def _header(piece: Piece, text: Iterator[str], columns: Names) -> tuple[int, list[str], str]:
    closest: set[str] = set()
    for number, line in enumerate(text, 1):
        comma = "\t" if "\t" in line else ","
        names = [letters(name) for name in next(csv.reader([line], delimiter=comma), [])]
        found = {ours for ours, theirs in columns.items() if not set(theirs).isdisjoint(names)}
        if len(found) == len(columns):
            while names and not names[-1]:
                names.pop()
            return number, names, comma
        closest = max(closest, found, key=len)
        if number == MOST_TITLES:
            break
    missing = next(ours for ours in columns if ours not in closest)
    says = f"none of the first {MOST_TITLES} lines has this column with the others"
    raise BadRow(piece.name, 1, missing, says)


def _places(piece: Piece, line: int, header: list[str], names: Names) -> dict[str, int]:
    places = {}
    for ours, theirs in names.items():
        at = [place for place, name in enumerate(header) if name in theirs]
        if len(at) > 1:
            raise BadRow(piece.name, line, ours, "the header has this column twice")
        places[ours] = at[0] if at else -1
    return places
