"""The patient's own page."""

from collections.abc import Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.patients.queries import brief, coverages_of, patient_page
from apothecary.patients.residence import PLACES, RESIDENCES, say_residence
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest


def patient(request: StaffRequest, patient_id: int) -> HttpResponse:
    """The profile; that somebody read it is written down."""
    request.worker.must(Duty.READ_RECORDS)
    found = patient_page(pharmacy_id=request.worker.pharmacy_id, patient_id=patient_id)
    if found is None:
        raise Http404
    record(by=request.worker, did=Deed.PATIENT_READ, about=found)
    facts = {
        "patient": found,
        "reads": request.worker.may(Duty.READ_JOURNAL),
        "who": brief(found),
        "coverages": coverages_of(found),
        "residences": [("", "not asked"), *named(RESIDENCES)],
        "places": [("", "as the pharmacy bills: 01 pharmacy"), *named(PLACES)],
    }
    return render(request, "patients/patient.html", facts)


def named(codes: Mapping[str, str]) -> list[tuple[str, str]]:
    """A table of codes as the choices of a field."""
    return [(code, f"{code} {says}") for code, says in codes.items()]


@require_POST
def residence(request: StaffRequest, patient_id: int) -> HttpResponse:
    """Say where the patient lives and is served."""
    say_residence(
        by=request.worker,
        patient_id=patient_id,
        residence=request.POST.get("residence", ""),
        place_of_service=request.POST.get("place_of_service", ""),
    )
    if request.headers.get("HX-Request"):
        address = reverse("patients:patient", args=[patient_id])
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect("patients:patient", patient_id)
