"""Whole ways of a claim, over real sockets to a payer that knows nothing of this house."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from apothecary.claims.actions import bill_cash, bill_later, date_it, resubmit, submit_dated
from apothecary.claims.queries import party_states
from apothecary.claims.rules import MOST_DOUBTS, Changes
from apothecary.claims.states import Kind
from apothecary.claims.tests.counter import answer_of, last_claim, now_of, states
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.prescriptions.actions import cancel_fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.stock.queries import book_faults
from apothecary.wires.models import Incoming

SOON = timedelta(minutes=6)


def deeds_of(till, fill) -> list[str]:
    about = [("fill", fill.pk)]
    return [line.deed for line in history(pharmacy_id=till.world.pharmacy.pk, about=about)]


def test_a_claim_is_paid_and_the_fill_goes_on_with_its_copay(till):
    fill = till.fill()
    till.round()
    claim = last_claim(fill)
    assert (claim.state, claim.copay_usd) == ("paid", Decimal("2.51"))
    assert claim.authorization
    assert claim.submitted_usd == fill.price_usd
    assert (now_of(fill).state, now_of(fill).copay_usd) == (FillState.WAITING, claim.copay_usd)
    assert deeds_of(till, fill)[-2:] == [Deed.CLAIM_SENT, Deed.CLAIM_PAID]
    assert len(till.payer.paid(fill.prescription.number)) == 1


def test_a_name_with_accents_and_a_schedule_ii_drug_are_billed_without_complaint(till):
    fill = till.fill("oxycodone", refills=0, quantity="20", days=5)
    till.round()
    assert states(fill) == [("B1", "paid")]
    sent = bytes(last_claim(fill).posted.raw)
    assert b"NUNEZ-O'BRIEN" in sent
    assert b"\x1cET0000020000" in sent


def test_a_wrong_person_code_is_rejected_corrected_and_paid(till):
    till.world.insured.coverages.update(person_code="")
    fill = till.fill()
    till.round()
    rejected = last_claim(fill)
    assert (rejected.state, rejected.codes) == ("rejected", ["08"])
    assert now_of(fill).because == "08: the person code is missing or wrong"
    resubmit(by=till.world.technician, claim_id=rejected.pk, changes=Changes(person_code="01"))
    till.round(after=SOON)
    assert states(fill) == [("B1", "rejected"), ("B1", "paid")]
    assert now_of(fill).state == FillState.WAITING
    assert till.world.insured.coverages.get().person_code == "01"


def test_a_cancelled_fill_takes_its_claim_back_and_the_payer_agrees(till):
    fill = till.fill()
    till.round()
    cancel_fill(by=till.world.technician, fill_id=fill.pk, because="changed her mind")
    till.round()
    assert states(fill) == [("B1", "reversed"), ("B2", "approved")]
    assert [claim["state"] for claim in till.payer.paid(fill.prescription.number)] == [
        "reversed"
    ]
    assert deeds_of(till, fill)[-1] == Deed.CLAIM_REVERSED
    till.round(after=SOON)
    assert len(states(fill)) == 2


@pytest.mark.parametrize("fault", ["silent", "drop", "cut", "garbage"])
def test_a_lost_answer_is_asked_for_again_and_paid_once(till, fault):
    till.payer.misbehave(fault, count=1)
    fill = till.fill()
    till.round()
    claim = last_claim(fill)
    assert (claim.state, claim.doubts) == ("out", 1)
    assert now_of(fill).state == FillState.CLAIM
    till.round(after=SOON)
    claim = last_claim(fill)
    assert claim.state == "paid"
    assert len(till.payer.paid(fill.prescription.number)) == 1
    held = till.payer.paid(fill.prescription.number)[0]
    assert claim.authorization == held["authorization"]
    assert b"\x1cAND" in answer_of(claim)


def test_a_late_answer_is_never_read_as_the_answer_to_the_next_claim(till):
    till.payer.misbehave("late", count=1, seconds=1.3)
    first, second = till.fill(), till.fill("metformin")
    till.round()
    till.round(after=SOON)
    for fill in (first, second):
        claim = last_claim(fill)
        assert claim.state == "paid"
        held = till.payer.paid(fill.prescription.number)
        assert [one["authorization"] for one in held] == [claim.authorization]


def test_an_answer_sent_twice_pays_once(till):
    till.payer.misbehave("twice", count=2)
    first, second = till.fill(), till.fill("metformin")
    till.round()
    assert states(first) == states(second) == [("B1", "paid")]


def test_with_the_payer_down_filling_may_go_on_and_the_claim_is_paid_when_it_is_up(till):
    till.payer.misbehave("down")
    fill = till.fill()
    till.round()
    assert party_states(till.world.pharmacy.pk) == [("Payer", "down")]
    for _ in range(2):
        till.round(after=SOON)
    claim = last_claim(fill)
    assert (claim.state, claim.doubts, claim.posted.tries) == ("out", 0, 3)
    bill_later(by=till.world.technician, claim_id=claim.pk)
    assert (now_of(fill).state, now_of(fill).copay_usd) == (FillState.WAITING, None)
    till.payer.behave()
    till.round(after=SOON)
    assert last_claim(fill).state == "paid"
    assert (now_of(fill).state, now_of(fill).copay_usd) == (
        FillState.WAITING,
        Decimal("2.51"),
    )
    assert party_states(till.world.pharmacy.pk) == [("Payer", "up")]


def test_a_payer_that_never_answers_ends_with_a_person_and_the_same_bytes_settle_it(till):
    till.payer.misbehave("silent", count=MOST_DOUBTS)
    fill = till.fill()
    for _ in range(MOST_DOUBTS):
        till.round(after=SOON)
    claim = last_claim(fill)
    assert claim.state == "unanswered"
    assert now_of(fill).state == FillState.REJECTED
    assert now_of(fill).because.startswith("no usable answer from Commercial")
    assert deeds_of(till, fill)[-1] == Deed.CLAIM_UNANSWERED
    resubmit(by=till.world.technician, claim_id=claim.pk, changes=Changes())
    till.round(after=SOON)
    assert states(fill) == [("B1", "paid")]
    assert now_of(fill).state == FillState.WAITING
    assert len(till.payer.paid(fill.prescription.number)) == 1


def test_a_claim_of_unknown_fate_is_reversed_when_the_fill_is_cancelled(till):
    till.payer.misbehave("silent", count=MOST_DOUBTS)
    fill = till.fill()
    for _ in range(MOST_DOUBTS):
        till.round(after=SOON)
    cancel_fill(by=till.world.technician, fill_id=fill.pk, because="too slow")
    till.round(after=SOON)
    assert states(fill) == [("B1", "reversed"), ("B2", "approved")]
    assert [one["state"] for one in till.payer.paid(fill.prescription.number)] == ["reversed"]


def test_a_claim_that_never_left_is_withdrawn_without_a_word_to_the_payer(till):
    till.payer.misbehave("down")
    fill = till.fill()
    till.round()
    cancel_fill(by=till.world.technician, fill_id=fill.pk, because="changed her mind")
    till.round(after=SOON)
    assert states(fill) == [("B1", "withdrawn")]
    till.payer.behave()
    till.round(after=SOON)
    assert till.payer.paid(fill.prescription.number) == []


def test_too_soon_is_dated_and_goes_out_again_by_itself_on_its_day(till):
    first = till.fill(days=30)
    till.round()
    second = till.fill(days=30)
    till.round(after=SOON)
    claim = last_claim(second)
    assert (claim.codes, claim.next_fill_on) == (["79"], date(2026, 12, 16))
    assert now_of(second).because == "79: too soon to refill until December 16"
    date_it(by=till.world.technician, claim_id=claim.pk, on=date(2026, 12, 16))
    dated = now_of(second)
    assert dated.state == FillState.REJECTED
    assert dated.because.endswith("it goes out again December 16")
    assert dated.promised_at.isoformat() == "2026-12-16T15:00:00+00:00"
    till.payer.admin("POST", "/today", {"today": "2026-12-16"})
    pharmacy = till.world.pharmacy
    assert submit_dated(pharmacy=pharmacy, at=till.at + timedelta(days=22)) == 0
    assert submit_dated(pharmacy=pharmacy, at=till.at + timedelta(days=23)) == 1
    till.round(after=timedelta(days=23))
    assert states(second) == [("B1", "rejected"), ("B1", "paid")]
    assert states(first) == [("B1", "paid")]


def test_a_fill_sent_back_to_entry_is_reversed_first_and_billed_anew(till):
    fill = till.fill()
    till.round()
    for to, by in (("filling", "technician"), ("check", "technician"), ("entry", "pharmacist")):
        who = getattr(till.world, by)
        advance(now_locked(fill), FillState(to), by=who, did=Deed.FILL_MOVED, because="wrong")
    till.round()
    assert states(fill) == [("B1", "reversed"), ("B2", "approved")]
    for to in (FillState.SCREENING, FillState.CLAIM):
        by = till.world.technician if to is FillState.SCREENING else till.world.system
        advance(now_locked(fill), to, by=by, did=Deed.FILL_MOVED)
    till.round()
    assert states(fill)[-1] == ("B1", "paid")
    assert now_of(fill).state == FillState.WAITING


def now_locked(fill):
    return type(fill).objects.select_related("prescription", "package").get(pk=fill.pk)


def test_every_answer_is_kept_as_it_came(till):
    till.payer.misbehave("garbage", count=1)
    fill = till.fill()
    till.round()
    till.round(after=SOON)
    claim = last_claim(fill)
    kept = Incoming.objects.filter(message_id__startswith=f"{claim.outgoing_id}-")
    assert kept.count() == 2
    assert answer_of(claim) in {bytes(row.raw) for row in kept}


def test_several_claims_go_out_at_once_and_each_gets_its_own_answer(till):
    fills = [till.fill(drug) for drug in ("lisinopril", "metformin", "warfarin", "pregabalin")]
    till.round()
    for fill in fills:
        assert states(fill) == [("B1", "paid")]
        held = till.payer.paid(fill.prescription.number)
        assert held[0]["authorization"] == last_claim(fill, Kind.BILLING).authorization


def test_a_fill_returned_to_stock_is_taken_back_and_the_next_fill_is_not_too_soon(till):
    fill = till.fill()
    till.round()
    way = (("filling", "technician"), ("check", "technician"), ("ready", "pharmacist"))
    for to, by in (*way, ("returned", "technician")):
        advance(
            now_locked(fill),
            FillState(to),
            by=getattr(till.world, by),
            did=Deed.FILL_MOVED,
            because="not picked up",
        )
    till.round()
    assert states(fill) == [("B1", "reversed"), ("B2", "approved")]
    assert book_faults(pharmacy_id=till.world.pharmacy.pk) == []
    again = till.fill()
    till.round(after=SOON)
    assert states(again) == [("B1", "paid")]


def test_a_prior_authorization_is_typed_and_the_claim_is_paid(till):
    card = till.world.insured.coverages.get()
    till.payer.misbehave("reject", code="75", count=1)
    fill = till.fill()
    till.round()
    claim = last_claim(fill)
    assert now_of(fill).because == "75: the plan wants a prior authorization"
    till.payer.admin(
        "POST",
        "/authorizations",
        {
            "plan": "lonestar-commercial",
            "number": "PA4711",
            "cardholder": card.cardholder_id,
            "ingredient": "lisinopril",
        },
    )
    resubmit(
        by=till.world.technician,
        claim_id=claim.pk,
        changes=Changes(prior_authorization="PA4711"),
    )
    till.round(after=SOON)
    assert states(fill) == [("B1", "rejected"), ("B1", "paid")]
    assert b"\x1cEVPA4711" in bytes(last_claim(fill).posted.raw)


def test_a_vacation_override_is_paid_though_it_is_too_soon(till):
    till.fill()
    till.round()
    fill = till.fill()
    till.round(after=SOON)
    claim = last_claim(fill)
    assert claim.codes == ["79"]
    resubmit(by=till.world.technician, claim_id=claim.pk, changes=Changes(clarification="3"))
    till.round(after=SOON)
    assert states(fill) == [("B1", "rejected"), ("B1", "paid")]


def test_the_patient_who_would_not_wait_pays_cash_and_the_payer_pays_nothing(till):
    till.payer.misbehave("silent", count=MOST_DOUBTS)
    fill = till.fill()
    for _ in range(MOST_DOUBTS):
        till.round(after=SOON)
    bill_cash(by=till.world.technician, claim_id=last_claim(fill).pk)
    till.round(after=SOON)
    assert states(fill) == [("B1", "reversed"), ("B2", "approved")]
    assert now_of(fill).copay_usd == fill.price_usd
    assert [one["state"] for one in till.payer.paid(fill.prescription.number)] == ["reversed"]


def test_a_refused_pharmacy_number_is_the_pharmacys_to_mend_and_names_it(till):
    pharmacy = till.world.pharmacy
    pharmacy.npi = "1234567890"
    pharmacy.save(update_fields=["npi"])
    fill = till.fill()
    till.round()
    assert last_claim(fill).codes == ["05"]
    assert now_of(fill).because == "05: the pharmacy's number is missing or wrong"


def test_a_line_that_fails_often_still_pays_every_claim_exactly_once(till):
    till.payer.misbehave("drop", share=0.3)
    till.payer.misbehave("garbage", share=0.2)
    fills = [till.fill(drug) for drug in ("lisinopril", "metformin", "warfarin", "insulin")]
    for _ in range(2 * MOST_DOUBTS):
        till.round(after=SOON)
    till.payer.behave()
    for fill in fills:
        claim = last_claim(fill)
        if claim.state == "unanswered":
            resubmit(by=till.world.technician, claim_id=claim.pk, changes=Changes())
    till.round(after=SOON)
    for fill in fills:
        held = till.payer.paid(fill.prescription.number)
        assert states(fill) == [("B1", "paid")]
        assert [one["authorization"] for one in held] == [last_claim(fill).authorization]
