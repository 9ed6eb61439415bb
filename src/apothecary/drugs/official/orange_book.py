"""The FDA's Orange Book: products.txt, approved applications with equivalence codes.

Parted by ``~``, columns named by the first line, no quoting. Address: fda.gov/media/76860.
A strength may end in notices of the Federal Register or point to the annual edition; the
notices are kept apart, because they are no part of how strong the drug is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from apothecary.drugs.official.files import Piece, Tell, silent, table_lines
from apothecary.drugs.shipped import Line

COLUMNS = (
    *("Ingredient", "DF;Route", "Trade_Name", "Applicant", "Strength", "Appl_Type", "Appl_No"),
    *("Product_No", "TE_Code", "Approval_Date", "RLD", "RS", "Type"),
)
# Before the FDA kept dates; such an approval has none.
BEFORE_DATES = "Approved Prior to Jan 1, 1982"
NOTICE = "**"


@dataclass(frozen=True, slots=True)
class RatingRow:
    """One strength of an application. ``marketed`` is RX, OTC or DISCN; ``te_code`` is empty
    where the book gives none, and may name several groups parted by commas.
    """

    line: int
    appl_type: str
    appl_no: str
    product_no: str
    ingredient: str
    form_route: str
    trade_name: str
    applicant: str
    strength: str
    remark: str
    te_code: str
    approved_on: date | None
    reference_listed: bool
    reference_standard: bool
    marketed: str


def read_ratings(piece: Piece, *, tell: Tell = silent) -> Iterator[RatingRow]:
    """Every row of products.txt, in its order. Raises BadRow."""
    # The book is ASCII but for single letters of applicants' names.
    lines = table_lines(piece, encoding="latin-1", separator="~", columns=COLUMNS, tell=tell)
    return map(_rating, lines)


def _rating(line: Line) -> RatingRow:
    strength, _, remark = line.text("Strength").partition(NOTICE)
    return RatingRow(
        line=line.number,
        appl_type=line.one_of("Appl_Type", ("A", "N")),
        appl_no=_digits(line, "Appl_No", 6),
        product_no=_digits(line, "Product_No", 3),
        ingredient=line.text("Ingredient").strip(),
        form_route=line.text("DF;Route").strip(),
        trade_name=line.text("Trade_Name").strip(),
        applicant=line.text("Applicant").strip(),
        strength=strength.strip(),
        remark=(NOTICE + remark).strip() if remark else "",
        te_code=_codes(line),
        approved_on=_approved(line),
        reference_listed=_yes(line, "RLD"),
        reference_standard=_yes(line, "RS"),
        marketed=line.one_of("Type", ("RX", "OTC", "DISCN")),
    )


def _digits(line: Line, field: str, many: int) -> str:
    cell = line.text(field).strip()
    if not (len(cell) == many and cell.isascii() and cell.isdigit()):
        raise line.bad(field, f"expected {many} digits, got {cell!r}")
    return cell


def _codes(line: Line) -> str:
    codes = [code.strip() for code in line.maybe("TE_Code").split(",") if code.strip()]
    for code in codes:
        known = (
            code[0] in "AB" and code[1:2].isalpha() and code[2:].isdigit() | (code[2:] == "")
        )
        if not known:
            raise line.bad("TE_Code", f"{code!r} is no equivalence code")
    return ",".join(codes)


def _yes(line: Line, field: str) -> bool:
    return line.one_of(field, ("Yes", "No", "")) == "Yes"


def _approved(line: Line) -> date | None:
    cell = line.maybe("Approval_Date").strip()
    if cell in {"", BEFORE_DATES}:
        return None
    try:
        return datetime.strptime(cell, "%b %d, %Y").date()  # noqa: DTZ007 a day has no zone
    except ValueError as why:
        raise line.bad("Approval_Date", f"{cell!r} is no date: {why}") from None
