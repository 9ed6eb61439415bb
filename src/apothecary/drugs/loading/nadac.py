"""Prices of the CMS survey into the drug file, kept by date; the newest is on the package."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from operator import attrgetter

from apothecary.drugs.loading.frame import Kind, Loading, Publication
from apothecary.drugs.loading.merge import Table
from apothecary.drugs.official.files import Piece, Wanted
from apothecary.drugs.official.heads import Head
from apothecary.drugs.official.nadac import PriceRow, read_prices
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.side_tables import Price

CMS = "US Centers for Medicare & Medicaid Services"
PUBLIC = "US Government work, public domain"
PRICES = Table(
    model=Price,
    code=("ndc11", "effective_on"),
    values=("price_usd", "unit", "description", "rated", "over_the_counter"),
    about=("ndc11", "effective_on"),
    says=("description",),
)
DROP = "DELETE FROM stage_price WHERE line = ANY(%s)"
Known = tuple[int, date | None, Decimal, str]


def fill(loading: Loading, found: Mapping[str, Piece]) -> None:
    """Fill the prices; what a later week of the file repeats or corrects counts once."""
    older: list[int] = []
    piece = found["prices"]
    rows = _latest(loading, piece.name, read_prices(piece, tell=loading.tell), older)
    loading.stage(PRICES, map(attrgetter("line", *PRICES.copied), rows))
    if older:
        loading.cursor.execute(DROP, [older])
        loading.staged[PRICES.name] -= len(older)
    loading.merge(PRICES)


def _latest(
    loading: Loading, file: str, rows: Iterator[PriceRow], older: list[int]
) -> Iterator[PriceRow]:
    """All rows; ``older`` gets the lines of those that a later week stands for."""
    seen: dict[tuple[str, date], Known] = {}
    newest = date.min
    for row in rows:
        key = row.ndc11, row.effective_on
        newest = max(newest, row.as_of or row.effective_on)
        was = seen.get(key)
        if was is None or _goes_before(file, row, was):
            if was is not None:
                older.append(was[0])
            seen[key] = row.line, row.as_of, row.price_usd, row.unit
        else:
            older.append(row.line)
        yield row
    loading.batch.released_on = loading.batch.released_on or (newest if seen else None)


def _goes_before(file: str, row: PriceRow, was: Known) -> bool:
    line, as_of, price, unit = was
    if row.unit != unit:
        says = f"{row.ndc11} is priced by {row.unit} here and by {unit} in line {line}"
        raise BadRow(file, row.line, "Pricing Unit", says)
    if row.as_of == as_of and row.price_usd != price:
        says = f"{row.ndc11} costs {row.price_usd} here and {price} in line {line}"
        raise BadRow(file, row.line, "NADAC Per Unit", says)
    return (row.as_of or date.min) > (as_of or date.min)


NADAC = Kind(
    publication=Publication(
        key="nadac",
        name="National Average Drug Acquisition Cost",
        publisher=CMS,
        licence=PUBLIC,
    ),
    says="CMS NADAC: the weekly file of prices, or a year of them",
    files={
        "prices": Wanted(
            ("*nadac*.csv", "*nadac*.tsv", "*nadac*.txt", "*.csv", "*.tsv", "*.txt"),
            Head.PRICES,
        )
    },
    fill=fill,
    # A price that is not in this week's file was the price of its day all the same.
    partial=True,
)
