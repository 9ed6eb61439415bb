"""The API of prior authorizations and of payers' money: what a program sees and may do."""

from base64 import b64encode

import pytest

from apothecary.claims.authorization.states import AuthorizationState
from apothecary.claims.models import Claim, PriorAuthorization
from apothecary.claims.money.models import Payment, RemittanceFile
from apothecary.claims.money.tests.books import billed, given, line, load, surveyed
from apothecary.claims.money.tests.samples import Beside, Sent, file_of
from apothecary.config.tests.world_days import TODAY
from apothecary.doors.tests.claims_world import rejected_claim
from apothecary.doors.tests.consent_world import asked, authorization, questioned, told
from apothecary.doors.tests.money_world import a_difference
from apothecary.doors.tests.program import Program, codes, fields
from apothecary.staff.duties import Role
from apothecary.staff.models import Person
from apothecary.staff.signon import stand_in
from apothecary.wires.models import Outgoing

S = AuthorizationState


@pytest.fixture
def program(pharmacy) -> Program:
    return Program(pharmacy, Role.TECHNICIAN)


def stranger(world) -> Person:
    """The pharmacist of the other pharmacy."""
    stand_in(world.other.pk)
    return Person.objects.get(pk=world.stranger.person_id)


def base64(raw: bytes) -> str:
    return b64encode(raw).decode()


def test_from_the_refused_claim_to_the_answers_without_a_screen(pharmacy, program):
    claim_id = rejected_claim(pharmacy, unanswered=False, insured=True)
    started = program.post(f"/claims/{claim_id}/authorization").json()
    assert (started["state"], started["kind"]) == ("draft", "first request")
    assert started["because_codes"] == ["75"]
    there = f"/authorizations/{started['id']}"
    assert program.post(f"{there}/ask", {"way": "epa"}).json()["state"] == "asked"
    row = now(started["id"])
    told(pharmacy, questioned(row), row)
    page = program.get(there).json()
    assert (page["state"], page["ready"]) == ("questions to answer", False)
    assert page["ways"] == ["line", "fax"]
    by_id = {one["id"]: one for one in page["questions"]}
    assert (by_id["1"]["values"], by_id["1"]["source"]) == (["30"], "records")
    assert by_id["1"]["from_records"]
    assert not by_id["2"]["from_records"]
    given = {"answers": [{"question": "2", "values": ["metformin"]}], "send": True}
    refused = program.post(f"{there}/answers", given)
    assert (refused.status_code, fields(refused)) == (409, {"told_by"})
    sent = program.post(f"{there}/answers", given | {"told_by": "Dr. Grey"})
    assert sent.json()["state"] == "asked"
    out = Outgoing.objects.filter(about="authorization").order_by("pk")
    assert [b"metformin" in bytes(one.raw) for one in out] == [False, True]


def now(pk: int) -> PriorAuthorization:
    return PriorAuthorization.objects.select_related("outgoing").get(pk=pk)


def test_a_question_answered_twice_or_not_asked_is_refused_and_nothing_is_kept(
    pharmacy, program
):
    row = told(pharmacy, questioned(asking := asked(pharmacy)), asking)
    there = f"/authorizations/{row.pk}/answers"
    twice = [{"question": "2", "values": ["a"]}, {"question": "2", "values": ["b"]}]
    answer = program.post(there, {"answers": twice, "told_by": "Dr. Grey"})
    assert (answer.status_code, codes(answer)) == (409, {"answered-twice"})
    other = [{"question": "9", "values": ["a"]}]
    answer = program.post(there, {"answers": other, "told_by": "Dr. Grey"})
    assert (answer.status_code, fields(answer)) == (409, {"9"})
    assert "2" not in now(row.pk).answers


def test_the_list_shows_what_is_ours_to_do(pharmacy, program):
    row = authorization(pharmacy, "ask")
    (line_,) = program.get("/authorizations").json()
    assert (line_["id"], line_["ours"], line_["key_says"]) == (row.pk, True, "ask the payer")


def test_the_paper_form_is_a_pdf(pharmacy, program):
    row = authorization(pharmacy, "ask")
    answer = program.get(f"/authorizations/{row.pk}/form.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_another_pharmacys_authorization_is_not_there(pharmacy, program):
    row = authorization(pharmacy, "ask")
    program.become(stranger(pharmacy))
    for path in (f"/authorizations/{row.pk}", f"/authorizations/{row.pk}/form.pdf"):
        answer = program.get(path)
        assert (answer.status_code, codes(answer)) == (409, {"no-authorization"})
    stand_in(pharmacy.pharmacy.pk)


def test_a_decision_by_phone_becomes_the_number_of_the_claim(pharmacy, program):
    row = authorization(pharmacy, "decision")
    said = {"approved": True, "number": "PA77", "until_on": "2027-11-23", "because": "Kim"}
    out = program.post(f"/authorizations/{row.pk}/decision", said).json()
    assert (out["state"], out["number"], out["until_on"]) == ("approved", "PA77", "2027-11-23")
    last = Claim.objects.filter(fill_id=row.fill_id).order_by("-pk")[0]
    assert b"EVPA77" in bytes(last.posted.raw)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"number": ""}, "number"), ({"number": "x" * 12}, "number"),
     ({"because": " "}, "because"),
     ({"from_on": "2027-11-24"}, "until_on"), ({"quantity": "0"}, "quantity")],
)  # fmt: skip
def test_a_decision_that_cannot_be_is_refused_by_field(pharmacy, program, change, field):
    row = authorization(pharmacy, "decision")
    said = {"approved": True, "number": "PA77", "until_on": "2027-11-23", "because": "Kim"}
    answer = program.post(f"/authorizations/{row.pk}/decision", said | change)
    assert (answer.status_code, fields(answer)) == (409, {field})
    assert now(row.pk).state == S.DRAFT


def test_a_file_is_posted_and_what_is_owed_goes_down_to_the_cent(pharmacy, program):
    claim = billed(pharmacy, "9.25")
    before = program.get("/money/receivables").json()
    assert before["owes_usd"] == "9.25"
    assert [usd for usd in before["by_age"].values() if usd != "0.00"] == ["9.25"]
    (open_,) = program.get("/money/open?payer=999999").json()
    assert (open_["claim_id"], open_["open_usd"]) == (claim.pk, "9.25")
    raw = file_of(Sent((line(claim),), beside=(Beside("AH", "0.25", "FEE"),)))
    file = program.post("/money/files", {"base64": base64(raw), "name": "a.x12"}).json()
    assert [one["amount_usd"] for one in file["remittances"]] == ["9.00"]
    after = program.get("/money/receivables").json()
    assert (after["owes_usd"], after["payers"]) == ("0.00", [])
    there = f"/money/remittances/{file['remittances'][0]['id']}"
    page = program.get(there).json()
    assert page["lines_all"] == 2
    assert [one["usd"] for one in page["lines"]] == ["-0.25", "9.25"]
    (fee,) = program.get("/money/beside").json()
    assert (fee["reason"], fee["usd"]) == ("AH", "0.25")
    assert [one["name"] for one in program.get("/money/files").json()] == ["a.x12"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [("", "remittance-empty"), ("*", "remittance-base64"), ("QQ", "remittance-base64"),
     (base64(b"hello"), "remittance-refused"),
     (base64(file_of(Sent(more_usd="1.00"))), "remittance-refused")],
)  # fmt: skip
def test_a_file_that_is_none_or_does_not_balance_is_refused_and_nothing_is_posted(
    pharmacy, program, raw, code
):
    answer = program.post("/money/files", {"base64": raw})
    assert (answer.status_code, codes(answer)) == (409, {code})
    assert fields(answer) == {"base64"}
    assert not Payment.objects.exists()
    assert RemittanceFile.objects.count() == (code == "remittance-refused")


def test_a_difference_is_seen_with_its_lines_and_disputed_once(pharmacy, program):
    pk = a_difference(pharmacy, "dispute")
    (listed,) = program.get("/money/differences?kind=paid short").json()
    assert (listed["id"], listed["usd"]) == (pk, "5.00")
    assert program.get("/money/differences?kind=paid over").json() == []
    page = program.get(f"/money/differences/{pk}").json()
    assert [one["usd"] for one in page["lines"]] == ["4.25"]
    said = {"because": "Kim, by phone"}
    first = program.post(f"/money/differences/{pk}/dispute", said).json()
    again = program.post(f"/money/differences/{pk}/dispute", said).json()
    assert first == again
    assert first["because"] == "Kim, by phone"


def test_a_loss_is_written_off_by_the_pharmacist_in_charge_alone(pharmacy, program):
    pk = a_difference(pharmacy, "write-off")
    there, said = f"/money/differences/{pk}/write-off", {"because": "too old"}
    assert program.post(there, said).status_code == 403
    program.become(pharmacy.people[Role.IN_CHARGE])
    assert program.post(there, said).json()["closing"] == "written off"


@pytest.mark.parametrize(
    ("path", "code"),
    [("/money/differences/999", "difference-unknown"), ("/fills/999/margin", "no-fill"),
     ("/money/remittances/999", "remittance-unknown")],
)  # fmt: skip
def test_what_is_not_there_is_said_so(program, path, code):
    answer = program.get(path)
    assert (answer.status_code, codes(answer)) == (409, {code})


def test_another_pharmacys_money_is_not_seen(pharmacy, program):
    pk = a_difference(pharmacy, "dispute")
    load(pharmacy, Sent((line(billed(pharmacy, "9.25")),), trace="T2"))
    program.become(stranger(pharmacy))
    assert program.get("/money/differences").json() == []
    assert program.get("/money/files").json() == []
    assert program.get("/money/receivables").json()["payers"] == []
    assert program.get(f"/money/differences/{pk}").status_code == 409
    stand_in(pharmacy.pharmacy.pk)


def test_what_a_fill_leaves_is_said_with_the_source_and_day_of_its_cost(pharmacy, program):
    surveyed(pharmacy, "0.50")
    fill = given(pharmacy, "9.25")
    found = program.get(f"/fills/{fill.pk}/margin").json()
    assert (found["cost_usd"], found["cost_source"]) == ("15.00", "NADAC")
    assert found["cost_on"] == TODAY.isoformat()
    assert (found["plan_usd"], found["patient_usd"]) == ("9.25", "2.51")
    assert (found["left_usd"], found["under_water"]) == ("-3.24", True)
    (listed,) = program.get("/money/under-water").json()
    assert listed == found
