"""Ratings of the Orange Book: real rows, and what refuses a file."""

from datetime import date
from pathlib import Path

import pytest

from apothecary.drugs.official.files import Piece
from apothecary.drugs.official.orange_book import COLUMNS, RatingRow, read_ratings
from apothecary.drugs.shipped import BadRow

CUT = Path(__file__).parent.parent / "cuts" / "side" / "products.txt"
GOOD = {
    "Ingredient": "LISINOPRIL",
    "DF;Route": "TABLET;ORAL",
    "Trade_Name": "PRINIVIL",
    "Applicant": "MERCK",
    "Strength": "10MG",
    "Appl_Type": "N",
    "Appl_No": "019558",
    "Product_No": "002",
    "TE_Code": "AB",
    "Approval_Date": "Dec 29, 1987",
    "RLD": "Yes",
    "RS": "No",
    "Type": "RX",
}


def read(folder: Path, **change: str) -> list[RatingRow]:
    path = folder / "products.txt"
    cells = {**GOOD, **{name.replace("DF_Route", "DF;Route"): v for name, v in change.items()}}
    path.write_text("\r\n".join(["~".join(COLUMNS), "~".join(cells.values()), ""]))
    return list(read_ratings(Piece(path)))


def test_every_row_of_the_book_is_a_rating():
    found = list(read_ratings(Piece(CUT)))
    assert len(found) == CUT.read_text("latin-1").count("\n") - 1
    codes = {row.te_code for row in found}
    assert codes >= {"AB", "AB2", "BX", "AT", "AP", "AA", "", "AB1,AB2,AB3,AB4"}
    assert {row.marketed for row in found} == {"RX", "DISCN"}


def test_the_notice_of_the_register_is_no_part_of_the_strength():
    found = [row for row in read_ratings(Piece(CUT)) if row.remark]
    assert found
    for row in found:
        assert "*" not in row.strength
        assert row.remark.startswith("**")
    assert {row.strength for row in found} >= {"60MG", "0.1MG"}


def test_a_row_is_read_whole(tmp_path):
    (row,) = read(tmp_path)
    assert (row.line, row.appl_type, row.appl_no, row.product_no) == (2, "N", "019558", "002")
    assert (row.approved_on, row.reference_listed) == (date(1987, 12, 29), True)
    assert (row.reference_standard, row.strength, row.remark) == (False, "10MG", "")


@pytest.mark.parametrize("said", ["Approved Prior to Jan 1, 1982", ""])
def test_an_approval_before_dates_were_kept_has_none(tmp_path, said):
    (row,) = read(tmp_path, Approval_Date=said)
    assert row.approved_on is None


@pytest.mark.parametrize(
    ("code", "read_as"), [("AB1, AB2", "AB1,AB2"), ("", ""), ("BX", "BX"), ("AB ", "AB")]
)
def test_several_groups_are_kept_in_one_spelling(tmp_path, code, read_as):
    (row,) = read(tmp_path, TE_Code=code)
    assert row.te_code == read_as


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"Appl_Type": "B"}, "Appl_Type"),
        ({"Appl_No": "19558"}, "Appl_No"),
        ({"Appl_No": "0195X8"}, "Appl_No"),
        ({"Product_No": "2"}, "Product_No"),
        ({"TE_Code": "C"}, "TE_Code"),
        ({"TE_Code": "A"}, "TE_Code"),
        ({"TE_Code": "AB1,ABX"}, "TE_Code"),
        ({"Approval_Date": "12/29/1987"}, "Approval_Date"),
        ({"RLD": "maybe"}, "RLD"),
        ({"Type": "GONE"}, "Type"),
        ({"Strength": ""}, "Strength"),
        ({"Ingredient": ""}, "Ingredient"),
        ({"DF_Route": ""}, "DF;Route"),
    ],
)
def test_a_row_that_cannot_be_read_refuses_the_file(tmp_path, change, field):
    with pytest.raises(BadRow) as refused:
        read(tmp_path, **change)
    assert (refused.value.file, refused.value.line) == ("products.txt", 2)
    assert refused.value.field == field
