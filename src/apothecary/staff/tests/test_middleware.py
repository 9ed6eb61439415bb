"""Who is let through, how each is answered, and what of it stands in the journal."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from apothecary.config.tests.world import PASSWORD
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.problem import Problem, Refused
from apothecary.staff import middleware
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Duty, Role
from apothecary.staff.models import Session
from apothecary.staff.worker import NotAllowed

CITED = Problem(
    "No.", cite="21 CFR 1306.22(a)", code="too-many", field="refills", verified="V1"
)
PLAIN = Problem("Name missing.", field="name")
PROGRAM = {"accept": "application/json"}


def request_of(world, *, headers: dict[str, str] | None = None, path: str = "/fills/"):
    request = RequestFactory().post(path, headers=headers or {})
    request.worker = world.technician  # type: ignore[attr-defined]  # as SignOn would
    request.signed_on = None  # type: ignore[attr-defined]  # the frame is not drawn here
    return request


def refuse(world, error: Exception, *, headers: dict[str, str] | None = None):
    layer = middleware.Refusals(lambda request: HttpResponse())
    return layer.process_exception(request_of(world, headers=headers), error)


def token_of(world, role: Role = Role.TECHNICIAN) -> str:
    return worker_token(person=world.people[role], station="x", at=datetime.now(UTC))


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("BEARER abc ", "abc"),
        ("Bearer", ""),
        ("Basic abc", ""),
        ("abc", ""),
        ("", ""),
    ],
)
def test_a_bearer_token_is_read_out_of_its_own_header_alone(header, token):
    request = RequestFactory().get("/", headers={"authorization": header})
    assert middleware.bearer(request) == token


@pytest.mark.parametrize(
    ("path", "alone"),
    [
        ("/counts", True),
        ("/?live=1", True),
        ("/?live", True),
        ("/", False),
        ("/x/counts", False),
    ],
)
def test_what_a_page_asks_by_itself_is_nobodys_work(path, alone):
    assert middleware.by_itself(RequestFactory().get(path)) is alone


@pytest.mark.parametrize(
    ("path", "accept", "program"),
    [
        ("/api/fills", "", True),
        ("/api/", "text/html", True),
        ("/fills/", "application/json", True),
        ("/fills/", "text/html", False),
        ("/apiary/", "*/*", False),
    ],
)
def test_a_program_is_told_apart_by_path_and_by_what_it_accepts(path, accept, program):
    request = RequestFactory().get(path, headers={"accept": accept})
    assert middleware.wants_json(request) is program


def test_a_program_gets_every_reason_with_its_citation_code_field_and_mark(pharmacy):
    answer = refuse(pharmacy, Refused([CITED, PLAIN]), headers=PROGRAM)
    assert answer.status_code == 409
    assert json.loads(answer.content)["problems"] == [
        {
            "says": "No.",
            "cite": "21 CFR 1306.22(a)",
            "code": "too-many",
            "field": "refills",
            "verified": "V1",
        },
        {"says": "Name missing.", "cite": "", "code": "", "field": "name", "verified": ""},
    ]


def test_a_refusal_that_cites_the_law_is_written_down_with_its_codes(pharmacy):
    refuse(pharmacy, Refused([CITED, PLAIN]), headers=PROGRAM)
    entry = Entry.objects.get(deed=Deed.REFUSED_BY_RULE)
    assert entry.by_id == pharmacy.technician.person_id
    assert json.loads(entry.details) == {"path": "/fills/", "codes": ["too-many"]}


def test_a_refusal_for_a_missing_field_is_not(pharmacy):
    refuse(pharmacy, Refused([PLAIN]), headers=PROGRAM)
    assert not Entry.objects.filter(deed=Deed.REFUSED_BY_RULE).exists()


def test_a_try_at_anothers_duty_is_403_and_written_down(pharmacy):
    answer = refuse(pharmacy, NotAllowed(Duty.VERIFY, [CITED]), headers=PROGRAM)
    assert answer.status_code == 403
    entry = Entry.objects.get(deed=Deed.REFUSED_DUTY)
    assert json.loads(entry.details) == {"path": "/fills/", "duty": "verify"}


def test_a_piece_of_a_page_gets_the_sentences_alone(pharmacy):
    answer = refuse(pharmacy, Refused([CITED]), headers={"hx-request": "true"})
    page = answer.content.decode()
    assert (answer.status_code, "No." in page, "<html" in page) == (409, True, False)


@pytest.mark.parametrize("fault", [ValueError("x"), KeyError("x"), PermissionError("x")])
def test_a_fault_of_the_house_is_not_made_a_refusal(pharmacy, fault):
    assert refuse(pharmacy, fault, headers=PROGRAM) is None
    assert not Entry.objects.exists()


def test_a_bearer_token_needs_no_form_of_ours_and_a_cookie_does(pharmacy):
    strict = Client(enforce_csrf_checks=True)
    token = token_of(pharmacy)
    by_header = {"authorization": f"Bearer {token}", "accept": "application/json"}
    assert strict.post("/signout", headers=by_header).status_code == 302
    strict.cookies["apothecary_session"] = token_of(pharmacy)
    assert strict.post("/signout").status_code == 403
    assert Session.objects.filter(ended_at=None).count() == 1


def test_a_header_goes_before_a_cookie(pharmacy):
    browser = Client(headers={"accept": "text/html"})
    browser.cookies["apothecary_session"] = token_of(pharmacy)
    bad = browser.get("/people/", headers={"authorization": "Bearer wrong"})
    assert bad.headers["Location"] == "/signin"
    assert browser.get("/people/").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"), [(PROGRAM, 423), ({"hx-request": "true"}, 204), ({}, 302)]
)
def test_at_a_locked_station_program_piece_and_page_are_each_told(pharmacy, headers, status):
    token = token_of(pharmacy)
    Session.objects.update(locked_at=datetime.now(UTC))
    answer = Client().get("/people/", headers={"authorization": f"Bearer {token}"} | headers)
    assert answer.status_code == status
    there = answer.headers.get("HX-Redirect") or answer.headers.get("Location")
    assert there == (None if status == 423 else "/lock")


def test_a_page_left_open_locks_although_it_goes_on_asking_for_its_counts(pharmacy):
    browser = Client(headers={"accept": "application/json"})
    form = {"name": "stechnician", "password": PASSWORD, "station": "x"}
    assert browser.post("/signin", form).status_code == 302
    Session.objects.update(seen_at=datetime.now(UTC) - timedelta(minutes=9, seconds=59))
    assert browser.get("/counts").status_code == 200
    # The counts did not count as work: two seconds on, the ten minutes are over.
    Session.objects.update(seen_at=datetime.now(UTC) - timedelta(minutes=10, seconds=1))
    assert browser.get("/counts").status_code == 423


@pytest.mark.parametrize("says", ["Sign in first."])
def test_nobody_is_answered_in_the_way_they_asked(pharmacy, says):
    program = Client(headers=PROGRAM).get("/people/")
    assert (program.status_code, program.json()["problems"][0]["says"]) == (401, says)
    assert Client().get("/people/").headers["Location"] == "/signin"
