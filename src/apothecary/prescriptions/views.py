"""A prescription with everything that happened to it; refilling it, calling it off."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from apothecary.patients.queries import brief
from apothecary.prescriptions import actions
from apothecary.prescriptions.emergency.queries import order_of
from apothecary.prescriptions.models import PayKind, Prescription, PrescriptionState
from apothecary.prescriptions.queries import (
    fill_lines,
    fills_of_patient,
    page_facts,
    prescription_page,
    where,
)
from apothecary.prescriptions.transfers.giving import duty_of
from apothecary.prescriptions.transfers.queries import gone_to
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest


def found(request: StaffRequest, number: int) -> Prescription:
    """The prescription of this pharmacy by its number, or no such page."""
    rx = prescription_page(pharmacy_id=request.worker.pharmacy_id, number=number)
    if rx is None:
        raise Http404
    return rx


def prescription(request: StaffRequest, number: int) -> HttpResponse:
    """Everything about one prescription."""
    request.worker.must(Duty.READ_RECORDS)
    rx = found(request, number)
    journal = request.worker.may(Duty.READ_JOURNAL)
    page = page_facts(rx, fills=fill_lines(rx), journal=journal)
    transferred = rx.state == PrescriptionState.TRANSFERRED
    facts = {
        "rx": rx,
        "who": brief(rx.patient),
        "page": page,
        "reads": request.worker.may(Duty.READ_JOURNAL),
        "may_transfer": request.worker.may(duty_of(rx)),
        "gone": gone_to(rx.pk) if transferred else None,
        "oral": order_of(rx, at=request.worker.at),
    }
    return render(request, "prescriptions/rx.html", facts)


def of_patient(request: StaffRequest, patient_id: int) -> HttpResponse:
    """The last fills of one patient, for the patient's page."""
    request.worker.must(Duty.READ_RECORDS)
    fills = fills_of_patient(pharmacy_id=request.worker.pharmacy_id, patient_id=patient_id)
    lines = [(fill, where(fill).staff) for fill in fills]
    return render(request, "prescriptions/of_patient.html", {"lines": lines})


@require_POST
def refill(request: StaffRequest, number: int) -> HttpResponse:
    """Put a refill on its way, paid as the last fill was."""
    rx = found(request, number)
    last = fill_lines(rx)
    actions.start_refill(
        by=request.worker,
        prescription_id=rx.pk,
        pay=last[0].pay if last else PayKind.PLAN,
        waiter="waiter" in request.POST,
    )
    return redirect("prescriptions:rx", number=number)


@require_POST
def cancel(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Call one fill off, with the reason."""
    because = request.POST.get("because", "")
    fill = actions.cancel_fill(by=request.worker, fill_id=fill_id, because=because)
    return redirect("prescriptions:rx", number=fill.prescription.number)


@require_POST
def cancel_rx(request: StaffRequest, number: int) -> HttpResponse:
    """Stop the prescription, with the reason: no refills any more."""
    rx, because = found(request, number), request.POST.get("because", "")
    actions.cancel_prescription(by=request.worker, prescription_id=rx.pk, because=because)
    return redirect("prescriptions:rx", number=number)
