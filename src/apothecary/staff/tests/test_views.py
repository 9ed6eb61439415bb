"""The door over HTTP: cookies, the locked page, the switch, the list of people."""

import pytest
from django.test import Client
from django.utils import timezone

from apothecary.config.tests.world import PASSWORD, PIN
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.models import Person, Session, Shift

COOKIE = "apothecary_session"


@pytest.fixture
def browser(pharmacy) -> Client:
    return Client(headers={"accept": "text/html"})


def sign_in(browser: Client, username: str = "stechnician", password: str = PASSWORD):
    form = {"name": username, "password": password, "station": "drive thru", "next": "/people/"}
    return browser.post("/signin", form)


def test_the_session_is_in_a_cookie_that_no_script_can_read_and_no_other_site_sends(browser):
    answer = sign_in(browser)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/people/")
    cookie = answer.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    assert cookie["max-age"] == ""
    assert browser.get("/people/").status_code == 200


def test_over_https_the_cookie_goes_over_https_alone(pharmacy):
    form = {"name": "stechnician", "password": PASSWORD}
    answer = Client().post("/signin", form, secure=True)
    assert answer.cookies[COOKIE]["secure"] is True


def test_the_station_is_kept_on_the_machine_and_written_in_the_journal(browser):
    sign_in(browser)
    assert Session.objects.get().station == "drive thru"
    assert Entry.objects.get(deed=Deed.SIGNED_IN).station == "drive thru"
    assert 'value="drive thru"' in browser.get("/signin").content.decode()


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "javascript:x", ""])
def test_after_signing_in_nobody_is_sent_to_another_site(browser, to):
    form = {"name": "stechnician", "password": PASSWORD, "next": to}
    assert browser.post("/signin", form).headers["Location"] == "/"


def test_a_refused_sign_in_keeps_the_name_and_never_the_password(browser):
    answer = sign_in(browser, password="not it at all")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "do not match" in page
    assert "stechnician" in page
    assert "not it at all" not in page
    assert COOKIE not in answer.cookies


def test_the_demos_people_stand_at_the_door_of_the_demo_alone(browser, monkeypatch):
    assert "newtech" not in browser.get("/signin").content.decode()
    monkeypatch.setenv("APOTHECARY_DEMO", "1")
    assert "newtech" in browser.get("/signin").content.decode()


def test_a_form_of_another_site_signs_nobody_in(pharmacy):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/signin", {"name": "stechnician", "password": PASSWORD})
    assert answer.status_code == 403


def test_locking_shuts_every_page_until_the_pin_opens_them(browser, pharmacy):
    sign_in(browser)
    page = browser.get("/lock", headers={"referer": "http://testserver/people/"})
    assert "Locked" in page.content.decode()
    assert browser.get("/people/").headers["Location"] == "/lock"
    assert browser.get("/counts", headers={"accept": "application/json"}).status_code == 423
    initials = pharmacy.people[Role.TECHNICIAN].initials
    wrong = browser.post("/lock", {"initials": initials, "pin": "0000"})
    assert (wrong.status_code, browser.get("/people/").status_code) == (409, 302)
    right = {"initials": initials, "pin": PIN, "next": "/people/"}
    assert browser.post("/lock", right).headers["Location"] == "/people/"
    assert browser.get("/people/").status_code == 200


def test_the_locked_page_brings_back_to_where_one_was_and_never_to_another_site(browser):
    sign_in(browser)
    for referer, back in (
        ("http://testserver/people/", "http://testserver/people/"),
        ("https://evil.example/", "/"),
        ("http://testserver/lock", "/"),
    ):
        page = browser.get("/lock", headers={"referer": referer}).content.decode()
        assert f'name="next" value="{back}"' in page


def test_anothers_initials_take_the_station_over_and_start_at_the_list(browser, pharmacy):
    sign_in(browser)
    old = browser.cookies[COOKIE].value
    browser.get("/lock")
    initials = pharmacy.people[Role.PHARMACIST].initials
    answer = browser.post("/lock", {"initials": initials, "pin": PIN, "next": "/people/"})
    assert answer.headers["Location"] == "/"
    assert browser.cookies[COOKIE].value != old
    assert "Pharmacist S" in browser.get("/people/").content.decode()
    assert Client(headers={"cookie": f"{COOKIE}={old}"}).get("/").status_code == 302


def test_signing_out_ends_the_session_and_clears_the_cookie(browser):
    sign_in(browser)
    answer = browser.post("/signout")
    assert answer.headers["Location"] == "/signin"
    assert answer.cookies[COOKIE].value == ""
    assert Session.objects.get().ended_at is not None


def test_a_link_signs_nobody_out(browser):
    sign_in(browser)
    assert browser.get("/signout").status_code == 405
    assert browser.get("/people/").status_code == 200


def test_a_pharmacist_comes_on_and_goes_off_duty_from_the_list(browser, pharmacy):
    sign_in(browser, "spharmacist-in-charge")
    person = pharmacy.people[Role.IN_CHARGE]
    assert "Come on duty" in browser.get("/people/").content.decode()
    browser.post("/people/on-duty")
    assert Shift.objects.filter(person=person, ended_at=None).exists()
    assert "Go off duty" in browser.get("/people/").content.decode()
    browser.post("/people/off-duty")
    assert not Shift.objects.filter(person=person, ended_at=None).exists()


NEW = {
    "username": "fresh",
    "name": "Fresh Face",
    "initials": "FF",
    "role": "technician",
    "password": "a first password",
    "pin": "2468",
    "licence_number": "T-1",
    "licence_until": "2028-06-30",
}


def test_somebody_is_taken_on_from_the_list_and_can_sign_in(browser):
    sign_in(browser, "sadministrator")
    assert browser.post("/people/add", NEW).status_code == 302
    assert Person.objects.get(username="fresh").licences.get().kind == "technician"
    assert sign_in(Client(), "fresh", "a first password").status_code == 302


def test_a_refused_newcomer_keeps_what_was_typed_but_the_secrets(browser):
    sign_in(browser, "sadministrator")
    answer = browser.post("/people/add", NEW | {"pin": "13579x", "name": "Kept Name"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "A PIN has 4 to 8 digits." in page
    assert "Kept Name" in page
    assert "13579x" not in page
    assert "a first password" not in page


def test_the_list_costs_at_most_eight_queries(pharmacy, django_assert_max_num_queries):
    person = pharmacy.people[Role.IN_CHARGE]
    token = worker_token(person=person, station="x", at=timezone.now())
    client = Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})
    with django_assert_max_num_queries(8):
        assert client.get("/people/").status_code == 200


def test_a_program_without_a_token_is_told_and_not_sent_to_a_page(pharmacy):
    answer = Client(headers={"accept": "application/json"}).get("/counts")
    assert answer.status_code == 401
    assert answer.json()["problems"][0]["says"] == "Sign in first."


def test_a_piece_of_a_page_sends_the_whole_page_to_the_door(pharmacy):
    answer = Client(headers={"hx-request": "true", "accept": "*/*"}).get("/")
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/signin")
