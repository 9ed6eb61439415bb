"""Prices and ratings on the drug file: whichever comes first, kept by date, never guessed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from apothecary.drugs.loading.fda import DIRECTORY
from apothecary.drugs.loading.frame import Kind, Report, load
from apothecary.drugs.loading.nadac import NADAC
from apothecary.drugs.loading.orange_book import ORANGE_BOOK
from apothecary.drugs.models import Batch, Package, Product
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.side_tables import Price, Rated, Rating

CUTS = Path(__file__).parent.parent / "cuts" / "side"
AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
HEADER = "NDC Description,NDC,NADAC Per Unit,Effective Date,Pricing Unit,OTC,As of Date"
LISINOPRIL = "00143126701"
pytestmark = pytest.mark.django_db


def take(kind: Kind, name: str = "", *, at: datetime = AT) -> Report:
    return load(kind, CUTS / name, by="a test", at=at)


def prices(folder: Path, *lines: str, at: datetime = AT) -> Report:
    path = folder / "nadac.csv"
    path.write_text("\n".join([HEADER, *lines, ""]))
    return load(NADAC, path, by="a test", at=at)


def one(price: str, on: str, *, week: str = "", ndc: str = LISINOPRIL, unit: str = "EA") -> str:
    return f"LISINOPRIL 10 MG TABLET,{ndc},{price},{on},{unit},N,{week}"


def bottle() -> Package:
    return Package.objects.get(ndc11=LISINOPRIL)


def everything() -> list[object]:
    managers = (Price.objects, Rating.objects, Rated.objects, Product.every, Package.every)
    return [list(manager.order_by("pk").values_list()) for manager in managers]


def test_a_price_is_on_its_package_with_its_date_and_source():
    take(DIRECTORY)
    report = take(NADAC, "nadac.tsv")
    assert (report.tables["price"].new, Price.objects.count()) == (64, 64)
    assert report.released_on == max(Price.objects.values_list("effective_on", flat=True))
    surveyed = Price.objects.get(ndc11=LISINOPRIL)
    found = bottle()
    assert (found.price_usd, found.price_on) == (surveyed.price_usd, surveyed.effective_on)
    assert found.price_source == "nadac"


def test_the_order_of_loading_does_not_matter(tmp_path):
    take(NADAC, "nadac.tsv")
    take(ORANGE_BOOK, "products.txt")
    take(DIRECTORY)
    late = set(Product.objects.values_list("labeler_code", "product_code", "te_code"))
    priced = set(Package.objects.values_list("ndc", "price_usd", "price_on"))
    for manager in (Rated.objects, Price.objects, Rating.objects):
        manager.all().delete()
    Product.every.update(te_code="", te_on=None)
    Package.every.update(price_usd=None, price_source="", price_on=None)
    take(ORANGE_BOOK, "products.txt")
    take(NADAC, "nadac.tsv")
    assert set(Product.objects.values_list("labeler_code", "product_code", "te_code")) == late
    assert set(Package.objects.values_list("ndc", "price_usd", "price_on")) == priced


@pytest.mark.parametrize(
    ("kind", "name"), [(NADAC, "nadac.tsv"), (ORANGE_BOOK, "products.txt")]
)
def test_the_same_file_again_changes_nothing_and_leaves_no_batch(kind, name):
    take(DIRECTORY)
    take(kind, name)
    before, batches = everything(), Batch.objects.count()
    report = take(kind, name, at=datetime(2026, 4, 1, tzinfo=UTC))
    assert report.changed_nothing
    assert (everything(), Batch.objects.count()) == (before, batches)


def test_prices_are_kept_by_date_and_the_newest_in_force_is_shown(tmp_path):
    take(DIRECTORY)
    prices(tmp_path, one("0.03", "01/07/2026"))
    prices(tmp_path, one("0.02", "02/18/2026"), one("0.09", "03/03/2026"))
    assert Price.objects.filter(ndc11=LISINOPRIL, gone_on=None).count() == 3
    assert (bottle().price_usd, bottle().price_on) == (Decimal("0.02"), date(2026, 2, 18))
    prices(tmp_path, one("0.03", "01/07/2026"), at=datetime(2026, 3, 3, tzinfo=UTC))
    assert bottle().price_usd == Decimal("0.09")


def test_a_price_by_another_unit_than_the_package_says_nothing_of_it(tmp_path):
    take(DIRECTORY)
    report = prices(tmp_path, one("0.03", "01/07/2026", unit="GM"))
    assert report.tables["price"].new == 1
    assert bottle().price_usd is None


def test_a_year_of_weeks_counts_each_price_once_as_its_last_week_has_it(tmp_path):
    take(DIRECTORY)
    report = prices(
        tmp_path,
        one("0.03", "01/07/2026", week="01/14/2026"),
        one("0.04", "01/07/2026", week="01/28/2026"),
        one("0.03", "01/07/2026", week="01/21/2026"),
    )
    assert (report.counts.read, Price.objects.count()) == (1, 1)
    assert bottle().price_usd == Decimal("0.04")
    assert report.released_on == date(2026, 1, 28)


@pytest.mark.parametrize(
    ("second", "field"),
    [
        (one("0.04", "01/07/2026"), "NADAC Per Unit"),
        (one("0.03", "01/07/2026", unit="ML"), "Pricing Unit"),
    ],
)
def test_two_prices_of_one_day_refuse_the_file_and_keep_what_was(tmp_path, second, field):
    take(DIRECTORY)
    take(NADAC, "nadac.tsv")
    before = everything()
    with pytest.raises(BadRow, match="in line 2") as refused:
        prices(tmp_path, one("0.03", "01/07/2026"), second)
    assert (refused.value.line, refused.value.field) == (3, field)
    assert everything() == before


def test_a_survey_older_than_the_price_on_the_package_does_not_bring_it_back(tmp_path):
    take(DIRECTORY)
    Package.objects.filter(ndc11=LISINOPRIL).update(
        price_usd=Decimal("0.05"), price_source="invoice", price_on=date(2026, 1, 8)
    )
    prices(tmp_path, one("0.03", "01/07/2026"))
    assert (bottle().price_usd, bottle().price_source) == (Decimal("0.05"), "invoice")


@pytest.mark.parametrize(
    ("code", "te_code"),
    [
        ("0185-0101", "AB"),
        ("0143-1267", ""),  # its application has been withdrawn
        ("0069-2660", "AB2"),
        ("47781-369", ""),  # the application stands in the book, off the market
        ("62175-312", "BX"),
        ("50458-586", "AB"),
        ("62175-890", "AB"),  # EQ 10MG BASE
        ("0378-1809", "AB1,AB2,AB3,AB4"),  # 0.1MG in the book, 100 mcg in the listing
        ("0056-0172", ""),  # not the vial of the same application
        ("0168-0015", "AT"),  # 1% in the book, 10 mg/g in the listing
        ("0093-4161", "AB"),
        ("0088-2220", ""),  # a biologic is not in the book
        ("0113-0541", ""),  # sold under a monograph
    ],
)
def test_a_product_has_the_code_of_its_application_and_strength(code, te_code):
    take(DIRECTORY)
    report = take(ORANGE_BOOK, "products.txt")
    labeler, product = code.split("-")
    found = Product.objects.get(labeler_code=labeler, product_code=product)
    assert found.te_code == te_code
    assert (found.te_on is not None) == (te_code != "" and report.released_on is not None)


def test_a_code_that_the_book_took_back_goes_from_the_product(tmp_path):
    take(DIRECTORY)
    take(ORANGE_BOOK, "products.txt")
    changed = CUTS.joinpath("products.txt").read_text("latin-1").replace("~AB2~", "~BX~")
    (tmp_path / "products.txt").write_text(changed, "latin-1")
    report = load(
        ORANGE_BOOK,
        tmp_path / "products.txt",
        by="a test",
        at=AT,
        released_on=date(2026, 2, 1),
    )
    procardia = Product.objects.get(labeler_code="0069", product_code="2660")
    assert (procardia.te_code, procardia.te_on) == ("BX", date(2026, 2, 1))
    assert report.tables["product"].changed > 0
    shown = {
        change.fields["te_code"][1] for change in report.changes if change.table == "rating"
    }
    assert shown == {"BX"}


def test_a_strength_that_left_the_book_is_marked_and_rates_nothing(tmp_path):
    take(DIRECTORY)
    take(ORANGE_BOOK, "products.txt")
    lines = CUTS.joinpath("products.txt").read_text("latin-1").splitlines()
    kept = [line for line in lines if "~019684~" not in line]
    (tmp_path / "products.txt").write_text("\n".join([*kept, ""]), "latin-1")
    report = load(ORANGE_BOOK, tmp_path / "products.txt", by="a test", at=AT)
    assert report.tables["rating"].gone == 1
    assert Product.objects.get(labeler_code="0069", product_code="2660").te_code == ""
    assert not Rated.objects.filter(rating__appl_no="019684").exists()


def test_an_application_with_one_strength_twice_refuses_the_file(tmp_path):
    lines = CUTS.joinpath("products.txt").read_text("latin-1").splitlines()
    (tmp_path / "products.txt").write_text("\n".join([*lines, lines[1], ""]), "latin-1")
    with pytest.raises(BadRow, match="is there twice") as refused:
        load(ORANGE_BOOK, tmp_path / "products.txt", by="a test", at=AT)
    assert refused.value.line == len(lines) + 1
    assert not Rating.objects.exists()


def test_without_a_book_the_codes_of_the_shipped_file_stay():
    take(DIRECTORY)
    Product.objects.filter(labeler_code="0143").update(te_code="AB", te_on=date(2024, 11, 8))
    take(NADAC, "nadac.tsv")
    assert set(Product.objects.filter(labeler_code="0143").values_list("te_code")) == {("AB",)}


def test_a_dry_run_shows_the_prices_and_takes_them_back():
    take(DIRECTORY)
    before = everything()
    report = load(NADAC, CUTS / "nadac.tsv", by="a test", at=AT, dry_run=True)
    assert report.tables["price"].new == 64
    assert report.tables["package"].changed > 0
    assert everything() == before
