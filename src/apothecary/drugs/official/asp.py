"""The CMS files of drugs that Medicare part B pays: limits by HCPCS, and which NDC is which.

CSV, Windows-1252, some title lines above the header, whose spelling varies from quarter to
quarter. Address: cms.gov, "ASP pricing files". Codes of five digits are CPT, whose descriptions
belong to the AMA: a site that has taken CMS's licence loads them with the rest; none ships.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from apothecary.drugs.official.delimited import quoted_lines
from apothecary.drugs.official.files import Piece, Tell, silent
from apothecary.drugs.shipped import Line

ENCODING = "cp1252"
HCPCS = re.compile(r"[A-Z0-9]\d{4}|\d{4}[A-Z]")
# No unit is paid with ten million dollars and no package holds so much; what does is a slip of
# columns, and must not reach a table that cannot hold it.
LARGEST = Decimal(9_999_999)
WHOLE_PCT = Decimal(100)
LIMIT_COLUMNS = {
    "HCPCS": ("hcpcs", "hcpcscode"),
    "Short Description": ("shortdescription",),
    "HCPCS Dosage": ("hcpcsdosage", "hcpcscodedosage"),
    "Payment Limit": ("paymentlimit",),
}
LIMIT_OPTIONAL = {
    "Coinsurance": ("coinsurancepct", "coinsurancepercentage"),
    "Notes": ("notes",),
}
CODE_COLUMNS = {
    "HCPCS": ("hcpcs", "hcpcscode", "code"),
    "NDC": ("ndc", "ndcorupc", "ndcoraltid"),
    "Drug Name": ("drugname",),
    "HCPCS Dosage": ("hcpcsdosage", "hcpcscodedosage"),
    "Package Size": ("pkgsize", "packagesize"),
    "Package Quantity": ("pkgqty", "packagequantity"),
    "Bill Units": ("billunits",),
    "Bill Units a Package": ("billunitsperpkg", "billunitspkg"),
}
CODE_OPTIONAL = {"Labeler": ("labeler", "labelername")}


@dataclass(frozen=True, slots=True)
class LimitRow:
    """What part B pays at most for one billing unit of a code, in US dollars.

    ``dosage`` says how much one unit is; ``coinsurance_pct`` is the patient's part of it. What
    is paid in another way has no limit.
    """

    line: int
    hcpcs: str
    description: str
    dosage: str
    limit_usd: Decimal | None
    coinsurance_pct: Decimal | None
    note: str


@dataclass(frozen=True, slots=True)
class BillingCodeRow:
    """That a package is billed under a code, and how many billing units it holds.

    ``ndc11`` is empty where ``code`` is the alternate id of a device.
    """

    line: int
    code: str
    ndc11: str
    hcpcs: str
    drug: str
    labeler: str
    dosage: str
    size: Decimal
    quantity: Decimal
    units: Decimal
    units_a_package: Decimal


def read_limits(piece: Piece, *, tell: Tell = silent) -> Iterator[LimitRow]:
    """Every payment limit, in the order of the file. Raises BadRow."""
    lines = quoted_lines(
        piece, encoding=ENCODING, columns=LIMIT_COLUMNS, optional=LIMIT_OPTIONAL, tell=tell
    )
    return map(_limit, lines)


def read_billing_codes(piece: Piece, *, tell: Tell = silent) -> Iterator[BillingCodeRow]:
    """Every row of the crosswalk, in its order. Raises BadRow."""
    lines = quoted_lines(
        piece, encoding=ENCODING, columns=CODE_COLUMNS, optional=CODE_OPTIONAL, tell=tell
    )
    return map(_billing_code, lines)


def _limit(line: Line) -> LimitRow:
    return LimitRow(
        line=line.number,
        hcpcs=_hcpcs(line),
        description=line.text("Short Description"),
        dosage=line.text("HCPCS Dosage"),
        limit_usd=_maybe(line, "Payment Limit"),
        coinsurance_pct=_maybe(line, "Coinsurance", WHOLE_PCT),
        note=line.maybe("Notes"),
    )


def _billing_code(line: Line) -> BillingCodeRow:
    code, ndc11 = _code(line)
    return BillingCodeRow(
        line=line.number,
        code=code,
        ndc11=ndc11,
        hcpcs=_hcpcs(line),
        drug=line.text("Drug Name"),
        labeler=line.maybe("Labeler"),
        dosage=line.text("HCPCS Dosage"),
        size=_amount(line, "Package Size"),
        quantity=_amount(line, "Package Quantity"),
        units=_amount(line, "Bill Units"),
        units_a_package=_amount(line, "Bill Units a Package"),
    )


def _hcpcs(line: Line) -> str:
    code = line.text("HCPCS").upper()
    if not HCPCS.fullmatch(code):
        raise line.bad("HCPCS", f"{code!r} is no code of five places")
    return code


def _code(line: Line) -> tuple[str, str]:
    """The code as written, and its eleven digits; a device has an alternate id and no NDC."""
    said = line.text("NDC")
    if re.fullmatch(r"\d{11}|\d{5}-\d{4}-\d{2}|0\d{5}-\d{4}-\d{2}", said):
        return said, said.replace("-", "")[-11:]
    if re.fullmatch(r"\d{12,14}", said):
        return said, ""
    raise line.bad("NDC", f"{said!r} is neither an NDC nor an alternate id")


def _maybe(line: Line, field: str, most: Decimal = LARGEST) -> Decimal | None:
    """A number, or none where the cell is empty or says that it does not apply."""
    return None if line.maybe(field).upper() in {"", "N/A"} else _amount(line, field, most)


def _amount(line: Line, field: str, most: Decimal = LARGEST) -> Decimal:
    """A number from zero to ``most``, up to four places; dollar sign and commas are no part."""
    cell = line.text(field).removeprefix("$").replace(",", "")
    try:
        value = Decimal(cell)
    except InvalidOperation:
        raise line.bad(field, f"{cell!r} is not a number") from None
    if not value.is_finite() or value < 0:
        raise line.bad(field, f"{cell!r} is not a number from zero on")
    if value > most:
        raise line.bad(field, f"{cell!r} is above {most:,}")
    if value != round(value, 4):
        raise line.bad(field, f"{cell!r} has over 4 decimal places")
    return value
