"""Who orders Schedule II in the tests, in short."""

from dataclasses import replace
from datetime import date

from apothecary.config.tests.world import World
from apothecary.config.tests.world_days import TODAY
from apothecary.staff.duties import Role
from apothecary.staff.worker import Worker
from apothecary.vault.book.attorneys import Grant, grant_power
from apothecary.vault.orders.arriving import Arrived
from apothecary.vault.orders.models import Form222, Form222Line
from apothecary.vault.orders.registrant import name_registrant
from apothecary.vault.orders.writing import (
    Supplier,
    begin_form,
    send_form,
    sign_form,
    write_line,
)

PLAINS = Supplier("Plains Wholesale", "1 Depot Road, Amarillo, TX 79101", "PB1111119")
COAST = Supplier("Coast Wholesale", "2 Pier Street, Houston, TX 77002", "PC2222228")


def later(by: Worker, day: date) -> Worker:
    """The same worker on another day."""
    return by.at_time(by.at + (day - by.today), day)


def registrant(world: World, *, since: date = TODAY) -> Worker:
    """The pharmacist in charge signed the registration."""
    boss = world.workers[Role.IN_CHARGE]
    name_registrant(by=boss, person_id=boss.somebody, since=since)
    return boss


def attorney(world: World, *, granted_on: date = TODAY) -> Worker:
    """The pharmacist holds a power of attorney."""
    grant_power(
        by=world.workers[Role.IN_CHARGE],
        grant=Grant(
            person_id=world.people[Role.PHARMACIST].pk,
            registrant_name="Olivia Owner",
            registrant_title="president",
            granted_on=granted_on,
            first_witness="Wanda One",
            second_witness="Will Two",
        ),
    )
    return world.pharmacist


def begun(
    world: World, serial: str = "230000001", *, by: Worker | None = None, to: Supplier = PLAINS
) -> Form222:
    return begin_form(by=by or world.technician, serial=serial, supplier=to)


def line(
    world: World, form: Form222, packages: int = 3, *, drug: str = "oxycodone",
    by: Worker | None = None,
) -> Form222Line:  # fmt: skip
    return write_line(
        by=by or world.technician,
        form_id=form.pk,
        package_id=world.drugs[drug].pk,
        packages=packages,
    )


def written(world: World, *packages: int, serial: str = "230000001") -> Form222:
    """A form with a line for each number, not signed."""
    form = begun(world, serial)
    for each in packages or (3,):
        line(world, form, each)
    return form


def signed(world: World, *packages: int, serial: str = "230000001") -> Form222:
    """The same, signed by the registrant."""
    form = written(world, *packages, serial=serial)
    boss = registrant(world)
    return sign_form(by=boss, form_id=form.pk, lines_completed=len(packages) or 1)


def sent(world: World, *packages: int, serial: str = "230000001") -> Form222:
    """The same, on its way to the supplier."""
    form = signed(world, *packages, serial=serial)
    return send_form(by=world.technician, form_id=form.pk, copy_kept=True)


def arrived(world: World, packages: int = 1, *, number: str = "230000001",
            drug: str = "oxycodone", dea: str = "") -> Arrived:  # fmt: skip
    return Arrived(number, world.drugs[drug], packages, dea)


def elsewhere(world: World, role: Role) -> Worker:
    """Somebody of that role in the other pharmacy."""
    return replace(world.workers[role], pharmacy_id=world.other.pk)
