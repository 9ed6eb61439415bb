"""A listing as a row of the drug file: every derived column, on real rows."""

from pathlib import Path

import pytest

from apothecary.drugs import starter
from apothecary.drugs.derived import tables
from apothecary.drugs.derived.listed import Reader, Schedules, shortened
from apothecary.drugs.derived.tables import ScheduleRow, schedule_rows
from apothecary.drugs.lines import PackageLine, ProductLine, fingerprint
from apothecary.drugs.ndc import Ndc
from apothecary.drugs.official.fda_ndc import read_listings, read_packages
from apothecary.drugs.official.files import Piece
from apothecary.drugs.shipped import BadRow

CUT = Path(__file__).parents[1] / "cuts" / "fda"


@pytest.fixture(scope="module")
def reader() -> Reader:
    tall_man = {row.key: row.tall_man for row in starter.read_ingredients() if row.tall_man}
    return Reader("product.txt", known={}, tall_man=tall_man)


@pytest.fixture(scope="module")
def products(reader) -> dict[str, ProductLine]:
    lines = (reader.product(row) for row in read_listings(Piece(CUT / "product.txt")))
    return {line.listing: line for line in lines}


@pytest.fixture(scope="module")
def packages(reader) -> list[PackageLine]:
    forms = {row.listing: row.form for row in read_listings(Piece(CUT / "product.txt"))}
    rows = read_packages(Piece(CUT / "package.txt"))
    return [reader.package(row, form=forms[row.listing]) for row in rows]


def of_code(products: dict[str, ProductLine], code: str) -> list[ProductLine]:
    return [p for p in products.values() if f"{p.labeler_code}-{p.product_code}" == code]


def test_the_directory_says_of_a_starter_product_what_the_starter_file_says(products):
    starters = {f"{row.labeler}-{row.product}": row for row in starter.read_products()}
    shared = [(starters[code], line) for line in products.values()
              if (code := f"{line.labeler_code}-{line.product_code}") in starters]  # fmt: skip
    assert len(shared) >= 25
    for row, line in shared:
        assert (line.name, line.brand.lower()) == (row.generic, row.brand.lower())
        assert (line.strength, line.form_group) == (row.strength, row.form_group)
        assert line.classes == "; ".join(row.epc)
        if row.substances:  # a kit lists none; the drug file keeps what it knows of it
            assert line.ingredient_key == row.ingredient_key


def test_the_content_of_a_starter_package_is_the_same_unless_a_price_file_named_the_unit(
    packages,
):
    starters = {row.ndc.hyphenated: row for row in starter.read_packages()}
    shared = [(starters[line.ndc], line) for line in packages if line.ndc in starters]
    assert len(shared) >= 25
    for row, line in shared:
        assert line.description == row.description
        if row.unit_source == "content":
            assert (line.quantity, line.unit) == (row.quantity, row.billing_unit)


@pytest.mark.parametrize(
    ("code", "schedule", "source"),
    [
        ("0071-1012", 5, "listing"),
        ("0071-1013", 5, "21-cfr-1308"),
        ("0406-0552", 2, "listing"),
        ("21695-268", 2, "21-cfr-1308"),
        ("0781-1061", 4, "listing"),
        ("0603-1075", 5, "listing"),
        ("23359-040", 0, "listing"),
        ("10191-1081", 2, "listing"),
        ("0002-1433", 0, "listing"),
    ],
)
def test_the_stricter_of_listing_and_law_is_the_schedule(products, code, schedule, source):
    (line,) = of_code(products, code)
    assert (line.schedule, line.schedule_source) == (schedule, source)


def test_every_row_of_the_schedules_has_its_paragraph_and_its_mark():
    rows = list(schedule_rows())
    assert len(rows) >= 60
    assert all(row.cite.startswith("21 CFR 1308.1") for row in rows)
    keys = {row.key for row in starter.read_ingredients()}
    assert {key for row in rows if row.schedule == 2 for key in row.ingredients} & keys


def test_a_row_holds_for_its_form_alone_and_of_several_the_strictest_wins():
    def row(within: str, form_group: str, schedule: int, *ingredients: str) -> ScheduleRow:
        return ScheduleRow(ingredients, within, form_group, schedule, "21 CFR 1308.12", "K")

    asked = Schedules(
        [
            row("any", "", 4, "a"),
            row("any", "", 2, "b"),
            row("alone", "capsule", 3, "c"),
            row("alone", "oral-liquid", 2, "c"),
            row("all", "", 5, "d", "e"),
        ]
    )
    assert asked.of("a", "tablet") == 4
    assert asked.of("a+b+z", "tablet") == 2
    assert asked.of("c", "capsule") == 3
    assert asked.of("c", "oral-liquid") == 2
    assert asked.of("c", "tablet") == 0
    assert asked.of("c+z", "capsule") == 0
    assert asked.of("d+e", "tablet") == 5
    assert asked.of("d", "tablet") == asked.of("d+e+f", "tablet") == asked.of("", "") == 0


def test_strengths_stand_in_the_order_of_the_substances(products):
    (line,) = of_code(products, "0591-0860")
    assert line.substances == "hydrochlorothiazide; lisinopril"
    assert line.strength == "12.5 mg / 10 mg"


def test_listings_of_one_code_are_one_drug_only_when_they_say_the_same(products):
    tisseel = {line.fingerprint for line in of_code(products, "0944-8402")}
    casein = {line.fingerprint for line in of_code(products, "0268-6118")}
    assert (len(tisseel), len(casein)) == (1, 2)
    assert fingerprint("a", "bc") != fingerprint("ab", "c")


def test_substances_without_strengths_leave_the_strength_empty(products):
    (line,) = of_code(products, "42606-004")
    assert line.strength == ""
    assert line.ingredient_key.count("+") == 2


def test_a_schedule_i_listing_is_handled_as_strictly_as_the_house_can(tmp_path, reader):
    text = (CUT / "product.txt").read_bytes().replace(b"\tCIV\t", b"\tCI\t", 1)
    path = tmp_path / "product.txt"
    path.write_bytes(text)
    lines = [reader.product(row) for row in read_listings(Piece(path))]
    assert [(x.schedule, x.schedule_source) for x in lines if "c-i" in x.schedule_source] == [
        (2, "listing-c-i")
    ]


def test_an_amount_that_is_no_number_refuses_the_file_with_its_line(tmp_path, reader):
    text = (CUT / "product.txt").read_bytes().replace(b"\t.75\t", b"\tmuch\t", 1)
    path = tmp_path / "product.txt"
    path.write_bytes(text)
    with pytest.raises(BadRow, match="'much' is no number") as bad:
        [reader.product(row) for row in read_listings(Piece(path))]
    assert (bad.value.line, bad.value.field) == (2, "ACTIVE_NUMERATOR_STRENGTH")


def test_what_rxnorm_decides_goes_before_the_name_and_after_the_shipped_table():
    known = {"bacitracin zinc": "bacitracin", "dulaglutide": "something-else"}
    told = Reader("product.txt", known=known, tall_man={})
    lines = [told.product(row) for row in read_listings(Piece(CUT / "product.txt"))]
    keys = {line.substances: line.ingredient_key for line in lines}
    assert keys["bacitracin zinc"] == "bacitracin"
    assert keys["dulaglutide"] == tables.substances()["dulaglutide"] == "dulaglutide"


def test_storage_and_labels_are_those_of_the_shipped_tables(products):
    starters = {f"{row.labeler}-{row.product}": row for row in starter.read_products()}
    rows = tuple(starter.read_label_assignments())
    for line in products.values():
        row = starters.get(f"{line.labeler_code}-{line.product_code}")
        if row is not None and row.substances:
            assert line.auxiliary == ";".join(starter.labels_of(row, rows))
            assert (line.storage or "unknown") == row.storage


@pytest.mark.parametrize(
    ("ndc", "ten", "eleven"),
    [
        (Ndc("0002", "1433", "80"), "0002143380", "00002143380"),
        (Ndc("12345", "678", "90"), "1234567890", "12345067890"),
        (Ndc("123456", "123", "12"), "", ""),
        (Ndc("123456", "1234", "12"), "", ""),
    ],
)
def test_a_code_without_a_form_of_ten_or_eleven_digits_leaves_it_empty(ndc, ten, eleven):
    assert (shortened(ndc, 10), shortened(ndc, 11)) == (ten, eleven)


def test_a_product_is_found_by_its_tall_man_name_and_suffix(products):
    (line,) = of_code(products, "0071-1014")
    assert "lyrica" in line.words
    assert line.words == line.words.lower()
