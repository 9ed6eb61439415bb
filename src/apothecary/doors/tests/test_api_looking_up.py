"""A patient is looked up by programs as by people: asked, read, signed, each by whoever may."""

import pytest

from apothecary.doors.tests.look_ups_world import PEOPLE
from apothecary.doors.tests.program import Program, codes, fields
from apothecary.doors.tests.test_api_vault import done
from apothecary.intake.models import Arrival
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role
from apothecary.staff.models import Person
from apothecary.staff.signon import stand_in
from apothecary.vault.monitoring.lookup.asking import take_history
from apothecary.vault.monitoring.lookup.models import LookUp
from apothecary.vault.monitoring.lookup.tests.hands import asked, question, says


@pytest.fixture(autouse=True)
def line(monkeypatch):
    monkeypatch.setenv("APOTHECARY_PMP", "TX=http://127.0.0.1:9/requests")


@pytest.fixture
def tess(pharmacy) -> Program:
    return Program(pharmacy, Role.CERTIFIED)


@pytest.fixture
def rita(pharmacy) -> Program:
    return Program(pharmacy, Role.PHARMACIST)


@pytest.fixture
def arrival(pharmacy) -> int:
    at = pharmacy.technician.at
    return Arrival.objects.create(
        pharmacy=pharmacy.pharmacy, source="paper", arrived_at=at, promised_at=at
    ).pk


def answered(world, row, result="found", **said):
    take_history(by=world.system, outgoing_id=question(row).pk, raw=says(row, result, **said))
    return f"/look-ups/{row.pk}"


def entered(world):
    order = world.order("oxycodone", pay="cash", refills=0)
    return enter_prescription(by=world.technician, order=order)


def keys(world, drug="oxycodone"):
    return {"patient_id": world.patient.pk, "package_id": world.drugs[drug].pk}


def test_a_technician_asks_at_entry_reads_and_a_pharmacist_signs(pharmacy, tess, rita, arrival):
    row = done(tess.post(f"/arrivals/{arrival}/look-up", keys(pharmacy)))
    assert (row["state"], row["fill_id"], row["arrival_id"]) == ("asked", None, arrival)
    one = answered(pharmacy, LookUp.objects.get(pk=row["id"]))
    read = done(tess.get(one))
    assert (read["state"], read["fills"][0]["pharmacy"]) == ("found", "Bluestem Drug")
    assert read["overlaps"] == 0
    refused = tess.post(f"{one}/sign")
    assert (refused.status_code, codes(refused)) == (403, {"duty-look_up_history"})
    assert done(rita.post(f"{one}/sign"))["signed_at"]
    assert codes(rita.post(f"{one}/sign")) == {"look-up-signed"}


def test_at_a_fill_it_is_asked_with_a_reason_and_listed(pharmacy, rita, tess):
    pharmacy.receive("oxycodone", "500")
    fill = entered(pharmacy)
    there = f"/fills/{fill.pk}/look-ups"
    assert done(rita.get(there)) == []
    assert fields(rita.post(there, {"because": " "})) == {"because"}
    row = done(tess.post(there, {"because": "cash, and from far away"}))
    assert [one["id"] for one in done(rita.get(there))] == [row["id"]]
    assert codes(rita.post(there, {"because": "again"})) == {"look-up-asked"}


def test_a_clerk_neither_asks_nor_reads(pharmacy, arrival):
    row = asked(pharmacy)
    clerk = Program(pharmacy, Role.CLERK)
    for answer in (
        clerk.post(f"/arrivals/{arrival}/look-up", keys(pharmacy)),
        clerk.get(f"/look-ups/{row.pk}"),
        clerk.get("/fills/7/look-ups"),
    ):
        assert (answer.status_code, codes(answer)) == (403, {"duty-ask_history"})
    assert LookUp.objects.count() == 1


def test_the_look_up_of_another_pharmacy_is_no_look_up_here(pharmacy):
    row = asked(pharmacy)
    stand_in(pharmacy.other.pk)
    theirs = Person.objects.get(pk=pharmacy.stranger.person_id)
    far = Program(pharmacy, Role.PHARMACIST).become(theirs)
    assert codes(far.get(f"/look-ups/{row.pk}")) == {"no-look-up"}
    assert codes(far.post(f"/look-ups/{row.pk}/sign")) == {"no-look-up"}
    assert done(far.get("/fills/7/look-ups")) == []


def test_without_an_answer_it_goes_on_with_a_reason_and_of_several_one_is_chosen(
    pharmacy, rita
):
    row = asked(pharmacy)
    one = f"/look-ups/{row.pk}"
    assert codes(rita.post(f"{one}/sign")) == {"look-up-state"}
    assert fields(rita.post(f"{one}/without", {"because": " "})) == {"because"}
    assert done(rita.post(f"{one}/without", {"because": "they are down"}))["exception"]
    other = answered(pharmacy, asked(pharmacy, fill_id=8), "candidates", candidates=PEOPLE)
    assert len(done(rita.get(other))["candidates"]) == 2
    assert codes(rita.post(f"{other}/choose", {"number": "TX-9"})) == {"no-candidate"}
    again = done(rita.post(f"{other}/choose", {"number": "TX-2"}))
    assert (again["state"], again["fill_id"]) == ("asked", 8)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"patient_id": 0}, "patient_id"),
        ({"patient_id": "Jane"}, "patient_id"),
        ({"package_id": 2**63}, "package_id"),
        ({"package_id": None}, "package_id"),
    ],
)
def test_a_body_that_cannot_be_is_refused_by_its_field(pharmacy, tess, arrival, changed, field):
    answer = tess.post(f"/arrivals/{arrival}/look-up", keys(pharmacy) | changed)
    assert (answer.status_code, fields(answer)) == (422, {field})
    assert not LookUp.objects.exists()


def test_a_look_up_that_a_fill_took_over_is_signed_about_the_fill(pharmacy, rita, arrival):
    row = done(rita.post(f"/arrivals/{arrival}/look-up", keys(pharmacy)))
    fill = entered(pharmacy)
    assert fill.state == FillState.SCREENING
    LookUp.objects.filter(pk=row["id"]).update(fill_id=fill.pk)
    one = answered(pharmacy, LookUp.objects.get(pk=row["id"]))
    assert done(rita.post(f"{one}/sign"))["fill_id"] == fill.pk
