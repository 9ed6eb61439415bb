"""What a changed schedule asks of open prescriptions: they follow it, and the law with it."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.expiry import expires_on
from apothecary.law.problem import Problem
from apothecary.prescriptions.models import Dispensed, Fill, Prescription, PrescriptionState
from apothecary.prescriptions.states import ENDED
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.rescheduled.acting import limit_with
from apothecary.vault.rescheduled.finding import Carried, prescribed_with

MOST = 10_000


def carried(pharmacy_id: int, product_id: int) -> Sequence[Carried]:
    """The prescriptions that may still be filled with a product (1 query)."""
    rows = open_prescriptions(pharmacy_id, product_id)
    return [
        Carried(rx.number, f"of {rx.written_on:%m/%d/%Y}, {rx.refills} refills", rx.schedule)
        for rx in rows[:MOST]
    ]


def open_prescriptions(pharmacy_id: int, product_id: int) -> QuerySet[Prescription]:
    """Active prescriptions of the product with refills, or with a fill under way."""
    under_way = Fill.objects.filter(prescription=OuterRef("pk")).exclude(state__in=ENDED)
    rows = Prescription.objects.filter(
        pharmacy_id=pharmacy_id,
        state=PrescriptionState.ACTIVE,
        package__product_id=product_id,
    )
    return rows.filter(Q(refills__gt=0) | Exists(under_way)).order_by("number")


def follow(by: Worker, product_id: int, schedule: int) -> int:
    """Give each open prescription the new schedule and the last day the law then gives it; how
    many changed. Refills beyond the law's are refused when they are asked for.
    """
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    rows = open_prescriptions(by.pharmacy_id, product_id).exclude(schedule=schedule)
    held = rows.select_for_update(of=("self",))
    changed = 0
    for rx in held:
        before = {"schedule": rx.schedule, "expires_on": rx.expires_on}
        rx.schedule = schedule
        facts = rx.facts(state=house.state, dispensed=Dispensed())
        last = expires_on(facts, on=by.today, house_months=house.noncontrolled_validity_months)
        rx.expires_on = None if isinstance(last, Problem) else last.on
        rx.save(update_fields=["schedule", "expires_on"])
        now = {"schedule": rx.schedule, "expires_on": rx.expires_on}
        said = {"number": rx.number, "changed": {k: [before[k], now[k]] for k in now},
                "because": "the drug's schedule changed"}  # fmt: skip
        record(by=by, did=Deed.PRESCRIPTION_CORRECTED, about=rx, details=said)
        changed += 1
    return changed


prescribed_with("prescriptions", carried)
limit_with("prescriptions", follow)
