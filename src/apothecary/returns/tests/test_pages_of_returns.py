"""The pages of returns and waste: what they show, what a key does, how much they ask."""

from datetime import timedelta

import pytest

from apothecary.config.tests.world import PIN
from apothecary.law.waste import Stream
from apothecary.prescriptions.states import FillState
from apothecary.returns.disposal.containers import open_container
from apothecary.returns.disposal.models import (
    Destruction,
    Discarded,
    HandOver,
    PatientReturn,
    WasteContainer,
)
from apothecary.returns.shipments.models import FollowUp, Shipment, ShipmentLine
from apothecary.returns.shipments.states import Group
from apothecary.staff.duties import Role
from apothecary.stock.kinds import PlaceKind

MOST_QUERIES = 8
# Sign-on, its settings, and the frame with its counts.
FRAME = 6


@pytest.fixture
def tech(browser):
    return browser(Role.TECHNICIAN)


def says(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_what_waits_stands_by_what_travels_together(room, tech):
    room.costs("lisinopril", "10.00")
    room.pulled()
    room.pulled("oxycodone")
    page = says(tech.get("/returns/"))
    assert "2 lots set aside" in page
    assert "$9.00" in page
    assert page.index("Not controlled") < page.index("Schedule II")
    assert "21 CFR 1305.03" in page


def test_with_nothing_set_aside_the_page_says_so(tech):
    assert "Nothing is set aside" in says(tech.get("/returns/"))


def test_one_key_begins_a_return_of_everything_chosen(room, tech):
    lots = [room.pulled(), room.pulled("metformin")]
    sent = {
        "group": Group.PLAIN.value,
        "distributor": room.distributor.pk,
        "item": [f"{lot.pk}-{room.quarantine.pk}" for lot in lots],
    }
    answer = tech.post("/returns/begin", sent)
    row = Shipment.objects.get()
    assert answer["Location"] == f"/returns/shipments/{row.pk}/"
    assert row.lines.count() == 2
    assert "R00001" in says(tech.get("/returns/"))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"item": []}, "Choose what goes back"),
        ({"item": ["x"]}, "is no item"),
        ({"group": "all"}, "is no group"),
        ({"distributor": "987654"}, "No such reverse distributor"),
        ({"distributor": "x"}, "is no distributor"),
    ],
)
def test_a_return_that_cannot_begin_leaves_none_behind(room, tech, change, word):
    lot = room.pulled()
    good = {
        "group": Group.PLAIN.value,
        "distributor": str(room.distributor.pk),
        "item": [f"{lot.pk}-{room.quarantine.pk}"],
    }
    answer = tech.post("/returns/begin", good | change)
    assert answer.status_code == 409
    assert word in answer.content.decode()
    assert Shipment.objects.count() == 0


def test_a_return_goes_its_whole_way_by_its_page(room, tech):
    room.costs("warfarin", "10.00")
    row = room.begun()
    room.picked(row, room.pulled("warfarin"))
    there = f"/returns/shipments/{row.pk}/"
    assert "Send the manifest" in says(tech.get(there))
    tech.post(f"{there}ask")
    assert "The manifest waits for the line" in says(tech.get(there))
    room.answered(row)
    assert "They take what is listed" in says(tech.get(there))
    tech.post(f"{there}ship", {"carrier": "UPS", "tracking": "1Z"})
    page = says(tech.get(there))
    assert "with UPS 1Z" in page
    assert "40 CFR 266.509" in page
    tech.post(f"{there}confirm", {"on": room.by.today.isoformat()})
    tech.post(f"{there}follow-up", {"says": "they count it", "promised_on": ""})
    assert FollowUp.objects.get().says == "they count it"
    assert Shipment.objects.get().confirmed_on == room.by.today
    room.credited(Shipment.objects.get(), (1, "full", "9.00"))
    assert "Every line is credited or written off" in says(tech.get(there))
    assert "R00001" in says(tech.get("/returns/shipments?over"))
    assert "No return is under way" in says(tech.get("/returns/shipments"))


def test_a_manifest_is_printed_with_its_lines(room, tech):
    row = room.asked("lisinopril", "metformin")
    answer = tech.get(f"/returns/shipments/{row.pk}/manifest.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    again = tech.get(f"/returns/shipments/{row.pk}/manifest.pdf")
    assert answer.content == again.content


@pytest.mark.parametrize(
    "path", ["shipments/987654/", "shipments/987654/manifest.pdf", "waste/987654/"]
)
def test_what_is_not_here_is_not_found(tech, path):
    assert tech.get(f"/returns/{path}").status_code == 404


def test_a_slip_is_called_back_taken_off_and_given_up(room, tech):
    row = room.asked()
    there = f"/returns/shipments/{row.pk}"
    tech.post(f"{there}/call-back", {"because": "slip"})
    line = ShipmentLine.objects.get()
    tech.post(f"/returns/lines/{line.pk}/drop", {"because": "slip"})
    tech.post(
        f"{there}/lines",
        {"lot": line.lot_id, "place": line.place_id, "quantity": "30"},
    )
    assert ShipmentLine.objects.get(state="picked").quantity == 30
    tech.post(f"{there}/cancel", {"because": "slip"})
    assert Shipment.objects.get().state == "cancelled"
    assert "It was given up: slip" in says(tech.get(f"{there}/"))


def test_the_form_of_schedule_ii_is_written_down_by_a_pharmacist(room, browser):
    row = room.begun(Group.FORM_222)
    room.picked(row, room.pulled("oxycodone"))
    there = f"/returns/shipments/{row.pk}"
    sent = {"form_222": "230000001"}
    assert browser(Role.TECHNICIAN).post(f"{there}/form-222", sent).status_code == 403
    pharmacist = browser(Role.PHARMACIST)
    assert "Their Form 222" in says(pharmacist.get(f"{there}/"))
    for bad in ("", "23", "23000000A"):
        assert pharmacist.post(f"{there}/form-222", {"form_222": bad}).status_code == 409
    pharmacist.post(f"{there}/form-222", sent)
    assert Shipment.objects.get().form_222 == "230000001"


def test_no_form_222_for_what_is_not_schedule_ii(room, browser):
    row = room.begun()
    answer = browser(Role.PHARMACIST).post(
        f"/returns/shipments/{row.pk}/form-222", {"form_222": "230000001"}
    )
    assert answer.status_code == 409
    assert "it needs no form" in answer.content.decode()


def test_credits_are_drawn_by_age_and_what_nobody_could_book_is_tried_again(room, tech):
    row = room.answered(room.asked())
    room.credited(row, (1, "short", "4.50"))
    page = says(tech.get("/returns/credits"))
    assert "Credits nobody could book" in page
    assert "nothing has left" in page
    tech.post(f"/returns/shipments/{row.pk}/ship", {"carrier": "UPS"})
    credit = row.credits.model.objects.get()
    tech.post(f"/returns/credits/{credit.pk}/book")
    page = says(tech.get("/returns/credits"))
    assert "Open credits by days since they were shipped" in page
    assert "Mesquite Returns owes $4.50" in page
    assert "short-credited" in page


def test_only_who_runs_the_place_sees_a_write_off(room, browser):
    row = room.shipped()
    room.credited(row, (1, "denied", "0.00"))
    there = f"/returns/shipments/{row.pk}/"
    assert "Write off" not in says(browser(Role.PHARMACIST).get(there))
    boss = browser(Role.IN_CHARGE)
    assert "Write off $9.00" in says(boss.get(there))
    line = ShipmentLine.objects.get()
    boss.post(f"/returns/lines/{line.pk}/write-off", {"because": "small"})
    assert Shipment.objects.get().state == "settled"


def test_a_container_is_opened_filled_closed_and_handed_over_by_the_pages(room, tech):
    lot = room.pulled("warfarin")
    tech.post("/returns/waste", {"stream": "hazardous", "stands": "back room"})
    box = WasteContainer.objects.get()
    there = f"/returns/waste/{box.pk}/"
    page = says(tech.get(there))
    assert "Hazardous Waste Pharmaceuticals" in page
    assert "40 CFR 266.505" in page
    sent = {
        "key": "k",
        "item": f"{lot.pk}-{room.quarantine.pk}",
        "trait": ["ignitable"],
        "read": "yes",
        "because": "expired",
    }
    tech.post(f"{there}items", sent)
    assert Discarded.objects.get().codes == "P001 D001"
    tech.post(f"{there}close")
    tech.post("/returns/waste/hand-over", {"row": [box.pk], "hauler": "Hill", "manifest": "M1"})
    given = HandOver.objects.get()
    page = says(tech.get("/returns/waste"))
    assert "No container stands here" in page
    assert "due by" in page
    on = room.by.today.isoformat()
    tech.post(f"/returns/waste/manifests/{given.pk}/copy", {"on": on})
    assert HandOver.objects.get().copy_on == room.by.today
    assert "Hill took it on" in says(tech.get(there))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"trait": ["glowing"]}, "is no trait"),
        ({"read": ""}, "Nobody has read its label"),
        ({"quantity": "many"}, "no quantity"),
        ({"item": "7"}, "is no item"),
        ({"key": ""}, "without its key"),
    ],
)
def test_what_cannot_be_put_in_is_refused_by_its_field(room, tech, change, word):
    lot = room.pulled()
    box = open_container(by=room.by, stream=Stream.OTHER, stands="x")
    good = {
        "key": "k",
        "item": f"{lot.pk}-{room.quarantine.pk}",
        "read": "yes",
        "because": "expired",
    }
    answer = tech.post(f"/returns/waste/{box.pk}/items", good | change)
    assert answer.status_code == 409
    assert word in answer.content.decode()
    assert Discarded.objects.count() == 0


def test_a_container_shows_how_long_it_may_stand(room, tech):
    box = open_container(by=room.by, stream=Stream.HAZARDOUS, stands="back room")
    assert "365 days" in says(tech.get("/returns/waste"))
    for days, word in ((10, "10 days left"), (-3, "3 days late")):
        box.leaves_by = room.by.today + timedelta(days=days)
        box.save()
        assert word in says(tech.get("/returns/waste"))


def test_a_stream_nobody_knows_is_refused(tech):
    answer = tech.post("/returns/waste", {"stream": "sewer", "stands": "x"})
    assert answer.status_code == 409
    assert WasteContainer.objects.count() == 0


def test_a_destruction_is_signed_by_a_witness_and_printed(room, browser):
    lot = room.pulled("oxycodone")
    pharmacist = browser(Role.PHARMACIST)
    assert "two people see it and sign" in says(pharmacist.get("/returns/destroy"))
    item = f"{lot.pk}-{room.quarantine.pk}"
    sent = {
        "key": "k",
        "item": [item],
        f"quantity-{item}": "90",
        "place": "pharmacy",
        "method": "burnt",
        "destroyed_on": room.by.today.isoformat(),
        "initials": "",
        "pin": "",
    }
    answer = pharmacist.post("/returns/destroy", sent)
    assert answer.status_code == 409
    assert "so far 1" in answer.content.decode()
    sent |= {"initials": room.world.technician.initials, "pin": PIN}
    pharmacist.post("/returns/destroy", sent)
    row = Destruction.objects.get()
    there = f"/returns/destroyed/{row.pk}/"
    assert "Seen by" in says(pharmacist.get(there))
    assert pharmacist.get(f"{there}record.pdf").content.startswith(b"%PDF")
    assert browser(Role.TECHNICIAN).get(there).status_code == 403
    assert room.at(PlaceKind.WASTE, "oxycodone") == 90


def test_what_a_patient_brings_is_found_by_its_number_and_taken_back(room, tech):
    fill = room.world.stocked("lisinopril", until=FillState.SOLD)
    number = fill.prescription.number
    assert "Nothing of that prescription" in says(tech.get("/returns/brought?rx=999"))
    page = says(tech.get(f"/returns/brought?rx={number}"))
    assert "30 " in page
    assert "dispense again" in page
    lot = room.world.drugs["lisinopril"].lot_set.get()
    sent = {
        "key": "k",
        "fill": fill.pk,
        "lot": lot.pk,
        "quantity": "30",
        "purpose": "dispense again",
        "because": "not needed",
    }
    answer = tech.post("/returns/brought", sent)
    assert answer.status_code == 409
    assert "TX law" in answer.content.decode()
    tech.post("/returns/brought", sent | {"purpose": "error"})
    assert PatientReturn.objects.get().quantity == 30
    assert room.at(PlaceKind.RETURNED) == 30


@pytest.mark.parametrize(
    "path", ["", "shipments", "shipments/{row}/", "credits", "waste", "waste/{box}/", "brought"]
)
def test_no_page_asks_more_for_more_rows(room, tech, path, django_assert_max_num_queries):
    row = room.shipped("lisinopril", "metformin", "warfarin")
    box = open_container(by=room.by, stream=Stream.OTHER, stands="x")
    room.pulled("amoxicillin")
    room.pulled("oxycodone")
    there = path.format(row=row.pk, box=box.pk)
    tech.get(f"/returns/{there}")
    with django_assert_max_num_queries(MOST_QUERIES):
        says(tech.get(f"/returns/{there}"))
