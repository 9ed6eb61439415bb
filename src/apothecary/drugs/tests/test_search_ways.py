"""However many drugs answer, and whichever way is cheapest, the list is the same."""

from uuid import UUID

import pytest

from apothecary.drugs.models import Product
from apothecary.drugs.search import find_drugs
from apothecary.drugs.search_first import First, put_first
from apothecary.drugs.search_index import refresh
from apothecary.drugs.search_tables import SearchDrug, SearchList
from apothecary.drugs.tests.shelf import more_drugs


@pytest.fixture
def shelf(pharmacy):
    """The world with more drugs in its file; the index in step."""
    return more_drugs(pharmacy)


def put_here(world) -> None:
    """Two drugs that come first here: one is given out, one lies on the shelf."""
    morphine = Product.objects.get(name="morphine sulfate").pk
    these = [First(world.drugs["warfarin"].product_id, fills=1), First(morphine, on_shelf=True)]
    put_first(pharmacy_id=world.pharmacy.pk, these=these)


@pytest.mark.parametrize(
    "asked", ["tab", "hydr", "tab 10", "mg tab", "metf er", "in", "ms", "hctz", "10", "tablets"]
)
def test_the_list_is_the_same_however_many_answer_and_whichever_way_is_taken(
    shelf, monkeypatch, asked
):
    put_here(shelf)
    ways = {
        "all sorted": (1_000, 1_000),
        "the first of all sorted": (0, 1_000),
        "listed": (0, 0),
        "some listed": (0, 3),
    }
    lists = {}
    for way, (sorted_at_once, listed_from) in ways.items():
        monkeypatch.setattr("apothecary.drugs.search_hits.SORTED_AT_ONCE", sorted_at_once)
        monkeypatch.setattr("apothecary.drugs.search_lists.LISTED_FROM", listed_from)
        SearchDrug.objects.filter(name="warfarin sodium").update(stamp=UUID(int=0))
        assert refresh() == 1
        lists[way] = find_drugs(asked, pharmacy_id=shelf.pharmacy.pk).hits
    assert all(found == lists["all sorted"] for found in lists.values())
    assert lists["listed"]


def test_an_index_without_lists_sorts_and_finds_the_same(shelf, monkeypatch):
    put_here(shelf)
    before = find_drugs("tab", pharmacy_id=shelf.pharmacy.pk).hits
    monkeypatch.setattr("apothecary.drugs.search_hits.SORTED_AT_ONCE", 0)
    SearchList.objects.all().delete()
    assert find_drugs("tab", pharmacy_id=shelf.pharmacy.pk).hits == before


def test_of_more_drugs_here_than_are_shown_those_given_out_most_come_first(shelf, monkeypatch):
    monkeypatch.setattr("apothecary.drugs.search_hits.SORTED_AT_ONCE", 0)
    products = list(Product.objects.filter(form="tablet").order_by("pk"))
    these = [First(product.pk, fills=n) for n, product in enumerate(products)]
    put_first(pharmacy_id=shelf.pharmacy.pk, these=these)
    hits = find_drugs("tab 10", pharmacy_id=shelf.pharmacy.pk, limit=3).hits
    ten = [n for n, product in enumerate(products) if product.strength == "10 mg"]
    assert [hit.fills for hit in hits] == sorted(ten, reverse=True)[:3]
