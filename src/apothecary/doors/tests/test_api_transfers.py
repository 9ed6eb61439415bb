"""Transfers, what is on file and the day's refills by program: the acts, their refusals."""

from typing import Any

import pytest

from apothecary.doors.tests.counter_world import GIVEN, LAKESIDE, TOLD
from apothecary.doors.tests.program import Program, codes, fields, order_body, typed_form
from apothecary.intake.models import Arrival
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.refill_log.tests.log import refilled
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.tests.test_series import filed
from apothecary.prescriptions.transfers.models import Transfer
from apothecary.prescriptions.transfers.tests.partners import entered, filled
from apothecary.staff.duties import Role
from apothecary.staff.models import Person
from apothecary.staff.signon import stand_in


@pytest.fixture
def rita(pharmacy) -> Program:
    return Program(pharmacy, Role.PHARMACIST)


def away(rx: Prescription) -> str:
    return f"/prescriptions/{rx.pk}/transfer"


def theirs(pharmacy, program: Program) -> Program:
    """The program, asking as somebody of the other pharmacy."""
    return program.become(Person.objects.get(pk=pharmacy.stranger.person_id))


def test_a_prescription_goes_once_and_its_record_says_where(pharmacy, rita):
    rx = filled(pharmacy, "alprazolam")
    made = rita.post(away(rx), GIVEN).json()
    assert (made["direction"], made["other"], made["dea"]) == (
        "out",
        "Lakeside Pharmacy",
        "BL7654329",
    )
    assert (made["refills_left"], made["rx_number"]) == (2, rx.number)
    assert [fill["quantity"] for fill in made["fills"]] == ["30"]
    assert made["kept_until"] == "2028-11-23"
    again = rita.post(away(rx), GIVEN)
    assert (again.status_code, "rx-not-active" in codes(again)) == (409, True)
    assert rita.get(f"/transfers/{made['id']}").json() == made
    assert rita.get("/transfers").json() == [made]
    assert rita.get("/transfers?first=2026-01-01&last=2026-01-31").json() == []
    assert Transfer.objects.count() == 1


def test_what_never_came_is_ours_again_and_may_go_once_more(pharmacy, rita):
    made = rita.post(away(filled(pharmacy)), GIVEN).json()
    there = f"/transfers/{made['id']}/back"
    bare = rita.post(there, {"spoke_with": "", "because": ""})
    assert (bare.status_code, fields(bare)) == (409, {"spoke_with", "because"})
    said = {"spoke_with": "Dana Wells", "because": "no fax came"}
    assert rita.post(there, said).json()["because"] == "no fax came"
    assert codes(rita.post(there, said)) == {"transfer-taken-back"}
    rx = Prescription.objects.get()
    assert rx.state == "active"
    assert rita.post(away(rx), GIVEN).status_code == 200


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.CLERK, Role.ADMINISTRATOR])
def test_a_controlled_one_is_no_technicians_to_give_or_to_take(pharmacy, role):
    rx = filled(pharmacy, "alprazolam")
    program = Program(pharmacy, role)
    assert program.post(away(rx), GIVEN).status_code == 403
    assert program.post("/transfers", TOLD).status_code == 403
    assert not Transfer.objects.exists()


def test_another_pharmacys_prescription_is_not_given_and_its_record_not_read(pharmacy, rita):
    made = rita.post(away(filled(pharmacy)), GIVEN).json()
    rx = filled(pharmacy, "metformin") if "metformin" in pharmacy.drugs else entered(pharmacy)
    theirs(pharmacy, rita)
    assert rita.post(away(rx), GIVEN).status_code in {403, 409}
    assert rita.get("/transfers").json() == []
    answer = rita.get(f"/transfers/{made['id']}")
    assert (answer.status_code, codes(answer)) == (409, {"no-transfer"})
    answer = rita.post(f"/transfers/{made['id']}/back", {"spoke_with": "D", "because": "b"})
    assert answer.status_code in {403, 409}
    stand_in(pharmacy.pharmacy.pk)
    assert Transfer.objects.get().taken_back_at is None


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"way": "pigeon"}, 422, "way"),
        ({"other": LAKESIDE | {"dea": "BL7654320"}}, 409, "dea"),
        ({"other": LAKESIDE | {"dea": ""}}, 409, "dea"),
        ({"other": LAKESIDE | {"phone": "555"}}, 409, "phone"),
        ({"other": LAKESIDE | {"state": "Texas"}}, 409, "state"),
        ({"other": LAKESIDE | {"street": ""}}, 409, "street"),
        ({"other": LAKESIDE | {"spoke_with": "x" * 121}}, 409, "spoke_with"),
        ({"other": LAKESIDE | {"title": "friend"}}, 422, "other.title"),
    ],
)
def test_a_transfer_lacking_what_its_record_shows_is_refused_by_field(
    pharmacy, rita, wrong, status, field
):
    rx = filled(pharmacy, "alprazolam")
    answer = rita.post(away(rx), GIVEN | wrong)
    assert (answer.status_code, field in fields(answer)) == (status, True), answer.content
    rx.refresh_from_db()
    assert rx.state == "active"
    assert not Transfer.objects.exists()


def test_a_c_ii_goes_unfilled_and_electronic_alone_and_once_filled_never(pharmacy, rita):
    rx = entered(pharmacy, "oxycodone", refills=0)
    phoned = rita.post(away(rx), GIVEN)
    assert phoned.status_code == 409
    sent = GIVEN | {"way": "electronic"}
    assert rita.post(away(rx), sent).json()["unfilled"] is True
    again = rita.post(away(rx), sent)
    assert (again.status_code, "rx-not-active" in codes(again)) == (409, True)


def test_a_c_ii_that_was_filled_goes_nowhere(pharmacy, rita):
    sold = filled(pharmacy, "oxycodone", refills=0)
    answer = rita.post(away(sold), GIVEN | {"way": "electronic"})
    assert answer.status_code == 409
    assert not Transfer.objects.exists()


def test_one_that_comes_waits_for_what_is_missing_then_is_entered(pharmacy, rita):
    bare = TOLD | {"refills_originally": None, "fills": []}
    came = rita.post("/transfers", bare).json()
    assert came["question"].startswith("Ask Lakeside Pharmacy for:")
    row = rita.get(f"/transfers/{came['transfer_id']}").json()
    assert (row["direction"], row["prescription_id"], row["fills"]) == ("in", None, [])
    whole = rita.post(f"/arrivals/{came['arrival_id']}/transfer", TOLD).json()
    assert whole["question"] == ""
    pharmacy.receive("alprazolam", "100")
    typed = typed_form(pharmacy) | {
        "package_id": str(pharmacy.drugs["alprazolam"].pk), "origin": "5", "refills": "3",
        "written_on": "09/01/2026", "earliest_fill_on": "",
    }  # fmt: skip
    wrong = rita.post(
        f"/arrivals/{came['arrival_id']}/finish", {"values": typed | {"refills": "4"}}
    )
    assert (wrong.status_code, "refills" in fields(wrong)) == (409, True)
    answer = rita.post(f"/arrivals/{came['arrival_id']}/finish", {"values": typed})
    assert answer.status_code == 200, answer.content
    row = rita.get(f"/transfers/{came['transfer_id']}").json()
    assert row["prescription_id"] == answer.json()["prescription_id"]
    late = rita.post(f"/arrivals/{came['arrival_id']}/transfer", TOLD)
    assert late.status_code == 409


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"says": " "}, 409, "says"),
        ({"refills_left": 0}, 409, "refills_left"),
        ({"refills_left": 6}, 409, "refills_left"),
        ({"refills_left": -1}, 422, "refills_left"),
        ({"written_on": "2026-11-24"}, 409, "written_on"),
        ({"fills": [{"on": "2026-08-31"}]}, 409, "fills"),
        ({"fills": [{"on": "soon"}]}, 422, "fills.0.on"),
        ({"other": LAKESIDE | {"name": " "}}, 409, "name"),
        ({"unfilled": True, "fills": []}, 409, "unfilled"),
        ({"way": "fax"}, 409, "image"),
    ],
)
def test_what_the_other_pharmacy_cannot_have_said_is_refused_by_field(
    pharmacy, rita, wrong, status, field
):
    answer = rita.post("/transfers", TOLD | wrong)
    assert (answer.status_code, field in fields(answer)) == (status, True), answer.content
    assert not Arrival.objects.exists()


def test_a_series_of_c_ii_is_filed_by_program_and_each_is_filled_from_its_day(pharmacy, rita):
    pharmacy.receive("oxycodone", "100")
    base = order_body(pharmacy) | {
        "ndc": pharmacy.drugs["oxycodone"].ndc, "refills": 0, "carried": None,
    }  # fmt: skip
    made = [
        rita.post("/prescriptions/on-file", base | {"earliest_fill_on": day}).json()
        for day in ("2026-11-23", "2026-12-23", "2027-01-22")
    ]
    assert [one["days_supply"] for one in made] == [30, 30, 30]
    over = rita.post("/prescriptions/on-file", base | {"earliest_fill_on": "2027-02-21"})
    assert (over.status_code, codes(over)) == (409, {"series-over-days"})
    assert rita.get(f"/prescriptions/{made[1]['id']}/series").json() == made
    assert rita.get("/prescriptions/on-file").json() == made
    early = rita.post(f"/prescriptions/{made[1]['id']}/refill", {"pay": "cash"})
    assert (early.status_code, codes(early)) == (409, {"fill-too-early"})
    now = rita.post(f"/prescriptions/{made[0]['id']}/refill", {"pay": "cash"})
    assert now.status_code == 200, now.content
    assert [one["id"] for one in rita.get("/prescriptions/on-file").json()] == [
        made[1]["id"], made[2]["id"],
    ]  # fmt: skip


def test_a_second_without_its_day_is_refused_and_no_other_schedule_has_a_series(pharmacy, rita):
    base = order_body(pharmacy) | {
        "ndc": pharmacy.drugs["oxycodone"].ndc, "refills": 0, "carried": None,
        "earliest_fill_on": None,
    }  # fmt: skip
    assert rita.post("/prescriptions/on-file", base).status_code == 200
    second = rita.post("/prescriptions/on-file", base)
    assert (codes(second), fields(second)) == (
        {"series-no-earliest-fill"},
        {"earliest_fill_on"},
    )
    other = rita.post("/prescriptions/on-file", order_body(pharmacy)).json()
    answer = rita.get(f"/prescriptions/{other['id']}/series")
    assert (answer.status_code, codes(answer)) == (409, {"no-series"})


def test_a_series_is_not_another_pharmacys_to_read_nor_a_clerks_to_file(pharmacy, rita):
    rx = filed(pharmacy, after=30)
    clerk = Program(pharmacy, Role.CLERK)
    assert clerk.post("/prescriptions/on-file", order_body(pharmacy)).status_code == 403
    theirs(pharmacy, rita)
    assert rita.get("/prescriptions/on-file").json() == []
    assert codes(rita.get(f"/prescriptions/{rx.pk}/series")) == {"no-rx"}


def test_what_came_in_is_kept_on_file_and_not_filled(pharmacy, rita):
    pharmacy.receive("lisinopril", "100")
    at = pharmacy.technician.at
    arrival = Arrival.objects.create(
        pharmacy=pharmacy.pharmacy, source="paper", arrived_at=at, promised_at=at
    )
    body = {"values": typed_form(pharmacy)}
    made = rita.post(f"/arrivals/{arrival.pk}/file", body).json()
    assert made["number"] == Prescription.objects.get().number
    assert not Fill.objects.exists()
    assert rita.post(f"/arrivals/{arrival.pk}/file", body).status_code == 409


def signs(program: Program, **said: Any) -> Any:
    return program.post("/refills/sign", {"day": "2026-11-23", "verified": True} | said)


def test_a_pharmacist_signs_their_own_refills_of_the_day_once(pharmacy, rita):
    fill = refilled(pharmacy)
    (line,) = rita.get("/refills?day=2026-11-23").json()
    assert (line["rx"], line["signed_at"], line["refill"]) == (
        fill.prescription.number,
        None,
        1,
    )
    (left,) = rita.get("/refills/owed").json()
    assert (left["refills"], left["late"]) == (1, [])
    assert codes(signs(rita, verified=False)) == {"printout-no-verified"}
    assert signs(rita).json() == {"day": "2026-11-23", "refills": 1, "late": False}
    assert codes(signs(rita)) == {"nothing-to-sign"}
    assert rita.get("/refills/owed").json() == []
    assert rita.get("/refills").json()[0]["signed_at"] is not None
    assert fill.state == FillState.READY


@pytest.mark.parametrize(
    ("said", "status", "field"),
    [({"day": "2026-11-24"}, 409, "day"), ({"day": "soon"}, 422, "day"),
     ({"verified": "perhaps"}, 422, "verified")],
)  # fmt: skip
def test_a_day_that_cannot_be_signed_is_refused_by_field(pharmacy, rita, said, status, field):
    refilled(pharmacy)
    answer = signs(rita, **said)
    assert (answer.status_code, fields(answer)) == (status, {field})


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.INTERN, Role.CLERK])
def test_nobody_but_a_pharmacist_signs_refills(pharmacy, role):
    refilled(pharmacy)
    assert signs(Program(pharmacy, role)).status_code == 403


def test_another_pharmacist_and_another_pharmacy_owe_nothing_of_it(pharmacy, rita):
    refilled(pharmacy)
    assert codes(signs(Program(pharmacy, Role.IN_CHARGE))) == {"nothing-to-sign"}
    theirs(pharmacy, rita)
    assert rita.get("/refills?day=2026-11-23").json() == []
    assert rita.get("/refills/owed").json() == []
