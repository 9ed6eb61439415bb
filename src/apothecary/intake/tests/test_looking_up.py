"""The programme is asked while a prescription is typed in, and nobody waits for it."""

import json
from dataclasses import replace
from datetime import date

import pytest

from apothecary.config.tests.world import make_patient
from apothecary.intake.actions.by_hand import ByHand, receive_by_hand
from apothecary.intake.actions.entry import finish_entry, take
from apothecary.intake.looking_up import ask_at_entry, keys_typed, look_up_shown
from apothecary.intake.models import Arrival, Source
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.screening.actions import screen_waiting
from apothecary.screening.tests.browser import signed_in
from apothecary.staff.duties import Duty, Role
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed
from apothecary.vault.monitoring.lookup.asking import (
    sign_look_up,
    take_history,
    unlooked_problems,
)
from apothecary.vault.monitoring.lookup.models import LookUp
from apothecary.vault.monitoring.lookup.states import LookUpState
from apothecary.vault.monitoring.lookup.tests.hands import OXYCODONE, question, says


@pytest.fixture(autouse=True)
def line(monkeypatch):
    """The programme of Texas can be asked from here."""
    monkeypatch.setenv("APOTHECARY_PMP", "TX=http://127.0.0.1:9/requests")


@pytest.fixture
def arrival(pharmacy):
    """A prescription for oxycodone on paper, taken by the technician."""
    came = receive_by_hand(by=pharmacy.technician, given=ByHand(source=Source.WALK_IN))
    take(by=pharmacy.technician, arrival_id=came.pk)
    return Arrival.objects.select_related("pharmacy").get(pk=came.pk)


def keys(world, drug="oxycodone"):
    return {"patient_id": world.patient.pk, "package_id": world.drugs[drug].pk}


def asked(world, arrival, by=None, **changed):
    typed = keys(world) | changed
    return ask_at_entry(by=by or world.technician, arrival_id=arrival.pk, **typed)


def answered(world, row, result="found", **said):
    take_history(by=world.system, outgoing_id=question(row).pk, raw=says(row, result, **said))
    return LookUp.objects.get(pk=row.pk)


def box(world, arrival, by=None, drug="oxycodone", patient=None):
    package = world.drugs[drug]
    who = by or world.technician
    return look_up_shown(arrival, patient or world.patient, package, by=who)


def codes_of(refusal):
    return [each.code for each in refusal.value.problems]


def in_a_state_without_rows(worker):
    """The worker as one whose state says nothing of delegates."""
    return replace(worker, standing=replace(worker.standing, state_allows=frozenset()))


def entered(world, arrival, form):
    """What was typed becomes a prescription for oxycodone."""
    world.receive("oxycodone", "500")
    typed = form | {"package_id": str(world.drugs["oxycodone"].pk), "refills": "0"}
    typed |= {"origin": "1", "diagnosis": "G89.4", "made_as": ""}
    return finish_entry(by=world.technician, arrival_id=arrival.pk, typed=typed)


def test_a_technician_asks_at_the_pharmacists_direction_and_types_on(pharmacy, arrival):
    row = asked(pharmacy, arrival)
    assert (row.state, row.fill_id, row.arrival_id) == (LookUpState.ASKED, None, arrival.pk)
    assert row.asked_by_id == pharmacy.technician.person_id
    line = Entry.objects.order_by("-id")[0]
    assert (line.about, line.about_id) == ("arrival", arrival.pk)
    said = json.loads(bytes(question(row).raw))
    assert said["patient"]["last"] == pharmacy.patient.last_name
    assert "oxycodone" in said["requester"]["why"]


def test_who_asks_is_what_the_states_row_says(pharmacy, arrival):
    assert Duty.ASK_HISTORY in pharmacy.technician.standing.state_allows
    bare = in_a_state_without_rows(pharmacy.technician)
    with pytest.raises(NotAllowed) as refusal:
        asked(pharmacy, arrival, by=bare)
    assert "only where the state allows it" in str(refusal.value.problems[0].says)
    assert not LookUp.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"patient_id": 0}, "patient_id", "no-such-choice"),
        ({"package_id": 0}, "package_id", "no-such-choice"),
    ],
)
def test_patient_and_drug_are_chosen_first(pharmacy, arrival, changed, field, code):
    with pytest.raises(Refused) as refusal:
        asked(pharmacy, arrival, **changed)
    (problem,) = refusal.value.problems
    assert (problem.field, problem.code) == (field, code)
    assert not LookUp.objects.exists()


def test_nobody_is_looked_up_for_what_is_not_controlled(pharmacy, arrival):
    with pytest.raises(Refused) as refusal:
        asked(pharmacy, arrival, package_id=pharmacy.drugs["lisinopril"].pk)
    assert codes_of(refusal) == ["not-controlled"]
    assert box(pharmacy, arrival, drug="lisinopril") is None


def test_without_a_line_it_is_said_and_nothing_is_asked(pharmacy, arrival, monkeypatch):
    monkeypatch.setenv("APOTHECARY_PMP", "OK=http://127.0.0.1:9/requests")
    with pytest.raises(Refused) as refusal:
        asked(pharmacy, arrival)
    assert codes_of(refusal) == ["no-line"]
    assert box(pharmacy, arrival).line is False


def test_an_arrival_of_another_pharmacy_is_not_found(pharmacy, arrival):
    with pytest.raises(Refused) as refusal:
        asked(pharmacy, arrival, by=pharmacy.stranger)
    assert codes_of(refusal) == ["no-arrival"]


def test_another_pharmacys_patient_is_not_asked_about(pharmacy, arrival):
    stand_in(pharmacy.other.pk)
    theirs = make_patient(pharmacy.other, "Roe", "Rae", date(1970, 1, 1))
    stand_in(pharmacy.pharmacy.pk)
    with pytest.raises(Refused) as refusal:
        asked(pharmacy, arrival, patient_id=theirs.pk)
    assert refusal.value.problems[0].field == "patient_id"


def test_what_somebody_else_has_in_hand_or_is_entered_is_not_asked_for(pharmacy, arrival, form):
    with pytest.raises(Refused) as refusal:
        asked(pharmacy, arrival, by=pharmacy.pharmacist)
    assert codes_of(refusal) == ["taken"]
    finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    with pytest.raises(Refused) as refusal:
        asked(pharmacy, arrival)
    assert codes_of(refusal) == ["wrong-state"]


def test_a_second_question_waits_for_the_first_but_another_patients_does_not(pharmacy, arrival):
    asked(pharmacy, arrival)
    with pytest.raises(Refused) as refusal:
        asked(pharmacy, arrival)
    assert codes_of(refusal) == ["look-up-asked"]
    other = make_patient(pharmacy.pharmacy, "Roe", "Rae", date(1970, 1, 1))
    assert asked(pharmacy, arrival, patient_id=other.pk).patient_id == other.pk


def test_the_box_counts_what_the_programme_says(pharmacy, arrival):
    page = box(pharmacy, arrival)
    assert (page.row, page.asking, page.answered) == (None, False, False)
    row = asked(pharmacy, arrival)
    assert box(pharmacy, arrival).asking
    early = OXYCODONE | {"filled_on": "2026-10-01"}
    other = OXYCODONE | {"filled_on": "2026-11-05", "pharmacy": "Red River"}
    answered(pharmacy, row, fills=[other, early, OXYCODONE, early])
    page = box(pharmacy, arrival)
    assert (page.asking, page.answered, page.overlaps) == (False, True, 1)
    assert (len(page.fills), page.prescribers, page.pharmacies) == (4, 1, 2)
    assert [one.filled_on.month for one in page.last] == [11, 11, 10]


def test_the_box_of_a_drug_that_is_asked_of_nobody_is_refused_by_its_field(pharmacy, arrival):
    said = keys(pharmacy, drug="lisinopril")
    tess = signed_in(pharmacy.people[Role.TECHNICIAN])
    answer = tess.get(f"/intake/{arrival.pk}/look-up", said)
    assert answer.status_code == 409
    assert "before it is entered" in answer.content.decode()


def test_who_may_not_ask_reads_nothing_of_the_answer(pharmacy, arrival):
    answered(pharmacy, asked(pharmacy, arrival))
    page = box(pharmacy, arrival, by=in_a_state_without_rows(pharmacy.technician))
    assert (page.may, page.fills, page.overlaps) == (False, (), 0)
    assert page.why_not


def test_the_fill_takes_the_look_up_over_and_is_not_asked_for_again(pharmacy, arrival, form):
    row = asked(pharmacy, arrival)
    fill = entered(pharmacy, arrival, form)
    screen_waiting(Pharmacy.objects.get(pk=pharmacy.pharmacy.pk), pharmacy.system.at)
    assert [one.pk for one in LookUp.objects.all()] == [row.pk]
    assert LookUp.objects.get().fill_id == fill.pk
    answered(pharmacy, row)
    here = pharmacy.pharmacy.pk
    assert [each.code for each in unlooked_problems(here, fill.pk)] == ["look-up-owed"]
    sign_look_up(by=pharmacy.pharmacist, look_up_id=row.pk)
    assert unlooked_problems(here, fill.pk) == []
    line = Entry.objects.order_by("-id")[0]
    assert (line.about, line.about_id) == ("fill", fill.pk)


def test_a_look_up_of_a_patient_chosen_by_mistake_proves_nothing_of_the_right_one(
    pharmacy, arrival, form
):
    wrong = make_patient(pharmacy.pharmacy, "Roe", "Rae", date(1970, 1, 1))
    row = answered(pharmacy, asked(pharmacy, arrival, patient_id=wrong.pk))
    sign_look_up(by=pharmacy.pharmacist, look_up_id=row.pk)
    fill = entered(pharmacy, arrival, form)
    assert LookUp.objects.get(pk=row.pk).fill_id is None
    screen_waiting(Pharmacy.objects.get(pk=pharmacy.pharmacy.pk), pharmacy.system.at)
    assert LookUp.objects.get(fill_id=fill.pk).patient_id == pharmacy.patient.pk
    assert unlooked_problems(pharmacy.pharmacy.pk, fill.pk)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"patient_id": "7", "package_id": "8"}, (7, 8)),
        ({}, (0, 0)),
        ({"patient_id": "-7", "package_id": "8.0"}, (0, 0)),
        ({"patient_id": "٧", "package_id": "9" * 19}, (0, 0)),
        ({"patient_id": "9" * 18, "package_id": " 8"}, (int("9" * 18), 0)),
    ],
)
def test_what_is_no_number_is_nobody(typed, found):
    assert keys_typed(typed) == found


def test_the_page_asks_shows_that_it_asks_and_then_what_came(pharmacy, arrival):
    tess = signed_in(pharmacy.people[Role.CERTIFIED])
    pharmacy_keys = keys(pharmacy)
    Arrival.objects.filter(pk=arrival.pk).update(
        owner=None, package_id=pharmacy_keys["package_id"], patient_id=pharmacy.patient.pk
    )
    there = f"/intake/{arrival.pk}/"
    page = tess.get(there).content.decode()
    assert "Ask now" in page
    assert "every 2s" not in page
    shown = tess.post(f"{there}look-up/ask", pharmacy_keys).content.decode()
    assert "no answer yet" in shown
    assert 'hx-trigger="every 2s"' in shown
    assert 'hx-target="this"' in shown  # the form around it would be swapped away
    assert "Ask now" not in shown
    again = tess.get(f"{there}look-up", pharmacy_keys).content.decode()
    assert "no answer yet" in again
    answered(pharmacy, LookUp.objects.get())
    last = tess.get(f"{there}look-up", pharmacy_keys).content.decode()
    assert "1 fill" in last
    assert "Bluestem Drug" in last
    assert "every 2s" not in last


@pytest.mark.parametrize(
    ("result", "said", "shown"),
    [
        ("none", {}, "Nothing known"),
        ("candidates", {"candidates": [{"id": "1", "says": "x"}]}, "1 are of that name"),
        ("maybe", {}, "cannot be read"),
    ],
)
def test_each_answer_has_its_words(pharmacy, arrival, result, said, shown):
    answered(pharmacy, asked(pharmacy, arrival), result, **said)
    tess = signed_in(pharmacy.people[Role.CERTIFIED])
    page = tess.get(f"/intake/{arrival.pk}/look-up", keys(pharmacy)).content.decode()
    assert shown in page
    assert "Ask again" in page
