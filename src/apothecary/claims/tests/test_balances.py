"""What a balance costs: unknown until its own claim is answered, nothing where none will be."""

from decimal import Decimal

import pytest

from apothecary.claims.models import Claim
from apothecary.claims.parting import bill_parts
from apothecary.claims.parts import nothing_to_bill
from apothecary.claims.states import ClaimState, Closing, Kind
from apothecary.claims.tests.counter import now_of, states
from apothecary.claims.tests.test_parts import comes, part, parted, work
from apothecary.prescriptions.models import Fill, PayKind
from apothecary.prescriptions.parting import give_part
from apothecary.prescriptions.states import FillState


def settled(till) -> int:
    return nothing_to_bill(till.world.pharmacy.pk)


def test_a_plans_balance_is_never_shown_as_free_before_its_claim_is_answered(till):
    fill, balance = parted(till)
    assert now_of(balance).copay_usd is None
    work(till)
    comes(till, balance)
    seen = {now_of(balance).copay_usd}
    for _ in range(6):
        bill_parts(till.world.pharmacy, till.at)
        seen.add(now_of(balance).copay_usd)
    assert seen == {None}
    assert now_of(balance).being_billed
    work(till)
    claim = Claim.objects.get(fill=balance, kind=Kind.BILLING.value)
    assert (claim.state, now_of(balance).copay_usd) == (ClaimState.PAID, claim.copay_usd)
    assert not now_of(balance).being_billed
    assert states(fill)[-1] == ("B1", "paid")


def test_a_balance_in_cash_costs_nothing_more_from_the_start(till):
    fill = till.fill(pay=PayKind.CASH, stock="20")
    till.round()
    balance = part(till, fill, 12)
    assert (balance.copay_usd, balance.being_billed) == (Decimal(0), False)


@pytest.mark.parametrize(
    ("state", "part_is", "closing", "waits"),
    [
        (ClaimState.OUT, "P", "", True),
        (ClaimState.OUT, "", "", True),
        (ClaimState.UNANSWERED, "", "", True),
        (ClaimState.REVERSING, "", "", True),
        (ClaimState.PAID, "P", "", True),
        (ClaimState.PAID, "P", Closing.COMPLETED, False),
        (ClaimState.PAID, "", "", False),
        (ClaimState.REJECTED, "P", "", True),
        (ClaimState.REJECTED, "P", Closing.CASH, False),
        (ClaimState.REVERSED, "", Closing.PARTED, True),
        (ClaimState.REVERSED, "", Closing.REVERSED, False),
        (ClaimState.WITHDRAWN, "", Closing.ENDED, False),
    ],
)
def test_it_waits_for_its_claim_exactly_as_long_as_one_is_to_come(
    till, state, part_is, closing, waits
):
    fill, balance = parted(till)
    comes(till, balance)
    Claim.objects.filter(fill=fill, kind=Kind.BILLING.value).update(
        state=state.value,
        part=part_is,
        quantity=now_of(fill).quantity,
        closing=closing,
        closed_at=till.at if closing else None,
    )
    assert settled(till) == (0 if waits else 1)
    assert now_of(balance).copay_usd == (None if waits else Decimal(0))


def test_what_was_billed_whole_before_it_was_parted_will_be_billed_anew(till):
    fill, balance = parted(till)
    comes(till, balance)
    Claim.objects.filter(fill=fill).update(state=ClaimState.PAID.value, quantity=Decimal(30))
    assert (settled(till), now_of(balance).copay_usd) == (0, None)


def test_of_two_balances_the_last_names_what_both_cost(till):
    _, middle = parted(till)
    work(till)
    till.world.receive("lisinopril", "8", lot="FEW")
    last = give_part(
        by=till.world.technician, fill_id=middle.pk, quantity_now=Decimal(8), because="short"
    )
    assert now_of(middle).state == FillState.WAITING
    assert settled(till) == 1
    assert (now_of(middle).copay_usd, now_of(last).copay_usd) == (Decimal(0), None)


@pytest.mark.parametrize("state", [FillState.SHORT, FillState.SOLD, FillState.CANCELLED])
def test_a_balance_that_is_not_on_its_way_is_left_as_it_is(till, state):
    fill, balance = parted(till)
    Claim.objects.filter(fill=fill).update(state=ClaimState.WITHDRAWN.value)
    Fill.objects.filter(pk=balance.pk).update(state=state.value)
    assert (settled(till), now_of(balance).copay_usd) == (0, None)
    assert not now_of(balance).being_billed


def test_one_pharmacys_round_settles_no_balance_of_anothers(till):
    fill, balance = parted(till)
    comes(till, balance)
    Claim.objects.filter(fill=fill).update(state=ClaimState.WITHDRAWN.value)
    assert nothing_to_bill(till.world.other.pk) == 0
    assert now_of(balance).copay_usd is None
