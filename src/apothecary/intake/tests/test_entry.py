"""From what came in to a fill in screening: taken by one, typed once, refused whole."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from apothecary.config.tests.world import make_patient
from apothecary.intake.actions.by_hand import ByHand, receive_by_hand
from apothecary.intake.actions.entry import (
    cancel_arrival,
    finish_entry,
    save_draft,
    set_aside,
    take,
)
from apothecary.intake.models import Arrival, ArrivalState, Source, Sure
from apothecary.intake.page import fill_values
from apothecary.intake.tests.messages import Rx
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed


def deeds(world, arrival):
    lines = history(pharmacy_id=world.pharmacy.pk, about=[("arrival", arrival.pk)])
    return [line.deed for line in lines]


def brought(world):
    """A prescription on paper that somebody brings to the counter."""
    return receive_by_hand(by=world.technician, given=ByHand(source=Source.WALK_IN))


def state(arrival):
    return Arrival.objects.get(pk=arrival.pk).state


def test_a_finished_entry_is_a_prescription_whose_fill_is_being_screened(
    pharmacy, arrive, form
):
    arrival = arrive(Rx())
    fill = finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    assert (fill.state, fill.because) == (FillState.SCREENING, "")
    rx = fill.prescription
    assert (rx.quantity, rx.days_supply, rx.refills) == (30, 30, 2)
    assert rx.directions == "Take 1 tablet by mouth once daily."
    assert rx.drug_as_written == "lisinopril 10 MG Oral Tablet"
    arrival.refresh_from_db()
    assert (arrival.state, arrival.prescription) == (ArrivalState.ENTERED, rx)


def test_sig_codes_become_plain_english_and_spanish_on_the_label(pharmacy, arrive, form):
    form |= {"directions": "1 tab po bid", "days_supply": "15"}
    arrival = arrive(Rx(directions="1 tab po bid"))
    fill = finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    rx = fill.prescription
    assert rx.directions == "Take 1 tablet by mouth twice daily."
    assert rx.directions_spanish.startswith("Tome 1 tableta")
    assert rx.directions_as_written == "1 tab po bid"


def test_directions_that_leave_a_question_stay_as_typed_and_the_pharmacist_is_told(
    pharmacy, arrive, form
):
    form |= {"directions": "1 tab po zz", "directions_source": "guessed"}
    arrival = arrive(Rx())
    fill = finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    assert fill.prescription.directions == "1 tab po zz"
    assert "zz" in fill.because


def test_a_question_that_a_person_accepted_is_no_question_any_more(pharmacy, arrive, form):
    arrival = arrive(Rx(days="25"))
    form |= {"days_supply": "25", "days_supply_source": "accepted"}
    fill = finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    assert (fill.because, fill.days_supply) == ("", 25)


def test_a_question_nobody_answered_goes_with_it_to_the_pharmacist(pharmacy, arrive, form):
    arrival = arrive(Rx(days="25"))
    form |= {"days_supply": "25", "days_supply_source": "guessed"}
    fill = finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    assert "come to 30" in fill.because


def test_a_product_that_is_only_likely_asks_until_it_is_accepted(pharmacy, arrive, form):
    pharmacy.receive("lisinopril-brand", "90")
    arrival = arrive(Rx())
    form |= {"package_id": str(arrival.package_id), "package_source": "guessed"}
    fill = finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    assert "not on hand" in fill.because


def test_entering_the_same_arrival_twice_makes_one_prescription(pharmacy, arrive, form):
    arrival = arrive(Rx())
    finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    with pytest.raises(Refused, match="somebody was faster"):
        finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    assert Prescription.objects.count() == Fill.objects.count() == 1


def test_what_somebody_has_taken_nobody_else_enters_until_it_is_taken_over(
    pharmacy, arrive, form
):
    arrival = arrive(Rx())
    take(by=pharmacy.technician, arrival_id=arrival.pk)
    for act in (
        lambda: finish_entry(by=pharmacy.trainee, arrival_id=arrival.pk, typed=form),
        lambda: take(by=pharmacy.trainee, arrival_id=arrival.pk),
        lambda: save_draft(by=pharmacy.trainee, arrival_id=arrival.pk, typed=form),
    ):
        with pytest.raises(Refused, match="take it over"):
            act()
    take(by=pharmacy.trainee, arrival_id=arrival.pk, over=True)
    finish_entry(by=pharmacy.trainee, arrival_id=arrival.pk, typed=form)
    assert deeds(pharmacy, arrival).count(Deed.ARRIVAL_TAKEN) == 2


def test_taking_it_twice_is_taking_it_once(pharmacy, arrive):
    arrival = arrive(Rx())
    take(by=pharmacy.technician, arrival_id=arrival.pk)
    take(by=pharmacy.technician, arrival_id=arrival.pk)
    assert deeds(pharmacy, arrival) == [Deed.MESSAGE_RECEIVED, Deed.ARRIVAL_TAKEN]


def test_a_clerk_may_neither_take_nor_enter_nor_set_aside(pharmacy, arrive, form):
    arrival = arrive(Rx())
    for act in (
        lambda: take(by=pharmacy.clerk, arrival_id=arrival.pk),
        lambda: finish_entry(by=pharmacy.clerk, arrival_id=arrival.pk, typed=form),
        lambda: set_aside(by=pharmacy.clerk, arrival_id=arrival.pk, because="?"),
        lambda: cancel_arrival(by=pharmacy.clerk, arrival_id=arrival.pk, because="?"),
        lambda: save_draft(by=pharmacy.clerk, arrival_id=arrival.pk, typed=form),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert state(arrival) == ArrivalState.ARRIVED
    assert not Prescription.objects.exists()


def test_every_reason_of_the_law_is_given_and_nothing_changed(pharmacy, form):
    form |= {
        "package_id": str(pharmacy.drugs["oxycodone"].pk),
        "refills": "3",
        "written_on": "2024-01-02",
        "origin": "1",
    }
    arrival = brought(pharmacy)
    with pytest.raises(Refused) as refusal:
        finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    assert "1306.12(a)" in " ".join(p.cite for p in refusal.value.problems)
    assert len(refusal.value.problems) >= 2
    assert state(arrival) == ArrivalState.ARRIVED
    assert not Prescription.objects.exists()


@pytest.mark.parametrize("signed", [True, False])
def test_an_electronic_controlled_prescription_is_not_entered_as_the_house_ships(
    pharmacy, arrive, form, signed
):
    form |= {"package_id": str(pharmacy.drugs["alprazolam"].pk)}
    arrival = arrive(Rx(signed=signed))
    with pytest.raises(Refused, match="disabled") as refusal:
        finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    codes = [problem.code for problem in refusal.value.problems]
    assert "epcs-not-audited" in codes
    assert ("rx-no-signature" in codes) is not signed
    assert all(problem.cite for problem in refusal.value.problems)
    assert state(arrival) == ArrivalState.ARRIVED
    assert not Prescription.objects.exists()


@pytest.mark.parametrize("origin", ["1", "2", "4"])
def test_what_came_electronically_is_not_entered_as_paper_telephone_or_fax(
    pharmacy, arrive, form, origin
):
    form |= {"package_id": str(pharmacy.drugs["alprazolam"].pk), "origin": origin}
    arrival = arrive(Rx(signed=True, schedule="C48677"))
    with pytest.raises(Refused) as refusal:
        finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    assert {"epcs-not-audited", "epcs-origin"} <= {p.code for p in refusal.value.problems}
    assert not Prescription.objects.exists()


def test_what_somebody_brings_is_not_called_electronic(pharmacy, form):
    form |= {"package_id": str(pharmacy.drugs["alprazolam"].pk), "origin": "3"}
    with pytest.raises(Refused) as refusal:
        finish_entry(by=pharmacy.technician, arrival_id=brought(pharmacy).pk, typed=form)
    assert "epcs-no-record" in {problem.code for problem in refusal.value.problems}


def test_the_entry_of_a_held_prescription_says_why_and_what_to_do(arrive):
    held = arrive(Rx(signed=True, schedule="C48677"))
    assert "No third party has audited" in held.unsure_list[0]
    assert "signed paper prescription" in held.unsure_list[0]
    plain = arrive(Rx(message_id="MSG0002"))
    assert not [says for says in plain.unsure_list if "audited" in says]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"patient_id": ""}, "patient_id"),
        ({"patient_id": "999999"}, "patient_id"),
        ({"package_id": "x"}, "package_id"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "-5"}, "quantity"),
        ({"quantity": "30.5"}, "quantity"),
        ({"days_supply": "0"}, "days_supply"),
        ({"written_on": "12/01/2026"}, "written_on"),
        ({"written_on": ""}, "written_on"),
        ({"directions": " "}, "directions"),
        ({"daw": ""}, "daw"),
        ({"origin": "9"}, "origin"),
    ],
)
def test_a_field_that_cannot_be_is_refused_by_name(pharmacy, arrive, form, change, field):
    arrival = arrive(Rx())
    with pytest.raises(Refused) as refusal:
        finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form | change)
    assert field in {problem.field for problem in refusal.value.problems}
    assert not Prescription.objects.exists()


def test_a_patient_of_the_other_pharmacy_cannot_be_chosen(pharmacy, arrive, form):
    arrival = arrive(Rx())
    stand_in(pharmacy.other.pk)
    theirs = make_patient(pharmacy.other, "Else", "Ann", pharmacy.patient.birth_date)
    stand_in(pharmacy.pharmacy.pk)
    form |= {"patient_id": str(theirs.pk)}
    with pytest.raises(Refused, match="No such patient"):
        finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    with pytest.raises(Refused, match="No such patient"):
        save_draft(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)


@pytest.mark.parametrize("shown", ["DOE, JANE 02/29/1980", ""])
def test_what_stands_in_the_patient_field_is_the_patient_that_was_chosen(
    pharmacy, arrive, form, shown
):
    arrival = arrive(Rx())
    typed = form | {"patient": shown}
    finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=typed)
    assert Prescription.objects.get().patient == pharmacy.patient


@pytest.mark.parametrize("field", ["patient", "prescriber", "package"])
def test_a_name_typed_over_a_choice_is_no_choice(pharmacy, arrive, form, field):
    arrival = arrive(Rx())
    typed = form | {field: "smi", f"{field}_source": "typed"}
    with pytest.raises(Refused, match="choose") as refusal:
        finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=typed)
    assert [problem.field for problem in refusal.value.problems] == [f"{field}_id"]
    assert not Prescription.objects.exists()


def test_a_stranger_finds_no_arrival_of_ours(pharmacy, arrive, form):
    arrival = arrive(Rx())
    with pytest.raises(Refused, match="No such arrival"):
        finish_entry(by=pharmacy.stranger, arrival_id=arrival.pk, typed=form)


def test_a_waiter_and_a_promise_go_with_the_fill(pharmacy, arrive, form):
    form |= {"waiter": "yes", "promised": "11/23/2026 13:30"}
    arrival = arrive(Rx())
    fill = finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    # The counter's clock: Chicago is six hours behind in November.
    assert fill.promised_at.astimezone(UTC) == datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
    assert fill.waiter


@pytest.mark.parametrize("name", ["patient_id", "prescriber_id", "package_id"])
@pytest.mark.parametrize("said", ["9" * 12, "9" * 13, "9" * 900])
def test_a_draft_cannot_choose_what_no_table_holds(pharmacy, arrive, name, said):
    arrival = arrive(Rx())
    with pytest.raises(Refused) as refusal:
        save_draft(by=pharmacy.technician, arrival_id=arrival.pk, typed={name: said})
    assert [problem.field for problem in refusal.value.problems] == [name]


def test_a_draft_is_there_for_whoever_opens_it_next(pharmacy, arrive, form):
    arrival = arrive(Rx())
    typed = form | {"quantity": "45", "quantity_source": "typed", "csrf": "no field"}
    save_draft(by=pharmacy.technician, arrival_id=arrival.pk, typed=typed)
    arrival.refresh_from_db()
    assert arrival.draft_values["quantity"] == "45"
    assert arrival.draft_values["quantity_source"] == "typed"
    assert "csrf" not in arrival.draft_values


def test_choosing_the_patient_settles_the_question_and_is_written_down(pharmacy, arrive, form):
    arrival = arrive(Rx(last_name="Dough"))
    assert arrival.question
    save_draft(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    arrival.refresh_from_db()
    assert (arrival.patient, arrival.patient_sure, arrival.question) == (
        pharmacy.patient,
        Sure.EXACT,
        "",
    )
    assert Deed.ARRIVAL_MATCHED in deeds(pharmacy, arrival)


def test_keeping_the_same_draft_twice_is_no_second_choice(pharmacy, arrive, form):
    arrival = arrive(Rx())
    for _ in range(2):
        save_draft(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    assert Deed.ARRIVAL_MATCHED not in deeds(pharmacy, arrival)


@pytest.mark.parametrize("act", [set_aside, cancel_arrival])
def test_laying_it_by_needs_a_reason(pharmacy, arrive, act):
    arrival = arrive(Rx())
    with pytest.raises(Refused, match="Say why"):
        act(by=pharmacy.technician, arrival_id=arrival.pk, because="  ")
    act(by=pharmacy.technician, arrival_id=arrival.pk, because="call the prescriber")
    arrival.refresh_from_db()
    assert arrival.because == "call the prescriber"
    assert len(deeds(pharmacy, arrival)) == 2


def test_what_was_set_aside_is_taken_up_again(pharmacy, arrive, form):
    arrival = arrive(Rx())
    set_aside(by=pharmacy.technician, arrival_id=arrival.pk, because="ask about the dose")
    take(by=pharmacy.trainee, arrival_id=arrival.pk)
    assert state(arrival) == ArrivalState.ARRIVED
    finish_entry(by=pharmacy.trainee, arrival_id=arrival.pk, typed=form)


def test_what_is_cancelled_cannot_be_entered(pharmacy, arrive, form):
    arrival = arrive(Rx())
    cancel_arrival(by=pharmacy.technician, arrival_id=arrival.pk, because="sent twice")
    with pytest.raises(Refused, match="cancelled already"):
        finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    assert not Prescription.objects.exists()


def test_every_role_that_may_enter_may_take(pharmacy, arrive):
    arrival = arrive(Rx())
    for role in (Role.TRAINEE, Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN, Role.PHARMACIST):
        taken = take(by=pharmacy.workers[role], arrival_id=arrival.pk, over=True)
        assert taken.owner_id == pharmacy.people[role].pk


def test_directions_typed_by_hand_that_leave_a_question_reach_the_pharmacist(
    pharmacy, arrive, form
):
    arrival = arrive(Rx())
    form |= {"directions": "1 tab po zz", "directions_source": "typed"}
    fill = finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    assert "zz" in fill.because


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"made_as": "office"}, "made_as"),
        ({"made_as": "no such"}, "made_as"),
        ({"fax_case": "no such"}, "fax_case"),
        ({"acute_pain": "no such"}, "acute_pain"),
        ({"condition_code": "AB"}, "condition_code"),
        ({"doubt": "x" * 501}, "doubt"),
        ({"mandate_exception": "x" * 61}, "mandate_exception"),
        ({"origin": "4"}, "original_seen"),
    ],
)
def test_what_the_law_asks_is_refused_by_the_field_it_was_typed_in(
    pharmacy, form, typed, field
):
    arrival = brought(pharmacy)
    form |= {"package_id": str(pharmacy.drugs["oxycodone"].pk), "refills": "0", "origin": "1"}
    form |= typed
    with pytest.raises(Refused) as refusal:
        finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    assert [problem.field for problem in refusal.value.problems] == [field]
    assert not Prescription.objects.exists()


def test_what_the_law_asks_is_kept_with_the_prescription_and_shown_when_it_comes_back(
    pharmacy, form
):
    arrival = brought(pharmacy)
    form |= {"package_id": str(pharmacy.drugs["oxycodone"].pk), "refills": "0", "origin": "4"}
    form |= {"fax_case": "hospice", "condition_code": "b", "doubt": "Looks copied."}
    fill = finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    assert fill.prescription.carried.condition_code == "B"
    shown = fill_values(fill, zone=ZoneInfo("America/Chicago"))
    assert (shown["fax_case"], shown["doubt"]) == ("hospice", "Looks copied.")
    assert (shown["original_seen"], shown["condition_code"]) == ("", "B")
