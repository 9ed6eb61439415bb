"""Returns and waste as programs see them: the same acts, duties and refusals as the screens."""

from decimal import Decimal

import pytest

from apothecary.config.tests.world import PIN
from apothecary.doors.tests.program import Program, codes, fields
from apothecary.prescriptions.states import FillState
from apothecary.returns.disposal.models import Destruction, Discarded
from apothecary.returns.shipments.models import Shipment
from apothecary.returns.tests.backroom import DEA, Backroom, backroom_of
from apothecary.staff.duties import Role
from apothecary.staff.models import Person
from apothecary.stock.kinds import PlaceKind

BECAUSE = {"because": "because"}


@pytest.fixture
def room(pharmacy) -> Backroom:
    return backroom_of(pharmacy)


@pytest.fixture
def tech(pharmacy) -> Program:
    return Program(pharmacy, Role.TECHNICIAN)


def good(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()


def begun(tech, room) -> str:
    """The address of a return of one lot that is worth nine dollars."""
    room.costs("lisinopril", "10.00")
    lot = room.pulled()
    row = good(tech.post("/returns/shipments", {"distributor_id": room.distributor.pk}))
    there = f"/returns/shipments/{row['id']}"
    said = {"lot_id": lot.pk, "place_id": room.quarantine.pk}
    assert good(tech.post(f"{there}/lines", said))["expected_usd"] == "9.00"
    return there


def test_a_program_takes_a_return_its_whole_way(room, tech):
    there = begun(tech, room)
    (waits,) = good(tech.get("/returns/waiting"))
    assert (waits["reason"], waits["on_return"], waits["expected_usd"]) == (
        "expired",
        1,
        "9.00",
    )
    assert good(tech.post(f"{there}/ask"))["state"] == "asked"
    sent = Shipment.objects.get()
    room.answered(sent)
    shipped = good(tech.post(f"{there}/ship", {"carrier": "UPS", "tracking": "1Z"}))
    assert (shipped["state"], shipped["open_usd"]) == ("shipped", "9.00")
    said = {"says": "they count it", "promised_on": None}
    assert tech.post(f"{there}/follow-up", said).status_code == 200
    (owed,) = good(tech.get("/returns/credits"))
    assert (owed["name"], owed["usd"], owed["lines"]) == ("Mesquite Returns", "9.00", 1)
    sent.refresh_from_db()
    room.credited(sent, (1, "full", "9.00"))
    row = good(tech.get(there))
    assert (row["state"], row["credited_usd"], row["open_usd"]) == ("settled", "9.00", "0")
    assert good(tech.get("/returns/credits")) == []
    assert good(tech.get("/returns/shipments")) == []
    assert good(tech.get("/returns/shipments?over=true")) == [row["id"]]


def test_a_key_sent_twice_ships_once(room, tech):
    there = begun(tech, room)
    tech.post(f"{there}/ask")
    room.answered(Shipment.objects.get())
    said = {"carrier": "UPS"}
    first = tech.post(f"{there}/ship", said, key="once")
    again = tech.post(f"{there}/ship", said, key="once")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert codes(tech.post(f"{there}/ship", said, key="other")) == {"return-state"}
    assert room.at(PlaceKind.REVERSE) == 90


def test_a_credit_that_was_set_aside_is_booked_by_a_program(room, tech):
    there = begun(tech, room)
    tech.post(f"{there}/ask")
    row = room.answered(Shipment.objects.get())
    room.credited(row, (1, "denied", "0.00"))
    (aside,) = good(tech.get("/returns/credits/aside"))
    assert "nothing has left" in aside["problem"]
    tech.post(f"{there}/ship", {"carrier": "UPS"})
    booked = good(tech.post(f"/returns/credits/{aside['id']}/book"))
    assert (booked["problem"], booked["shipment_id"]) == ("", row.pk)
    (line,) = good(tech.get(there))["lines"]
    assert line["state"] == "denied"
    assert tech.post(f"/returns/lines/{line['id']}/write-off", BECAUSE).status_code == 403
    tech.become(room.world.people[Role.IN_CHARGE])
    gone = good(tech.post(f"/returns/lines/{line['id']}/write-off", BECAUSE))
    assert (gone["state"], gone["written_off_usd"]) == ("written off", "9.00")


def test_who_takes_drugs_back_is_said_by_whoever_runs_the_place(room, tech):
    said = {"code": "yucca", "name": "Yucca Returns", "dea": DEA}
    assert tech.post("/returns/distributors", said).status_code == 403
    tech.become(room.world.people[Role.IN_CHARGE])
    assert good(tech.post("/returns/distributors", said))["code"] == "yucca"
    wrong = tech.post("/returns/distributors", said | {"dea": "RM9001040"})
    assert codes(wrong) == {"dea-check-digit"}
    names = [one["name"] for one in good(tech.get("/returns/distributors"))]
    assert names == ["Mesquite Returns", "Yucca Returns"]


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("lines", {"lot_id": 1, "place_id": 1}),
        ("ask", None),
        ("call-back", BECAUSE),
        ("ship", {"carrier": "UPS"}),
        ("confirm", {"on": "2026-11-23"}),
        ("follow-up", {"says": "x"}),
        ("cancel", BECAUSE),
    ],
)
def test_another_pharmacys_program_finds_no_return_of_ours(room, tech, verb, body):
    there = begun(tech, room)
    tech.become(stranger_of(room.world.other))
    answer = tech.post(f"{there}/{verb}", body)
    assert codes(answer) == {"no-return"}
    assert tech.get(there).status_code == 409


def stranger_of(pharmacy):
    """The pharmacist of the other pharmacy."""
    return Person.objects.get(pharmacy=pharmacy, role=Role.PHARMACIST.value)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lot_id": "x", "place_id": 1}, "lot_id"),
        ({"place_id": 1}, "lot_id"),
        ({"lot_id": 1, "place_id": 0}, "place_id"),
        ({"lot_id": 1, "place_id": 1, "quantity": "1.2345"}, "quantity"),
        ({"lot_id": 1, "place_id": 1, "quantity": "NaN"}, "quantity"),
    ],
)
def test_a_line_that_is_none_is_refused_by_its_field(room, tech, body, field):
    row = good(tech.post("/returns/shipments", {"distributor_id": room.distributor.pk}))
    answer = tech.post(f"/returns/shipments/{row['id']}/lines", body)
    assert (answer.status_code, fields(answer)) == (422, {field})


def test_waste_goes_its_way_by_a_program_too(room, tech):
    lot = room.pulled("warfarin")
    box = good(tech.post("/returns/waste", {"stream": "hazardous", "stands": "back"}))
    there = f"/returns/waste/{box['id']}"
    said = {
        "lot_id": lot.pk,
        "place_id": room.quarantine.pk,
        "read": True,
        "traits": ["ignitable"],
        "because": "expired",
        "key": "k",
    }
    thrown = good(tech.post(f"{there}/items", said))
    assert (thrown["codes"], thrown["quantity"]) == ("P001 D001", "90.000")
    assert good(tech.post(f"{there}/items", said))["id"] == thrown["id"]
    assert Discarded.objects.count() == 1
    assert good(tech.post(f"{there}/close"))["closed_at"] is not None
    given = {"container_ids": [box["id"]], "hauler": "Hill", "manifest": "M1"}
    handed = good(tech.post("/returns/hand-overs", given))
    assert handed["copy_by"] == "2027-01-22"
    back = tech.post(f"/returns/hand-overs/{handed['id']}/copy", {"on": "2026-11-23"})
    assert good(back)["copy_on"] == "2026-11-23"
    assert good(tech.get("/returns/waste")) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"traits": ["glowing"]}, "traits.0"),
        ({"traits": "ignitable"}, "traits"),
        ({"read": "perhaps"}, "read"),
        ({"key": ""}, "key"),
        ({"because": 7}, "because"),
    ],
)
def test_waste_that_is_not_well_said_is_refused_by_its_field(room, tech, change, field):
    lot = room.pulled()
    box = good(tech.post("/returns/waste", {"stream": "non-hazardous", "stands": "back"}))
    said = {
        "lot_id": lot.pk,
        "place_id": room.quarantine.pk,
        "read": True,
        "because": "expired",
        "key": "k",
    }
    answer = tech.post(f"/returns/waste/{box['id']}/items", said | change)
    assert (answer.status_code, fields(answer)) == (422, {field})
    assert Discarded.objects.count() == 0


def test_a_program_destroys_nothing_without_a_witness(room, tech):
    lot = room.pulled("oxycodone")
    said = {
        "items": [{"lot_id": lot.pk, "place_id": room.quarantine.pk, "quantity": "90"}],
        "place": "pharmacy",
        "method": "burnt",
        "destroyed_on": "2026-11-23",
        "key": "k",
    }
    assert tech.post("/returns/destructions", said).status_code == 403
    tech.become(room.world.people[Role.PHARMACIST])
    assert codes(tech.post("/returns/destructions", said)) == {"too-few-witnesses"}
    assert Destruction.objects.count() == 0
    signed = said | {"initials": room.world.technician.initials, "pin": PIN}
    done = good(tech.post("/returns/destructions", signed))
    assert (done["number"], done["kept_until"]) == (1, "2028-11-23")
    assert [one["id"] for one in good(tech.get("/returns/destructions"))] == [done["id"]]
    assert room.at(PlaceKind.WASTE, "oxycodone") == Decimal(90)


def test_what_a_patient_brings_is_refused_by_the_state_and_taken_for_an_error(room, tech):
    fill = room.world.stocked("lisinopril", until=FillState.SOLD)
    lot = room.world.drugs["lisinopril"].lot_set.get()
    said = {
        "fill_id": fill.pk,
        "lot_id": lot.pk,
        "quantity": "30",
        "purpose": "dispense again",
        "because": "not needed",
        "key": "k",
    }
    assert codes(tech.post("/returns/brought", said)) == {"law-missing-row"}
    taken = good(tech.post("/returns/brought", said | {"purpose": "error"}))
    assert (taken["purpose"], taken["quantity"]) == ("error", "30")
    assert room.at(PlaceKind.RETURNED) == 30
