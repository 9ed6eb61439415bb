"""A shipped table is read whole or refused by file, line and field."""

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from apothecary.drugs.shipped import BadRow, Line, read_lines
from apothecary.drugs.starter import read_packages, read_products

PACKAGE_HEADER = (
    "labeler,product,package,description,quantity,billing_unit,unit_word,inner_count,"
    "unit_source,price_usd,price_source,price_on"
)
GOOD_PACKAGE = {
    "labeler": "0071",
    "product": "0155",
    "package": "23",
    "description": "90 TABLET in 1 BOTTLE",
    "quantity": "90",
    "billing_unit": "EA",
    "unit_word": "tablet",
    "inner_count": "1",
    "unit_source": "nadac",
    "price_usd": "6.06557",
    "price_source": "nadac",
    "price_on": "2015-06-17",
}
PRODUCT_HEADER = (
    "labeler,product,brand,generic,ingredients,substances,strengths,dosage_form,form_group,"
    "routes,schedule,schedule_source,rx_otc,labeler_name,category,application,te_code,epc,"
    "rxcui_generic,rxcui_brand,storage,kind"
)
GOOD_PRODUCT = (
    "0054,0001,,a and b,a;b,a;b,1 mg;2 mg,TABLET,tablet,ORAL,0,listing,rx,Some Labs,ANDA,,,,,,"
    "unknown,"
)


def packed(folder: Path, name: str, *lines: str) -> Path:
    with gzip.open(folder / name, "wt", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return folder


def cell(text: str) -> Line:
    return Line("a.csv", 7, {"x": text})


def test_a_good_package_is_read(tmp_path: Path) -> None:
    folder = packed(
        tmp_path, "packages.csv.gz", PACKAGE_HEADER, ",".join(GOOD_PACKAGE.values())
    )
    (row,) = read_packages(folder)
    assert row.ndc.hyphenated == "0071-0155-23"
    assert row.price_usd == Decimal("6.06557")


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        ("labeler", "71", "configuration"),
        ("package", "2X", "digits"),
        ("description", "", "empty"),
        ("quantity", "0", "not above zero"),
        ("quantity", "-90", "not above zero"),
        ("quantity", "NaN", "not above zero"),
        ("quantity", "Infinity", "not above zero"),
        ("quantity", "ninety", "not a number"),
        ("quantity", "0.0005", "over 3 decimal places"),
        ("quantity", "1E-500", "over 3 decimal places"),
        ("billing_unit", "TAB", "none of"),
        ("inner_count", "1.5", "over 0 decimal places"),
        ("unit_source", "guess", "none of"),
        ("price_usd", "0.000001", "over 5 decimal places"),
        ("price_source", "", "empty"),
        ("price_on", "17.06.2015", "isoformat"),
    ],
)
def test_a_bad_package_is_refused_by_line_and_field(
    tmp_path: Path, field: str, text: str, reason: str
) -> None:
    bad = GOOD_PACKAGE | {field: text}
    lines = [",".join(GOOD_PACKAGE.values()), ",".join(bad.values())]
    folder = packed(tmp_path, "packages.csv.gz", PACKAGE_HEADER, *lines)
    with pytest.raises(BadRow, match=reason) as refused:
        list(read_packages(folder))
    assert (refused.value.file, refused.value.line) == ("packages.csv.gz", 3)
    assert refused.value.field in {field, "ndc"}


def test_a_strength_without_its_substance_is_refused(tmp_path: Path) -> None:
    folder = packed(tmp_path, "products.csv.gz", PRODUCT_HEADER, GOOD_PRODUCT)
    assert next(read_products(folder)).strength == "1 mg / 2 mg"
    short = GOOD_PRODUCT.replace("1 mg;2 mg", "1 mg")
    folder = packed(tmp_path, "products.csv.gz", PRODUCT_HEADER, short)
    with pytest.raises(BadRow, match="parallel"):
        list(read_products(folder))


@pytest.mark.parametrize("line", ["1", "1,2,3"])
def test_a_line_with_more_or_fewer_cells_than_the_header_is_refused(
    tmp_path: Path, line: str
) -> None:
    (tmp_path / "a.csv").write_text(f"x,y\n{line}\n", encoding="utf-8")
    with pytest.raises(BadRow, match="as many cells") as refused:
        list(read_lines(tmp_path, "a.csv"))
    assert (refused.value.line, refused.value.field) == (2, "line")


def test_lines_before_a_bad_one_are_given_out_as_they_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n3\n", encoding="utf-8")
    lines = read_lines(tmp_path, "a.csv")
    assert next(lines).cells == {"x": "1", "y": "2"}
    with pytest.raises(BadRow):
        next(lines)


@pytest.mark.parametrize(
    ("text", "parts"), [("", ()), ("a", ("a",)), ("a;b c;d", ("a", "b c", "d"))]
)
def test_a_list_is_joined_by_semicolons(text: str, parts: tuple[str, ...]) -> None:
    assert cell(text).parts("x") == parts


@pytest.mark.parametrize("text", [";", "a;", ";a", "a;;b"])
def test_an_empty_part_of_a_list_is_refused(text: str) -> None:
    with pytest.raises(BadRow, match="empty part"):
        cell(text).parts("x")


@pytest.mark.parametrize(
    ("text", "day"), [("2024-02-29", date(2024, 2, 29)), ("2026-12-31", date(2026, 12, 31))]
)
def test_a_day_is_read(text: str, day: date) -> None:
    assert cell(text).day("x") == day


@pytest.mark.parametrize("text", ["", "2025-02-29", "2026-13-01", "yesterday"])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadRow) as refused:
        cell(text).day("x")
    assert str(refused.value).startswith("a.csv line 7, x: ")
