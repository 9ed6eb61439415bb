"""Patents and exclusivities of the Orange Book: real rows, and what refuses a file."""

from datetime import date
from pathlib import Path

import pytest

from apothecary.drugs.official.files import Piece
from apothecary.drugs.official.protections import (
    EXCLUSIVITY_COLUMNS,
    PATENT_COLUMNS,
    ProtectionRow,
    read_exclusivities,
    read_patents,
)
from apothecary.drugs.shipped import BadRow

CUT = Path(__file__).parent.parent / "cuts" / "book"
PATENT = {
    "Appl_Type": "N",
    "Appl_No": "206073",
    "Product_No": "001",
    "Patent_No": "9173859*PED",
    "Patent_Expire_Date_Text": "Nov 4, 2027",
    "Drug_Substance_Flag": "",
    "Drug_Product_Flag": "Y",
    "Patent_Use_Code": "U-1772",
    "Delist_Flag": "Y",
}
EXCLUSIVITY = {
    "Appl_Type": "N",
    "Appl_No": "206494",
    "Product_No": "001",
    "Exclusivity_Code": "ODE-299",
    "Exclusivity_Date": "Dec 20, 2025",
}


def written(path: Path, cells: dict[str, str]) -> Piece:
    path.write_text("\r\n".join(["~".join(cells), "~".join(cells.values()), ""]))
    return Piece(path)


def patent(folder: Path, **change: str) -> ProtectionRow:
    (row,) = read_patents(written(folder / "patent.txt", PATENT | change))
    return row


def exclusivity(folder: Path, **change: str) -> ProtectionRow:
    (row,) = read_exclusivities(written(folder / "exclusivity.txt", EXCLUSIVITY | change))
    return row


def test_every_row_of_both_files_is_a_protection():
    patents = list(read_patents(Piece(CUT / "patent.txt")))
    exclusivities = list(read_exclusivities(Piece(CUT / "exclusivity.txt")))
    for rows, name in ((patents, "patent.txt"), (exclusivities, "exclusivity.txt")):
        assert len(rows) == (CUT / name).read_text().count("\n") - 1
    assert {row.kind for row in patents} == {"patent"}
    assert {row.kind for row in exclusivities} == {"exclusivity"}
    assert any(row.number.endswith("*PED") for row in patents)
    assert any(row.delisted for row in patents)
    # One code may run twice, for two indications, to two days.
    twice = [row.expires_on for row in exclusivities if row.number == "NPP"]
    assert len(set(twice)) == len(twice) > 1


def test_a_patent_is_read_whole(tmp_path):
    row = patent(tmp_path)
    assert (row.line, row.appl_type, row.appl_no, row.product_no) == (2, "N", "206073", "001")
    assert (row.kind, row.number, row.use) == ("patent", "9173859*PED", "U-1772")
    assert row.expires_on == date(2027, 11, 4)
    assert (row.of_substance, row.of_product, row.delisted) == (False, True, True)
    assert list(PATENT) == list(PATENT_COLUMNS)


def test_an_exclusivity_is_read_whole(tmp_path):
    row = exclusivity(tmp_path)
    assert (row.appl_no, row.kind, row.number) == ("206494", "exclusivity", "ODE-299")
    assert (row.expires_on, row.use, row.delisted) == (date(2025, 12, 20), "", False)
    assert list(EXCLUSIVITY) == list(EXCLUSIVITY_COLUMNS)


@pytest.mark.parametrize(
    "code", ["NCE", "ODE*", "ODE-299", "D-193", "RTO", "NS", "M-232", "PED", "W", "GAIN"]
)
def test_every_shape_of_an_exclusivity_code_is_read(tmp_path, code):
    assert exclusivity(tmp_path, Exclusivity_Code=code).number == code


@pytest.mark.parametrize("number", ["7625884", "11903953", "10561808*PED", "RE48059", "6551"])
def test_every_shape_of_a_patent_number_is_read_and_no_other(tmp_path, number):
    if len(number) > 4:
        assert patent(tmp_path, Patent_No=number).number == number
    else:
        with pytest.raises(BadRow, match="Patent_No"):
            patent(tmp_path, Patent_No=number)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"Appl_Type": "B"}, "Appl_Type"),
        ({"Appl_No": "20607"}, "Appl_No"),
        ({"Product_No": "1"}, "Product_No"),
        ({"Product_No": "00x"}, "Product_No"),
        ({"Patent_No": ""}, "Patent_No"),
        ({"Patent_No": "9173859*"}, "Patent_No"),
        ({"Patent_Expire_Date_Text": ""}, "Patent_Expire_Date_Text"),
        ({"Patent_Expire_Date_Text": "11/04/2027"}, "Patent_Expire_Date_Text"),
        ({"Patent_Expire_Date_Text": "Feb 29, 2027"}, "Patent_Expire_Date_Text"),
        ({"Drug_Substance_Flag": "N"}, "Drug_Substance_Flag"),
        ({"Drug_Product_Flag": "yes"}, "Drug_Product_Flag"),
        ({"Delist_Flag": "1"}, "Delist_Flag"),
        ({"Patent_Use_Code": "1772"}, "Patent_Use_Code"),
    ],
)
def test_a_patent_that_cannot_be_read_refuses_the_file(tmp_path, change, field):
    with pytest.raises(BadRow) as refused:
        patent(tmp_path, **change)
    assert (refused.value.file, refused.value.line) == ("patent.txt", 2)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"Exclusivity_Code": ""}, "Exclusivity_Code"),
        ({"Exclusivity_Code": "299"}, "Exclusivity_Code"),
        ({"Exclusivity_Date": "soon"}, "Exclusivity_Date"),
        ({"Appl_No": "ANDA06"}, "Appl_No"),
    ],
)
def test_an_exclusivity_that_cannot_be_read_refuses_the_file(tmp_path, change, field):
    with pytest.raises(BadRow) as refused:
        exclusivity(tmp_path, **change)
    assert (refused.value.file, refused.value.field) == ("exclusivity.txt", field)
