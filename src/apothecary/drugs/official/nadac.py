"""The CMS survey of what pharmacies pay: NADAC, weekly or a year of weeks in one file.

CSV with a header, UTF-8; older downloads are TAB-separated, and their headers have underscores.
Address: data.medicaid.gov, title "NADAC (National Average Drug Acquisition Cost)".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from apothecary.drugs.official.delimited import quoted_lines
from apothecary.drugs.official.files import Piece, Tell, silent
from apothecary.drugs.shipped import Line

UNITS = frozenset({"EA", "ML", "GM"})
# A survey price has five decimal places.
PLACES = 5
# No drug costs ten million dollars a unit; what does is a slip of columns.
LARGEST = Decimal(9_999_999)
COLUMNS = {
    "NDC": ("ndc",),
    "NADAC Per Unit": ("nadacperunit",),
    "Effective Date": ("effectivedate",),
    "Pricing Unit": ("pricingunit",),
    "NDC Description": ("ndcdescription",),
}
OPTIONAL = {
    "OTC": ("otc",),
    "Classification for Rate Setting": ("classificationforratesetting",),
    "As of Date": ("asofdate",),
}


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One surveyed price in US dollars for one unit EA, ML or GM, from a day on.

    ``as_of`` is the week of the survey where the file names it: a year of weeks repeats a price
    in every week it held.
    """

    line: int
    ndc11: str
    effective_on: date
    price_usd: Decimal
    unit: str
    description: str
    rated: str
    over_the_counter: bool
    as_of: date | None


def read_prices(piece: Piece, *, tell: Tell = silent) -> Iterator[PriceRow]:
    """Every price of the file, in its order. Raises BadRow."""
    lines = quoted_lines(piece, encoding="utf-8", columns=COLUMNS, optional=OPTIONAL, tell=tell)
    return map(_price, lines)


def _price(line: Line) -> PriceRow:
    return PriceRow(
        line=line.number,
        ndc11=_eleven(line),
        effective_on=american_day(line, "Effective Date"),
        price_usd=_price_usd(line),
        unit=line.one_of("Pricing Unit", UNITS),
        description=line.maybe("NDC Description"),
        rated=line.maybe("Classification for Rate Setting"),
        over_the_counter=line.one_of("OTC", ("", "N", "Y")) == "Y",
        as_of=american_day(line, "As of Date") if line.maybe("As of Date") else None,
    )


def _price_usd(line: Line) -> Decimal:
    price = line.number_above_zero("NADAC Per Unit", PLACES)
    if price > LARGEST:
        raise line.bad("NADAC Per Unit", f"is above {LARGEST} dollars for one unit")
    return price


def _eleven(line: Line) -> str:
    ndc = line.text("NDC")
    if not (len(ndc) == 11 and ndc.isascii() and ndc.isdigit()):
        raise line.bad("NDC", f"expected eleven digits, got {ndc!r}")
    return ndc


def american_day(line: Line, field: str) -> date:
    """A date written 06/17/2015 or 2015-06-17; an empty cell is refused."""
    cell = line.text(field)
    try:
        if "/" in cell:
            return datetime.strptime(cell, "%m/%d/%Y").date()  # noqa: DTZ007 a day has no zone
        return date.fromisoformat(cell)
    except ValueError as why:
        raise line.bad(field, f"{cell!r} is no date: {why}") from None
