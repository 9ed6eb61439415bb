"""The demo's orders for Schedule II: who may sign, a form on its way, one to be signed."""

from datetime import timedelta

from apothecary.drugs.models import Package
from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.staff.worker import Worker
from apothecary.vault.book.attorneys import Grant, grant_power
from apothecary.vault.orders.models import Form222
from apothecary.vault.orders.registrant import name_registrant
from apothecary.vault.orders.writing import (
    Supplier,
    begin_form,
    send_form,
    sign_form,
    write_line,
)

ADDRESS = "1200 Invented Road, Lubbock, TX 79401"
# Number of the form, and what its lines order: NDC and packages.
SENT = ("230004711", (("0054-0235-24", 3), ("0406-1144-01", 4), ("0406-8315-01", 2)))
UNSIGNED = ("230004712", (("0406-8893-01", 2), ("0406-9025-76", 5)))
DAYS_AGO = timedelta(days=5)


def order_schedule_ii(*, by: Worker, attorney_id: int) -> None:
    """The registrant, one who holds their power, a form five days old and one of today."""
    then = by.at_time(by.at - DAYS_AGO, by.today - DAYS_AGO)
    name_registrant(by=then, person_id=by.somebody, since=then.today)
    grant_power(
        by=then,
        grant=Grant(
            person_id=attorney_id,
            registrant_name=by.name,
            registrant_title="pharmacist in charge",
            granted_on=then.today,
            first_witness="Wanda Witness",
            second_witness="Will Witness",
        ),
    )
    form = written(*SENT, by=then)
    sign_form(by=then, form_id=form.pk, lines_completed=len(SENT[1]))
    send_form(by=then, form_id=form.pk, copy_kept=True)
    written(*UNSIGNED, by=by)


def written(serial: str, lines: tuple[tuple[str, int], ...], *, by: Worker) -> Form222:
    """A form to the first of the demo's wholesalers."""
    house = Wholesaler.objects.filter(pharmacy_id=by.pharmacy_id).order_by("priority")[0]
    form = begin_form(by=by, serial=serial, supplier=Supplier(house.name, ADDRESS, house.dea))
    named = {package.ndc: package.pk for package in
             Package.objects.filter(ndc__in=[ndc for ndc, _ in lines])}  # fmt: skip
    for ndc, packages in lines:
        write_line(by=by, form_id=form.pk, package_id=named[ndc], packages=packages)
    return form
