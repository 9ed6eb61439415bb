"""The vault's papers, from the first act to what an inspector holds in hand."""

import csv
from decimal import Decimal
from io import StringIO
from typing import Any, LiteralString

import pytest

from journeys.books import Books
from journeys.house import House
from journeys.people import Somebody

# The technician counts, the new one watches, counts again and signs as the second person.
SECOND = {"initials": "NN", "pin": "4444"}
ON_THE_SHELF: LiteralString = """
SELECT l.id, b.on_hand, l.container FROM vault_inventoryline l
JOIN stock_balance b ON b.place_id = l.place_id AND b.lot_id = l.lot_id
WHERE l.inventory_id = %s ORDER BY l.id
"""
IN_VAULT: LiteralString = """
SELECT b.on_hand FROM stock_balance b JOIN stock_place p ON p.id = b.place_id
WHERE b.lot_id = %s AND p.name = 'Vault'
"""
PRODUCT: LiteralString = """
SELECT k.product_id FROM stock_lot l JOIN drugs_package k ON k.id = l.package_id WHERE l.id = %s
"""
PERSON: LiteralString = "SELECT id FROM staff_person WHERE username = %s"


@pytest.fixture(scope="module")
def nora(house: House) -> Somebody:
    """The new technician, who counts what another has counted."""
    return Somebody(house, "newtech")


@pytest.fixture(scope="module")
def pia(house: House) -> Somebody:
    """The pharmacist in charge."""
    return Somebody(house, "pic")


def printed(house: House, paper: str, **asked: object) -> list[list[str]]:
    """The rows of a paper as `apothecary inspect` prints it, without its titles."""
    options = [f"--{name}={value}" for name, value in asked.items()]
    done = house.command("inspect", paper, "--worker", "rph", *options)
    assert done.returncode == 0, done.stderr
    return list(csv.reader(StringIO(done.stdout)))[1:]


def counting(tess: Somebody, books: Books) -> Any:
    """The first line of a count of the vault that the technician begins with a second."""
    tess.does("/vault/counts", {"place_id": books.place("Vault"), **SECOND})
    (count,) = tess.reads("/vault/counts/open")
    return count


def found(books: Books, asked: LiteralString, about: object) -> Any:
    """What an inspector's pencil finds for one question about one thing."""
    with books.opened() as steward:
        row = steward.execute(asked, [about]).fetchone()
    assert row is not None, about
    return row[0]


def agrees(tess: Somebody, books: Books, lines: list[Any]) -> None:
    """Every one of these lines is counted as it stands there."""
    for line in lines:
        path = f"/vault/counts/lines/{line['id']}/count"
        there = found(books, IN_VAULT, line["lot_id"])
        assert tess.does(path, {"counted": str(there)}) == "agreed"


def test_a_count_that_comes_short_goes_to_a_signed_correction_and_stands_in_the_printed_book(
    house: House, tess: Somebody, nora: Somebody, rita: Somebody, books: Books
) -> None:
    count = counting(tess, books)
    line, *others = count["lines"]
    there = found(books, IN_VAULT, line["lot_id"])
    path = f"/vault/counts/lines/{line['id']}/count"
    assert tess.does(path, {"counted": str(there - 2)}) == "recount"
    assert tess.tries(path, {"counted": str(there)}).status == 409
    assert nora.does(path, {"counted": str(there - 2)}) == "differs"
    case = tess.reads("/vault/discrepancies")[0]
    assert Decimal(case["difference"]) == -2
    one = f"/vault/discrepancies/{case['id']}"
    tess.does(f"{one}/note", {"because": "asked the night shift"})
    tess.does(f"{one}/explain", {"because": "two fell into the drain"})
    refused = tess.tries(f"{one}/close", {"because": "found"})
    assert (refused.status, refused.codes) == (403, ["duty-close_discrepancy"])
    rita.does(f"{one}/close", {"because": "broken, seen by two"})
    assert found(books, IN_VAULT, line["lot_id"]) == there - 2
    agrees(tess, books, others)
    product = found(books, PRODUCT, line["lot_id"])
    seen = rita.reads(f"/vault/books/{product}")
    rows = printed(house, "book", product=product)
    assert Decimal(seen["closing"]) == Decimal(seen["stands"])
    assert Decimal(rows[-1][5].replace(",", "").split()[0]) == Decimal(seen["closing"])
    (closed,) = [row for row in printed(house, "discrepancies") if "drain" in " ".join(row)]
    assert "broken, seen by two" in " ".join(closed)


def test_the_biennial_inventory_is_counted_signed_by_two_printed_and_never_reckoned_anew(
    house: House, tess: Somebody, nora: Somebody, rita: Somebody, books: Books
) -> None:
    begun = tess.does("/vault/inventories", {"kind": "biennial", "business": "opening"})
    one = f"/vault/inventories/{begun}"
    assert rita.tries(f"{one}/sign", SECOND).codes == ["lines-open"]
    with books.opened() as steward:
        lines = list(steward.execute(ON_THE_SHELF, [begun]).fetchall())
    assert lines, "the demo keeps controlled drugs"
    for line, on_hand, container in lines:
        full, opened = divmod(on_hand, container)
        there = {"full": int(full), "opened": str(opened)}
        tess.does(f"/vault/inventories/lines/{line}/count", there)
    assert tess.tries(f"{one}/sign", SECOND).codes == ["duty-sign_inventory"]
    assert rita.tries(f"{one}/sign", {}).codes == ["inventory-witness"]
    rita.does(f"{one}/sign", SECOND)
    assert rita.tries(f"{one}/sign", SECOND).status == 409
    first = printed(house, "inventory", inventory=begun)
    assert sum(Decimal(row[8].replace(",", "")) for row in first) == sum(
        on_hand for _, on_hand, _ in lines
    )
    clock = tess.reads("/vault/inventories/clock")
    assert not clock["late"]
    line, *others = counting(tess, books)["lines"]
    short = {"counted": str(found(books, IN_VAULT, line["lot_id"]) - 1)}
    for somebody in (tess, nora):
        somebody.does(f"/vault/counts/lines/{line['id']}/count", short)
    case = tess.reads("/vault/discrepancies")[0]["id"]
    tess.does(f"/vault/discrepancies/{case}/unexplained", {"because": "nobody knows"})
    rita.does(f"/vault/discrepancies/{case}/close", {"because": "found nowhere"})
    agrees(tess, books, others)
    assert printed(house, "inventory", inventory=begun) == first


def test_a_power_of_attorney_is_put_on_file_printed_and_revoked(
    house: House, tess: Somebody, pia: Somebody, books: Books
) -> None:
    today = tess.reads("/vault/inventories/clock")["last_on"]
    witnesses = {"first_witness": "Ann Other", "second_witness": "Bo Third"}
    grant = {
        "person_id": found(books, PERSON, "newtech"),
        "registrant_name": "Piotr Ivers",
        "registrant_title": "pharmacist in charge",
        "granted_on": today,
        **witnesses,
    }
    before = printed(house, "attorneys")
    assert tess.tries("/vault/attorneys", grant).codes == ["duty-keep_attorneys"]
    alone = grant | {"second_witness": "Ann Other"}
    assert pia.tries("/vault/attorneys", alone).fields == ["second_witness"]
    assert printed(house, "attorneys") == before
    power = pia.does("/vault/attorneys", grant)
    assert pia.tries("/vault/attorneys", grant).codes == ["power-on-file"]
    (line,) = [row for row in printed(house, "attorneys") if row not in before]
    assert all(name in " ".join(line) for name in ("Piotr Ivers", "Ann Other", "Bo Third"))
    end = {"revoked_on": today, "by_name": "Piotr Ivers", "because": "left us", **witnesses}
    pia.does(f"/vault/attorneys/{power}/revoke", end)
    assert pia.tries(f"/vault/attorneys/{power}/revoke", end).codes == ["power-revoked"]
    (line,) = [row for row in printed(house, "attorneys") if row not in before]
    assert "left us" in " ".join(line)
