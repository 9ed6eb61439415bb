"""A refill of a controlled drug, let out by a pharmacist, for the stories of the log."""

from datetime import timedelta
from typing import TYPE_CHECKING

from apothecary.journal.deeds import Deed
from apothecary.prescriptions.actions import enter_prescription, start_refill
from apothecary.prescriptions.models import Fill, PayKind
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.duties import Role
from apothecary.staff.worker import Worker

if TYPE_CHECKING:  # the world is a plugin of pytest, which wants to import it first
    from apothecary.config.tests.world import World


def first_fill(world: "World", drug: str = "alprazolam", *, lot: str = "L1") -> Fill:
    """A first fill that is sold."""
    world.receive(drug, "200", lot=lot)
    order = world.order(drug, refills=2)
    fill = enter_prescription(by=world.technician, order=order)
    return world.walk(fill, until=FillState.SOLD)


def at_check(world: "World", drug: str = "alprazolam", *, lot: str = "L1") -> Fill:
    """A refill that waits for the pharmacist's check."""
    sold = first_fill(world, drug, lot=lot)
    again = start_refill(
        by=world.technician, prescription_id=sold.prescription_id, pay=PayKind.CASH
    )
    return world.walk(again, until=FillState.CHECK)


def refilled(
    world: "World",
    drug: str = "alprazolam",
    *,
    lot: str = "L1",
    who: Role = Role.PHARMACIST,
    hours: int = 0,
) -> Fill:
    """A refill that a pharmacist let out, so many hours after noon."""
    fill = at_check(world, drug, lot=lot)
    by = later(world, who, hours=hours)
    return advance(fill, FillState.READY, by=by, did=Deed.FILL_APPROVED)


def later(world: "World", who: Role, *, hours: int = 0, seconds: int = 0) -> Worker:
    """Somebody of the world, so long after noon."""
    by = world.workers[who]
    at = by.at + timedelta(hours=hours, seconds=seconds)
    return by.at_time(at, world.pharmacy.day_of(at))
