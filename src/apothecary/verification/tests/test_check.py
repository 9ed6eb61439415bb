"""The pharmacist's check: approved by a pharmacist, or sent back with a reason."""

import pytest

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.screening.actions import Resolution, resolve_finding, screen_waiting
from apothecary.screening.queries import unresolved
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.actions import quarantine_lot
from apothecary.stock.models import Balance, Lot, PlaceKind
from apothecary.stock.queries import book_faults
from apothecary.verification.actions import Signature, approve, send_back
from apothecary.verification.models import Check
from apothecary.verification.queries import check_list, next_to_check
from apothecary.verification.reasons import REASONS


def state_of(fill: Fill) -> str:
    return Fill.objects.get(pk=fill.pk).state


def test_an_approved_fill_is_in_will_call_and_the_pharmacist_answers_for_it(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    assert state_of(fill) == FillState.READY
    bagged = Balance.objects.get(place__kind=PlaceKind.WILL_CALL)
    assert bagged.on_hand == 30
    check = Check.objects.get(fill=fill)
    assert (check.by_id, check.outcome, check.filled_alone) == (
        pharmacy.pharmacist.person_id,
        "approved",
        False,
    )
    last = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("fill", fill.pk)])[-1]
    assert (last.deed, last.by) == (Deed.FILL_APPROVED, pharmacy.pharmacist.name)


def test_the_first_approval_counts_as_the_review_of_the_data(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    rx = Prescription.objects.get(pk=fill.prescription_id)
    assert rx.reviewed_by == pharmacy.pharmacist.person_id
    assert Fill.objects.get(pk=fill.pk).data_reviewed


@pytest.mark.parametrize(
    "role",
    [role for role in Role if role not in {Role.PHARMACIST, Role.IN_CHARGE, Role.SYSTEM}],
)
def test_nobody_but_a_pharmacist_approves_or_sends_back(pharmacy, role):
    fill = pharmacy.stocked(until=FillState.CHECK)
    with pytest.raises(NotAllowed):
        approve(by=pharmacy.workers[role], fill_id=fill.pk)
    with pytest.raises(NotAllowed):
        send_back(by=pharmacy.workers[role], fill_id=fill.pk, reason_code="wrong-count")
    assert state_of(fill) == FillState.CHECK
    assert not Check.objects.exists()


def test_a_pharmacist_signs_with_a_pin_at_the_technicians_station(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    initials = pharmacy.people[Role.PHARMACIST].initials
    approve(by=pharmacy.technician, fill_id=fill.pk, signature=Signature(initials, "4711"))
    assert Check.objects.get().by_id == pharmacy.pharmacist.person_id


def test_a_wrong_pin_or_a_technicians_pin_approves_nothing(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    rph = pharmacy.people[Role.PHARMACIST].initials
    tech = pharmacy.people[Role.TECHNICIAN].initials
    with pytest.raises(Refused, match="do not match"):
        approve(by=pharmacy.technician, fill_id=fill.pk, signature=Signature(rph, "0000"))
    with pytest.raises(NotAllowed):
        approve(by=pharmacy.technician, fill_id=fill.pk, signature=Signature(tech, "4711"))
    assert state_of(fill) == FillState.CHECK


def test_approving_twice_moves_the_units_once(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    with pytest.raises(Refused, match="somebody has moved it on"):
        approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    assert Balance.objects.get(place__kind=PlaceKind.WILL_CALL).on_hand == 30


def test_a_fill_that_is_not_at_the_check_cannot_be_approved(pharmacy):
    fill = pharmacy.stocked(until=FillState.FILLING)
    with pytest.raises(Refused, match="not in check"):
        approve(by=pharmacy.pharmacist, fill_id=fill.pk)


@pytest.mark.parametrize("code", sorted(REASONS))
def test_a_fill_goes_back_to_where_its_fault_is_mended(pharmacy, code):
    fill = pharmacy.stocked(until=FillState.CHECK)
    back = send_back(by=pharmacy.pharmacist, fill_id=fill.pk, reason_code=code, text="see vial")
    assert back.state == REASONS[code].to
    assert back.because == f"sent back: {REASONS[code].says}, see vial"
    promised = Balance.objects.get(place__kind=PlaceKind.SHELF).reserved
    assert promised == (30 if back.state == FillState.FILLING else 0)


def test_a_fill_is_not_sent_back_without_a_reason_from_the_list(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    with pytest.raises(Refused, match="why"):
        send_back(by=pharmacy.pharmacist, fill_id=fill.pk, reason_code="mood")
    assert state_of(fill) == FillState.CHECK


def test_a_lot_quarantined_under_a_filled_prescription_stops_its_approval(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    quarantine_lot(by=pharmacy.pharmacist, lot_id=Lot.objects.get().pk, because="recall")
    with pytest.raises(Refused, match="do not agree"):
        approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    assert not Balance.objects.filter(place__kind=PlaceKind.WILL_CALL, on_hand__gt=0).exists()


def test_a_pharmacist_who_filled_alone_may_approve_and_it_is_written_down(pharmacy):
    pharmacy.receive("lisinopril", "100")
    fill = pharmacy.enter()
    for state, did in (
        (FillState.WAITING, Deed.FILL_MOVED),
        (FillState.FILLING, Deed.FILLING_STARTED),
        (FillState.CHECK, Deed.SENT_TO_CHECK),
    ):
        by = pharmacy.system if state == FillState.WAITING else pharmacy.pharmacist
        advance(fill, state, by=by, did=did)
    approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    assert Check.objects.get().filled_alone


def test_an_open_finding_stops_the_approval(pharmacy):
    pharmacy.receive("amoxicillin", "500")
    order = pharmacy.order("amoxicillin", patient=pharmacy.insured)
    fill = pharmacy.enter("amoxicillin")
    fill.__class__.objects.filter(pk=fill.pk).update(patient=order.patient)
    screen_waiting(pharmacy.pharmacy, pharmacy.technician.at)
    fill = Fill.objects.get(pk=fill.pk)
    finding = unresolved(fill)[0]
    Fill.objects.filter(pk=fill.pk).update(state=FillState.CHECK)
    with pytest.raises(Refused, match="Not resolved yet"):
        approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    resolve_finding(
        by=pharmacy.pharmacist,
        finding_id=finding.pk,
        resolution=Resolution("M0", "1G", "prescriber agrees"),
    )
    with pytest.raises(Refused, match="do not agree"):
        approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_waiters_are_checked_first_then_the_earliest_promise(pharmacy):
    pharmacy.receive("lisinopril", "100")
    pharmacy.receive("metformin", "100")
    first = pharmacy.walk(pharmacy.enter(), until=FillState.CHECK)
    waiter = pharmacy.walk(pharmacy.enter("metformin"), until=FillState.CHECK)
    assert list(check_list(pharmacy.pharmacy.pk)) == [first, waiter]
    Fill.objects.filter(pk=waiter.pk).update(waiter=True)
    assert next_to_check(pharmacy.pharmacy.pk) == waiter


def test_a_strangers_pharmacist_approves_nothing_of_ours(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    with pytest.raises(Refused, match="No such fill"):
        approve(by=pharmacy.stranger, fill_id=fill.pk)
