"""Taking an emergency oral order: judged and written down with the prescription it becomes."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.facts import RxFacts
from apothecary.law.problem import Problem
from apothecary.law.retention import Kept, kept_until
from apothecary.law.tables import federal
from apothecary.prescriptions.emergency.models import EmergencyOrder
from apothecary.prescriptions.emergency.rules import Moment, Taken, due_of, taking_problems
from apothecary.prescriptions.models import Prescription
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker

# What was written down of the order and may not be mended: it was dispensed on that.
FIXED = ("patient_id", "prescriber_id", "package_id", "schedule", "quantity", "written_on")


def moment_of(pharmacy: Pharmacy, at: datetime) -> Moment:
    """When and where it is judged."""
    return Moment(at=at, zone=ZoneInfo(pharmacy.time_zone), state=pharmacy.state)


def emergency_taking_problems(
    taken: Taken | None, facts: RxFacts, *, pharmacy: Pharmacy, by: Worker
) -> list[Problem]:
    """Why it may not be entered as an emergency order; a pharmacist's alone.

    What says it is one and has no record of the order is none: default deny.
    """
    if taken is None:
        return without_record_problems(facts, on=by.today)
    by.must(Duty.EMERGENCY_ORAL)
    now = moment_of(pharmacy, by.at)
    return taking_problems(taken, facts, by_pharmacist=by.is_pharmacist, now=now)


def without_record_problems(facts: RxFacts, *, on: date) -> list[Problem]:
    """An emergency order that nobody wrote down."""
    if not facts.emergency:
        return []
    says = "An emergency oral order is entered with the record of the call."
    row = federal("DEA-022/record", on=on)
    return [row.problem(says, code="emergency-no-record", field="emergency")]


def write_order_down(
    rx: Prescription, taken: Taken, *, pharmacy: Pharmacy, by: Worker
) -> EmergencyOrder:
    """The record of the order beside its prescription, with the time what follows is due."""
    now = moment_of(pharmacy, by.at)
    due_on, due_at = due_of(taken.ordered_at, now=now)
    row = EmergencyOrder.objects.create(
        pharmacy_id=by.pharmacy_id,
        prescription=rx,
        ordered_at=taken.ordered_at,
        ordered_on=now.day_of(taken.ordered_at),
        said=taken.said,
        because=taken.because,
        period=taken.period,
        determined=" ".join(sorted(taken.determined)),
        prescriber_known=taken.prescriber_known,
        verified_how=taken.verified_how,
        due_on=due_on,
        due_at=due_at,
        by_id=by.somebody,
        by_name=by.name,
        recorded_at=by.at,
        kept_until=kept_until(Kept.CONTROLLED, due_on, on=by.today).on,
    )
    said = {
        "number": rx.number,
        "quantity": rx.quantity,
        "because": taken.because,
        "period": taken.period,
        "prescriber": "known" if taken.prescriber_known else taken.verified_how,
        "due_on": due_on,
    }
    record(by=by, did=Deed.EMERGENCY_TAKEN, about=rx, details=said)
    return row


def emergency_mending_problems(
    rx: Prescription, mended: Prescription, *, by: Worker
) -> list[Problem]:
    """What of an emergency order cannot be mended; only a pharmacist mends the rest."""
    if not rx.emergency:
        return []
    by.must(Duty.EMERGENCY_ORAL)
    row = federal("DEA-022/record", on=by.today)
    return [
        row.problem(
            "It was written down so when the emergency order was taken: cancel it and take "
            "the order anew.",
            code="emergency-stands",
            field=name,
        )
        for name in FIXED
        if getattr(rx, name) != getattr(mended, name)
    ]


def ordered_at_of(rx: Prescription) -> datetime | None:
    """When an emergency order was given (1 query; none for any other prescription)."""
    if not rx.emergency:
        return None
    rows = EmergencyOrder.objects.filter(pharmacy_id=rx.pharmacy_id, prescription=rx)
    return rows.values_list("ordered_at", flat=True).first()
