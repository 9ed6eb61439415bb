"""Receiving, shelving, counting, filling and returning at once, with hands that are killed.

A smaller sibling of ``test_storm``: no server, but processes that act on the same three lots
and are ended with -9 in the middle of whatever they do. It is over when enough has happened,
however long that takes. ``APOTHECARY_STORM`` sets the seed.
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
HANDS, KILLS, ENOUGH, ORDERED = 4, 10, 500, 5_000
# Moves between one kill and the next; and when to give up on hands that do nothing at all.
FEWEST, MOST, STUCK_S, LOOK_S = 20, 60, 90, 0.02
# What must have happened at least once, or nothing was proved: reasons of moves.
WANTED = ("received", "put away", "filled", "sold", "returned to stock", "carried", "count")


def database_url() -> str:
    """Where this test's database is, for a process of its own."""
    said = connection.settings_dict
    return (
        f"postgresql://{said['USER']}:{said['PASSWORD']}@/{said['NAME']}"
        f"?host={said['HOST']}&port={said['PORT']}"
    )


def crowd(plan: dict[str, object]) -> subprocess.Popen[bytes]:
    """The process that is and keeps the hands."""
    env = os.environ | {
        "DATABASE_URL": database_url(),
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}",
        "APOTHECARY_LOG": "ERROR",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "concurrency.supply_crowd", json.dumps(plan)],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        cwd=ROOT,
        bufsize=0,
    )


def reasons() -> dict[str, int]:
    """How often each kind of move has happened."""
    moves = list(Move.objects.values_list("reason", flat=True))
    return {reason: sum(one.startswith(reason) for one in moves) for reason in WANTED}


def until_moved(number: int) -> None:
    """Wait until so many moves stand in the books."""
    give_up_at = time.monotonic() + STUCK_S
    while Move.objects.count() < number:
        assert time.monotonic() < give_up_at, f"nothing moves: {reasons()}"
        time.sleep(LOOK_S)


def storm(plan: dict[str, object], chance: random.Random) -> int:
    """Let the hands act and kill one now and then, until enough was done; how many died."""
    process = crowd(plan)
    assert process.stdin is not None
    killed = 0
    while killed < KILLS or Move.objects.count() < ENOUGH or not all(reasons().values()):
        until_moved(Move.objects.count() + chance.randint(FEWEST, MOST))
        process.stdin.write(b"%d\n" % chance.randrange(HANDS))
        killed += 1
    said = process.communicate(timeout=60)[1]
    assert said == b"", said.decode()[-2000:]
    assert process.returncode == 0
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
        "hands": HANDS,
        "seed": SEED,
    }
    killed = storm(plan, random.Random(SEED))
    found = reasons()
    with capsys.disabled():
        print(f"\nsupply storm of seed {SEED}: {killed} killed, {found}")  # noqa: T201 told
    assert supply_faults(pharmacy_id=town.pharmacy.pk) == []
    assert killed >= KILLS
    assert min(found.values()) > 0, found
