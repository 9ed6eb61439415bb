"""The counter's pages: will-call, binning, the register, the receipt, what goes back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apothecary.patients.models import Coverage
from apothecary.pickup.models import Sale
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.models import Person
from apothecary.staff.signon import stand_in

HX = {"HX-Request": "true"}
SIGNED = "600x180 M12,30 L13,31 L14,32 L15,33 L16,34 L17,35 L18,36 L19,37 L20,38"
PIN = "4711"
BUDGET = 8
CHICAGO = ZoneInfo("America/Chicago")


def signed_in(person) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    now = datetime.now(UTC)
    client.cookies["apothecary_session"] = worker_token(person=person, station="t", at=now)
    return client


@pytest.fixture
def tech(pharmacy):
    return signed_in(pharmacy.people[Role.TECHNICIAN])


@pytest.fixture
def rph(pharmacy):
    return signed_in(pharmacy.people[Role.PHARMACIST])


@pytest.fixture
def ready(pharmacy):
    return pharmacy.stocked(until=FillState.READY)


def controlled(world) -> Fill:
    world.receive("oxycodone", "100")
    order = world.order("oxycodone", refills=0)
    return world.walk(
        enter_prescription(by=world.technician, order=order), until=FillState.READY
    )


def stored(fill: Fill) -> Fill:
    return Fill.objects.get(pk=fill.pk)


def typed(*fills: Fill, **changes) -> dict[str, object]:
    """What the register sends of a plain sale."""
    return {
        "fill_ids": [str(fill.pk) for fill in fills],
        "receiver": "Jane Doe",
        "relationship": "patient",
        "identifiers": ["name", "birth_date"],
        "counsel": "refused",
        "signature": SIGNED,
        "method": "card",
    } | changes


def strangers(world) -> Person:
    """The pharmacist of the other pharmacy."""
    return Person.objects.get(pk=world.stranger.person_id)


def label(fill: Fill) -> str:
    return f"RX{fill.prescription.number}-{fill.number}-{fill.part}"


def asked(client: Client, path: str) -> tuple[str, int]:
    """The page and how many statements it took."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode(), len(queries)


def test_will_call_says_whose_bag_which_bin_what_day_and_what_is_to_pay(pharmacy, tech, ready):
    week = timedelta(days=6)
    at = datetime.now(UTC) - week
    Fill.objects.filter(pk=ready.pk).update(bin="B-14", copay_usd="4.00", state_since=at)
    page, statements = asked(tech, "/pickup/")
    for said in ("Doe, Jane", "02/29/1980", "B-14", "day 7 of 10", "$4.00", "New: counsel"):
        assert said in page
    assert statements <= BUDGET


def test_a_bag_that_must_be_kept_cold_or_shown_identification_for_says_so(pharmacy, tech):
    controlled(pharmacy)
    pharmacy.stocked("insulin", until=FillState.READY)
    page, _ = asked(tech, "/pickup/")
    assert "Fridge" in page
    assert "C-II · ID" in page


@pytest.mark.parametrize(("days", "late"), [(9, False), (10, True)])
def test_the_last_day_of_a_bag_is_its_tenth(tech, ready, days, late):
    at = datetime.now(UTC) - timedelta(days=days)
    Fill.objects.filter(pk=ready.pk).update(state_since=at, bin="A1")
    page, _ = asked(tech, "/pickup/")
    assert f"day {days + 1} of 10" in page
    assert ('class="chip look"' in page) is late


def test_the_day_begins_when_it_begins_at_the_pharmacy(pharmacy, tech, ready):
    """Half past eleven at night in Chicago is tomorrow in UTC, and still that day here."""
    today = datetime.now(UTC).astimezone(CHICAGO)
    late = (today - timedelta(days=3)).replace(hour=23, minute=30)
    Fill.objects.filter(pk=ready.pk).update(state_since=late)
    assert late.astimezone(UTC).date() != late.date()
    assert "day 4 of 10" in asked(tech, "/pickup/")[0]


def test_a_bag_is_found_by_name_and_birth_date_and_nobody_elses_is(pharmacy, tech, ready):
    assert "Doe, Jane" in asked(tech, "/pickup/?q=doe,j 2/29/80")[0]
    assert "No ready bag answers" in asked(tech, "/pickup/?q=doe,j 3/1/80")[0]


@pytest.mark.parametrize("code", [label, lambda fill: f"BAG{fill.pk}"])
def test_a_scanned_bag_without_a_bin_is_binned_first(tech, ready, code):
    answer = tech.post("/pickup/scan", {"code": code(ready)}, headers=HX)
    assert answer.headers["HX-Redirect"] == f"/pickup/bag/{ready.pk}/bin"


def test_a_scanned_bag_in_its_bin_opens_the_register(tech, ready):
    Fill.objects.filter(pk=ready.pk).update(bin="D7")
    answer = tech.post("/pickup/scan", {"code": label(ready)}, headers=HX)
    assert answer.headers["HX-Redirect"] == f"/pickup/bag/{ready.pk}/"
    assert tech.post("/pickup/scan", {"code": label(ready)}).url == f"/pickup/bag/{ready.pk}/"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("RX7099999-0-1", "No bag of this pharmacy"),
        ("BAG12X", "No bag of this pharmacy"),
        ("BAG99999999999999999999", "No bag of this pharmacy"),
        ("0093-1713-01", "not a bag"),
        ("", "That is no bag"),
        ("hello", "That is no bag"),
    ],
)
def test_a_scan_that_is_no_bag_is_told_apart(tech, ready, code, says):
    answer = tech.post("/pickup/scan", {"code": code}, headers=HX)
    assert answer.status_code == 409
    assert says in answer.content.decode()


def test_a_bag_then_its_bin_and_the_list_says_where_it_is(tech, ready):
    page, statements = asked(tech, f"/pickup/bag/{ready.pk}/bin")
    assert "Scan the bin" in page
    assert statements <= BUDGET
    answer = tech.post(f"/pickup/bag/{ready.pk}/bin", {"code": "]A0d7"}, headers=HX)
    assert stored(ready).bin == "D7"
    page, _ = asked(tech, answer.headers["HX-Redirect"])
    assert "is in bin D7" in page


def test_the_bin_of_the_patients_other_bag_is_offered(pharmacy, tech, ready):
    Fill.objects.filter(pk=ready.pk).update(bin="D7")
    other = pharmacy.stocked("metformin", until=FillState.READY)
    page, _ = asked(tech, f"/pickup/bag/{other.pk}/bin")
    assert 'value="D7"' in page


@pytest.mark.parametrize("code", ["BAG5", "RX7000001-0-1", "", "]d20100368180980010", "-"])
def test_what_is_no_bin_is_refused_and_the_bag_has_none(tech, ready, code):
    answer = tech.post(f"/pickup/bag/{ready.pk}/bin", {"code": code}, headers=HX)
    assert answer.status_code == 409
    assert stored(ready).bin == ""


def test_the_register_shows_every_ready_bag_what_is_coming_and_the_sum(pharmacy, tech, ready):
    second = pharmacy.stocked("metformin", until=FillState.READY)
    pharmacy.stocked("warfarin", until=FillState.CHECK)
    page, statements = asked(tech, f"/pickup/bag/{ready.pk}/")
    assert page.count('name="fill_ids"') == page.count(" checked hx-post") == 2
    assert f"${ready.price_usd + second.price_usd}" in page
    assert "The pharmacist is checking your medicine." in page
    assert statements <= BUDGET


def test_the_register_of_a_patient_who_gives_a_name_is_the_same(pharmacy, tech, ready):
    page, _ = asked(tech, f"/pickup/patient/{pharmacy.patient.pk}/")
    assert f'id="bag-{ready.pk}"' in page
    page, _ = asked(tech, f"/pickup/patient/{pharmacy.insured.pk}/")
    assert "No bag of this patient is ready" in page


def test_identification_is_asked_for_a_controlled_drug_only(pharmacy, tech, ready):
    assert 'name="id_number"' not in asked(tech, f"/pickup/bag/{ready.pk}/")[0]
    fill = controlled(pharmacy)
    page, _ = asked(tech, f"/pickup/bag/{fill.pk}/")
    assert 'name="id_number"' in page
    assert "may hand" not in page


def test_whoever_may_not_hand_over_a_controlled_drug_reads_why(pharmacy):
    fill = controlled(pharmacy)
    page, _ = asked(signed_in(pharmacy.people[Role.TRAINEE]), f"/pickup/bag/{fill.pk}/")
    assert "A trainee may not dispense a controlled drug to the receiver." in page


def test_the_offer_to_counsel_is_asked_for_what_is_new_and_for_medicaid(pharmacy, tech, ready):
    path = f"/pickup/bag/{ready.pk}/"
    assert "speak with the pharmacist" in asked(tech, path)[0]
    Fill.objects.filter(pk=ready.pk).update(number=1)
    assert "speak with the pharmacist" not in asked(tech, path)[0]
    Fill.objects.filter(pk=ready.pk).update(pay="plan")
    Coverage.objects.create(
        pharmacy=pharmacy.pharmacy,
        patient=pharmacy.patient,
        plan_name="Texas Medicaid",
        bin="999999",
        cardholder_id="X1",
    )
    assert "speak with the pharmacist" in asked(tech, path)[0]


def test_a_bag_that_is_gone_says_where_it_is(pharmacy, tech):
    fill = pharmacy.stocked(until=FillState.SOLD)
    page, _ = asked(tech, f"/pickup/bag/{fill.pk}/")
    assert "You have picked it up." in page


def test_a_scan_at_the_register_takes_the_bag_in_hand(pharmacy, tech, ready):
    other = pharmacy.stocked("metformin", until=FillState.READY)
    path = f"/pickup/patient/{pharmacy.patient.pk}/bags"
    sent = {"code": label(ready), "fill_ids": [str(other.pk)], "in_hand": [str(other.pk)]}
    page = tech.post(path, sent, headers=HX).content.decode()
    assert page.count('name="in_hand"') == 2
    assert "2 of 2 scanned" in page


def test_a_bag_that_is_not_ticked_is_not_in_the_sum(pharmacy, tech, ready):
    other = pharmacy.stocked("metformin", until=FillState.READY)
    path = f"/pickup/patient/{pharmacy.patient.pk}/bags"
    sent = {"fill_ids": [str(other.pk)], "method": "cash"}
    page = tech.post(path, sent, headers=HX).content.decode()
    assert f'id="total">${other.price_usd}<' in page
    assert 'value="cash" checked' in page
    assert "not today" in page


def test_a_bag_of_somebody_else_at_the_register_is_refused_by_name(pharmacy, tech, ready):
    path = f"/pickup/patient/{pharmacy.insured.pk}/bags"
    answer = tech.post(path, {"code": label(ready)}, headers=HX)
    assert answer.status_code == 409
    assert "That bag is for Doe, Jane" in answer.content.decode()


def test_a_bag_that_is_not_ready_is_not_taken_in_hand(pharmacy, tech, ready):
    coming = pharmacy.stocked("metformin", until=FillState.CHECK)
    path = f"/pickup/patient/{pharmacy.patient.pk}/bags"
    answer = tech.post(path, {"code": label(coming)}, headers=HX)
    assert answer.status_code == 409
    assert "not for sale" in answer.content.decode()


def test_a_sale_is_signed_and_its_receipt_says_who_took_it(pharmacy, tech, ready):
    second = pharmacy.stocked("metformin", until=FillState.READY)
    answer = tech.post("/pickup/sell", typed(ready, second), headers=HX)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert stored(ready).state == stored(second).state == FillState.SOLD
    for said in ("Jane Doe, the patient", "birth date, name", "refused", 'class="signature"'):
        assert said in page
    again, statements = asked(tech, f"/pickup/sale/{Sale.objects.get().pk}/")
    assert "Jane Doe, the patient" in again
    assert statements <= BUDGET


def test_a_sale_without_htmx_ends_at_its_receipt(tech, ready):
    answer = tech.post("/pickup/sell", typed(ready))
    assert answer.url == f"/pickup/sale/{Sale.objects.get().pk}/"


def test_a_controlled_drug_leaves_against_what_was_shown(pharmacy, tech):
    fill = controlled(pharmacy)
    refused = tech.post("/pickup/sell", typed(fill), headers=HX)
    assert "identification" in refused.content.decode()
    shown = {"id_kind": "driver licence", "id_number": " 123 ", "id_state": "tx"}
    assert tech.post("/pickup/sell", typed(fill, **shown), headers=HX).status_code == 200
    sale = Sale.objects.get()
    assert (sale.id_number, sale.id_state) == ("123", "TX")


def test_somebody_known_here_takes_a_controlled_drug_without_showing_anything(pharmacy, tech):
    fill = controlled(pharmacy)
    assert tech.post("/pickup/sell", typed(fill, known="yes"), headers=HX).status_code == 200


def test_the_pharmacist_who_counselled_signs_with_initials_and_pin(pharmacy, tech, ready):
    pharmacist = pharmacy.people[Role.PHARMACIST]
    wanted = {"counsel": "accepted", "counsellor_initials": pharmacist.initials}
    first = tech.post("/pickup/sell", typed(ready, **wanted, counsellor_pin="0000"), headers=HX)
    assert first.status_code == 409
    assert stored(ready).state == FillState.READY
    done = tech.post("/pickup/sell", typed(ready, **wanted, counsellor_pin=PIN), headers=HX)
    assert f"accepted, by {pharmacist.name}" in done.content.decode()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"signature": ""}, "no signature on the pad"),
        ({"signature": "600x180 M1,1"}, "only touched"),
        ({"relationship": "king"}, "Who takes it"),
        ({"method": ""}, "How is it paid?"),
        ({"counsel": "perhaps"}, "Counselling"),
        ({"identifiers": ["name", "shoe size"]}, "no identifier"),
        ({"identifiers": ["name"]}, "two identifiers"),
        ({"receiver": " "}, "Who takes it?"),
        ({"fill_ids": []}, "Which bags?"),
        ({"fill_ids": ["x", "9" * 40]}, "Which bags?"),
        ({"counsel": "not_offered"}, "has not been offered"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_sold(tech, ready, changes, says):
    answer = tech.post("/pickup/sell", typed(ready, **changes), headers=HX)
    assert answer.status_code == 409
    assert says in answer.content.decode()
    assert stored(ready).state == FillState.READY
    assert not Sale.objects.exists()


def test_a_second_click_sells_nothing_twice(tech, ready):
    assert tech.post("/pickup/sell", typed(ready), headers=HX).status_code == 200
    assert tech.post("/pickup/sell", typed(ready), headers=HX).status_code == 409
    assert Sale.objects.count() == 1


def overdue(fill: Fill) -> Fill:
    at = datetime.now(UTC) - timedelta(days=12)
    Fill.objects.filter(pk=fill.pk).update(state_since=at)
    return fill


def test_what_waited_too_long_is_listed_and_nothing_is_ticked_yet(pharmacy, tech, ready):
    assert "Nothing is due" in asked(tech, "/pickup/returns")[0]
    overdue(ready)
    page, statements = asked(tech, "/pickup/returns")
    assert "day 13 of 10" in page
    assert f'value="{ready.pk}" aria-label' in page
    assert f'value="{ready.pk}" checked' in asked(tech, "/pickup/returns?all")[0]
    assert statements <= BUDGET


def test_a_scanned_bag_is_ticked_and_then_goes_back_on_its_shelf(pharmacy, tech, ready):
    overdue(ready)
    page = tech.post("/pickup/returns/bags", {"code": label(ready)}, headers=HX)
    assert f'value="{ready.pk}" checked' in page.content.decode()
    done = tech.post("/pickup/returns/send", {"fill_ids": [str(ready.pk)]}, headers=HX)
    assert done.headers["HX-Redirect"] == "/pickup/returns"
    assert stored(ready).state == FillState.RETURNED


def test_a_bag_that_is_not_due_is_not_taken_back_by_its_scan(tech, ready):
    answer = tech.post("/pickup/returns/bags", {"code": label(ready)}, headers=HX)
    assert answer.status_code == 409
    assert "not due to go back" in answer.content.decode()


def test_bags_go_back_all_together_or_none(pharmacy, tech, ready):
    gone = pharmacy.stocked("metformin", until=FillState.SOLD)
    sent = {"fill_ids": [str(ready.pk), str(gone.pk)]}
    assert tech.post("/pickup/returns/send", sent, headers=HX).status_code == 409
    assert stored(ready).state == FillState.READY
    nothing = tech.post("/pickup/returns/send", {}, headers=HX)
    assert "Tick the bags" in nothing.content.decode()


PAGES = ["/pickup/", "/pickup/bag/{fill}/", "/pickup/patient/{patient}/"]
CLICKS = ["/pickup/scan", "/pickup/sell", "/pickup/patient/{patient}/bags"]


@pytest.mark.parametrize("path", [*PAGES, "/pickup/bag/{fill}/bin", "/pickup/returns"])
def test_an_administrator_sees_nothing_of_the_counter(pharmacy, ready, path):
    client = signed_in(pharmacy.people[Role.ADMINISTRATOR])
    there = path.format(fill=ready.pk, patient=pharmacy.patient.pk)
    assert client.get(there).status_code == 403


@pytest.mark.parametrize(
    "path", [*CLICKS, "/pickup/bag/{fill}/bin", "/pickup/returns/bags", "/pickup/returns/send"]
)
def test_an_administrator_does_nothing_at_the_counter(pharmacy, ready, path):
    client = signed_in(pharmacy.people[Role.ADMINISTRATOR])
    there = path.format(fill=ready.pk, patient=pharmacy.patient.pk)
    sent = typed(ready, code=label(ready))
    assert client.post(there, sent, headers=HX).status_code == 403
    assert stored(ready).state == FillState.READY


def test_a_clerk_of_this_state_returns_nothing(pharmacy, ready):
    client = signed_in(pharmacy.people[Role.CLERK])
    assert client.get("/pickup/returns").status_code == 403


def test_another_pharmacy_sees_sells_and_returns_nothing_of_ours(pharmacy, tech, ready):
    number, patient = ready.pk, pharmacy.patient.pk
    tech.post("/pickup/sell", typed(pharmacy.stocked("metformin", until=FillState.READY)))
    sale = Sale.objects.get().pk
    stand_in(pharmacy.other.pk)
    stranger = signed_in(strangers(pharmacy))
    assert "No bag waits" in asked(stranger, "/pickup/")[0]
    for path in (
        f"/pickup/bag/{number}/",
        f"/pickup/bag/{number}/bin",
        f"/pickup/patient/{patient}/",
        f"/pickup/sale/{sale}/",
    ):
        assert stranger.get(path).status_code == 404, path
    assert stranger.post(f"/pickup/patient/{patient}/bags", {}, headers=HX).status_code == 404
    for path in ("/pickup/sell", "/pickup/returns/send"):
        assert stranger.post(path, typed(ready), headers=HX).status_code == 409, path
    assert stranger.post("/pickup/scan", {"code": label(ready)}, headers=HX).status_code == 409
    stand_in(pharmacy.pharmacy.pk)
    assert stored(ready).state == FillState.READY


def test_nothing_to_pay_is_said_and_sold_so(tech, ready):
    Fill.objects.filter(pk=ready.pk).update(copay_usd=Decimal(0))
    page, _ = asked(tech, f"/pickup/bag/{ready.pk}/")
    assert 'name="method" value="nothing"' in page
    sold = tech.post("/pickup/sell", typed(ready, method="nothing"), headers=HX)
    assert "Nothing to pay" in sold.content.decode()
