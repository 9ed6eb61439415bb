"""The JSON API: the same duties as the screens, refusals with every reason, keys honoured."""

import json
from decimal import Decimal

import pytest
from django.test import Client

from apothecary.doors.models import Answered
from apothecary.doors.tests.program import Program, codes, order_body
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.screening.actions import screen_waiting
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in

SALE = {
    "receiver": "Jane Doe",
    "identifiers": ["name", "birth_date"],
    "counsel": "refused",
    "signature": "600x180 M40,90 L80,40 L120,130 L160,50 L200,120 L240,70 L280,110 L320,60",
}


class Api:
    """A program that asks as one person."""

    def __init__(self, world, role: Role, person=None) -> None:
        person = person or world.people[role]
        self.token = worker_token(person=person, station="api", at=world.technician.at)
        self.client = Client()

    def post(self, path: str, body: dict | None = None, **headers):
        return self.client.post(
            f"/api{path}",
            data=json.dumps(body or {}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )

    def get(self, path: str):
        return self.client.get(f"/api{path}", headers={"Authorization": f"Bearer {self.token}"})


@pytest.fixture
def tech(pharmacy):
    return Api(pharmacy, Role.TECHNICIAN)


@pytest.fixture
def rph(pharmacy):
    return Api(pharmacy, Role.PHARMACIST)


def order(world, **changes) -> dict:
    return {
        "patient_id": world.patient.pk,
        "prescriber_id": world.prescriber.pk,
        "ndc": world.drugs["lisinopril"].ndc,
        "quantity": "30",
        "days_supply": 30,
        "refills": 2,
        "directions": "Take 1 tablet by mouth once daily.",
        "written_on": "2026-11-20",
        "pay": "cash",
    } | changes


def problems(response) -> list[dict]:
    return response.json()["problems"]


def test_a_prescription_entered_by_program_stands_in_screening(pharmacy, tech):
    response = tech.post("/prescriptions", order(pharmacy))
    assert response.status_code == 200, response.content
    said = response.json()
    assert (said["state"], said["rx_number"]) == ("screening", 7_000_000)
    assert tech.get(f"/fills/{said['id']}").json()["says"].startswith("Being screened")


def test_nobody_gets_in_without_a_token(pharmacy):
    response = Client().get("/api/fills")
    assert response.status_code == 401
    assert problems(response)[0]["says"] == "Sign in first."


def test_a_missing_right_is_403_with_the_sentence(pharmacy):
    response = Api(pharmacy, Role.CLERK).post("/prescriptions", order(pharmacy))
    assert response.status_code == 403
    assert "clerk may not enter a prescription" in problems(response)[0]["says"]
    assert not Prescription.objects.exists()


def test_a_refusal_is_409_with_every_reason_and_its_citation(pharmacy, tech):
    body = order(pharmacy, ndc=pharmacy.drugs["oxycodone"].ndc, refills=1, days_supply=0,
                 origin="1")  # fmt: skip
    response = tech.post("/prescriptions", body)
    assert response.status_code == 409
    assert any("1306.12(a)" in problem["cite"] for problem in problems(response))
    assert "days_supply" in {problem["field"] for problem in problems(response)}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"refills": -1}, "refills"),
        ({"refills": 100}, "refills"),
        ({"days_supply": 0}, "days_supply"),
        ({"quantity": "-30"}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "5000000"}, "quantity"),
    ],
)
def test_a_number_that_no_prescription_has_is_refused_by_field(pharmacy, tech, change, field):
    response = tech.post("/prescriptions", order(pharmacy, **change))
    assert response.status_code == 409
    assert field in {problem["field"] for problem in problems(response)}
    assert not Prescription.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": "thirty"}, "quantity"),
        ({"quantity": "30.12345"}, "quantity"),
        ({"written_on": "2026-02-30"}, "written_on"),
        ({"origin": "9"}, "origin"),
        ({"directions": None}, "directions"),
    ],
)
def test_bad_input_is_422_with_the_field(pharmacy, tech, change, field):
    response = tech.post("/prescriptions", order(pharmacy, **change))
    assert response.status_code == 422
    assert field in {problem["field"] for problem in problems(response)}
    assert not Prescription.objects.exists()


@pytest.mark.parametrize("field", ["patient_id", "prescriber_id"])
def test_somebody_elses_patient_or_prescriber_does_not_exist_here(pharmacy, tech, field):
    response = tech.post("/prescriptions", order(pharmacy, **{field: 10**9}))
    assert response.status_code == 409
    assert problems(response)[0]["field"] == field


def test_an_unknown_drug_is_named(pharmacy, tech):
    response = tech.post("/prescriptions", order(pharmacy, ndc="99999-9999-99"))
    assert response.status_code == 409
    assert problems(response)[0]["code"] == "no-drug"


def test_the_same_key_enters_one_prescription_and_answers_the_same(pharmacy, tech):
    first = tech.post("/prescriptions", order(pharmacy), **{"Idempotency-Key": "k1"})
    again = tech.post("/prescriptions", order(pharmacy), **{"Idempotency-Key": "k1"})
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Prescription.objects.count() == 1


def test_a_refusal_is_remembered_too(pharmacy, tech):
    body = order(pharmacy, days_supply=0)
    first = tech.post("/prescriptions", body, **{"Idempotency-Key": "k2"})
    again = tech.post("/prescriptions", body, **{"Idempotency-Key": "k2"})
    assert (first.status_code, again.status_code) == (409, 409)
    assert Answered.objects.count() == 1


def test_a_key_that_comes_with_another_request_is_refused(pharmacy, tech):
    tech.post("/prescriptions", order(pharmacy), **{"Idempotency-Key": "k3"})
    other = tech.post(
        "/prescriptions", order(pharmacy, quantity="60"), **{"Idempotency-Key": "k3"}
    )
    assert other.status_code == 422
    assert Prescription.objects.count() == 1


def test_two_people_may_use_the_same_key(pharmacy, tech, rph):
    tech.post("/prescriptions", order(pharmacy), **{"Idempotency-Key": "k4"})
    rph.post("/prescriptions", order(pharmacy), **{"Idempotency-Key": "k4"})
    assert Prescription.objects.count() == 2


def test_a_form_with_a_cookie_is_not_taken(pharmacy, tech):
    client = Client()
    client.cookies["apothecary_session"] = tech.token
    response = client.post("/api/prescriptions", data=order(pharmacy))
    assert response.status_code == 415


def test_from_check_to_sale_by_program(pharmacy, tech, rph):
    fill = pharmacy.stocked(until=FillState.CHECK)
    assert tech.post(f"/fills/{fill.pk}/approve", {}).status_code == 403
    assert rph.post(f"/fills/{fill.pk}/approve", {}).json()["state"] == "ready"
    assert tech.post(f"/fills/{fill.pk}/bin", {"bin": "c3"}).json()["bin"] == "C3"
    sale = tech.post("/sales", SALE | {"fill_ids": [fill.pk]})
    assert sale.status_code == 200, sale.content
    assert Decimal(sale.json()["total_usd"]) == fill.price_usd
    assert Fill.objects.get(pk=fill.pk).state == FillState.SOLD
    assert tech.post("/sales", SALE | {"fill_ids": [fill.pk]}).status_code == 409


def test_a_finding_is_resolved_and_the_fill_goes_on(pharmacy, tech, rph):
    pharmacy.receive("amoxicillin", "500")
    body = order(
        pharmacy, patient_id=pharmacy.insured.pk, ndc=pharmacy.drugs["amoxicillin"].ndc
    )
    fill_id = tech.post("/prescriptions", body).json()["id"]
    screen_waiting(pharmacy.pharmacy, pharmacy.technician.at)
    finding = tech.get(f"/fills/{fill_id}/findings").json()[0]
    assert (finding["severity"], finding["verified"]) == ("stop", "K")
    said = {"service_code": "M0", "result_code": "1G", "text": "prescriber agrees"}
    assert tech.post(f"/findings/{finding['id']}/resolve", said).status_code == 403
    assert rph.post(f"/findings/{finding['id']}/resolve", said).status_code == 200
    assert rph.post(f"/fills/{fill_id}/review").json()["state"] == "waiting"


def test_stock_is_received_counted_moved_and_quarantined_by_program(pharmacy, tech):
    shelf = pharmacy.receive("lisinopril", "100").balance_set.get(place__name="Shelf").place_id
    line = {"lot": "L9", "expires_on": "2028-01-31", "quantity": "50", "key": "d1"}
    ndc = pharmacy.drugs["lisinopril"].ndc
    lot = tech.post("/stock/receipts", line | {"ndc": ndc, "place_id": shelf}).json()
    assert Decimal(lot["places"]["Shelf"]) == 50
    counted = {"place_id": shelf, "counted": "49", "because": "one broken", "key": "c1"}
    assert Decimal(tech.post(f"/stock/lots/{lot['id']}/count", counted).json()) == -1
    held = tech.post(f"/stock/lots/{lot['id']}/quarantine", {"because": "recall"}).json()
    assert held["state"] == "quarantined"
    assert tech.post(f"/stock/lots/{lot['id']}/release", {"because": "no"}).status_code == 403
    assert len(tech.get(f"/stock/lots?ndc={ndc}").json()) == 2


def test_the_history_of_a_fill_is_read_by_program(pharmacy, tech):
    fill = pharmacy.stocked(until=FillState.READY)
    deeds = [line["deed"] for line in tech.get(f"/journal/fill/{fill.pk}").json()]
    assert deeds[-1] == "approved a fill"
    assert Api(pharmacy, Role.CLERK).get(f"/journal/fill/{fill.pk}").status_code == 403


def test_a_program_calls_no_controlled_prescription_electronic(pharmacy, tech):
    body = order(pharmacy, ndc=pharmacy.drugs["alprazolam"].ndc, refills=0, origin="3")
    response = tech.post("/prescriptions", body)
    assert response.status_code == 409
    codes = {problem["code"] for problem in problems(response)}
    assert {"epcs-not-audited", "epcs-no-record"} <= codes
    assert not Prescription.objects.exists()


def test_a_stranger_sees_none_of_our_fills(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    person = pharmacy.other.__class__.objects.get(pk=pharmacy.other.pk)
    stand_in(person.pk)
    theirs = type(pharmacy.people[Role.PHARMACIST]).objects.get(username="opharmacist")
    stranger = Api(pharmacy, Role.PHARMACIST, theirs)
    assert stranger.get("/fills").json() == []
    assert stranger.get(f"/fills/{fill.pk}").status_code == 409
    assert stranger.get(f"/journal/fill/{fill.pk}").json() == []
    assert stranger.post("/sales", SALE | {"fill_ids": [fill.pk]}).status_code == 409


def test_the_api_describes_itself(pharmacy, tech):
    said = tech.get("/openapi.json").json()
    assert "/api/fills/{fill_id}/approve" in said["paths"]
    assert said["info"]["title"] == "Apothecary"


def test_a_program_says_what_the_law_asks_and_is_refused_by_the_field(pharmacy):
    program = Program(pharmacy, Role.TECHNICIAN)
    body = order_body(pharmacy) | {"ndc": pharmacy.drugs["alprazolam"].ndc, "refills": 0}
    body |= {"origin": "1"}
    refused = program.post("/prescriptions", body | {"carried": {"made_as": "office"}})
    assert (refused.status_code, codes(refused)) == (409, {"purpose-office-stock"})
    odd = program.post("/prescriptions", body | {"carried": {"fax_case": "because"}})
    assert odd.status_code == 422
    assert not Prescription.objects.exists()
    assert program.post("/prescriptions", body).status_code == 200
    assert Prescription.objects.get().carried.mandate_exception == "outage"
