"""Recalls and shortages on the page of a drug: what the FDA published, its class, its date."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from apothecary.drugs.drug_page import page_of
from apothecary.drugs.loading.fda import DIRECTORY
from apothecary.drugs.loading.frame import Kind, Report, load
from apothecary.drugs.loading.openfda import ENFORCEMENT, SHORTAGE
from apothecary.drugs.models import Batch, Package, Product
from apothecary.drugs.notices import Notices, notices_of
from apothecary.drugs.queries import drug_page, packages_of
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.side_tables import Recall, RecallCode, Shortage
from apothecary.drugs.tests.test_pages import seen

CUTS = Path(__file__).parent.parent / "cuts"
RECALLS = CUTS / "synthetic" / "drug-enforcement-0001-of-0001.json"
SHORTAGES = CUTS / "synthetic" / "drug-shortages-0001-of-0001.json"
AT = datetime(2026, 3, 12, 15, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def take(kind: Kind, path: Path) -> Report:
    return load(kind, path, by="a test", at=AT)


def rewritten(folder: Path, source: Path, name: str, *keep: int, **change: object) -> Path:
    body: dict[str, Any] = json.loads(source.read_text())
    body["results"] = [body["results"][row] for row in keep]
    body["results"][0] |= change
    path = folder / name
    path.write_text(json.dumps(body))
    return path


def product(code: str) -> Product:
    labeler, segment = code.split("-")
    return Product.objects.get(labeler_code=labeler, product_code=segment)


def notices(code: str) -> Notices:
    found = product(code)
    return notices_of(found, packages_of(found))


@pytest.fixture
def listed() -> None:
    take(DIRECTORY, CUTS / "side")


@pytest.mark.usefixtures("listed")
def test_a_recall_is_on_each_product_that_it_names_and_on_no_other():
    report = take(ENFORCEMENT, RECALLS)
    assert report.tables["recall"].new == 4
    assert str(report.released_on) == "2026-03-11"
    (by_text,) = notices("0093-1721").recalls
    assert (by_text.recall.number, by_text.certain) == ("D-0002-2026", False)
    assert by_text.here == ()
    (ended,) = notices("0168-0015").past
    assert (ended.recall.status, ended.certain) == ("Terminated", True)
    assert ended.here == ("0168-0015-31",)
    assert notices("0168-0015").recalls == []
    assert notices("0185-0101") == Notices([], [], [])


@pytest.mark.usefixtures("listed")
def test_a_recall_of_a_package_that_the_product_has_not_is_not_shown(tmp_path):
    change = {"product_description": "NDC 0093-1721-99", "code_info": "", "openfda": {}}
    take(ENFORCEMENT, rewritten(tmp_path, RECALLS, "one.json", 0, **change))
    assert RecallCode.objects.filter(product_key="0000931721").exists()
    assert notices("0093-1721").recalls == []


@pytest.mark.usefixtures("listed")
def test_the_worst_class_stands_first_and_an_unclassified_one_is_not_taken_lightly(tmp_path):
    body = json.loads(RECALLS.read_text())
    classes = ("Class III", "Class I", "Not Yet Classified", "Class II")
    for row, of in zip(body["results"], classes, strict=True):
        row |= {"classification": of, "status": "Ongoing", "code_info": "NDC 0093-1721"}
    path = tmp_path / "all.json"
    path.write_text(json.dumps(body))
    take(ENFORCEMENT, path)
    found = notices("0093-1721").recalls
    assert found[0].recall.recall_class == "I"
    assert found[-1].recall.recall_class == "III"
    assert [each.tone for each in found] == ["stop", "look", "look", "plain"]


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(("kind", "path"), [(ENFORCEMENT, RECALLS), (SHORTAGE, SHORTAGES)])
def test_the_same_file_again_changes_nothing(kind, path):
    take(kind, path)
    batches = Batch.objects.count()
    assert take(kind, path).changed_nothing
    assert Batch.objects.count() == batches


@pytest.mark.usefixtures("listed")
def test_the_answer_to_a_query_ends_no_recall_and_a_status_does(tmp_path):
    take(ENFORCEMENT, RECALLS)
    query = rewritten(tmp_path, RECALLS, "query.json", 1, status="Terminated")
    report = take(ENFORCEMENT, query)
    assert (report.counts.gone, report.tables["recall"].changed) == (0, 1)
    assert Recall.objects.filter(gone_on=None).count() == 4
    assert notices("0093-1721").recalls == []
    assert len(notices("0093-1721").past) == 1


@pytest.mark.usefixtures("listed")
def test_a_number_that_is_there_twice_refuses_the_file(tmp_path):
    with pytest.raises(BadRow, match="D-0002-2026 is there twice"):
        take(ENFORCEMENT, rewritten(tmp_path, RECALLS, "twice.json", 1, 1))
    assert not Recall.objects.exists()


@pytest.mark.usefixtures("listed")
def test_a_shortage_is_shown_while_it_lasts_and_not_when_it_is_resolved():
    take(SHORTAGE, SHORTAGES)
    (ending,) = notices("0093-1721").shortages
    assert (ending.status, ending.package_ndc) == ("To Be Discontinued", "0093-1721-01")
    assert notices("0168-0015").shortages == []
    assert Shortage.objects.count() == 4


@pytest.mark.usefixtures("listed")
def test_what_left_the_whole_data_set_is_over_and_what_left_a_query_is_not(tmp_path):
    take(SHORTAGE, SHORTAGES)
    take(SHORTAGE, rewritten(tmp_path, SHORTAGES, "query.json", 0))
    assert len(notices("0093-1721").shortages) == 1
    report = take(SHORTAGE, rewritten(tmp_path, SHORTAGES, SHORTAGES.name, 0))
    assert report.tables["shortage"].gone == 3
    assert notices("0093-1721").shortages == []


def test_the_page_says_class_reason_lots_date_and_where_it_is_from(pharmacy):
    take(ENFORCEMENT, RECALLS)
    take(SHORTAGE, SHORTAGES)
    package = Package.objects.get(pk=pharmacy.drugs["lisinopril"].pk)
    assert package.ndc == "68180-0980-1" or package.ndc.startswith("68180-980")
    html = seen(pharmacy, "lisinopril")
    said = ["Recall, class I", "D-0001-2026 · ongoing", "Label mix-up", "TEST0001, TEST0002",
            "openFDA enforcement report of 03/11/2026", "21 CFR 7.3(m)", "In short supply",
            "Limited Availability; Demand increase for the drug"]  # fmt: skip
    assert [part for part in said if part not in html] == []
    assert "D-0002-2026" not in html


@pytest.mark.usefixtures("listed")
def test_the_banner_of_a_drug_costs_two_queries(django_assert_num_queries):
    take(ENFORCEMENT, RECALLS)
    found = product("0093-1721")
    packages = packages_of(found)
    with django_assert_num_queries(2):
        notices_of(found, packages)
    fetched = drug_page(product_id=found.pk)
    assert fetched is not None
    page = page_of(fetched, on=AT.date(), home="TX", quantity="", sale="")
    assert len(page.notices.recalls) == 1
