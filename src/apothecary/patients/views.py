"""The patient's own page."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.patients.queries import brief, coverages_of, patient_page
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest


def patient(request: StaffRequest, patient_id: int) -> HttpResponse:
    """The profile; that somebody read it is written down."""
    request.worker.must(Duty.READ_RECORDS)
    found = patient_page(pharmacy_id=request.worker.pharmacy_id, patient_id=patient_id)
    if found is None:
        raise Http404
    record(by=request.worker, did=Deed.PATIENT_READ, about=found)
    facts = {"patient": found, "who": brief(found), "coverages": coverages_of(found)}
    return render(request, "patients/patient.html", facts)
