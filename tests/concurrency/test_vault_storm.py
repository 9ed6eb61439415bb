"""The controlled book is the ledger's, whoever acts at once and whoever is killed in an act.

Bottles come, fills go, cases are opened and closed, losses judged and closed, by hands that
are ended with -9. ``APOTHECARY_STORM`` sets the seed.
"""

import os
import random
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.staff.duties import Role
from apothecary.stock.models import Balance, Move, Posting
from apothecary.stock.queries import book_faults
from apothecary.vault.book.models import DiscrepancyCase
from apothecary.vault.book.perpetual import (
    Period,
    book_differences,
    book_lines,
    book_sums,
    drug_of,
    stands_here,
)
from apothecary.vault.book.rules import ON_HAND, running
from apothecary.vault.losses.models import Loss
from concurrency.storm_of_hands import Enough, storm
from concurrency.vault_hand import SETTLED

if TYPE_CHECKING:
    from apothecary.config.tests.world import World

SEED = int(os.environ.get("APOTHECARY_STORM", "2026"))
HANDS, DRUG, ZONE = 4, "oxycodone", "America/Chicago"
AGES = Period(TODAY - timedelta(days=1), TODAY + timedelta(days=1), ZONE)
ENOUGH = Enough(
    kills=8,
    moves=300,
    reasons=("received", "carried", "filled", "sold", "lost: L", "lost: disc", "discrepancy"),
)


def book_agrees(world: "World") -> None:
    """Line by line, in its sum, and with what stands in each place."""
    house, drug = world.pharmacy.pk, drug_of(world.drugs[DRUG].product_id)
    lines = book_lines(pharmacy_id=house, drug=drug, period=AGES, rows=50_000)
    sums = book_sums(pharmacy_id=house, drug=drug, period=AGES)
    kinds = [kind.value for kind in ON_HAND]
    held = Balance.objects.filter(place__kind__in=kinds, lot__package=world.drugs[DRUG])
    stands = sum((row.on_hand for row in held), Decimal(0))
    changes = [line.change for line in lines]
    assert [line.balance for line in lines] == running(Decimal(0), changes)
    assert stands == sums.closing == stands_here(pharmacy_id=house, drug=drug)[0]
    assert len(lines) == sums.lines
    assert book_differences(pharmacy_id=house, zone=ZONE, today=TODAY) == []
    assert book_faults(pharmacy_id=house) == []


def papers_agree() -> None:
    """No act stands by half: a loss left the book with its judgement or not at all, once; and
    a place has one open case of a lot."""
    for loss in Loss.objects.filter(case=None).prefetch_related("lines"):
        posted = Posting.objects.filter(key=f"loss {loss.pk}")
        moves = Move.objects.filter(posting__in=posted)
        gone = sum((move.quantity for move in moves), Decimal(0))
        named = sum((line.quantity for line in loss.lines.all()), Decimal(0))
        assert gone == (named if loss.in_books_at else 0), loss
    open_ = DiscrepancyCase.objects.exclude(state__in=SETTLED)
    pairs = list(open_.values_list("place_id", "lot_id"))
    assert len(pairs) == len(set(pairs))
    numbers = list(Loss.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_after_hands_were_killed_at_the_safe_the_controlled_book_is_the_ledger(
    town: "World", capsys: pytest.CaptureFixture[str]
) -> None:
    for lot in "ABCDEF":
        town.receive(DRUG, "100", lot=lot)
    plan: dict[str, object] = {
        "at": "vault",
        "pharmacy": town.pharmacy.pk,
        "person": town.people[Role.PHARMACIST].pk,
        "second": town.people[Role.TECHNICIAN].pk,
        "package": town.drugs[DRUG].pk,
        "noon": NOON.isoformat(),
        "seed": SEED,
    }
    killed = storm(plan, random.Random(SEED), ENOUGH, hands=HANDS)
    found = ENOUGH.counted()
    with capsys.disabled():
        print(f"\nvault storm of seed {SEED}: {killed} killed, {found}")  # noqa: T201 told
    book_agrees(town)
    papers_agree()
    assert killed >= ENOUGH.kills
    assert min(found.values()) > 0, found
