"""Prices of the CMS survey: real lines of one week, and what refuses a file."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from apothecary.drugs.official.files import Piece
from apothecary.drugs.official.nadac import PriceRow, read_prices
from apothecary.drugs.shipped import BadRow

CUT = Path(__file__).parent.parent / "cuts" / "side" / "nadac.tsv"
HEADER = "NDC Description,NDC,NADAC_Per_Unit,Effective_Date,Pricing_Unit,OTC,As of Date"
GOOD = {
    "NDC Description": "LISINOPRIL 10 MG TABLET",
    "NDC": "00143126701",
    "NADAC_Per_Unit": "0.02110",
    "Effective_Date": "06/17/2015",
    "Pricing_Unit": "EA",
    "OTC": "N",
    "As of Date": "06/24/2015",
}


def read(folder: Path, *changes: dict[str, str]) -> list[PriceRow]:
    path = folder / "nadac.csv"
    lines = [",".join({**GOOD, **change}.values()) for change in changes]
    path.write_text("\n".join([HEADER, *lines, ""]))
    return list(read_prices(Piece(path)))


def test_every_line_of_the_survey_is_a_price():
    found = list(read_prices(Piece(CUT)))
    assert len(found) == CUT.read_text().count("\n") - 1 == 64
    first = found[0]
    assert (first.line, len(first.ndc11), first.effective_on.year) == (2, 11, 2015)
    assert {row.unit for row in found} == {"EA", "ML", "GM"}
    assert {row.rated for row in found} >= {"G", "B"}
    assert all(row.as_of is None for row in found)


def test_the_newer_spelling_gives_the_week_as_well(tmp_path):
    (row,) = read(tmp_path, {})
    assert row == PriceRow(
        line=2,
        ndc11="00143126701",
        effective_on=date(2015, 6, 17),
        price_usd=Decimal("0.02110"),
        unit="EA",
        description="LISINOPRIL 10 MG TABLET",
        rated="",
        over_the_counter=False,
        as_of=date(2015, 6, 24),
    )


def test_a_date_may_be_written_year_first(tmp_path):
    (row,) = read(tmp_path, {"Effective_Date": "2015-06-17"})
    assert row.effective_on == date(2015, 6, 17)


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"NADAC_Per_Unit": ""}, "NADAC Per Unit", "is empty"),
        ({"NADAC_Per_Unit": "-0.1"}, "NADAC Per Unit", "not above zero"),
        ({"NADAC_Per_Unit": "0"}, "NADAC Per Unit", "not above zero"),
        ({"NADAC_Per_Unit": "NaN"}, "NADAC Per Unit", "not above zero"),
        ({"NADAC_Per_Unit": "free"}, "NADAC Per Unit", "not a number"),
        ({"NADAC_Per_Unit": "-0.02110"}, "NADAC Per Unit", "not above zero"),
        ({"NADAC_Per_Unit": "1,234.5"}, "line", "has 8 cells"),
        ({"NADAC_Per_Unit": "$2.11"}, "NADAC Per Unit", "not a number"),
        ({"NADAC_Per_Unit": "Infinity"}, "NADAC Per Unit", "not above zero"),
        ({"NADAC_Per_Unit": "10000000"}, "NADAC Per Unit", "above 9999999 dollars"),
        ({"NADAC_Per_Unit": "00143126701"}, "NADAC Per Unit", "above 9999999 dollars"),
        ({"NADAC_Per_Unit": "1E+9"}, "NADAC Per Unit", "above 9999999 dollars"),
        ({"NADAC_Per_Unit": "0.000001"}, "NADAC Per Unit", "over 5 decimal places"),
        ({"NDC": "143126701"}, "NDC", "expected eleven digits"),
        ({"NDC": "0143-1267-01"}, "NDC", "expected eleven digits"),
        ({"NDC": ""}, "NDC", "is empty"),
        ({"Effective_Date": "17/06/2015"}, "Effective Date", "no date"),
        ({"Effective_Date": "02/29/2015"}, "Effective Date", "no date"),
        ({"Effective_Date": ""}, "Effective Date", "is empty"),
        ({"Pricing_Unit": "TAB"}, "Pricing Unit", "'TAB' is none of"),
        ({"Pricing_Unit": ""}, "Pricing Unit", "'' is none of"),
        ({"OTC": "maybe"}, "OTC", "'maybe' is none of"),
        ({"As of Date": "soon"}, "As of Date", "no date"),
    ],
)
def test_a_price_that_cannot_be_believed_refuses_the_file(tmp_path, change, field, reason):
    with pytest.raises(BadRow, match=reason) as refused:
        read(tmp_path, {}, change)
    assert (refused.value.file, refused.value.line) == ("nadac.csv", 3)
    assert refused.value.field == field


@pytest.mark.parametrize("price", ["0.00001", ".02110", "9999999", "9999998.99999", "1"])
def test_a_price_from_a_thousandth_of_a_cent_up_is_kept_to_its_last_place(tmp_path, price):
    (row,) = read(tmp_path, {"NADAC_Per_Unit": price})
    assert row.price_usd == Decimal(price)


def test_a_header_alone_is_a_week_without_prices(tmp_path):
    assert read(tmp_path) == []


@pytest.mark.parametrize(("said", "over"), [("Y", True), ("N", False), ("", False)])
def test_only_what_is_marked_so_is_sold_over_the_counter(tmp_path, said, over):
    (row,) = read(tmp_path, {"OTC": said})
    assert row.over_the_counter is over
