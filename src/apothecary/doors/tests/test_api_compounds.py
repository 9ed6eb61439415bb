"""Compounds and residences by program: entered, ordered by their own code, refused by field."""

from typing import Any

import pytest

from apothecary.doors.tests.program import Program, codes, compound_body, fields, order_body
from apothecary.patients.models import Patient
from apothecary.prescriptions.compound_tables import Compound
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.tests.test_apart import ready
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in


@pytest.fixture
def program(pharmacy) -> Program:
    return Program(pharmacy, Role.TECHNICIAN)


def made(pharmacy) -> list[str]:
    stand_in(pharmacy.pharmacy.pk)
    return list(Compound.objects.values_list("name", flat=True))


def test_a_compound_is_entered_and_a_prescription_is_for_it(pharmacy, program):
    answer = program.post("/compounds", compound_body(pharmacy))
    assert answer.status_code == 200
    body = answer.json()
    assert (body["name"], body["schedule"], body["ndc"]) == (
        "magic cream",
        0,
        f"CMP-{body['package_id']}",
    )
    order = order_body(pharmacy) | {"ndc": body["ndc"], "quantity": "40", "days_supply": 10}
    entered = program.post("/prescriptions", order)
    assert entered.status_code == 200, entered.json()
    assert entered.json()["ndc"] == body["ndc"]
    stand_in(pharmacy.pharmacy.pk)
    assert len(Fill.objects.get().made_of) == 2


def test_the_same_key_enters_one_compound(pharmacy, program):
    first = program.post("/compounds", compound_body(pharmacy), key="once")
    again = program.post("/compounds", compound_body(pharmacy), key="once")
    assert first.json() == again.json()
    assert made(pharmacy) == ["magic cream"]


def test_who_may_not_enter_prescriptions_enters_no_compound(pharmacy):
    clerk = Program(pharmacy, Role.CLERK)
    assert clerk.post("/compounds", compound_body(pharmacy)).status_code == 403
    assert made(pharmacy) == []


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"route": "47625008"}, 409, "route"),
        ({"ingredients": []}, 409, "ingredients"),
        ({"beyond_use_days": 0}, 409, "beyond_use_days"),
        ({"makes": "-1"}, 409, "makes"),
        ({"makes": "1.0001"}, 422, "makes"),
        ({"makes": "NaN"}, 422, "makes"),
        ({"form": None}, 422, "form"),
    ],
)
def test_a_compound_is_refused_by_its_field(pharmacy, program, change, status, field):
    answer = program.post("/compounds", compound_body(pharmacy) | change)
    assert answer.status_code == status
    assert any(field in named for named in fields(answer))
    assert made(pharmacy) == []


def test_an_ingredient_is_refused_by_its_place(pharmacy, program):
    body: dict[str, Any] = compound_body(pharmacy)
    body["ingredients"][1]["unit"] = "ML"
    answer = program.post("/compounds", body)
    assert (answer.status_code, fields(answer)) == (409, {"ingredients.2.unit"})
    body["ingredients"][1]["ndc"] = "99999-9999-99"
    assert codes(program.post("/compounds", body)) == {"no-drug"}
    assert made(pharmacy) == []


def test_another_pharmacy_orders_none_of_our_compounds(pharmacy, program):
    ndc = program.post("/compounds", compound_body(pharmacy)).json()["ndc"]
    stranger = Program(pharmacy, Role.TECHNICIAN)
    stand_in(pharmacy.other.pk)
    theirs = Patient.objects.filter(pharmacy=pharmacy.other).earliest("id")
    stranger.become(
        type(pharmacy.people[Role.TECHNICIAN]).objects.get(pk=pharmacy.stranger.person_id)
    )
    order = order_body(pharmacy) | {"ndc": ndc, "quantity": "40", "patient_id": theirs.pk}
    assert stranger.post("/prescriptions", order).status_code == 409


def test_a_residence_is_said_and_refused_by_its_code(pharmacy, program):
    path = f"/patients/{pharmacy.patient.pk}/residence"
    said = program.post(path, {"residence": "03", "place_of_service": "32"})
    assert said.json() == {
        "patient_id": pharmacy.patient.pk,
        "residence": "03",
        "place_of_service": "32",
    }
    answer = program.post(path, {"residence": "99"})
    assert (answer.status_code, fields(answer)) == (409, {"residence"})
    clerk = Program(pharmacy, Role.CLERK)
    assert clerk.post(path, {"residence": "01"}).status_code == 403
    stand_in(pharmacy.pharmacy.pk)
    assert Patient.objects.get(pk=pharmacy.patient.pk).residence == "03"


def test_a_fill_is_marked_340b_by_program_and_refused_without_its_reason(pharmacy, program):
    fill = pharmacy.enter()
    path = f"/fills/{fill.pk}/billed-apart"
    refused = program.post(path, {"cost_340b_usd": "0.30"})
    assert (refused.status_code, fields(refused)) == (409, {"because_340b"})
    said = {"cost_340b_usd": "0.30", "because_340b": "a patient of the clinic"}
    assert program.post(path, said).status_code == 200
    assert Program(pharmacy, Role.CLERK).post(path, said).status_code == 403
    stand_in(pharmacy.pharmacy.pk)
    assert str(Fill.objects.get(pk=fill.pk).cost_340b_usd) == "0.30"


def test_a_vaccine_is_written_down_by_program_as_given(pharmacy):
    fill = ready(pharmacy)
    path, body = f"/fills/{fill.pk}/vaccine", {"site": "LD", "route": "IM"}
    assert Program(pharmacy, Role.TECHNICIAN).post(path, body).status_code == 403
    rita = Program(pharmacy, Role.PHARMACIST)
    answer = rita.post(path, body)
    assert answer.status_code == 200
    assert (answer.json()["lot"], answer.json()["site"]) == ("V1", "LD")
    assert codes(rita.post(path, body)) == {"given-already"}


def test_a_prescription_of_a_vaccine_is_entered_by_program_with_its_fee(pharmacy, program):
    refused = program.post(
        "/prescriptions", order_body(pharmacy) | {"administration_usd": "25"}
    )
    assert fields(refused) == {"administration_usd"}
