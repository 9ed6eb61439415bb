"""What was billed and is not dispensed as billed is taken back."""

import pytest

from apothecary.claims.answering import take_answer
from apothecary.claims.models import Claim
from apothecary.claims.reversing import reverse_claim, reverse_due
from apothecary.claims.states import Closing, Kind
from apothecary.claims.tests.counter import last_claim, queued, states
from apothecary.claims.tests.postroom import take
from apothecary.claims.tests.test_reading import PRICES, answer
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.wires.telecom import read


@pytest.fixture
def paid(till):
    """A paid claim."""
    claim = queued(till, till.fill())
    take(till)
    answered(till, claim, answer("P", rx=rx(claim), prices=PRICES))
    return last_claim(claim.fill)


def rx(claim) -> str:
    return str(claim.fill.prescription.number)


def answered(till, claim, raw: bytes) -> None:
    take_answer(by=till.world.system, outgoing_id=claim.outgoing_id, raw=raw)


def put(claim, state: FillState) -> None:
    """The fill stands there now, whatever brought it."""
    Fill.objects.filter(pk=claim.fill_id).update(state=state.value)


def due(till) -> int:
    return reverse_due(till.world.pharmacy, till.at)


def reversal(claim) -> Claim:
    return last_claim(claim.fill, Kind.REVERSAL)


NOT_AS_BILLED = {
    FillState.CANCELLED,
    FillState.RETURNED,
    FillState.ENTRY,
    FillState.SCREENING,
    FillState.REVIEW,
    FillState.CLAIM,
}


@pytest.mark.parametrize("state", list(FillState))
def test_a_paid_claim_is_taken_back_exactly_when_the_fill_is_not_dispensed_as_billed(
    till, paid, state
):
    put(paid, state)
    assert due(till) == (state in NOT_AS_BILLED)
    expected = [("B1", "reversing"), ("B2", "out")] if state in NOT_AS_BILLED else None
    assert states(paid.fill) == (expected or [("B1", "paid")])


def test_a_reversal_goes_into_the_outbox_once_and_is_written_down(till, paid):
    put(paid, FillState.CANCELLED)
    assert (due(till), due(till)) == (1, 0)
    message = read(bytes(reversal(paid).posted.raw))
    assert message.transaction_code == "B2"
    assert message.transactions[0].value("07", "D2") == rx(paid)
    lines = history(pharmacy_id=till.world.pharmacy.pk, about=[("fill", paid.fill_id)])
    assert (lines[-1].deed, lines[-1].details["kind"]) == (Deed.CLAIM_SENT, "B2")
    assert not reverse_claim(by=till.world.system, claim_id=paid.pk, fill_id=paid.fill_id)


@pytest.mark.parametrize(
    ("status", "codes"), [("A", ()), ("S", ()), ("R", ("84",)), ("R", ("31",))]
)
def test_approved_again_or_nothing_to_reverse_all_mean_taken_back(till, paid, status, codes):
    put(paid, FillState.CANCELLED)
    due(till)
    answered(till, reversal(paid), answer(status, code="B2", rx=rx(paid), rejects=tuple(codes)))
    assert states(paid.fill) == [("B1", "reversed"), ("B2", "approved")]
    assert last_claim(paid.fill).closing == Closing.REVERSED


def test_a_refused_reversal_is_for_a_person_and_the_claim_stays_unreversed(till, paid):
    put(paid, FillState.CANCELLED)
    due(till)
    answered(till, reversal(paid), answer("R", code="B2", rx=rx(paid), rejects=("87",)))
    assert states(paid.fill) == [("B1", "reversing"), ("B2", "rejected")]
    assert due(till) == 0


def test_a_claim_that_is_being_sent_waits_for_its_answer_before_it_is_reversed(till):
    claim = queued(till, till.fill())
    take(till)
    put(claim, FillState.CANCELLED)
    assert due(till) == 0
    assert not reverse_claim(by=till.world.system, claim_id=claim.pk, fill_id=claim.fill_id)
    answered(till, claim, answer("P", rx=rx(claim), prices=PRICES))
    assert due(till) == 1


def test_a_claim_that_never_left_is_withdrawn(till):
    claim = queued(till, till.fill())
    put(claim, FillState.CANCELLED)
    assert due(till) == 1
    found = last_claim(claim.fill)
    assert (found.state, found.posted.state) == ("withdrawn", "failed")
    assert found.closing == Closing.ENDED
    assert take(till) == []


@pytest.mark.parametrize(
    ("state", "closing"), [(FillState.CANCELLED, "the fill has ended"), (FillState.ENTRY, "")]
)
def test_a_rejected_claim_is_closed_when_its_fill_has_ended(till, state, closing):
    claim = queued(till, till.fill())
    answered(till, claim, answer("R", rx=rx(claim), rejects=("70",)))
    put(claim, state)
    assert due(till) == 0
    assert last_claim(claim.fill).closing == closing


def test_reversals_of_one_pharmacy_are_none_of_anothers(till, paid):
    put(paid, FillState.CANCELLED)
    assert reverse_due(till.world.other, till.at) == 0
    assert states(paid.fill) == [("B1", "paid")]
