"""A newer list of hazardous drugs, in place of the one that the house ships."""

from collections.abc import Iterator, Mapping
from datetime import date

from apothecary.drugs.loading.frame import Kind, Loading, Publication
from apothecary.drugs.loading.merge import Table
from apothecary.drugs.official.files import Piece, Tell, Wanted, silent
from apothecary.drugs.official.hazardous import read_hazards
from apothecary.drugs.official.heads import Head
from apothecary.drugs.side_tables import HazardousDrug

HAZARDS = Table(
    model=HazardousDrug,
    code=("name", "keys"),
    values=(
        *("classes", "list_table", "mshi", "only_reproductive"),
        *("edition", "published_on", "cite", "verified"),
    ),
    about=("name",),
    says=("edition", "list_table"),
)


def fill(loading: Loading, found: Mapping[str, Piece]) -> None:
    """Fill the list, whole or not at all."""
    loading.stage(HAZARDS, _staged(found["list"], tell=loading.tell))
    loading.merge(HAZARDS)


def _staged(piece: Piece, *, tell: Tell) -> Iterator[tuple[object, ...]]:
    for each in read_hazards(piece, tell=tell):
        row = each.row
        keys, classes = (";".join(sorted(names)) for names in (row.ingredients, row.classes))
        yield (
            *(each.line, row.name, keys, classes, row.table, row.mshi),
            *(row.only_reproductive, row.edition, row.published_on, row.cite, row.verified),
        )


def released(found: Mapping[str, Piece]) -> date | None:
    """The day the newest line of the list was published."""
    rows = read_hazards(found["list"], tell=silent)
    return max((each.row.published_on for each in rows), default=None)


NIOSH = Kind(
    publication=Publication(
        key="niosh-hazardous",
        name="List of hazardous drugs in healthcare settings",
        publisher="US National Institute for Occupational Safety and Health",
        licence="US Government work, public domain",
    ),
    says="NIOSH hazardous drugs: CSV with name, table, edition, published_on, cite",
    files={"list": Wanted(("*hazard*.csv", "*niosh*.csv", "*.csv"), Head.HAZARDS)},
    fill=fill,
    released=released,
)
