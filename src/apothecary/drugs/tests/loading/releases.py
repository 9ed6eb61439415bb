"""Releases of the directory and the Orange Book written row by row, for one question each."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from apothecary.drugs.loading.fda import DIRECTORY
from apothecary.drugs.loading.frame import Kind, Report, load
from apothecary.drugs.loading.orange_book import ORANGE_BOOK
from apothecary.drugs.official.fda_ndc import PACKAGE_COLUMNS, PRODUCT_COLUMNS
from apothecary.drugs.official.orange_book import COLUMNS
from apothecary.drugs.tests.loading.files import AT, RELEASED

Cells = dict[str, str]
NAMES = {
    "fda-ndc": ("product.txt", "package.txt"),
    "fda-ndc-unfinished": ("unfinished_product.txt", "unfinished_package.txt"),
    "fda-ndc-excluded": ("Products_excluded.txt", "Packages_excluded.txt"),
}
TABLET: Cells = dict.fromkeys(PRODUCT_COLUMNS, "") | {
    "PRODUCTID": "0143-1267_a",
    "PRODUCTNDC": "0143-1267",
    "PRODUCTTYPENAME": "HUMAN PRESCRIPTION DRUG",
    "NONPROPRIETARYNAME": "Lisinopril",
    "DOSAGEFORMNAME": "TABLET",
    "ROUTENAME": "ORAL",
    "MARKETINGCATEGORYNAME": "ANDA",
    "APPLICATIONNUMBER": "ANDA076180",
    "LABELERNAME": "A Firm",
    "SUBSTANCENAME": "LISINOPRIL",
    "ACTIVE_NUMERATOR_STRENGTH": "10",
    "ACTIVE_INGRED_UNIT": "mg/1",
}
BOTTLE: Cells = dict.fromkeys(PACKAGE_COLUMNS, "") | {
    "PRODUCTID": "0143-1267_a",
    "PRODUCTNDC": "0143-1267",
    "NDCPACKAGECODE": "0143-1267-01",
    "PACKAGEDESCRIPTION": "100 TABLET in 1 BOTTLE (0143-1267-01) ",
}
RATED: Cells = dict.fromkeys(COLUMNS, "") | {
    "Ingredient": "LISINOPRIL",
    "DF;Route": "TABLET;ORAL",
    "Trade_Name": "LISINOPRIL",
    "Applicant": "A FIRM",
    "Strength": "10MG",
    "Appl_Type": "A",
    "Appl_No": "076180",
    "Product_No": "003",
    "TE_Code": "AB",
    "Type": "RX",
}


def drug(listing: str = "0143-1267_a", **cells: str) -> Cells:
    """A listing; its code is what stands before the underscore."""
    return TABLET | {"PRODUCTID": listing, "PRODUCTNDC": listing.partition("_")[0]} | cells


def pack(listing: str = "0143-1267_a", last: str = "01", **cells: str) -> Cells:
    """A package of a listing."""
    code = listing.partition("_")[0]
    own = {"PRODUCTID": listing, "PRODUCTNDC": code, "NDCPACKAGECODE": f"{code}-{last}"}
    return BOTTLE | own | cells


def table(path: Path, columns: Sequence[str], rows: Iterable[Cells], between: str) -> Path:
    """A file of an agency's layout."""
    lines = [between.join(columns)]
    lines += [between.join(row[name] for name in columns) for row in rows]
    path.write_bytes("\r\n".join([*lines, ""]).encode("cp1252"))
    return path


def release(
    folder: Path,
    drugs: Sequence[Cells],
    packs: Sequence[Cells],
    *,
    at: datetime = AT,
    dry: bool = False,
    kind: Kind = DIRECTORY,
) -> Report:
    """Load these rows as a release of the directory or another list; none are meant as none."""
    listings, packages = NAMES[kind.publication.key]
    table(folder / listings, PRODUCT_COLUMNS, drugs, "\t")
    table(folder / packages, PACKAGE_COLUMNS, packs, "\t")
    return load(
        kind,
        folder,
        by="a test",
        at=at,
        released_on=RELEASED,
        dry_run=dry,
        empty_is_meant=True,
    )


def book(folder: Path, *rows: Cells) -> Report:
    """Load these rows as an Orange Book."""
    path = table(folder / "products_of_book.txt", COLUMNS, [RATED | row for row in rows], "~")
    return load(ORANGE_BOOK, path, by="a test", at=AT, released_on=date(2026, 2, 1))
