"""The list of what a pharmacist must look at, and the page on which one is looked at."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apothecary.patients.queries import brief
from apothecary.prescriptions.queries import queue_line, where
from apothecary.screening import actions, queries
from apothecary.screening.forms import read_resolution
from apothecary.screening.looked import looked_page
from apothecary.screening.page import review_page
from apothecary.screening.sent import as_sent
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest

ROWS = 50


def reviews(request: StaffRequest) -> HttpResponse:
    """What waits for the pharmacist, and what is still being screened."""
    request.worker.must(Duty.READ_RECORDS)
    here = request.worker.pharmacy_id
    page = Paginator(queries.review_list(here), ROWS).get_page(request.GET.get("page", "1"))
    fills = [*page, *queries.being_screened(here)[:ROWS]]
    lines = [
        queue_line(each, url=reverse("screening:review", args=[each.pk])) for each in fills
    ]
    return render(request, "screening/list.html", {"page": page, "lines": lines})


def review(request: StaffRequest, fill_id: int) -> HttpResponse:
    """One fill: as sent beside as entered, what was found, what else the patient takes."""
    request.worker.must(Duty.READ_RECORDS)
    fill = queries.fill_on_paper(request.worker.pharmacy_id, fill_id)
    if fill is None:
        raise Http404
    facts = {"fill": fill, "said": where(fill), "who": brief(fill.patient)}
    facts |= {"paper": as_sent(fill.prescription), "page": review_page(fill, by=request.worker)}
    facts |= {"looked": looked_page(fill, by=request.worker)}
    return render(request, "screening/review.html", facts)


@require_POST
def resolve(request: StaffRequest, finding_id: int) -> HttpResponse:
    """Settle one finding; the page comes again with the next."""
    resolution = read_resolution(request.POST)
    finding = actions.resolve_finding(
        by=request.worker, finding_id=finding_id, resolution=resolution
    )
    return redirect("screening:review", fill_id=finding.fill_id)


@require_POST
def reviewed(request: StaffRequest, fill_id: int) -> HttpResponse:
    """It goes on, and the next one opens by itself."""
    actions.review_data(by=request.worker, fill_id=fill_id)
    return onward(request)


@require_POST
def back_to_entry(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Back to entry with what is to be corrected."""
    because = " ".join(request.POST.get("because", "").split())
    actions.send_back_to_entry(by=request.worker, fill_id=fill_id, because=because)
    return onward(request)


def onward(request: StaffRequest) -> HttpResponse:
    """Commit and next: the next fill to review, or the list when there is none."""
    following = queries.review_list(request.worker.pharmacy_id).first()
    to = reverse("screening:list")
    if following:
        to = reverse("screening:review", args=[following.pk])
    if not request.headers.get("HX-Request"):
        return redirect(to)
    return HttpResponse(status=204, headers={"HX-Redirect": to})
