"""The check's pages: what a pharmacist sees of a fill, and what one key does about it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apothecary.filling.actions import add_photo, scan_bottle, send_to_check, set_aside_wrong
from apothecary.filling.models import BottleScan
from apothecary.filling.tests.bench import counted_back, filling, labelled, upc
from apothecary.intake.models import Arrival
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.patients.models import Patient
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.screening.actions import screen_waiting
from apothecary.screening.tests.browser import BUDGET, HX, asked, signed_in
from apothecary.staff.duties import Role
from apothecary.staff.models import Person
from apothecary.staff.signon import stand_in
from apothecary.verification.evidence import evidence
from apothecary.verification.models import Check
from apothecary.verification.reasons import REASONS

PIN = "4711"
JPEG = b"\xff\xd8\xff\xe0 a vial"


@pytest.fixture
def rph(pharmacy):
    return signed_in(pharmacy.people[Role.PHARMACIST])


@pytest.fixture
def tech(pharmacy):
    return signed_in(pharmacy.people[Role.TECHNICIAN])


def filled(world, drug="lisinopril") -> Fill:
    """A fill that waits for the check with everything that proves it."""
    fill = counted_back(world, labelled(world, drug))
    return send_to_check(by=world.technician, fill_id=fill.pk)


@pytest.fixture
def fill(pharmacy):
    return filled(pharmacy)


def stored(fill: Fill) -> Fill:
    return Fill.objects.get(pk=fill.pk)


def signed(world, role=Role.PHARMACIST, pin=PIN, **more) -> dict[str, str]:
    return {"initials": world.people[role].initials, "pin": pin} | more


def test_the_list_says_what_waits_for_whom(pharmacy, tech, fill):
    page, statements = asked(tech, "/verification/")
    assert "1 fill waits" in page
    assert f'data-open="/verification/{fill.pk}/"' in page
    assert "Waits for the pharmacist" in page
    assert statements <= BUDGET


def test_an_empty_list_says_so(tech):
    assert "Nothing waits for the check" in asked(tech, "/verification/")[0]


def test_the_page_shows_drug_directions_lot_count_label_and_who_filled_it(pharmacy, rph, fill):
    page, statements = asked(rph, f"/verification/{fill.pk}/")
    label = evidence(stored(fill)).label
    assert label is not None
    for said in (
        "lisinopril",
        "10 mg",
        "Take 1 tablet by mouth once daily.",
        "1 bottle scanned",
        "L1",
        "12/31/2028",
        "30 tablets",
        "by hand",
        "no imprint on file",
        f"filled by {pharmacy.technician.name}",
        f"/filling/label/{label.id}.png",
    ):
        assert said in page, said
    assert statements <= BUDGET


def test_a_schedule_ii_drug_shows_both_counts(pharmacy, rph):
    fill = filled(pharmacy, "oxycodone")
    seen = evidence(stored(fill))
    assert [count.quantity for count in seen.counts] == [30, 30]
    page, _ = asked(rph, f"/verification/{fill.pk}/")
    assert page.count("by hand") == 2


def test_a_slip_that_was_caught_is_told_without_being_in_the_vial(pharmacy, rph):
    fill = filling(pharmacy)
    scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw=upc(pharmacy, "warfarin"))
    slip = BottleScan.objects.get(fill=fill)
    set_aside_wrong(
        by=pharmacy.technician, fill_id=fill.pk, scan_id=slip.pk, because="wrong shelf"
    )
    advance(fill, FillState.CHECK, by=pharmacy.technician, did=Deed.SENT_TO_CHECK)
    seen = evidence(stored(fill))
    assert (seen.right, len(seen.slips), seen.slips[0].aside) == ([], 1, "wrong shelf")
    page, _ = asked(rph, f"/verification/{fill.pk}/")
    assert "Set aside: wrong shelf." in page
    assert "No bottle was scanned" in page


def test_the_strengths_of_a_scanned_combination_are_said_in_the_order_of_its_name(pharmacy):
    product = pharmacy.drugs["lisinopril"].product
    product.name = "hydrocodone bitartrate and acetaminophen"
    product.ingredient_key, product.strength = "acetaminophen+hydrocodone", "325 mg / 5 mg"
    product.save()
    fill = labelled(pharmacy)
    with CaptureQueriesContext(connection) as asked_for:
        (bottle,) = evidence(stored(fill)).bottles
    assert bottle.drug == f"{product.name} 5 mg / 325 mg"
    assert len([one for one in asked_for if "filling_bottlescan" in one["sql"]]) == 1


def test_a_bottle_that_no_drug_of_the_file_is_says_its_code(pharmacy):
    fill = filling(pharmacy)
    with pytest.raises(Refused):
        scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw="399999999991")
    (bottle,) = evidence(stored(fill)).bottles
    assert (bottle.drug, bottle.ndc, bottle.right) == ("399999999991", "", False)


def test_the_picture_of_the_vial_is_shown_where_one_was_taken(pharmacy, rph):
    fill = labelled(pharmacy)
    photo = add_photo(by=pharmacy.technician, fill_id=fill.pk, image=JPEG)
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    page, _ = asked(rph, f"/verification/{fill.pk}/")
    assert f"/filling/photo/{photo.pk}" in page


def test_what_was_never_proved_is_said(pharmacy, rph):
    fill = pharmacy.stocked(until=FillState.CHECK)
    page, _ = asked(rph, f"/verification/{fill.pk}/")
    for said in ("No bottle was scanned", "No count on file", "No label was printed"):
        assert said in page


def test_only_the_last_turn_counts_as_evidence(pharmacy, rph, fill):
    rph.post(f"/verification/{fill.pk}/back", {"reason_code": "wrong-count"}, headers=HX)
    again = stored(fill)
    advance(again, FillState.CHECK, by=pharmacy.technician, did=Deed.SENT_TO_CHECK)
    seen = evidence(stored(fill))
    assert (seen.bottles, seen.counts, seen.label, seen.photo_id) == ([], [], None, None)


def test_the_history_comes_after_the_page_with_the_reasons(pharmacy, rph, fill):
    sent = {"reason_code": "wrong-count", "text": "29 in it"}
    rph.post(f"/verification/{fill.pk}/back", sent, headers=HX)
    page, statements = asked(rph, f"/verification/{fill.pk}/history")
    assert "wrong count, 29 in it" in page
    assert "entered a prescription" in page
    assert statements <= BUDGET


def test_one_key_approves_and_the_next_one_opens_by_itself(pharmacy, rph, fill):
    following = filled(pharmacy, "metformin")
    answer = rph.post(f"/verification/{fill.pk}/approve", headers=HX)
    assert answer.headers["HX-Redirect"] == f"/verification/{following.pk}/"
    assert stored(fill).state == FillState.READY
    assert rph.post(f"/verification/{following.pk}/approve").url == "/verification/"


def test_a_second_click_approves_nothing_twice(rph, fill):
    rph.post(f"/verification/{fill.pk}/approve", headers=HX)
    again = rph.post(f"/verification/{fill.pk}/approve", headers=HX)
    assert again.status_code == 409
    assert Check.objects.count() == 1


def test_an_approval_with_a_reason_chosen_is_refused(rph, fill):
    sent = {"reason_code": "label"}
    answer = rph.post(f"/verification/{fill.pk}/approve", sent, headers=HX)
    assert answer.status_code == 409
    assert "F12 sends it back" in answer.content.decode()
    assert stored(fill).state == FillState.CHECK


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_reason_sends_it_back_to_where_it_is_mended(rph, fill, code):
    sent = {"reason_code": code, "text": " see  note "}
    answer = rph.post(f"/verification/{fill.pk}/back", sent, headers=HX)
    assert answer.headers["HX-Redirect"] == "/verification/"
    assert stored(fill).state == REASONS[code].to
    assert stored(fill).because == f"sent back: {REASONS[code].says}, see note"


@pytest.mark.parametrize("code", ["", "bad-mood"])
def test_a_fill_goes_back_only_with_a_reason_of_the_list(rph, fill, code):
    sent = {"reason_code": code}
    assert rph.post(f"/verification/{fill.pk}/back", sent, headers=HX).status_code == 409
    assert stored(fill).state == FillState.CHECK


def test_at_a_technicians_station_the_pharmacist_signs_the_step(pharmacy, tech, fill):
    page, _ = asked(tech, f"/verification/{fill.pk}/")
    assert 'name="pin"' in page
    path = f"/verification/{fill.pk}/approve"
    assert tech.post(path, headers=HX).status_code == 403
    assert tech.post(path, signed(pharmacy, pin="0000"), headers=HX).status_code == 409
    assert tech.post(path, signed(pharmacy, Role.TECHNICIAN), headers=HX).status_code == 403
    assert stored(fill).state == FillState.CHECK
    assert tech.post(path, signed(pharmacy), headers=HX).status_code == 204
    assert Check.objects.get().by_id == pharmacy.pharmacist.person_id


def test_a_send_back_is_signed_the_same_way(pharmacy, tech, fill):
    path = f"/verification/{fill.pk}/back"
    assert tech.post(path, {"reason_code": "label"}, headers=HX).status_code == 403
    sent = signed(pharmacy, reason_code="label")
    assert tech.post(path, sent, headers=HX).status_code == 204
    assert stored(fill).state == FillState.FILLING


def test_a_pharmacist_signed_in_is_asked_for_no_pin(rph, fill):
    assert 'name="pin"' not in asked(rph, f"/verification/{fill.pk}/")[0]


def test_an_open_finding_stands_in_the_way_and_says_where_it_is_settled(pharmacy, rph):
    pharmacy.receive("amoxicillin", "500")
    order = pharmacy.order("amoxicillin", patient=pharmacy.insured)
    fill = enter_prescription(by=pharmacy.technician, order=order)
    screen_waiting(pharmacy.pharmacy, pharmacy.technician.at)
    Fill.objects.filter(pk=fill.pk).update(state=FillState.CHECK)
    page, statements = asked(rph, f"/verification/{fill.pk}/")
    assert "A finding is open" in page
    assert f'href="/screening/{fill.pk}/"' in page
    assert rph.post(f"/verification/{fill.pk}/approve", headers=HX).status_code == 409
    assert statements <= BUDGET


def test_spanish_directions_stand_under_the_english_ones(pharmacy, rph, fill):
    Patient.objects.filter(pk=fill.patient_id).update(language="es")
    rx = fill.prescription
    rx.directions_spanish = "Tome 1 tableta por la boca una vez al día."
    rx.save()
    assert "Tome 1 tableta" in asked(rph, f"/verification/{fill.pk}/")[0]


def test_what_was_sent_stands_beside_what_was_entered(pharmacy, rph, fill):
    Arrival.objects.create(
        pharmacy=pharmacy.pharmacy,
        source="electronic",
        state="entered",
        prescription=fill.prescription,
        sent='{"quantity": "90", "quantity_unit": "EA"}',
        arrived_at=fill.created_at,
        promised_at=fill.created_at,
    )
    page, statements = asked(rph, f"/verification/{fill.pk}/")
    assert "1 line differs" in page
    assert "90 ea" in page
    assert statements <= BUDGET


def test_a_fill_that_has_gone_on_is_shown_without_its_keys(rph, fill):
    rph.post(f"/verification/{fill.pk}/approve", headers=HX)
    page, _ = asked(rph, f"/verification/{fill.pk}/")
    assert "Approve and next" not in page
    assert "Ready" in page


@pytest.mark.parametrize("path", ["", "{}/", "{}/history"])
def test_an_administrator_reads_no_record(pharmacy, fill, path):
    client = signed_in(pharmacy.people[Role.ADMINISTRATOR])
    assert client.get(f"/verification/{path.format(fill.pk)}").status_code == 403


def test_another_pharmacy_neither_sees_nor_approves_ours(pharmacy, fill):
    stand_in(pharmacy.other.pk)
    stranger = signed_in(Person.objects.get(pk=pharmacy.stranger.person_id))
    assert "Nothing waits" in asked(stranger, "/verification/")[0]
    for path in (f"/verification/{fill.pk}/", f"/verification/{fill.pk}/history"):
        assert stranger.get(path).status_code == 404, path
    for verb in ("approve", "back"):
        sent = {"reason_code": "label"} if verb == "back" else {}
        answer = stranger.post(f"/verification/{fill.pk}/{verb}", sent, headers=HX)
        assert answer.status_code == 409, verb
    stand_in(pharmacy.pharmacy.pk)
    assert stored(fill).state == FillState.CHECK
