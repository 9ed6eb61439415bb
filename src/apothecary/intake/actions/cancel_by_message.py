"""CancelRx: the prescriber takes a prescription back; what is sold stays sold."""

from dataclasses import dataclass

from django.db import transaction

from apothecary.intake.models import Arrival, ArrivalState
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.patients.rules import fold
from apothecary.prescriptions.actions import cancel_prescription
from apothecary.prescriptions.models import Prescription, PrescriptionState
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.transfers.queries import gone_to
from apothecary.staff.worker import Worker
from apothecary.wires.script import CancelRx, Header

BECAUSE = "cancelled by the prescriber"
LONGEST_REASON = 260
# SCRIPT's code list of denials: the prescription was transferred to another pharmacy.
TRANSFERRED = "AR"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Approved or denied, in words, with the pharmacy's number of the prescription.

    ``code`` is the standard's own for a denial, where it has one.
    """

    approved: bool
    says: str
    reference: str = ""
    code: str = ""


def approved(says: str, reference: str = "") -> Outcome:
    """It is stopped as a whole."""
    return Outcome(approved=True, says=says, reference=reference)


def denied(says: str, reference: str = "", *, code: str = "") -> Outcome:
    """It could not be stopped, or not all of it."""
    return Outcome(approved=False, says=says, reference=reference, code=code)


def cancel_by_message(*, partner: str, header: Header, body: CancelRx, by: Worker) -> Outcome:
    """Stop what the message means, and say whether all of it could be stopped."""
    arrival = arrival_meant(partner=partner, header=header, by=by)
    if arrival is None:
        return denied("No such prescription is on file here.")
    if not names_the_same(arrival, body):
        return denied("The patient of that prescription is another one.")
    if arrival.state == ArrivalState.CANCELLED:
        return approved("It was cancelled already.")
    if arrival.prescription_id:
        return cancel_entered(arrival.prescription_id, by=by)
    arrival.state, arrival.because = ArrivalState.CANCELLED, BECAUSE
    arrival.question = ""
    arrival.save(update_fields=["state", "because", "question"])
    record(by=by, did=Deed.ARRIVAL_CANCELLED, about=arrival, details={"because": BECAUSE})
    return approved("Cancelled before it was entered.")


def arrival_meant(*, partner: str, header: Header, by: Worker) -> Arrival | None:
    """The arrival under the prescriber's order number, else the message related to."""
    mine = Arrival.objects.select_for_update(of=("self",)).filter(
        pharmacy_id=by.pharmacy_id, partner=partner
    )
    if header.prescriber_order_number:
        found = mine.filter(order_number=header.prescriber_order_number)
        if header.relates_to and len(found) > 1:
            found = found.filter(message_id=header.relates_to)
        # Two prescriptions under one order number: nobody can say which is meant.
        return found[0] if len(found) == 1 else None
    found = mine.filter(message_id=header.relates_to).exclude(message_id="")
    return found[0] if len(found) == 1 else None


def names_the_same(arrival: Arrival, body: CancelRx) -> bool:
    """A number alone cancels nobody's medicine: name and birth date must agree too."""
    sent, who = arrival.sent_values, body.patient
    born_on = who.born_on.isoformat() if who.born_on else ""
    return (
        fold(sent["patient_last_name"]) == fold(who.name.last)
        and fold(sent["patient_first_name"]) == fold(who.name.first)
        and sent["patient_born_on"] == born_on
    )


def cancel_entered(prescription_id: int, *, by: Worker) -> Outcome:
    """Stop an entered prescription: no refill any more, nothing unsold stays on its way."""
    rx = Prescription.objects.get(pk=prescription_id)
    reference = str(rx.number)
    if rx.state == PrescriptionState.TRANSFERRED:
        # Stopped here, and alive there: who is told "approved" never calls the other pharmacy.
        return denied(where_it_went(rx), reference, code=TRANSFERRED)
    if rx.state != PrescriptionState.ACTIVE:
        return approved("It was stopped already.", reference)
    sold = rx.fills.filter(state=FillState.SOLD).order_by("state_since").first()
    try:
        # A savepoint: a refusal is an answer here, and must leave nothing half done.
        with transaction.atomic():
            cancel_prescription(by=by, prescription_id=prescription_id, because=BECAUSE)
    except Refused as refusal:
        return denied(str(refusal)[:LONGEST_REASON], reference)
    if sold:
        says = (
            f"Already dispensed on {sold.state_since:%m/%d/%Y}. "
            "Refills and fills not yet sold are stopped."
        )
        return denied(says, reference)
    return approved("Cancelled; nothing had been dispensed.", reference)


def where_it_went(rx: Prescription) -> str:
    """The pharmacy that has it now, so that the prescriber can cancel it there (1 query)."""
    gone = gone_to(rx.pk)
    if gone is None:
        return "It was transferred to another pharmacy: cancel it there."
    where = ", ".join(part for part in (gone.name, gone.city, gone.state) if part)
    phone = f", phone {gone.phone}" if gone.phone else ""
    says = f"Transferred on {gone.transferred_on:%m/%d/%Y} to {where}{phone}: cancel it there."
    return says[:LONGEST_REASON]
