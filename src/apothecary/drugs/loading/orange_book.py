"""The Orange Book into the drug file: one row a strength of an application."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from operator import attrgetter

from apothecary.drugs.loading.frame import Kind, Loading, Publication
from apothecary.drugs.loading.merge import Table
from apothecary.drugs.official.files import Piece, Wanted
from apothecary.drugs.official.heads import Head
from apothecary.drugs.official.orange_book import RatingRow, read_ratings
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.side_tables import Rating

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


def fill(loading: Loading, found: Mapping[str, Piece]) -> None:
    """Fill the ratings; one row of an application that is there twice refuses the file."""
    piece = found["products"]
    rows = _once(piece.name, read_ratings(piece, tell=loading.tell))
    loading.stage(RATINGS, map(attrgetter("line", *RATINGS.copied), rows))
    loading.merge(RATINGS)


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
    says="FDA Orange Book: the zip or its products.txt",
    files={"products": Wanted(("products.txt", "*product*.txt"), Head.RATINGS)},
    fill=fill,
    released=released,
)
