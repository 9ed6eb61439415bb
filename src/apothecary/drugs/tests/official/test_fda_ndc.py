"""The FDA's directory, line by line: a cut of the release of May 2019 with its traps."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from apothecary.drugs.official.fda_ndc import (
    PACKAGE_COLUMNS,
    PRODUCT_COLUMNS,
    read_listings,
    read_packages,
)
from apothecary.drugs.official.files import Piece
from apothecary.drugs.shipped import BadRow

CUT = Path(__file__).parents[1] / "cuts" / "fda"
PRODUCT, PACKAGE = Piece(CUT / "product.txt"), Piece(CUT / "package.txt")


def changed(tmp_path: Path, name: str, line: int, column: str, value: str) -> Piece:
    """The cut with one cell changed."""
    lines = (CUT / name).read_bytes().decode("cp1252").split("\r\n")
    header = lines[0].split("\t")
    cells = lines[line - 1].split("\t")
    cells[header.index(column)] = value
    lines[line - 1] = "\t".join(cells)
    path = tmp_path / name
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return Piece(path)


def test_no_row_is_lost_and_each_keeps_its_line():
    listings, packages = list(read_listings(PRODUCT)), list(read_packages(PACKAGE))
    assert [row.line for row in listings] == list(range(2, 58))
    assert [row.line for row in packages] == list(range(2, 103))
    assert {row.listing for row in packages} <= {row.listing for row in listings}


def test_one_code_may_stand_under_several_listings_and_one_package_code_twice():
    codes = Counter((row.labeler_code, row.product_code) for row in read_listings(PRODUCT))
    assert codes["0944", "8402"] == 3
    assert codes["0268", "6118"] == 2
    packages = Counter(row.ndc.hyphenated for row in read_packages(PACKAGE))
    assert packages["10956-003-01"] == 3
    assert len(set(row.listing for row in read_listings(PRODUCT))) == 56


def test_a_listing_is_read_with_every_column_typed():
    row = next(iter(read_listings(PRODUCT)))
    assert (row.labeler_code, row.product_code, row.kind) == (
        "0002",
        "1433",
        "HUMAN PRESCRIPTION DRUG",
    )
    assert row.strengths == ((".75", "mg/.5mL"),)
    assert row.substances == ("DULAGLUTIDE",)
    assert row.routes == ("SUBCUTANEOUS",)
    assert row.started_on is not None
    assert (row.started_on.year, row.ended_on, row.schedule) == (2014, None, 0)
    assert isinstance(row.certified_on, date)


def test_letters_of_windows_1252_arrive_as_written():
    named = [row for row in read_listings(PRODUCT) if not row.proprietary.isascii()]
    assert [row.proprietary for row in named] == ["¿Baryta muriatica"]
    labelers = {row.labeler for row in read_listings(PRODUCT) if not row.labeler.isascii()}
    assert len(labelers) == 1


def test_a_bracketed_semicolon_and_substances_without_strength_are_no_fault():
    rows = {row.labeler_code: row for row in read_listings(PRODUCT)}
    assert len(rows["72582"].substances) == len(rows["72582"].strengths) == 2
    assert (len(rows["42606"].substances), rows["42606"].strengths) == (3, ())


def test_a_kit_has_neither_substance_nor_strength_nor_route():
    kits = [row for row in read_listings(PRODUCT) if row.form == "KIT"]
    assert kits
    assert all(not (row.substances or row.strengths) for row in kits)


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("PRODUCTID", "", "is empty"),
        ("PRODUCTNDC", "00021433", "no labeler and product segment"),
        ("PRODUCTNDC", "002-1433", "no labeler and product segment"),
        ("PRODUCTNDC", "0002-14333", "no labeler and product segment"),
        ("PRODUCTTYPENAME", "", "is empty"),
        ("DOSAGEFORMNAME", "", "is empty"),
        ("STARTMARKETINGDATE", "20190230", "is no date"),
        ("STARTMARKETINGDATE", "2019-02-03", "is no date"),
        ("ENDMARKETINGDATE", "190203", "is no date"),
        ("LISTING_RECORD_CERTIFIED_THROUGH", "unknown", "is no date"),
        ("DEASCHEDULE", "C2", "is none of"),
        ("ACTIVE_INGRED_UNIT", "mg/1; mg/1", "has 2 units for 1 amounts"),
    ],
)
def test_a_listing_that_cannot_be_read_refuses_with_line_and_column(
    tmp_path, column, value, says
):
    piece = changed(tmp_path, "product.txt", 5, column, value)
    with pytest.raises(BadRow, match=says) as bad:
        list(read_listings(piece))
    assert (bad.value.file, bad.value.line, bad.value.field) == ("product.txt", 5, column)


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("PRODUCTID", "", "is empty"),
        ("NDCPACKAGECODE", "0002-1433", "expected three segments"),
        ("NDCPACKAGECODE", "0002-1433-8", "not a configuration in use"),
        ("NDCPACKAGECODE", "0002-14x3-80", "must be digits"),
        ("NDCPACKAGECODE", "0002-9999-80", "is not of"),
        ("PACKAGEDESCRIPTION", "", "is empty"),
        ("SAMPLE_PACKAGE", "maybe", "is none of"),
        ("STARTMARKETINGDATE", "99999999", "is no date"),
    ],
)
def test_a_package_that_cannot_be_read_refuses_with_line_and_column(
    tmp_path, column, value, says
):
    piece = changed(tmp_path, "package.txt", 2, column, value)
    with pytest.raises(BadRow, match=says) as bad:
        list(read_packages(piece))
    assert (bad.value.file, bad.value.line, bad.value.field) == ("package.txt", 2, column)


@pytest.mark.parametrize("column", PRODUCT_COLUMNS)
def test_a_file_without_one_of_its_columns_is_refused_by_its_name(tmp_path, column):
    piece = changed(tmp_path, "product.txt", 1, column, "SOMETHING ELSE")
    with pytest.raises(BadRow) as bad:
        next(read_listings(piece))
    assert (bad.value.line, bad.value.field) == (1, column)


@pytest.mark.parametrize("column", PACKAGE_COLUMNS)
def test_a_package_file_without_one_of_its_columns_is_refused_too(tmp_path, column):
    piece = changed(tmp_path, "package.txt", 1, column, "SOMETHING ELSE")
    with pytest.raises(BadRow) as bad:
        next(read_packages(piece))
    assert (bad.value.line, bad.value.field) == (1, column)


@pytest.mark.parametrize(
    ("code", "twelve"),
    [("123456-123-12", "123456-0123-12"), ("123456-1234-1", "123456-1234-01")],
)
def test_labelers_of_six_digits_are_read(tmp_path, code, twelve):
    path = changed(tmp_path, "package.txt", 2, "NDCPACKAGECODE", code).path
    text = path.read_bytes().decode("cp1252").split("\r\n")
    cells = text[1].split("\t")
    cells[1] = code.rpartition("-")[0]
    path.write_bytes("\r\n".join([text[0], "\t".join(cells), ""]).encode("cp1252"))
    (row,) = read_packages(Piece(path))
    assert row.ndc.hyphenated_12 == twelve
