"""The drug file in the database: whole, the same after a second load, right after a change."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from apothecary.drugs import starter
from apothecary.drugs.auxiliary import auxiliary_says, labels
from apothecary.drugs.load import load_starter, search_words
from apothecary.drugs.models import Batch, Ingredient, Package, Product, Source
from apothecary.drugs.shipped import BadRow

AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def small_file(monkeypatch: pytest.MonkeyPatch) -> list[starter.ProductRow]:
    """The first products of the shipped file with their packages: the same rows, fewer."""
    rows = list(starter.read_products())[:40]
    keys = {(row.labeler, row.product) for row in rows}
    packages = [
        row for row in starter.read_packages() if (row.ndc.labeler, row.ndc.product) in keys
    ]
    monkeypatch.setattr(starter, "read_products", lambda: iter(rows))
    monkeypatch.setattr(starter, "read_packages", lambda: iter(packages))
    return rows


def everything() -> list[object]:
    """Every column of every row of the drug file, keys of the database too."""
    joined = Product.ingredients.through.objects.values_list("product_id", "ingredient_id")
    managers = [Source.objects, Batch.objects, Ingredient.objects, Product.every, Package.every]
    tables = [manager.order_by("pk").values_list() for manager in managers]
    return [*(list(table) for table in tables), sorted(joined)]


def test_a_load_writes_products_with_packages_ingredients_and_their_source(small_file):
    report = load_starter(at=AT)
    assert report.tables["product"].new == len(small_file) == Product.objects.count()
    assert report.tables["package"].new == Package.objects.count() > 0
    assert Ingredient.objects.count() > 0
    row = small_file[0]
    product = Product.objects.get(labeler_code=row.labeler, product_code=row.product)
    assert (product.name, product.strength, product.schedule) == (
        row.generic,
        row.strength,
        row.schedule,
    )
    assert set(product.ingredients.values_list("key", flat=True)) == set(row.ingredients)
    assert (product.batch.loaded_at, product.source.licence != "") == (AT, True)
    assert product.batch.released_on == date(2019, 5, 1)


def test_a_second_load_changes_nothing(small_file):
    load_starter(at=AT)
    before = everything()
    load_starter(at=datetime(2026, 4, 1, tzinfo=UTC))
    assert everything() == before


def test_a_changed_row_changes_its_product_and_keeps_what_only_the_pharmacy_knows(
    small_file,
):
    load_starter(at=AT)
    row = small_file[0]
    key = {"labeler_code": row.labeler, "product_code": row.product}
    Product.objects.filter(**key).update(imprint="A 1", high_alert=True)
    before = Product.objects.get(**key).pk
    small_file[0] = replace(row, brand="Newname")
    load_starter(at=AT)
    product = Product.objects.get(**key)
    assert (product.pk, product.brand) == (before, "Newname")
    assert (product.imprint, product.high_alert) == ("A 1", True)


def test_a_product_that_left_the_file_stays_for_its_history(small_file):
    load_starter(at=AT)
    gone = small_file.pop()
    load_starter(at=AT)
    assert Product.objects.filter(labeler_code=gone.labeler, product_code=gone.product).exists()


def test_a_corrected_ingredient_is_no_longer_screened_under_the_wrong_one(small_file):
    load_starter(at=AT)
    row = small_file[0]
    other = next(key for key in Ingredient.objects.values_list("key", flat=True)
                 if key not in row.ingredients)  # fmt: skip
    small_file[0] = replace(row, ingredients=(other,))
    load_starter(at=AT)
    product = Product.objects.get(labeler_code=row.labeler, product_code=row.product)
    assert list(product.ingredients.values_list("key", flat=True)) == [other]
    untouched = small_file[1]
    second = Product.objects.get(labeler_code=untouched.labeler, product_code=untouched.product)
    assert set(second.ingredients.values_list("key", flat=True)) == set(untouched.ingredients)


def test_a_product_of_an_unknown_ingredient_stops_the_load_and_nothing_is_kept(small_file):
    small_file[0] = replace(small_file[0], ingredients=("no such thing",))
    with pytest.raises(BadRow) as refused:
        load_starter(at=AT)
    assert (refused.value.file, refused.value.line) == ("products.csv.gz", 2)
    row = small_file[0]
    for said in (
        "'no such thing'",
        f"{row.labeler}-{row.product}",
        row.name,
        "ingredients.csv",
    ):
        assert said in str(refused.value)
    assert not Product.objects.exists()
    assert not Source.objects.exists()


def test_the_ingredient_that_is_missing_is_named_with_the_line_it_is_asked_for_in(small_file):
    last = small_file[-1]
    small_file[-1] = replace(last, ingredients=(*last.ingredients, "no such thing"))
    with pytest.raises(BadRow) as refused:
        load_starter(at=AT)
    assert (refused.value.line, refused.value.field) == (len(small_file) + 1, "ingredients")


def test_a_package_of_an_unknown_product_stops_the_load_and_nothing_is_kept(small_file):
    gone = small_file.pop(0)
    with pytest.raises(BadRow, match=rf"packages.csv.gz line 2, product: {gone.labeler}-"):
        load_starter(at=AT)
    assert not Product.objects.exists()


def test_a_refused_load_leaves_what_was_loaded_before(small_file):
    load_starter(at=AT)
    before = everything()
    small_file[0] = replace(small_file[0], brand="Newname", ingredients=("no such thing",))
    with pytest.raises(BadRow):
        load_starter(at=datetime(2026, 4, 1, tzinfo=UTC))
    assert everything() == before


def test_what_a_product_is_found_by_is_in_small_letters_with_its_tall_man_name(small_file):
    for row in small_file[:5]:
        assert search_words(row, {}) == search_words(row, {}).lower()
    assert "hydroxyzine" in search_words(
        small_file[0], dict.fromkeys(small_file[0].ingredients, "hydrOXYzine")
    )


def test_every_label_a_product_carries_is_said_in_both_languages(small_file):
    load_starter(at=AT)
    labelled = Product.objects.exclude(auxiliary="").first()
    assert labelled is not None
    keys = labelled.auxiliary.split(";")
    english = auxiliary_says(labelled, language="en")
    spanish = auxiliary_says(labelled, language="es")
    assert english == [labels()[key].says_en for key in keys]
    assert spanish == [labels()[key].says_es for key in keys]
    assert auxiliary_says(labelled, language="fr") == english
    assert all(english)
    assert all(spanish)
    assert english != spanish


def test_a_product_without_labels_says_nothing():
    assert auxiliary_says(Product(auxiliary=""), language="en") == []


def test_a_label_nobody_wrote_is_an_error_and_never_left_off():
    with pytest.raises(KeyError, match="no-such-label"):
        auxiliary_says(Product(auxiliary="no-such-label"), language="en")


def test_a_source_a_package_and_a_product_say_what_they_are():
    source = Source(name="the directory", publisher="FDA")
    assert str(source) == "FDA: the directory"
    assert str(Source(name="the directory")) == "the directory"
    assert str(Batch(source=source, released_on=date(2026, 1, 1))).endswith("2026-01-01")
    assert str(Batch(source=source)) == "FDA: the directory"
    assert str(Package(ndc="0093-1713-01")) == "0093-1713-01"
    assert (
        str(Product(name="warfarin", strength="5 mg", form="tablet")) == "warfarin 5 mg tablet"
    )
    assert str(Ingredient(name="warfarin")) == "warfarin"
