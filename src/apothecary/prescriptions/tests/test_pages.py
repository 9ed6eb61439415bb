"""The page of a prescription: its story, its refill, its end."""

from itertools import pairwise

import pytest
from django.test import Client
from django.utils import timezone

from apothecary.journal.deeds import Deed
from apothecary.prescriptions.actions import start_refill
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.queries import (
    fill_lines,
    fills_of_patient,
    page_facts,
    queue_line,
    queue_mark,
    stage_counts,
    where,
)
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role

WAY = [
    (FillState.WAITING, "system"),
    (FillState.FILLING, "technician"),
    (FillState.CHECK, "technician"),
    (FillState.READY, "pharmacist"),
    (FillState.SOLD, "technician"),
]


@pytest.fixture
def client_of(pharmacy):
    def client(role: Role = Role.TECHNICIAN) -> Client:
        person = pharmacy.people[role]
        token = worker_token(person=person, station="counter", at=timezone.now())
        return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})

    return client


@pytest.fixture
def sold(pharmacy) -> Fill:
    pharmacy.receive("lisinopril", "100")
    fill = pharmacy.enter()
    for state, who in WAY:
        advance(fill, state, by=getattr(pharmacy, who), did=Deed.FILL_MOVED)
    return fill


def test_the_page_tells_the_whole_story(sold, client_of):
    html = client_of().get(f"/rx/{sold.prescription.number}/").content.decode()
    for part in ("lisinopril", "10 mg", "Take 1 tablet by mouth once daily.", "2 of 2 left"):
        assert part in html
    assert "Will-call" in html  # the ledger
    assert "entered a prescription" in html  # the journal
    assert "DOE, Jane" in html  # the patient beside it
    assert "You have picked it up." in html  # what one says on the phone


def test_the_page_costs_at_most_eight_queries(sold, client_of, django_assert_max_num_queries):
    client = client_of()
    with django_assert_max_num_queries(8):
        assert client.get(f"/rx/{sold.prescription.number}/").status_code == 200


def test_a_number_that_was_never_given_out_is_no_page(pharmacy, client_of):
    assert client_of().get("/rx/7999999/").status_code == 404


def test_f3_puts_a_refill_on_its_way_paid_as_before(sold, client_of):
    number = sold.prescription.number
    answer = client_of().post(f"/rx/{number}/refill", {"waiter": "on"})
    assert answer.headers["Location"] == f"/rx/{number}/"
    refill = Fill.objects.get(prescription=sold.prescription, number=1)
    assert (refill.state, refill.pay, refill.waiter) == (FillState.SCREENING, sold.pay, True)


def test_a_second_refill_on_top_is_refused_with_the_reason(sold, client_of):
    number = sold.prescription.number
    client_of().post(f"/rx/{number}/refill")
    answer = client_of().post(f"/rx/{number}/refill")
    assert answer.status_code == 409
    assert "already on its way" in answer.content.decode()
    assert Fill.objects.filter(prescription=sold.prescription).count() == 2


def test_a_fill_is_cancelled_with_a_reason_and_not_without(pharmacy, client_of):
    fill = pharmacy.enter()
    there = f"/rx/fill/{fill.pk}/cancel"
    assert client_of().post(there, {"because": " "}).status_code == 409
    assert client_of().post(there, {"because": "changed her mind"}).status_code == 302
    fill.refresh_from_db()
    assert (fill.state, fill.because) == (FillState.CANCELLED, "changed her mind")
    page = client_of().get(f"/rx/{fill.prescription.number}/").content.decode()
    assert "Cancelled (changed her mind)." in page


def test_an_ended_prescription_says_so(pharmacy, client_of):
    fill = pharmacy.enter()
    number = fill.prescription.number
    client_of().post(f"/rx/{number}/cancel", {"because": "CancelRx"})
    assert Prescription.objects.get(number=number).state == "cancelled"
    page = client_of().get(f"/rx/{number}/").content.decode()
    assert "cancelled by the prescriber" in page


def test_a_trainee_reads_and_does_not_cancel(pharmacy, client_of):
    fill = pharmacy.enter()
    trainee = client_of(Role.TRAINEE)
    assert trainee.get(f"/rx/{fill.prescription.number}/").status_code == 200
    assert trainee.post(f"/rx/fill/{fill.pk}/cancel", {"because": "x"}).status_code == 403
    fill.refresh_from_db()
    assert fill.state == FillState.SCREENING


def test_the_patients_last_fills_stand_on_one_list(pharmacy, client_of):
    first, second = pharmacy.enter(), pharmacy.enter("metformin")
    fills = fills_of_patient(pharmacy_id=pharmacy.pharmacy.pk, patient_id=pharmacy.patient.pk)
    assert {fill.pk for fill in fills} == {first.pk, second.pk}
    html = client_of().get(f"/rx/patient/{pharmacy.patient.pk}/").content.decode()
    assert html.count("data-open=") == 2
    empty = client_of().get(f"/rx/patient/{pharmacy.insured.pk}/").content.decode()
    assert "No prescription here yet" in empty


def test_refills_left_count_what_was_dispensed_and_never_more_than_was_written(pharmacy, sold):
    refill = start_refill(by=pharmacy.technician, prescription_id=sold.prescription_id)
    rx = refill.prescription
    assert page_facts(rx, fills=fill_lines(rx), journal=False).refills_left == 1
    advance(
        refill,
        FillState.CANCELLED,
        by=pharmacy.technician,
        did=Deed.FILL_CANCELLED,
        because="x",
    )
    assert page_facts(rx, fills=fill_lines(rx), journal=False).refills_left == 2


def test_a_first_fill_that_was_cancelled_takes_no_refill(pharmacy):
    fill = pharmacy.enter()
    rx = fill.prescription
    assert page_facts(rx, fills=fill_lines(rx), journal=False).refills_left == 2
    advance(
        fill, FillState.CANCELLED, by=pharmacy.technician, did=Deed.FILL_CANCELLED, because="x"
    )
    assert page_facts(rx, fills=fill_lines(rx), journal=False).refills_left == 2


def test_without_the_right_to_the_journal_there_is_none(pharmacy):
    fill = pharmacy.enter()
    rx = fill.prescription
    assert page_facts(rx, fills=fill_lines(rx), journal=False).deeds == []
    assert page_facts(rx, fills=fill_lines(rx), journal=True).deeds != []


def test_the_counts_are_one_query_and_only_of_open_fills(sold, pharmacy):
    pharmacy.enter("metformin")
    counts = stage_counts(pharmacy.pharmacy.pk)
    assert counts["screening"] == 1
    assert sum(counts.values()) == 1


def test_the_mark_changes_with_every_move_and_every_new_fill(pharmacy):
    pharmacy.receive("lisinopril", "100")
    here = pharmacy.pharmacy.pk
    seen = [queue_mark(here)]
    fill = pharmacy.enter()
    seen.append(queue_mark(here))
    for state, who in WAY:
        advance(fill, state, by=getattr(pharmacy, who), did=Deed.FILL_MOVED)
        seen.append(queue_mark(here))
    assert all(before != after for before, after in pairwise(seen))


def test_a_line_says_whose_fill_it_is_and_how_it_came(pharmacy):
    pharmacy.receive("lisinopril", "100")
    fill = advance(pharmacy.enter(), FillState.WAITING, by=pharmacy.system, did=Deed.FILL_MOVED)
    advance(
        fill,
        FillState.FILLING,
        by=pharmacy.technician,
        did=Deed.FILLING_STARTED,
        owner_id=pharmacy.technician.person_id,
    )
    again = Fill.objects.get(pk=fill.pk)
    line = queue_line(again, url="/x")
    initials = pharmacy.technician.initials
    assert (line.owner, line.origin, line.edge) == (initials, "erx", "")
    assert where(again).staff == f"Being filled by {initials}: scan the bottle."
    again.number, again.waiter = 1, True
    assert (queue_line(again, url="").origin, queue_line(again, url="").edge) == ("refill", "W")
