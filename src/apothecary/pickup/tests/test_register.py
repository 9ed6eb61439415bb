"""The register: bags in hand, identifiers, counselling, signature, payment, receipt."""

from decimal import Decimal

import pytest

from apothecary.patients.models import Coverage
from apothecary.pickup.models import Sale
from apothecary.pickup.tests.counter import (
    BUDGET,
    HX,
    asked,
    controlled,
    label,
    signed_in,
    stored,
    strangers,
    typed,
)
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in

PIN = "4711"


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
