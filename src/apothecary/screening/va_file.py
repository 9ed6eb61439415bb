"""The interactions of the VA as its file has them, read as a stream of typed rows.

Comma-separated with a header: the two drugs by VA name and RxCUI, Critical or Significant, and
the number of the pair in NDF-RT. A row whose second name is empty names a combination in the
first (``ALUMINUM/MAGNESIUM HYDROXIDE/CEFDINIR``): what stands before the last stroke interacts
with what stands behind it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from apothecary.drugs.official.delimited import quoted_lines
from apothecary.drugs.official.files import Piece, Tell, silent
from apothecary.drugs.shipped import Line
from apothecary.screening.naming import by_words, codes

COLUMNS = {
    "drug_a": ("druga",),
    "drug_b": ("drugb",),
    "severity": ("severity",),
    "nui": ("nui",),
}
OPTIONAL = {"rxcui_a": ("rxcuia",), "rxcui_b": ("rxcuib",)}
SEVERITIES = {"Critical": "critical", "Significant": "significant"}


@dataclass(frozen=True, slots=True)
class PairRow:
    """One row: two drugs by name and by the keys of their ingredients."""

    line: int
    nui: str
    name_a: str
    name_b: str
    severity: str
    keys_a: tuple[str, ...]
    keys_b: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Every ingredient of the row, each once."""
        return tuple(sorted({*self.keys_a, *self.keys_b}))


def read_pairs(piece: Piece, *, tell: Tell = silent) -> Iterator[PairRow]:
    """Every row of the file, in its order. Raises BadRow at the first that cannot be read."""
    lines = quoted_lines(piece, encoding="utf-8", columns=COLUMNS, optional=OPTIONAL, tell=tell)
    return map(pair, lines)


def pair(line: Line) -> PairRow:
    """One line as a row."""
    name_a, name_b = line.text("drug_a"), line.maybe("drug_b")
    severity = SEVERITIES[line.one_of("severity", SEVERITIES)]
    if name_b:
        keys_a, keys_b = one(line, "a", name_a), one(line, "b", name_b)
    else:
        keys_a, keys_b = sides_of(line, name_a)
    return PairRow(line.number, line.text("nui"), name_a, name_b, severity, keys_a, keys_b)


def one(line: Line, side: str, name: str) -> tuple[str, ...]:
    """The ingredients of a name: as the tables know it, by its RxCUI, else a key of its own."""
    named = by_words(name)
    if named is not None:
        return named.ingredients
    return codes().get(line.maybe(f"rxcui_{side}")) or (key_of(name),)


def sides_of(line: Line, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The two sides of a combination; a last word they share belongs to each part."""
    parts = [part.strip() for part in name.partition("(")[0].split("/")]
    if len(parts) < 2:
        raise line.bad("drug_b", f"is empty, and {name!r} names one drug only")
    if parts[0].lower() == "aluminum":  # aluminum/magnesium hydroxide with something
        left = [f"{parts[0]} hydroxide", *parts[1:-1]]
        return keys(left), keys(parts[-1:])
    # measles/mumps virus vaccine,live: the word they share stands behind the last
    _, _, shared = parts[-1].partition(" ")
    return keys(parts[:1]), keys([whole(part, shared) for part in parts[1:]])


def whole(part: str, shared: str) -> str:
    """A part of a combination with the words it shares with the last, where that is a name."""
    endings = (f"{part} {shared}", f"{part} {shared} attenuated")
    return next((name for name in endings if by_words(name)), part)


def keys(names: list[str]) -> tuple[str, ...]:
    """The ingredients of several names."""
    named = [(by_words(name), name) for name in names]
    found = [known.ingredients if known else (key_of(name),) for known, name in named]
    return tuple(dict.fromkeys(key for several in found for key in several))


def key_of(name: str) -> str:
    """A key as the drug file makes them: small letters, hyphens between the words."""
    letters = "".join(letter if letter.isalnum() else " " for letter in name.lower())
    return "-".join(letters.split())
