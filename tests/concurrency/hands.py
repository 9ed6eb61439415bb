"""The hands of a storm: at the door or at the vault, each does at random what people do there.

Program: ``python -m concurrency.hands`` with the plan as JSON behind it. It becomes so
many hands, each a process of its own, forked when everything is loaded: what is killed has
always done something, and the next one stands there at once. A number on stdin kills the hand
at that place in the middle of whatever it does and lets another take its place; the end of
stdin sends all of them home after their last act.
"""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import json
import os
import random
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from typing import Any, Protocol

from django.db import transaction

from apothecary.config.lifeline import die_with_parent
from apothecary.drugs.models import Package
from apothecary.law.problem import Refused
from apothecary.staff.models import Person
from apothecary.staff.signon import person_as_worker, stand_in
from apothecary.staff.worker import Worker
from apothecary.stock.models import Place
from concurrency import supply_hand, vault_hand

Plan = dict[str, Any]
HOME = {signal.SIGTERM}


class Hand(Protocol):
    """Somebody with something to do."""

    chance: random.Random

    def acts(self) -> list[Callable[[], object]]: ...


def hand_of(plan: Plan, seed: int) -> Hand:
    """Somebody at the place that the plan names."""
    stand_in(plan["pharmacy"])
    return at_the_vault(plan, seed) if plan["at"] == "vault" else at_the_door(plan, seed)


def worker(plan: Plan, person: str) -> Worker:
    """Somebody of the plan, who acts at the world's own noon."""
    found = Person.objects.select_related("pharmacy").get(pk=plan[person])
    noon = datetime.fromisoformat(plan["noon"])
    return person_as_worker(found, now=noon, station=plan["at"], on_duty=True)


def at_the_vault(plan: Plan, seed: int) -> Hand:
    return vault_hand.Hand(
        pharmacist=worker(plan, "person"),
        technician=worker(plan, "second"),
        chance=random.Random(seed),
        package=plan["package"],
        places=dict(Place.objects.values_list("kind", "pk")),
    )


def at_the_door(plan: Plan, seed: int) -> Hand:
    return supply_hand.Hand(
        by=worker(plan, "person"),
        chance=random.Random(seed),
        package=Package.objects.select_related("product").get(pk=plan["package"]),
        receipt=plan["receipt"],
        places=dict(Place.objects.values_list("name", "pk")),
    )


def act_until_sent_home(plan: Plan, seed: int) -> None:
    """Act; only refusals may fail."""
    die_with_parent()
    sent_home: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: sent_home.append(number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HOME)
    hand = hand_of(plan, seed)
    acts = hand.acts()
    while not sent_home:
        act = hand.chance.choice(acts)
        try:
            with transaction.atomic():
                act()
        except Refused:
            continue


def another(plan: Plan, seeds: Iterator[int]) -> int:
    """A hand more; its process. The hand itself never returns from here."""
    seed = next(seeds)
    # One that is sent home before it can listen hears it when it can.
    signal.pthread_sigmask(signal.SIG_BLOCK, HOME)
    process = os.fork()
    if process:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HOME)
        return process
    act_until_sent_home(plan, seed)
    os._exit(0)


def ended(process: int) -> int:
    """How a process ended: its exit code, or the signal below zero."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def main() -> int:
    """Hands come and go as they are told from stdin; how many failed of their own."""
    die_with_parent()
    plan: Plan = json.loads(sys.argv[1])
    seeds = count(plan["seed"])
    crowd = [another(plan, seeds) for _ in range(plan["hands"])]
    failed = 0
    for place in map(int, sys.stdin):
        os.kill(crowd[place], signal.SIGKILL)
        failed += ended(crowd[place]) != -signal.SIGKILL
        crowd[place] = another(plan, seeds)
    for process in crowd:
        os.kill(process, signal.SIGTERM)
    return failed + sum(ended(process) != 0 for process in crowd)


if __name__ == "__main__":
    sys.exit(main())
