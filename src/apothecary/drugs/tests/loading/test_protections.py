"""Patents and exclusivities on the drug file and on the page: as listed, with their day."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from apothecary.drugs.compared import protected
from apothecary.drugs.loading.frame import Emptied, Report, load
from apothecary.drugs.loading.orange_book import ORANGE_BOOK
from apothecary.drugs.models import Product
from apothecary.drugs.official.files import NotFound
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.side_tables import Protection, Rated, Rating
from apothecary.drugs.tests.test_pages import seen

CUT = Path(__file__).parent.parent / "cuts" / "book"
AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
NAMES = ("products.txt", "patent.txt", "exclusivity.txt")
pytestmark = pytest.mark.django_db


def take(path: Path = CUT) -> Report:
    return load(ORANGE_BOOK, path, by="a test", at=AT, released_on=date(2024, 11, 8))


def changed(folder: Path, name: str, change: Callable[[list[str]], list[str]]) -> Path:
    for each in NAMES:
        shutil.copy(CUT / each, folder / each)
    header, *lines = (CUT / name).read_text().splitlines()
    (folder / name).write_text("\n".join([header, *change(lines), ""]))
    return folder


def row(number: str = "206494") -> Rating:
    return Rating.objects.get(appl_no=number, gone_on=None)


def test_the_book_is_loaded_with_its_patents_and_exclusivities_and_again_changes_nothing():
    report = take()
    lines = [(CUT / name).read_text().count("\n") - 1 for name in NAMES[1:]]
    assert report.tables["protection"].new == sum(lines)
    kinds = Protection.objects.values_list("kind", flat=True)
    assert [list(kinds).count(kind) for kind in ("patent", "exclusivity")] == lines
    assert take().changed_nothing


def test_the_list_of_products_alone_leaves_the_patents_as_they_are(tmp_path):
    take()
    before = list(Protection.objects.order_by("pk").values_list())
    shutil.copy(CUT / "products.txt", tmp_path / "products.txt")
    report = take(tmp_path / "products.txt")
    assert "protection" not in report.tables
    assert list(Protection.objects.order_by("pk").values_list()) == before


@pytest.mark.parametrize("missing", ["patent.txt", "exclusivity.txt"])
def test_patents_without_exclusivities_or_these_without_those_are_no_release(tmp_path, missing):
    take()
    before = list(Protection.objects.order_by("pk").values_list())
    changed(tmp_path, missing, lambda lines: lines)
    (tmp_path / missing).unlink()
    with pytest.raises(NotFound, match="belong together"):
        take(tmp_path)
    assert list(Protection.objects.order_by("pk").values_list()) == before


def test_a_patent_that_left_the_book_is_gone_and_shown_no_more(tmp_path):
    take()
    many = len(protected(row("206073"), on=date(2025, 1, 1)).patents)
    assert many > 2
    path = changed(tmp_path, "patent.txt", lambda lines: lines[1:])
    report = take(path)
    assert (report.tables["protection"].gone, report.tables["protection"].new) == (1, 0)
    shown = sum(
        len(protected(each, on=date(2000, 1, 1)).patents) for each in Rating.objects.all()
    )
    assert shown == Protection.objects.filter(kind="patent", gone_on=None).count()


def test_a_term_that_was_lengthened_is_another_row_and_the_old_day_is_gone(tmp_path):
    take()
    path = changed(
        tmp_path,
        "exclusivity.txt",
        lambda lines: [line.replace("Jun 2, 2024", "Dec 2, 2024") for line in lines],
    )
    report = take(path)
    assert (report.tables["protection"].new, report.tables["protection"].gone) == (1, 1)


def test_a_patent_that_cannot_be_read_takes_nothing_of_the_book(tmp_path):
    path = changed(
        tmp_path, "patent.txt", lambda lines: [*lines[:3], lines[3].replace(", 20", " 20")]
    )
    with pytest.raises(BadRow, match=r"patent.txt line 5, Patent_Expire_Date_Text"):
        take(path)
    assert not Rating.objects.exists()
    assert not Protection.objects.exists()


def test_headers_alone_end_no_protection(tmp_path):
    take()
    changed(tmp_path, "patent.txt", lambda _: [])
    (tmp_path / "exclusivity.txt").write_text(
        (CUT / "exclusivity.txt").read_text().splitlines()[0] + "\n"
    )
    with pytest.raises(Emptied, match="no protection in it"):
        take(tmp_path)
    assert not Protection.objects.exclude(gone_on=None).exists()


def test_a_protection_is_in_force_on_its_last_day_and_not_after_it():
    take()
    last = protected(row(), on=date(2000, 1, 1)).exclusivities[0].expires_on
    on_it = protected(row(), on=last)
    after = protected(row(), on=last + timedelta(days=1))
    assert [each.expires_on for each in on_it.exclusivities] == [last]
    assert (after.exclusivities, after.ended) == ([], on_it.ended + 1)


def test_the_last_to_end_stands_first_and_costs_one_query(django_assert_num_queries):
    take()
    book = row("206073")
    with django_assert_num_queries(1):
        days = [each.expires_on for each in protected(book, on=date(2000, 1, 1)).patents]
    assert days == sorted(days, reverse=True)


def listed(world, number: str) -> Product:
    product = world.drugs["lisinopril"].product
    Rated.objects.update_or_create(product=product, defaults={"rating": row(number)})
    return product


def test_the_page_says_what_protects_a_drug_with_its_day_and_the_books(pharmacy):
    take()
    listed(pharmacy, "206494")
    Protection.objects.filter(kind="patent").update(expires_on=date(2099, 5, 4))
    Protection.objects.filter(kind="exclusivity").update(expires_on=date(2001, 1, 1))
    html = seen(pharmacy, "lisinopril")
    assert "until 05/04/2099" in html
    assert "as listed in the FDA Orange Book of 11/08/2024" in html
    assert "exclusivity " not in html.split("Protected")[1].split("</dd>")[0]
    Protection.objects.update(expires_on=date(2001, 1, 1))
    assert "nothing in force, " in seen(pharmacy, "lisinopril")
    Protection.objects.update(gone_on=date(2026, 1, 1))
    assert "nothing listed" in seen(pharmacy, "lisinopril")


def test_the_page_of_a_drug_that_the_book_has_not_says_so(pharmacy):
    assert "not known: no row of the Orange Book" in seen(pharmacy, "insulin")
