"""Emergency oral orders as a program asks for them: open, covered by what came, DEA told."""

from typing import Any

import pytest

from apothecary.config.tests.world_days import TODAY
from apothecary.doors.tests.emergency_world import emergency_bodies
from apothecary.doors.tests.program import Program, codes, fields
from apothecary.intake.actions.by_hand import ByHand, receive_by_hand
from apothecary.intake.forms import read_picture
from apothecary.intake.models import Source
from apothecary.intake.tests.test_by_hand import PNG
from apothecary.prescriptions.emergency.models import EmergencyCover, EmergencyNotice
from apothecary.prescriptions.emergency.tests.orders import record_of, take
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role

TOLD = emergency_bodies()["/emergency-orders/{oral_id}/told"]


@pytest.fixture
def fill(pharmacy):
    pharmacy.receive("oxycodone", "100")
    return pharmacy.walk(take(pharmacy), until=FillState.SOLD)


@pytest.fixture
def rita(pharmacy) -> Program:
    return Program(pharmacy, Role.PHARMACIST)


def arrival(world) -> int:
    given = ByHand(source=Source.PAPER, picture=read_picture(PNG))
    return receive_by_hand(by=world.technician, given=given).pk


def body(world, fill, **changed: Any) -> dict[str, Any]:
    rx = fill.prescription
    values = {
        "patient_id": str(rx.patient_id),
        "prescriber_id": str(rx.prescriber_id),
        "package_id": str(rx.package_id),
        "quantity": "12",
        "written_on": f"{TODAY:%m/%d/%Y}",
    }
    plain = {"order_id": record_of(fill).pk, "oral_order_on": f"{TODAY}", "words": True}
    return plain | {"values": values} | changed


def test_a_program_sees_what_waits_and_until_when(rita, fill):
    (one,) = rita.get("/emergency-orders").json()
    assert (one["number"], one["stands"], one["owes"]) == (
        fill.prescription.number,
        "waiting",
        [],
    )
    assert one["due_on"] == "2026-11-30"
    assert rita.get(f"/emergency-orders/{one['id']}").json() == one


def test_what_came_covers_it_once(pharmacy, rita, fill):
    there = f"/arrivals/{arrival(pharmacy)}/covers"
    answer = rita.post(there, body(pharmacy, fill))
    assert (answer.json()["stands"], answer.json()["covered_on"]) == ("covered", f"{TODAY}")
    assert rita.get("/emergency-orders").json() == []
    again = rita.post(f"/arrivals/{arrival(pharmacy)}/covers", body(pharmacy, fill))
    assert (again.status_code, codes(again)) == (409, {"cover-twice"})
    assert EmergencyCover.objects.count() == 1


def test_a_paper_without_its_words_or_for_more_is_refused_by_field(pharmacy, rita, fill):
    there = f"/arrivals/{arrival(pharmacy)}/covers"
    answer = rita.post(there, body(pharmacy, fill, words=False))
    assert (answer.status_code, fields(answer)) == (409, {"emergency_words"})
    more = body(pharmacy, fill)
    more["values"]["quantity"] = "20"
    assert fields(rita.post(there, more)) == {"quantity"}
    assert rita.post(there, body(pharmacy, fill, order_id="x")).status_code == 422
    assert not EmergencyCover.objects.exists()


def test_that_dea_was_told_is_written_down(rita, fill):
    there = f"/emergency-orders/{record_of(fill).pk}/told"
    answer = rita.post(there, TOLD)
    assert (answer.json()["stands"], answer.json()["told"]) == ("DEA told", ["dea"])
    assert EmergencyNotice.objects.get().spoke_with == "Agent Ray"


@pytest.mark.parametrize("role", [Role.CLERK, Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN])
def test_nobody_but_a_pharmacist_covers_or_tells_by_program(pharmacy, fill, role):
    tess = Program(pharmacy, role)
    told = tess.post(f"/emergency-orders/{record_of(fill).pk}/told", TOLD)
    covers = tess.post(f"/arrivals/{arrival(pharmacy)}/covers", body(pharmacy, fill))
    assert (told.status_code, covers.status_code) == (403, 403)


@pytest.mark.parametrize("path", ["/emergency-orders/999999", "/emergency-orders/999999/told"])
def test_no_such_order_is_a_refusal(pharmacy, rita, path):
    answer = rita.get(path) if path.endswith("9") else rita.post(path, TOLD)
    assert (answer.status_code, codes(answer)) == (409, {"no-emergency-order"})


def test_a_pharmacist_of_another_pharmacy_sees_none_of_it(pharmacy, fill):
    oral_id = record_of(fill).pk
    stranger = Program(pharmacy, Role.PHARMACIST)
    other = pharmacy.other
    person = type(pharmacy.people[Role.PHARMACIST]).objects.get(
        pharmacy=other, role=Role.PHARMACIST.value
    )
    stranger.become(person)
    assert stranger.get("/emergency-orders").json() == []
    answer = stranger.get(f"/emergency-orders/{oral_id}")
    assert codes(answer) == {"no-emergency-order"}
