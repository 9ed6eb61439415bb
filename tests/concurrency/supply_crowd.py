"""A process of the storm at the door: scans, shelves, counts, fills and brings back, at random.

It is killed without a word in the middle of whatever it does. Program:
``python -m concurrency.supply_crowd`` with the plan as JSON behind it; it stops at ``until``.
"""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import json
import random
import sys
import time
from datetime import datetime
from typing import Any

from django.db import transaction

from apothecary.config.lifeline import die_with_parent
from apothecary.drugs.models import Package
from apothecary.law.problem import Refused
from apothecary.staff.models import Person
from apothecary.staff.signon import person_as_worker, stand_in
from apothecary.stock.models import Place
from concurrency.supply_hand import Hand


def main() -> None:
    """Act until the time is up or somebody kills us; only refusals may fail."""
    die_with_parent()
    plan: dict[str, Any] = json.loads(sys.argv[1])
    stand_in(plan["pharmacy"])
    person = Person.objects.select_related("pharmacy").get(pk=plan["person"])
    noon = datetime.fromisoformat(plan["noon"])
    hand = Hand(
        by=person_as_worker(person, now=noon, station="door", on_duty=True),
        chance=random.Random(plan["seed"]),
        package=Package.objects.select_related("product").get(pk=plan["package"]),
        receipt=plan["receipt"],
        places=dict(Place.objects.values_list("name", "pk")),
    )
    acts = hand.acts()
    while time.time() < plan["until"]:
        act = hand.chance.choice(acts)
        try:
            with transaction.atomic():
                act()
        except Refused:
            continue


if __name__ == "__main__":
    main()
