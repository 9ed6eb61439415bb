"""A fill that was sent back to entry: mend the prescription, and on to screening again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from apothecary.intake.actions.entry import order_of, shown_problems
from apothecary.intake.forms import read_entry, unsettled
from apothecary.intake.judging import asked
from apothecary.intake.lawful_arrival import electronic_now_problems
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.expiry import expires_on
from apothecary.law.fills import first_fill_problems, next_fill_problems
from apothecary.law.problem import Problem, refuse_if
from apothecary.prescriptions.actions import (
    Order,
    cash_price,
    entry_facts,
    ours_problems,
    unnumbered,
)
from apothecary.prescriptions.lawful import (
    carried_refusals,
    cii_series_problems,
    emergency_mending_problems,
)
from apothecary.prescriptions.models import CARRIED, Dispensed, Fill, Prescription
from apothecary.prescriptions.rules import entry_problems
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.transfers.taking import mending_problems
from apothecary.prescriptions.writer import advance, lock_fill, must_be_in
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker

CORRECTED = (
    *("patient_id", "prescriber_id", "package_id", "schedule", "quantity", "days_supply"),
    *("refills", "daw", "origin", "directions", "directions_spanish", "diagnosis", "note"),
    *("written_on", "earliest_fill_on", "expires_on"),
    *CARRIED,
)
# Who got what cannot be rewritten once something of it has been given out.
FIXED_ONCE_GIVEN = ("patient_id", "prescriber_id", "package_id", "schedule", "written_on")


@transaction.atomic
def correct_entry(*, by: Worker, fill_id: int, typed: Mapping[str, str]) -> Fill:
    """Mend what was sent back: before and after are written down, then it is screened anew."""
    by.must(Duty.ENTER_PRESCRIPTION)
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, FillState.ENTRY)
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    entry = read_entry(typed, zone=ZoneInfo(pharmacy.time_zone))
    order, reading, drug = order_of(entry, by=by)
    refuse_if(shown_problems(typed, order))
    rx = fill.prescription
    price = order.price_usd
    if price is None:
        price = cash_price(order.package, order.quantity, pharmacy)
    # That it was an emergency oral order is not typed and cannot be typed away.
    order = replace(order, carried=replace(order.carried, emergency=rx.emergency))
    mended = unnumbered(order, by=by)
    refuse_if(
        ours_problems(by, order)
        + entry_problems(entry_facts(order, price))
        + given_problems(rx, mended)
        + emergency_mending_problems(rx, mended, by=by)
        + law_problems(fill, mended, order, pharmacy=pharmacy, by=by)
        + mending_problems(rx, mended, by=by)
        + electronic_now_problems(rx, order, by=by)
        + cii_series_problems(mended, state=pharmacy.state, by=by, besides=rx.pk)
    )
    facts = mended.facts(state=pharmacy.state, dispensed=Dispensed())
    last = expires_on(facts, on=by.today, house_months=pharmacy.noncontrolled_validity_months)
    mended.expires_on = None if isinstance(last, Problem) else last.on
    changed = mend(rx, mended)
    if changed:
        details = {"number": rx.number, "changed": changed}
        record(by=by, did=Deed.PRESCRIPTION_CORRECTED, about=rx, details=details)
    mend_fill(fill, order, price_usd=fill.price_usd if price is None else price, by=by)
    asks = asked(typed, sent={}, why={}, drug=drug, reading=reading)
    return advance(
        fill,
        FillState.SCREENING,
        by=by,
        did=Deed.FILL_MOVED,
        because=" ".join(unsettled(typed, asks)),
    )


def given_problems(rx: Prescription, mended: Prescription) -> list[Problem]:
    """Why this may not be changed any more (1 query when anything of it differs)."""
    differs = [name for name in FIXED_ONCE_GIVEN if getattr(rx, name) != getattr(mended, name)]
    if not differs or not rx.fills.filter(state=FillState.SOLD).exists():
        return []
    return [
        Problem(
            f"A fill of {rx.number} has been given out: the {words(name)} stands. "
            "Enter a new prescription.",
            field=name,
            code="given-out",
        )
        for name in differs
    ]


def words(name: str) -> str:
    """A column's name as one says it."""
    return name.removesuffix("_id").replace("package", "drug").replace("_", " ")


def law_problems(
    fill: Fill, mended: Prescription, order: Order, *, pharmacy: Pharmacy, by: Worker
) -> list[Problem]:
    """The law's reasons, as for a first fill or a refill, on the mended values."""
    before = Dispensed(fills=fill.number, first_on=first_sold_on(fill))
    facts = mended.facts(state=pharmacy.state, dispensed=before)
    months = pharmacy.noncontrolled_validity_months
    rule = next_fill_problems if fill.number else first_fill_problems
    problems = rule(facts, order.prescriber.facts(), on=by.today, house_months=months)
    return problems + carried_refusals(mended, state=pharmacy.state, on=by.today)


def first_sold_on(fill: Fill) -> date | None:
    """The day of the first fill, for a refill's count; none for a first fill."""
    first = fill.prescription.fills.filter(number=0).order_by("id").first()
    return first.created_at.date() if fill.number and first else None


def mend(rx: Prescription, mended: Prescription) -> dict[str, list[str]]:
    """Write what differs; returns before and after of each. The data is reviewed anew."""
    changed = {}
    for name in CORRECTED:
        before, after = getattr(rx, name), getattr(mended, name)
        if before != after:
            changed[name] = [str(before), str(after)]
            setattr(rx, name, after)
    rx.reviewed_at = rx.reviewed_by = None
    rx.save(update_fields=[*changed, "reviewed_at", "reviewed_by"])
    return changed


def mend_fill(fill: Fill, order: Order, *, price_usd: Decimal, by: Worker) -> None:
    """Bring the fill in line with its mended prescription; its state is the writer's alone."""
    fill.patient_id = order.patient.pk
    fill.package = order.package
    fill.quantity, fill.days_supply, fill.daw = order.quantity, order.days_supply, order.daw
    fill.pay, fill.waiter = order.pay, order.waiter
    fill.price_usd = price_usd
    fill.administration_usd, fill.cost_340b_usd = order.administration_usd, order.cost_340b_usd
    fill.promised_at = order.promised_at or max(fill.promised_at, by.at + timedelta(minutes=1))
    fill.data_reviewed = False
    fill.save(
        update_fields=[
            *("patient", "package", "quantity", "days_supply", "daw", "pay", "waiter"),
            *("price_usd", "promised_at", "data_reviewed"),
            *("administration_usd", "cost_340b_usd"),
        ]
    )
