"""Working a reject: each verb works and is written down, or refuses and changes nothing."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from apothecary.claims import actions
from apothecary.claims.answering import take_answer
from apothecary.claims.models import Claim
from apothecary.claims.reversing import reverse_due
from apothecary.claims.rules import MOST_DOUBTS, Changes
from apothecary.claims.states import Closing, Kind
from apothecary.claims.submitting import claim_waiting
from apothecary.claims.tests.counter import last_claim, now_of, queued, states
from apothecary.claims.tests.test_reading import PRICES, answer
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.worker import NotAllowed
from apothecary.wires.models import Outgoing
from apothecary.wires.telecom import read

LATER = date(2026, 12, 1)


@pytest.fixture
def rejected(till):
    """A claim the payer has rejected."""
    return reject(till, queued(till, till.fill()), "08")


@pytest.fixture
def unanswered(till):
    """A claim the payer never answered in a usable way."""
    claim = queued(till, till.fill())
    for number in range(MOST_DOUBTS):
        give(till, claim, b"garbage" * (number + 1))
    return last_claim(claim.fill)


@pytest.fixture
def refused_reversal(till):
    """The payer does not take a reversal."""
    claim = queued(till, till.fill())
    give(till, claim, answer("P", rx=rx(claim), prices=PRICES))
    Fill.objects.filter(pk=claim.fill_id).update(state=FillState.CANCELLED.value)
    reverse_due(till.world.pharmacy, till.at)
    back = last_claim(claim.fill, Kind.REVERSAL)
    give(till, back, answer("R", code="B2", rx=rx(claim), rejects=("87",)))
    return last_claim(claim.fill, Kind.REVERSAL)


def rx(claim) -> str:
    return str(claim.fill.prescription.number)


def give(till, claim, raw: bytes) -> None:
    take_answer(by=till.world.system, outgoing_id=claim.outgoing_id, raw=raw)


def reject(till, claim, *codes: str) -> Claim:
    give(till, claim, answer("R", rx=rx(claim), rejects=codes))
    return last_claim(claim.fill)


def deeds(till, claim) -> list[str]:
    about = [("fill", claim.fill_id), ("patient", till.world.insured.pk)]
    return [line.deed for line in history(pharmacy_id=till.world.pharmacy.pk, about=about)]


def verbs(claim_id: int):
    """Every verb of the page with good values."""
    return {
        "resubmit": lambda by: actions.resubmit(by=by, claim_id=claim_id, changes=Changes()),
        "cash": lambda by: actions.bill_cash(by=by, claim_id=claim_id),
        "later": lambda by: actions.bill_later(by=by, claim_id=claim_id),
        "date": lambda by: actions.date_it(by=by, claim_id=claim_id, on=LATER),
        "entry": lambda by: actions.back_to_entry(by=by, claim_id=claim_id, because="qty"),
        "cancel": lambda by: actions.cancel_claimed(by=by, claim_id=claim_id, because="no"),
        "settle": lambda by: actions.settle_by_phone(by=by, claim_id=claim_id, because="ok"),
    }


VERBS = list(verbs(0))


@pytest.mark.parametrize("verb", VERBS)
def test_a_clerk_may_not_work_claims_and_nothing_changes(till, rejected, verb):
    before = deeds(till, rejected)
    with pytest.raises(NotAllowed):
        verbs(rejected.pk)[verb](till.world.clerk)
    assert states(rejected.fill) == [("B1", "rejected")]
    assert (now_of(rejected.fill).state, deeds(till, rejected)) == (FillState.REJECTED, before)


@pytest.mark.parametrize("verb", VERBS)
def test_a_claim_that_was_worked_is_not_worked_again(till, rejected, verb):
    actions.bill_cash(by=till.world.technician, claim_id=rejected.pk)
    before = deeds(till, rejected)
    with pytest.raises(Refused, match="worked already: the patient pays"):
        verbs(rejected.pk)[verb](till.world.technician)
    assert deeds(till, rejected) == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_claim_of_another_pharmacy_does_not_exist(till, rejected, verb):
    with pytest.raises(Refused, match="No such claim"):
        verbs(rejected.pk)[verb](till.world.stranger)


@pytest.mark.parametrize("verb", ["resubmit", "later", "date", "entry", "settle"])
def test_a_claim_that_is_out_can_only_be_paid_in_cash_or_cancelled(till, verb):
    claim = queued(till, till.fill())
    with pytest.raises(Refused):
        verbs(claim.pk)[verb](till.world.technician)
    assert states(claim.fill) == [("B1", "out")]
    assert now_of(claim.fill).state == FillState.CLAIM


def test_a_corrected_claim_is_the_next_try_and_the_card_is_right_from_now_on(till, rejected):
    changes = Changes(
        person_code="02", group="GRP2", daw="1", clarification="5", prior_authorization="PA1",
        safety_codes="dd m0 1g",
    )  # fmt: skip
    new = actions.resubmit(by=till.world.technician, claim_id=rejected.pk, changes=changes)
    assert states(rejected.fill) == [("B1", "rejected"), ("B1", "out")]
    old = Claim.objects.get(pk=rejected.pk)
    assert (old.closing, old.person_code) == (Closing.RESUBMITTED, "01")
    assert (new.try_number, new.person_code, new.group) == (2, "02", "GRP2")
    message = read(bytes(new.posted.raw))
    body = message.transactions[0]
    assert message.transmission.value("04", "C3") == "02"
    assert [body.value("07", name) for name in ("D8", "DK", "EV")] == ["1", "5", "PA1"]
    assert body.value("08", "E5") == "M0"
    card = till.world.insured.coverages.get()
    assert (card.person_code, card.group) == ("02", "GRP2")
    assert now_of(rejected.fill).daw == "1"
    assert deeds(till, rejected)[-3:] == [
        Deed.PATIENT_CHANGED,
        Deed.CLAIM_RESUBMITTED,
        Deed.CLAIM_SENT,
    ]


def test_what_was_added_for_the_payer_stays_with_the_next_try(till, rejected):
    first = Changes(clarification="5", prior_authorization="PA1")
    second = actions.resubmit(by=till.world.technician, claim_id=rejected.pk, changes=first)
    again = reject(till, second, "75")
    third = actions.resubmit(
        by=till.world.technician, claim_id=again.pk, changes=Changes(clarification="")
    )
    assert (third.clarification, third.prior_authorization) == ("", "PA1")


def test_a_correction_that_cannot_be_written_is_refused_and_nothing_changes(till, rejected):
    till.world.insured.coverages.update(bin="1")
    with pytest.raises(Refused, match="6 digits"):
        actions.resubmit(
            by=till.world.technician, claim_id=rejected.pk, changes=Changes(group="NEW")
        )
    assert states(rejected.fill) == [("B1", "rejected")]
    assert till.world.insured.coverages.get().group == "GRP1"
    assert now_of(rejected.fill).state == FillState.REJECTED


def test_a_claim_of_unknown_fate_goes_out_unchanged_or_not_at_all(till, unanswered):
    with pytest.raises(Refused, match="is not known"):
        actions.resubmit(
            by=till.world.technician, claim_id=unanswered.pk, changes=Changes(group="NEW")
        )
    assert now_of(unanswered.fill).state == FillState.REJECTED
    raw = bytes(unanswered.posted.raw)
    same = actions.resubmit(by=till.world.technician, claim_id=unanswered.pk, changes=Changes())
    found = last_claim(unanswered.fill)
    assert (same.pk, found.state, found.doubts) == (unanswered.pk, "out", 0)
    assert (found.posted.state, bytes(found.posted.raw)) == ("sent", raw)
    assert now_of(unanswered.fill).state == FillState.CLAIM


def test_the_patient_pays_the_cash_price_and_filling_goes_on(till, rejected):
    fill = actions.bill_cash(by=till.world.technician, claim_id=rejected.pk)
    found = now_of(rejected.fill)
    assert (found.state, found.pay, found.copay_usd) == (
        FillState.WAITING,
        "cash",
        fill.price_usd,
    )
    assert last_claim(fill).closing == Closing.CASH
    assert deeds(till, rejected)[-1] == Deed.PAID_BY_CASH
    assert reverse_due(till.world.pharmacy, till.at) == 0


def test_cash_for_a_claim_of_unknown_fate_takes_the_claim_back(till, unanswered):
    actions.bill_cash(by=till.world.technician, claim_id=unanswered.pk)
    assert reverse_due(till.world.pharmacy, till.at) == 1
    assert states(unanswered.fill) == [("B1", "reversing"), ("B2", "out")]


def test_cash_while_the_claim_is_out_keeps_the_cash_price_when_the_payer_pays_late(till):
    claim = queued(till, till.fill())
    Outgoing.objects.filter(pk=claim.posted.pk).update(state="sent")
    actions.bill_cash(by=till.world.technician, claim_id=claim.pk)
    give(till, claim, answer("P", rx=rx(claim), prices=PRICES))
    assert now_of(claim.fill).copay_usd == claim.fill.price_usd
    assert reverse_due(till.world.pharmacy, till.at) == 1


@pytest.mark.parametrize(("tries", "goes_on"), [(0, False), (2, False), (3, True), (9, True)])
def test_filling_goes_on_without_an_answer_after_the_third_try(till, tries, goes_on):
    claim = queued(till, till.fill())
    Outgoing.objects.filter(pk=claim.posted.pk).update(tries=tries)
    if not goes_on:
        with pytest.raises(Refused, match=f"tried {tries} times"):
            actions.bill_later(by=till.world.technician, claim_id=claim.pk)
        assert now_of(claim.fill).state == FillState.CLAIM
        return
    actions.bill_later(by=till.world.technician, claim_id=claim.pk)
    found = now_of(claim.fill)
    assert (found.state, found.copay_usd) == (FillState.WAITING, None)
    assert deeds(till, claim)[-1] == Deed.CLAIM_BILLED_LATER
    give(till, claim, answer("P", rx=rx(claim), prices=PRICES))
    assert now_of(claim.fill).copay_usd == Decimal("10.00")


def test_billed_later_and_then_rejected_the_fill_keeps_its_place_and_can_be_corrected(till):
    claim = queued(till, till.fill())
    Outgoing.objects.filter(pk=claim.posted.pk).update(tries=3)
    actions.bill_later(by=till.world.technician, claim_id=claim.pk)
    claim = reject(till, claim, "08")
    assert now_of(claim.fill).state == FillState.WAITING
    actions.resubmit(
        by=till.world.technician, claim_id=claim.pk, changes=Changes(person_code="02")
    )
    assert states(claim.fill) == [("B1", "rejected"), ("B1", "out")]
    assert now_of(claim.fill).state == FillState.WAITING


def test_an_unanswered_claim_may_be_billed_later_and_goes_on_trying(till, unanswered):
    actions.bill_later(by=till.world.technician, claim_id=unanswered.pk)
    assert now_of(unanswered.fill).state == FillState.WAITING
    assert last_claim(unanswered.fill).state == "out"


def test_a_dated_claim_waits_in_the_rejects_and_is_promised_for_its_day(till, rejected):
    actions.date_it(by=till.world.technician, claim_id=rejected.pk, on=LATER)
    found = now_of(rejected.fill)
    assert found.state == FillState.REJECTED
    assert found.because.endswith("it goes out again December 1")
    assert found.promised_at.isoformat() == "2026-12-01T15:00:00+00:00"
    assert deeds(till, rejected)[-1] == Deed.CLAIM_DATED
    actions.date_it(by=till.world.technician, claim_id=rejected.pk, on=LATER)
    assert deeds(till, rejected).count(Deed.CLAIM_DATED) == 1


@pytest.mark.parametrize(("days", "sent"), [(7, 0), (8, 1), (9, 1)])
def test_a_dated_claim_goes_out_on_its_day_and_not_before(till, rejected, days, sent):
    actions.date_it(by=till.world.technician, claim_id=rejected.pk, on=LATER)
    at = till.at + timedelta(days=days)
    assert actions.submit_dated(till.world.pharmacy, at) == sent
    assert actions.submit_dated(till.world.pharmacy, at) == 0
    assert len(states(rejected.fill)) == 1 + sent


def test_a_dated_claim_that_can_no_longer_be_written_comes_back_to_a_person(till, rejected):
    actions.date_it(by=till.world.technician, claim_id=rejected.pk, on=LATER)
    till.world.insured.coverages.update(bin="1")
    assert actions.submit_dated(till.world.pharmacy, till.at + timedelta(days=9)) == 0
    found = last_claim(rejected.fill)
    assert (found.dated_for, found.state) == (None, "rejected")
    assert "6 digits" in found.problem


def test_back_in_entry_the_reject_is_closed_and_the_next_claim_is_a_new_try(till, rejected):
    actions.back_to_entry(by=till.world.technician, claim_id=rejected.pk, because="25 days")
    found = now_of(rejected.fill)
    assert (found.state, found.because) == (FillState.ENTRY, "25 days")
    assert last_claim(rejected.fill).closing == Closing.CORRECTED
    Fill.objects.filter(pk=found.pk).update(state=FillState.CLAIM.value)
    claim_waiting(till.world.pharmacy, till.at)
    assert last_claim(rejected.fill).try_number == 2


def test_a_fill_cancelled_from_the_worklist_closes_its_claim(till, rejected):
    actions.cancel_claimed(by=till.world.technician, claim_id=rejected.pk, because="moved")
    assert now_of(rejected.fill).state == FillState.CANCELLED
    assert last_claim(rejected.fill).closing == Closing.ENDED


def test_a_refused_reversal_is_sent_again_as_it_was(till, refused_reversal):
    raw = bytes(refused_reversal.posted.raw)
    actions.resubmit(by=till.world.technician, claim_id=refused_reversal.pk, changes=Changes())
    found = last_claim(refused_reversal.fill, Kind.REVERSAL)
    assert (found.state, bytes(found.posted.raw)) == ("out", raw)


def test_a_refused_reversal_is_settled_by_phone_with_what_was_agreed(till, refused_reversal):
    with pytest.raises(Refused, match="what was agreed"):
        actions.settle_by_phone(
            by=till.world.technician, claim_id=refused_reversal.pk, because=" "
        )
    actions.settle_by_phone(
        by=till.world.technician, claim_id=refused_reversal.pk, because="ref 4711, Kim"
    )
    assert states(refused_reversal.fill) == [("B1", "reversed"), ("B2", "rejected")]
    assert deeds(till, refused_reversal)[-2:] == [Deed.CLAIM_CLOSED, Deed.CLAIM_REVERSED]


def test_a_fill_that_still_waits_for_its_claim_is_not_settled_by_phone(till, rejected):
    with pytest.raises(Refused, match="still waits"):
        actions.settle_by_phone(
            by=till.world.technician, claim_id=rejected.pk, because="they will pay"
        )
    assert last_claim(rejected.fill).closed_at is None
