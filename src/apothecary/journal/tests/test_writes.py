"""What an act writes goes in one statement: all of it or nothing, each value in its place."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.models.functions import Length
from django.test.utils import CaptureQueriesContext, isolate_apps

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry, Seal, SealKey, Unsealed
from apothecary.journal.tests.test_journal import AT, PHARMACY, Somebody, faults, here, key
from apothecary.journal.writes import Missed, Writes

__all__ = ["here", "key"]  # fixtures

BY = Somebody()
RENAME = "UPDATE journal_sealkey SET public_key = %s WHERE public_key = %s"
LATER = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)


def a_key(public: bytes) -> SealKey:
    return SealKey(public_key=public, since=AT)


def kept() -> list[bytes]:
    """The keys there are, by their bytes."""
    return sorted(bytes(each) for each in SealKey.objects.values_list("public_key", flat=True))


def a_seal(number: int, *, ids: list[int], leaves: list[bytes]) -> Seal:
    return Seal(
        pharmacy_id=PHARMACY,
        number=number,
        sealed_at=AT,
        entry_ids=ids,
        leaves=leaves,
        root=b"root",
        previous_hash=b"\x00",
        hash=b"100% of it",
        public_key=b"key",
        signature=b"",
    )


def told(writes: Writes, number: int = 1) -> None:
    writes.record(by=BY, did=Deed.COUNTED, about=("fill", number), details={"n": number})


def test_rows_changes_functions_and_the_journal_go_in_one_statement(here, key):
    a_key(b"old").save()
    writes = Writes()
    writes.insert(a_key(b"new"))
    writes.change(RENAME, [b"changed", b"old"], must=True)
    told(writes)
    with CaptureQueriesContext(connection) as caught:
        (line,) = writes.run()
    assert len(caught) == 1
    assert kept() == [b"changed", b"new"]
    assert Entry.objects.get().pk == line == Unsealed.objects.get().entry_id
    assert faults(key) == []


def test_a_line_written_with_an_act_says_what_a_line_written_alone_says(here):
    about = a_key(b"subject")
    about.save()
    for subject in (("fill", 7), about):
        record(by=BY, did=Deed.COUNTED, about=subject, details={"b": 1, "a": "ü"})
        writes = Writes()
        writes.record(by=BY, did=Deed.COUNTED, about=subject, details={"a": "ü", "b": 1})
        writes.run()
    fields = [f.attname for f in Entry._meta.concrete_fields if f.attname != "id"]
    alone, together, *of_a_row = Entry.objects.order_by("id").values(*fields)
    assert alone == together
    assert of_a_row[0] == of_a_row[1]
    assert (of_a_row[1]["about"], of_a_row[1]["about_id"]) == ("sealkey", about.pk)


def test_the_answers_of_the_functions_come_in_their_order_without_what_was_changed(here):
    a_key(b"old").save()
    writes = Writes()
    writes.call("SELECT %s::int - 1", [42])
    writes.change(RENAME, [b"changed", b"old"], must=True)
    writes.call("SELECT %s::text", ["second"])
    assert writes.run() == [41, "second"]


def test_an_act_that_writes_nothing_answers_nothing(here):
    assert Writes().run() == []
    a_key(b"old").save()
    only_changed = Writes()
    only_changed.change(RENAME, [b"changed", b"old"], must=True)
    assert only_changed.run() == []


@pytest.mark.parametrize("fault", ["a row", "a function", "a change"])
def test_what_fails_within_the_statement_leaves_nothing_of_it(transactional_db, fault):
    """Each statement is committed by itself here: only the statement can undo itself."""
    assert connection.get_autocommit()
    a_key(b"old").save()
    fresh = a_key(b"new")
    writes = Writes()
    writes.insert(fresh)
    told(writes)
    if fault == "a row":
        writes.insert(a_key(b"old"))
    elif fault == "a function":
        writes.call("SELECT 1 / %s::int", [0])
    else:
        writes.change(RENAME, [None, b"old"])
    with pytest.raises(DatabaseError):
        writes.run()
    assert kept() == [b"old"]
    assert not Entry.objects.exists()
    assert not Unsealed.objects.exists()
    assert fresh._state.adding


def test_a_change_that_must_find_its_row_and_does_not_undoes_the_act(here):
    writes = Writes()
    fresh = a_key(b"new")
    writes.insert(fresh)
    writes.change(RENAME, [b"changed", b"gone"], must=True)
    told(writes)
    with pytest.raises(Missed), transaction.atomic():
        writes.run()
    assert kept() == []
    assert not Entry.objects.exists()
    assert fresh._state.adding


def test_a_change_that_need_not_find_a_row_may_find_none(here):
    writes = Writes()
    writes.change(RENAME, [b"changed", b"gone"])
    told(writes)
    writes.run()
    assert Entry.objects.count() == 1


def test_a_change_of_more_rows_than_the_one_seen_is_a_miss_too(here):
    a_key(b"a").save()
    a_key(b"b").save()
    writes = Writes()
    writes.change("UPDATE journal_sealkey SET since = %s", [LATER], must=True)
    with pytest.raises(Missed), transaction.atomic():
        writes.run()
    assert not SealKey.objects.filter(since=LATER).exists()


@pytest.mark.parametrize("missing", [b"a", b"b"])
def test_of_several_changes_each_must_find_its_own_row(here, missing):
    for public in {b"a", b"b"} - {missing}:
        a_key(public).save()
    writes = Writes()
    for public in (b"a", b"b"):
        writes.insert(a_key(public * 3))
        writes.change(RENAME, [public * 2, public], must=True)
    with pytest.raises(Missed), transaction.atomic():
        writes.run()
    assert kept() == sorted({b"a", b"b"} - {missing})


def test_only_the_change_that_must_is_counted_whatever_stands_around_it(here):
    a_key(b"old").save()
    writes = Writes()
    writes.change(RENAME, [b"x", b"gone"])
    writes.insert(a_key(b"new"))
    writes.change(RENAME, [b"changed", b"old"], must=True)
    writes.change(RENAME, [b"y", b"gone too"])
    writes.run()
    assert kept() == [b"changed", b"new"]


def test_no_part_of_an_act_sees_what_another_part_writes(here):
    writes = Writes()
    writes.insert(a_key(b"new"))
    writes.change(RENAME, [b"changed", b"new"], must=True)
    with pytest.raises(Missed), transaction.atomic():
        writes.run()


def test_a_row_without_a_key_is_given_one_and_does_not_know_it(here):
    rows = [a_key(b"a"), a_key(b"b")]
    writes = Writes()
    writes.insert(*rows)
    assert all(row._state.adding for row in rows)
    writes.run()
    assert [row.pk for row in rows] == [None, None]
    assert not any(row._state.adding for row in rows)
    assert {row._state.db for row in rows} == {connection.alias}
    assert len(set(SealKey.objects.values_list("pk", flat=True))) == 2


def test_a_row_with_its_key_keeps_it_beside_one_without(here):
    keyed, unkeyed = a_key(b"keyed"), a_key(b"unkeyed")
    keyed.pk = 900_001
    writes = Writes()
    writes.insert(keyed, unkeyed)
    writes.run()
    assert SealKey.objects.get(pk=900_001).public_key == b"keyed"
    assert SealKey.objects.get(public_key=b"unkeyed").pk != 900_001
    keyed.since = LATER
    keyed.save()  # written over, not made again
    assert SealKey.objects.count() == 2
    assert SealKey.objects.get(pk=900_001).since == LATER


def test_a_key_that_is_taken_refuses_the_row(here):
    taken = a_key(b"first")
    taken.save()
    twin = a_key(b"second")
    twin.pk = taken.pk
    writes = Writes()
    writes.insert(twin)
    with pytest.raises(IntegrityError), transaction.atomic():
        writes.run()
    assert kept() == [b"first"]


@pytest.mark.parametrize(
    ("ids", "leaves"),
    [([], []), ([7], [b"\x00\xff"]), ([3, 1, 2], [b"c", b"", b"%s{},"])],
)
def test_lists_of_numbers_and_of_bytes_are_read_back_as_they_were(here, ids, leaves):
    writes = Writes()
    writes.insert(a_seal(1, ids=ids, leaves=leaves), a_seal(2, ids=ids[::-1], leaves=leaves))
    writes.run()
    first, second = Seal.objects.order_by("number")
    assert (first.entry_ids, second.entry_ids) == (ids, ids[::-1])
    assert [bytes(leaf) for leaf in first.leaves] == leaves
    assert bytes(first.hash) == b"100% of it"


def test_rows_of_one_table_get_their_keys_in_the_order_they_were_given(here):
    names = [b"c", b"a", b"b"]
    writes = Writes()
    writes.insert(*[a_key(name) for name in names], a_seal(1, ids=[], leaves=[]))
    writes.run()
    ordered = SealKey.objects.order_by("id").values_list("public_key", flat=True)
    assert [bytes(name) for name in ordered] == names
    assert Seal.objects.count() == 1


@pytest.fixture
def paper(here):
    """A table with the columns that no table of the house has yet."""
    with isolate_apps("apothecary.journal"):

        class Paper(models.Model):
            said = models.JSONField()
            words = models.TextField(default="none")
            length = models.GeneratedField(
                expression=Length("words"), output_field=models.IntegerField(), db_persist=True
            )
            read_at = models.DateTimeField(auto_now_add=True)

            class Meta:
                app_label = "journal"

    with connection.schema_editor() as editor:
        editor.create_model(Paper)
    return Paper


@pytest.mark.parametrize("said", [{"a": [1, None, "ü"]}, [], "text", 0, {"%s": "%"}])
def test_a_json_column_a_default_and_a_column_the_database_works_out(paper, said):
    row = paper(said=said, words="seven 7")
    writes = Writes()
    writes.insert(row, paper(said=said))
    writes.run()
    first, second = paper.objects.order_by("id")
    assert first.said == second.said == said
    assert (first.length, second.words) == (7, "none")
    assert first.read_at == row.read_at is not None


def test_a_row_that_stands_alone_knows_its_key_afterwards(here):
    writes = Writes()
    alone, two = a_key(b"alone"), [a_seal(number, ids=[], leaves=[]) for number in (1, 2)]
    writes.insert(alone)
    writes.insert(*two)
    told(writes)
    (line,) = writes.run()
    assert SealKey.objects.get(public_key=b"alone").pk == alone.pk
    assert Entry.objects.get().pk == line
    assert [seal.pk for seal in two] == [None, None]
