"""Who answers for a check, and what is kept of it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world import NOON
from apothecary.filling.models import BottleScan
from apothecary.filling.tests.bench import upc
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import enter_prescription, start_refill
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.screening.actions import screen_waiting
from apothecary.screening.models import Finding
from apothecary.screening.queries import unresolved
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.verification.actions import Signature, approve, send_back
from apothecary.verification.dispensing import dispense
from apothecary.verification.models import Check
from apothecary.verification.queries import check_list, checks_of

THIRTY = [Decimal(30)]


def last_line(world, fill: Fill):
    return history(pharmacy_id=world.pharmacy.pk, about=[("fill", fill.pk)])[-1]


def handed_on(world, fill: Fill, *hands: tuple[FillState, Deed, Role]) -> None:
    for to, did, role in hands:
        advance(fill, to, by=world.workers[role], did=did)


@pytest.mark.parametrize("fill_id", [0, 999_999])
def test_whose_duty_it_is_comes_before_every_other_question(pharmacy, fill_id):
    with pytest.raises(NotAllowed):
        approve(by=pharmacy.technician, fill_id=fill_id)
    with pytest.raises(NotAllowed):
        send_back(by=pharmacy.technician, fill_id=fill_id, reason_code="mood")
    with pytest.raises(NotAllowed):
        dispense(by=pharmacy.technician, fill_id=fill_id, codes=["x"], counts=THIRTY)


@pytest.mark.parametrize(
    ("filled", "sent", "alone"),
    [
        (Role.PHARMACIST, Role.TECHNICIAN, False),
        (Role.TECHNICIAN, Role.PHARMACIST, True),
        (Role.IN_CHARGE, Role.IN_CHARGE, False),
    ],
)
def test_who_sent_it_to_the_check_filled_it_and_alone_is_written_in_both_books(
    pharmacy, filled, sent, alone
):
    fill = pharmacy.stocked(until=FillState.WAITING)
    handed_on(
        pharmacy,
        fill,
        (FillState.FILLING, Deed.FILLING_STARTED, filled),
        (FillState.CHECK, Deed.SENT_TO_CHECK, sent),
    )
    approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    assert Check.objects.get().filled_alone is alone
    assert last_line(pharmacy, fill).details.get("filled alone", False) is alone


@pytest.mark.parametrize(
    ("first", "second", "alone"),
    [(Role.PHARMACIST, Role.TECHNICIAN, False), (Role.TECHNICIAN, Role.PHARMACIST, True)],
)
def test_of_two_turns_the_last_one_says_who_filled_it(pharmacy, first, second, alone):
    fill = pharmacy.stocked(until=FillState.FILLING)
    other = pharmacy.walk(pharmacy.enter(), until=FillState.FILLING)
    handed_on(
        pharmacy,
        fill,
        (FillState.CHECK, Deed.SENT_TO_CHECK, first),
        (FillState.FILLING, Deed.FILL_SENT_BACK, Role.PHARMACIST),
        (FillState.CHECK, Deed.SENT_TO_CHECK, second),
    )
    handed_on(pharmacy, other, (FillState.CHECK, Deed.SENT_TO_CHECK, first))
    approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    assert Check.objects.get().filled_alone is alone


def test_an_approval_is_kept_with_who_when_and_that_the_data_were_seen(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    check = Check.objects.get()
    assert (check.fill_id, check.pharmacy_id, check.at) == (fill.pk, pharmacy.pharmacy.pk, NOON)
    assert (check.data_reviewed, check.reason_code, check.text) == (True, "", "")
    assert last_line(pharmacy, fill).details == {"from": "check", "to": "ready"}


@pytest.mark.parametrize(
    ("text", "kept", "because"),
    [
        ("", "", "sent back: wrong count"),
        ("  ", "", "sent back: wrong count"),
        (" 29 in it ", "29 in it", "sent back: wrong count, 29 in it"),
    ],
)
def test_what_goes_back_is_kept_with_its_reason_and_approves_nothing(
    pharmacy, text, kept, because
):
    fill = pharmacy.stocked(until=FillState.CHECK)
    send_back(by=pharmacy.pharmacist, fill_id=fill.pk, reason_code="wrong-count", text=text)
    check = Check.objects.get()
    assert (check.outcome, check.reason_code, check.text) == ("sent_back", "wrong-count", kept)
    assert (check.by_id, check.at) == (pharmacy.pharmacist.person_id, NOON)
    assert (check.data_reviewed, check.filled_alone) == (False, False)
    assert Fill.objects.get(pk=fill.pk).because == because
    line = last_line(pharmacy, fill)
    assert (line.deed, line.details["reason"]) == (Deed.FILL_SENT_BACK, "wrong-count")
    assert line.details["because"] == because
    assert Prescription.objects.get().reviewed_at is None


def test_what_was_sent_back_is_not_sent_back_again(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    send_back(by=pharmacy.pharmacist, fill_id=fill.pk, reason_code="label")
    lines = Entry.objects.count()
    with pytest.raises(Refused, match="not in check") as refusal:
        send_back(by=pharmacy.pharmacist, fill_id=fill.pk, reason_code="label")
    assert refusal.value.problems[0].code == "wrong-state"
    assert (Check.objects.count(), Entry.objects.count()) == (1, lines)


def test_every_check_of_a_fill_is_told_in_its_order(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    send_back(by=pharmacy.pharmacist, fill_id=fill.pk, reason_code="label")
    again = Fill.objects.get(pk=fill.pk)
    handed_on(pharmacy, again, (FillState.CHECK, Deed.SENT_TO_CHECK, Role.TECHNICIAN))
    other = pharmacy.walk(pharmacy.enter(), until=FillState.CHECK)
    for each, role in ((other, Role.PHARMACIST), (fill, Role.IN_CHARGE)):
        approve(by=pharmacy.workers[role], fill_id=each.pk)
    told = [(check.outcome, check.by.name) for check in checks_of(fill)]
    assert told == [
        ("sent_back", pharmacy.pharmacist.name),
        ("approved", pharmacy.workers[Role.IN_CHARGE].name),
    ]
    assert not check_list(pharmacy.pharmacy.pk)


def test_the_data_are_reviewed_once_by_the_first_and_of_this_prescription_alone(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    untouched = pharmacy.enter("metformin").prescription
    approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    advance(fill_of(fill), FillState.SOLD, by=pharmacy.technician, did=Deed.SOLD)
    again = start_refill(by=pharmacy.technician, prescription_id=fill.prescription_id)
    Fill.objects.filter(pk=again.pk).update(data_reviewed=False)
    again = pharmacy.walk(fill_of(again), until=FillState.CHECK)
    charge = pharmacy.workers[Role.IN_CHARGE]
    later = charge.at_time(NOON + timedelta(days=1), charge.today + timedelta(days=1))
    approve(by=later, fill_id=again.pk)
    rx = Prescription.objects.get(pk=fill.prescription_id)
    assert (rx.reviewed_by, rx.reviewed_at) == (pharmacy.pharmacist.person_id, NOON)
    assert fill_of(again).data_reviewed
    untouched.refresh_from_db()
    assert (untouched.reviewed_at, untouched.reviewed_by) == (None, None)


def fill_of(fill: Fill) -> Fill:
    return Fill.objects.get(pk=fill.pk)


def test_a_finding_in_the_way_of_an_approval_is_named_with_its_source(pharmacy):
    pharmacy.receive("amoxicillin", "500")
    order = pharmacy.order("amoxicillin", patient=pharmacy.insured)
    fill = enter_prescription(by=pharmacy.technician, order=order)
    screen_waiting(pharmacy.pharmacy, NOON)
    (finding,) = unresolved(fill_of(fill))
    Fill.objects.filter(pk=fill.pk).update(state=FillState.CHECK)
    with pytest.raises(Refused) as refusal:
        approve(by=pharmacy.pharmacist, fill_id=fill.pk)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.cite) == ("finding-open", finding.cite)
    assert problem.says == f"Not resolved yet: {finding.says}"
    waits = pharmacy.walk(pharmacy.enter("amoxicillin"), until=FillState.WAITING)
    Finding.objects.update(fill=waits)
    codes = [upc(pharmacy, "amoxicillin")]
    with pytest.raises(Refused) as refusal:
        dispense(by=pharmacy.pharmacist, fill_id=waits.pk, codes=codes, counts=THIRTY)
    assert [problem.code for problem in refusal.value.problems] == ["finding-open"]
    assert not Check.objects.exists()
    assert not BottleScan.objects.exists()


def test_a_pin_that_does_not_match_leaves_no_check(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    wrong = Signature(pharmacy.people[Role.PHARMACIST].initials, "0000")
    with pytest.raises(Refused, match="do not match"):
        send_back(by=pharmacy.technician, fill_id=fill.pk, reason_code="label", signature=wrong)
    assert (fill_of(fill).state, Check.objects.count()) == (FillState.CHECK, 0)
