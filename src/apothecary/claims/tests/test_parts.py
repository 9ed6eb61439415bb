"""A fill given in parts: P and C at the payer, which judges whether they belong together."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.claims.actions import bill_cash, resubmit
from apothecary.claims.models import Claim
from apothecary.claims.parting import bill_part, bill_parts
from apothecary.claims.rules import Changes
from apothecary.claims.states import ClaimState, Closing, Kind
from apothecary.claims.tests.counter import Till, last_claim, now_of, queued, states
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import cancel_fill
from apothecary.prescriptions.models import Fill, PayKind
from apothecary.prescriptions.parting import give_part, say_part_reason, try_stock_again
from apothecary.prescriptions.states import FillState
from apothecary.wires.telecom import read

ROUNDS = 6


def field(claim: Claim, name: str, segment: str = "07") -> object:
    return read(bytes(claim.posted.raw)).transactions[0].value(segment, name)


def work(till: Till, rounds: int = ROUNDS) -> None:
    """As long as the worker needs for reversal, part and rest."""
    for _ in range(rounds):
        till.round()


def parted(till: Till, *, now: int = 12, drug: str = "lisinopril", stock: str = "20"):
    """A fill of 30 with too little on the shelf: billed whole, then given in parts."""
    fill = till.fill(drug, stock=stock)
    till.round()
    assert now_of(fill).state == FillState.SHORT
    balance = part(till, fill, now)
    return fill, balance


def part(till: Till, fill: Fill, now: int) -> Fill:
    by = till.world.technician
    return give_part(by=by, fill_id=fill.pk, quantity_now=Decimal(now), because="short")


def comes(till: Till, balance: Fill, drug: str = "lisinopril") -> None:
    """The delivery is here: the balance goes to the queue."""
    till.world.receive(drug, "100", lot="NEW")
    try_stock_again(by=till.world.technician, fill_id=balance.pk)


def held(till: Till, fill: Fill) -> list[tuple[str, str, str]]:
    """What the payer holds of a prescription, oldest first: part, quantity, state."""
    found = till.payer.paid(fill.prescription.number)[::-1]
    return [(one["dispensing"], one["quantity"], one["state"]) for one in found]


def billed(fill: Fill, status: str) -> Claim:
    return Claim.objects.get(fill=fill, part=status, state=ClaimState.PAID.value)


def test_a_fill_that_is_parted_is_taken_back_whole_and_billed_as_a_part(till):
    fill, _ = parted(till)
    work(till)
    assert states(fill) == [("B1", "reversed"), ("B2", "approved"), ("B1", "paid")]
    assert held(till, fill) == [("", "30.000", "reversed"), ("P", "12.000", "paid")]
    claim = last_claim(fill)
    assert (field(claim, "HD"), field(claim, "HF"), field(claim, "HG")) == ("P", 30, 30)
    assert (field(claim, "E7"), field(claim, "D5")) == (12, 12)
    assert field(claim, "EN") is None
    assert Claim.objects.get(fill=fill, try_number=1, kind="B1").closing == Closing.RESUBMITTED


def test_filling_goes_on_while_the_part_is_billed_and_a_sale_waits_for_the_copay(till):
    fill, _ = parted(till)
    assert now_of(fill).state == FillState.WAITING
    till.round()
    assert (now_of(fill).state, now_of(fill).copay_usd) == (FillState.WAITING, None)
    work(till)
    found = now_of(fill)
    assert (found.state, found.copay_usd) == (FillState.WAITING, last_claim(fill).copay_usd)


def test_the_rest_completes_the_part_it_names_and_together_they_are_the_whole(till):
    fill, balance = parted(till)
    work(till)
    assert states(balance) == []
    comes(till, balance)
    work(till)
    first, rest = billed(fill, "P"), billed(balance, "C")
    assert rest.completes_id == first.pk
    assert (field(rest, "HD"), field(rest, "HF"), field(rest, "HG")) == ("C", 30, 30)
    assert (field(rest, "EN"), field(rest, "EP")) == (
        str(fill.prescription.number),
        first.service_on,
    )
    assert (field(rest, "E7"), field(rest, "D5"), field(rest, "D3")) == (18, 18, "00")
    assert held(till, fill)[1:] == [("P", "12.000", "paid"), ("C", "18.000", "paid")]
    assert first.submitted_usd + rest.submitted_usd == fill.price_usd
    fee = till.world.pharmacy.dispensing_fee_usd
    assert [field(one, "DC", "11") for one in (first, rest)] == [fee, 0]
    found = now_of(balance)
    assert (found.state, found.copay_usd) == (FillState.WAITING, rest.copay_usd)


def test_parts_are_paid_what_the_whole_was_paid(till):
    fill, balance = parted(till)
    whole = last_claim(fill)
    work(till)
    comes(till, balance)
    work(till)
    parts = [billed(fill, "P"), billed(balance, "C")]
    assert sum(one.copay_usd or 0 for one in parts) == whole.copay_usd
    assert sum(one.paid_usd or 0 for one in parts) == whole.paid_usd


def test_what_is_billed_stays_as_it_is_however_often_the_worker_looks(till):
    fill, balance = parted(till)
    work(till)
    comes(till, balance)
    work(till)
    before = states(fill) + states(balance)
    assert bill_parts(till.world.pharmacy, till.at) == 0
    work(till)
    assert states(fill) + states(balance) == before
    first = billed(fill, "P")
    assert first.closing == Closing.COMPLETED
    by, pharmacy = till.world.system, till.world.pharmacy
    assert not bill_part(by=by, pharmacy=pharmacy, claim_id=first.pk, fill_id=balance.pk)


def test_parts_are_written_down(till):
    fill, balance = parted(till)
    work(till)
    comes(till, balance)
    work(till)
    for one, status, quantity in ((fill, "P", "12"), (balance, "C", "18")):
        about = [("fill", one.pk)]
        lines = history(pharmacy_id=till.world.pharmacy.pk, about=about)
        sent = [line for line in lines if line.deed == Deed.CLAIM_SENT][-1]
        assert sent.details["part"] == status
        assert Decimal(str(sent.details["quantity"])) == Decimal(quantity)


def test_a_balance_nobody_fetches_is_never_billed_and_the_part_stands(till):
    fill, balance = parted(till)
    work(till)
    cancel_fill(by=till.world.technician, fill_id=balance.pk, because="does not want it")
    work(till)
    assert states(balance) == []
    assert held(till, fill)[-1] == ("P", "12.000", "paid")


def test_a_completed_balance_that_is_called_off_is_taken_back_and_the_part_stands(till):
    fill, balance = parted(till)
    work(till)
    comes(till, balance)
    work(till)
    cancel_fill(by=till.world.technician, fill_id=balance.pk, because="does not want it")
    work(till)
    assert states(balance) == [("B1", "reversed"), ("B2", "approved")]
    assert held(till, fill)[1:] == [("P", "12.000", "paid"), ("C", "18.000", "reversed")]


def test_when_the_part_is_called_off_the_rest_becomes_a_fill_of_its_own(till):
    fill, balance = parted(till)
    work(till)
    comes(till, balance)
    work(till)
    cancel_fill(by=till.world.technician, fill_id=fill.pk, because="does not want it")
    work(till, 2 * ROUNDS)
    # The payer would refuse to take back the part before its completion (RP).
    assert held(till, fill)[1:] == [
        ("P", "12.000", "reversed"),
        ("C", "18.000", "reversed"),
        ("", "18.000", "paid"),
    ]
    alone = last_claim(balance)
    assert (alone.state, alone.part, field(alone, "HD")) == ("paid", "", None)
    assert alone.submitted_usd < fill.price_usd
    assert not Claim.objects.filter(state=ClaimState.REJECTED.value).exists()


def test_both_parts_called_off_are_both_taken_back_the_completion_first(till):
    fill, balance = parted(till)
    work(till)
    comes(till, balance)
    work(till)
    for one in (fill, balance):
        cancel_fill(by=till.world.technician, fill_id=one.pk, because="moved away")
    work(till, 2 * ROUNDS)
    assert {state for _, _, state in held(till, fill)} == {"reversed"}
    assert len(held(till, fill)) == 3


def test_a_balance_given_in_two_is_completed_once_with_the_last_of_it(till):
    fill, balance = parted(till)
    work(till)
    comes(till, balance)
    third = part(till, balance, 10)
    work(till)
    # The rest is not all on its way: nothing is asked for what may never be given.
    assert states(balance) == states(third) == []
    assert now_of(third).state == FillState.SHORT
    try_stock_again(by=till.world.technician, fill_id=third.pk)
    work(till)
    assert states(balance) == []
    rest = billed(third, "C")
    assert field(rest, "E7") == 18
    assert billed(fill, "P").submitted_usd + rest.submitted_usd == fill.price_usd
    assert held(till, fill)[-1] == ("C", "18.000", "paid")


def test_a_part_that_is_parted_again_after_all_was_billed_is_billed_anew(till):
    fill, balance = parted(till)
    work(till)
    comes(till, balance)
    work(till)
    third = part(till, balance, 10)
    work(till)
    assert states(balance) == [("B1", "reversed"), ("B2", "approved"), ("B1", "paid")]
    try_stock_again(by=till.world.technician, fill_id=third.pk)
    work(till, 2 * ROUNDS)
    paid = [one for one in held(till, fill) if one[2] == "paid"]
    assert paid == [("P", "12.000", "paid"), ("C", "18.000", "paid")]


def test_who_pays_cash_pays_the_whole_with_the_first_part_and_no_plan_is_asked(till):
    fill = till.fill(pay=PayKind.CASH, stock="20")
    till.round()
    balance = part(till, fill, 12)
    work(till)
    comes(till, balance)
    work(till)
    assert states(fill) == states(balance) == []
    assert (now_of(fill).copay_usd, now_of(balance).copay_usd) == (fill.price_usd, 0)


def test_a_balance_whose_part_was_paid_by_the_patient_is_not_billed(till):
    fill, balance = parted(till)
    Claim.objects.filter(fill=fill).update(
        state=ClaimState.REJECTED.value, closing=Closing.CASH.value, closed_at=till.at
    )
    Fill.objects.filter(pk=balance.pk).update(state=FillState.CLAIM.value)
    till.world.receive("lisinopril", "100", lot="NEW")
    work(till)
    assert states(balance) == []
    found = now_of(balance)
    assert (found.state, found.copay_usd) == (FillState.WAITING, 0)


def test_a_refused_completion_is_worked_and_sent_again_as_a_completion(till):
    fill, balance = parted(till)
    work(till)
    till.payer.misbehave("reject", code="75", count=1)
    comes(till, balance)
    work(till)
    refused = last_claim(balance)
    assert (refused.state, refused.part, now_of(balance).state) == (
        "rejected",
        "C",
        FillState.WAITING,
    )
    assert now_of(balance).copay_usd is None
    resubmit(by=till.world.technician, claim_id=refused.pk, changes=Changes())
    till.round()
    assert last_claim(balance).state == "paid"
    assert field(last_claim(balance), "HD") == "C"
    assert held(till, fill)[-1] == ("C", "18.000", "paid")


def test_a_refused_completion_paid_by_the_patient_costs_what_the_plan_was_asked(till):
    fill, balance = parted(till)
    work(till)
    till.payer.misbehave("reject", code="70", count=1)
    comes(till, balance)
    work(till)
    refused = last_claim(balance)
    bill_cash(by=till.world.technician, claim_id=refused.pk)
    found = now_of(balance)
    assert (found.pay, found.copay_usd) == (PayKind.CASH, refused.submitted_usd)
    assert refused.submitted_usd == fill.price_usd - billed(fill, "P").submitted_usd
    work(till)
    assert states(balance) == [("B1", "rejected")]


def test_a_plan_that_takes_no_parts_is_billed_the_whole_when_the_rest_is_there(till):
    fill = till.fill(stock="20")
    till.round()
    balance = part(till, fill, 12)
    till.round()
    till.payer.misbehave("reject", code="RK", count=1)
    work(till)
    refused, by = last_claim(fill), till.world.technician
    assert (refused.state, refused.codes, now_of(fill).state) == (
        "rejected",
        ["RK"],
        FillState.WAITING,
    )
    with pytest.raises(Refused, match="bill the whole when the rest is on its way"):
        resubmit(by=by, claim_id=refused.pk, changes=Changes())
    assert last_claim(fill).closed_at is None
    comes(till, balance)
    resubmit(by=by, claim_id=refused.pk, changes=Changes())
    work(till)
    claim = last_claim(fill)
    assert (claim.state, claim.part, claim.submitted_usd) == ("paid", "", fill.price_usd)
    assert held(till, fill)[1:] == [("", "30.000", "paid")]
    assert states(balance) == []


def test_a_completion_that_cannot_be_written_stands_in_the_worklist_once(till):
    _, balance = parted(till)
    work(till)
    till.world.insured.coverages.update(bin="99")
    comes(till, balance)
    work(till)
    claim = last_claim(balance)
    assert (claim.state, claim.outgoing_id, claim.closed_at) == ("rejected", None, None)
    assert "must be 6 digits" in claim.problem
    assert states(balance) == [("B1", "rejected")]
    assert now_of(balance).state == FillState.WAITING


def test_a_part_given_before_the_payer_has_answered_is_billed_whole_and_then_in_parts(till):
    fill = till.fill(stock="20")
    claim = queued(till, fill)
    Fill.objects.filter(pk=fill.pk).update(state=FillState.SHORT.value)
    part(till, fill, 12)
    work(till)
    assert states(fill) == [("B1", "reversed"), ("B2", "approved"), ("B1", "paid")]
    assert claim.quantity == 30
    assert held(till, fill)[-1] == ("P", "12.000", "paid")


def test_a_part_that_was_sold_meanwhile_is_billed_all_the_same(till):
    fill, _ = parted(till)
    Fill.objects.filter(pk=fill.pk).update(state=FillState.SOLD.value, copay_usd=99)
    work(till)
    claim = last_claim(fill)
    assert (claim.state, claim.part) == ("paid", "P")
    assert now_of(fill).copay_usd == 99
    assert claim.problem.startswith("Sold before the plan answered")


def test_a_lost_answer_to_a_completion_is_asked_again_and_paid_once(till):
    fill, balance = parted(till)
    work(till)
    till.payer.misbehave("drop", count=1)
    comes(till, balance)
    work(till)
    assert last_claim(balance).state == "out"
    till.round(after=timedelta(seconds=30))
    assert last_claim(balance).state == "paid"
    assert held(till, fill)[1:] == [("P", "12.000", "paid"), ("C", "18.000", "paid")]


def test_a_whole_fill_is_billed_without_a_word_of_parts(till):
    fill = till.fill()
    till.round()
    claim = Claim.objects.get(fill=fill, kind=Kind.BILLING.value)
    assert (claim.quantity, claim.part, claim.completes) == (30, "", None)
    assert field(claim, "HD") is None
    assert bill_parts(till.world.pharmacy, till.at) == 0


@pytest.mark.parametrize("stock", ["20", "29"])
def test_a_schedule_ii_part_says_what_was_prescribed(till, stock):
    fill = till.fill("oxycodone", refills=0, stock=stock)
    till.round()
    say_part_reason(by=till.world.technician, fill_id=fill.pk, reason="short")
    balance = part(till, fill, 12)
    work(till)
    comes(till, balance, "oxycodone")
    work(till)
    for claim in (billed(fill, "P"), billed(balance, "C")):
        assert field(claim, "ET") == 30
