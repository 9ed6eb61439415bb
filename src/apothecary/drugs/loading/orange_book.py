"""The Orange Book into the drug file: one row a strength of an application."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from operator import attrgetter

from apothecary.drugs.loading.frame import Kind, Loading, Publication
from apothecary.drugs.loading.merge import Table
from apothecary.drugs.official.files import NotFound, Piece, Wanted
from apothecary.drugs.official.heads import Head
from apothecary.drugs.official.orange_book import RatingRow, read_ratings
from apothecary.drugs.official.protections import read_exclusivities, read_patents
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.side_tables import Protection, Rating

RATINGS = Table(
    model=Rating,
    code=("appl_type", "appl_no", "product_no"),
    values=(
        *("ingredient", "form_route", "trade_name", "applicant", "strength", "remark"),
        *("te_code", "approved_on", "reference_listed", "reference_standard", "marketed"),
    ),
    about=("appl_type", "appl_no", "product_no"),
    says=("trade_name", "strength"),
)


PROTECTIONS = Table(
    model=Protection,
    code=("appl_type", "appl_no", "product_no", "kind", "number", "use", "expires_on"),
    values=("of_substance", "of_product", "delisted"),
    about=("appl_type", "appl_no", "product_no"),
    says=("kind", "number", "expires_on"),
)


def fill(loading: Loading, found: Mapping[str, Piece]) -> None:
    """Fill the ratings, and patents and exclusivities where they are with them.

    One row of an application that is there twice refuses the file.
    """
    piece = found["products"]
    rows = _once(piece.name, read_ratings(piece, tell=loading.tell))
    loading.stage(RATINGS, map(attrgetter("line", *RATINGS.copied), rows))
    loading.merge(RATINGS)
    if "patents" in found or "exclusivities" in found:
        _protect(loading, found)


def _protect(loading: Loading, found: Mapping[str, Piece]) -> None:
    if len(found) < 3:
        raise NotFound("patent.txt and exclusivity.txt belong together: one of them is missing")
    patents = read_patents(found["patents"], tell=loading.tell)
    exclusivities = read_exclusivities(found["exclusivities"], tell=loading.tell)
    rows = chain(patents, exclusivities)
    # Lines of two files: numbered through, since a stage knows a row by its line.
    copied = attrgetter(*PROTECTIONS.copied)
    loading.stage(PROTECTIONS, ((line, *copied(row)) for line, row in enumerate(rows, 1)))
    loading.merge(PROTECTIONS)


def _once(file: str, rows: Iterable[RatingRow]) -> Iterator[RatingRow]:
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        key = row.appl_type, row.appl_no, row.product_no
        if key in seen:
            raise BadRow(file, row.line, "Product_No", f"{'-'.join(key)} is there twice")
        seen.add(key)
        yield row


def released(found: Mapping[str, Piece]) -> date | None:
    """The day the FDA wrote the file into its archive; a file taken out of it has lost it."""
    piece = found["products"]
    if not piece.member:
        return None
    with zipfile.ZipFile(piece.path) as archive:
        return date(*archive.getinfo(piece.member).date_time[:3])


ORANGE_BOOK = Kind(
    publication=Publication(
        key="orange-book",
        name="Orange Book, approved drug products with therapeutic equivalence",
        publisher="US Food and Drug Administration",
        licence="US Government work, public domain",
    ),
    says="FDA Orange Book: the zip with patents and exclusivities, or its products.txt",
    files={
        "products": Wanted(("products.txt", "*product*.txt"), Head.RATINGS),
        "patents": Wanted(("patent.txt", "*patent*.txt"), Head.PATENTS, may_lack=True),
        "exclusivities": Wanted(
            ("exclusivity.txt", "*exclusivity*.txt"), Head.EXCLUSIVITIES, may_lack=True
        ),
    },
    fill=fill,
    released=released,
)
