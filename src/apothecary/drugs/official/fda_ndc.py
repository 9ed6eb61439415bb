"""The FDA's NDC Directory: product.txt and package.txt, also excluded and unfinished.

Tab-separated, Windows-1252, columns named by the first line, no quoting. A listing is known by
PRODUCTID, never by its NDC: 1,261 NDCs of May 2019 stand under several, as do 18 package codes.
Addresses: accessdata.fda.gov/cder/ndctext.zip, ndc_excluded.zip, ndc_unfinished.zip.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from apothecary.drugs.derived.substances import split_substances
from apothecary.drugs.ndc import BadNdc, Ndc
from apothecary.drugs.official.files import Piece, Tell, silent, table_lines
from apothecary.drugs.shipped import Line

ENCODING = "cp1252"
PRODUCT_COLUMNS = (
    *("PRODUCTID", "PRODUCTNDC", "PRODUCTTYPENAME", "PROPRIETARYNAME"),
    *("PROPRIETARYNAMESUFFIX", "NONPROPRIETARYNAME", "DOSAGEFORMNAME", "ROUTENAME"),
    *("STARTMARKETINGDATE", "ENDMARKETINGDATE", "MARKETINGCATEGORYNAME"),
    *("APPLICATIONNUMBER", "LABELERNAME", "SUBSTANCENAME", "ACTIVE_NUMERATOR_STRENGTH"),
    *("ACTIVE_INGRED_UNIT", "PHARM_CLASSES", "DEASCHEDULE", "NDC_EXCLUDE_FLAG"),
    "LISTING_RECORD_CERTIFIED_THROUGH",
)
PACKAGE_COLUMNS = (
    *("PRODUCTID", "PRODUCTNDC", "NDCPACKAGECODE", "PACKAGEDESCRIPTION"),
    *("STARTMARKETINGDATE", "ENDMARKETINGDATE", "NDC_EXCLUDE_FLAG", "SAMPLE_PACKAGE"),
)
SCHEDULES = {"": 0, "CI": 1, "CII": 2, "CIII": 3, "CIV": 4, "CV": 5}
BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class Listing:
    """One row of product.txt. ``strengths`` are pairs of amount and unit as written, beside
    ``substances`` where both have as many; ``schedule`` is 0 where the listing has none.
    """

    line: int
    listing: str
    labeler_code: str
    product_code: str
    kind: str
    proprietary: str
    suffix: str
    nonproprietary: str
    form: str
    routes: tuple[str, ...]
    started_on: date | None
    ended_on: date | None
    category: str
    application: str
    labeler: str
    substances: tuple[str, ...]
    strengths: tuple[tuple[str, str], ...]
    classes: str
    schedule: int
    flag: str
    certified_on: date | None


@dataclass(frozen=True, slots=True)
class ListedPackage:
    """One row of package.txt."""

    line: int
    listing: str
    ndc: Ndc
    description: str
    started_on: date | None
    ended_on: date | None
    flag: str
    sample: bool


def read_listings(piece: Piece, *, tell: Tell = silent) -> Iterator[Listing]:
    """Every row of product.txt, in its order. Raises BadRow."""
    lines = table_lines(
        piece, encoding=ENCODING, separator="\t", columns=PRODUCT_COLUMNS, tell=tell
    )
    return map(_listing, lines)


def read_packages(piece: Piece, *, tell: Tell = silent) -> Iterator[ListedPackage]:
    """Every row of package.txt, in its order. Raises BadRow."""
    lines = table_lines(
        piece, encoding=ENCODING, separator="\t", columns=PACKAGE_COLUMNS, tell=tell
    )
    return map(_package, lines)


def _listing(line: Line) -> Listing:
    cells = line.cells
    labeler, product = _product_code(line)
    return Listing(
        line=line.number,
        listing=line.text("PRODUCTID"),
        labeler_code=labeler,
        product_code=product,
        kind=line.text("PRODUCTTYPENAME").strip(),
        proprietary=cells["PROPRIETARYNAME"],
        suffix=cells["PROPRIETARYNAMESUFFIX"],
        nonproprietary=cells["NONPROPRIETARYNAME"],
        form=line.text("DOSAGEFORMNAME").strip(),
        routes=_routes(cells["ROUTENAME"]),
        started_on=_day(line, "STARTMARKETINGDATE"),
        ended_on=_day(line, "ENDMARKETINGDATE"),
        category=cells["MARKETINGCATEGORYNAME"].strip(),
        application=cells["APPLICATIONNUMBER"].strip(),
        labeler=" ".join(cells["LABELERNAME"].split()),
        substances=split_substances(cells["SUBSTANCENAME"]),
        strengths=_strengths(line),
        classes=cells["PHARM_CLASSES"],
        schedule=_schedule(line),
        flag=cells["NDC_EXCLUDE_FLAG"].strip(),
        certified_on=_day(line, "LISTING_RECORD_CERTIFIED_THROUGH"),
    )


def _package(line: Line) -> ListedPackage:
    cells = line.cells
    listing, code = line.text("PRODUCTID"), line.text("NDCPACKAGECODE").strip()
    try:
        ndc = Ndc(*_three(line, code))
    except BadNdc as bad:
        raise line.bad("NDCPACKAGECODE", str(bad)) from None
    if f"{ndc.labeler}-{ndc.product}" != cells["PRODUCTNDC"].strip():
        raise line.bad("NDCPACKAGECODE", f"{code} is not of {cells['PRODUCTNDC']!r}")
    return ListedPackage(
        line=line.number,
        listing=listing,
        ndc=ndc,
        description=line.text("PACKAGEDESCRIPTION"),
        started_on=_day(line, "STARTMARKETINGDATE"),
        ended_on=_day(line, "ENDMARKETINGDATE"),
        flag=cells["NDC_EXCLUDE_FLAG"].strip(),
        sample=line.one_of("SAMPLE_PACKAGE", ("", "N", "Y")) == "Y",
    )


def _product_code(line: Line) -> tuple[str, str]:
    code = line.text("PRODUCTNDC").strip()
    labeler, _, product = code.partition("-")
    digits = (labeler + product).isascii() and (labeler + product).isdigit()
    if not (digits and 4 <= len(labeler) <= 6 and 3 <= len(product) <= 4):
        raise line.bad("PRODUCTNDC", f"{code!r} is no labeler and product segment")
    return labeler, product


def _three(line: Line, code: str) -> tuple[str, str, str]:
    parts = code.split("-")
    if len(parts) != 3:
        raise line.bad("NDCPACKAGECODE", f"expected three segments, got {code!r}")
    return parts[0], parts[1], parts[2]


def _routes(listed: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in listed.split(BETWEEN) if part.strip()))


def _strengths(line: Line) -> tuple[tuple[str, str], ...]:
    amounts = line.cells["ACTIVE_NUMERATOR_STRENGTH"].split(BETWEEN)
    units = line.cells["ACTIVE_INGRED_UNIT"].split(BETWEEN)
    if not line.cells["ACTIVE_NUMERATOR_STRENGTH"].strip():
        return ()
    if len(amounts) != len(units):
        says = f"has {len(units)} units for {len(amounts)} amounts"
        raise line.bad("ACTIVE_INGRED_UNIT", says)
    return tuple(zip(amounts, units, strict=True))


def _schedule(line: Line) -> int:
    return SCHEDULES[line.one_of("DEASCHEDULE", SCHEDULES)]


def _day(line: Line, field: str) -> date | None:
    """Eight digits, year first; an empty cell is no date."""
    cell = line.cells[field].strip()
    if not cell:
        return None
    try:
        return _read_day(cell)
    except ValueError as why:
        raise line.bad(field, f"{cell!r} is no date: {why}") from None


@lru_cache(maxsize=32_768)
def _read_day(cell: str) -> date:
    if len(cell) != 8 or not (cell.isascii() and cell.isdigit()):
        raise ValueError("expected eight digits")
    return date(int(cell[:4]), int(cell[4:6]), int(cell[6:]))
