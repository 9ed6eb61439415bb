"""The pharmacist's page of the day's refills: read, verified, signed with one key."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apothecary.law.problem import refuse
from apothecary.prescriptions.refill_log import queries
from apothecary.prescriptions.refill_log.signing import sign_refills
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.stock.forms import parse_day


def refills(request: StaffRequest) -> HttpResponse:
    """The refills of a day: the one asked for, else the oldest I owe, or today (4 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    left = queries.owed(by.pharmacy_id, at=by.at, on=by.today)
    mine = [each for each in left if each.by_id == by.person_id]
    day = parse_day(request.GET.get("day", "")) or (mine[0].day if mine else by.today)
    facts = {
        "day": day,
        "lines": queries.lines_of_day(by.pharmacy_id, day),
        "count": queries.count_of_day(by.pharmacy_id, day),
        "left": left,
        "mine": next((each for each in mine if each.day == day), None),
        "signs": by.may(Duty.SIGN_REFILLS),
    }
    return render(request, "prescriptions/refills.html", facts)


@require_POST
def sign(request: StaffRequest) -> HttpResponse:
    """Sign my refills of a day, and on to the next day that I owe."""
    request.worker.must(Duty.SIGN_REFILLS)
    day = parse_day(request.POST.get("day", ""))
    if day is None:
        raise refuse("Which day? 2026-11-23.", field="day", code="bad-day")
    sign_refills(by=request.worker, day=day, verified="verified" in request.POST)
    return redirect(reverse("prescriptions:refills"))
