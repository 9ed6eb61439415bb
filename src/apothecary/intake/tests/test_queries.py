"""The list of what has come in: questions apart from what can be typed, waiters first."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from apothecary.config.tests.world import NOON, build_world
from apothecary.config.tests.world_people import make_patient
from apothecary.intake.actions.by_hand import ByHand, receive_by_hand
from apothecary.intake.actions.entry import cancel_arrival, finish_entry, set_aside, take
from apothecary.intake.models import Arrival, Source, Sure
from apothecary.intake.queries import (
    arrival_counts,
    arrival_line,
    arrival_page,
    next_arrival,
    open_arrivals,
    waiting_for,
)
from apothecary.intake.tests.messages import Rx
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Fill
from apothecary.staff.signon import stand_in

WALK_IN = ByHand(source=Source.WALK_IN)


def stage(world, name: str) -> list[int]:
    found = open_arrivals(pharmacy_id=world.pharmacy.pk, stage=name)
    return [arrival.pk for arrival in found]


def test_a_question_stands_in_intake_and_the_rest_in_entry(pharmacy, arrive):
    clean = arrive(Rx())
    asked = arrive(Rx(message_id="M2", order_number="P2", last_name="Nobody"))
    assert stage(pharmacy, "entry") == [clean.pk]
    assert stage(pharmacy, "intake") == [asked.pk]
    assert stage(pharmacy, "") == [clean.pk, asked.pk]
    assert arrival_counts(pharmacy_id=pharmacy.pharmacy.pk) == {"intake": 1, "entry": 1}


def test_what_is_set_aside_stands_in_intake_until_it_is_taken_up(pharmacy, arrive):
    arrival = arrive(Rx())
    set_aside(by=pharmacy.technician, arrival_id=arrival.pk, because="call first")
    assert stage(pharmacy, "intake") == [arrival.pk]
    take(by=pharmacy.technician, arrival_id=arrival.pk)
    assert stage(pharmacy, "entry") == [arrival.pk]


def test_what_is_done_with_stands_nowhere(pharmacy, arrive, form):
    entered, called_off = arrive(Rx()), arrive(Rx(message_id="M2", order_number="P2"))
    finish_entry(by=pharmacy.technician, arrival_id=entered.pk, typed=form)
    cancel_arrival(by=pharmacy.technician, arrival_id=called_off.pk, because="twice")
    assert stage(pharmacy, "") == []


def test_who_waits_at_the_counter_comes_before_an_earlier_promise(pharmacy, arrive):
    first = arrive(Rx())
    Arrival.objects.update(promised_at=NOON - timedelta(hours=2))
    waiter = receive_by_hand(
        by=pharmacy.technician, given=ByHand(source=Source.WALK_IN, waiter=True)
    )
    assert stage(pharmacy, "entry") == [waiter.pk, first.pk]


def test_the_next_in_line_is_nobody_elses_and_questions_come_last(pharmacy, arrive):
    asked = arrive(Rx(last_name="Nobody"))
    taken = arrive(Rx(message_id="M2", order_number="P2"))
    free = arrive(Rx(message_id="M3", order_number="P3"))
    take(by=pharmacy.trainee, arrival_id=taken.pk)
    me = {"pharmacy_id": pharmacy.pharmacy.pk, "person_id": pharmacy.technician.person_id}
    order = []
    while (arrival := next_arrival(**me)) is not None:
        order.append(arrival.pk)
        cancel_arrival(by=pharmacy.technician, arrival_id=arrival.pk, because="done")
    assert order == [free.pk, asked.pk]


@pytest.mark.parametrize(
    ("change", "says", "tone"),
    [
        ({}, "Everything matched. F10 to enter it.", ""),
        ({"last_name": "Nobody"}, "New patient? Enter to settle it.", "look"),
        ({"sex": "M"}, "Confirm the patient. Enter to look.", "look"),
        (
            {"sex": "M", "prescriber_last_name": "Jones"},
            "Confirm the patient and the prescriber. Enter to look.",
            "look",
        ),
    ],
)
def test_each_says_in_one_line_why_it_waits_and_the_next_key(
    pharmacy, arrive, change, says, tone
):
    waits = waiting_for(arrive(Rx(**change)))
    assert (waits.brief, waits.tone) == (says, tone)
    assert waits.says.endswith(f"{waits.key} {waits.does}.")


def test_what_was_sent_to_another_pharmacy_is_to_be_settled_with_enter(pharmacy, arrive):
    waits = waiting_for(arrive(Rx(to="7654321")))
    assert "addressed to 7654321" in waits.says
    assert waits.says.endswith("Enter to settle it.")


def test_which_of_two_and_what_was_set_aside_say_what_enter_does(pharmacy, arrive):
    twin = make_patient(pharmacy.pharmacy, "Doe", "Jane", pharmacy.patient.birth_date)
    twin.street, twin.phone = "9 Elm St", "5125550000"
    twin.save()
    arrival = arrive(Rx(street="General Delivery", phone=""))
    waits = waiting_for(arrival)
    assert waits.brief == "Which patient? Enter to choose."
    assert waits.says.startswith("Which patient? 2 patients")
    set_aside(by=pharmacy.technician, arrival_id=arrival.pk, because="asked the clinic.")
    arrival.refresh_from_db()
    waits = waiting_for(arrival)
    assert waits.says == "Set aside: asked the clinic. Enter to take it up again."


def test_what_came_by_hand_says_by_what_and_that_it_is_typed_in(pharmacy):
    arrival = receive_by_hand(by=pharmacy.technician, given=WALK_IN)
    waits = waiting_for(arrival)
    assert (waits.key, waits.does, waits.tone) == ("Enter", "to type it in", "")


def test_a_line_shows_what_is_known_and_leaves_open_what_is_not(pharmacy, arrive):
    known = arrival_line(arrive(Rx()), url="/x")
    assert (known.patient, known.drug, known.strength) == ("Doe, Jane", "lisinopril", "10 mg")
    assert (known.amount, known.unit, known.origin) == (30, "tablet", "erx")
    blank = arrival_line(receive_by_hand(by=pharmacy.technician, given=WALK_IN), url="/y")
    assert (blank.patient, blank.born, blank.amount) == ("not yet known", None, None)
    assert blank.origin == "walkin"


def test_a_stranger_gets_no_page_and_no_count_of_ours(pharmacy, arrive):
    arrival = arrive(Rx())
    assert arrival_page(pharmacy_id=pharmacy.other.pk, arrival_id=arrival.pk) is None
    stand_in(pharmacy.other.pk)
    assert arrival_counts(pharmacy_id=pharmacy.other.pk) == {"intake": 0, "entry": 0}
    assert not Arrival.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_committing_one_arrival_at_once_enter_it_once():
    world = build_world()
    arrival = receive_by_hand(by=world.technician, given=WALK_IN)
    typed = {
        "patient_id": str(world.patient.pk), "prescriber_id": str(world.prescriber.pk),
        "package_id": str(world.drugs["lisinopril"].pk), "quantity": "30", "days_supply": "30",
        "refills": "0", "daw": "0", "written_on": "11/20/2026", "origin": "1", "pay": "cash",
        "directions": "1 tab po daily",
    }  # fmt: skip
    start, done = threading.Barrier(2), []

    def commit(worker) -> None:
        stand_in(world.pharmacy.pk)
        start.wait()
        try:
            finish_entry(by=worker, arrival_id=arrival.pk, typed=typed)
            done.append("entered")
        except Refused:
            done.append("refused")
        connection.close()

    people = (world.technician, world.pharmacist)
    threads = [threading.Thread(target=commit, args=(worker,)) for worker in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["entered", "refused"]
    stand_in(world.pharmacy.pk)
    assert Fill.objects.count() == 1
    assert Arrival.objects.get().patient_sure == Sure.NONE
