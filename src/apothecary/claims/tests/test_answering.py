"""What follows from an answer: once, and only when it is one."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apothecary.claims.answering import note_doubt, take_answer
from apothecary.claims.rules import MOST_DOUBTS
from apothecary.claims.tests.counter import answer_of, last_claim, now_of, queued, states
from apothecary.claims.tests.postroom import take
from apothecary.claims.tests.test_reading import PRICES, answer
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.wires.models import Incoming


@pytest.fixture
def claim(till):
    """A claim that is out at the payer."""
    found = queued(till, till.fill())
    take(till)
    return found


def rx(claim) -> str:
    return str(claim.fill.prescription.number)


def paid(claim, *, status: str = "P") -> bytes:
    return answer(status, rx=rx(claim), prices=PRICES)


def give(till, claim, raw: bytes) -> None:
    take_answer(by=till.world.system, outgoing_id=claim.outgoing_id, raw=raw)


def deeds(till, claim) -> list[str]:
    lines = history(pharmacy_id=till.world.pharmacy.pk, about=[("fill", claim.fill_id)])
    return [line.deed for line in lines]


def test_a_paid_answer_sets_the_copay_and_moves_the_fill_on(till, claim):
    give(till, claim, paid(claim))
    found = last_claim(claim.fill)
    assert (found.state, found.authorization) == ("paid", "AUTH1")
    assert (found.paid_usd, found.copay_usd) == (Decimal("0.50"), Decimal("10.00"))
    assert (found.posted.state, answer_of(found)) == ("answered", paid(claim))
    assert now_of(claim.fill).state == FillState.WAITING
    assert now_of(claim.fill).copay_usd == Decimal("10.00")
    assert deeds(till, claim)[-1] == Deed.CLAIM_PAID


def test_the_same_answer_twice_counts_once(till, claim):
    give(till, claim, paid(claim))
    before = deeds(till, claim)
    give(till, claim, paid(claim))
    give(till, claim, answer("R", rx=rx(claim), rejects=("79",)))
    assert deeds(till, claim) == before
    assert last_claim(claim.fill).state == "paid"
    assert Incoming.objects.count() == 2


def test_without_stock_a_paid_fill_is_short_and_keeps_its_copay(till):
    claim = queued(till, till.fill(stock="5"))
    give(till, claim, paid(claim))
    assert (now_of(claim.fill).state, now_of(claim.fill).copay_usd) == (
        FillState.SHORT,
        Decimal("10.00"),
    )


def test_a_rejected_answer_goes_to_the_worklist_with_every_code(till, claim):
    give(till, claim, answer("R", rx=rx(claim), rejects=("70", "MR")))
    found = last_claim(claim.fill)
    assert (found.state, found.codes) == ("rejected", ["70", "MR"])
    assert now_of(claim.fill).state == FillState.REJECTED
    assert now_of(claim.fill).because.startswith("70: the plan does not cover this product")
    assert now_of(claim.fill).copay_usd is None
    assert deeds(till, claim)[-1] == Deed.CLAIM_REJECTED


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff garbage",
        answer("P", prices=PRICES, rx="1"),
        answer("P", prices=PRICES)[:-3],
        answer("F", prices=PRICES),
    ],
)
def test_an_unusable_answer_is_kept_noted_and_asked_for_again(till, claim, raw):
    give(till, claim, raw)
    found = last_claim(claim.fill)
    assert (found.state, found.doubts) == ("out", 1)
    assert found.problem.startswith("unusable answer")
    assert found.posted.next_try_at == till.at + timedelta(seconds=5)
    assert now_of(claim.fill).state == FillState.CLAIM
    assert [bytes(row.raw) for row in Incoming.objects.all()] == [raw]


def test_after_five_unusable_answers_a_person_must_look(till, claim):
    for number in range(MOST_DOUBTS - 1):
        give(till, claim, f"garbage {number}".encode())
    assert last_claim(claim.fill).state == "out"
    give(till, claim, b"garbage again")
    found = last_claim(claim.fill)
    assert (found.state, found.posted.state) == ("unanswered", "failed")
    assert now_of(claim.fill).state == FillState.REJECTED
    assert deeds(till, claim)[-1] == Deed.CLAIM_UNANSWERED
    assert Incoming.objects.count() == MOST_DOUBTS
    note_doubt(by=till.world.system, outgoing_id=claim.outgoing_id, says="late")
    assert last_claim(claim.fill).doubts == MOST_DOUBTS


def test_a_payer_whose_computer_is_down_is_asked_again_and_then_believed(till, claim):
    down = answer("R", rx=rx(claim), rejects=("92",))
    for _ in range(MOST_DOUBTS - 1):
        give(till, claim, down)
    found = last_claim(claim.fill)
    assert (found.state, found.problem) == ("out", "92: the payer's computer is down")
    give(till, claim, down)
    assert (last_claim(claim.fill).state, now_of(claim.fill).state) == (
        "rejected",
        FillState.REJECTED,
    )


def test_a_total_that_is_not_the_sum_of_its_parts_is_paid_and_marked(till, claim):
    give(till, claim, answer("P", rx=rx(claim), prices=PRICES | {"F9": Decimal("0.51")}))
    found = last_claim(claim.fill)
    assert found.state == "paid"
    assert found.problem == "The payer's total is not the sum of its parts."


def test_a_late_payment_of_what_was_sold_meanwhile_says_what_the_plan_wants(till, claim):
    Fill.objects.filter(pk=claim.fill_id).update(state=FillState.SOLD.value, copay_usd=12)
    give(till, claim, paid(claim))
    assert last_claim(claim.fill).problem.endswith("the patient pays $10.00.")
    assert (now_of(claim.fill).state, now_of(claim.fill).copay_usd) == (FillState.SOLD, 12)


def test_a_payment_that_comes_after_the_fill_was_cancelled_changes_no_copay(till, claim):
    Fill.objects.filter(pk=claim.fill_id).update(state=FillState.CANCELLED.value)
    give(till, claim, paid(claim))
    assert states(claim.fill) == [("B1", "paid")]
    assert (now_of(claim.fill).state, now_of(claim.fill).copay_usd) == (
        FillState.CANCELLED,
        None,
    )


def test_an_answer_to_nothing_of_ours_is_kept_and_changes_nothing(till, claim):
    take_answer(by=till.world.system, outgoing_id=claim.outgoing_id + 999, raw=b"who?")
    assert states(claim.fill) == [("B1", "out")]
    assert Incoming.objects.count() == 1


def test_an_answer_costs_a_handful_of_statements(till, claim):
    raw = paid(claim)
    with CaptureQueriesContext(connection) as asked:
        give(till, claim, raw)
    said = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert len(said) <= 10, said
