"""What follows an emergency order: the prescription that covers it, or that DEA was told."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.emergency import state_late_problems
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.prescriptions.actions import lock_prescription
from apothecary.prescriptions.emergency.models import (
    CoverKind,
    EmergencyCover,
    EmergencyNotice,
    EmergencyOrder,
    Told,
)
from apothecary.prescriptions.emergency.queries import elements_of, facts_of
from apothecary.prescriptions.emergency.rules import (
    Covering,
    Moment,
    Ordered,
    Telling,
    cover_problems,
    telling_problems,
)
from apothecary.prescriptions.emergency.taking import moment_of
from apothecary.prescriptions.models import Prescription
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker


@dataclass(frozen=True, slots=True)
class Came:
    """By what arrival in intake it came, when, and under which message."""

    arrival: int
    at: datetime
    message_id: str = ""


@transaction.atomic
def cover_order(*, by: Worker, order_id: int, cover: Covering, came: Came) -> EmergencyCover:
    """Attach what followed to the oral order, or say every reason why it is not that."""
    by.must(Duty.EMERGENCY_ORAL)
    row, rx, now = held(by=by, order_id=order_id)
    refuse_if(covered_problems(row))
    ordered = Ordered(
        elements=elements_of(rx), ordered_at=row.ordered_at, recorded_at=row.recorded_at
    )
    refuse_if(cover_problems(ordered, cover, now=now))
    late = state_late_problems(now.state, row.ordered_at, came.at, at=by.at, on=now.on)
    made = EmergencyCover.objects.create(
        pharmacy_id=by.pharmacy_id,
        order=row,
        kind=CoverKind.ELECTRONIC if cover.electronic else CoverKind.WRITTEN,
        arrival=came.arrival,
        message_id=came.message_id,
        written_on=cover.written_on,
        oral_order_on=row.ordered_on,
        quantity=cover.elements.quantity,
        received_on=cover.received_on,
        postmarked_on=cover.postmarked_on,
        annotation=annotation(row, rx) if cover.electronic else "",
        late_by_state=" ".join(f"{one.says} {one.cite}" for one in late),
        by_id=by.somebody,
        by_name=by.name,
        at=by.at,
    )
    said = {
        "number": rx.number,
        "kind": made.kind,
        "arrival": came.arrival,
        "received_on": cover.received_on,
        "annotation": made.annotation,
        "late_by_state": made.late_by_state,
    }
    record(by=by, did=Deed.EMERGENCY_COVERED, about=rx, details=said)
    return made


def annotation(row: EmergencyOrder, rx: Prescription) -> str:
    """What an electronic one is annotated with: the original authorization and its date."""
    return (
        f"Authorization for emergency dispensing: oral order of {row.ordered_on:%m/%d/%Y}, "
        f"taken by {row.by_name}, dispensed as Rx {rx.number}."
    )


@transaction.atomic
def tell_office(*, by: Worker, order_id: int, telling: Telling) -> EmergencyNotice:
    """Write down that DEA, or the state, was told that nothing followed."""
    by.must(Duty.EMERGENCY_ORAL)
    if telling.whom not in Told.values:
        raise refuse("Who was told: DEA or the state?", field="whom", code="notice-whom")
    row, rx, now = held(by=by, order_id=order_id)
    facts = facts_of(row)
    if facts.covered and not (facts.late_by_state and telling.whom == Told.STATE):
        refuse_if(covered_problems(row))
    refuse_if(telling_problems(telling, facts, row.recorded_at, now=now))
    made = EmergencyNotice.objects.create(
        pharmacy_id=by.pharmacy_id,
        order=row,
        whom=telling.whom,
        office=telling.office,
        spoke_with=telling.spoke_with,
        how=telling.how,
        because=telling.because,
        told_at=telling.told_at,
        by_id=by.somebody,
        by_name=by.name,
        recorded_at=by.at,
    )
    said = {
        "number": rx.number,
        "whom": made.whom,
        "office": made.office,
        "spoke_with": made.spoke_with,
        "how": made.how,
        "told_at": made.told_at,
        "because": made.because,
    }
    record(by=by, did=Deed.EMERGENCY_TOLD, about=rx, details=said)
    return made


def covered_problems(row: EmergencyOrder) -> list[Problem]:
    """It is covered once (1 query)."""
    found = EmergencyCover.objects.filter(order=row).first()
    if found is None:
        return []
    says = f"It was covered on {found.received_on} already, by {found.by_name}."
    return [Problem(says, code="cover-twice", field="order")]


def held(*, by: Worker, order_id: int) -> tuple[EmergencyOrder, Prescription, Moment]:
    """An order of this pharmacy with its prescription, held until the act is done."""
    mine = EmergencyOrder.objects.filter(pharmacy_id=by.pharmacy_id, pk=order_id)
    prescription_id = mine.values_list("prescription_id", flat=True).first()
    if prescription_id is None:
        raise refuse("No such emergency order in this pharmacy.", code="no-emergency-order")
    # Two who attach or tell at once follow each other: the prescription is what they hold.
    rx = lock_prescription(by=by, prescription_id=prescription_id)
    return mine.get(), rx, moment_of(Pharmacy.objects.get(pk=by.pharmacy_id), by.at)
