"""What the worker looks through for claims to take back: those whose bags are in the house."""

import copy
import json
from decimal import Decimal

import pytest
from django.db import connection

from apothecary.claims.models import Claim
from apothecary.claims.reversing import reverse_due, sold_for_good, stale, stale_claims
from apothecary.claims.states import ClaimState, Closing
from apothecary.claims.tests.counter import last_claim, now_of
from apothecary.claims.tests.test_parts import comes, parted, work
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState

ROUNDS = 50


@pytest.fixture
def paid(till) -> Claim:
    """A paid claim whose bag waits to be filled."""
    fill = till.fill()
    till.round()
    claim = last_claim(fill)
    assert claim.state == ClaimState.PAID
    return claim


def put(claim: Claim, state: FillState) -> None:
    Fill.objects.filter(pk=claim.fill_id).update(state=state.value)


def marked(till) -> int:
    return sold_for_good(till.world.pharmacy.pk)


def store(claim: Claim, many: int, *, done: bool) -> None:
    """As many more of that claim, each of a fill of its own that was sold."""
    fills = []
    for number in range(1, many + 1):
        fill = copy.copy(now_of(claim.fill))
        fill.pk, fill.number, fill.state = None, number, FillState.SOLD.value
        fills.append(fill)
    Fill.objects.bulk_create(fills, batch_size=500)
    claims = []
    for fill in fills:
        one = copy.copy(claim)
        one.pk, one.fill, one.sold_as_billed = None, fill, done
        claims.append(one)
    Claim.objects.bulk_create(claims, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE claims_claim, prescriptions_fill")


def read_by(till) -> int:
    """How many claims the database reads, kept or thrown away, to answer what is stale."""
    plan = json.loads(
        stale_claims(till.world.pharmacy.pk)[:ROUNDS].explain(analyze=True, format="json")
    )
    return sum(rows_of(plan[0]["Plan"]))


def rows_of(node: dict) -> list[int]:
    """What each scan of the claims under this node has read."""
    found = [each for child in node.get("Plans", []) for each in rows_of(child)]
    if node.get("Relation Name") == "claims_claim":
        thrown = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
        read = node["Actual Rows"] + sum(node.get(name, 0) for name in thrown)
        found.append(int(node["Actual Loops"] * read))
    return found


@pytest.mark.parametrize("sold", [0, 300, 3_000])
def test_however_many_were_sold_the_worker_reads_only_what_is_in_the_house(till, paid, sold):
    store(paid, sold, done=True)
    # The claim itself, and whether a later payer of the same fill is asked.
    assert read_by(till) <= 3
    put(paid, FillState.CANCELLED)
    assert stale(till.world.system, ROUNDS) == [(paid.pk, paid.fill_id)]
    assert read_by(till) <= 3


def test_without_the_mark_it_would_read_every_sale_there_ever_was(till, paid):
    store(paid, 300, done=False)
    assert read_by(till) > 300


def test_a_sale_marks_its_claim_in_the_next_round_so_many_at_once(till, paid):
    store(paid, 7, done=False)
    marks = [sold_for_good(till.world.pharmacy.pk, limit=3) for _ in range(4)]
    assert marks == [3, 3, 1, 0]
    assert not Claim.objects.get(pk=paid.pk).sold_as_billed
    put(paid, FillState.SOLD)
    reverse_due(till.world.pharmacy, till.at)
    assert Claim.objects.get(pk=paid.pk).sold_as_billed
    assert stale(till.world.system, ROUNDS) == []


@pytest.mark.parametrize("state", [state for state in FillState if state != FillState.SOLD])
def test_what_is_not_sold_may_still_be_taken_back(till, paid, state):
    put(paid, state)
    assert marked(till) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"state": ClaimState.UNANSWERED.value},
        {"state": ClaimState.OUT.value},
        {"state": ClaimState.REVERSING.value},
        {"quantity": Decimal(29)},
        {"kind": "B2"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_sale_of_something_else_than_was_paid_is_not_marked(till, paid, change):
    put(paid, FillState.SOLD)
    Claim.objects.filter(pk=paid.pk).update(**change)
    assert marked(till) == 0


def test_what_the_patient_was_made_to_pay_is_taken_back_after_the_sale_too(till, paid):
    put(paid, FillState.SOLD)
    Claim.objects.filter(pk=paid.pk).update(closing=Closing.CASH.value, closed_at=till.at)
    assert marked(till) == 0
    assert stale(till.world.system, ROUNDS) == [(paid.pk, paid.fill_id)]


def test_a_completion_is_marked_only_when_the_part_it_names_was_sold_as_well(till):
    fill, balance = parted(till)
    work(till)
    comes(till, balance)
    work(till)
    first, rest = last_claim(fill), last_claim(balance)
    assert rest.completes_id == first.pk
    put(rest, FillState.SOLD)
    assert marked(till) == 0
    put(first, FillState.RETURNED)
    assert {pk for pk, _ in stale(till.world.system, ROUNDS)} == {first.pk, rest.pk}
    put(first, FillState.SOLD)
    assert marked(till) == 2


def test_one_pharmacys_round_marks_no_claim_of_anothers(till, paid):
    put(paid, FillState.SOLD)
    assert sold_for_good(till.world.other.pk) == 0
    assert not Claim.objects.get(pk=paid.pk).sold_as_billed
