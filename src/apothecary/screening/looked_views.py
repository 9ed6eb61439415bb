"""What is done about a look-up, from the review."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apothecary.screening.looked import ask_anew
from apothecary.staff.middleware import StaffRequest
from apothecary.vault.monitoring.lookup import asking
from apothecary.vault.monitoring.lookup.models import LookUp


def back_to(row: LookUp) -> HttpResponse:
    """To the review, or to the entry where no fill has come of it yet."""
    if row.fill_id is None:
        return redirect("intake:entry", arrival_id=row.arrival_id)
    return redirect("screening:review", fill_id=row.fill_id)


@require_POST
def ask(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Ask the programme, or ask it again."""
    because = " ".join(request.POST.get("because", "").split())
    ask_anew(by=request.worker, fill_id=fill_id, because=because)
    return redirect("screening:review", fill_id=fill_id)


@require_POST
def sign(request: StaffRequest, look_up_id: int) -> HttpResponse:
    """It was looked at."""
    row = asking.sign_look_up(by=request.worker, look_up_id=look_up_id)
    return back_to(row)


@require_POST
def without(request: StaffRequest, look_up_id: int) -> HttpResponse:
    """Nobody could look: why it goes on."""
    because = " ".join(request.POST.get("because", "").split())
    row = asking.except_look_up(by=request.worker, look_up_id=look_up_id, because=because)
    return back_to(row)


@require_POST
def choose(request: StaffRequest, look_up_id: int) -> HttpResponse:
    """Which of several people is meant."""
    number = request.POST.get("number", "")
    row = asking.choose_person(by=request.worker, look_up_id=look_up_id, number=number)
    return back_to(row)
