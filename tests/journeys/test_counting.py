"""A cycle count with a difference: blind, counted again by another, signed with its reason."""

from decimal import Decimal
from typing import Any, LiteralString

import pytest

from journeys.books import Books
from journeys.house import House
from journeys.people import Somebody

LINES: LiteralString = """
SELECT c.id, c.place_id, c.lot_id FROM stock_countline c WHERE c.sheet_id = %s ORDER BY c.id
"""
STANDS: LiteralString = """
SELECT on_hand FROM stock_balance WHERE place_id = %s AND lot_id = %s
"""
SHORT: LiteralString = """
SELECT f.name, t.name, m.quantity FROM stock_move m
JOIN stock_place f ON f.id = m.from_place_id JOIN stock_place t ON t.id = m.to_place_id
WHERE m.lot_id = %s ORDER BY m.id DESC LIMIT 1
"""


@pytest.fixture(scope="module")
def nora(house: House) -> Somebody:
    """The new technician, who counts what another has counted."""
    return Somebody(house, "newtech")


def rows(books: Books, asked: LiteralString, *about: object) -> list[Any]:
    """What an inspector's pencil finds."""
    with books.opened() as steward:
        return list(steward.execute(asked, about).fetchall())


def counts(who: Somebody, line: int, counted: Decimal) -> Any:
    return who.does(f"/stock/counts/lines/{line}/count", {"counted": str(counted)})


def test_what_two_people_do_not_find_leaves_the_books_by_a_signed_move_with_its_reason(
    tess: Somebody, nora: Somebody, rita: Somebody, books: Books
) -> None:
    sheet = tess.does("/stock/counts", {"scope": "cold", "of": ""})
    (line, place, lot), *others = rows(books, LINES, sheet)
    ((there,),) = rows(books, STANDS, place, lot)
    gone = there / 2
    asked = counts(tess, line, there - gone)
    assert (asked["state"], asked["difference"]) == ("recount", None)
    # Who counted first does not count again, and what is to be counted again is not signed.
    again = tess.tries(f"/stock/counts/lines/{line}/count", {"counted": str(there)})
    assert again.status == 409
    early = {"reason": "miscount", "note": "it must be so"}
    assert rita.tries(f"/stock/counts/lines/{line}/settle", early).status == 409
    found = counts(nora, line, there - gone)
    assert (found["state"], Decimal(found["difference"])) == ("counted", -gone)
    assert rows(books, STANDS, place, lot) == [(there,)]
    signed = {"reason": "broken", "note": "a pen broke in the door of the refrigerator"}
    rita.does(f"/stock/counts/lines/{line}/settle", signed)
    assert rows(books, STANDS, place, lot) == [(there - gone,)]
    ((_, lost, units),) = rows(books, SHORT, lot)
    assert (lost, units) == ("Over/short", gone)
    for other, where, which in others:
        ((stands,),) = rows(books, STANDS, where, which)
        assert counts(tess, other, stands)["difference"] in {None, "0.000", "0"}
    closed = tess.ask("POST", f"/stock/counts/{sheet}/close", {"because": "gone through"})
    assert closed.status in {200, 409}, closed
