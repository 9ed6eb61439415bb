"""A Form 222 on its way to the wholesaler of the tests' world."""

from apothecary.purchasing.tests.yard import Yard
from apothecary.staff.duties import Role
from apothecary.vault.orders.models import Form222
from apothecary.vault.orders.registrant import name_registrant
from apothecary.vault.orders.writing import (
    Supplier,
    begin_form,
    send_form,
    sign_form,
    write_line,
)

FORM = "230000001"


def form_sent(yard: Yard, packages: int = 1, *, serial: str = FORM, dea: str = "") -> Form222:
    """Packages of oxycodone on a form, signed by who signed the registration."""
    boss = yard.world.workers[Role.IN_CHARGE]
    name_registrant(by=boss, person_id=boss.somebody, since=boss.today)
    supplier = Supplier(
        yard.wholesaler.name, "1 Depot Road, Amarillo", dea or yard.wholesaler.dea
    )
    form = begin_form(by=yard.by, serial=serial, supplier=supplier)
    package = yard.world.drugs["oxycodone"].pk
    write_line(by=yard.by, form_id=form.pk, package_id=package, packages=packages)
    sign_form(by=boss, form_id=form.pk, lines_completed=1)
    return send_form(by=yard.by, form_id=form.pk, copy_kept=True)
