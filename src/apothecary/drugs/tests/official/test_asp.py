"""Part B limits, billing codes and names of substances: real rows, and what refuses a file."""

from decimal import Decimal
from pathlib import Path

import pytest

from apothecary.drugs.official.asp import read_billing_codes, read_limits
from apothecary.drugs.official.files import Piece
from apothecary.drugs.official.unii import read_substances
from apothecary.drugs.shipped import BadRow

CUTS = Path(__file__).parent.parent / "cuts" / "side"
LIMITS, CODES = CUTS / "asp_payment_limit.csv", CUTS / "asp_ndc_hcpcs.csv"
NAMES = CUTS / "unii_names.csv"


def changed(folder: Path, source: Path, was: str, becomes: str) -> Piece:
    text = source.read_text()
    assert was in text
    path = folder / source.name
    path.write_text(text.replace(was, becomes, 1))
    return Piece(path)


def test_limits_are_read_below_the_titles():
    found = {row.hcpcs: row for row in read_limits(Piece(LIMITS))}
    insulin = found["J1817"]
    assert (insulin.line, insulin.dosage, insulin.limit_usd) == (
        7,
        "50 UNITS",
        Decimal("3.200"),
    )
    assert insulin.coinsurance_pct == Decimal(20)


def test_what_is_paid_in_another_way_has_no_limit_and_its_note_may_have_lines():
    found = {row.hcpcs: row for row in read_limits(Piece(LIMITS))}
    assert found["A9606"].limit_usd is None
    assert "AWP" in found["A9606"].note


def test_the_crosswalk_says_how_many_billing_units_a_package_holds():
    row = next(read_billing_codes(Piece(CODES)))
    assert (row.ndc11, row.hcpcs, row.dosage) == ("00404979530", "J1100", "1 MG")
    assert (row.size, row.quantity, row.units_a_package) == (30, 1, 120)


def test_a_device_has_an_alternate_id_and_no_ndc():
    (device,) = (row for row in read_billing_codes(Piece(CODES)) if not row.ndc11)
    assert (device.code, device.drug) == ("888867413689", "SynoJoynt")


@pytest.mark.parametrize(
    ("header", "becomes"),
    [
        ("hcpcs,short_description", "HCPCS Code,Short Description"),
        ("hcpcs_dosage", "HCPCS Code Dosage"),
        ("coinsurance_pct", "Co-insurance Percentage"),
    ],
)
def test_the_spelling_of_a_quarter_makes_no_difference(tmp_path, header, becomes):
    rows = list(read_limits(changed(tmp_path, LIMITS, header, becomes)))
    assert rows == list(read_limits(Piece(LIMITS)))


@pytest.mark.parametrize(
    ("was", "becomes", "field"),
    [
        ("J1817,", "J181,", "HCPCS"),
        ("50 UNITS", "", "HCPCS Dosage"),
        ("3.200", "-3.200", "Payment Limit"),
        ("3.200", "3.20001", "Payment Limit"),
        ("3.200", "cheap", "Payment Limit"),
        ("3.200", "NaN", "Payment Limit"),
        ("3.200", "10000000", "Payment Limit"),
        ("3.200", "1E+99", "Payment Limit"),
        ("3.200,20.000", "3.200,100.001", "Coinsurance"),
        ("3.200,20.000", "3.200,2000", "Coinsurance"),
    ],
)
def test_a_limit_that_cannot_be_believed_refuses_the_file(tmp_path, was, becomes, field):
    with pytest.raises(BadRow) as refused:
        list(read_limits(changed(tmp_path, LIMITS, was, becomes)))
    assert (refused.value.line, refused.value.field) == (7, field)


@pytest.mark.parametrize(
    ("was", "becomes", "limit", "percent"),
    [
        ("3.200", "9999999", "9999999", "20"),
        ("3.200", '"$1,234.5678"', "1234.5678", "20"),
        ("3.200", "0", "0", "20"),
        ("3.200,20.000", "3.2,100", "3.2", "100"),
        ("3.200,20.000", "3.2,0", "3.2", "0"),
    ],
)
def test_a_limit_at_the_edge_of_what_can_be_is_read(tmp_path, was, becomes, limit, percent):
    found = {row.hcpcs: row for row in read_limits(changed(tmp_path, LIMITS, was, becomes))}
    row = found["J1817"]
    assert (row.limit_usd, row.coinsurance_pct) == (Decimal(limit), Decimal(percent))


@pytest.mark.parametrize(
    ("was", "becomes", "field"),
    [
        ("00404-9795-30", "0404-9795-30", "NDC"),
        ("00404-9795-30", "", "NDC"),
        ("30,1,120,120", "30,1,120,", "Bill Units a Package"),
        ("30,1,120,120", "many,1,120,120", "Package Size"),
        ("J1100,", "J1100X,", "HCPCS"),
        ("30,1,120,120", "10000000,1,120,120", "Package Size"),
        ("30,1,120,120", "30,10000000,120,120", "Package Quantity"),
        ("30,1,120,120", "30,1,1E10,120", "Bill Units"),
        ("30,1,120,120", "30,1,120,99999999999", "Bill Units a Package"),
    ],
)
def test_a_billing_code_that_cannot_be_read_refuses_the_file(tmp_path, was, becomes, field):
    with pytest.raises(BadRow) as refused:
        list(read_billing_codes(changed(tmp_path, CODES, was, becomes)))
    assert (refused.value.line, refused.value.field) == (2, field)


def test_every_name_of_a_substance_is_read_from_both_layouts(tmp_path):
    rows = list(read_substances(Piece(NAMES)))
    assert rows[0].unii == "5Q7ZVV76EI"
    assert {row.display for row in rows} >= {"WARFARIN", "WARFARIN SODIUM"}
    official = tmp_path / "UNII_Names_01Jan2026.txt"
    lines = ["Name\tTYPE\tUNII\tDisplay Name"]
    lines += [f"{row.name}\t{row.kind}\t{row.unii}\t{row.display}" for row in rows]
    official.write_text("\r\n".join([*lines, ""]), "cp1252")
    assert list(read_substances(Piece(official))) == rows


@pytest.mark.parametrize(
    ("was", "becomes", "field"),
    [
        ("5Q7ZVV76EI", "5Q7ZVV76E", "UNII"),
        (",of,", ",xx,", "TYPE"),
        ("WARFARIN,of", ",of", "Name"),
    ],
)
def test_a_name_that_cannot_be_read_refuses_the_file(tmp_path, was, becomes, field):
    with pytest.raises(BadRow) as refused:
        list(read_substances(changed(tmp_path, NAMES, was, becomes)))
    assert (refused.value.line, refused.value.field) == (2, field)
