"""What the frame of every page asks for and shows: stages, parties, pages, who is here."""

import pytest
from django.test import Client
from django.utils import timezone

from apothecary.config.frame import frame, more_rows, stage_rows, stage_url
from apothecary.intake.models import Arrival
from apothecary.prescriptions.stages import STAGES
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.models import Person
from apothecary.staff.signon import stand_in


def client_of(pharmacy, role: Role = Role.TECHNICIAN) -> Client:
    person = pharmacy.people[role]
    token = worker_token(person=person, station="counter", at=timezone.now())
    return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})


def labels(worker) -> list[str]:
    return [label for label, _ in more_rows(worker)]


def test_before_sign_on_the_frame_tells_nothing_of_the_house(rf, monkeypatch):
    monkeypatch.delenv("APOTHECARY_DEMO", raising=False)
    assert frame(rf.get("/")) == {"demo_sign_ins": (), "demo_password": ""}


def test_the_demos_sign_ins_stand_at_the_door_of_a_demo_alone(rf, monkeypatch):
    monkeypatch.setenv("APOTHECARY_DEMO", "1")
    shown = frame(rf.get("/"))
    assert shown["demo_sign_ins"]
    assert shown["demo_password"] == "apothecary"


@pytest.mark.parametrize(
    ("role", "there"),
    [
        (Role.TECHNICIAN, {"Authorizations", "Stock", "Drugs", "Calculator"}),
        (Role.PHARMACIST, {"Authorizations", "Stock", "People", "Drugs", "Calculator"}),
        (Role.IN_CHARGE, {"Authorizations", "Stock", "People", "Drugs", "Calculator"}),
        (Role.ADMINISTRATOR, {"People", "Drugs", "Calculator"}),
    ],
)
def test_the_pages_beside_the_way_are_those_of_ones_duties(pharmacy, role, there):
    found = set(labels(pharmacy.workers[role]))
    assert there <= found
    assert not ({"Stock", "People"} - there) & found


def test_each_stage_leads_to_its_rooms_own_list_where_there_is_one():
    rows = stage_rows(dict.fromkeys((stage.slug for stage in STAGES), 0))
    assert [row[1] for row in rows] == [stage.label for stage in STAGES]
    assert stage_url("fill") == "/filling/"
    assert stage_url("ready") == "/pickup/"
    assert stage_url("payer") == "/?stage=payer"
    assert len({row[2] for row in rows}) == len(rows)


def test_every_stages_address_is_a_page(pharmacy):
    client = client_of(pharmacy)
    for stage in STAGES:
        assert client.get(stage_url(stage.slug)).status_code == 200, stage


def test_the_counts_come_fresh_as_json_for_a_browser_without_its_stream(pharmacy):
    at = pharmacy.pharmacist.at
    Arrival.objects.create(
        pharmacy=pharmacy.pharmacy, source="paper", arrived_at=at, promised_at=at
    )
    pharmacy.enter()
    answer = client_of(pharmacy).get("/counts")
    assert answer["Cache-Control"] == "no-store"
    told = answer.json()
    assert set(told) == {"stages", "parties"}
    assert (told["stages"]["entry"], told["stages"]["screening"]) == (1, 1)
    assert set(told["stages"]) == {stage.slug for stage in STAGES}


def test_another_pharmacys_work_is_in_no_count_of_ours(pharmacy):
    pharmacy.enter()
    ours = client_of(pharmacy).get("/counts").json()["stages"]
    assert sum(ours.values()) == 1
    stand_in(pharmacy.other.pk)
    theirs = Person.objects.get(pk=pharmacy.stranger.person_id)
    token = worker_token(person=theirs, station="counter", at=timezone.now())
    stranger = Client(headers={"authorization": f"Bearer {token}"})
    assert sum(stranger.get("/counts").json()["stages"].values()) == 0


def test_whoever_has_not_signed_on_gets_no_counts(db):
    answer = Client(headers={"accept": "application/json"}).get("/counts")
    assert answer.status_code == 401
