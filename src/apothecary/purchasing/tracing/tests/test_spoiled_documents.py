"""A tracing document spoiled anywhere: taken over whole, or kept and nothing else changed."""

import json

import pytest
from django.db import connection, transaction

from apothecary.purchasing.tracing.models import TracedPackage, TracingDocument
from apothecary.purchasing.tracing.taking import take_document
from apothecary.purchasing.tracing.tests.seller import GTIN, Told

# Everything that a document may change.
TAKEN = """
SELECT (SELECT count(*) FROM purchasing_tracedshipment),
       (SELECT count(*) FROM purchasing_traceditem),
       (SELECT string_agg(gtin || serial || lot || expires_on, ',' ORDER BY id)
        FROM purchasing_tracedpackage),
       (SELECT string_agg(id || condition, ',' ORDER BY id) FROM purchasing_receivedpackage),
       (SELECT count(*) FROM purchasing_suspectcase), (SELECT count(*) FROM stock_move)
"""
SYNTAXES = {"xml": Told().xml(), "json": Told().json()}
PIECES = 24


def taken() -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(TAKEN)
        row: tuple[object, ...] = cursor.fetchone()
    return row


def after(yard, raw: bytes) -> tuple[tuple[object, ...], TracingDocument, bytes]:
    """What taking some bytes in leaves: the tables, the document, the bytes kept. Undone."""
    point = transaction.savepoint()
    row = take_document(by=yard.by, partner="plains", raw=raw, name="d")
    found = taken(), row, bytes(row.incoming.raw)
    transaction.savepoint_rollback(point)
    return found


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_cut_off_anywhere_it_is_set_aside_with_its_bytes(yard, syntax):
    raw = SYNTAXES[syntax]
    before = taken()
    whole, row, _ = after(yard, raw)
    assert (row.problem, whole != before) == ("", True)
    for piece in range(1, PIECES):
        cut = raw[: len(raw.rstrip()) * piece // PIECES]
        there, row, kept = after(yard, cut)
        assert (there, kept) == (before, cut), piece
        assert row.problem, piece
        assert row.packages == 0


def test_an_element_lost_is_named_or_was_not_needed(yard):
    raw = SYNTAXES["xml"].decode()
    before = taken()
    whole, _, _ = after(yard, raw.encode())
    for name in ("epcList", "action", "bizStep", "eventTime", "readPoint", "extension"):
        start, end = raw.find(f"<{name}"), raw.find(f"</{name}>")
        if start < 0 or end < 0:
            continue
        bad = (raw[:start] + raw[end + len(name) + 3 :]).encode()
        there, row, kept = after(yard, bad)
        assert kept == bad
        assert there == (before if row.problem else whole), name


@pytest.mark.parametrize("place", range(8))
def test_a_part_of_json_lost_is_named_or_was_not_needed(yard, place):
    whole = json.loads(SYNTAXES["json"])
    before = taken()
    keys = sorted(whole)
    if place >= len(keys):
        pytest.skip("the document has fewer parts")
    del whole[keys[place]]
    raw = json.dumps(whole).encode()
    there, row, kept = after(yard, raw)
    assert kept == raw
    assert (there == before) == bool(row.problem), keys[place]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2028-06-30", "2028-13-30"),
        ("2028-06-30", "next year"),
        ("2026-11-23", "2026-02-30"),
        ("S1", "S" * 21),
        ("S1", "S 1"),
        ("urn:epc:id:sgtin:", "urn:epc:id:sscc:"),
        ("urn:epc:id:sgtin:", "urn:epc:id:sgtin:x"),
        ("OBSERVE", "DELETE"),
        ("OBSERVE", "REMEMBER"),
        ("shipping", "dreaming"),
        ("owning_party", "possessing_party"),
    ],
)
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_wrong_value_sets_the_document_aside_whole_or_it_does_not_depend_on_it(
    yard, syntax, old, new
):
    raw = SYNTAXES[syntax].replace(old.encode(), new.encode())
    assert raw != SYNTAXES[syntax] or old not in SYNTAXES[syntax].decode()
    before = taken()
    there, row, kept = after(yard, raw)
    assert kept == raw
    if row.problem:
        assert there == before
        assert len(row.problem) < 4_000
    else:
        assert row.packages == 2


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00" * 200,
        b"\xff\xfe<a/>",
        b"<" * 500,
        b"[" * 500,
        b'{"a":' * 500,
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"{}",
        b"null",
        b"<a/>",
    ],
)
def test_whatever_comes_is_kept_and_named(yard, raw):
    before = taken()
    there, row, kept = after(yard, raw)
    assert (there, kept) == (before, raw)
    assert row.problem
    assert "/etc/" not in row.problem


def test_one_spoiled_document_stops_none_of_the_others(yard):
    take_document(by=yard.by, partner="plains", raw=SYNTAXES["xml"][:700], name="a")
    good = Told(instance="D2")
    row = take_document(by=yard.by, partner="plains", raw=good.json(), name="b")
    assert (row.problem, row.packages) == ("", 2)
    assert TracedPackage.objects.filter(gtin=GTIN).count() == 2
    assert TracingDocument.objects.exclude(problem="").count() == 1
