"""Receiving, shelving, counting, filling and returning at once, with hands that are killed.

A smaller sibling of ``test_storm``: no server, but processes that act on the same three lots
and are ended with -9 in the middle of whatever they do. ``APOTHECARY_STORM`` sets the seed.
"""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from apothecary.config.tests.world_days import NOON
from apothecary.purchasing.tests.invariants import supply_faults
from apothecary.purchasing.tests.yard import yard_of
from apothecary.staff.duties import Role
from apothecary.stock.models import Move

if TYPE_CHECKING:
    from apothecary.config.tests.world import World

SEED = int(os.environ.get("APOTHECARY_STORM", "2026"))
ROOT = Path(__file__).resolve().parents[2]
HANDS, KILLS, STORM_S, WAKING_S, ORDERED = 4, 8, 36, 5, 5_000
# What must have happened at least once, or nothing was proved: reasons of moves.
WANTED = ("received", "put away", "filled", "sold", "returned to stock", "carried", "count")


def database_url() -> str:
    """Where this test's database is, for a process of its own."""
    said = connection.settings_dict
    return (
        f"postgresql://{said['USER']}:{said['PASSWORD']}@/{said['NAME']}"
        f"?host={said['HOST']}&port={said['PORT']}"
    )


def hand(plan: dict[str, object]) -> subprocess.Popen[bytes]:
    """One process of the crowd."""
    env = os.environ | {
        "DATABASE_URL": database_url(),
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}",
        "APOTHECARY_LOG": "ERROR",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "concurrency.supply_crowd", json.dumps(plan)],
        stderr=subprocess.PIPE,
        env=env,
        cwd=ROOT,
    )


def storm(plan: dict[str, object], chance: random.Random) -> int:
    """Let the hands act, kill one now and then and let another take its place; how many."""
    until = time.time() + STORM_S
    seeds = iter(range(SEED, SEED + 10_000))

    def another() -> subprocess.Popen[bytes]:
        return hand(plan | {"seed": next(seeds), "until": until})

    crowd, said, killed = [another() for _ in range(HANDS)], b"", 0
    # They need a moment to wake; what is killed before that has done nothing.
    pause = (STORM_S - WAKING_S) / KILLS
    time.sleep(WAKING_S)
    while killed < KILLS and time.time() < until:
        time.sleep(pause * chance.uniform(0.3, 1.0))
        place = chance.randrange(HANDS)
        crowd[place].kill()
        said += crowd[place].communicate()[1]
        killed += 1
        crowd[place] = another()
    for process in crowd:
        said += process.communicate(timeout=60)[1]
    assert said == b"", said.decode()[-2000:]
    assert {process.returncode for process in crowd} == {0}
    return killed


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
    }
    killed = storm(plan, random.Random(SEED))
    moves = Move.objects.values_list("reason", flat=True)
    found = {reason: sum(one.startswith(reason) for one in moves) for reason in WANTED}
    with capsys.disabled():
        print(f"\nsupply storm of seed {SEED}: {killed} killed, {found}")  # noqa: T201 told
    assert supply_faults(pharmacy_id=town.pharmacy.pk) == []
    assert killed >= KILLS // 2
    assert min(found.values()) > 0, found
