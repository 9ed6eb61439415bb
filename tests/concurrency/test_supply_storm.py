"""Receiving, shelving, counting, filling and returning at once, with hands that are killed.

A smaller sibling of ``test_storm``: no server, but processes that act on the same three lots
and are ended with -9 in the middle of whatever they do. It is over when enough has happened,
however long that takes. ``APOTHECARY_STORM`` sets the seed.
"""

import os
import random
from typing import TYPE_CHECKING

import pytest

from apothecary.config.tests.world_days import NOON
from apothecary.purchasing.tests.invariants import supply_faults
from apothecary.purchasing.tests.yard import yard_of
from apothecary.staff.duties import Role
from concurrency.storm_of_hands import Enough, storm

if TYPE_CHECKING:
    from apothecary.config.tests.world import World

SEED = int(os.environ.get("APOTHECARY_STORM", "2026"))
HANDS, ORDERED = 4, 5_000
ENOUGH = Enough(
    kills=10,
    moves=500,
    # What must have happened at least once, or nothing was proved: reasons of moves.
    reasons=("received", "put away", "filled", "sold", "returned to stock", "carried", "count"),
)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_after_hands_were_killed_at_the_door_the_shelf_and_the_counter_supply_holds(
    town: "World", capsys: pytest.CaptureFixture[str]
) -> None:
    yard = yard_of(town)
    receipt = yard.begun(yard.sent(lisinopril=ORDERED))
    plan: dict[str, object] = {
        "pharmacy": town.pharmacy.pk,
        "person": town.people[Role.PHARMACIST].pk,
        "package": town.drugs["lisinopril"].pk,
        "receipt": receipt.pk,
        "noon": NOON.isoformat(),
        "at": "door",
        "seed": SEED,
    }
    killed = storm(plan, random.Random(SEED), ENOUGH, hands=HANDS)
    found = ENOUGH.counted()
    with capsys.disabled():
        print(f"\nsupply storm of seed {SEED}: {killed} killed, {found}")  # noqa: T201 told
    assert supply_faults(pharmacy_id=town.pharmacy.pk) == []
    assert killed >= ENOUGH.kills
    assert min(found.values()) > 0, found
