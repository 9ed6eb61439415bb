"""A compound of the tests' world: an ointment of hydrocortisone and crushed lisinopril."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from apothecary.config.tests.world import World
from apothecary.prescriptions.actions import Order, enter_prescription
from apothecary.prescriptions.compound_tables import Compound
from apothecary.prescriptions.compounds import Part, Recipe, enter_compound
from apothecary.prescriptions.models import Fill

STEROID, TABLETS = "hydrocortisone", "lisinopril"


def recipe(world: World, **changes: Any) -> Recipe:
    """Thirty grams of cream and seven tablets make forty grams."""
    parts = (
        Part(package_id=world.drugs[STEROID].pk, quantity=Decimal(30), unit="GM"),
        Part(package_id=world.drugs[TABLETS].pk, quantity=Decimal(7), unit="EA"),
    )
    whole = Recipe(
        name="magic cream",
        form="03",
        route="6064005",
        unit="GM",
        makes=Decimal(40),
        beyond_use_days=30,
        parts=parts,
    )
    return replace(whole, **changes)


def compound(world: World, **changes: Any) -> Compound:
    return enter_compound(by=world.technician, recipe=recipe(world, **changes))


def stocked(world: World, steroid: str = "100", tablets: str = "100") -> None:
    """Both ingredients on the shelf, each of its own lot."""
    for drug, quantity, lot in ((STEROID, steroid, "HC1"), (TABLETS, tablets, "LI1")):
        if quantity != "0":
            world.receive(drug, quantity, lot=lot)


def order(world: World, made: Compound, *, quantity: str = "40", pay: str = "cash") -> Order:
    return replace(
        world.order(quantity=quantity, days=10, refills=1, pay=pay,
                    directions="Apply to the hand twice daily."),
        package=made.package,
    )  # fmt: skip


def entered(world: World, made: Compound | None = None) -> Fill:
    """A compound ordered: its first fill is being screened."""
    return enter_prescription(by=world.technician, order=order(world, made or compound(world)))
