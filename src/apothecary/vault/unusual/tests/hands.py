"""Bottles that came on an earlier day, in short."""

from datetime import date, timedelta
from decimal import Decimal

from apothecary.config.tests.world import World
from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import Line, post
from apothecary.stock.models import Lot
from apothecary.vault.book.tests.hands import spot

NEVER = date(2029, 6, 30)


def begun(world: World, *, days: int, drug: str = "testosterone", units: str = "10") -> None:
    """The controlled book began so many days ago, with so much of a drug."""
    came(world, days, drug, units, lot="OPENING")


def came(world: World, days: int, drug: str, units: str, *, lot: str = "L7") -> None:
    """A bottle from the supplier, so many days ago."""
    held = Lot.objects.create(
        pharmacy=world.pharmacy, package=world.drugs[drug], number=lot, expires_on=NEVER
    )
    ends = (spot(world, PlaceKind.SUPPLIER), spot(world))
    by = world.technician.at_time(NOON - timedelta(days=days), TODAY - timedelta(days=days))
    line = Line(*ends, held.pk, Decimal(units), "received")
    post(by=by, key=f"{drug} {lot}", lines=[line])
