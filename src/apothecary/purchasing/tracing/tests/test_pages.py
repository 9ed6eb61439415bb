"""The screens of tracing: what is held, and every state of a case."""

from datetime import timedelta

import pytest

from apothecary.purchasing.states import Condition
from apothecary.purchasing.tracing import queries
from apothecary.purchasing.tracing.cases.deciding import add_note, call_illegitimate, clear
from apothecary.purchasing.tracing.cases.models import SuspectCase
from apothecary.purchasing.tracing.cases.telling import Said, told_fda, told_partner, write_form
from apothecary.purchasing.tracing.models import DispenserSize
from apothecary.purchasing.tracing.size import say_size
from apothecary.purchasing.tracing.states import FormKind, Grounds
from apothecary.purchasing.tracing.tests.cases import (
    Talking,
    asks,
    at_the_door,
    identifier,
    shelved,
    told,
)
from apothecary.purchasing.tracing.tests.desk import HOME, Desk
from apothecary.purchasing.tracing.tests.seller import GTIN
from apothecary.purchasing.tracing.verifying.asking import ask
from apothecary.staff.duties import Role

EVENT = Said(event="no such serial", why_over="destroyed")


@pytest.fixture
def desk(yard) -> Desk:
    return Desk(yard)


@pytest.fixture
def case(yard) -> SuspectCase:
    return at_the_door(yard)


# The board


def test_an_empty_board_says_what_would_stand_there(desk):
    shown = desk.sees(HOME)
    assert "No product is suspect" in shown
    assert "Nothing waits in quarantine" in shown
    assert "The owner is small" in shown


def test_what_is_held_stands_there_with_the_next_step(yard, desk, case):
    shown = desk.sees(HOME)
    assert f"/purchasing/tracing/case/{case.pk}/" in shown
    assert "Verify packages and write down" in shown
    assert "It is looked into" in shown


def test_a_package_that_waits_names_whom_to_ask_and_a_pharmacist_may_let_it_in(yard, desk):
    say_size(by=yard.world.workers[Role.IN_CHARGE], size="larger", evidence="payroll")
    receipt = yard.begun(yard.sent(lisinopril=1))
    row = yard.takes_in(receipt, yard.came(serial="S9"), condition=Condition.NO_INFORMATION)
    assert "Ask Plains Drug for its document" in desk.sees(HOME)
    assert "Let it in" not in Desk(yard, Role.TECHNICIAN).sees(HOME)
    there = f"{HOME}came/{row.pk}/waive"
    desk.posts(there, exemption="fluid", because="saline")
    row.refresh_from_db()
    assert row.condition == "good"
    desk.posts(there, 409, exemption="fluid", because="again")


def test_the_clock_of_illegitimate_product_stands_first_and_goes_below_zero(yard, case):
    told(yard, "S2", instance="D2")
    rph = yard.world.pharmacist
    call_illegitimate(by=rph, case_id=case.pk, grounds=Grounds.STOLEN, because="stolen")
    of = rph.pharmacy_id
    (clock,) = queries.open_cases(pharmacy_id=of, at=rph.at + timedelta(hours=1))
    assert (clock.hours, clock.tone) == (23, "stop")
    (late,) = queries.open_cases(pharmacy_id=of, at=rph.at + timedelta(hours=30))
    assert late.hours == -6
    assert "Tell the FDA" in late.says


def test_the_size_of_the_owner_is_said_by_the_pharmacist_in_charge(yard, desk):
    assert "Say so" not in desk.sees(HOME)
    charge = Desk(yard, Role.IN_CHARGE)
    assert "Say so" in charge.sees(HOME)
    charge.posts(f"{HOME}size", size="larger", evidence="28 full-time")
    assert "The owner is larger" in charge.sees(HOME)
    charge.posts(f"{HOME}size", 409, size="larger", evidence="")
    desk.posts(f"{HOME}size", 403, size="small", evidence="x")
    assert DispenserSize.objects.filter(pharmacy=yard.world.pharmacy).count() == 2


# A case in each of its states


def test_a_case_is_walked_from_held_to_the_end_by_its_page(yard, desk, case):
    there = f"{HOME}case/{case.pk}/"
    shown = desk.sees(there)
    for act in ("Verify a sample", "Clear it", "Determine it"):
        assert act in shown
    desk.posts(f"{there}note", says="called Kim")
    desk.posts(f"{there}sample")
    assert "called Kim" in desk.sees(there)
    assert "no answer yet" in desk.sees(there)
    desk.posts(f"{there}illegitimate", grounds="stolen", because="not theirs")
    shown = desk.sees(there)
    assert "hours are left" in shown
    assert "not told yet" in shown
    desk.posts(f"{there}form", kind="initial notification", event="not theirs")
    case.refresh_from_db()
    form, letter = case.forms.get(), case.notices.get()
    desk.posts(f"{HOME}form/{form.pk}/told", how="portal", incident="I-7")
    desk.posts(f"{HOME}partner/{letter.pk}/told", how="Kim")
    assert "Disposed of" in desk.sees(there)
    desk.posts(f"{there}disposed", 409, sample="1 bottle", sample_units="0")
    desk.posts(f"{there}disposed", sample="1 bottle", sample_units="100")
    desk.posts(f"{there}form", kind="request for termination", event="x", why_over="gone")
    last = case.forms.get(kind="request for termination")
    desk.posts(f"{HOME}form/{last.pk}/told", how="portal")
    desk.posts(f"{there}end", because="agreed")
    shown = desk.sees(there)
    assert "terminated" in shown
    assert "Write it" not in shown
    assert "Closed cases" in desk.sees(HOME)


def test_a_cleared_case_has_nothing_left_to_do(yard, desk, case):
    there = f"{HOME}case/{case.pk}/"
    desk.posts(f"{there}clear", 409, because="fine")
    desk.posts(f"{there}note", says="Kim: their document was wrong")
    desk.posts(f"{there}clear", because="document corrected")
    shown = desk.sees(there)
    assert "nothing is left to do" in shown
    assert "Clear it" not in shown


def test_a_technician_looks_into_it_and_is_told_who_decides(yard, case):
    shown = Desk(yard, Role.TECHNICIAN).sees(f"{HOME}case/{case.pk}/")
    assert "A pharmacist decides" in shown
    assert "Clear it" not in shown


def test_what_stands_on_the_shelf_is_carried_in_by_its_key(yard, desk):
    row = shelved(yard, "S1")[0]
    there = desk.posts(f"{HOME}hold", lot=row.lot_id, says="the seal")
    assert "Carry it into quarantine" in desk.sees(there)
    desk.posts(f"{there}carry", key="k1")
    assert "Carry it into quarantine" not in desk.sees(there)
    desk.posts(f"{there}carry", 409)


@pytest.mark.parametrize(
    "typed", [{}, {"lot": "1", "received": "1"}, {"lot": "x"}, {"source": "moon", "lot": "1"}]
)
def test_a_hold_that_names_nothing_or_two_things_is_refused(desk, typed):
    desk.posts(f"{HOME}hold", 409, says="seal", **typed)


def test_a_notice_is_typed_in_and_acted_on(yard, desk):
    shelved(yard, "S1")
    ndc = yard.world.drugs["lisinopril"].ndc
    there = desk.posts(
        f"{HOME}notice",
        source="notice of the FDA",
        ndc=ndc,
        lots="L7, Z1",
        says="counterfeit",
        reference="N-1",
    )
    shown = desk.sees(there)
    assert "the whole lot" in shown
    assert "nothing of it here" in shown


def test_a_question_is_asked_by_scan_or_by_hand_and_its_answer_shown_raw(yard, desk):
    told(yard, "S1")
    code = f"]d201{GTIN}17280630{'10L7'}\x1d21S1"
    there = desk.posts(f"{HOME}verify", code=code)
    assert "nothing is known" in desk.sees(there)
    asks(yard, Talking(200, b"no json"))
    shown = desk.sees(there)
    assert "no json" in shown
    assert "Ask again" in shown
    again = desk.posts(
        f"{HOME}verify", gtin=GTIN, serial="S1", lot="L7", expires_on="2028-06-30"
    )
    assert again != there
    desk.posts(f"{HOME}verify", 409, gtin=GTIN, serial="S1", lot="L7")


def test_an_answer_that_is_late_says_so_on_the_board(yard, desk):
    told(yard, "S1")
    row = ask(by=yard.by, asked=identifier())
    row.due_at = yard.by.at - timedelta(days=400)
    row.save()
    assert "late" in desk.sees(HOME)
    assert "The answer is late" in desk.sees(f"{HOME}verify/{row.pk}/")


def test_each_page_asks_a_fixed_number_of_questions(yard, case, django_assert_max_num_queries):
    by = yard.world.pharmacist
    with django_assert_max_num_queries(8):
        queries.case_page(pharmacy_id=by.pharmacy_id, case_id=case.pk, at=by.at)
    with django_assert_max_num_queries(2):
        queries.held_packages(pharmacy_id=by.pharmacy_id)
    with django_assert_max_num_queries(1):
        queries.open_cases(pharmacy_id=by.pharmacy_id, at=by.at)


def test_the_other_pharmacy_has_no_page_of_ours(yard, case):
    add_note(by=yard.by, case_id=case.pk, says="called Kim")
    of = yard.world.other.pk
    assert queries.case_page(pharmacy_id=of, case_id=case.pk, at=yard.by.at) is None
    assert queries.held_packages(pharmacy_id=of) == []
    assert queries.closed_cases(pharmacy_id=of) == []
    clear(by=yard.world.pharmacist, case_id=case.pk, because="genuine")
    assert len(queries.closed_cases(pharmacy_id=yard.world.pharmacy.pk)) == 1


def test_papers_told_late_still_close_the_case(yard, case):
    rph = yard.world.pharmacist
    call_illegitimate(by=rph, case_id=case.pk, grounds=Grounds.STOLEN, because="stolen")
    row = write_form(by=rph, case_id=case.pk, kind=FormKind.INITIAL, said=EVENT)
    told_fda(by=rph, form_id=row.pk, how="portal")
    done = told_partner(by=yard.by, notice_id=case.notices.get().pk, how="Kim")
    assert queries.hours_of(done, at=rph.at + timedelta(days=2)) is None
