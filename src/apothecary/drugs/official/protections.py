"""What keeps others from selling a drug: patent.txt and exclusivity.txt of the Orange Book.

Parted by ``~``, columns named by the first line, no quoting; days as ``Aug 24, 2026``. What is
listed is what the applicant has sent in; the FDA checks no patent (21 CFR 314.53).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from apothecary.drugs.official.files import Piece, Tell, silent, table_lines
from apothecary.drugs.shipped import Line

PATENT_COLUMNS = (
    *("Appl_Type", "Appl_No", "Product_No", "Patent_No", "Patent_Expire_Date_Text"),
    *("Drug_Substance_Flag", "Drug_Product_Flag", "Patent_Use_Code", "Delist_Flag"),
)
EXCLUSIVITY_COLUMNS = (
    *("Appl_Type", "Appl_No", "Product_No", "Exclusivity_Code", "Exclusivity_Date"),
)
PATENT, EXCLUSIVITY = "patent", "exclusivity"
# A patent whose term children's studies have lengthened stands a second time, with *PED.
NUMBER = re.compile(r"[A-Z0-9]{6,9}(\*PED)?")
CODE = re.compile(r"[A-Z]{1,4}(-[0-9]{1,4})?\*?")
USE = re.compile(r"U-[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class ProtectionRow:
    """One patent or exclusivity of a strength of an application, until a day.

    ``number`` is that of the patent or the code of the exclusivity (``NCE``, ``ODE-299``);
    ``use`` the patent's code of use. ``delisted``: its owner asked to have it taken off.
    """

    line: int
    appl_type: str
    appl_no: str
    product_no: str
    kind: str
    number: str
    use: str
    expires_on: date
    of_substance: bool
    of_product: bool
    delisted: bool


def read_patents(piece: Piece, *, tell: Tell = silent) -> Iterator[ProtectionRow]:
    """Every row of patent.txt, in its order. Raises BadRow."""
    lines = table_lines(
        piece, encoding="latin-1", separator="~", columns=PATENT_COLUMNS, tell=tell
    )
    return map(_patent, lines)


def read_exclusivities(piece: Piece, *, tell: Tell = silent) -> Iterator[ProtectionRow]:
    """Every row of exclusivity.txt, in its order. Raises BadRow."""
    lines = table_lines(
        piece, encoding="latin-1", separator="~", columns=EXCLUSIVITY_COLUMNS, tell=tell
    )
    return map(_exclusivity, lines)


def _patent(line: Line) -> ProtectionRow:
    use = line.maybe("Patent_Use_Code").strip()
    if use and not USE.fullmatch(use):
        raise line.bad("Patent_Use_Code", f"{use!r} is no code of a use")
    return ProtectionRow(
        *(line.number, *_strength(line), PATENT, _like(line, "Patent_No", NUMBER), use),
        expires_on=_day(line, "Patent_Expire_Date_Text"),
        of_substance=_flag(line, "Drug_Substance_Flag"),
        of_product=_flag(line, "Drug_Product_Flag"),
        delisted=_flag(line, "Delist_Flag"),
    )


def _exclusivity(line: Line) -> ProtectionRow:
    code = _like(line, "Exclusivity_Code", CODE)
    return ProtectionRow(
        *(line.number, *_strength(line), EXCLUSIVITY, code, ""),
        expires_on=_day(line, "Exclusivity_Date"),
        of_substance=False,
        of_product=False,
        delisted=False,
    )


def _strength(line: Line) -> tuple[str, str, str]:
    """Type, number and product number of the application: one strength of it."""
    numbers = []
    for field, many in (("Appl_No", 6), ("Product_No", 3)):
        cell = line.text(field).strip()
        if not (len(cell) == many and cell.isascii() and cell.isdigit()):
            raise line.bad(field, f"expected {many} digits, got {cell!r}")
        numbers.append(cell)
    return line.one_of("Appl_Type", ("A", "N")), numbers[0], numbers[1]


def _like(line: Line, field: str, shape: "re.Pattern[str]") -> str:
    cell = line.text(field).strip()
    if not shape.fullmatch(cell):
        raise line.bad(field, f"{cell!r} is not of the form {shape.pattern}")
    return cell


def _flag(line: Line, field: str) -> bool:
    return line.one_of(field, ("Y", "")) == "Y"


def _day(line: Line, field: str) -> date:
    cell = line.text(field).strip()
    try:
        return datetime.strptime(cell, "%b %d, %Y").date()  # noqa: DTZ007 a day has no zone
    except ValueError as why:
        raise line.bad(field, f"{cell!r} is no date: {why}") from None
