"""Lists hold the first drugs of what many have: in order, each once, no longer than is read."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.models import Product
from apothecary.drugs.search_index import refresh
from apothecary.drugs.search_lists import DEPTH, first_of, leaves_with
from apothecary.drugs.search_tables import SearchDrug, SearchList

marked = st.lists(
    st.lists(st.text("ab^", min_size=1, max_size=4), max_size=5, unique=True), max_size=150
)


def numbered(marks: list[list[str]]) -> list[tuple[str, list[str]]]:
    """Drugs in their order with these marks."""
    return [(str(n), each) for n, each in enumerate(marks)]


@pytest.mark.parametrize(
    ("mark", "leaves"),
    [
        ("a", ["a"]),
        ("ab", ["ab", "ab*"]),
        ("^abc", ["^abc", "^a*", "^ab*", "^abc*"]),
        ("10", ["10", "10*"]),
    ],
)
def test_a_mark_belongs_to_itself_and_to_each_of_its_beginnings(mark, leaves):
    assert list(leaves_with(mark)) == leaves


def test_the_longest_mark_has_no_more_beginnings_than_can_be_asked_for():
    assert len(list(leaves_with("a" * 99))) == 1 + 39


@given(marked)
def test_a_list_is_the_first_drugs_that_have_the_leaf(marks):
    drugs = numbered(marks)
    lists = first_of(["ab*", "a", "^a*"], drugs)
    assert lists == {
        "ab*": [d for d, own in drugs if any(m.startswith("ab") for m in own)][:DEPTH],
        "a": [drug for drug, own in drugs if "a" in own][:DEPTH],
        "^a*": [d for d, own in drugs if any(m.startswith("^a") for m in own)][:DEPTH],
    }


def test_a_list_is_no_longer_than_is_read():
    assert [len(each) for each in first_of(["ab*"], numbered([["ab"]] * 99)).values()] == [60]


def test_no_drugs_leave_a_list_empty_and_no_leaves_no_lists():
    assert first_of(["ab*"], []) == {"ab*": []}
    assert first_of([], numbered([["ab"]])) == {}


@pytest.fixture
def listed(pharmacy, monkeypatch):
    """The world's index with a list of whatever more than two drugs have."""
    monkeypatch.setattr("apothecary.drugs.search_lists.LISTED_FROM", 2)
    Product.objects.filter(name="alprazolam").update(brand="Xanax")
    refresh()
    return pharmacy


def in_order(having: str) -> list[object]:
    """The drugs that have it, as a search orders them where nothing is known of a pharmacy."""
    found = SearchDrug.objects.extra(where=["marks @@ %s::tsquery"], params=[having])
    return list(found.order_by("-used", "place", "id").values_list("id", flat=True))


def test_what_many_have_is_listed_in_the_order_of_a_search_and_what_few_have_is_not(listed):
    lists = dict(SearchList.objects.values_list("leaf", "drugs"))
    assert lists["tablet"] == in_order("tablet")
    assert lists["ta*"] == in_order("'ta':*")
    assert len(lists["tablet"]) > 2
    assert {"alprazolam", "alp*", "xanax"} & lists.keys() == set()


def test_a_list_is_made_anew_only_where_its_drugs_changed(listed):
    def written() -> dict[str, str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT leaf, xmin::text || ctid::text FROM drugs_searchlist")
            return dict(cursor.fetchall())

    before, lists = written(), dict(SearchList.objects.values_list("leaf", "drugs"))
    (cream,) = SearchDrug.objects.filter(form="cream").values_list("id", flat=True)
    Product.objects.filter(form="cream").update(form="tablet")
    refresh()
    after = written()
    changed = {leaf for leaf in before.keys() & after.keys() if before[leaf] != after[leaf]}
    now = dict(SearchList.objects.values_list("leaf", "drugs"))
    assert changed == {leaf for leaf in before.keys() & now.keys() if lists[leaf] != now[leaf]}
    assert "tablet" in changed
    assert cream not in now["tablet"]
    assert now["tablet"] == in_order("tablet")


def test_what_few_have_left_loses_its_list(listed):
    assert SearchList.objects.filter(leaf="tablet").exists()
    Product.objects.filter(form__startswith="tablet").update(form="capsule")
    refresh()
    assert not SearchList.objects.filter(leaf="tablet").exists()
    assert SearchList.objects.get(leaf="capsule").drugs == in_order("capsule")
