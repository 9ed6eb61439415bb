"""The hands of the storm at the door: they scan, shelve, count, fill and bring back at random.

Program: ``python -m concurrency.supply_crowd`` with the plan as JSON behind it. It becomes so
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
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import Any

from django.db import transaction

from apothecary.config.lifeline import die_with_parent
from apothecary.drugs.models import Package
from apothecary.law.problem import Refused
from apothecary.staff.models import Person
from apothecary.staff.signon import person_as_worker, stand_in
from apothecary.stock.models import Place
from concurrency.supply_hand import Hand

Plan = dict[str, Any]
HOME = {signal.SIGTERM}


def hand_of(plan: Plan, seed: int) -> Hand:
    """Somebody who acts at the world's own noon."""
    stand_in(plan["pharmacy"])
    person = Person.objects.select_related("pharmacy").get(pk=plan["person"])
    noon = datetime.fromisoformat(plan["noon"])
    return Hand(
        by=person_as_worker(person, now=noon, station="door", on_duty=True),
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
