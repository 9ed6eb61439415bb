"""A count comes short, nobody can say why, and DEA is told: until the form is in hand."""

import csv
from io import StringIO
from typing import Any, LiteralString

import pytest

from journeys.books import Books
from journeys.house import House
from journeys.people import Somebody

SECOND = {"initials": "NN", "pin": "4444"}
IN_VAULT: LiteralString = """
SELECT b.on_hand FROM stock_balance b JOIN stock_place p ON p.id = b.place_id
WHERE b.lot_id = %s AND p.name = 'Vault'
"""
FACTORS = {
    "quantity": "two tablets",
    "drug": "controlled, and sold on the street",
    "access": "two technicians",
    "pattern": "none before",
    "candidates": "likely",
    "local_trends": "none known",
}


@pytest.fixture(scope="module")
def nora(house: House) -> Somebody:
    """The new technician, who counts what another has counted."""
    return Somebody(house, "newtech")


def there(books: Books, lot: int) -> Any:
    """What the books have of a lot in the vault."""
    with books.opened() as steward:
        row = steward.execute(IN_VAULT, [lot]).fetchone()
    assert row is not None
    return row[0]


def printed(house: House, paper: str, **asked: object) -> list[list[str]]:
    """The rows of a paper as `apothecary inspect` prints it, without its titles."""
    options = [f"--{name}={value}" for name, value in asked.items()]
    done = house.command("inspect", paper, "--worker", "rph", *options)
    assert done.returncode == 0, done.stderr
    return list(csv.reader(StringIO(done.stdout)))[1:]


def test_a_count_that_comes_short_ends_in_a_printed_form_106(
    house: House, tess: Somebody, nora: Somebody, rita: Somebody, books: Books
) -> None:
    tess.does("/vault/counts", {"place_id": books.place("Vault"), **SECOND})
    count = tess.reads("/vault/counts/open")[0]
    line = count["lines"][0]
    before = there(books, line["lot_id"])
    path = f"/vault/counts/lines/{line['id']}/count"
    assert tess.does(path, {"counted": str(before - 2)}) == "recount"
    assert nora.does(path, {"counted": str(before - 2)}) == "differs"
    tess.does(f"/vault/counts/{count['id']}/give-up", {"because": "the others tomorrow"})
    case = tess.reads("/vault/discrepancies")[0]
    one = f"/vault/discrepancies/{case['id']}"
    tess.does(f"{one}/unexplained", {"because": "cameras and fills were looked at"})
    refused = tess.tries(f"{one}/hand-on", {"because": "theft"})
    assert (refused.status, refused.codes) == (403, ["duty-close_discrepancy"])
    rita.does(f"{one}/hand-on", {"because": "theft is suspected"})
    assert there(books, line["lot_id"]) == before - 2
    loss = next(each for each in tess.reads("/vault/losses") if "cameras" in each["what"])
    there_ = f"/vault/losses/{loss['id']}"
    assert [clock["name"] for clock in loss["clocks"]] == ["Notice", "Form 106"]
    assert tess.tries(f"{there_}/close", {"because": "b"}).status == 403
    judgement = {"kind": "loss", "because": "nothing explains it", "factors": FACTORS}
    rita.does(f"{there_}/judge", judgement | {"significant": True})
    assert rita.tries(f"{there_}/close", {"because": "b"}).codes == ["notice-open"]
    rita.does(f"{there_}/notice", {"to": "DEA field division", "way": "fax"})
    assert rita.tries(f"{there_}/close", {"because": "b"}).codes == ["form-open"]
    today = tess.reads(there_)["noticed_on"]
    tess.does(
        f"{there_}/draft",
        {"fields": {
            "lost_on": today, "kind": "other", "business_kind": "community pharmacy",
            "police_notified": "yes", "thefts_in_24_months": "0",
            "purchase_value_usd": "1.20"}},
    )  # fmt: skip
    rita.does(f"{there_}/file", {"filed_on": today, "reference": "TL-118"})
    rita.does(f"{there_}/close", {"because": "reported"})
    assert there(books, line["lot_id"]) == before - 2
    (form,) = printed(house, "106", loss=loss["number"])
    assert "2 " in form[-1]
    (row,) = [row for row in printed(house, "losses") if "cameras" in " ".join(row)]
    assert "by fax" in row[5]
    assert "reported" in row[-1]
    proof = house.command("check", "books")
    assert proof.returncode == 0, proof.stdout + proof.stderr
