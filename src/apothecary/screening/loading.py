"""`apothecary load va-ddi`: a newer or whole file of interactions beside the shipped pairs."""

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter

from apothecary.drugs.loading.frame import Kind, Loading, Publication
from apothecary.drugs.loading.merge import Table
from apothecary.drugs.official.files import Piece, Wanted
from apothecary.drugs.official.heads import Head
from apothecary.drugs.shipped import BadRow
from apothecary.screening.models import Pair
from apothecary.screening.va_file import PairRow, read_pairs

PAIRS = Table(
    model=Pair,
    code=("nui",),
    values=("name_a", "name_b", "severity", "keys_a", "keys_b", "keys"),
    about=("nui",),
    says=("name_a", "name_b"),
    derived=("keys",),
)


def fill(loading: Loading, found: Mapping[str, Piece]) -> None:
    """Fill the pairs; a number that is there twice refuses the file."""
    piece = found["pairs"]
    rows = _once(piece.name, read_pairs(piece, tell=loading.tell))
    loading.stage(PAIRS, (copied(row) for row in rows))
    loading.merge(PAIRS)


def copied(row: PairRow) -> tuple[object, ...]:
    """The row as it is staged: lists for the arrays."""
    values = attrgetter("line", *PAIRS.copied)(row)
    return tuple(list(value) if isinstance(value, tuple) else value for value in values)


def _once(file: str, rows: Iterable[PairRow]) -> Iterator[PairRow]:
    seen: set[str] = set()
    for row in rows:
        if row.nui in seen:
            raise BadRow(file, row.line, "nui", f"{row.nui} is there twice")
        seen.add(row.nui)
        yield row


VA_PAIRS = Kind(
    publication=Publication(
        key="va-ddi",
        name="NDF-RT drug interactions",
        publisher="US Department of Veterans Affairs",
        licence="US Government work, public domain",
    ),
    says="VA NDF-RT interactions: one CSV with drug_a, drug_b, severity and nui",
    files={"pairs": Wanted(("*ndfrt*.csv", "*ddi*.csv", "*.csv"), Head.INTERACTIONS)},
    fill=fill,
)
