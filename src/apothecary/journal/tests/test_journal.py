"""The journal: it only grows, it is sealed, and whoever tampers with it is named."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from apothecary.journal.actions import canonical, record, seal
from apothecary.journal.deeds import Deed
from apothecary.journal.keys import signature_holds, signing_key
from apothecary.journal.merkle import merkle_root
from apothecary.journal.models import Entry, Seal, Unsealed
from apothecary.journal.proof import journal_faults
from apothecary.journal.queries import history

AT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
PHARMACY = 77


@dataclass(frozen=True)
class Somebody:
    pharmacy_id: int = PHARMACY
    person_id: int | None = 5
    name: str = "Terry Technician"
    station: str = "counter 1"
    at: datetime = AT


@pytest.fixture
def key(tmp_path):
    return signing_key(tmp_path)


@pytest.fixture
def here(db):
    """A connection that stands in the pharmacy of these tests."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('apothecary.pharmacy', %s, false)", [str(PHARMACY)])
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('apothecary.pharmacy', '0', false)")


def write(count: int, *, first: int = 1) -> None:
    for number in range(first, first + count):
        record(by=Somebody(), did=Deed.COUNTED, about=("fill", number), details={"n": number})


def sealed(key, count: int = 5) -> None:
    write(count)
    assert seal(pharmacy_id=PHARMACY, key=key, at=AT) == count


def tamper(statement: str) -> None:
    """What an intruder with the owner's rights would do: take the guard away first."""
    table = "journal_seal" if "journal_seal" in statement else "journal_entry"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def faults(key) -> list[str]:
    return journal_faults(pharmacy_id=PHARMACY, trusted_keys=frozenset({key.public}))


def test_an_act_is_written_with_who_what_when_and_where(here):
    write(1)
    line = history(pharmacy_id=PHARMACY, about=[("fill", 1)])[0]
    assert (line.by, line.deed, line.at) == ("Terry Technician", "counted", AT)
    assert (line.station, line.details) == ("counter 1", {"n": 1})


def test_the_history_of_a_record_holds_its_own_acts_oldest_first(here):
    write(3)
    write(1, first=2)
    lines = history(pharmacy_id=PHARMACY, about=[("fill", 2), ("fill", 3)])
    assert [line.about_id for line in lines] == [2, 3, 2]
    assert history(pharmacy_id=PHARMACY, about=[]) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET by_name = 'nobody'",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry",
        "UPDATE journal_seal SET number = 9",
        "DELETE FROM journal_seal",
        "TRUNCATE journal_seal",
    ],
)
def test_nothing_in_the_journal_can_be_changed_or_taken_away(here, key, statement):
    sealed(key)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)
    assert faults(key) == []


def test_a_rolled_back_act_leaves_no_trace(here, key):
    def rolled_back() -> None:
        with transaction.atomic():
            write(1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        rolled_back()
    assert not Entry.objects.exists()
    assert not Unsealed.objects.exists()


def test_seals_hang_on_each_other_and_prove(here, key):
    sealed(key, 3)
    write(4, first=10)
    assert seal(pharmacy_id=PHARMACY, key=key, at=AT + timedelta(seconds=1)) == 4
    first, second = Seal.objects.order_by("number")
    assert bytes(second.previous_hash) == bytes(first.hash)
    assert faults(key) == []


def test_sealing_when_nothing_waits_makes_no_seal(here, key):
    assert seal(pharmacy_id=PHARMACY, key=key, at=AT) == 0
    assert not Seal.objects.exists()


def test_a_journal_is_sealed_in_batches(here, key):
    write(5)
    assert seal(pharmacy_id=PHARMACY, key=key, at=AT, batch=2) == 2
    assert seal(pharmacy_id=PHARMACY, key=key, at=AT, batch=2) == 2
    assert seal(pharmacy_id=PHARMACY, key=key, at=AT, batch=2) == 1
    assert faults(key) == []


def test_a_changed_entry_is_named(here, key):
    sealed(key)
    victim = Entry.objects.order_by("id")[2]
    tamper(f"UPDATE journal_entry SET details = '{{}}' WHERE id = {victim.pk}")
    assert faults(key) == [f"entry {victim.pk} was changed (seal 1)"]


def test_a_removed_entry_is_named(here, key):
    sealed(key)
    victim = Entry.objects.order_by("id")[0]
    tamper(f"DELETE FROM journal_entry WHERE id = {victim.pk}")
    assert faults(key) == [f"entry {victim.pk} was removed (seal 1)"]


def test_an_inserted_entry_is_named(here, key):
    sealed(key)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_entry (pharmacy_id, at, by_name, station, deed, about,"
            " about_id, details) VALUES (%s, now(), 'x', 'x', 'x', 'fill', 1, '{}')"
            " RETURNING id",
            [PHARMACY],
        )
        smuggled = cursor.fetchone()[0]
    assert faults(key) == [f"entry {smuggled} was inserted: no seal knows it"]


def test_an_entry_removed_before_its_seal_is_named(here, key):
    write(2)
    victim = Entry.objects.order_by("id")[1]
    tamper(f"DELETE FROM journal_entry WHERE id = {victim.pk}")
    assert faults(key) == [f"entry {victim.pk} was removed before its seal"]
    with pytest.raises(RuntimeError, match="gone"):
        seal(pharmacy_id=PHARMACY, key=key, at=AT)


def test_a_removed_seal_is_named(here, key):
    sealed(key, 2)
    write(2, first=5)
    seal(pharmacy_id=PHARMACY, key=key, at=AT)
    tamper("DELETE FROM journal_seal WHERE number = 1")
    said = faults(key)
    assert any("seal 1 is missing" in fault for fault in said)
    assert any("does not hang" in fault for fault in said)


def test_a_rewritten_seal_signed_with_another_key_is_named(here, key, tmp_path):
    sealed(key)
    other = signing_key(tmp_path / "other")
    assert journal_faults(pharmacy_id=PHARMACY, trusted_keys=frozenset({other.public})) == [
        "seal 1 is signed with a key that is not ours"
    ]


LEAVES = "seal 1: its leaves do not give its root"
LOOSE = "seal 1 does not hang on the seal before it"
CHANGED = "seal 1 was changed"
UNSIGNED = "seal 1: its signature does not hold"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("root = sha256('x')", [LEAVES, CHANGED, UNSIGNED]),
        ("hash = sha256('x')", [CHANGED]),
        ("signature = sha256('x')", [UNSIGNED]),
        ("previous_hash = sha256('x')", [LOOSE, CHANGED, UNSIGNED]),
        ("sealed_at = sealed_at + interval '1 second'", [CHANGED, UNSIGNED]),
        ("entry_ids = entry_ids || 999999::bigint", [LEAVES, CHANGED, UNSIGNED]),
    ],
)
def test_each_changed_part_of_a_seal_is_named_and_nothing_else(here, key, change, named):
    sealed(key)
    tamper(f"UPDATE journal_seal SET {change}")
    assert faults(key) == named


def test_an_entry_that_waits_again_and_is_sealed_twice_is_named(here, key):
    sealed(key, 2)
    again = Entry.objects.order_by("id")[0]
    Unsealed.objects.create(entry_id=again.pk, pharmacy_id=PHARMACY)
    assert faults(key) == [f"entry {again.pk} waits for a seal it already has"]
    assert seal(pharmacy_id=PHARMACY, key=key, at=AT) == 1
    assert faults(key) == [f"entry {again.pk} is sealed twice"]


def test_a_record_of_another_kind_with_the_same_number_has_its_own_history(here):
    write(1)
    record(by=Somebody(), did=Deed.SOLD, about=("prescription", 1))
    lines = history(pharmacy_id=PHARMACY, about=[("fill", 1)])
    assert [(line.deed, line.about) for line in lines] == [("counted", "fill")]


def test_of_a_long_history_the_newest_lines_are_told_oldest_first(here):
    for number in range(4):
        record(by=Somebody(), did=Deed.COUNTED, about=("fill", 1), details={"n": number})
    lines = history(pharmacy_id=PHARMACY, about=[("fill", 1)], limit=2)
    assert [line.details["n"] for line in lines] == [2, 3]


def test_the_key_is_made_once_and_readable_by_its_owner_alone(tmp_path):
    first, second = signing_key(tmp_path), signing_key(tmp_path)
    assert first.public == second.public
    assert (tmp_path / "journal.ed25519").stat().st_mode & 0o077 == 0


def test_a_signature_holds_for_its_own_digest_only(key):
    signature = key.sign(b"digest")
    assert signature_holds(key.public, signature, b"digest")
    assert not signature_holds(key.public, signature, b"another")


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40), st.data())
def test_a_merkle_root_changes_with_any_leaf(leaves, data):
    place = data.draw(st.integers(0, len(leaves) - 1))
    changed = list(leaves)
    changed[place] = bytes(32) if changed[place] != bytes(32) else b"\x01" * 32
    assert merkle_root(changed) != merkle_root(leaves)


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=5))
def test_the_same_details_have_the_same_text(details):
    turned = dict(reversed(list(details.items())))
    assert canonical(details) == canonical(turned)


def test_no_entry_of_another_pharmacy_is_seen(here):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('apothecary.pharmacy', '78', false)")
    record(by=Somebody(pharmacy_id=78), did=Deed.COUNTED, about=("fill", 1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('apothecary.pharmacy', %s, false)", [str(PHARMACY)])
    assert not Entry.objects.exists()
