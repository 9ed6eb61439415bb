"""The doors of staff over HTTP: forms of our own, cookies, who may press which button."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apothecary.config.tests.world import PASSWORD, PIN
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.staff import factors, second, stations
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import PHARMACISTS, Role
from apothecary.staff.models import Factor, Guesses, HalfIn, Machine, Person, Session
from apothecary.staff.signon import stand_in
from apothecary.staff.tests.enrolled import machine, require, seated, with_app

LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
BUTTONS = [
    "second", "locked", "sign-out", "add-person", "on-duty", "off-duty", "free", "reset",
    "add-app", "confirm-app", "add-passkey", "confirm-passkey", "new-codes", "end-factor",
    "trust", "distrust", "second-factor-policy",
]  # fmt: skip
NOT_READ = [name for name in BUTTONS if name not in {"second", "locked"}]
PEOPLE = [role for role in Role if role is not Role.SYSTEM]
RUNS_THE_PEOPLE = {Role.IN_CHARGE, Role.ADMINISTRATOR}


def client(world, role: Role, *, strict: bool = False) -> Client:
    """A browser in which somebody of this role has signed in by password."""
    browser = Client(headers={"accept": "text/html"})
    form = {"name": world.people[role].username, "password": PASSWORD, "station": "office"}
    assert browser.post("/signin", form).status_code == 302
    browser.handler.enforce_csrf_checks = strict
    return browser


def press(browser: Client, name: str, **fields: str):  # the fields of the form, by name
    return browser.post(reverse(f"staff:{name}"), fields)


@pytest.mark.parametrize("name", BUTTONS)
def test_no_other_site_presses_a_button_of_the_door(pharmacy, name):
    browser = client(pharmacy, Role.IN_CHARGE, strict=True)
    before = Entry.objects.count()
    assert press(browser, name).status_code == 403
    assert Entry.objects.count() == before


@pytest.mark.parametrize("name", NOT_READ)
def test_a_link_presses_no_button(pharmacy, name):
    browser = client(pharmacy, Role.IN_CHARGE)
    assert browser.get(reverse(f"staff:{name}")).status_code == 405


@pytest.mark.parametrize("name", NOT_READ)
def test_a_locked_station_presses_none_but_the_way_out(pharmacy, name):
    browser = client(pharmacy, Role.IN_CHARGE)
    browser.get("/lock")
    answer = press(browser, name, password=PASSWORD)
    assert answer.headers["Location"] == ("/signin" if name == "sign-out" else "/lock")
    assert not Factor.objects.exists()


@pytest.mark.parametrize("role", PEOPLE)
def test_the_buttons_for_a_colleague_are_for_whoever_has_the_duty(pharmacy, role):
    browser = client(pharmacy, role)
    colleague = pharmacy.people[Role.CLERK if role is not Role.CLERK else Role.INTERN]
    statuses = {
        "free": 302 if role in RUNS_THE_PEOPLE | PHARMACISTS else 403,
        # Whoever may is told that there is nothing to end.
        "reset": 409 if role in RUNS_THE_PEOPLE else 403,
        "distrust": 409 if role in RUNS_THE_PEOPLE else 403,
        "trust": 302 if role in RUNS_THE_PEOPLE else 403,
        "second-factor-policy": 302 if role is Role.IN_CHARGE else 403,
    }
    found = {
        name: press(browser, name, person_id=str(colleague.pk), machine_id="0").status_code
        for name in statuses
    }
    assert found == statuses
    refused = Entry.objects.filter(deed=Deed.REFUSED_DUTY).count()
    assert refused == list(statuses.values()).count(403)


def half_way(browser: Client, world) -> dict[str, str]:
    """The cookie of somebody whose password was right and who is asked for more."""
    with_app(seated(world, Role.IN_CHARGE))
    form = {"name": world.people[Role.IN_CHARGE].username, "password": PASSWORD}
    answer = browser.post("/signin", form, secure=True)
    cookie = answer.cookies["apothecary_half"]
    return {"secure": str(cookie["secure"]), "age": str(cookie["max-age"])}


def test_over_https_the_half_cookie_goes_over_https_alone_and_ends_after_five_minutes(
    pharmacy,
):
    assert half_way(Client(), pharmacy) == {"secure": "True", "age": "300"}


def test_the_half_cookie_is_no_session_and_a_session_is_no_half(pharmacy):
    browser = Client(headers={"accept": "text/html"})
    half_way(browser, pharmacy)
    half = browser.cookies["apothecary_half"].value
    thief = Client(headers={"accept": "text/html"})
    thief.cookies["apothecary_session"] = half
    assert thief.get("/people/").headers["Location"] == "/signin"
    person = pharmacy.people[Role.IN_CHARGE]
    stand_in(pharmacy.pharmacy.pk)
    token = worker_token(person=person, station="x", at=timezone.now())
    thief.cookies["apothecary_half"] = token
    assert thief.get("/signin/second").headers["Location"] == "/signin"


def test_half_a_sign_in_is_kept_as_a_hash(pharmacy):
    browser = Client()
    half_way(browser, pharmacy)
    half = browser.cookies["apothecary_half"].value
    assert half.encode() not in bytes(HalfIn.objects.get().token_hash)


@pytest.mark.parametrize("cookie", ["", "x", "0" * 4000, "é", "a b", "%00"])
def test_a_machines_cookie_that_nobody_gave_out_is_an_unknown_machine(pharmacy, cookie):
    browser = Client()
    browser.cookies["apothecary_machine"] = cookie
    form = {"name": "stechnician", "password": PASSWORD}
    answer = browser.post("/signin", form)
    assert answer.status_code == 302
    assert answer.cookies["apothecary_machine"].value not in {"", cookie}
    assert Machine.objects.count() == 1


def test_a_machine_is_known_to_the_next_person_who_sits_there(pharmacy):
    browser = client(pharmacy, Role.TECHNICIAN)
    form = {"name": "sclerk", "password": PASSWORD}
    assert "apothecary_machine" not in browser.post("/signin", form).cookies
    assert set(Session.objects.values_list("machine", flat=True)) == {Machine.objects.get().pk}


def test_signing_out_leaves_the_machine_known(pharmacy):
    browser = client(pharmacy, Role.TECHNICIAN)
    browser.post("/signout")
    assert browser.cookies["apothecary_machine"].value


@pytest.mark.parametrize("way", ["password", "pin"])
def test_guesses_over_http_shut_the_door_of_this_browser_alone(pharmacy, way):
    browser = client(pharmacy, Role.TECHNICIAN)
    initials = pharmacy.people[Role.PHARMACIST].initials

    def attempt(with_: Client, secret: str) -> int:
        if way == "pin":
            form = {"initials": initials, "pin": secret}
            return with_.post("/lock", form).status_code
        form = {"name": "spharmacist", "password": secret}
        return with_.post("/signin", form).status_code

    right = PIN if way == "pin" else PASSWORD
    assert [attempt(browser, "0000") for _ in range(5)] == [409] * 5
    assert attempt(browser, right) == 409
    assert Guesses.objects.get().machine == Session.objects.latest("id").machine
    assert attempt(client(pharmacy, Role.INTERN), right) == 302


def test_a_shut_door_opens_on_the_clock_of_the_house(pharmacy):
    browser = client(pharmacy, Role.TECHNICIAN)
    form = {"name": "spharmacist", "password": "wrong"}
    for _ in range(5):
        browser.post("/signin", form)
    page = browser.post("/signin", form | {"password": PASSWORD}).content.decode()
    assert "locked this sign-in for 15 minutes" in page
    assert "164.308(a)(5)(ii)(C)" in page
    Guesses.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    assert browser.post("/signin", form | {"password": PASSWORD}).status_code == 302


def test_a_wrong_password_on_the_own_page_counts_at_this_machine(pharmacy):
    browser = client(pharmacy, Role.PHARMACIST)
    for _ in range(5):
        press(browser, "add-app", password="wrong")
    assert "locked for" in press(browser, "add-app", password=PASSWORD).content.decode()
    said = json.loads(Entry.objects.filter(deed=Deed.LOCKED_OUT).latest("id").details)
    assert said["session_of"] == pharmacy.people[Role.PHARMACIST].pk


@pytest.mark.parametrize("role", PEOPLE)
def test_everybody_may_have_a_second_factor_of_their_own(pharmacy, role):
    browser = client(pharmacy, role)
    assert "Add one" in browser.get("/own/").content.decode()
    by = seated(pharmacy, role)
    factor, codes = with_app(by)
    assert (factor.person_id, len(codes)) == (by.person_id, 10)
    assert second.confirmed(Person.objects.get(pk=by.somebody)) == [factor]


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("required", [True, False])
def test_who_must_have_one_is_told_by_role_and_policy(pharmacy, role, required):
    require(pharmacy, required=required)
    person = Person.objects.select_related("pharmacy").get(pk=pharmacy.people[role].pk)
    leads = role in {Role.IN_CHARGE, Role.ADMINISTRATOR}
    assert second.must_have(person) is (leads and required)
    outside, _ = machine(pharmacy)
    inside, _ = machine(pharmacy, trusted=True)
    shut = [bool(second.missing_problems(person, where)) for where in (None, outside, inside)]
    assert shut == [leads and required, leads and required, False]
    without_session = pharmacy.technician
    assert bool(stations.pin_problems(person, without_session)) is (leads and required)


@given(st.text(alphabet=LETTERS, min_size=16, max_size=16), st.sampled_from(["-", " ", ""]))
def test_a_code_read_from_paper_is_the_code_whatever_stands_between_its_groups(code, between):
    typed = factors.grouped(code).replace("-", between)
    for form in (typed, typed.upper(), f" {typed} "):
        assert factors.recovery_hash(form) == factors.recovery_hash(code)


@given(st.text(alphabet=LETTERS, min_size=16, max_size=16), st.integers(0, 15))
def test_a_code_with_one_letter_changed_is_another(code, at):
    other = LETTERS[(LETTERS.index(code[at]) + 1) % len(LETTERS)]
    changed = code[:at] + other + code[at + 1 :]
    assert factors.recovery_hash(changed) != factors.recovery_hash(code)
