"""Working a recall: deciding, looking, replying, closing; each by whose duty it is."""

from decimal import Decimal

import pytest
from django.db import transaction

from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.returns.recalls.calling import note_call
from apothecary.returns.recalls.matching import match
from apothecary.returns.recalls.models import Recall, RecallCall
from apothecary.returns.recalls.states import CallOutcome, Depth, Kind, Look, RecallState, Way
from apothecary.returns.recalls.taking import type_notice
from apothecary.returns.recalls.tests.notices import (
    DRUG,
    NUMBER,
    another,
    hits,
    state_of,
    take,
    typed,
)
from apothecary.returns.recalls.tests.test_looking import bring_back, journal, said
from apothecary.returns.recalls.working import (
    Meant,
    close_recall,
    decide_lots,
    deepen,
    look,
    reply_to_firm,
    standing_of,
)
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.models import LotState

pytestmark = pytest.mark.django_db
D = Decimal
DOUBT = "Lots L1 through L9"


def decide(world, recall, *lots, every=False, because="the firm's letter", by=None) -> Recall:
    meant = Meant(lots=lots, every_lot=every, because=because)
    return decide_lots(by=by or world.pharmacist, recall_id=recall.pk, meant=meant)


# Typed in


def type_in(world, *, by=None, **changes) -> Recall:
    packages = frozenset({world.drugs[DRUG].pk})
    return type_notice(by=by or world.technician, typed=typed(**changes), packages=packages)


def test_a_notice_typed_off_a_letter_is_worked_like_any_other(pharmacy):
    lot = pharmacy.receive(DRUG, "100")
    recall = type_in(pharmacy, reply_by=pharmacy.technician.today)
    assert state_of(lot)[0] == LotState.QUARANTINED
    assert (recall.number, recall.source, len(hits(recall))) == ("LETTER-7", "typed", 1)


def test_a_notice_typed_with_every_lot_holds_every_lot_without_a_doubt(pharmacy):
    lots = [pharmacy.receive(DRUG, "100", lot=lot) for lot in ("L1", "L2")]
    recall = type_in(pharmacy, every_lot=True, lots=())
    assert recall.state == RecallState.OPEN
    assert {state_of(lot)[0] for lot in lots} == {LotState.QUARANTINED}


def test_a_notice_that_is_on_file_is_not_typed_in_again(pharmacy):
    type_in(pharmacy)
    with pytest.raises(Refused) as refusal:
        type_in(pharmacy, number=" LETTER-7 ")
    assert said(refusal) == [("number", "on-file")]


def test_a_notice_with_wrong_fields_is_refused_and_holds_nothing(pharmacy):
    lot = pharmacy.receive(DRUG, "100")
    with pytest.raises(Refused) as refusal:
        type_in(pharmacy, number="", lots=())
    assert said(refusal) == [("number", "missing"), ("lots", "no-lots")]
    assert state_of(lot)[0] == LotState.AVAILABLE


def test_a_clerk_types_no_notice_in(pharmacy):
    with pytest.raises(NotAllowed):
        type_in(pharmacy, by=pharmacy.clerk)


# Which lots are meant


def test_the_lots_a_pharmacist_names_stay_held_and_the_others_are_free_again(pharmacy):
    first, second = (pharmacy.receive(DRUG, "100", lot=lot) for lot in ("L1", "L22"))
    recall = decide(pharmacy, take(pharmacy, DOUBT), "L1")
    assert (recall.state, recall.doubt) == (RecallState.OPEN, "")
    assert state_of(first)[0] == LotState.QUARANTINED
    assert state_of(second)[0] == LotState.AVAILABLE
    looks = {hit.lot.number: hit.look for hit in hits(recall)}
    assert looks == {"L1": Look.TO_LOOK, "L22": Look.NOT_MEANT}
    assert journal(pharmacy, recall)[-1] == Deed.RECALL_DECIDED
    assert match(by=pharmacy.system, recall_id=recall.pk) == 0


def test_after_the_decision_bags_come_back_and_patients_are_listed(pharmacy):
    pharmacy.receive(DRUG, "300")
    another(pharmacy, until=FillState.SOLD)
    bag = another(pharmacy, until=FillState.READY)
    recall = take(pharmacy, DOUBT, recall_class="I")
    decide(pharmacy, recall, "L1")
    assert Fill.objects.get(pk=bag.pk).state == FillState.SHORT
    assert RecallCall.objects.filter(recall=recall).count() == 1


def test_a_bag_of_a_lot_that_is_not_meant_is_never_taken_back(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    decide(pharmacy, take(pharmacy, DOUBT), "L8")
    assert Fill.objects.get(pk=fill.pk).state == FillState.READY


def test_a_lot_that_was_in_quarantine_for_another_reason_is_not_freed_by_a_decision(pharmacy):
    lot = pharmacy.receive(DRUG, "100", lot="L22")
    take(pharmacy, "Lot L22", number="D-0002-2026")
    decide(pharmacy, take(pharmacy, DOUBT), "L1")
    assert state_of(lot)[0] == LotState.QUARANTINED
    assert "D-0002-2026" in state_of(lot)[1]


def test_a_lot_that_two_doubts_hold_is_free_when_both_are_gone(pharmacy):
    lot = pharmacy.receive(DRUG, "100", lot="L22")
    first = take(pharmacy, DOUBT)
    second = take(pharmacy, DOUBT, number="D-0002-2026")
    decide(pharmacy, first, "L1")
    assert state_of(lot)[0] == LotState.QUARANTINED
    decide(pharmacy, second, "L1")
    assert state_of(lot)[0] == LotState.AVAILABLE


@pytest.mark.parametrize(
    ("lots", "every", "because", "problems"),
    [
        (("L1",), False, " ", [("because", "no-reason")]),
        ((), False, "letter", [("lots", "no-lots")]),
        (("L1",), True, "letter", [("lots", "no-lots")]),
        (("-",), False, "letter", [("lots", "bad-lot")]),
        (tuple(f"L{n}" for n in range(501)), False, "letter", [("lots", "too-many")]),
    ],
)
def test_a_decision_names_lots_and_says_how_they_are_known(
    pharmacy, lots, every, because, problems
):
    recall = take(pharmacy, DOUBT)
    with pytest.raises(Refused) as refusal:
        decide(pharmacy, recall, *lots, every=every, because=because)
    assert said(refusal) == problems
    recall.refresh_from_db()
    assert recall.state == RecallState.DOUBTFUL


def test_every_lot_may_be_meant_after_all(pharmacy):
    lot = pharmacy.receive(DRUG, "100", lot="L22")
    decide(pharmacy, take(pharmacy, DOUBT), every=True)
    assert state_of(lot)[0] == LotState.QUARANTINED


def test_what_is_not_doubtful_is_not_decided(pharmacy):
    with pytest.raises(Refused) as refusal:
        decide(pharmacy, take(pharmacy), "L1")
    assert said(refusal) == [("recall_id", "wrong-state")]


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.INTERN, Role.CLERK])
def test_only_a_pharmacist_decides_which_lots_are_meant(pharmacy, role):
    recall = take(pharmacy, DOUBT)
    with pytest.raises(NotAllowed):
        decide(pharmacy, recall, "L1", by=pharmacy.workers[role])


# Deeper, reply, close


def test_a_pharmacist_takes_a_recall_down_to_the_patients(pharmacy):
    pharmacy.stocked(until=FillState.SOLD)
    recall = take(pharmacy)
    deepen(by=pharmacy.pharmacist, recall_id=recall.pk, depth=Depth.CONSUMER)
    assert RecallCall.objects.filter(recall=recall).count() == 1


@pytest.mark.parametrize("depth", [Depth.WHOLESALE, Depth.PHARMACY])
def test_a_recall_never_goes_back_up(pharmacy, depth):
    recall = take(pharmacy)
    with pytest.raises(Refused) as refusal:
        deepen(by=pharmacy.pharmacist, recall_id=recall.pk, depth=depth)
    assert said(refusal) == [("depth", "not-deeper")]


def test_a_market_withdrawal_does_not_reach_the_patients(pharmacy):
    recall = type_in(pharmacy, kind=Kind.WITHDRAWAL, recall_class="")
    with pytest.raises(Refused) as refusal:
        deepen(by=pharmacy.pharmacist, recall_id=recall.pk, depth=Depth.CONSUMER)
    assert said(refusal) == [("depth", "no-recall")]


def test_a_technician_does_not_say_how_deep_a_recall_goes(pharmacy):
    recall = take(pharmacy)
    with pytest.raises(NotAllowed):
        deepen(by=pharmacy.technician, recall_id=recall.pk, depth=Depth.CONSUMER)


def test_the_firm_is_told_once_even_that_there_was_none(pharmacy):
    recall = take(pharmacy, "Lot X9")
    row = reply_to_firm(by=pharmacy.technician, recall_id=recall.pk, reply="none on hand")
    assert (row.reply, row.replied_by) == ("none on hand", pharmacy.technician.person_id)
    with pytest.raises(Refused) as refusal:
        reply_to_firm(by=pharmacy.technician, recall_id=recall.pk, reply="again")
    assert said(refusal) == [("reply", "replied")]


def test_an_empty_reply_is_none(pharmacy):
    recall = take(pharmacy)
    with pytest.raises(Refused) as refusal:
        reply_to_firm(by=pharmacy.technician, recall_id=recall.pk, reply="  ")
    assert said(refusal) == [("reply", "no-reply")]


def test_a_recall_is_closed_by_a_pharmacist_when_everything_is_accounted_for(pharmacy):
    pharmacy.receive(DRUG, "300")
    another(pharmacy, until=FillState.SOLD)
    recall = take(pharmacy, recall_class="I", reply_by=pharmacy.system.today)
    with pytest.raises(Refused) as refusal, transaction.atomic():
        close_recall(by=pharmacy.pharmacist, recall_id=recall.pk)
    assert [code for _, code in said(refusal)] == ["places-left", "patients-left", "no-reply"]
    for hit in hits(recall):
        look(by=pharmacy.technician, hit_id=hit.pk, found=hit.expected)
    (call,) = RecallCall.objects.filter(recall=recall)
    note_call(
        by=pharmacy.technician,
        call_id=call.pk,
        way=Way.IN_PERSON,
        outcome=CallOutcome.HAS_SOME,
    )
    reply_to_firm(by=pharmacy.technician, recall_id=recall.pk, reply="270 quarantined")
    assert standing_of(recall).done == standing_of(recall).all == 2
    closed = close_recall(by=pharmacy.pharmacist, recall_id=recall.pk)
    assert (closed.state, closed.closed_by) == (
        RecallState.CLOSED,
        pharmacy.pharmacist.person_id,
    )
    with pytest.raises(Refused) as again:
        close_recall(by=pharmacy.pharmacist, recall_id=recall.pk)
    assert [code for _, code in said(again)] == ["wrong-state"]


def test_a_technician_closes_no_recall(pharmacy):
    recall = take(pharmacy, "Lot X9")
    with pytest.raises(NotAllowed):
        close_recall(by=pharmacy.technician, recall_id=recall.pk)


def test_a_closed_recall_is_open_again_when_more_of_the_lot_comes_to_light(pharmacy):
    lot = pharmacy.receive(DRUG, "100")
    recall = take(pharmacy)
    (hit,) = hits(recall)
    look(by=pharmacy.technician, hit_id=hit.pk, found=D(100))
    close_recall(by=pharmacy.pharmacist, recall_id=recall.pk)
    bring_back(pharmacy, lot, D(5))
    assert match(by=pharmacy.system, recall_id=recall.pk) == 1
    recall.refresh_from_db()
    assert (recall.state, recall.closed_at) == (RecallState.OPEN, None)


def test_a_doubtful_recall_is_not_closed(pharmacy):
    recall = take(pharmacy, DOUBT)
    with pytest.raises(Refused) as refusal:
        close_recall(by=pharmacy.pharmacist, recall_id=recall.pk)
    assert said(refusal) == [("lots", "doubtful")]
    assert NUMBER in str(recall)
