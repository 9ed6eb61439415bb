"""Labels on the drug file: the newest version speaks, and a pill is known by how it looks."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from apothecary.drugs.loading.fda import DIRECTORY
from apothecary.drugs.loading.frame import Report, load
from apothecary.drugs.loading.spl import SPL
from apothecary.drugs.models import Product
from apothecary.drugs.official.files import NotFound
from apothecary.drugs.queries import drug_page
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.side_tables import LabelSection, Look, ProductLabel
from apothecary.drugs.tests.test_pages import seen

CUTS = Path(__file__).parent.parent / "cuts"
LABEL = CUTS / "synthetic" / "label.xml"
AT = datetime(2026, 3, 12, 15, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def take(path: Path) -> Report:
    return load(SPL, path, by="a test", at=AT)


def rewritten(folder: Path, *changes: tuple[str, str], name: str = "label.xml") -> Path:
    text = LABEL.read_text()
    for was, becomes in changes:
        assert was in text
        text = text.replace(was, becomes)
    path = folder / name
    path.write_text(text)
    return path


def warfarin() -> Product:
    return Product.objects.get(labeler_code="0093", product_code="1721")


@pytest.fixture
def listed() -> None:
    load(DIRECTORY, CUTS / "side", by="a test", at=AT)


@pytest.mark.usefixtures("listed")
def test_a_repackager_of_the_same_pill_has_a_look_of_his_own(tmp_path):
    take(LABEL)
    other = rewritten(
        tmp_path,
        ("00000000-0000-4000-8000-00000000aaaa", "00000000-0000-4000-8000-00000000bbbb"),
        ('code="0093-1721"', 'code="0185-0101"'),
        ("ORANGE", "PINK"),
    )
    report = take(other)
    assert report.counts.gone == 0
    same = Look.objects.filter(imprint="TEST; 5", gone_on=None).order_by("set_id")
    assert [(look.product_key, look.colour) for look in same] == [
        ("0000931721", "orange"),
        ("0001850101", "pink"),
    ]
    assert warfarin().colour == "orange"


@pytest.mark.usefixtures("listed")
def test_a_label_gives_its_product_imprint_colour_and_shape():
    report = take(LABEL)
    assert report.tables["productlabel"].new == 1
    found = warfarin()
    assert (found.imprint, found.colour, found.shape) == ("TEST; 5", "orange", "oval")
    kit = Product.objects.get(labeler_code="0185", product_code="0101")
    assert (kit.imprint, kit.colour) == ("", "")
    assert Look.objects.filter(product_key="0001850101").count() == 2


def test_a_label_that_came_before_its_product_waits_for_it():
    take(LABEL)
    load(DIRECTORY, CUTS / "side", by="a test", at=AT)
    assert warfarin().imprint == "TEST; 5"


@pytest.mark.usefixtures("listed")
def test_the_same_label_again_changes_nothing():
    take(LABEL)
    assert take(LABEL).changed_nothing


@pytest.mark.usefixtures("listed")
def test_a_newer_version_takes_the_place_of_the_older_with_what_it_no_longer_says(tmp_path):
    take(LABEL)
    newer = rewritten(
        tmp_path,
        ('<versionNumber value="3"/>', '<versionNumber value="4"/>'),
        ("TEST;5", "NEW 5"),
        ('code="34066-1"', 'code="00000-0"'),
    )
    report = take(newer)
    assert report.tables["labelsection"].gone == 1
    assert warfarin().imprint == "NEW 5"
    assert not LabelSection.objects.filter(loinc="34066-1", gone_on=None).exists()


@pytest.mark.usefixtures("listed")
def test_an_older_version_changes_nothing(tmp_path):
    take(LABEL)
    older = rewritten(
        tmp_path,
        ('<versionNumber value="3"/>', '<versionNumber value="2"/>'),
        ("TEST;5", "OLD 5"),
    )
    assert take(older).changed_nothing
    assert ProductLabel.objects.get().version == 3
    assert warfarin().imprint == "TEST; 5"


@pytest.mark.usefixtures("listed")
def test_of_two_labels_of_a_product_the_one_in_effect_last_speaks(tmp_path):
    take(LABEL)
    for day, set_id, imprint in (
        ("20250101", "bbbb", "PAST 5"),
        ("20260301", "cccc", "LAST 5"),
    ):
        other = rewritten(
            tmp_path,
            ("00000000aaaa", f"00000000{set_id}"),
            ("20260115", day),
            ("TEST;5", imprint),
        )
        take(other)
    assert warfarin().imprint == "LAST 5"


@pytest.mark.usefixtures("listed")
def test_a_folder_with_one_label_twice_is_refused_whole(tmp_path):
    rewritten(tmp_path)
    rewritten(tmp_path, name="again.xml")
    with pytest.raises(BadRow, match="is there twice"):
        take(tmp_path)
    assert not ProductLabel.objects.exists()
    assert warfarin().imprint == ""


def test_a_place_without_a_label_is_not_found(tmp_path):
    with pytest.raises(NotFound, match="no label in it"):
        take(tmp_path)
    with pytest.raises(NotFound, match="does not exist"):
        take(tmp_path / "nowhere.xml")


@pytest.mark.usefixtures("listed")
def test_the_page_asks_once_for_the_product_with_its_label(django_assert_num_queries):
    take(LABEL)
    product_id = warfarin().pk
    with django_assert_num_queries(1):
        found = drug_page(product_id=product_id)
    assert found is not None
    assert found.imprint == "TEST; 5"


def test_the_page_shows_the_look_and_the_boxed_warning(pharmacy, tmp_path):
    code = pharmacy.drugs["warfarin"].product
    ours = f"{code.labeler_code}-{code.product_code}"
    take(rewritten(tmp_path, ("0093-1721", ours)))
    html = seen(pharmacy, "warfarin")
    assert "orange, oval, TEST; 5, 9.5 mm, scored for 2 pieces" in html
    assert "no agency has checked it" in html
    assert "Boxed warning</b> of the label: This boxed warning is made up" in html
    assert "Boxed warning" not in seen(pharmacy, "lisinopril")
