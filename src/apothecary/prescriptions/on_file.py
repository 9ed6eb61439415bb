"""A prescription kept on file until its day: entered and numbered, and not yet filled."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.expiry import expires_on
from apothecary.law.fills import first_fill_problems
from apothecary.law.problem import Problem, refuse_if
from apothecary.prescriptions.actions import (
    Order,
    cash_price,
    entry_facts,
    ours_problems,
    take_number,
    unnumbered,
)
from apothecary.prescriptions.models import Dispensed, Fill, Prescription, PrescriptionState
from apothecary.prescriptions.rules import entry_problems
from apothecary.prescriptions.series import cii_series_problems
from apothecary.prescriptions.transfers.taking import bind, held_for
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

EARLY = "fill-too-early"


@transaction.atomic
def file_prescription(*, by: Worker, order: Order) -> Prescription:
    """Enter a prescription that is filled later: all is judged now but its earliest day."""
    by.must(Duty.ENTER_PRESCRIPTION)
    refuse_if(ours_problems(by, order))
    pharmacy = order.patient.pharmacy
    price = order.price_usd
    if price is None:
        price = cash_price(order.package, order.quantity, pharmacy)
    rx = unnumbered(order, by=by)
    came = held_for(order.transfer_id, rx, by=by)
    facts = rx.facts(state=pharmacy.state, dispensed=Dispensed())
    months = pharmacy.noncontrolled_validity_months
    law = first_fill_problems(facts, order.prescriber.facts(), on=by.today, house_months=months)
    refuse_if(
        [
            *unsettled_problems(order),
            *entry_problems(entry_facts(order, price)),
            *(problem for problem in law if problem.code != EARLY),
            *cii_series_problems(rx, state=pharmacy.state, by=by),
        ]
    )
    last = expires_on(facts, on=by.today, house_months=months)
    rx.expires_on = None if isinstance(last, Problem) else last.on
    rx.number, rx.pk, _ = take_number(by.pharmacy_id)
    rx.save(force_insert=True)
    said = {
        "number": rx.number,
        "quantity": rx.quantity,
        "ndc": order.package.ndc,
        "not_before": rx.earliest_fill_on,
    }
    record(by=by, did=Deed.PRESCRIPTION_FILED, about=rx, details=said)
    if came is not None:
        bind(came, rx, by=by)
    return rx


def unsettled_problems(order: Order) -> list[Problem]:
    """What is unsure has no fill to wait with; an emergency does not wait at all."""
    if order.emergency is not None or order.carried.emergency:
        says = "An emergency order is filled now: what can wait is no emergency."
        return [Problem(says, code="on-file-emergency", field="emergency")]
    if not order.unsure:
        return []
    says = f"Settle it before it goes on file: {order.unsure}"
    return [Problem(says, code="on-file-unsure")]


def on_file(*, pharmacy_id: int, on: date, limit: int = 200) -> Sequence[Prescription]:
    """The living prescriptions nothing was ever filled of, by their earliest day (1 query)."""
    filled = Fill.objects.filter(prescription=OuterRef("pk"))
    return list(
        Prescription.objects.filter(
            ~Exists(filled), pharmacy_id=pharmacy_id, state=PrescriptionState.ACTIVE
        )
        .exclude(expires_on__lt=on)
        .select_related("patient", "prescriber", "package__product")
        .order_by("earliest_fill_on", "number")[:limit]
    )
