"""A fill with several payers: each is asked what the ones before it left to the patient."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.claims.actions import back_to_entry, bill_cash, bill_later, resubmit
from apothecary.claims.answering import take_answer
from apothecary.claims.choosing import bill_next_card, choose_cards
from apothecary.claims.models import Claim
from apothecary.claims.rules import Changes
from apothecary.claims.submitting import claim_waiting
from apothecary.claims.tests.counter import now_of
from apothecary.claims.tests.test_reading import answer
from apothecary.claims.writing import write_again
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.patients.models import Coverage
from apothecary.prescriptions.actions import cancel_fill
from apothecary.prescriptions.models import PayKind
from apothecary.prescriptions.states import FillState
from apothecary.staff.worker import NotAllowed
from apothecary.wires.telecom import read

SECOND, THIRD = "610500", "610600"


def card(till, bin_number: str, *, kind: str = "commercial", order: int = 2) -> Coverage:
    return Coverage.objects.create(
        pharmacy=till.world.pharmacy,
        patient=till.world.insured,
        order=order,
        kind=kind,
        plan_name=f"Plan {bin_number}",
        bin=bin_number,
        pcn="TESTMCD",
        cardholder_id=f"{order}14866264",
    )


@pytest.fixture
def second(till) -> Coverage:
    return card(till, SECOND)


@pytest.fixture
def third(till, second) -> Coverage:
    return card(till, THIRD, order=3)


def billed(till, fill) -> list[Claim]:
    """The billings of a fill, in the order they were made, after a turn of the worker."""
    claim_waiting(till.world.pharmacy, till.at)
    return list(Claim.objects.filter(fill=fill, kind="B1").order_by("pk"))


def pays(till, claim: Claim, *, patient: str, plan: str = "20.00") -> None:
    """The payer of this claim pays so much and leaves so much to the patient."""
    owed, paid = Decimal(patient), Decimal(plan)
    prices = {"F5": owed, "F6": owed + paid, "F9": paid}
    rx = str(now_of(claim.fill).prescription.number)
    says(till, claim, answer("P", rx=rx, prices=prices, on=claim.service_on))


def refuses(till, claim: Claim, *codes: str) -> None:
    rx = str(now_of(claim.fill).prescription.number)
    says(till, claim, answer("R", rx=rx, rejects=codes, on=claim.service_on))


def takes_back(till, claim: Claim) -> None:
    """The payer agrees to the reversal of this billing."""
    rx = str(now_of(claim.fill).prescription.number)
    reversal = Claim.objects.get(reverses=claim, state="out")
    says(till, reversal, answer("A", code="B2", rx=rx, on=claim.service_on))


def says(till, claim: Claim, raw: bytes) -> None:
    take_answer(by=till.world.system, outgoing_id=claim.posted.pk, raw=raw)


def now(till, fill) -> list[tuple[int, str]]:
    """Each billing's payer and state."""
    return [(one.payer, one.state) for one in billed(till, fill)]


def told(claim: Claim) -> list[dict[str, str]]:
    """What the claim tells of the payers before it: each occurrence of segment 05."""
    segment = read(bytes(claim.posted.raw)).transactions[0].segment("05")
    assert segment is not None
    return [
        {name: one.shown(name) for name in ("5C", "7C", "A7", "HC", "NP")}
        for one in segment.repeats("4C")
    ]


def paid_before(claim: Claim) -> list[Decimal | None]:
    """What each payer before this one paid, as this one is told."""
    segment = read(bytes(claim.posted.raw)).transactions[0].segment("05")
    assert segment is not None
    return [one.decimal("DV") for one in segment.repeats("4C")]


def test_with_one_card_nothing_waits_for_another_payer(till):
    fill = till.fill()
    (first,) = billed(till, fill)
    pays(till, first, patient="10.00")
    assert (first.payer, first.payers) == (1, 1)
    assert now_of(fill).state == FillState.WAITING


def test_what_the_first_plan_leaves_is_asked_of_the_second(till, second):
    fill = till.fill()
    (first,) = billed(till, fill)
    assert (first.payer, first.payers, first.bin) == (1, 2, "999999")
    pays(till, first, patient="35.00", plan="60.00")
    assert (now_of(fill).state, now_of(fill).copay_usd) == (FillState.CLAIM, None)
    _, after = billed(till, fill)
    assert (after.payer, after.bin, after.state) == (2, SECOND, "out")
    assert told(after) == [{"5C": "01", "7C": "999999", "A7": "AUTH1", "HC": "07", "NP": ""}]
    assert paid_before(after) == [Decimal("60.00")]
    pays(till, after, patient="3.00")
    assert (now_of(fill).state, now_of(fill).copay_usd) == (FillState.WAITING, Decimal("3.00"))
    assert now(till, fill) == [(1, "paid"), (2, "paid")]


def test_three_payers_are_asked_in_turn_and_each_is_told_of_all_before_it(till, third):
    fill = till.fill()
    pays(till, billed(till, fill)[-1], patient="50.00", plan="40.00")
    pays(till, billed(till, fill)[-1], patient="20.00", plan="30.00")
    last = billed(till, fill)[-1]
    assert (last.payer, last.payers, last.bin) == (3, 3, THIRD)
    assert [one["5C"] for one in told(last)] == ["01", "02"]
    assert paid_before(last) == [Decimal("40.00"), Decimal("30.00")]
    pays(till, last, patient="0.00", plan="20.00")
    assert now_of(fill).copay_usd == Decimal("0.00")
    assert now_of(fill).state == FillState.WAITING


def test_when_nothing_is_left_to_the_patient_no_other_payer_is_asked(till, second):
    fill = till.fill()
    pays(till, billed(till, fill)[0], patient="0.00")
    assert now(till, fill) == [(1, "paid")]
    assert now_of(fill).state == FillState.WAITING


def test_medicaid_is_asked_last_whatever_the_order_of_the_cards(till):
    card(till, SECOND, kind="medicaid", order=-1)
    (first,) = billed(till, till.fill())
    assert first.bin == "999999"


def test_a_coupon_stays_out_where_federal_money_pays(till):
    till.world.insured.coverages.update(kind="medicare d")
    card(till, SECOND, kind="coupon")
    (first,) = billed(till, till.fill())
    assert first.payers == 1


@pytest.mark.parametrize("kind", ["workers compensation", "medicare b", "discount"])
def test_a_card_made_for_something_else_is_asked_only_when_chosen(till, kind):
    only_for_that = card(till, SECOND, kind=kind)
    fill = till.fill()
    refuses(till, billed(till, fill)[0], "70")
    assert billed(till, fill)[0].payers == 1
    if kind == "workers compensation":
        Coverage.objects.filter(pk=only_for_that.pk).update(
            injured_on=till.at.date(), claim_reference="WC1"
        )
    choose_cards(by=till.world.technician, fill_id=fill.pk, coverage_ids=[only_for_that.pk])
    assert billed(till, fill)[-1].bin == SECOND


def test_a_second_payer_that_refuses_leaves_the_first_paid_and_the_fill_to_work(till, second):
    fill = till.fill()
    pays(till, billed(till, fill)[0], patient="35.00")
    refuses(till, billed(till, fill)[-1], "52")
    assert now_of(fill).state == FillState.REJECTED
    write_again(till.world.pharmacy, till.at)
    assert now(till, fill) == [(1, "paid"), (2, "rejected")]


def test_a_corrected_second_claim_is_sent_to_the_second_payer_again(till, second):
    fill = till.fill()
    pays(till, billed(till, fill)[0], patient="35.00", plan="60.00")
    wrong = billed(till, fill)[-1]
    refuses(till, wrong, "07")
    changes = Changes(cardholder_id="914866264")
    again = resubmit(by=till.world.technician, claim_id=wrong.pk, changes=changes)
    assert (again.payer, again.payers, again.bin) == (2, 2, SECOND)
    assert paid_before(again) == [Decimal("60.00")]
    write_again(till.world.pharmacy, till.at)
    assert now(till, fill) == [(1, "paid"), (2, "rejected"), (2, "out")]


def test_leaving_the_second_payer_out_the_patient_pays_what_the_first_left(till, second):
    fill = till.fill()
    pays(till, billed(till, fill)[0], patient="35.00")
    wrong = billed(till, fill)[-1]
    refuses(till, wrong, "70")
    bill_cash(by=till.world.technician, claim_id=wrong.pk)
    found = now_of(fill)
    assert (found.state, found.copay_usd, found.pay) == (
        FillState.WAITING,
        Decimal("35.00"),
        PayKind.PLAN,
    )
    write_again(till.world.pharmacy, till.at)
    assert now(till, fill) == [(1, "paid"), (2, "rejected")]


def test_what_the_first_refuses_is_asked_of_the_next_and_it_is_told_so(till, second):
    fill = till.fill()
    (first,) = billed(till, fill)
    refuses(till, first, "70")
    after = bill_next_card(by=till.world.technician, claim_id=first.pk)
    assert (after.payer, after.bin, now_of(fill).state) == (2, SECOND, FillState.CLAIM)
    segment = read(bytes(after.posted.raw)).transactions[0].segment("05")
    assert segment is not None
    assert segment.all("6E") == ["70"]
    pays(till, after, patient="4.00")
    assert now_of(fill).copay_usd == Decimal("4.00")


def test_without_a_next_card_nobody_can_be_asked_next(till):
    fill = till.fill()
    (first,) = billed(till, fill)
    refuses(till, first, "70")
    with pytest.raises(Refused, match="no further card"):
        bill_next_card(by=till.world.technician, claim_id=first.pk)
    assert now_of(fill).state == FillState.REJECTED


def test_a_cancelled_fill_is_taken_back_from_the_last_payer_first(till, third):
    fill = till.fill()
    for patient in ("50.00", "20.00", "5.00"):
        pays(till, billed(till, fill)[-1], patient=patient)
    cancel_fill(by=till.world.technician, fill_id=fill.pk, because="moved away")
    for payer in (3, 2, 1):
        write_again(till.world.pharmacy, till.at)
        one = Claim.objects.get(fill=fill, kind="B1", payer=payer)
        others = Claim.objects.filter(fill=fill, kind="B1", payer__lt=payer)
        assert one.state == "reversing"
        assert {each.state for each in others} <= {"paid"}
        takes_back(till, one)
    assert now(till, fill) == [(1, "reversed"), (2, "reversed"), (3, "reversed")]


def test_a_fill_sent_back_to_entry_from_its_second_payer_is_billed_anew_from_the_first(
    till, second
):
    fill = till.fill()
    pays(till, billed(till, fill)[0], patient="35.00")
    wrong = billed(till, fill)[-1]
    refuses(till, wrong, "76")
    back_to_entry(by=till.world.technician, claim_id=wrong.pk, because="fewer tablets")
    write_again(till.world.pharmacy, till.at)
    takes_back(till, Claim.objects.get(fill=fill, kind="B1", payer=1))
    assert now(till, fill) == [(1, "reversed"), (2, "rejected")]


def test_a_first_answer_that_comes_late_asks_the_second_beside_the_way(till, second):
    fill = till.fill()
    (first,) = billed(till, fill)
    first.posted.tries = 5
    first.posted.save()
    bill_later(by=till.world.technician, claim_id=first.pk)
    pays(till, first, patient="35.00")
    after = billed(till, fill)[-1]
    assert (after.payer, after.state) == (2, "out")
    assert (now_of(fill).state, now_of(fill).copay_usd) == (FillState.WAITING, None)
    pays(till, after, patient="2.00")
    assert now_of(fill).copay_usd == Decimal("2.00")


def test_a_late_answer_does_not_move_a_fill_that_came_back_to_be_billed_anew(till):
    fill = till.fill()
    (first,) = billed(till, fill)
    Claim.objects.filter(pk=first.pk).update(billed_later=True)
    pays(till, first, patient="10.00")
    assert now_of(fill).state == FillState.CLAIM
    write_again(till.world.pharmacy, till.at)
    assert now(till, fill) == [(1, "reversing")]


def test_other_cards_for_a_ready_fill_take_the_first_billing_back_and_bill_anew(till):
    fill = till.fill()
    pays(till, billed(till, fill)[0], patient="35.00")
    better = card(till, SECOND)
    choose_cards(by=till.world.technician, fill_id=fill.pk, coverage_ids=[better.pk])
    assert (now_of(fill).state, now_of(fill).copay_usd) == (FillState.WAITING, None)
    write_again(till.world.pharmacy, till.at)
    takes_back(till, Claim.objects.get(fill=fill, kind="B1", payer=1, bin="999999"))
    write_again(till.world.pharmacy, till.at)
    after = billed(till, fill)[-1]
    assert (after.bin, after.payer, after.payers, after.state) == (SECOND, 1, 1, "out")
    pays(till, after, patient="4.00")
    assert (now_of(fill).state, now_of(fill).copay_usd) == (FillState.WAITING, Decimal("4.00"))


@pytest.mark.parametrize("kind", ["commercial", "discount"])
def test_a_card_for_a_fill_that_was_paid_in_cash_is_billed_beside_its_way(till, kind):
    fill = till.fill(pay=PayKind.CASH)
    billed(till, fill)
    assert now_of(fill).state == FillState.WAITING
    till.world.insured.coverages.update(kind=kind)
    shown = till.world.insured.coverages.get()
    choose_cards(by=till.world.technician, fill_id=fill.pk, coverage_ids=[shown.pk])
    (claim,) = billed(till, fill)
    assert (claim.bin, claim.state, now_of(fill).pay) == (shown.bin, "out", PayKind.PLAN)
    assert (now_of(fill).state, now_of(fill).copay_usd) == (FillState.WAITING, None)


def test_cards_that_are_asked_already_are_not_chosen_again(till):
    fill = till.fill()
    shown = till.world.insured.coverages.get()
    with pytest.raises(Refused, match="asked already"):
        choose_cards(by=till.world.technician, fill_id=fill.pk, coverage_ids=[shown.pk])
    assert not fill.bill_to.exists()


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (["medicare d", "coupon"], "coupon may not pay beside"),
        (["medicaid", "commercial"], "pays last"),
    ],
)
def test_cards_that_may_not_pay_together_are_refused_with_the_law(till, kinds, words):
    fill = till.fill()
    cards = [card(till, SECOND, kind=kind, order=9 + at) for at, kind in enumerate(kinds)]
    with pytest.raises(Refused, match=words) as refusal:
        choose_cards(
            by=till.world.technician, fill_id=fill.pk, coverage_ids=[one.pk for one in cards]
        )
    assert refusal.value.problems[0].cite.startswith("42 USC")
    assert not fill.bill_to.exists()


def test_a_card_that_is_over_or_of_somebody_else_is_refused(till, second):
    fill = till.fill()
    Coverage.objects.filter(pk=second.pk).update(ends_on=till.at.date() - timedelta(days=1))
    for wrong in ([second.pk], [10**9], [], [second.pk, second.pk]):
        with pytest.raises(Refused):
            choose_cards(by=till.world.technician, fill_id=fill.pk, coverage_ids=wrong)
    assert not fill.bill_to.exists()


def test_who_may_not_work_claims_chooses_no_cards(till, second):
    fill = till.fill()
    with pytest.raises(NotAllowed):
        choose_cards(by=till.world.clerk, fill_id=fill.pk, coverage_ids=[second.pk])
    assert not fill.bill_to.exists()


def test_the_choice_of_cards_is_written_down(till, second):
    fill = till.fill()
    choose_cards(by=till.world.technician, fill_id=fill.pk, coverage_ids=[second.pk])
    lines = history(pharmacy_id=till.world.pharmacy.pk, about=[("fill", fill.pk)])
    chosen = [line for line in lines if line.deed == Deed.CARDS_CHOSEN]
    assert [line.details["plans"] for line in chosen] == [["Plan 610500"]]


def test_a_captured_claim_lets_filling_go_on_and_is_asked_about_again(till):
    fill = till.fill()
    (first,) = billed(till, fill)
    with pytest.raises(Refused, match="Wait for the answer"):
        bill_later(by=till.world.technician, claim_id=first.pk)
    rx = str(fill.prescription.number)
    says(till, first, answer("C", rx=rx))
    says(till, first, answer("Q", rx=rx))
    found = Claim.objects.get(pk=first.pk)
    assert (found.state, found.copay_usd, now_of(fill).state) == ("out", None, FillState.CLAIM)
    assert found.posted.next_try_at == till.at + timedelta(minutes=15)
    lines = history(pharmacy_id=till.world.pharmacy.pk, about=[("fill", fill.pk)])
    assert [line.deed for line in lines].count(Deed.CLAIM_CAPTURED) == 1
    bill_later(by=till.world.technician, claim_id=first.pk)
    assert now_of(fill).state == FillState.WAITING
    pays(till, first, patient="7.00")
    assert now_of(fill).copay_usd == Decimal("7.00")
