"""The pages of emergency orders: the open ones and those of a period, one, its paper."""

from collections.abc import Mapping, Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apothecary.law.problem import Problem, Refused
from apothecary.patients.queries import brief
from apothecary.prescriptions.emergency import queries
from apothecary.prescriptions.emergency.following import tell_office
from apothecary.prescriptions.emergency.forms import NAMES, read_telling
from apothecary.prescriptions.emergency.models import Told
from apothecary.prescriptions.emergency.paper import order_paper
from apothecary.prescriptions.emergency.rules import Moment
from apothecary.prescriptions.emergency.taking import moment_of
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import CONFLICT, StaffRequest, write_down
from apothecary.staff.models import Pharmacy
from apothecary.vault.inspection import days_asked
from apothecary.vault.paper import paper_pdf

NOTHING: Mapping[str, str] = {}
BLANK: Mapping[str, str] = dict.fromkeys(NAMES, "")
BACK = 365


def here(request: StaffRequest) -> Moment:
    """When and where this is asked (1 query)."""
    pharmacy = Pharmacy.objects.get(pk=request.worker.pharmacy_id)
    return moment_of(pharmacy, request.worker.at)


@require_GET
def orders(request: StaffRequest) -> HttpResponse:
    """The open ones with the time that is left, then those of a period (5 queries)."""
    by = request.worker
    by.must(Duty.READ_RECORDS)
    now = here(request)
    first, last = days_asked(request.GET.dict(), today=by.today, back=BACK)
    facts = {
        "open": queries.open_orders(by.pharmacy_id, now=now),
        "rows": queries.orders_of(by.pharmacy_id, first, last, now=now),
        "first": first,
        "last": last,
        "state_says": queries.state_says(now),
    }
    return render(request, "prescriptions/emergencies.html", facts)


@require_GET
def order(request: StaffRequest, oral_id: int) -> HttpResponse:
    """One order, what covers it, who was told, and the form that says so."""
    request.worker.must(Duty.READ_RECORDS)
    return page(request, oral_id)


def found(request: StaffRequest, oral_id: int, *, now: Moment) -> queries.OrderLine:
    """The order of this pharmacy, or no such page."""
    line = queries.order_page(request.worker.pharmacy_id, oral_id, now=now)
    if line is None:
        raise Http404
    return line


def page(
    request: StaffRequest,
    oral_id: int,
    typed: Mapping[str, str] = NOTHING,
    problems: Sequence[Problem] = (),
) -> HttpResponse:
    """The page, with what was typed and every reason against it."""
    if problems:
        write_down(request, list(problems))
    now = here(request)
    line = found(request, oral_id, now=now)
    told = {notice.whom for notice in line.notices}
    left = [choice for choice in Told.choices if choice[0] not in told]
    owes = line.standing.owes
    facts = {
        "line": line,
        "who": brief(line.order.prescription.patient),
        "typed": {**BLANK, **(typed or {"whom": "state" if owes == {"state"} else "dea"})},
        "problems": problems,
        "whom": left,
        "may_tell": request.worker.may(Duty.EMERGENCY_ORAL)
        and bool(left)
        and (line.cover is None or bool(owes)),
        "state_says": queries.state_says(now),
    }
    status = CONFLICT if problems else 200
    return render(request, "prescriptions/emergency.html", facts, status=status)


@require_POST
def tell(request: StaffRequest, oral_id: int) -> HttpResponse:
    """Write down who was told."""
    by = request.worker
    by.must(Duty.EMERGENCY_ORAL)
    now = here(request)
    found(request, oral_id, now=now)
    try:
        telling = read_telling(request.POST.dict(), zone=now.zone, at=by.at)
        tell_office(by=by, order_id=oral_id, telling=telling)
    except Refused as refusal:
        return page(request, oral_id, request.POST.dict(), refusal.problems)
    return redirect("prescriptions:emergency", oral_id=oral_id)


@require_GET
def paper(request: StaffRequest, oral_id: int) -> HttpResponse:
    """The record of the order as it is filed, or sent to the office that is told."""
    by = request.worker
    by.must(Duty.READ_RECORDS)
    now = here(request)
    made = paper_pdf(order_paper(by, found(request, oral_id, now=now)))
    return HttpResponse(made, content_type="application/pdf")
