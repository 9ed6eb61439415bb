"""The directory in the database: every row of the agency, the diff, and what stays in use."""

from collections.abc import Callable

import pytest

from apothecary.drugs.load import load_starter
from apothecary.drugs.loading.fda import EXCLUDED, UNFINISHED
from apothecary.drugs.models import Batch, Change, Ingredient, Package, Product, Source
from apothecary.drugs.ndc import Ndc
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.tests.loading.files import (
    AT,
    CUTS,
    LATER,
    Cells,
    load_directory,
    rewritten,
)
from apothecary.drugs.tests.loading.releases import NAMES

pytestmark = pytest.mark.django_db
TISSEEL, CASEIN = ("0944", "8402"), ("0268", "6118")


def listings(code: tuple[str, str]) -> list[Product]:
    rows = Product.every.filter(labeler_code=code[0], product_code=code[1])
    return list(rows.order_by("id"))


def without(*codes: str) -> Callable[[Cells], bool]:
    return lambda cells: cells["PRODUCTNDC"] not in codes


def everything() -> list[object]:
    """Every column of every row, keys of the database too."""
    managers = [Source.objects, Batch.objects, Ingredient.objects, Product.every, Package.every]
    return [list(manager.order_by("pk").values_list()) for manager in managers]


def test_as_many_rows_as_the_file_has_and_each_names_its_batch():
    report = load_directory()
    assert (report.tables["product"].read, report.tables["package"].read) == (56, 101)
    assert (Product.every.count(), Package.every.count()) == (56, 101)
    batch = Batch.objects.get()
    assert set(Product.every.values_list("batch", "since", "source")) == {
        (batch.pk, batch.pk, batch.source_id)
    }
    assert (batch.rows_read, batch.rows_new, batch.rows_gone) == (157, 157, 0)
    assert (batch.by, batch.loaded_at, len(batch.sha256)) == ("a test", AT, 64)


def test_the_same_files_again_change_nothing_and_leave_no_batch():
    first = load_directory()
    before = everything()
    again = load_directory(at=LATER)
    assert again.changed_nothing
    assert again.batch_id == first.batch_id
    assert again.counts.same == again.counts.read == 157
    assert everything() == before


def test_another_release_that_says_the_same_is_a_batch_that_changed_nothing(tmp_path):
    load_directory()
    path = rewritten(tmp_path)
    header, *lines, end = (path / "product.txt").read_bytes().split(b"\r\n")
    (path / "product.txt").write_bytes(b"\r\n".join([header, *reversed(lines), end]))
    report = load_directory(path, at=LATER)
    assert report.changed_nothing
    assert list(Batch.objects.order_by("id").values_list("rows_same", flat=True)) == [0, 157]


def test_a_dry_run_shows_the_diff_and_changes_nothing(tmp_path):
    load_directory()
    before = everything()
    path = rewritten(tmp_path, product=without("0002-1433"), package=without("0002-1433"))
    report = load_directory(path, at=LATER, dry=True)
    assert (report.tables["product"].gone, report.tables["package"].gone) == (1, 2)
    assert [(change.kind, change.about) for change in report.changes] == [
        ("gone", "0002-1433"),
        ("gone", "0002-1433-61"),
        ("gone", "0002-1433-80"),
    ]
    assert report.changes[2].says == (
        "dulaglutide 0.75 mg/0.5 mL injection, solution:"
        " 4 SYRINGE in 1 CARTON > .5 mL in 1 SYRINGE"
    )
    assert report.batch_id is None
    assert everything() == before
    assert not Change.objects.exists()


def test_what_left_the_file_is_marked_and_comes_back_with_the_same_number(tmp_path):
    load_directory()
    before = Package.objects.get(ndc="0002-1433-80")
    path = rewritten(tmp_path, product=without("0002-1433"), package=without("0002-1433"))
    load_directory(path, at=LATER)
    gone = Package.objects.get(ndc="0002-1433-80")
    assert (gone.pk, gone.gone_on) == (before.pk, LATER.date())
    assert Product.objects.get(pk=gone.product_id).gone_on == LATER.date()
    report = load_directory(at=LATER)
    back = Package.objects.get(ndc="0002-1433-80")
    assert (back.pk, back.gone_on) == (before.pk, None)
    assert {change.kind for change in report.changes} == {"back"}


def test_a_changed_row_shows_what_was_and_what_is(tmp_path):
    def change(cells: Cells) -> bool:
        if cells["PRODUCTNDC"] == "0002-1433":
            cells["LABELERNAME"] = "Another Firm"
        return True

    load_directory()
    product = Product.objects.get(labeler_code="0002", product_code="1433")
    report = load_directory(rewritten(tmp_path, product=change), at=LATER)
    (shown,) = report.changes
    assert (shown.kind, shown.table, shown.about) == ("changed", "product", "0002-1433")
    assert shown.fields == {"labeler": ["Eli Lilly and Company", "Another Firm"]}
    changed = Product.objects.get(pk=product.pk)
    assert (changed.labeler, changed.since_id) == ("Another Firm", product.batch_id)
    assert changed.batch_id == report.batch_id


def test_a_new_version_of_a_label_keeps_the_number_of_its_listing(tmp_path):
    """PRODUCTID ends in the document's number, which each new version changes."""

    def newer(cells: Cells) -> bool:
        cells["PRODUCTID"] = cells["PRODUCTID"].replace("_", "_9")
        return True

    load_directory()
    before = {(p.labeler_code, p.product_code): p.pk for p in Product.objects.all()}
    packages = dict(Package.objects.values_list("ndc", "pk"))
    report = load_directory(rewritten(tmp_path, product=newer, package=newer), at=LATER)
    assert (report.counts.new, report.counts.gone) == (0, 0)
    assert report.tables["product"].changed == 56
    assert {(p.labeler_code, p.product_code): p.pk for p in Product.objects.all()} == before
    assert dict(Package.objects.values_list("ndc", "pk")) == packages


def test_of_listings_of_one_drug_one_is_in_use_and_has_all_their_packages():
    load_directory()
    rows = listings(TISSEEL)
    assert [row.in_use for row in rows].count(True) == 1
    (used,) = (row for row in rows if row.in_use)
    open_ended = [row for row in rows if row.ended_on is None] or rows
    assert used in open_ended
    packages = Package.every.filter(ndc__startswith="0944-8402-")
    assert set(packages.values_list("product", flat=True)) == {used.pk}
    assert len({package.listing for package in packages}) > 1


def test_listings_of_one_code_that_are_different_drugs_are_both_in_use():
    load_directory()
    weak, strong = listings(CASEIN)
    assert weak.in_use
    assert strong.in_use
    assert {weak.strength, strong.strength} == {"0.1 mg/mL", "0.01 g/mL"}
    for row in (weak, strong):
        assert {package.listing for package in row.packages.all()} == {row.listing}


def test_a_package_code_that_stands_for_three_is_in_use_once():
    load_directory()
    every = Package.every.filter(ndc="10956-003-01")
    assert every.count() == 3
    assert Package.objects.filter(ndc="10956-003-01").count() == 1
    counts = Package.every.filter(in_use=True).values_list("ndc", flat=True)
    assert len(counts) == len(set(counts))


def test_when_the_listing_in_use_leaves_the_next_one_takes_its_packages(tmp_path):
    load_directory()
    (used,) = (row for row in listings(TISSEEL) if row.in_use)
    keep: Callable[[Cells], bool] = lambda cells: cells["PRODUCTID"] != used.listing  # noqa: E731
    load_directory(rewritten(tmp_path, product=keep, package=keep), at=LATER)
    (now,) = (row for row in listings(TISSEEL) if row.in_use)
    assert now.pk != used.pk
    assert now.gone_on is None
    used.refresh_from_db()
    assert (used.in_use, used.gone_on) == (False, LATER.date())
    packages = Package.objects.filter(ndc__startswith="0944-8402-")
    assert set(packages.values_list("product", flat=True)) == {now.pk}


def test_a_kit_keeps_the_ingredients_that_are_known_of_it():
    load_starter(at=AT)
    kits = dict(Product.objects.filter(form_group="kit").values_list("pk", "ingredient_key"))
    load_directory(at=LATER)
    for kit in Product.objects.filter(pk__in=kits, source__key="fda-ndc"):
        assert kit.ingredient_key == kits[kit.pk] != ""
        assert set(kit.ingredients.values_list("key", flat=True)) == set(
            kit.ingredient_key.split("+")
        )


def test_shelves_are_counted_in_the_unit_a_package_had_before():
    load_starter(at=AT)
    named = Package.objects.exclude(unit_source__in=["content", "container"])
    before = {p.pk: (p.quantity, p.unit, p.unit_word) for p in named}
    load_directory(at=LATER)
    adopted = Package.objects.filter(pk__in=before, source__key="fda-ndc")
    assert len(adopted) >= 10
    for package in adopted:
        assert (package.quantity, package.unit, package.unit_word) == before[package.pk]


def test_the_starter_file_becomes_part_of_the_directory_and_keeps_its_numbers():
    load_starter(at=AT)
    ids = dict(Package.objects.values_list("ndc", "pk"))
    prices = dict(Package.objects.exclude(price_usd=None).values_list("ndc", "price_usd"))
    report = load_directory(at=LATER)
    adopted = Package.objects.filter(source__key="fda-ndc", ndc__in=ids)
    assert len(adopted) >= 25
    for package in adopted:
        assert package.pk == ids[package.ndc]
        assert package.price_usd == prices.get(package.ndc)
    assert report.tables["package"].gone == len(ids) - len(adopted)
    assert Package.objects.filter(ndc__in=ids).count() == len(ids)


def test_the_starter_file_changes_nothing_that_an_official_file_has_said():
    load_directory()
    before = list(Product.every.order_by("pk").values_list())
    report = load_starter(at=LATER)
    assert report.tables["product"].gone == 0
    kept = {row[0]: row for row in Product.every.order_by("pk").values_list()}
    assert all(kept[row[0]] == row for row in before)
    assert Product.objects.filter(source__key="starter").exists()


def test_unfinished_and_excluded_listings_stand_behind_the_directory(tmp_path):
    load_directory()
    before = {p.pk: p.in_use for p in Product.every.all()}
    for kind in (UNFINISHED, EXCLUDED):
        for was, name in zip(NAMES["fda-ndc"], NAMES[kind.publication.key], strict=True):
            (tmp_path / name).write_bytes((CUTS / "fda" / was).read_bytes())
        report = load_directory(tmp_path, kind=kind, at=LATER)
        assert report.tables["product"].new == 56
        assert report.counts.gone == 0
    assert {p.pk: p.in_use for p in Product.every.filter(pk__in=before)} == before
    assert Product.every.count() == 3 * 56
    in_use = Product.objects.values_list("labeler_code", "product_code", "fingerprint")
    assert len(in_use) == len(set(in_use))


def test_a_listing_without_a_schedule_has_that_of_its_siblings(tmp_path):
    load_directory()
    left_off = Product.objects.get(labeler_code="23359", product_code="040")
    assert left_off.ingredient_key == "codeine+guaifenesin"
    assert (left_off.schedule, left_off.schedule_source) == (5, "siblings")
    alone = without("0603-1075", "0682-0475")
    load_directory(rewritten(tmp_path, product=alone, package=alone), at=LATER)
    left_off.refresh_from_db()
    assert (left_off.schedule, left_off.schedule_source) == (0, "listing")


def test_one_listing_with_a_schedule_among_many_without_is_taken_for_a_slip(tmp_path):
    def one_of_three(cells: Cells) -> bool:
        if cells["PRODUCTNDC"] == "0682-0475":
            cells["DEASCHEDULE"] = ""
        return True

    load_directory(rewritten(tmp_path, product=one_of_three))
    rows = Product.objects.filter(ingredient_key="codeine+guaifenesin")
    assert sorted(rows.values_list("schedule", flat=True)) == [0, 0, 5]


def test_a_homeopathic_dilution_takes_no_schedule_from_others():
    load_directory()
    homeopathic = Product.every.filter(category="UNAPPROVED HOMEOPATHIC")
    assert homeopathic.exists()
    assert not homeopathic.exclude(schedule_source="listing").exists()


def test_every_listing_is_joined_with_exactly_its_ingredients():
    load_directory()
    for product in Product.every.prefetch_related("ingredients"):
        keys = {ingredient.key for ingredient in product.ingredients.all()}
        assert keys == set(filter(None, product.ingredient_key.split("+")))


def test_every_code_of_the_file_is_stored_in_each_form_it_has():
    load_directory()
    for package in Package.every.all():
        ndc = Ndc.parse(package.ndc)
        assert (package.ndc10, package.ndc11) == (ndc.ndc10, ndc.ndc11)
        assert package.ndc12 == ndc.ndc12


@pytest.mark.parametrize(
    ("file", "column", "value", "says"),
    [
        ("product", "DEASCHEDULE", "CX", r"product.txt line 2, DEASCHEDULE: 'CX' is none of"),
        ("package", "PRODUCTID", "x", r"package.txt line 2, PRODUCTID: 0002-1433-61 is of no"),
        ("product", "PRODUCTID", "", r"product.txt line 2, PRODUCTID: is empty"),
    ],
)
def test_a_broken_file_refuses_whole_and_leaves_what_was_there(
    tmp_path, file, column, value, says
):
    def spoil(cells: Cells) -> bool:
        if cells["PRODUCTNDC"] == "0002-1433":
            cells[column] = value
        else:
            cells["ENDMARKETINGDATE"] = "20200101"
        return True

    load_directory()
    before = everything()
    spoiled = {file: spoil}
    path = rewritten(
        tmp_path,
        product=spoiled.get("product", lambda _: True),
        package=spoiled.get("package", lambda _: True),
    )
    with pytest.raises(BadRow, match=says):
        load_directory(path, at=LATER)
    assert everything() == before
    assert not Change.objects.exists()


def test_a_listing_that_is_there_twice_is_refused(tmp_path):
    path = rewritten(tmp_path)
    lines = (path / "product.txt").read_bytes().split(b"\r\n")
    (path / "product.txt").write_bytes(b"\r\n".join([*lines[:-1], lines[1], b""]))
    with pytest.raises(BadRow, match=r"line 58, PRODUCTID: .* is there twice"):
        load_directory(path)
