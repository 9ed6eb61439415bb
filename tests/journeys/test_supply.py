"""From an empty shelf to a full one, through a wholesaler that ships short and dents a bottle.

The wholesalers of the demo stand outside the house; what lies in their totes is asked of their
back office, as eyes at the door would see it.
"""

import json
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from journeys.house import House, wait_until
from journeys.people import Somebody

METFORMIN, FUROSEMIDE, OTHER_FUROSEMIDE = "65862-008-01", "63304-625-01", "64125-117-01"
HUMALOG = "0002-7510-01"
# The worker asks each line every five seconds, the demo ships after twenty.
PATIENCE = 90


class Caprock:
    """The wholesalers' back office: what really lies in the totes, and how they behave."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, body: object = None) -> Any:
        raw = None if body is None else json.dumps(body).encode()
        request = Request(f"http://127.0.0.1:{self.port}{path}", raw, method=method)
        with urlopen(request, timeout=20) as answer:  # noqa: S310 loopback
            return json.load(answer)


@pytest.fixture(scope="module")
def caprock(house: House) -> Caprock:
    """Caprock's back office; it sends its catalogue first."""
    office = Caprock(house.wholesaler_admin_port)
    office.ask("POST", "/catalogues", {"house": "caprock"})
    return office


def order_of(tess: Somebody, order_id: int) -> Any:
    return tess.reads(f"/purchasing/orders/{order_id}")


def the_catalogue_is_in(tess: Somebody) -> bool:
    """Whether a paper of that kind was acted on."""
    papers = tess.reads("/purchasing/papers")
    return any(one["kind"] == "832" and one["problem"] == "" for one in papers)


def put_on_pad(tess: Somebody, **packages: int) -> Any:
    """The draft on which so many of each stand, all at Caprock."""
    (seller,) = [
        one for one in tess.reads("/purchasing/wholesalers") if one["code"] == "caprock"
    ]
    row = None
    for ndc, many in packages.items():
        said = {"ndc": ndc, "packages": many, "wholesaler_id": seller["id"]}
        row = tess.does("/purchasing/pad/lines", said)
    return row


def scanned_in(tess: Somebody, tote: Any, *, damaged: str) -> list[Any]:
    """Every bottle of a tote, cold things measured first; one NDC comes with a dent."""
    delivery = tess.does("/purchasing/totes", {"code": tote["scan"]})
    there = f"/purchasing/receipts/{delivery['id']}"
    if delivery["temperature_c"] is None:
        arrived = {"temperature_c": str(tote["arrived_c"] or "5.0")}
        tess.does(f"{there}/temperature", arrived)
    found: list[Any] = []
    for bottle in tote["packages"]:
        said = {"code": bottle["scan"], "key": f"journey-{len(found)}-{tote['sscc']}"}
        if bottle["ndc"] == damaged:
            said |= {"condition": "damaged", "because": "the bottle is dented"}
        found.append(tess.does(f"{there}/packages", said))
    again = {"code": tote["packages"][0]["scan"], "key": "the same bottle again"}
    assert tess.tries(f"{there}/packages", again).codes == ["received-before"]
    return found


def test_low_stock_is_ordered_answered_shipped_scanned_shelved_and_billed_to_the_cent(
    house: House, caprock: Caprock, tess: Somebody, rita: Somebody
) -> None:
    wait_until(lambda: the_catalogue_is_in(tess), what="the catalogue", seconds=PATIENCE)
    row = put_on_pad(tess, **{METFORMIN: 5, FUROSEMIDE: 2, HUMALOG: 1})
    there = f"/purchasing/orders/{row['id']}"
    tess.does(f"{there}/approve")
    assert tess.does(f"{there}/send")["state"] == "sent"
    assert tess.tries(f"{there}/send").status == 409
    acknowledged = wait_until(
        lambda: [one for one in [order_of(tess, row["id"])] if one["state"] == "acknowledged"],
        what="the acknowledgement",
        seconds=PATIENCE,
    )[0]
    assert acknowledged["receipt_at"] is not None
    waiting = [one for one in acknowledged["answers"] if one["needs_decision"]]
    assert {one["said"] for one in waiting} == {"short", "back-ordered", "substituted"}
    for one in waiting:
        tess.does(f"/purchasing/answers/{one['id']}/take")
    lines = {one["ndc"]: one for one in order_of(tess, row["id"])["lines"]}
    assert lines[OTHER_FUROSEMIDE]["instead_of"] == FUROSEMIDE

    caprock.ask("POST", "/ship", {"house": "caprock", "po": row["po"]})
    wait_until(
        lambda: order_of(tess, row["id"])["notices"], what="the ship notice", seconds=PATIENCE
    )
    totes = caprock.ask("GET", f"/totes?house=caprock&po={quote(row['po'])}")["totes"]
    came = [one for tote in totes for one in scanned_in(tess, tote, damaged=OTHER_FUROSEMIDE)]
    assert {one["condition"] for one in came} == {"good", "damaged"}
    for receipt in {one["receipt_id"] for one in came}:
        tess.does(f"/purchasing/receipts/{receipt}/close")
    for one in tess.reads("/purchasing/put-away"):
        said = {"place": one["place"], "key": f"journey-{one['lot_id']}"}
        assert tess.does(f"/purchasing/put-away/{one['lot_id']}", said) == one["packages"]
    assert tess.reads("/purchasing/put-away") == []

    (invoice,) = wait_until(
        lambda: order_of(tess, row["id"])["invoices"], what="the invoice", seconds=PATIENCE
    )
    bill = tess.does(f"/purchasing/invoices/{invoice}/match")
    assert {one["kind"] for one in bill["differences"]} == {"damaged"}
    assert tess.tries(f"/purchasing/invoices/{invoice}/approve").status == 409
    for one in bill["differences"]:
        there = f"/purchasing/differences/{one['id']}"
        assert rita.tries(f"{there}/write-off", {"because": "small"}).status == 403
        tess.does(f"{there}/claim", {"because": "called Caprock", "reference": "C1"})
    assert tess.does(f"/purchasing/invoices/{invoice}/approve")["state"] == "approved"
    assert tess.reads("/purchasing/papers?aside=true") == []
    assert house.faults() == []


def test_an_order_whose_answer_is_late_is_not_sent_twice_by_asking_again(
    caprock: Caprock, tess: Somebody
) -> None:
    caprock.ask("POST", "/faults", {"kind": "late_855", "house": "caprock", "seconds": 600})
    try:
        row = put_on_pad(tess, **{METFORMIN: 1})
        there = f"/purchasing/orders/{row['id']}"
        tess.does(f"{there}/approve")
        tess.does(f"{there}/send", key="once")
        assert tess.does(f"{there}/send", key="once")["state"] == "sent"
        wait_until(
            lambda: order_of(tess, row["id"])["receipt_at"], what="the 997", seconds=PATIENCE
        )
        orders = caprock.ask("GET", "/orders")["orders"]
        assert [one["po"] for one in orders].count(row["po"]) == 1
    finally:
        caprock.ask("DELETE", "/faults")
