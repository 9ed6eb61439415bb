"""Each paper cut off after every segment, and with every segment lost: nothing half done.

What came is kept byte for byte, and either all of it was done or nothing.
"""

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from apothecary.purchasing.ordering.models import Order
from apothecary.purchasing.papers.models import Interchange, Paper
from apothecary.purchasing.tests.yard import Yard
from apothecary.wires.x12.build import SetDraft

# Everything a paper of a wholesaler may change.
TAKEN = """
SELECT (SELECT string_agg(id || state, ',' ORDER BY id) FROM purchasing_order),
       (SELECT count(*) FROM purchasing_lineanswer),
       (SELECT coalesce(sum(quantity), 0) FROM stock_expected),
       (SELECT count(*) FROM purchasing_shipnotice), (SELECT count(*) FROM purchasing_tote),
       (SELECT count(*) FROM purchasing_noticeitem),
       (SELECT count(*) FROM purchasing_invoice), (SELECT count(*) FROM purchasing_invoiceline),
       (SELECT count(*) FROM purchasing_itemprice),
       (SELECT count(*) FROM purchasing_catalogueitem), (SELECT count(*) FROM stock_move)
"""
Write = Callable[[Yard, Order], SetDraft]
PAPERS: dict[str, Write] = {
    "855": lambda yard, order: yard.answer(order, ("lisinopril", 3, [("IQ", 2), ("IB", 1)])),
    "856": lambda yard, order: yard.notice(order, ("lisinopril", 3, "L7")),
    "810": lambda yard, order: yard.invoice(order, ("lisinopril", 3, "2.11"), freight="1.00"),
}


@pytest.fixture
def order(yard) -> Order:
    return yard.sent(lisinopril=3)


def taken() -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(TAKEN)
        row: tuple[object, ...] = cursor.fetchone()
    return row


def after(yard: Yard, raw: bytes) -> tuple[tuple[object, ...], list[str], bytes]:
    """What taking some bytes in leaves: the tables, the problems, the bytes kept. Undone."""
    point = transaction.savepoint()
    papers = yard.takes_raw(raw)
    found = taken(), [paper.problem for paper in papers], b""
    kept = Interchange.objects.order_by("pk").select_related("incoming").last()
    found = (*found[:2], bytes(kept.incoming.raw) if kept else b"")
    transaction.savepoint_rollback(point)
    return found


def pieces(raw: bytes) -> list[bytes]:
    """The segments, each with its terminator and line end."""
    return [part + b"~\n" for part in raw.split(b"~\n")[:-1]]


@pytest.mark.parametrize("kind", PAPERS)
def test_a_paper_that_ends_after_any_of_its_segments_but_the_last_is_set_aside(
    yard, order, kind
):
    raw = yard.raw(PAPERS[kind](yard, order))
    before, segments = taken(), pieces(raw)
    whole, problems, _ = after(yard, raw)
    assert (problems, whole != before) == ([""], True)
    for many in range(1, len(segments)):
        cut = b"".join(segments[:many])
        there, problems, kept = after(yard, cut)
        # Without the interchange's own end its papers are whole: that is named and done.
        if many < len(segments) - 2:
            assert there == before, (kind, many)
            assert any(problems), (kind, many)
        else:
            assert there in {before, whole}, (kind, many)
        assert kept == cut


@pytest.mark.parametrize("kind", PAPERS)
def test_a_paper_that_lost_any_one_segment_is_done_as_a_whole_or_not_at_all(yard, order, kind):
    raw = yard.raw(PAPERS[kind](yard, order))
    before, segments = taken(), pieces(raw)
    aside = 0
    for lost in range(len(segments)):
        bad = b"".join(segments[:lost] + segments[lost + 1 :])
        there, problems, kept = after(yard, bad)
        assert kept == bad
        if any(problems):
            assert there == before, (kind, segments[lost])
            aside += 1
        else:
            assert there != before, (kind, segments[lost])
    # Counts and control numbers tell of nearly every loss.
    assert aside >= len(segments) - 3


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"68180098001", b"99999999999"),
        (b"PO000001", b"PO000002"),
        (b"PO000001", b"PO"),
        (b"PO000001", b"PO-1"),
        (b"PO000001", b"\xd9\xa1"),
        (b"*3*EA", b"*-3*EA"),
        (b"*3*EA", b"*999999999999*EA"),
        (b"*3*EA", b"*x*EA"),
        (b"20261123", b"20261399"),
        (b"0012345", b"7777777"),
    ],
)
def test_a_paper_with_a_wrong_value_is_set_aside_whole_or_does_not_depend_on_it(
    yard, order, kind, old, new
):
    raw = yard.raw(PAPERS[kind](yard, order))
    before = taken()
    whole, _, _ = after(yard, raw)
    bad = raw.replace(old, new)
    there, problems, kept = after(yard, bad)
    assert kept == bad
    if any(problems):
        assert there == before
        assert all(len(one) < 4_000 for one in problems)
    else:
        # It says nothing of what was changed, or names the line by its other number.
        assert there[0] == whole[0]


@pytest.mark.parametrize(
    "raw", [b"\x00" * 200, b"ISA", b"ISA*", b"~" * 500, b"\xff\xfe" + b"ISA" * 60]
)
def test_whatever_comes_is_kept_and_named(yard, raw):
    before = taken()
    there, problems, kept = after(yard, raw)
    assert (there, kept) == (before, raw)
    assert any(problems)


def test_one_spoiled_paper_of_three_stops_none_of_the_others(yard, order):
    good = [PAPERS["856"](yard, order), PAPERS["810"](yard, order)]
    bad = yard.answer(order, ("lisinopril", 3, [("IA", 3)]), account="7777777")
    papers = yard.takes(good[0], bad, good[1])
    assert [bool(paper.problem) for paper in papers] == [False, True, False]
    assert Paper.objects.exclude(problem="").get().kind == "855"
