"""The reject screens as a technician meets them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apothecary.claims.tests.counter import last_claim, now_of, queued, states
from apothecary.prescriptions.states import FillState
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.models import Person
from apothecary.staff.signon import stand_in

HTMX = {"HX-Request": "true"}


def sign_in(till, role: Role = Role.TECHNICIAN) -> Client:
    token = worker_token(person=till.world.people[role], station="counter 1", at=till.at)
    client = Client()
    client.cookies["apothecary_session"] = token
    return client


@pytest.fixture
def rejected(till):
    """A fill whose claim was rejected for its person code."""
    till.world.insured.coverages.update(person_code="")
    fill = till.fill()
    till.round()
    return fill


def test_the_worklist_says_who_what_why_and_the_next_key(till, rejected):
    page = sign_in(till).get("/claims/").content.decode()
    assert "Núñez-O&#39;Brien" in page
    assert "08: the person code is missing or wrong" in page
    assert "No person code was sent: take it from the card." in page
    assert "$11.76" in page
    assert ">F10</kbd>" in page


def test_the_worklist_narrows_to_one_code(till, rejected):
    client = sign_in(till)
    row = f'id="row-{rejected.pk}"'
    assert row in client.get("/claims/?code=08").content.decode()
    assert row not in client.get("/claims/?code=75").content.decode()


def test_an_empty_worklist_is_designed(till):
    assert "No claim waits for anybody" in sign_in(till).get("/claims/").content.decode()


def test_the_claim_page_shows_request_and_answer_decoded_and_raw(till, rejected):
    page = sign_in(till).get(f"/claims/fill/{rejected.pk}/").content.decode()
    assert "Correct and send again" in page
    assert "Cardholder Id" in page or "Cardholder id" in page
    assert "␜AM21" in page.replace("\n", "")
    assert 'data-key="F10"' in page
    assert 'data-key="F6"' in page


def test_a_correction_by_keyboard_goes_out_and_leads_to_the_next_claim(till, rejected):
    claim = last_claim(rejected)
    client = sign_in(till)
    answer = client.post(
        f"/claims/{claim.pk}/resubmit",
        {"cardholder_id": claim.cardholder_id, "group": "GRP1", "person_code": "01",
         "relationship": "1", "daw": "0", "clarification": "", "prior_authorization": "",
         "safety_codes": ""},
        headers=HTMX,
    )  # fmt: skip
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/claims/")
    till.round()
    assert states(rejected) == [("B1", "rejected"), ("B1", "paid")]
    assert client.get(f"/claims/fill/{rejected.pk}/").status_code == 200


def test_committing_one_claim_opens_the_next_one(till, rejected):
    other = till.fill("metformin")
    claim = queued(till, other)
    till.sends()
    assert last_claim(other) == claim
    claim = last_claim(rejected)
    answer = sign_in(till).post(f"/claims/{claim.pk}/cash")
    assert answer["Location"] == f"/claims/fill/{other.pk}/"
    assert now_of(rejected).state == FillState.WAITING


@pytest.mark.parametrize(
    ("verb", "body", "field"),
    [
        ("resubmit", {"cardholder_id": ""}, "cardholder_id"),
        ("resubmit", {"safety_codes": "DD M0"}, "safety_codes"),
        ("resubmit", {"clarification": "x"}, "clarification"),
        ("date", {"on": "soon"}, "on"),
        ("date", {"on": "2026-11-22"}, "on"),
        ("entry", {"because": " "}, "because"),
        ("cancel", {"because": ""}, "because"),
    ],
)
def test_a_bad_value_is_refused_naming_its_field_and_nothing_changes(
    till, rejected, verb, body, field
):
    claim = last_claim(rejected)
    answer = sign_in(till).post(
        f"/claims/{claim.pk}/{verb}", body, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 409
    assert field in {problem["field"] for problem in answer.json()["problems"]}
    assert states(rejected) == [("B1", "rejected")]
    assert now_of(rejected).state == FillState.REJECTED
    assert last_claim(rejected).closed_at is None


@pytest.mark.parametrize("address", ["/claims/", "/claims/fill/{fill}/"])
@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_whoever_may_not_work_claims_sees_none(till, rejected, role, address):
    client = sign_in(till, role)
    assert client.get(address.format(fill=rejected.pk)).status_code == 403


def test_nobody_signed_in_sees_no_claim(till, rejected):
    answer = Client().get(
        f"/claims/fill/{rejected.pk}/", headers={"Accept": "application/json"}
    )
    assert answer.status_code == 401


def test_another_pharmacy_finds_no_such_claim(till, rejected):
    claim = last_claim(rejected)
    stand_in(till.world.other.pk)
    them = Person.objects.get(pk=till.world.stranger.person_id)
    client = Client()
    token = worker_token(person=them, station="counter 1", at=till.at)
    client.cookies["apothecary_session"] = token
    assert client.get(f"/claims/fill/{rejected.pk}/").status_code == 404
    refused = client.post(f"/claims/{claim.pk}/cash", headers={"Accept": "application/json"})
    assert refused.status_code == 409
    assert "No such claim" in refused.json()["problems"][0]["says"]


@pytest.mark.parametrize("address", ["/claims/", "/claims/fill/{fill}/"])
def test_a_screen_asks_at_most_eight_times(till, rejected, address):
    client = sign_in(till)
    where = address.format(fill=rejected.pk)
    client.get(where)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(where).status_code == 200
    assert len(asked) <= 8, [query["sql"] for query in asked]


@pytest.mark.parametrize(
    ("verb", "body", "state"),
    [
        ("cash", {}, FillState.WAITING),
        ("date", {"on": "2026-12-01"}, FillState.REJECTED),
        ("entry", {"because": "quantity"}, FillState.ENTRY),
        ("cancel", {"because": "moved away"}, FillState.CANCELLED),
    ],
)
def test_each_verb_of_the_page_does_what_it_says_and_goes_on(till, rejected, verb, body, state):
    claim = last_claim(rejected)
    client = sign_in(till)
    answer = client.post(f"/claims/{claim.pk}/{verb}", body)
    assert (answer.status_code, answer["Location"]) == (302, "/claims/")
    assert now_of(rejected).state == state
    assert client.get(f"/claims/fill/{rejected.pk}/").status_code == 200


def test_a_verb_is_never_done_by_looking(till, rejected):
    claim = last_claim(rejected)
    for verb in ("resubmit", "cash", "later", "date", "entry", "cancel", "settle"):
        assert sign_in(till).get(f"/claims/{claim.pk}/{verb}").status_code == 405
    assert now_of(rejected).state == FillState.REJECTED


def test_while_the_line_is_dead_the_page_offers_to_bill_later(till):
    till.payer.misbehave("down")
    fill = till.fill()
    for _ in range(3):
        till.round(after=timedelta(minutes=6))
    client = sign_in(till)
    page = client.get(f"/claims/fill/{fill.pk}/").content.decode()
    assert "Fill now, bill later" in page
    assert 'data-party="Payer" data-state="down"' in page
    claim = last_claim(fill)
    assert client.post(f"/claims/{claim.pk}/later")["Location"] == "/claims/"
    assert now_of(fill).state == FillState.WAITING


def test_a_fill_without_claims_has_no_claim_page(till):
    fill = till.world.enter()
    assert sign_in(till).get(f"/claims/fill/{fill.pk}/").status_code == 404


def test_a_claim_that_could_not_be_written_says_so_on_its_page(till):
    till.world.insured.coverages.update(bin="99")
    fill = till.fill()
    till.round()
    page = sign_in(till).get(f"/claims/fill/{fill.pk}/").content.decode()
    assert "must be 6 digits" in page
    assert "so nothing went out" in page
