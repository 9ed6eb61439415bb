"""Who holds an arrival and what may be done with it: taken, laid by, called off, entered."""

import json
from datetime import timedelta

import pytest

from apothecary.config.tests.world import NOON
from apothecary.intake.actions.by_hand import ByHand, receive_by_hand
from apothecary.intake.actions.entry import (
    cancel_arrival,
    finish_entry,
    save_draft,
    set_aside,
    take,
)
from apothecary.intake.actions.newcomers import add_sent_patient, add_sent_prescriber
from apothecary.intake.forms import read_picture
from apothecary.intake.models import Arrival, ArrivalState, Image, Source, Sure
from apothecary.intake.tests.messages import Rx
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.patients.models import Patient
from apothecary.prescriptions.models import Prescriber, Prescription
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed

PNG = b"\x89PNG\r\n\x1a\n" + b"rest of a picture"
CALL = ByHand(source=Source.PHONE, caller=" Lee ", read_back=True, said=" lisinopril 10 qd ")


def lines(world, arrival):
    return history(pharmacy_id=world.pharmacy.pk, about=[("arrival", arrival.pk)])


def last(world, arrival):
    """The newest line about it: what was done, by whom, and its details."""
    newest = lines(world, arrival)[-1]
    return newest.deed, newest.details


def row(arrival):
    """Everything the table says of it."""
    return Arrival.objects.filter(pk=arrival.pk).values().get()


def acts(form):
    """Every verb on an arrival, as (name, call)."""
    return {
        "take": lambda by, pk: take(by=by, arrival_id=pk),
        "take over": lambda by, pk: take(by=by, arrival_id=pk, over=True),
        "draft": lambda by, pk: save_draft(by=by, arrival_id=pk, typed=form),
        "set aside": lambda by, pk: set_aside(by=by, arrival_id=pk, because="ask"),
        "cancel": lambda by, pk: cancel_arrival(by=by, arrival_id=pk, because="twice"),
        "finish": lambda by, pk: finish_entry(by=by, arrival_id=pk, typed=form),
    }


VERBS = tuple(acts({}))


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("done", ["finish", "cancel"])
def test_what_is_done_with_is_nobodys_to_change_and_nothing_changed(
    pharmacy, arrive, form, verb, done
):
    arrival = arrive(Rx())
    acts(form)[done](pharmacy.technician, arrival.pk)
    before, said = row(arrival), len(lines(pharmacy, arrival))
    with pytest.raises(Refused, match="already: somebody was faster"):
        acts(form | {"quantity": "45"})[verb](pharmacy.pharmacist, arrival.pk)
    assert row(arrival) == before
    assert len(lines(pharmacy, arrival)) == said


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "take over"])
def test_what_is_in_anothers_hands_is_left_there_and_nothing_changed(
    pharmacy, arrive, form, verb
):
    arrival = arrive(Rx())
    take(by=pharmacy.technician, arrival_id=arrival.pk)
    before, said = row(arrival), len(lines(pharmacy, arrival))
    with pytest.raises(Refused, match="Somebody else has taken it"):
        acts(form)[verb](pharmacy.pharmacist, arrival.pk)
    assert row(arrival) == before
    assert len(lines(pharmacy, arrival)) == said
    assert not Prescription.objects.exists()


@pytest.mark.parametrize("verb", VERBS)
def test_another_pharmacys_arrival_is_not_there_for_us(pharmacy, arrive, form, verb):
    arrival = arrive(Rx())
    with pytest.raises(Refused, match="No such arrival"):
        acts(form)[verb](pharmacy.stranger, arrival.pk)


def test_a_trainee_may_enter_but_call_nothing_off(pharmacy, arrive):
    arrival = arrive(Rx())
    with pytest.raises(NotAllowed):
        cancel_arrival(by=pharmacy.trainee, arrival_id=arrival.pk, because="sent twice")
    assert row(arrival)["state"] == ArrivalState.ARRIVED


def test_taking_is_written_down_with_whom_it_was_taken_from(pharmacy, arrive):
    arrival = arrive(Rx())
    taken = take(by=pharmacy.technician, arrival_id=arrival.pk)
    assert taken.owner_id == row(arrival)["owner_id"] == pharmacy.technician.person_id
    assert last(pharmacy, arrival) == (Deed.ARRIVAL_TAKEN, {"from": None})
    take(by=pharmacy.pharmacist, arrival_id=arrival.pk, over=True)
    assert last(pharmacy, arrival) == (
        Deed.ARRIVAL_TAKEN,
        {"from": pharmacy.technician.person_id},
    )
    assert row(arrival)["owner_id"] == pharmacy.pharmacist.person_id


def test_laid_aside_it_is_nobodys_and_taken_up_it_has_no_reason_any_more(pharmacy, arrive):
    arrival = arrive(Rx())
    take(by=pharmacy.technician, arrival_id=arrival.pk)
    set_aside(by=pharmacy.technician, arrival_id=arrival.pk, because=" ask the doctor ")
    now = row(arrival)
    assert (now["state"], now["because"], now["owner_id"]) == (
        ArrivalState.SET_ASIDE,
        "ask the doctor",
        None,
    )
    deed, details = last(pharmacy, arrival)
    assert (deed, details["because"].strip()) == (Deed.ARRIVAL_SET_ASIDE, "ask the doctor")
    take(by=pharmacy.technician, arrival_id=arrival.pk)
    now = row(arrival)
    assert (now["state"], now["because"]) == (ArrivalState.ARRIVED, "")
    assert now["owner_id"] == pharmacy.technician.person_id


def test_taking_up_ones_own_that_was_laid_aside_by_message_is_written_down(pharmacy, arrive):
    arrival = arrive(Rx())
    Arrival.objects.filter(pk=arrival.pk).update(
        state=ArrivalState.SET_ASIDE, because="ask", owner=pharmacy.technician.person_id
    )
    take(by=pharmacy.technician, arrival_id=arrival.pk)
    assert row(arrival)["state"] == ArrivalState.ARRIVED
    assert last(pharmacy, arrival)[0] == Deed.ARRIVAL_TAKEN


def test_what_is_called_off_keeps_message_and_values_and_says_why(pharmacy, arrive):
    arrival = arrive(Rx())
    before = row(arrival)
    cancel_arrival(by=pharmacy.technician, arrival_id=arrival.pk, because=" sent twice ")
    now = row(arrival)
    assert {name for name in now if now[name] != before[name]} == {"state", "because"}
    assert (now["state"], now["because"]) == (ArrivalState.CANCELLED, "sent twice")
    assert last(pharmacy, arrival)[0] == Deed.ARRIVAL_CANCELLED


def test_a_choice_is_written_down_before_and_after_once(pharmacy, arrive, form):
    arrival = arrive(Rx(last_name="Dough", npi="1679576722"))
    assert (arrival.patient_id, arrival.prescriber_id) == (None, None)
    save_draft(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    deed, details = last(pharmacy, arrival)
    assert deed == Deed.ARRIVAL_MATCHED
    assert details["changed"] == {
        "patient_id": [None, pharmacy.patient.pk],
        "prescriber_id": [None, pharmacy.prescriber.pk],
    }
    now = row(arrival)
    assert (now["prescriber_sure"], now["question"]) == (Sure.EXACT, "")


def test_a_question_stays_while_one_of_the_three_is_open(pharmacy, arrive, form):
    arrival = arrive(Rx(last_name="Dough", npi="1679576722"))
    typed = form | {"prescriber_id": ""}
    save_draft(by=pharmacy.technician, arrival_id=arrival.pk, typed=typed)
    assert row(arrival)["question"].startswith("New patient?")
    assert row(arrival)["patient_id"] == pharmacy.patient.pk


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "²"])
def test_what_is_no_number_of_a_row_chooses_nobody(pharmacy, arrive, text):
    arrival = arrive(Rx())
    save_draft(by=pharmacy.technician, arrival_id=arrival.pk, typed={"patient_id": text})
    assert row(arrival)["patient_id"] == pharmacy.patient.pk
    assert last(pharmacy, arrival)[0] == Deed.MESSAGE_RECEIVED


def test_entered_it_carries_nothing_that_was_only_for_the_desk(pharmacy, arrive, form):
    arrival = arrive(Rx(last_name="Dough", to="7654321"))
    save_draft(by=pharmacy.technician, arrival_id=arrival.pk, typed=form | {"patient_id": ""})
    fill = finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    now = row(arrival)
    assert (now["question"], now["draft"], now["because"]) == ("", "", "")
    assert now["prescription_id"] == fill.prescription_id
    # What was odd about the message goes on with the fill.
    assert "addressed to 7654321" in fill.because


def test_the_prescribers_own_words_are_kept_beside_what_was_typed(pharmacy, arrive, form):
    arrival = arrive(Rx(directions="1 tab po qd"))
    rx = finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form).prescription
    assert rx.directions_as_written == "1 tab po qd"
    walk_in = receive_by_hand(by=pharmacy.technician, given=ByHand(source=Source.WALK_IN))
    rx = finish_entry(by=pharmacy.technician, arrival_id=walk_in.pk, typed=form).prescription
    assert rx.directions_as_written == form["directions"]


@pytest.mark.parametrize(
    "shown", ["{last}, {first} · {npi}", " {last}, {first} · {npi} ", "", "  "]
)
def test_the_prescriber_and_product_that_stand_in_the_form_are_those_chosen(
    pharmacy, arrive, form, shown
):
    arrival = arrive(Rx())
    of, package = pharmacy.prescriber, pharmacy.drugs["lisinopril"]
    name = {"last": of.last_name.upper(), "first": of.first_name.upper(), "npi": of.npi}
    drug = package.product
    label = f"{drug.brand or drug.name} {drug.strength} {drug.form} · {drug.labeler}"
    typed = form | {
        "prescriber": shown.format(**name),
        "package": f"{label} · NDC {package.ndc}",
    }
    finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=typed)
    rx = Prescription.objects.get()
    assert (rx.prescriber, rx.package) == (of, package)


@pytest.mark.parametrize(
    ("drug", "signed", "origin", "refused"),
    [
        ("lisinopril", False, "3", []),
        ("alprazolam", True, "3", ["epcs-not-audited", "epcs-no-record"]),
        ("alprazolam", False, "3", ["rx-no-signature", "epcs-not-audited", "epcs-no-record"]),
        ("alprazolam", False, "1", ["epcs-not-audited", "epcs-no-record", "epcs-origin"]),
    ],
)
def test_a_controlled_drug_by_message_needs_its_signature_and_a_house_that_may_receive_it(
    pharmacy, arrive, form, drug, signed, origin, refused
):
    arrival = arrive(Rx(signed=signed))
    typed = form | {"package_id": str(pharmacy.drugs[drug].pk), "origin": origin}
    if refused:
        with pytest.raises(Refused) as refusal:
            finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=typed)
        assert [one.code for one in refusal.value.problems] == refused
    else:
        finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=typed)
    assert Prescription.objects.exists() is not bool(refused)


@pytest.mark.parametrize(("drug", "refused"), [("alprazolam", True), ("lisinopril", False)])
def test_a_controlled_prescription_called_a_call_at_entry_was_taken_by_nobody_who_may(
    pharmacy, form, drug, refused
):
    arrival = receive_by_hand(by=pharmacy.technician, given=ByHand(source=Source.WALK_IN))
    typed = form | {"package_id": str(pharmacy.drugs[drug].pk), "origin": "2"}
    if refused:
        with pytest.raises(Refused, match="took the call: not allowed") as refusal:
            finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=typed)
        assert [problem.field for problem in refusal.value.problems] == ["origin"]
    else:
        finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=typed)


def test_a_call_taken_by_who_may_not_stays_so_whatever_origin_is_typed(pharmacy, form):
    arrival = receive_by_hand(by=pharmacy.workers[Role.INTERN], given=CALL)
    typed = form | {"package_id": str(pharmacy.drugs["alprazolam"].pk), "origin": "1"}
    with pytest.raises(Refused, match="took the call: not allowed"):
        finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=typed)


def test_every_row_that_is_not_here_is_named_at_once(pharmacy, arrive, form):
    arrival = arrive(Rx())
    nobody = dict.fromkeys(("patient_id", "prescriber_id", "package_id"), "999999")
    with pytest.raises(Refused) as refusal:
        finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form | nobody)
    assert [problem.field for problem in refusal.value.problems] == list(nobody)


def test_a_call_is_kept_as_it_was_said_and_who_took_it_is_written_down(pharmacy):
    arrival = receive_by_hand(by=pharmacy.pharmacist, given=CALL)
    now = row(arrival)
    assert (now["caller"], json.loads(now["sent"])) == ("Lee", {"said": "lisinopril 10 qd"})
    assert (now["read_back"], now["may_take_controlled"]) == (True, True)
    assert now["taken_by_name"] == pharmacy.pharmacist.name
    assert now["promised_at"] - now["arrived_at"] == timedelta(minutes=60)
    assert (now["arrived_at"], now["waiter"], now["image_id"]) == (NOON, False, None)
    said = {"source": "phone", "caller": "Lee", "read_back": True}
    assert last(pharmacy, arrival) == (Deed.MESSAGE_RECEIVED, said)


def test_paper_is_taken_in_by_whoever_may_receive_and_by_nobody_else(pharmacy):
    given = ByHand(source=Source.PAPER, picture=read_picture(PNG))
    arrival = receive_by_hand(by=pharmacy.technician, given=given)
    assert last(pharmacy, arrival)[1]["read_back"] is False
    assert row(arrival)["may_take_controlled"] is False
    # The state this world stands in has no rule that lets a clerk receive.
    with pytest.raises(NotAllowed):
        receive_by_hand(by=pharmacy.clerk, given=given)
    assert Arrival.objects.count() == Image.objects.count() == 1
    assert (Image.objects.get().added_by, Image.objects.get().added_at) == (
        pharmacy.technician.person_id,
        NOON,
    )


def test_a_patient_of_another_pharmacy_cannot_stand_at_our_counter(pharmacy):
    given = ByHand(source=Source.WALK_IN, patient_id=pharmacy.patient.pk)
    with pytest.raises(Refused, match="No such patient here") as refusal:
        receive_by_hand(by=pharmacy.stranger, given=given)
    assert [problem.field for problem in refusal.value.problems] == ["patient_id"]
    assert not Arrival.objects.exists()
    arrival = receive_by_hand(by=pharmacy.technician, given=given)
    assert (arrival.patient_sure, arrival.patient_why) == (Sure.EXACT, "Chosen by hand.")


def test_all_that_a_call_lacks_is_said_at_once_and_nothing_is_kept(pharmacy):
    with pytest.raises(Refused) as refusal:
        receive_by_hand(by=pharmacy.pharmacist, given=ByHand(source=Source.PHONE, said=" "))
    fields = [problem.field for problem in refusal.value.problems]
    assert fields == ["caller", "said", "read_back"]
    assert not Arrival.objects.exists()


def test_a_new_patient_is_written_down_and_chosen_with_the_way_of_paying_open(pharmacy, arrive):
    arrival = arrive(Rx(last_name="Novak", first_name="Petra"))
    typed = {
        *(("new_last_name", "Novak"), ("new_first_name", "Petra"), ("new_sex", "F")),
        *(("new_born_on", "03/04/1991"), ("new_phone", "5125550177")),
    }
    chosen = add_sent_patient(by=pharmacy.technician, arrival=arrival, typed=dict(typed))
    assert (chosen["patient_source"], chosen["pay"]) == ("accepted", "")
    patient = Patient.objects.get(pk=chosen["patient_id"])
    about = [("patient", patient.pk)]
    assert history(pharmacy_id=pharmacy.pharmacy.pk, about=about)


def test_a_new_prescriber_is_written_down_and_chosen(pharmacy):
    typed = {"new_last_name": "Osei", "new_first_name": "Amara", "new_npi": "1679576722"}
    chosen = add_sent_prescriber(by=pharmacy.technician, typed=typed)
    assert chosen["prescriber_source"] == "accepted"
    row_id = int(chosen["prescriber_id"])
    assert Prescriber.objects.get(pk=row_id).npi == "1679576722"
    assert history(pharmacy_id=pharmacy.pharmacy.pk, about=[("prescriber", row_id)])
    with pytest.raises(Refused):
        add_sent_prescriber(by=pharmacy.technician, typed=typed)
    assert Prescriber.objects.filter(npi="1679576722").count() == 1
