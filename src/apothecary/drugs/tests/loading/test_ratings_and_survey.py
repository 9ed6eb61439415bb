"""Ratings row by row, from the book to what may stand for what; and prices as weeks go by."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from apothecary.drugs.equivalence import Facts, Standing, compare
from apothecary.drugs.loading.frame import Report, load
from apothecary.drugs.loading.nadac import NADAC
from apothecary.drugs.models import Package, Product
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.side_tables import Price, Rating
from apothecary.drugs.tests.loading.releases import Cells, book, drug, pack, release

pytestmark = pytest.mark.django_db
OURS, THEIRS = "ANDA070001", "ANDA070002"


def facts(listing: str) -> Facts:
    row = Product.objects.get(listing=listing)
    return Facts(
        ingredients=row.ingredient_key,
        strength=row.strength,
        form=row.form,
        route=row.route,
        te_code=row.te_code,
        category=row.category,
        is_brand=row.is_brand,
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "standing"),
    [
        ("AB1", "AB1", Standing.EQUIVALENT),
        ("AB1", "AB2", Standing.OTHER_GROUP),
        ("AB1,AB2", "AB2", Standing.EQUIVALENT),
        ("AB1, AB2", "AB3", Standing.OTHER_GROUP),
        ("AB", "BX", Standing.NOT_EQUIVALENT),
        ("BX", "BX", Standing.NOT_EQUIVALENT),
        ("BX", "BT", Standing.NOT_EQUIVALENT),
        ("AB", "", Standing.UNRATED),
    ],
)
def test_what_the_book_says_decides_what_may_stand_for_what(tmp_path, ours, theirs, standing):
    release(
        tmp_path,
        [drug(APPLICATIONNUMBER=OURS), drug("50458-586_a", APPLICATIONNUMBER=THEIRS)],
        [pack(), pack("50458-586_a")],
    )
    book(
        tmp_path,
        {"Appl_No": OURS[-6:], "TE_Code": ours},
        {"Appl_No": THEIRS[-6:], "TE_Code": theirs},
    )
    one, other = facts("0143-1267_a"), facts("50458-586_a")
    assert compare(one, other).standing is standing
    assert compare(other, one).standing is standing


@pytest.mark.parametrize(
    ("printed", "listed", "code"),
    [
        ("10MG", {}, "AB"),
        ("EQ 10MG BASE", {}, "AB"),
        ("EQ 10MG BASE **Federal Register determination: not for safety reasons**", {}, "AB"),
        ("10MG **Indicated for use by**", {}, "AB"),
        (".01GM", {}, "AB"),
        ("0.01GM", {}, "AB"),
        ("10,000MCG", {}, "AB"),
        ("100MG", {}, ""),
        ("10MG;10MG", {}, ""),
        ("EQ 10MG BASE/ML", {}, ""),
        ("N/A", {}, ""),
        ("10MG", {"ACTIVE_NUMERATOR_STRENGTH": ""}, ""),
        ("0.5MG", {"ACTIVE_NUMERATOR_STRENGTH": ".5"}, "AB"),
    ],
)
def test_a_strength_meets_its_row_in_whichever_words_and_no_other(
    tmp_path, printed, listed: Cells, code
):
    release(tmp_path, [drug(**listed)], [pack()])
    book(tmp_path, {"Strength": printed})
    assert Product.objects.get().te_code == code
    assert "*" not in Rating.objects.get().strength


@pytest.mark.parametrize(
    "application", ["", "076180", "ANDA76180", "BLA076180", "part341", "NDA076180"]
)
def test_only_the_same_application_of_the_same_kind_is_rated(tmp_path, application):
    release(tmp_path, [drug(APPLICATIONNUMBER=application)], [pack()])
    book(tmp_path, {})
    assert Product.objects.get().te_code == ""


def test_a_strength_off_the_market_gives_way_to_the_one_that_is_on_it(tmp_path):
    release(tmp_path, [drug()], [pack()])
    book(
        tmp_path,
        {"Product_No": "001", "TE_Code": "", "Type": "DISCN"},
        {"Product_No": "003", "TE_Code": "AB2"},
    )
    found = Product.objects.get()
    assert (found.te_code, found.te_on) == ("AB2", date(2026, 2, 1))


def test_two_rows_that_fit_and_disagree_rate_nothing(tmp_path):
    release(tmp_path, [drug()], [pack()])
    rows = [{"Product_No": f"00{n}", "TE_Code": f"AB{n}"} for n in (1, 2)]
    book(tmp_path, *rows)
    assert Product.objects.get().te_code == ""


# Prices


HEADER = "NDC Description,NDC,NADAC Per Unit,Effective Date,Pricing Unit,OTC,As of Date"


def survey(folder: Path, *lines: tuple[str, str, str], day: int = 2) -> Report:
    rows = [f"LISINOPRIL,00143126701,{usd},{on},{unit},N," for usd, on, unit in lines]
    path = folder / "nadac.csv"
    path.write_text("\n".join([HEADER, *rows, ""]))
    return load(NADAC, path, by="a test", at=datetime(2026, 3, day, 15, tzinfo=UTC))


def on_package() -> tuple[Decimal | None, date | None]:
    return Package.objects.values_list("price_usd", "price_on").get()


def test_of_prices_in_any_order_the_newest_in_force_is_on_the_package(tmp_path):
    release(tmp_path, [drug()], [pack()])
    first, second, later = ("01/07/2026", "03/02/2026", "03/03/2026")
    survey(tmp_path, ("0.09", later, "EA"), ("0.01", first, "EA"), ("0.05", second, "EA"))
    assert on_package() == (Decimal("0.05"), date(2026, 3, 2))


def test_a_price_comes_into_force_on_its_day_with_whatever_is_loaded_then(tmp_path):
    release(tmp_path, [drug()], [pack()])
    survey(tmp_path, ("0.01", "03/01/2026", "EA"), ("0.09", "03/03/2026", "EA"))
    assert on_package()[0] == Decimal("0.01")
    at = datetime(2026, 3, 3, 15, tzinfo=UTC)
    release(tmp_path, [drug(LABELERNAME="Another")], [pack()], at=at)
    assert on_package() == (Decimal("0.09"), date(2026, 3, 3))


def test_a_price_waits_for_the_package_it_is_of(tmp_path):
    survey(tmp_path, (".02", "03/01/2026", "EA"))
    assert Price.objects.get().price_usd == Decimal("0.02")
    release(tmp_path, [drug()], [pack()])
    assert on_package() == (Decimal("0.02"), date(2026, 3, 1))


def test_a_newer_price_by_another_unit_leaves_the_older_one_standing(tmp_path):
    """The survey changed its unit: what is on the package was true by its day."""
    release(tmp_path, [drug()], [pack()])
    survey(tmp_path, ("0.02", "02/01/2026", "EA"))
    survey(tmp_path, ("0.90", "03/01/2026", "GM"))
    assert on_package() == (Decimal("0.02"), date(2026, 2, 1))


@pytest.mark.parametrize("usd", ["", "0", "-0.02", "x", "0.000001", "12345678901234"])
def test_a_price_that_is_none_refuses_its_whole_week(tmp_path, usd):
    release(tmp_path, [drug()], [pack()])
    survey(tmp_path, ("0.02", "02/01/2026", "EA"))
    with pytest.raises(BadRow, match=r"nadac.csv line 3, NADAC Per Unit"):
        survey(tmp_path, ("0.03", "02/15/2026", "EA"), (usd, "03/01/2026", "EA"))
    assert on_package() == (Decimal("0.02"), date(2026, 2, 1))
    assert Price.objects.count() == 1


def test_a_corrected_price_of_one_day_replaces_it_and_shows_both(tmp_path):
    release(tmp_path, [drug()], [pack()])
    survey(tmp_path, ("0.02", "02/01/2026", "EA"))
    report = survey(tmp_path, ("0.03", "02/01/2026", "EA"), day=3)
    assert on_package()[0] == Decimal("0.03")
    (shown,) = [change for change in report.changes if change.table == "price"]
    assert [Decimal(str(each)) for each in shown.fields["price_usd"]] == [
        Decimal("0.02"),
        Decimal("0.03"),
    ]
