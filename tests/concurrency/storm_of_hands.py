"""A storm of hands without a server: processes that act on the same lots and are ended with -9.

It is over when enough has happened, however long that takes: a busy machine is no fault.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from apothecary.stock.models import Move

ROOT = Path(__file__).resolve().parents[2]
# Moves between one kill and the next; and when to give up on hands that do nothing at all.
FEWEST, MOST, STUCK_S, LOOK_S = 20, 60, 90, 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Enough:
    """What must have happened: hands killed, moves made, each of these reasons once or more."""

    kills: int
    moves: int
    reasons: Sequence[str]

    def counted(self) -> dict[str, int]:
        """How often each kind of move has happened."""
        moves = list(Move.objects.values_list("reason", flat=True))
        return {one: sum(said.startswith(one) for said in moves) for one in self.reasons}

    def is_there(self, killed: int) -> bool:
        done = killed >= self.kills and Move.objects.count() >= self.moves
        return done and all(self.counted().values())


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
        [sys.executable, "-m", "concurrency.hands", json.dumps(plan)],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        cwd=ROOT,
        bufsize=0,
    )


def until_moved(number: int, enough: Enough) -> None:
    """Wait until so many moves stand in the books."""
    give_up_at = time.monotonic() + STUCK_S
    while Move.objects.count() < number:
        assert time.monotonic() < give_up_at, f"nothing moves: {enough.counted()}"
        time.sleep(LOOK_S)


def storm(plan: dict[str, object], chance: random.Random, enough: Enough, *, hands: int) -> int:
    """Let the hands act and kill one now and then, until enough was done; how many died."""
    process = crowd(plan | {"hands": hands})
    assert process.stdin is not None
    killed = 0
    while not enough.is_there(killed):
        until_moved(Move.objects.count() + chance.randint(FEWEST, MOST), enough)
        process.stdin.write(b"%d\n" % chance.randrange(hands))
        killed += 1
    said = process.communicate(timeout=60)[1]
    assert said == b"", said.decode()[-2000:]
    assert process.returncode == 0
    return killed
