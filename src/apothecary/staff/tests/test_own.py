"""One's own sign-in over HTTP: the second page of the door, the factors, the stations."""

import re

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from apothecary.config.tests.world import PASSWORD, PIN
from apothecary.staff import own
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.forms import row_number
from apothecary.staff.models import Factor, FactorKind, Machine, Person, Pharmacy, Session
from apothecary.staff.tests.enrolled import STEP
from apothecary.staff.tests.softkey import SoftKey

SESSION, HALF, MACHINE = "apothecary_session", "apothecary_half", "apothecary_machine"
PIC, TECH = "spharmacist-in-charge", "stechnician"


@pytest.fixture
def browser(pharmacy) -> Client:
    return Client(headers={"accept": "text/html"})


def sign_in(browser: Client, username: str = PIC, *, to: str = "/people/"):
    form = {"name": username, "password": PASSWORD, "station": "office", "next": to}
    return browser.post("/signin", form)


def body(answer) -> str:
    return answer.content.decode()


def number(answer) -> str:
    """The factor that was begun, as the page sends it back."""
    found = re.search(r'name="factor_id" value="(\d+)"', body(answer))
    assert found is not None
    return found[1]


def add_app(browser: Client) -> tuple[pyotp.TOTP, list[str]]:
    """Add an app as one does on the page; the app and the codes that the page shows."""
    begun = browser.post("/own/app", {"password": PASSWORD})
    key = re.search(r"data-app-key>(\w+)<", body(begun))
    assert key is not None
    app = pyotp.TOTP(key[1])
    form = {"factor_id": number(begun), "code": app.at(timezone.now()), "name": "phone"}
    done = browser.post("/own/app/confirm", form)
    assert done.status_code == 200, body(done)
    return app, re.findall(r"<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</code>", body(done))


def test_a_machine_is_known_by_a_cookie_that_no_script_reads_and_that_stays(browser):
    first = sign_in(browser).cookies[MACHINE]
    assert (first["httponly"], first["samesite"]) == (True, "Lax")
    assert first["max-age"] > 300 * 24 * 3600
    assert MACHINE not in sign_in(browser).cookies
    assert Machine.objects.count() == 1


def test_an_app_is_added_with_picture_key_and_ten_codes_and_then_asked_for(browser):
    sign_in(browser)
    app, codes = add_app(browser)
    assert len(codes) == 10
    page = body(browser.get("/own/"))
    assert "phone" in page
    assert "10 recovery codes left" in page
    assert codes[0] not in page
    browser.post("/signout")
    answer = sign_in(browser)
    assert answer.headers["Location"] == "/signin/second?next=%2Fpeople%2F"
    assert browser.cookies[SESSION].value == ""
    assert browser.get("/people/").headers["Location"] == "/signin"
    half = answer.cookies[HALF]
    assert (half["path"], half["httponly"], half["samesite"]) == (
        "/signin/second",
        True,
        "Strict",
    )
    form = {"code": app.at(timezone.now() + STEP), "next": "/people/"}
    inside = browser.post("/signin/second", form)
    assert inside.headers["Location"] == "/people/"
    assert inside.cookies[HALF].value == ""
    assert browser.get("/people/").status_code == 200


def test_a_wrong_code_is_told_and_the_right_one_still_opens(browser):
    sign_in(browser)
    _, codes = add_app(browser)
    browser.post("/signout")
    sign_in(browser)
    wrong = browser.post("/signin/second", {"code": "000000", "next": "/people/"})
    assert wrong.status_code == 409
    assert "not the code or key" in body(wrong)
    assert 'name="next" value="/people/"' in body(wrong)
    assert SESSION not in wrong.cookies
    right = browser.post("/signin/second", {"code": codes[0], "next": "https://evil.example"})
    assert right.headers["Location"] == "/"


@pytest.mark.parametrize("verb", ["get", "post"])
def test_without_the_password_there_is_no_second_page(browser, verb):
    answer = getattr(browser, verb)("/signin/second", {"code": "000000"})
    assert answer.headers["Location"] == "/signin"


def test_the_second_page_offers_a_passkey_only_where_there_is_one(browser):
    sign_in(browser)
    add_app(browser)
    browser.post("/signout")
    sign_in(browser)
    assert "Use a passkey" not in body(browser.get("/signin/second"))


def secure(browser: Client, verb: str, path: str, form: dict[str, str] | None = None):
    """Ask over https, under the name that passkeys are made for."""
    return getattr(browser, verb)(path, form or {}, secure=True, headers={"host": "localhost"})


def question_of(answer) -> str:
    found = re.search(r'data-question="([^"]+)"', body(answer))
    assert found is not None
    return found[1].replace("&#34;", '"')


def test_a_passkey_is_added_and_signs_in_over_http(browser):
    key = SoftKey("localhost", "https://localhost")
    sign_in(browser)
    begun = secure(browser, "post", "/own/passkey", {"password": PASSWORD})
    form = {"factor_id": number(begun), "passkey": key.made(question_of(begun)), "name": "blue"}
    assert "Recovery codes" in body(secure(browser, "post", "/own/passkey/confirm", form))
    assert Factor.objects.get().kind == FactorKind.PASSKEY
    browser.post("/signout")
    sign_in(browser)
    asked = secure(browser, "get", "/signin/second")
    signed = {"passkey": key.signed(question_of(asked)), "next": "/people/"}
    assert secure(browser, "post", "/signin/second", signed).headers["Location"] == "/people/"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/own/app", "do not match"),
        ("/own/passkey", "do not match"),
        ("/own/codes", "do not match"),
        ("/own/end", "do not match"),
        ("/own/app/confirm", "begin again"),
        ("/own/passkey/confirm", "begin again"),
    ],
)
def test_each_refusal_stands_on_the_page_and_adds_nothing(browser, path, says):
    sign_in(browser)
    answer = browser.post(path, {"password": "wrong", "factor_id": "1", "code": "000000"})
    assert answer.status_code == 409
    assert says in body(answer)
    assert not Factor.objects.exclude(confirmed_at=None).exists()


def test_new_codes_are_shown_and_a_factor_is_ended_from_the_page(browser):
    sign_in(browser)
    add_app(browser)
    again = browser.post("/own/codes", {"password": PASSWORD})
    assert len(re.findall(r"<code>[a-z2-7]{4}-", body(again))) == 10
    form = {"factor_id": str(Factor.objects.get().pk), "password": PASSWORD}
    assert browser.post("/own/end", form).headers["Location"] == "/own/"
    assert "the password alone signs you in" in body(browser.get("/own/"))


def test_stations_and_policy_are_shown_to_whoever_runs_the_place(browser):
    sign_in(browser, TECH)
    page = body(browser.get("/own/"))
    assert "Trusted work stations" not in page
    assert "House policy" not in page
    sign_in(browser, "sadministrator")
    page = body(browser.get("/own/"))
    assert "Trusted work stations" in page
    assert "House policy" not in page


def test_a_site_turns_the_policy_on_and_the_administrator_is_sent_to_a_trusted_station(browser):
    sign_in(browser)
    add_app(browser)
    assert browser.post("/policy/second-factor", {"required": "yes"}).status_code == 409
    browser.post("/stations/trust")
    assert browser.post("/policy/second-factor", {"required": "yes"}).status_code == 302
    assert Pharmacy.objects.get(name="Sample Community Pharmacy").second_factor_required
    assert "must have a second factor" in body(browser.get("/own/"))
    outside = sign_in(Client(), "sadministrator")
    assert outside.status_code == 409
    assert "trusted work station first" in body(outside)
    assert sign_in(browser, "sadministrator").headers["Location"] == "/people/"
    assert "add one here" in body(browser.get("/own/"))


def test_the_trust_in_a_station_is_ended_from_the_page(browser):
    sign_in(browser)
    browser.post("/stations/trust")
    held = Machine.objects.get()
    assert "office" in body(browser.get("/own/"))
    answer = browser.post("/stations/end", {"machine_id": str(held.pk)})
    assert answer.headers["Location"] == "/own/"
    held.refresh_from_db()
    assert held.trusted_at is None


def test_a_pin_at_a_station_without_trust_is_told_to_take_the_password(browser, pharmacy):
    sign_in(browser)
    add_app(browser)
    other = Client(headers={"accept": "text/html"})
    sign_in(other, TECH)
    initials = pharmacy.people[Role.IN_CHARGE].initials
    answer = other.post("/lock", {"initials": initials, "pin": PIN})
    assert answer.status_code == 409
    assert "not trusted" in body(answer)
    Machine.objects.update(trusted_at=timezone.now())
    assert other.post("/lock", {"initials": initials, "pin": PIN}).status_code == 302
    assert Session.objects.filter(person__username=PIC, ended_at=None).count() == 2


def test_a_locked_out_colleague_is_marked_and_opened_on_the_list(browser, pharmacy):
    sign_in(browser)
    assert "locked out" not in body(browser.get("/people/"))
    stranger = Client()
    for _ in range(5):
        stranger.post("/signin", {"name": TECH, "password": "wrong"})
    assert "locked out" in body(browser.get("/people/"))
    form = {"person_id": str(pharmacy.people[Role.TECHNICIAN].pk)}
    assert browser.post("/people/free", form).headers["Location"] == "/people/"
    assert "locked out" not in body(browser.get("/people/"))
    assert sign_in(stranger, TECH).status_code == 302


def test_a_pin_that_was_guessed_at_too_often_is_marked_on_the_list_too(browser):
    sign_in(browser)
    Person.objects.filter(username=TECH).update(failures=20)
    assert "locked out" in body(browser.get("/people/"))
    Person.objects.filter(username=TECH).update(failures=19)
    assert "locked out" not in body(browser.get("/people/"))


def test_a_colleagues_lost_factor_is_ended_from_the_list(browser, pharmacy):
    colleague = Client(headers={"accept": "text/html"})
    sign_in(colleague, TECH)
    add_app(colleague)
    sign_in(browser)
    assert "End lost second factor" in body(browser.get("/people/"))
    form = {"person_id": str(pharmacy.people[Role.TECHNICIAN].pk)}
    assert browser.post("/people/reset", form).headers["Location"] == "/people/"
    assert "End lost second factor" not in body(browser.get("/people/"))
    assert colleague.get("/people/").headers["Location"] == "/signin"


def test_a_program_has_no_page_of_its_own_that_breaks(pharmacy, django_assert_max_num_queries):
    person = pharmacy.people[Role.IN_CHARGE]
    token = worker_token(person=person, station="x", at=timezone.now())
    client = Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})
    with django_assert_max_num_queries(8):
        assert client.get("/own/").status_code == 200


def test_what_is_shown_once_is_not_kept_by_the_browser(browser):
    sign_in(browser)
    begun = browser.post("/own/app", {"password": PASSWORD})
    assert "no-store" in begun.headers["Cache-Control"]


def test_nothing_is_shown_that_was_not_begun():
    assert own.Shown([], [], 0, "", "", "") == own.NOTHING


@pytest.mark.parametrize(
    ("typed", "row"),
    [("7", 7), ("0", 0), ("", 0), ("-1", 0), ("²", 0), ("７", 0), ("1e3", 0), (" 7", 0),
     ("9" * 18, 10**18 - 1), ("9" * 19, 0), ("9" * 5000, 0)],
)  # fmt: skip
def test_the_number_of_a_row_is_plain_digits_or_no_row(typed, row):
    assert row_number(typed) == row
