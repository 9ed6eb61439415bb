"""What stands in the worklist, in which order, and what each line says."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apothecary.claims import actions
from apothecary.claims.answering import take_answer
from apothecary.claims.models import Claim
from apothecary.claims.queries import claim_page, next_to_work, worklist
from apothecary.claims.rules import MOST_DOUBTS, Changes, NextKey
from apothecary.claims.states import Kind
from apothecary.claims.tests.counter import Till, last_claim, queued
from apothecary.claims.tests.test_reading import PRICES, answer
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.signon import stand_in
from apothecary.wires.models import Outgoing


def give(till: Till, claim: Claim, raw: bytes) -> Claim:
    take_answer(by=till.world.system, outgoing_id=claim.posted.pk, raw=raw)
    return Claim.objects.get(pk=claim.pk)


def rejected(
    till: Till, drug: str = "lisinopril", code: str = "08", *, minutes: int = 60
) -> Fill:
    fill = till.fill(drug)
    Fill.objects.filter(pk=fill.pk).update(promised_at=till.at + timedelta(minutes=minutes))
    claim = queued(till, fill)
    give(till, claim, answer("R", rx=str(fill.prescription.number), rejects=(code,)))
    return fill


def listed(till, code: str = "") -> list[int]:
    found = worklist(pharmacy_id=till.world.pharmacy.pk, code=code)
    return [line.fill_id for line in found.lines]


def line_of(till, fill):
    found = worklist(pharmacy_id=till.world.pharmacy.pk).lines
    return next(line for line in found if line.fill_id == fill.pk)


def test_a_claim_that_is_out_or_paid_is_no_work(till):
    claim = queued(till, till.fill())
    assert listed(till) == []
    give(till, claim, answer("P", rx=str(claim.fill.prescription.number), prices=PRICES))
    assert listed(till) == []


def test_waiters_come_first_then_the_promise_and_the_dated_last(till):
    later = rejected(till, "lisinopril", minutes=90)
    sooner = rejected(till, "metformin", minutes=30)
    waiter = rejected(till, "warfarin", minutes=120)
    Fill.objects.filter(pk=waiter.pk).update(waiter=True)
    dated = rejected(till, "pregabalin", "79", minutes=1)
    by = till.world.technician
    on = by.today + timedelta(days=5)
    actions.date_it(by=by, claim_id=last_claim(dated).pk, on=on)
    assert listed(till) == [waiter.pk, sooner.pk, later.pk, dated.pk]
    assert line_of(till, dated).dated_for == on
    assert not line_of(till, dated).stopped


def test_the_next_to_work_is_never_the_same_nor_a_dated_one(till):
    pharmacy_id = till.world.pharmacy.pk
    only = rejected(till)
    assert next_to_work(pharmacy_id=pharmacy_id, after=only.pk) is None
    other = rejected(till, "metformin", minutes=90)
    assert next_to_work(pharmacy_id=pharmacy_id, after=only.pk) == other.pk
    by = till.world.technician
    on = by.today + timedelta(days=5)
    actions.date_it(by=by, claim_id=last_claim(other).pk, on=on)
    assert next_to_work(pharmacy_id=pharmacy_id, after=only.pk) is None


def test_codes_are_counted_and_choose_what_is_shown(till):
    person = rejected(till)
    rejected(till, "metformin", "75")
    also = rejected(till, "warfarin", "75")
    found = worklist(pharmacy_id=till.world.pharmacy.pk, code="75")
    assert found.codes == [("75", 2), ("08", 1)]
    assert found.total == 2
    assert also.pk in listed(till, "75")
    assert person.pk not in listed(till, "75")


def test_a_line_says_cause_money_and_next_key(till):
    fill = rejected(till)
    line = line_of(till, fill)
    assert line.says == "08: the person code is missing or wrong"
    assert line.cause == "Person code 01 is not one this plan takes: take it from the card."
    assert (line.money_usd, line.tries, line.stopped) == (fill.price_usd, 1, True)
    assert line.key == NextKey("F10", "correct and send again")
    assert line.rx_number == fill.prescription.number


def test_a_corrected_claim_leaves_the_worklist(till):
    fill = rejected(till)
    changes = Changes(person_code="02")
    actions.resubmit(by=till.world.technician, claim_id=last_claim(fill).pk, changes=changes)
    assert listed(till) == []


@pytest.mark.parametrize("state", [FillState.CANCELLED, FillState.RETURNED])
def test_a_reject_of_a_fill_that_ended_is_no_work(till, state):
    fill = rejected(till)
    Fill.objects.filter(pk=fill.pk).update(state=state.value)
    assert listed(till) == []


def test_a_reject_of_what_is_already_sold_is_still_work(till):
    fill = rejected(till)
    Fill.objects.filter(pk=fill.pk).update(state=FillState.SOLD.value)
    assert listed(till) == [fill.pk]


@pytest.mark.parametrize(("tries", "shown"), [(2, False), (3, True)])
def test_a_claim_kept_waiting_by_a_dead_line_is_offered_to_be_billed_later(till, tries, shown):
    claim = queued(till, till.fill())
    Outgoing.objects.filter(pk=claim.posted.pk).update(tries=tries, problem="no line to x:1")
    assert (listed(till) == [claim.fill_id]) is shown
    page = claim_page(by=till.world.technician, fill_id=claim.fill_id)
    assert page is not None
    assert page.may_go_on is shown
    if shown:
        line = line_of(till, claim.fill)
        assert line.says == "not answered yet, 3 tries: no line to x:1"
        assert line.key == NextKey("Alt+L", "let filling go on, bill later")


def test_an_unanswered_claim_says_how_often_and_what_was_wrong(till):
    claim = queued(till, till.fill())
    for number in range(MOST_DOUBTS):
        give(till, claim, b"?" * (number + 1))
    line = line_of(till, claim.fill)
    assert line.says.startswith("no usable answer after 5 tries: unusable answer: header")
    assert line.key == NextKey("F10", "send the same again")


def test_a_refused_reversal_is_work_though_its_fill_is_cancelled(till):
    claim = queued(till, till.fill())
    number = str(claim.fill.prescription.number)
    give(till, claim, answer("P", rx=number, prices=PRICES))
    Fill.objects.filter(pk=claim.fill_id).update(state=FillState.CANCELLED.value)
    till.round()
    back = last_claim(claim.fill, Kind.REVERSAL)
    Claim.objects.filter(pk=back.pk).update(state="rejected", codes=["87"], closed_at=None)
    line = line_of(till, claim.fill)
    assert line.says == "reversal: 87: the reversal was not processed"
    assert line.key == NextKey("Alt+S", "settle it with the payer by phone")


def test_the_page_shows_every_try_newest_first_and_the_one_to_work(till):
    fill = rejected(till)
    first = last_claim(fill)
    actions.resubmit(
        by=till.world.technician, claim_id=first.pk, changes=Changes(person_code="02")
    )
    second = last_claim(fill)
    page = claim_page(by=till.world.technician, fill_id=fill.pk)
    assert page is not None
    assert [one.claim.pk for one in page.tries] == [second.pk, first.pk]
    assert (page.claim.pk, page.to_work) == (second.pk, False)


def test_a_fill_without_a_claim_has_no_page(till):
    fill = till.world.enter()
    assert claim_page(by=till.world.technician, fill_id=fill.pk) is None


def test_the_worklist_is_one_query_however_long(till):
    for drug in ("lisinopril", "metformin", "warfarin"):
        rejected(till, drug)
    with CaptureQueriesContext(connection) as asked:
        assert worklist(pharmacy_id=till.world.pharmacy.pk).total == 3
    assert len(asked) == 1


def test_another_pharmacys_rejects_are_not_listed(till):
    rejected(till)
    stand_in(till.world.other.pk)
    assert worklist(pharmacy_id=till.world.other.pk).total == 0
    assert worklist(pharmacy_id=till.world.pharmacy.pk).total == 0
    stand_in(till.world.pharmacy.pk)
