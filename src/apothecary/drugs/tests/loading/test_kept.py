"""What official files said stays when the shipped file comes again; rows say what they are."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from apothecary.drugs import starter
from apothecary.drugs.load import load_starter
from apothecary.drugs.loading.frame import Report, load
from apothecary.drugs.loading.kinds import KINDS
from apothecary.drugs.loading.nadac import NADAC
from apothecary.drugs.loading.orange_book import ORANGE_BOOK, released
from apothecary.drugs.models import Package, Product
from apothecary.drugs.official.files import Piece
from apothecary.drugs.official.orange_book import COLUMNS
from apothecary.drugs.side_tables import (
    BillingCode,
    LabelSection,
    Look,
    PaymentLimit,
    Price,
    ProductLabel,
    Rated,
    Rating,
    Recall,
    RecallCode,
    Shortage,
    SubstanceName,
)

AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
LATER = datetime(2026, 4, 1, 15, tzinfo=UTC)


@pytest.fixture
def row(monkeypatch: pytest.MonkeyPatch) -> starter.PackageRow:
    """A few shipped products that have an application, with a priced package of one of them."""
    rows = [each for each in starter.read_products() if each.application.startswith("ANDA")][
        :12
    ]
    keys = {(each.labeler, each.product) for each in rows}
    packages = [
        each for each in starter.read_packages() if (each.ndc.labeler, each.ndc.product) in keys
    ]
    monkeypatch.setattr(starter, "read_products", lambda: iter(rows))
    monkeypatch.setattr(starter, "read_packages", lambda: iter(packages))
    return next(each for each in packages if each.price_usd is not None)


def nadac(folder: Path, row: starter.PackageRow, price: str, on: str) -> Report:
    path = folder / "nadac.csv"
    header = "NDC Description,NDC,NADAC Per Unit,Effective Date,Pricing Unit"
    path.write_text(f"{header}\nx,{row.ndc.ndc11},{price},{on},{row.billing_unit}\n")
    return load(NADAC, path, by="a test", at=AT)


@pytest.mark.django_db
def test_a_newer_price_stays_when_the_shipped_file_comes_again(row, tmp_path):
    load_starter(at=AT)
    shipped = Package.objects.get(ndc11=row.ndc.ndc11)
    assert (shipped.price_usd, shipped.price_on) == (row.price_usd, row.price_on)
    nadac(tmp_path, row, "7.77", "2026-02-18")
    again = load_starter(at=LATER)
    kept = Package.objects.get(ndc11=row.ndc.ndc11)
    assert (kept.price_usd, kept.price_on) == (Decimal("7.77"), date(2026, 2, 18))
    assert again.changed_nothing


@pytest.mark.django_db
def test_an_older_price_does_not_take_the_place_of_the_shipped_one(row, tmp_path):
    load_starter(at=AT)
    nadac(tmp_path, row, "7.77", "2013-01-01")
    assert Package.objects.get(ndc11=row.ndc.ndc11).price_usd == row.price_usd
    assert Price.objects.get().price_usd == Decimal("7.77")


@pytest.mark.django_db
def test_what_the_loaded_book_says_stays_when_the_shipped_file_comes_again(row, tmp_path):
    load_starter(at=AT)
    product = Package.objects.get(ndc11=row.ndc.ndc11).product
    number = product.application[-6:]
    cells = {
        **dict.fromkeys(COLUMNS, "x"),
        "Strength": product.strength.upper(),
        "DF;Route": "TABLET;ORAL",
        "Appl_Type": "A",
        "Appl_No": number,
        "Product_No": "001",
        "TE_Code": "BX",
        "Approval_Date": "Jan 2, 2020",
        "RLD": "No",
        "RS": "No",
        "Type": "RX",
    }
    path = tmp_path / "products.txt"
    path.write_text("\n".join(["~".join(COLUMNS), "~".join(cells.values()), ""]))
    load(ORANGE_BOOK, path, by="a test", at=AT, released_on=date(2026, 2, 1))
    said = dict(Product.objects.values_list("pk", "te_code"))
    assert said[product.pk] in {"BX", ""}
    again = load_starter(at=LATER)
    assert dict(Product.objects.values_list("pk", "te_code")) == said
    assert again.changed_nothing


def test_a_book_taken_out_of_its_archive_has_lost_its_day(tmp_path):
    (tmp_path / "products.txt").write_text("x")
    assert released({"products": Piece(tmp_path / "products.txt")}) is None


def test_every_source_names_its_publisher_its_licence_and_what_it_takes():
    for key, kind in KINDS.items():
        said = kind.publication
        assert (said.key, bool(said.name), bool(said.publisher)) == (key, True, True)
        assert said.licence
        assert kind.says


@pytest.mark.parametrize(
    ("row_of", "says"),
    [
        (
            Price(
                ndc11="00143126701",
                price_usd=Decimal("0.02"),
                unit="EA",
                effective_on=date(2026, 1, 7),
            ),
            "00143126701 $0.02 a EA from 2026-01-07",
        ),
        (
            Rating(appl_type="A", appl_no="075994", product_no="003", te_code="AB"),
            "A075994-003 AB",
        ),
        (Rating(appl_type="A", appl_no="075994", product_no="003"), "A075994-003"),
        (Recall(number="D-0001-2026", firm="Made-Up"), "D-0001-2026 Made-Up"),
        (RecallCode(number="D-1", place="named", code="0093-1721"), "D-1 named 0093-1721"),
        (Shortage(generic_name="x", package_ndc="1", status="Current"), "x 1 Current"),
        (ProductLabel(set_id="aaaa", version=3), "aaaa version 3"),
        (Look(code="0093-1721", imprint="TEST"), "0093-1721 TEST"),
        (LabelSection(set_id="aaaa", loinc="34066-1"), "aaaa 34066-1"),
        (
            PaymentLimit(hcpcs="J1817", limit_usd=Decimal("3.2"), dosage="50 UNITS"),
            "J1817 $3.2 per 50 UNITS",
        ),
        (BillingCode(code="00404979530", hcpcs="J1100"), "00404979530 is billed as J1100"),
        (SubstanceName(name="WARFARIN", unii="5Q7ZVV76EI"), "WARFARIN (5Q7ZVV76EI)"),
        (
            Rated(
                product=Product(name="a", strength="5 mg", form="tablet"),
                rating=Rating(appl_type="A", appl_no="075994", product_no="003"),
            ),
            "a 5 mg tablet is A075994-003",
        ),
    ],
)
def test_a_row_says_what_it_is(row_of, says):
    assert str(row_of) == says
