"""From a wholesaler's notice to the last patient, through a bag in will-call and a late tote.

The notice comes out of the wholesalers' mailboxes by itself; hands, phone and pharmacist do the
rest. A bottle of the lot that comes the day after is stopped at the door.
"""

from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest

from journeys.house import House, wait_until
from journeys.people import Somebody
from journeys.test_supply import PATIENCE, Caprock, order_of, put_on_pad, the_catalogue_is_in
from journeys.walk import Team

# Nobody else in these stories takes it: its lots stay held.
DRUG, NDC = "alendronate", "16252-601-02"


@pytest.fixture(scope="module")
def caprock(house: House) -> Caprock:
    """Caprock's back office; its catalogue is there before anything is ordered."""
    office = Caprock(house.wholesaler_admin_port)
    office.ask("POST", "/catalogues", {"house": "caprock"})
    return office


def the_recall(tess: Somebody, number: str) -> Any:
    """The recall as the house has it, or nothing yet."""
    found = [one for one in tess.reads("/recalls") if one["number"] == number]
    return tess.reads(f"/recalls/{found[0]['id']}") if found else None


def bottles_of(office: Caprock, tess: Somebody) -> tuple[Any, list[Any]]:
    """A tote of the drug that was ordered and shipped, and what lies in it."""
    row = put_on_pad(tess, **{NDC: 1})
    there = f"/purchasing/orders/{row['id']}"
    tess.does(f"{there}/approve")
    tess.does(f"{there}/send")
    wait_until(
        lambda: order_of(tess, row["id"])["state"] == "acknowledged",
        what="the acknowledgement",
        seconds=PATIENCE,
    )
    office.ask("POST", "/ship", {"house": "caprock", "po": row["po"]})
    wait_until(
        lambda: order_of(tess, row["id"])["notices"], what="the ship notice", seconds=PATIENCE
    )
    totes = office.ask("GET", f"/totes?house=caprock&po={quote(row['po'])}")["totes"]
    return totes[0], [one for tote in totes for one in tote["packages"]]


def test_a_recall_goes_from_the_mailbox_to_the_last_patient(
    house: House, caprock: Caprock, team: Team, tess: Somebody, rita: Somebody
) -> None:
    wait_until(lambda: the_catalogue_is_in(tess), what="the catalogue", seconds=PATIENCE)
    _, sold = team.has(DRUG, "Norma Salazar", until="sold")
    _, ready = team.has(DRUG, "Beverly Washington", until="ready")
    tess.bins(ready)
    lots = lots_in_bags(tess)
    notice = caprock.ask(
        "POST",
        "/recalls",
        {"ndc": NDC, "lots": " ".join(lots), "classification": "I"},
    )
    number = notice["results"][0]["recall_number"]
    recall = wait_until(lambda: the_recall(tess, number), what="the notice", seconds=PATIENCE)
    assert recall["state"] == "open"
    assert sold.id in {one["fill_id"] for one in recall["patients"]}

    wait_until(
        lambda: tess.reads(f"/fills/{ready.id}")["state"] == "short",
        what="the bag to be taken back",
    )
    recall = the_recall(tess, number)
    bag = [one for one in recall["places"] if one["fill_id"] == ready.id]
    assert [Decimal(one["expected"]) for one in bag] == [ready.quantity]

    there = f"/recalls/{recall['id']}"
    left = rita.tries(f"{there}/close").codes
    assert {"places-left", "patients-left"} <= set(left)
    for one in recall["places"]:
        tess.does(f"/recalls/places/{one['id']}/look", {"found": one["expected"]})
    for call in tess.reads(f"{there}/calls"):
        assert call["words"]
        tess.does(
            f"/recalls/calls/{call['id']}", {"way": "in person", "outcome": "has none left"}
        )
    tess.does(f"{there}/reply", {"reply": "quarantined, by fax"})
    closed = rita.does(f"{there}/close")
    assert (closed["state"], closed["fills_left"]) == ("closed", 0)
    assert house.faults() == []


def lots_in_bags(tess: Somebody) -> list[str]:
    """The lots of the drug of which a bag waits in will-call."""
    found = tess.lots(NDC)
    return sorted(one["lot"] for one in found if Decimal(one["places"].get("Will-call", 0)))


def test_a_bottle_of_a_lot_recalled_yesterday_is_stopped_at_the_door(
    caprock: Caprock, tess: Somebody
) -> None:
    tote, bottles = bottles_of(caprock, tess)
    lots = sorted({one["lot"] for one in bottles})
    said = {"ndc": NDC, "lots": " ".join(lots), "classification": "II"}
    number = caprock.ask("POST", "/recalls", said)["results"][0]["recall_number"]
    wait_until(lambda: the_recall(tess, number), what="the notice", seconds=PATIENCE)
    delivery = tess.does("/purchasing/totes", {"code": tote["scan"]})
    there = f"/purchasing/receipts/{delivery['id']}"
    scan = {"code": bottles[0]["scan"], "key": "recalled"}
    refused = tess.tries(f"{there}/packages", scan)
    assert "recalled" in refused.codes
    assert number in refused.says
    aside = tess.does(f"{there}/packages", scan | {"condition": "recalled"})
    assert aside["condition"] == "recalled"
    found: list[Any] = wait_until(
        lambda: (the_recall(tess, number) or {"places": []})["places"],
        what="the bottle on the list",
        seconds=PATIENCE,
    )
    assert [one["place"] for one in found] == ["Quarantine"]
