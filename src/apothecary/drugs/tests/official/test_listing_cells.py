"""The directory's cells at their edges: dates, codes, parallel lists, letters, whole files."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.official.fda_ndc import (
    ENCODING,
    PACKAGE_COLUMNS,
    PRODUCT_COLUMNS,
    ListedPackage,
    Listing,
    read_listings,
    read_packages,
)
from apothecary.drugs.official.files import Piece
from apothecary.drugs.shipped import BadRow

LISTED = dict.fromkeys(PRODUCT_COLUMNS, "") | {
    "PRODUCTID": "0143-1267_a",
    "PRODUCTNDC": "0143-1267",
    "PRODUCTTYPENAME": "HUMAN PRESCRIPTION DRUG",
    "DOSAGEFORMNAME": "TABLET",
}
PACKED = dict.fromkeys(PACKAGE_COLUMNS, "") | {
    "PRODUCTID": "0143-1267_a",
    "PRODUCTNDC": "0143-1267",
    "NDCPACKAGECODE": "0143-1267-01",
    "PACKAGEDESCRIPTION": "100 TABLET in 1 BOTTLE",
}


def written(folder: Path, columns: Sequence[str], *rows: dict[str, str]) -> Piece:
    lines = ["\t".join(columns), *("\t".join(row[name] for name in columns) for row in rows)]
    path = folder / ("product.txt" if "ROUTENAME" in columns else "package.txt")
    path.write_bytes("\r\n".join([*lines, ""]).encode(ENCODING))
    return Piece(path)


def listing(folder: Path, **cells: str) -> Listing:
    (found,) = read_listings(written(folder, PRODUCT_COLUMNS, LISTED | cells))
    return found


def package(folder: Path, **cells: str) -> ListedPackage:
    (found,) = read_packages(written(folder, PACKAGE_COLUMNS, PACKED | cells))
    return found


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("", None),
        ("   ", None),
        ("20190430", date(2019, 4, 30)),
        (" 20190430 ", date(2019, 4, 30)),
        ("20200229", date(2020, 2, 29)),
        ("19000101", date(1900, 1, 1)),
        ("99991231", date(9999, 12, 31)),
    ],
)
def test_a_day_is_eight_digits_year_first_and_an_empty_cell_is_none(tmp_path, cell, day):
    assert listing(tmp_path, STARTMARKETINGDATE=cell).started_on == day
    assert package(tmp_path, ENDMARKETINGDATE=cell).ended_on == day


@pytest.mark.parametrize(
    "cell",
    [
        *("20190229", "19000229", "20190431", "20191301", "20190100", "00000101", "00000000"),
        *("2019043", "201904301", "30042019", "2019 430", "2019-4-3", "²0190430", "+2019043"),
    ],
)
def test_a_day_that_is_not_in_the_calendar_is_refused_and_never_rounded(tmp_path, cell):
    with pytest.raises(BadRow, match="is no date") as bad:
        listing(tmp_path, ENDMARKETINGDATE=cell)
    assert (bad.value.line, bad.value.field) == (2, "ENDMARKETINGDATE")


@given(st.dates())
def test_every_day_written_with_eight_digits_is_read_back(tmp_path_factory, day):
    folder = tmp_path_factory.mktemp("day")
    cell = f"{day.year:04}{day.month:02}{day.day:02}"
    assert listing(folder, LISTING_RECORD_CERTIFIED_THROUGH=cell).certified_on == day


@pytest.mark.parametrize(
    ("code", "segments"),
    [
        ("0143-1267", ("0143", "1267")),
        ("50458-586", ("50458", "586")),
        ("47781-3690", ("47781", "3690")),
        ("123456-789", ("123456", "789")),
        ("123456-7890", ("123456", "7890")),
        (" 0143-1267 ", ("0143", "1267")),
    ],
)
def test_a_listing_keeps_the_leading_zeros_of_both_its_segments(tmp_path, code, segments):
    found = listing(tmp_path, PRODUCTNDC=code)
    assert (found.labeler_code, found.product_code) == segments


@pytest.mark.parametrize(
    "code",
    [
        *("", "0143", "143-1267", "1234567-890", "0143-12", "0143-12671", "0143-1267-01"),
        *("0143--1267", "-1267", "0143-", "O143-1267", "0143 1267", "0143/1267", "0143-126²"),
    ],
)
def test_segments_that_no_labeler_has_are_refused(tmp_path, code):
    with pytest.raises(BadRow) as bad:
        listing(tmp_path, PRODUCTNDC=code)
    assert (bad.value.line, bad.value.field) == (2, "PRODUCTNDC")


@pytest.mark.parametrize(
    ("code", "ten", "eleven", "twelve"),
    [
        ("0143-1267-01", "0143126701", "00143126701", "000143126701"),
        ("50458-586-01", "5045858601", "50458058601", "050458058601"),
        ("47781-3690-1", "4778136901", "47781369001", "047781369001"),
    ],
)
def test_a_package_has_its_ten_eleven_and_twelve_digits(tmp_path, code, ten, eleven, twelve):
    of = code.rpartition("-")[0]
    ndc = package(tmp_path, NDCPACKAGECODE=code, PRODUCTNDC=of).ndc
    assert (ndc.ndc10, ndc.ndc11, ndc.ndc12) == (ten, eleven, twelve)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("00143-1267-01", "not a configuration in use"),
        ("000143-1267-01", "is an older code, padded"),
        ("0143-1267-1", "not a configuration in use"),
        ("0143-1267-001", "not a configuration in use"),
        ("0143126701", "expected three segments"),
        ("0143-1267-01-2", "expected three segments"),
        ("0143-1267-", "must be digits"),
        ("0143-1267-0x", "must be digits"),
    ],
)
def test_the_directory_gives_codes_as_configured_and_never_padded(tmp_path, code, says):
    """The billing form and the twelve digits are derived; in the file they are a slip."""
    of = code.rpartition("-")[0]
    with pytest.raises(BadRow, match=says) as bad:
        package(tmp_path, NDCPACKAGECODE=code, PRODUCTNDC=of)
    assert bad.value.field == "NDCPACKAGECODE"


@pytest.mark.parametrize(
    ("amounts", "units", "pairs"),
    [
        ("", "", ()),
        ("  ", "mg/1", ()),
        ("5", "mg/1", (("5", "mg/1"),)),
        (".5; 12.5", "mg/1; mg/1", ((".5", "mg/1"), ("12.5", "mg/1"))),
        ("5; ", "mg/1; ", (("5", "mg/1"), ("", ""))),
    ],
)
def test_amounts_and_units_stand_side_by_side(tmp_path, amounts, units, pairs):
    found = listing(tmp_path, ACTIVE_NUMERATOR_STRENGTH=amounts, ACTIVE_INGRED_UNIT=units)
    assert found.strengths == pairs


@pytest.mark.parametrize(
    ("amounts", "units"),
    [("5; 10", "mg/1"), ("5", "mg/1; mg/1"), ("5; 10; 15", "mg/1; mg/1"), ("5; 10", "")],
)
def test_lists_of_unequal_length_are_refused_since_no_amount_may_meet_the_wrong_unit(
    tmp_path, amounts, units
):
    with pytest.raises(BadRow, match=r"has \d units for \d amounts") as bad:
        listing(tmp_path, ACTIVE_NUMERATOR_STRENGTH=amounts, ACTIVE_INGRED_UNIT=units)
    assert bad.value.field == "ACTIVE_INGRED_UNIT"


AMOUNTS = st.lists(st.tuples(st.integers(1, 999), st.sampled_from(["mg/1", "ug/1"])))


@given(AMOUNTS)
def test_as_many_strengths_come_out_as_went_in(tmp_path_factory, pairs):
    found = listing(
        tmp_path_factory.mktemp("list"),
        ACTIVE_NUMERATOR_STRENGTH="; ".join(str(amount) for amount, _ in pairs),
        ACTIVE_INGRED_UNIT="; ".join(unit for _, unit in pairs),
    )
    assert found.strengths == tuple((str(amount), unit) for amount, unit in pairs)


@pytest.mark.parametrize(
    ("cell", "routes"),
    [
        ("", ()),
        ("ORAL", ("ORAL",)),
        ("ORAL; ", ("ORAL",)),
        ("INTRAVENOUS; INTRAMUSCULAR; INTRAVENOUS", ("INTRAVENOUS", "INTRAMUSCULAR")),
    ],
)
def test_each_route_is_there_once_in_the_order_of_the_listing(tmp_path, cell, routes):
    assert listing(tmp_path, ROUTENAME=cell).routes == routes


@pytest.mark.parametrize(
    ("cell", "schedule"), [("", 0), ("CI", 1), ("CII", 2), ("CIII", 3), ("CIV", 4), ("CV", 5)]
)
def test_a_schedule_is_the_agencys_roman_number(tmp_path, cell, schedule):
    assert listing(tmp_path, DEASCHEDULE=cell).schedule == schedule


@pytest.mark.parametrize("cell", ["2", "cii", "C-II", "CVI", "CII ", "N/A", "0"])
def test_a_schedule_in_any_other_spelling_is_refused_rather_than_taken_for_none(tmp_path, cell):
    with pytest.raises(BadRow) as bad:
        listing(tmp_path, DEASCHEDULE=cell)
    assert bad.value.field == "DEASCHEDULE"


@pytest.mark.parametrize(("cell", "sample"), [("", False), ("N", False), ("Y", True)])
def test_only_a_package_marked_so_is_a_sample(tmp_path, cell, sample):
    assert package(tmp_path, SAMPLE_PACKAGE=cell).sample is sample


def test_the_words_that_windows_1252_has_beyond_latin_1_arrive(tmp_path):
    said = "Œuvre™ “naïve” – 5 µg €"
    assert listing(tmp_path, PROPRIETARYNAME=said).proprietary == said
    raw = (tmp_path / "product.txt").read_bytes()
    assert b"\x8cuvre\x99 \x93na\xefve\x94 \x96 5 \xb5g \x80" in raw


@pytest.mark.parametrize("byte", [0x81, 0x8D, 0x8F, 0x90, 0x9D])
def test_the_five_bytes_that_are_no_letter_of_it_refuse_the_file(tmp_path, byte):
    piece = written(tmp_path, PRODUCT_COLUMNS, LISTED, LISTED | {"LABELERNAME": "Firm"})
    raw = piece.path.read_bytes().replace(b"Firm", bytes([byte]))
    piece.path.write_bytes(raw)
    with pytest.raises(BadRow, match=f"line 3, line: is not cp1252: byte {byte:#04x}"):
        list(read_listings(piece))


def test_a_nul_is_refused_by_its_line_before_it_reaches_the_database(tmp_path):
    piece = written(tmp_path, PRODUCT_COLUMNS, LISTED, LISTED | {"LABELERNAME": "Fi\0rm"})
    with pytest.raises(BadRow, match=r"product.txt line 3, line: holds a character NUL"):
        list(read_listings(piece))


def test_a_header_alone_is_a_file_without_rows(tmp_path):
    assert list(read_listings(written(tmp_path, PRODUCT_COLUMNS))) == []
    assert list(read_packages(written(tmp_path, PACKAGE_COLUMNS))) == []


@pytest.mark.parametrize("content", [b"", b"\r\n", b"\xef\xbb\xbf", b"\t\t\t\r\n"])
def test_a_file_without_a_header_is_refused(tmp_path, content):
    path = tmp_path / "product.txt"
    path.write_bytes(content)
    with pytest.raises(BadRow) as bad:
        list(read_listings(Piece(path)))
    assert (bad.value.line, bad.value.field) == (1, "PRODUCTID")


@pytest.mark.parametrize("cut", [1, 7, 40])
def test_a_file_cut_off_within_a_row_is_refused_by_that_row(tmp_path, cut):
    piece = written(tmp_path, PRODUCT_COLUMNS, LISTED, LISTED)
    whole = piece.path.read_bytes().removesuffix(b"\r\n")
    piece.path.write_bytes(whole[:-cut])
    with pytest.raises(BadRow, match=r"has \d+ cells, the header has 20") as bad:
        list(read_listings(piece))
    assert bad.value.line == 3


def test_rows_come_one_by_one_and_the_broken_one_is_named_when_its_turn_comes(tmp_path):
    piece = written(tmp_path, PRODUCT_COLUMNS, LISTED, LISTED | {"DEASCHEDULE": "X"}, LISTED)
    rows = read_listings(piece)
    assert next(rows).line == 2
    with pytest.raises(BadRow, match=r"product.txt line 3, DEASCHEDULE: 'X' is none of"):
        next(rows)


def test_columns_in_another_order_and_further_ones_are_the_same_rows(tmp_path):
    plain = listing(tmp_path, LABELERNAME=" A  Firm ")
    columns = [*reversed(PRODUCT_COLUMNS), "SOMETHING NEW"]
    row = LISTED | {"LABELERNAME": " A  Firm ", "SOMETHING NEW": "x"}
    (turned,) = read_listings(written(tmp_path, columns, row))
    assert turned == plain
    assert plain.labeler == "A Firm"


@pytest.mark.parametrize("ends", [b"\r\n", b"\n"])
def test_both_ends_of_lines_are_read(tmp_path, ends):
    piece = written(tmp_path, PRODUCT_COLUMNS, LISTED, LISTED)
    piece.path.write_bytes(piece.path.read_bytes().replace(b"\r\n", ends))
    assert [row.line for row in read_listings(piece)] == [2, 3]
