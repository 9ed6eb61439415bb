"""The seal at its edges: known trees, every field of an entry, keys, batches, two houses."""

import stat
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256

import pytest
from django.db import connection

from apothecary.journal.actions import GENESIS, canonical, record, seal
from apothecary.journal.deeds import Deed
from apothecary.journal.keys import signing_key
from apothecary.journal.merkle import leaf_hash, merkle_root
from apothecary.journal.models import Entry, Seal, SealKey, Unsealed
from apothecary.journal.proof import journal_faults
from apothecary.journal.queries import history
from apothecary.journal.tests.test_journal import AT, PHARMACY, Somebody, tamper, write

# The trees of the reference implementation of RFC 6962 over its eight inputs.
INPUTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
          "606162636465666768696a6b6c6d6e6f")  # fmt: skip
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
ELSEWHERE = 78


@pytest.fixture
def key(tmp_path):
    return signing_key(tmp_path / "keys")


@pytest.fixture
def here(db):
    """A connection that stands in the pharmacy of these tests."""
    stand(PHARMACY)
    yield
    stand(0)


def stand(pharmacy: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('apothecary.pharmacy', %s, false)", [str(pharmacy)])


def proved(*keys) -> list[str]:
    trusted = frozenset(key.public for key in keys)
    return journal_faults(pharmacy_id=PHARMACY, trusted_keys=trusted)


@pytest.mark.parametrize(("many", "root"), list(enumerate(ROOTS)))
def test_the_root_of_a_batch_is_that_of_the_standard(many, root):
    leaves = [sha256(b"\x00" + bytes.fromhex(text)).digest() for text in INPUTS[:many]]
    assert merkle_root(leaves).hex() == root


def entry() -> Entry:
    return Entry(
        pk=1,
        pharmacy_id=PHARMACY,
        at=AT,
        by_id=5,
        by_name="Terry",
        station="counter 1",
        deed="counted",
        about="fill",
        about_id=9,
        details='{"n":1}',
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pk", 2),
        ("pharmacy_id", ELSEWHERE),
        ("at", AT + timedelta(microseconds=1)),
        ("by_id", None),
        ("by_name", "terry"),
        ("station", ""),
        ("deed", "sold a fill"),
        ("about", "lot"),
        ("about_id", 10),
        ("details", '{"n":2}'),
    ],
)
def test_whatever_an_entry_says_is_in_its_leaf(field, value):
    changed = entry()
    setattr(changed, field, value)
    assert leaf_hash(changed) != leaf_hash(entry())


def test_no_text_can_slip_from_one_field_into_the_next():
    one, other = entry(), entry()
    one.by_name, one.station = "Terry", "counter 1"
    other.by_name, other.station = 'Terry","counter 1', ""
    assert leaf_hash(one) != leaf_hash(other)


def test_the_same_instant_on_another_clock_is_the_same_leaf():
    away = entry()
    away.at = AT.astimezone(timezone(timedelta(hours=-6)))
    assert leaf_hash(away) == leaf_hash(entry())


@pytest.mark.parametrize(
    ("details", "text"),
    [
        (None, "{}"),
        ({}, "{}"),
        ({"b": 1, "a": 2}, '{"a":2,"b":1}'),
        ({"q": Decimal("30.000")}, '{"q":"30.000"}'),
        ({"on": date(2026, 11, 23)}, '{"on":"2026-11-23"}'),
        ({"name": "Núñez"}, '{"name":"Núñez"}'),
        ({"none": None, "yes": True}, '{"none":null,"yes":true}'),
    ],
)
def test_details_are_written_in_one_way_only(details, text):
    assert canonical(details) == text


def test_a_batch_is_as_long_as_it_may_be_and_the_chain_goes_on_by_number(here, key):
    write(5)
    made = [seal(pharmacy_id=PHARMACY, key=key, at=AT, batch=2) for _ in range(4)]
    assert made == [2, 2, 1, 0]
    seals = list(Seal.objects.order_by("number"))
    assert [one.number for one in seals] == [1, 2, 3]
    assert bytes(seals[0].previous_hash) == GENESIS
    assert [bytes(one.previous_hash) for one in seals[1:]] == [
        bytes(one.hash) for one in seals[:-1]
    ]
    assert proved(key) == []


def test_a_clock_that_ran_back_breaks_nothing(here, key):
    write(1)
    seal(pharmacy_id=PHARMACY, key=key, at=AT)
    write(1, first=2)
    seal(pharmacy_id=PHARMACY, key=key, at=AT - timedelta(days=400))
    assert proved(key) == []


def test_an_entry_that_waited_and_is_gone_stops_the_sealer_and_nothing_is_sealed(here, key):
    write(3)
    gone = Entry.objects.order_by("id").first()
    assert gone is not None
    tamper(f"DELETE FROM journal_entry WHERE id = {gone.pk}")
    with pytest.raises(RuntimeError, match="is gone"):
        seal(pharmacy_id=PHARMACY, key=key, at=AT)
    assert (Unsealed.objects.count(), Seal.objects.count()) == (3, 0)
    assert proved(key) == [f"entry {gone.pk} was removed before its seal"]


def test_each_house_has_a_chain_of_its_own(here, key):
    write(2)
    stand(ELSEWHERE)
    record(by=replace(Somebody(), pharmacy_id=ELSEWHERE), did=Deed.SOLD, about=("fill", 1))
    assert seal(pharmacy_id=ELSEWHERE, key=key, at=AT) == 1
    assert Seal.objects.get().number == 1
    stand(PHARMACY)
    assert seal(pharmacy_id=PHARMACY, key=key, at=AT) == 2
    assert Seal.objects.get().number == 1
    assert proved(key) == []


def test_seals_of_an_older_key_hold_while_it_is_trusted_and_are_named_after(
    here, key, tmp_path
):
    newer = signing_key(tmp_path / "newer")
    write(1)
    seal(pharmacy_id=PHARMACY, key=key, at=AT)
    write(1, first=2)
    seal(pharmacy_id=PHARMACY, key=newer, at=AT)
    assert SealKey.objects.count() == 2
    assert proved(key, newer) == []
    assert proved(newer) == ["seal 1 is signed with a key that is not ours"]
    assert proved(key) == ["seal 2 is signed with a key that is not ours"]
    assert len(proved()) == 2


def test_a_damaged_key_is_said_and_never_made_anew(tmp_path):
    folder = tmp_path / "keys"
    first = signing_key(folder)
    file = folder / "journal.ed25519"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for spoiled in (b"", b"short", file.read_bytes() + b"x"):
        file.write_bytes(spoiled)
        with pytest.raises(ValueError, match="32 bytes"):
            signing_key(folder)
        assert file.read_bytes() == spoiled
    file.write_bytes(first.private.private_bytes_raw())
    assert signing_key(folder).public == first.public


def test_every_deed_has_words_of_its_own_that_follow_a_name():
    words = [deed.value for deed in Deed]
    assert len(set(words)) == len(words)
    for said in words:
        assert said[0].islower(), said
        assert not said.endswith("."), said


def test_the_history_of_several_records_is_one_story_in_the_order_it_happened(here):
    for kind, number in (("fill", 1), ("lot", 1), ("fill", 2), ("fill", 1)):
        record(by=Somebody(), did=Deed.COUNTED, about=(kind, number))
    told = history(pharmacy_id=PHARMACY, about=[("fill", 1), ("lot", 1)])
    assert [(line.about, line.about_id) for line in told] == [
        ("fill", 1), ("lot", 1), ("fill", 1)]  # fmt: skip
    newest = history(pharmacy_id=PHARMACY, about=[("fill", 1), ("lot", 1)], limit=2)
    assert [line.about for line in newest] == ["lot", "fill"]


def test_the_history_of_nothing_asks_nothing(here, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert history(pharmacy_id=PHARMACY, about=[]) == []


def test_an_act_is_told_at_the_instant_it_happened_whatever_the_clock_of_the_house(here):
    at = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    by = replace(Somebody(), at=at.astimezone(timezone(timedelta(hours=-5))))
    record(by=by, did=Deed.COUNTED, about=("fill", 1))
    assert history(pharmacy_id=PHARMACY, about=[("fill", 1)])[0].at == at
