"""The list of what waits for the check, and the page on which one fill is checked."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apothecary.journal.queries import history
from apothecary.patients.queries import brief
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.queries import queue_line, where
from apothecary.screening.page import cards_of
from apothecary.screening.queries import fill_on_paper
from apothecary.screening.sent import as_sent
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.verification import actions, queries
from apothecary.verification.evidence import evidence
from apothecary.verification.forms import read_approval, read_sent_back, reason_options

ROWS = 50


def checks(request: StaffRequest) -> HttpResponse:
    """What waits for the check."""
    request.worker.must(Duty.READ_RECORDS)
    waiting = queries.check_list(request.worker.pharmacy_id)
    page = Paginator(waiting, ROWS).get_page(request.GET.get("page", "1"))
    lines = [queue_line(one, url=reverse("verification:check", args=[one.pk])) for one in page]
    return render(request, "verification/list.html", {"page": page, "lines": lines})


def found(request: StaffRequest, fill_id: int) -> Fill:
    """The fill of this pharmacy with its paper, or no such page."""
    request.worker.must(Duty.READ_RECORDS)
    fill = fill_on_paper(request.worker.pharmacy_id, fill_id)
    if fill is None:
        raise Http404
    return fill


def check(request: StaffRequest, fill_id: int) -> HttpResponse:
    """One fill: as sent, as entered, what was found, scanned, counted and printed."""
    fill = found(request, fill_id)
    facts = {"fill": fill, "said": where(fill), "who": brief(fill.patient)}
    facts |= {"paper": as_sent(fill.prescription), "cards": cards_of(fill)}
    facts |= {"seen": evidence(fill), "reasons": reason_options()}
    facts |= {"verifies": request.worker.may(Duty.VERIFY)}
    return render(request, "verification/check.html", facts)


def history_part(request: StaffRequest, fill_id: int) -> HttpResponse:
    """What was done about the fill and its prescription; fetched after the page."""
    request.worker.must(Duty.READ_JOURNAL)
    fill = found(request, fill_id)
    about = [("prescription", fill.prescription_id), ("fill", fill.pk)]
    lines = history(pharmacy_id=fill.pharmacy_id, about=about)
    return render(request, "verification/history.html", {"lines": lines})


@require_POST
def approve(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Into will-call on the pharmacist's word, and the next one opens by itself."""
    signature = read_approval(request.POST)
    actions.approve(by=request.worker, fill_id=fill_id, signature=signature)
    return onward(request)


@require_POST
def send_back(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Back to filling or to entry, as the reason says."""
    told = read_sent_back(request.POST)
    actions.send_back(
        by=request.worker,
        fill_id=fill_id,
        reason_code=told.reason_code,
        text=told.text,
        signature=told.signature,
    )
    return onward(request)


def onward(request: StaffRequest) -> HttpResponse:
    """Commit and next: the next fill to check, or the list when there is none."""
    following = queries.next_to_check(request.worker.pharmacy_id)
    to = reverse("verification:list")
    if following:
        to = reverse("verification:check", args=[following.pk])
    if not request.headers.get("HX-Request"):
        return redirect(to)
    return HttpResponse(status=204, headers={"HX-Redirect": to})
