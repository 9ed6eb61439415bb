"""The index is what the drug file says: made as sets, changed only where the file changed."""

import pytest
from django.db import connection

from apothecary.drugs.models import Product
from apothecary.drugs.search import find_drugs
from apothecary.drugs.search_errors import STARTS
from apothecary.drugs.search_first import First, put_first
from apothecary.drugs.search_index import by_number, nearby, refresh
from apothecary.drugs.search_tables import (
    SearchDrug,
    SearchFirst,
    SearchList,
    SearchNear,
    SearchProduct,
    SearchWord,
)


@pytest.fixture
def index(pharmacy):
    refresh()
    return pharmacy


def copied(product: Product, **change: object) -> Product:
    """Another labeler's product of the same drug, changed."""
    twin = Product.objects.get(pk=product.pk)
    code = 9000 + Product.objects.count()
    twin.pk, twin.labeler_code, twin.product_code = None, "99999", str(code)
    for name, value in {"labeler": "Twin Labs", **change}.items():
        setattr(twin, name, value)
    twin.save(force_insert=True)
    return twin


def whole() -> list[object]:
    """Everything the index holds."""
    tables = (SearchDrug, SearchProduct, SearchWord, SearchNear, SearchList)
    return [sorted(table.objects.values_list(), key=str) for table in tables]


def test_every_product_is_a_drug_and_a_second_time_nothing_is_written(index):
    assert SearchProduct.objects.count() == Product.objects.count() == 12
    assert SearchDrug.objects.count() == 12
    before = whole()
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(xmin::text::bigint) FROM drugs_searchdrug")
        written = cursor.fetchone()
        assert refresh() == 0
        cursor.execute("SELECT max(xmin::text::bigint) FROM drugs_searchdrug")
        assert cursor.fetchone() == written
    assert whole() == before


def test_products_of_one_name_strength_form_and_route_are_one_drug(index):
    first = index.drugs["lisinopril"].product
    copied(first, name="LISINOPRIL", schedule=0)
    assert refresh() == 1
    drug = SearchDrug.objects.get(name="lisinopril", brand="")
    assert (drug.products, drug.labelers, drug.product_id) == (2, 2, first.pk)
    assert SearchProduct.objects.filter(drug_id=drug.pk).count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"strength": "20 mg"},
        {"form": "capsule"},
        {"route": "rectal"},
        {"name": "lisinopril dihydrate"},
        {"brand": "Zestril"},
        {"ingredient_key": "enalapril"},
        {"te_code": "AB2"},
    ],
)
def test_another_strength_form_route_salt_brand_or_rated_group_is_another_drug(index, change):
    copied(index.drugs["lisinopril"].product, **change)
    assert refresh() == 1
    assert SearchDrug.objects.count() == 13


def test_a_rating_without_a_number_parts_nothing(index):
    copied(index.drugs["lisinopril"].product, te_code="")
    refresh()
    assert SearchDrug.objects.count() == 12


def test_what_stands_for_a_drug_is_still_listed_then_the_cheapest(index):
    dear = index.drugs["lisinopril"].product
    cheap = copied(dear)
    index.drugs["warfarin"].__class__.objects.filter(product=dear).update(price_usd="9.00000")
    package = index.drugs["lisinopril"]
    package.pk, package.product_id, package.ndc = None, cheap.pk, "99999-9013-1"
    package.price_usd = "0.01000"
    package.save(force_insert=True)
    refresh()
    assert SearchDrug.objects.get(name="lisinopril", brand="").product_id == cheap.pk
    Product.objects.filter(pk=cheap.pk).update(gone_on="2026-01-01")
    refresh()
    assert SearchDrug.objects.get(name="lisinopril", brand="").product_id == dear.pk


def test_the_stricter_schedule_of_the_listings_is_shown(index):
    copied(index.drugs["alprazolam"].product, schedule=0)
    copied(index.drugs["alprazolam"].product, schedule=2)
    refresh()
    assert SearchDrug.objects.get(name="alprazolam").schedule == 2


def test_a_listing_another_one_stands_for_is_not_found(index):
    Product.objects.filter(name="alprazolam").update(in_use=False)
    assert refresh() == 0
    assert not SearchDrug.objects.filter(name="alprazolam").exists()
    assert not SearchWord.objects.filter(word="alprazolam").exists()
    assert not SearchNear.objects.filter(start="alprazo").exists()
    Product.every.filter(name="alprazolam").update(in_use=True)
    assert refresh() == 1
    assert SearchNear.objects.filter(rest="alprazo", start="alprazo").exists()


def test_a_changed_product_is_found_by_its_new_words_and_no_longer_by_the_old(index):
    Product.objects.filter(name="alprazolam").update(brand="Xanax", labeler="Greenstone LLC")
    assert refresh() == 1
    words = set(SearchWord.objects.values_list("word", flat=True))
    assert {"xanax", "^xanax", "@greenstone", "alprazolam"} <= words
    Product.objects.filter(name="alprazolam").update(brand="")
    refresh()
    assert not SearchWord.objects.filter(word__in=["xanax", "^xanax"]).exists()


def test_the_vocabulary_counts_drugs_and_how_much_the_most_used_is_used(index):
    assert SearchWord.objects.get(word="lisinopril").drugs == 2
    assert SearchWord.objects.get(word="lisinopril").used == 39_104
    assert SearchWord.objects.get(word="10mg").drugs == 2
    assert SearchWord.objects.get(word="prinivil").used < 1_000


def test_every_beginning_of_every_word_has_its_neighbourhood(index):
    words = [w for w in SearchWord.objects.values_list("word", flat=True) if w.isalpha()]
    starts = {word[:n] for word in words for n in STARTS if len(word) >= n}
    assert set(SearchNear.objects.values_list("start", flat=True)) == starts
    assert len(nearby("metform").splitlines()) == 1 + 7 + 21
    assert len(nearby("metf").splitlines()) == 1 + 4


def test_an_imprint_is_kept_as_it_is_typed(index):
    Product.objects.filter(name="alprazolam").update(imprint="G 3719; a-b")
    refresh()
    assert SearchProduct.objects.exclude(imprint="").get().imprint == "G3719AB"


@pytest.mark.parametrize("cell", ["name", "brand", "strength", "form", "route", "labeler"])
def test_a_word_no_index_takes_is_cut_there_and_the_drug_is_found_by_the_rest(index, cell):
    nonsense = "q" * 3_000
    Product.objects.filter(name="alprazolam").update(
        **{cell: f"alprazolam {nonsense}", "imprint": f"G3{nonsense}"}
    )
    assert refresh() == 1
    assert getattr(Product.objects.get(imprint__startswith="G3"), cell).endswith(nonsense)
    drug = SearchProduct.objects.get(imprint__startswith="G3").drug_id
    here = index.pharmacy.pk
    for asked in ("alpraz", "G3", *(["q" * 40] if cell != "labeler" else [])):
        assert [hit.drug_id for hit in find_drugs(asked, pharmacy_id=here).hits] == [drug]
    assert SearchWord.objects.filter(word__startswith="q").exists() == (cell != "labeler")
    assert max(map(len, SearchWord.objects.values_list("word", flat=True))) <= 41


def test_a_cell_of_more_words_than_a_row_takes_is_found_by_the_first(index):
    Product.objects.filter(name="alprazolam").update(
        ingredient_key="+".join(f"pollen-w{n:06d}and{'z' * 30}{n}" for n in range(20_000))
    )
    assert refresh() == 1
    assert find_drugs("alprazolam", pharmacy_id=index.pharmacy.pk).hits


def test_strengths_sort_by_their_numbers():
    written = ["1000 mg", "2.5 mg", "10 mg", "0.25 mg", "12.5 mg", "250 mg", "2 mg"]
    assert sorted(written, key=by_number) == [
        *("0.25 mg", "2 mg", "2.5 mg", "10 mg", "12.5 mg", "250 mg", "1000 mg"),
    ]
    assert by_number("extended") == "extended"


def first_of(pharmacy_id: int) -> set[tuple[int, int, bool]]:
    rows = SearchFirst.objects.filter(pharmacy_id=pharmacy_id)
    return set(rows.values_list("product_id", "fills", "on_shelf"))


def test_what_comes_first_is_kept_by_drug_and_replaced_as_a_whole(index):
    here, drugs = index.pharmacy.pk, index.drugs
    lisinopril, warfarin = (drugs[name].product_id for name in ("lisinopril", "warfarin"))
    put_first(
        pharmacy_id=here, these=[First(lisinopril, fills=3), First(warfarin, on_shelf=True)]
    )
    assert first_of(here) == {(lisinopril, 3, False), (warfarin, 0, True)}
    put_first(pharmacy_id=here, these=[First(warfarin, fills=2, on_shelf=True)])
    assert first_of(here) == {(warfarin, 2, True)}
    put_first(pharmacy_id=here, these=[])
    assert first_of(here) == set()


def test_of_two_products_of_a_drug_the_one_on_the_shelf_leads_and_both_count(index):
    here, one = index.pharmacy.pk, index.drugs["lisinopril"].product
    other = copied(one)
    refresh()
    given = [First(one.pk, fills=9), First(other.pk, fills=1, on_shelf=True), First(0, 5)]
    put_first(pharmacy_id=here, these=given)
    assert first_of(here) == {(other.pk, 10, True)}


def test_what_comes_first_survives_a_rebuild_of_the_index(index):
    here, product = index.pharmacy.pk, index.drugs["lisinopril"].product
    put_first(pharmacy_id=here, these=[First(product.pk, fills=1)])
    SearchDrug.objects.all().delete()
    SearchProduct.objects.all().delete()
    assert refresh() == 12
    drug = SearchProduct.objects.get(product_id=product.pk).drug_id
    assert SearchFirst.objects.get(pharmacy_id=here).drug_id == drug


def test_another_pharmacy_has_its_own_order(index):
    product = index.drugs["lisinopril"].product_id
    put_first(pharmacy_id=index.pharmacy.pk, these=[First(product, fills=1)])
    assert first_of(index.other.pk) == set()
