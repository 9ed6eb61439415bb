"""From the invoice that says what things cost, through the expiry sweep, to the last cent back.

The reverse distributor of the demo stands outside the house and credits in full, short or
nothing; controlled drugs end before two people.
"""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from journeys.books import Books
from journeys.house import House, wait_until
from journeys.people import Somebody
from journeys.test_supply import Caprock, order_of, put_on_pad, scanned_in, the_catalogue_is_in

METFORMIN, MORPHINE, CLONAZEPAM = "65862-008-01", "0054-0235-24", "0004-0068-01"
WARFARIN = "31722-332-01"
PATIENCE = 90
TODAY = date.today()  # noqa: DTZ011 the demo lives on the machine's day
BOTTLE, CENT = Decimal(100), Decimal("0.01")


@pytest.fixture(scope="module")
def office(house: House) -> Caprock:
    """The back office of all wholesalers and of the distributor."""
    found = Caprock(house.wholesaler_admin_port)
    found.ask("POST", "/catalogues", {"house": "caprock"})
    return found


@pytest.fixture(scope="module")
def paul(house: House) -> Somebody:
    """The pharmacist in charge."""
    return Somebody(house, "pic")


@pytest.fixture(scope="module")
def shelf(books: Books) -> int:
    """The shelf of the demo."""
    return books.place("Shelf")


@pytest.fixture(scope="module")
def cost(house: House, office: Caprock, tess: Somebody) -> Decimal:
    """What a bottle of metformin cost, by an invoice that was approved."""
    wait_until(lambda: the_catalogue_is_in(tess), what="the catalogue", seconds=PATIENCE)
    row = put_on_pad(tess, **{METFORMIN: 1})
    there = f"/purchasing/orders/{row['id']}"
    tess.does(f"{there}/approve")
    tess.does(f"{there}/send")
    wait_until(
        lambda: order_of(tess, row["id"])["state"] == "acknowledged",
        what="the acknowledgement",
        seconds=PATIENCE,
    )
    for one in order_of(tess, row["id"])["answers"]:
        if one["needs_decision"]:
            tess.does(f"/purchasing/answers/{one['id']}/take")
    office.ask("POST", "/ship", {"house": "caprock", "po": row["po"]})
    wait_until(
        lambda: order_of(tess, row["id"])["notices"], what="the ship notice", seconds=PATIENCE
    )
    for tote in office.ask("GET", f"/totes?house=caprock&po={row['po']}")["totes"]:
        for one in scanned_in(tess, tote, damaged="")[:1]:
            tess.does(f"/purchasing/receipts/{one['receipt_id']}/close")
    (invoice,) = wait_until(
        lambda: order_of(tess, row["id"])["invoices"], what="the invoice", seconds=PATIENCE
    )
    for one in tess.does(f"/purchasing/invoices/{invoice}/match")["differences"]:
        said = {"because": "called Caprock", "reference": "C1"}
        tess.does(f"/purchasing/differences/{one['id']}/claim", said)
    tess.does(f"/purchasing/invoices/{invoice}/approve")
    return Decimal(order_of(tess, row["id"])["lines"][0]["price_usd"])


def set_aside(tess: Somebody, ndc: str, lot: str, units: int, *, on: int) -> Any:
    """A lot that ends soon, on the shelf first, found by the sweep and pulled to quarantine."""
    ends = (TODAY + timedelta(days=40)).isoformat()
    tess.receives(ndc, lot, units, place=on, until=ends)
    (found,) = [one for one in tess.reads("/stock/outdates?days=90") if one["lot"] == lot]
    pulled = {"place_id": found["place_id"], "lot_id": found["lot_id"], "key": f"pull-{lot}"}
    assert Decimal(str(tess.does("/stock/outdates/pull", pulled))) == units
    (row,) = [one for one in tess.reads("/returns/waiting") if one["lot"] == lot]
    assert row["reason"] == "short-dated"
    return row


def sent_off(tess: Somebody, by: Somebody, row: Any) -> Any:
    """A return of one lot: picked, asked, authorized, shipped."""
    (keeper,) = tess.reads("/returns/distributors")
    group = row["group"]
    started = tess.does("/returns/shipments", {"group": group, "distributor_id": keeper["id"]})
    there = f"/returns/shipments/{started['id']}"
    tess.does(f"{there}/lines", {"lot_id": row["lot_id"], "place_id": row["place_id"]})
    tess.does(f"{there}/ask")
    authorized = wait_until(
        lambda: [one for one in [tess.reads(there)] if one["state"] == "authorized"],
        what="the authorization",
        seconds=PATIENCE,
    )[0]
    assert authorized["authorization"].startswith("RA")
    assert by.does(f"{there}/ship", {"carrier": "UPS", "tracking": "1Z"})["state"] == "shipped"
    assert tess.tries(f"{there}/ship", {"carrier": "UPS"}).codes == ["return-state"]
    return authorized


def credited(tess: Somebody, shipment_id: int) -> Any:
    """The return once its credit is booked."""

    def booked() -> list[Any]:
        row = tess.reads(f"/returns/shipments/{shipment_id}")
        return [row] if row["lines"][0]["state"] != "shipped" else []

    return wait_until(booked, what="the credit", seconds=PATIENCE)[0]


@pytest.mark.parametrize(
    ("fault", "state", "share"),
    [
        ("", "credited", Decimal(1)),
        ("credit_short", "short-credited", Decimal("0.5")),
        ("credit_denied", "denied", Decimal(0)),
    ],
)
def test_what_the_sweep_pulls_goes_back_and_is_settled_to_the_cent(
    office: Caprock, tess: Somebody, rita: Somebody, paul: Somebody, cost: Decimal,
    shelf: int, fault: str, state: str, share: Decimal,
) -> None:  # fmt: skip
    row = set_aside(tess, METFORMIN, f"RET{fault[-5:].upper()}1", 500, on=shelf)
    expected = (cost * 500 / BOTTLE).quantize(CENT, ROUND_HALF_UP)
    assert Decimal(row["expected_usd"]) == expected
    there = sent_off(tess, tess, row)["id"]
    if fault:
        office.ask("POST", "/faults", {"kind": fault, "house": "mesquite"})
    office.ask("POST", "/credits")
    page = credited(tess, there)
    (line,) = page["lines"]
    assert line["state"] == state
    assert abs(Decimal(line["credited_usd"]) - expected * share) <= CENT
    assert Decimal(page["open_usd"]) == expected - Decimal(line["credited_usd"])
    if share == 1:
        assert page["state"] == "settled"
        return
    debts = {one["name"]: Decimal(one["usd"]) for one in tess.reads("/returns/credits")}
    assert debts["Mesquite Returns"] == Decimal(page["open_usd"])
    tess.does(f"/returns/shipments/{there}/follow-up", {"says": "asked Mesquite"})
    because = {"because": "they will not pay more"}
    assert rita.tries(f"/returns/lines/{line['id']}/write-off", because).status == 403
    gone = paul.does(f"/returns/lines/{line['id']}/write-off", because)
    assert Decimal(gone["credited_usd"]) + Decimal(gone["written_off_usd"]) == expected
    page = tess.reads(f"/returns/shipments/{there}")
    assert (page["state"], Decimal(page["open_usd"])) == ("settled", Decimal(0))


def test_schedule_iii_to_v_goes_apart_and_a_pharmacist_ships_it(
    tess: Somebody, rita: Somebody, shelf: int
) -> None:
    row = set_aside(rita, CLONAZEPAM, "RETKLON", 30, on=shelf)
    assert row["group"] == "Schedule III to V"
    (keeper,) = tess.reads("/returns/distributors")
    plain = tess.does("/returns/shipments", {"distributor_id": keeper["id"]})
    said = {"lot_id": row["lot_id"], "place_id": row["place_id"]}
    refused = tess.tries(f"/returns/shipments/{plain['id']}/lines", said)
    assert refused.codes == ["wrong-group"]
    tess.does(f"/returns/shipments/{plain['id']}/cancel", {"because": "wrong kind"})
    assert sent_off(tess, rita, row)["group"] == "Schedule III to V"


def test_schedule_ii_waits_for_the_form_or_is_destroyed_before_two_people(
    tess: Somebody, rita: Somebody, shelf: int
) -> None:
    row = set_aside(rita, MORPHINE, "RETMORPH", 20, on=shelf)
    (keeper,) = tess.reads("/returns/distributors")
    begun = tess.does(
        "/returns/shipments", {"group": "Schedule II", "distributor_id": keeper["id"]}
    )
    there = f"/returns/shipments/{begun['id']}"
    tess.does(f"{there}/lines", {"lot_id": row["lot_id"], "place_id": row["place_id"]})
    assert tess.tries(f"{there}/ask").codes == ["needs-form-222"]
    tess.does(f"{there}/cancel", {"because": "no form came"})
    form = {
        "items": [{"lot_id": row["lot_id"], "place_id": row["place_id"], "quantity": "20"}],
        "place": "pharmacy",
        "method": "digested by a chemical, then burnt",
        "destroyed_on": TODAY.isoformat(),
        "key": "journey",
    }
    assert tess.tries("/returns/destructions", form).status == 403
    assert rita.tries("/returns/destructions", form).codes == ["too-few-witnesses"]
    flushed = form | {"method": "down the toilet", "initials": "TT", "pin": "1111"}
    assert rita.tries("/returns/destructions", flushed).codes == ["retrievable"]
    done = rita.does("/returns/destructions", form | {"initials": "TT", "pin": "1111"})
    assert (done["by_name"], done["witness_name"]) == (
        "Rita Pharmacist",
        "Tess Technician",
    )
    assert [one for one in tess.reads("/returns/waiting") if one["lot"] == "RETMORPH"] == []


def test_hazardous_waste_goes_into_its_container_and_leaves_with_a_manifest(
    house: House, tess: Somebody, shelf: int
) -> None:
    row = set_aside(tess, WARFARIN, "RETWARF", 30, on=shelf)
    said = {
        "lot_id": row["lot_id"], "place_id": row["place_id"], "read": True,
        "because": "nobody credits it", "key": "journey-waste",
    }  # fmt: skip
    other = tess.does("/returns/waste", {"stream": "non-hazardous", "stands": "counter"})
    refused = tess.tries(f"/returns/waste/{other['id']}/items", said)
    assert refused.codes == ["waste-wrong-stream"]
    assert "P001" in refused.says
    box = tess.does("/returns/waste", {"stream": "hazardous", "stands": "back room"})
    assert tess.does(f"/returns/waste/{box['id']}/items", said)["codes"] == "P001"
    tess.does(f"/returns/waste/{box['id']}/close")
    gone = tess.does(
        "/returns/hand-overs",
        {"container_ids": [box["id"]], "hauler": "Hill Haulers", "manifest": "012345678JJK"},
    )
    assert gone["copy_by"] == (TODAY + timedelta(days=60)).isoformat()
    assert house.faults() == []
