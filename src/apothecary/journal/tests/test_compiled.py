"""A question put into SQL once: asked again with other values, alone or beside others."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from apothecary.journal.compiled import Compiled, Given, Several, abreast
from apothecary.journal.models import Entry, SealKey
from apothecary.journal.tests.test_journal import AT, here, key, write
from apothecary.journal.tests.test_writes import paper

__all__ = ["here", "key", "paper"]  # fixtures

ABOUT = Compiled(Entry.objects.filter(about_id=Given("about")).order_by("id"))
SOME = Compiled(Entry.objects.filter(id__among=Given("ids")).order_by("-id"))


@pytest.fixture
def entries(here) -> list[Entry]:
    """Lines about the records 1, 2 and 3, and a second one about 2."""
    write(3)
    write(1, first=2)
    return list(Entry.objects.order_by("id"))


def of_name(name: str) -> Compiled[SealKey]:
    return Compiled(SealKey.objects.filter(public_key=Given(name)))


def test_the_same_statement_answers_for_other_values(entries):
    first = ABOUT.statement
    assert ABOUT.all({"about": 1}) == [entries[0]]
    assert ABOUT.all({"about": 2}) == [entries[1], entries[3]]
    assert ABOUT.all({"about": 9}) == []
    assert ABOUT.statement is first


def test_one_row_is_the_first_of_them_or_none(entries):
    assert ABOUT.get({"about": 2}) == entries[1]
    assert ABOUT.get({"about": 9}) is None


def test_it_is_one_query_and_no_more_when_the_rows_are_read(entries):
    with CaptureQueriesContext(connection) as caught:
        rows = ABOUT.all({"about": 2})
        assert [row.details for row in rows] == ['{"n":2}', '{"n":2}']
    assert len(caught) == 1


@pytest.mark.parametrize("places", [[], [0], [2, 0], [3, 1, 3]])
def test_a_list_of_any_length_goes_into_the_same_statement(entries, places):
    ids = [entries[place].pk for place in places]
    with CaptureQueriesContext(connection) as caught:
        found = SOME.all({"ids": ids})
    assert [row.pk for row in found] == sorted(set(ids), reverse=True)
    assert len(caught) == 1
    assert SOME.statement.count("%s") == 1


def test_values_with_marks_of_their_own_in_them_are_only_values(here):
    for public in (b"%s", b"%%", b"' OR true --"):
        SealKey.objects.create(public_key=public, since=AT)
        assert [bytes(row.public_key) for row in of_name("it").all({"it": public})] == [public]


def test_a_row_knows_that_it_is_saved_and_where(entries):
    row = ABOUT.get({"about": 1})
    assert row is not None
    assert (row._state.adding, row._state.db) == (False, connection.alias)


def test_a_json_column_comes_as_what_it_says(paper):
    paper.objects.create(said={"a": [1, None]}, words="abc")
    found = Compiled(paper.objects.filter(words=Given("words"))).get({"words": "abc"})
    assert found is not None
    assert (found.said, found.length) == ({"a": [1, None]}, 3)


def test_only_some_columns_are_asked_for_where_only_some_are_wanted(entries):
    few = Compiled(Entry.objects.filter(about_id=Given("about")).only("deed"))
    found = few.get({"about": 1})
    assert found is not None
    assert few.width == 2
    assert found.get_deferred_fields() >= {"details", "by_name"}
    with CaptureQueriesContext(connection) as caught:
        assert found.deed == "counted"
    assert len(caught) == 0


def test_rows_are_held_within_a_transaction_only_and_nothing_is_asked_without(transactional_db):
    held = Compiled(SealKey.objects.select_for_update().filter(id=Given("id")))
    with CaptureQueriesContext(connection) as caught, pytest.raises(TransactionManagementError):
        held.all({"id": 1})
    assert len(caught) == 0
    assert Compiled(SealKey.objects.filter(id=Given("id"))).all({"id": 1}) == []


def test_abreast_each_question_has_its_own_values_though_they_are_of_one_name(entries):
    ids = [entries[0].pk, entries[2].pk]
    one = Compiled(Entry.objects.filter(id=Given("id")))
    with CaptureQueriesContext(connection) as caught:
        assert abreast((one, {"id": ids[1]}), (one, {"id": ids[0]})) == [entries[2], entries[0]]
    assert len(caught) == 1


@pytest.mark.parametrize("gaps", [(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)])
def test_abreast_a_question_without_an_answer_moves_no_other_ones(entries, gaps):
    SealKey.objects.create(public_key=b"one", since=AT)
    twice = Compiled(
        Entry.objects.filter(id=Given("id")).annotate(
            twice=F("about_id") * 2,
            said=Concat("by_name", Value(" "), "deed", output_field=CharField()),
        )
    )
    plain = Compiled(Entry.objects.filter(id=Given("id")))
    asked: list[tuple[Compiled[Any], dict[str, object]]] = [
        (twice, {"id": 0 if 0 in gaps else entries[2].pk}),
        (of_name("name"), {"name": b"none" if 1 in gaps else b"one"}),
        (plain, {"id": 0 if 2 in gaps else entries[1].pk}),
    ]
    found = abreast(*asked)
    assert [place for place, row in enumerate(found) if row is None] == list(gaps)
    if found[0]:
        assert found[0] == entries[2]
        assert (found[0].twice, found[0].said) == (6, "Terry Technician counted")
    if found[1]:
        assert bytes(found[1].public_key) == b"one"
    if found[2]:
        assert (found[2], found[2].details) == (entries[1], '{"n":2}')


@pytest.mark.parametrize("place", [0, 1])
def test_abreast_two_answers_to_any_one_question_are_refused(entries, place):
    one = Compiled(Entry.objects.filter(id=Given("about")))
    asked: list[tuple[Compiled[Entry], dict[str, int]]] = [
        (one, {"about": entries[0].pk}),
        (one, {"about": 0}),
    ]
    asked[place] = (ABOUT, {"about": 2})
    with pytest.raises(Several):
        abreast(*asked)
