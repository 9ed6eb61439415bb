"""The one box finds what is typed and takes a scan where it belongs."""

from datetime import date

import pytest
from django.test import Client

from apothecary.config.tests.world import make_patient
from apothecary.drugs.models import Product
from apothecary.drugs.ndc import Ndc
from apothecary.drugs.search_index import refresh
from apothecary.journal.deeds import Deed
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.wires.gs1 import bag_code, label_code

HTMX = {"HX-Request": "true"}


@pytest.fixture
def client_of(pharmacy):
    def client(role: Role = Role.PHARMACIST) -> Client:
        person = pharmacy.people[role]
        token = worker_token(person=person, station="counter", at=pharmacy.pharmacist.at)
        return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})

    return client


def found(client: Client, asked: str) -> str:
    return client.get("/search", {"q": asked}, headers=HTMX).content.decode()


@pytest.mark.parametrize(
    ("asked", "finds"),
    [
        ("nunez", "Núñez-O&#39;Brien".upper()),
        ("núñez,mar", "Núñez-O&#39;Brien".upper()),
        ("doe,jane 2/29/80", "02/29/1980"),
        ("04/02/1961", "Núñez-O&#39;Brien".upper()),
        ("5125550111", "DOE, Jane"),
        ("555-0111", "DOE, Jane"),
        ("lisin 10", "lisinopril 10 mg tablet"),
        ("prinivil", "Prinivil (lisinopril) 10 mg tablet"),
        ("wafrarin", "warfarin for wafrarin"),
        ("metformin hcl", "metFORMIN hydrochloride 500 mg tablet"),
        ("metformin hcl", "HCL = hydrochloride"),
        ("68180-0980-1", "68180-0980-1"),
        ("00006010654", "0006-0106-54"),
        ("expir", "what expires soon"),
    ],
)
def test_the_box_finds_by_name_birth_date_phone_ndc_fragment_and_page(client_of, asked, finds):
    assert finds in found(client_of(), asked)


@pytest.mark.parametrize("asked", ["", "d", "zzzz", "doe,jane 3/1/80", "99999-9999-99", "5550"])
def test_what_names_nobody_finds_nobody(client_of, asked):
    assert "<a href" not in found(client_of(), asked)


def test_a_drug_that_may_have_been_meant_stays_away_where_a_patient_answers(
    pharmacy, client_of
):
    make_patient(pharmacy.pharmacy, "Warfarim", "Ann", date(1970, 1, 1))
    answer = found(client_of(), "warfarim")
    assert "WARFARIM, Ann" in answer
    assert "warfarin" not in answer
    assert "warfarin for warfarjn" in found(client_of(), "warfarjn")


def test_look_alike_drugs_of_one_answer_are_marked(pharmacy, client_of):
    for drug, name in (("lisinopril", "hydroxyzine"), ("warfarin", "hydralazine")):
        Product.objects.filter(pk=pharmacy.drugs[drug].product_id).update(name=name)
    refresh()
    assert "look-alike: hydrALAZINE" in found(client_of(), "hydr")


def test_an_rx_number_finds_the_prescription_and_enter_opens_it(pharmacy, client_of):
    fill = pharmacy.enter()
    number = fill.prescription.number
    assert str(number) in found(client_of(), str(number))
    there = client_of().get("/search", {"q": str(number)})
    assert there.headers["Location"] == f"/rx/{number}/"


def test_several_hits_are_a_page_to_choose_from(client_of):
    page = client_of().get("/search", {"q": "lisinopril"})
    assert page.status_code == 200
    assert page.content.decode().count("data-open=") == 2


def test_a_single_answer_opens_itself_but_a_guess_never_does(pharmacy, client_of):
    product = pharmacy.drugs["warfarin"].product_id
    exact = client_of().get("/search", {"q": "warfarin"})
    assert exact.headers["Location"] == f"/drugs/{product}/"
    guess = client_of().get("/search", {"q": "wafrarin"})
    assert guess.status_code == 200
    assert f'data-open="/drugs/{product}/"' in guess.content.decode()


def test_whoever_may_not_read_records_finds_drugs_and_no_patient(client_of):
    admin = client_of(Role.ADMINISTRATOR)
    assert "<a href" not in found(admin, "doe,jane")
    assert "lisinopril" in found(admin, "lisinopril")


def scanned(client: Client, code: str):
    return client.post("/scan", {"code": code}, headers=HTMX)


def test_a_label_leads_to_where_its_fill_is_worked_on(pharmacy, client_of):
    fill = pharmacy.enter()
    answer = scanned(client_of(), label_code(str(fill.prescription.number), 0, 1))
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"/rx/{7000000}/")


def test_a_label_of_a_fill_that_waits_leads_to_filling_and_a_bag_to_pickup(pharmacy, client_of):
    pharmacy.receive("lisinopril", "100")
    fill = pharmacy.enter()
    steps = [
        (FillState.WAITING, pharmacy.system),
        (FillState.FILLING, pharmacy.technician),
        (FillState.CHECK, pharmacy.technician),
        (FillState.READY, pharmacy.pharmacist),
    ]
    seen = {}
    for state, by in steps:
        advance(fill, state, by=by, did=Deed.FILL_MOVED)
        seen[state] = scanned(client_of(), bag_code(str(fill.pk))).headers["HX-Redirect"]
    assert seen[FillState.READY] == f"/pickup/bag/{fill.pk}/"
    assert len(set(seen.values())) >= 2


def test_a_bottle_leads_to_its_drug(pharmacy, client_of):
    gtin = Ndc.parse("68180-0980-1").gtin14()
    answer = scanned(client_of(), f"]d201{gtin}17281231" + "10ABC")
    product = pharmacy.drugs["lisinopril"].product_id
    assert answer.headers["HX-Redirect"] == f"/drugs/{product}/"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("hello", "no product, label or bag code"),
        ("", "is empty"),
        ("00312345678905", "check digit"),
        ("RX7000999-0-1", "No bag of this pharmacy"),
        ("BAG999999", "No bag of this pharmacy"),
        ("00068180999912"[:11], "not in the drug file"),
    ],
)
def test_a_scan_that_leads_nowhere_says_why(client_of, code, says):
    answer = scanned(client_of(), code)
    assert answer.status_code == 409
    assert says in answer.content.decode()
