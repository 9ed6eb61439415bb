"""The pages of a transfer that comes in, and keeping an entry on file for a later day."""

from collections.abc import Mapping, Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apothecary.intake.actions.entry import file_entry
from apothecary.intake.actions.transferred import (
    Received,
    complete_transfer,
    receive_transfer,
)
from apothecary.intake.forms import kept, read_picture
from apothecary.intake.models import Arrival
from apothecary.intake.views import arrival_or_404, entry_form, go
from apothecary.law.problem import Problem, Refused
from apothecary.prescriptions.transfers.forms import BLANK, read_taking, shown
from apothecary.prescriptions.transfers.models import Title, Way
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import CONFLICT, StaffRequest, write_down

FIRST: Mapping[str, str] = {"way": "phone", "title": "pharmacist"}


@require_http_methods(["GET", "POST"])
def new_transfer(request: StaffRequest) -> HttpResponse:
    """Take a prescription from another pharmacy."""
    request.worker.must(Duty.TRANSFER_PRESCRIPTION)
    if request.method == "GET":
        return form(request, FIRST)
    upload = request.FILES.get("image")
    try:
        arrival = receive_transfer(
            by=request.worker,
            given=Received(
                taking=read_taking(request.POST.dict()),
                picture=read_picture(upload.read(upload.size or 0)) if upload else None,
                waiter=bool(request.POST.get("waiter")),
            ),
        )
    except Refused as refusal:
        return form(request, request.POST.dict(), refusal.problems)
    return go(request, reverse("intake:entry", args=[arrival.pk]))


@require_http_methods(["GET", "POST"])
def told_later(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """What the other pharmacy said when it was asked."""
    request.worker.must(Duty.TRANSFER_PRESCRIPTION)
    found = Arrival.objects.select_related("transfer").filter(
        pharmacy_id=request.worker.pharmacy_id, pk=arrival_id
    )
    arrival = found.first()
    if arrival is None or arrival.transfer is None:
        raise Http404
    if request.method == "GET":
        return form(request, shown(arrival.transfer), arrival=arrival)
    try:
        given = read_taking(request.POST.dict())
        complete_transfer(by=request.worker, arrival_id=arrival_id, given=given)
    except Refused as refusal:
        return form(request, request.POST.dict(), refusal.problems, arrival=arrival)
    return go(request, reverse("intake:entry", args=[arrival_id]))


def form(
    request: StaffRequest,
    typed: Mapping[str, str],
    problems: Sequence[Problem] = (),
    *,
    arrival: Arrival | None = None,
) -> HttpResponse:
    """The form, with what was typed and every reason against it."""
    if problems:
        write_down(request, list(problems))
    facts = {
        "typed": {**BLANK, **typed},
        "problems": problems,
        "arrival": arrival,
        "ways": Way.choices,
        "titles": Title.choices,
        "stage": "intake",
    }
    status = CONFLICT if problems else 200
    return render(request, "intake/transfer.html", facts, status=status)


@require_POST
def put_on_file(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """Commit what was typed, and fill it on a later day."""
    typed = request.POST.dict()
    try:
        rx = file_entry(by=request.worker, arrival_id=arrival_id, typed=typed)
    except Refused as refusal:
        if not request.headers.get("HX-Request"):
            raise
        arrival = arrival_or_404(request, arrival_id)
        return entry_form(request, arrival, kept(typed), refused=refusal.problems)
    return go(request, reverse("prescriptions:rx", args=[rx.number]))
