"""Prepares the storm: a whole pharmacy, stock on a hot and a quiet shelf, tokens for all.

A program of its own (``python -m concurrency.storm_town SEED``): prints what clients need.
"""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import json
import random
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.conf import settings

from apothecary.config.tests.world import CHEAP, World, build_world, make_patient
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.stock.actions import receive_stock, the_place
from apothecary.stock.models import PlaceKind

PATIENTS = 600
# The hot drug has one good lot that everybody wants and small ones that are soon used up; the
# others come in lots smaller than one fill, so that a fill takes several.
STOCK = {
    "lisinopril": (9_000, 40, 25, 100),
    "metformin": (20,) * 60,
    "amoxicillin": (50,) * 30,
    "warfarin": (45, 5, 10, 200, 90),
}
HANDS = (Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN, Role.PHARMACIST)


def stock_up(world: World, *, at: datetime) -> None:
    """Put every lot on the shelf, good for two years and more."""
    by = world.pharmacist.at_time(at, at.date())
    for drug, quantities in STOCK.items():
        for number, quantity in enumerate(quantities):
            receive_stock(
                by=by,
                package=world.drugs[drug],
                lot_number=f"{drug[:3].upper()}{number}",
                expires_on=at.date() + timedelta(days=730 + number),
                quantity=Decimal(quantity),
                place=the_place(world.pharmacy.pk, PlaceKind.SHELF),
                key=f"storm {drug} {number}",
            )


def prepare(seed: int) -> dict[str, object]:
    """Everything a client must know to act."""
    at, chance = datetime.now(UTC), random.Random(seed)
    settings.PASSWORD_HASHERS = [CHEAP, *settings.PASSWORD_HASHERS]
    world = build_world()
    stock_up(world, at=at)
    patients = [
        make_patient(world.pharmacy, f"Storm{number}", "Pat", date(1950, 1, 1)).pk
        for number in range(PATIENTS)
    ]
    chance.shuffle(patients)
    return {
        "pharmacy": world.pharmacy.pk,
        "shelf": the_place(world.pharmacy.pk, PlaceKind.SHELF).pk,
        "prescriber": world.prescriber.pk,
        "patients": patients,
        "drugs": [world.drugs[drug].ndc for drug in STOCK],
        "people": {role.value: world.people[role].pk for role in HANDS},
        "tokens": {
            role.value: worker_token(person=world.people[role], station="storm", at=at)
            for role in HANDS
        },
    }


if __name__ == "__main__":
    print(json.dumps(prepare(int(sys.argv[1]))))  # noqa: T201 what the storm reads
