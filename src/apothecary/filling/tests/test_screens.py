"""The filling counter over HTTP: pages, panels, devices, and what each costs the database."""

import json
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apothecary.filling.models import BottleScan, Count, LabelPrint, VialPhoto
from apothecary.filling.tests.bench import (
    filling,
    labelled,
    now,
    outcomes,
    scanned,
    symbol,
    upc,
    waiting,
)
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}
BUDGET = 8


@pytest.fixture
def technician(pharmacy) -> Client:
    return client_of(pharmacy, Role.TECHNICIAN)


def client_of(world, role: Role) -> Client:
    """A browser in which this person is signed in."""
    token = worker_token(person=world.people[role], station="counter 1", at=datetime.now(UTC))
    client = Client()
    client.cookies["apothecary_session"] = token
    return client


def post(client, fill, verb, **values):
    return client.post(f"/filling/{fill.pk}/{verb}", values, headers=HTMX)


def test_the_queue_shows_waiters_first_with_shelf_lot_and_expiry(pharmacy, technician):
    waiting(pharmacy)
    second = waiting(pharmacy, "metformin")
    Fill.objects.filter(pk=second.pk).update(waiter=True)
    page = technician.get("/filling/").content.decode()
    assert page.index("metformin") < page.index("lisinopril")
    assert ">A1<" in page
    assert "12/31/2028" in page


def test_an_empty_queue_says_so(technician):
    assert "Nothing to fill" in technician.get("/filling/").content.decode()


@pytest.mark.parametrize("prepared", [waiting, filling, scanned, labelled])
def test_a_fill_is_shown_at_every_step_within_eight_queries(pharmacy, technician, prepared):
    fill = prepared(pharmacy)
    technician.get(f"/filling/{fill.pk}/")
    with CaptureQueriesContext(connection) as asked:
        answer = technician.get(f"/filling/{fill.pk}/")
    assert answer.status_code == 200
    assert len(asked) <= BUDGET, [query["sql"][:90] for query in asked]


@pytest.mark.parametrize("many", [1, 6])
def test_the_queue_costs_the_same_however_long_it_is(pharmacy, technician, many):
    for _ in range(many):
        waiting(pharmacy)
    technician.get("/filling/")
    with CaptureQueriesContext(connection) as asked:
        technician.get("/filling/")
    assert len(asked) <= BUDGET, [query["sql"][:90] for query in asked]


def test_the_whole_way_at_the_counter_is_one_scan_and_three_keys(pharmacy, technician):
    fill = waiting(pharmacy)
    scan = {"code": symbol(pharmacy, "lisinopril")}
    started = technician.post("/filling/scan", scan, headers=HTMX)
    assert started.headers["HX-Redirect"] == f"/filling/{fill.pk}/"
    page = technician.get(f"/filling/{fill.pk}/").content.decode()
    assert "The right bottle is in your hand. Count 30 tablets." in page
    panel = post(technician, fill, "count", quantity="30").content.decode()
    assert "Stick the label on the vial." in panel
    assert f"/filling/label/{LabelPrint.objects.get().pk}.png" in panel
    sent = post(technician, fill, "check")
    assert sent.headers["HX-Redirect"] == "/filling/"
    assert now(fill).state == FillState.CHECK


def test_without_htmx_every_form_leads_back_to_a_page(pharmacy, technician):
    fill = waiting(pharmacy)
    for verb, values, to in (
        ("start", {}, f"/filling/{fill.pk}/"),
        ("scan", {"code": symbol(pharmacy, "lisinopril")}, f"/filling/{fill.pk}/"),
        ("count", {"quantity": "30"}, f"/filling/{fill.pk}/"),
        ("check", {}, "/filling/"),
    ):
        answer = technician.post(f"/filling/{fill.pk}/{verb}", values)
        assert (answer.status_code, answer.headers["Location"]) == (302, to)


def test_the_next_of_the_queue_is_started_by_a_key_and_one_in_hand_goes_on(
    pharmacy, technician
):
    fill = waiting(pharmacy)
    for _ in range(2):
        answer = technician.post("/filling/next")
        assert answer.headers["Location"] == f"/filling/{fill.pk}/"
    other = client_of(pharmacy, Role.CERTIFIED)
    assert "Nothing waits to be filled" in other.post("/filling/next").content.decode()


def test_a_wrong_bottle_turns_the_panel_and_must_be_set_aside(pharmacy, technician):
    fill = filling(pharmacy)
    panel = post(technician, fill, "scan", code=upc(pharmacy, "warfarin")).content.decode()
    assert "Wrong product" in panel
    assert 'data-tone="stop"' in panel
    assert "68180-0980-1" in panel
    assert "0093-1713-01" in panel
    assert "Count" not in panel.split("Why was this bottle")[1]
    slip = BottleScan.objects.get(fill=fill)
    refused = post(technician, fill, "set-aside", scan=slip.pk)
    assert refused.status_code == 409
    panel = post(technician, fill, "set-aside", scan=slip.pk, because="alike").content.decode()
    assert "Wrong product" not in panel


def test_an_equivalent_bottle_offers_to_change_the_product(pharmacy, technician):
    fill = filling(pharmacy)
    raw = upc(pharmacy, "lisinopril-brand")
    panel = post(technician, fill, "scan", code=raw).content.decode()
    assert "Change the product to this one" in panel
    package = pharmacy.drugs["lisinopril-brand"].pk
    assert post(technician, fill, "product", package=package).status_code == 204
    assert now(fill).state == FillState.SCREENING


def test_a_refused_scan_leaves_the_work_alone_and_is_kept(pharmacy, technician):
    fill = filling(pharmacy)
    answer = post(technician, fill, "scan", code="junk")
    assert answer.status_code == 409
    assert "cannot be read" in answer.content.decode()
    assert outcomes(fill) == ["refused"]


def test_the_code_of_another_prescription_goes_on_with_that_one(pharmacy, technician):
    fill, other = filling(pharmacy), waiting(pharmacy, "metformin")
    code = f"RX{other.prescription.number}-0-1"
    answer = post(technician, fill, "scan", code=code)
    assert answer.headers["HX-Redirect"] == f"/filling/{other.pk}/"
    assert post(technician, fill, "scan", code=f"RX{fill.prescription.number}-0-1").content


def test_a_scale_sends_its_count_as_json_and_gets_facts_back(pharmacy, technician):
    fill = scanned(pharmacy, "hydrocortisone", quantity="28.4")
    answer = technician.post(
        f"/filling/{fill.pk}/count",
        '{"quantity": 28.4, "method": "scale"}',
        content_type="application/json",
        headers=JSON,
    )
    facts = answer.json()
    assert (facts["state"], facts["counts"], facts["label"] is not None) == (
        "filling",
        ["28.400"],
        True,
    )
    assert Count.objects.get().method == "scale"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{", ""),
        ("[]", ""),
        ('{"quantity": "many"}', "quantity"),
        ('{"quantity": "NaN"}', "quantity"),
        ('{"quantity": "Infinity"}', "quantity"),
        ('{"quantity": "1e9"}', "quantity"),
        ('{"quantity": "30.0001"}', "quantity"),
        ('{"quantity": null}', "quantity"),
        ('{"quantity": "30", "pass_number": "two"}', "pass_number"),
        ('{"quantity": "30", "method": "guess"}', "method"),
    ],
)
def test_a_bad_count_from_a_device_is_refused_by_its_field(pharmacy, technician, body, field):
    fill = scanned(pharmacy)
    answer = technician.post(
        f"/filling/{fill.pk}/count", body, content_type="application/json", headers=JSON
    )
    assert (answer.status_code, answer.json()["problems"][0]["field"]) == (409, field)
    assert not Count.objects.exists()


def test_a_device_is_told_of_a_wrong_bottle_with_both_numbers(pharmacy, technician):
    fill = filling(pharmacy)
    answer = technician.post(
        f"/filling/{fill.pk}/scan", {"code": upc(pharmacy, "warfarin")}, headers=JSON
    )
    facts = json.loads(answer.content)
    assert (facts["wrong"]["ndc"], facts["wanted_ndc"]) == ("0093-1713-01", "68180-0980-1")


@pytest.mark.parametrize(
    ("kind", "starts", "media"),
    [
        ("pdf", b"%PDF", "application/pdf"),
        ("zpl", b"^XA", "application/zpl"),
        ("png", b"\x89PNG", "image/png"),
    ],
)
def test_a_printed_label_comes_in_three_forms(pharmacy, technician, kind, starts, media):
    labelled(pharmacy)
    answer = technician.get(f"/filling/label/{LabelPrint.objects.get().pk}.{kind}")
    assert (answer.content.startswith(starts), answer.headers["Content-Type"]) == (True, media)


def test_no_other_form_and_no_label_of_another_pharmacy(pharmacy, technician):
    fill = labelled(pharmacy)
    printed = LabelPrint.objects.get().pk
    assert technician.get(f"/filling/label/{printed}.svg").status_code == 404
    stranger = stranger_client(pharmacy)
    for address in (f"/filling/label/{printed}.pdf", f"/filling/{fill.pk}/"):
        assert stranger.get(address).status_code == 404
    assert stranger.get(f"/filling/{fill.pk}/short").status_code == 404


def stranger_client(world) -> Client:
    """A pharmacist of the other pharmacy."""
    stand_in(world.other.pk)
    person = world.stranger.person_id
    token = worker_token(
        person=type(world.people[Role.CLERK]).objects.get(pk=person),
        station="counter 1",
        at=datetime.now(UTC),
    )
    client = Client()
    client.cookies["apothecary_session"] = token
    return client


def test_a_picture_is_kept_and_shown(pharmacy, technician):
    fill = scanned(pharmacy)
    image = SimpleUploadedFile("vial.png", b"\x89PNG\r\n\x1a\n...", content_type="text/html")
    technician.post(f"/filling/{fill.pk}/photo", {"image": image})
    answer = technician.get(f"/filling/photo/{VialPhoto.objects.get().pk}")
    assert answer.headers["Content-Type"] == "image/png"
    assert technician.get("/filling/photo/0").status_code == 404
    assert technician.post(f"/filling/{fill.pk}/photo").status_code == 409


def test_bottles_and_lot_are_said_in_the_panel(pharmacy, technician):
    fill = filling(pharmacy, quantity="250")
    panel = post(technician, fill, "scan", code=upc(pharmacy, "lisinopril")).content.decode()
    assert "Bottles of this lot" in panel
    scan = BottleScan.objects.get(fill=fill).pk
    assert "This code carries no lot" in panel
    pharmacy.receive("lisinopril", "300", lot="L2")
    assert "L2" in post(technician, fill, "lot", scan=scan, lot="L2").content.decode()
    panel = post(technician, fill, "bottles", scan=scan, bottles="3").content.decode()
    assert "Count 250 tablets" in panel
    assert post(technician, fill, "bottles", scan=scan, bottles="x").status_code == 409


def test_short_and_part_and_again_have_a_page(pharmacy, technician):
    fill = filling(pharmacy)
    there = f"/filling/{fill.pk}/short"
    assert post(technician, fill, "short", because="gone").headers["HX-Redirect"] == there
    with CaptureQueriesContext(connection) as asked:
        page = technician.get(there).content.decode()
    assert len(asked) <= BUDGET
    assert "Out of stock" in page
    assert "Gone." in page
    answer = post(technician, fill, "again")
    assert answer.headers["HX-Redirect"] == f"/filling/{fill.pk}/"
    answer = post(technician, fill, "part", quantity_now="10")
    assert (answer.status_code, now(fill).quantity) == (204, 10)


def test_out_of_stock_offers_what_else_is_there_and_says_why_not(pharmacy, technician):
    pharmacy.receive("lisinopril-brand", "90", lot="B1")
    fill = waiting(pharmacy, stock="5")
    assert now(fill).state == FillState.SHORT
    page = technician.get(f"/filling/{fill.pk}/short").content.decode()
    assert "Give this one" in page
    Fill.objects.filter(pk=fill.pk).update(daw="1")
    page = technician.get(f"/filling/{fill.pk}/short").content.decode()
    assert "DAW 1: the prescriber wants" in page
    assert "Give this one" not in page
    Fill.objects.filter(pk=fill.pk).update(daw="0")
    package = pharmacy.drugs["lisinopril-brand"].pk
    post(technician, fill, "product", package=package)
    assert now(fill).state == FillState.SCREENING


def test_somebody_else_counts_schedule_ii_the_second_time_and_the_owner_prints(
    pharmacy, technician
):
    fill = scanned(pharmacy, "oxycodone")
    post(technician, fill, "count", quantity="30")
    other = client_of(pharmacy, Role.CERTIFIED)
    page = other.get(f"/filling/{fill.pk}/").content.decode()
    assert "Technician S asks for a second count." in page
    assert 'name="pass_number" value="2"' in page
    post(other, fill, "count", quantity="30", pass_number="2")
    assert not LabelPrint.objects.exists()
    page = technician.get(f"/filling/{fill.pk}/").content.decode()
    assert "Counted. Print the label." in page
    assert "count what is left" in post(technician, fill, "print").content.decode()
    assert list(Count.objects.values_list("by__initials", flat=True)) == ["S2", "S3"]


def test_a_fill_in_other_hands_is_seen_and_can_be_put_back(pharmacy):
    fill = filling(pharmacy)
    other = client_of(pharmacy, Role.CERTIFIED)
    assert (
        "Technician S is filling this one" in other.get(f"/filling/{fill.pk}/").content.decode()
    )
    assert post(other, fill, "leave").headers["HX-Redirect"] == "/filling/"
    assert now(fill).state == FillState.WAITING


@pytest.mark.parametrize(
    "verb",
    ["start", "leave", "scan", "set-aside", "bottles", "lot", "product", "count", "print",
     "check", "short", "part"],
)  # fmt: skip
def test_a_clerk_may_do_nothing_at_the_counter(pharmacy, verb):
    fill = filling(pharmacy)
    values = {"scan": "1", "bottles": "1", "package": "1", "quantity": "30", "because": "x",
              "quantity_now": "1", "code": symbol(pharmacy, "lisinopril")}  # fmt: skip
    answer = post(client_of(pharmacy, Role.CLERK), fill, verb, **values)
    assert (answer.status_code, now(fill).state) == (403, FillState.FILLING)


def test_nobody_sees_the_counter_without_signing_in(pharmacy):
    fill = filling(pharmacy)
    for address in ("/filling/", f"/filling/{fill.pk}/", "/filling/label/1.pdf"):
        assert Client().get(address).status_code == 302


def test_a_get_changes_nothing(pharmacy, technician):
    fill = waiting(pharmacy)
    for verb in ("start", "leave", "scan", "count", "check", "print", "part", "again"):
        assert technician.get(f"/filling/{fill.pk}/{verb}").status_code == 405
    assert now(fill).state == FillState.WAITING


@pytest.mark.parametrize(
    ("drug", "says"),
    [("warfarin", "hazardous (NIOSH 2024, table 2)"), ("metformin", "")],
)
def test_who_counts_a_hazardous_drug_is_told_so_with_the_source(
    pharmacy, technician, drug, says
):
    page = technician.get(f"/filling/{waiting(pharmacy, drug).pk}/").content.decode()
    assert ("DHHS (NIOSH) 2025-103" in page) is bool(says)
    assert says in page
