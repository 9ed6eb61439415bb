"""Recalls by program: from the notice to the closing, and who may not."""

import pytest

from apothecary.doors.tests.program import Program, codes, fields
from apothecary.doors.tests.recalls_world import recalls_bodies
from apothecary.prescriptions.states import FillState
from apothecary.returns.recalls.tests.notices import NUMBER, take
from apothecary.staff.duties import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def tech(pharmacy) -> Program:
    return Program(pharmacy, Role.TECHNICIAN)


@pytest.fixture
def rph(pharmacy) -> Program:
    return Program(pharmacy, Role.PHARMACIST)


def notice(world, **changes) -> dict[str, object]:
    return recalls_bodies(world)["/recalls"] | changes


def test_a_recall_goes_by_program_from_the_notice_to_the_last_patient(pharmacy, tech, rph):
    pharmacy.stocked("lisinopril", until=FillState.SOLD)
    body = notice(pharmacy, recall_class="I", depth="consumer", patients_since=None)
    made = tech.post("/recalls", body).json()
    assert (made["state"], made["lots"], len(made["patients"])) == ("open", ["L1"], 1)
    there = f"/recalls/{made['id']}"
    assert codes(rph.post(f"{there}/close")) == {"places-left", "patients-left", "no-reply"}
    (place,) = made["places"]
    looked = tech.post(f"/recalls/places/{place['id']}/look", {"found": place["expected"]})
    assert [one["look"] for one in looked.json()["places"]] == ["found"]
    (call,) = tech.get(f"{there}/calls").json()
    assert call["patient"] == "Doe, Jane"
    said = {"way": "in person", "outcome": "has none left"}
    assert tech.post(f"/recalls/calls/{call['id']}", said).status_code == 200
    tech.post(f"{there}/reply", {"reply": "70 quarantined"})
    assert rph.post(f"{there}/close").json()["state"] == "closed"
    assert tech.get("/recalls").json() == []
    (closed,) = tech.get("/recalls?closed=true").json()
    assert (closed["number"], closed["places_left"]) == ("LETTER-7", 0)


def test_a_doubtful_notice_is_decided_by_program(pharmacy, tech, rph):
    pharmacy.receive("lisinopril", "100")
    recall = take(pharmacy, "Lots L1 through L9")
    seen = tech.get(f"/recalls/{recall.pk}").json()
    assert (seen["state"], seen["every_lot"]) == ("doubtful", True)
    body = {"lots": ["L8"], "because": "the letter"}
    assert tech.post(f"/recalls/{recall.pk}/decide", body).status_code == 403
    done = rph.post(f"/recalls/{recall.pk}/decide", body).json()
    assert (done["state"], done["lots"]) == ("open", ["L8"])
    assert [one["look"] for one in done["places"]] == ["not meant"]


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"number": ""}, 422, "number"),
        ({"kind": "rumour"}, 422, "kind"),
        ({"ndc": []}, 422, "ndc"),
        ({"ndc": ["12345"]}, 409, "ndc"),
        ({"lots": []}, 409, "lots"),
        ({"recall_class": "IV"}, 409, "recall_class"),
        ({"issued_on": "2026-12-24"}, 409, "issued_on"),
        ({"kind": "market withdrawal"}, 409, "recall_class"),
    ],
)
def test_a_wrong_notice_is_refused_by_its_field_and_kept_nowhere(
    pharmacy, tech, changes, status, field
):
    answer = tech.post("/recalls", notice(pharmacy, **changes))
    assert (answer.status_code, field in fields(answer)) == (status, True)
    assert tech.get("/recalls").json() == []


@pytest.mark.parametrize("path", ["", "/calls"])
def test_a_recall_that_is_not_here_is_refused(tech, path):
    answer = tech.get(f"/recalls/999999{path}")
    assert (answer.status_code, codes(answer)) == (409, {"no-recall"})


def test_another_pharmacys_recall_is_not_here(pharmacy, tech):
    recall = take(pharmacy, "Lot X9")
    assert tech.get(f"/recalls/{recall.pk}").json()["number"] == NUMBER
    stranger = pharmacy.stranger.somebody
    tech.become(type(pharmacy.people[Role.CLERK]).objects.get(pk=stranger))
    assert codes(tech.get(f"/recalls/{recall.pk}")) == {"no-recall"}


def test_a_clerk_keeps_no_notice(pharmacy):
    clerk = Program(pharmacy, Role.CLERK)
    assert clerk.post("/recalls", notice(pharmacy)).status_code == 403
