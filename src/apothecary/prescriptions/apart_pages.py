"""How a fill is billed apart, and who gave its vaccine: one page for both."""

from decimal import Decimal, InvalidOperation

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apothecary.law.problem import refuse
from apothecary.patients.queries import brief
from apothecary.prescriptions.apart import BEFORE_THE_CLAIM, Apart, bill_apart, give_vaccine
from apothecary.prescriptions.apart_rules import is_vaccine
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.queries import where
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.vaccine_tables import GivenBy, Site, VaccineGiven
from apothecary.staff.duties import Duty, Role
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.models import Person

CENTS = Decimal("0.01")
MOST_DIGITS = 8


@require_GET
def apart(request: StaffRequest, fill_id: int) -> HttpResponse:
    """What is said of a fill, and what can be."""
    by = request.worker
    by.must(Duty.READ_RECORDS)
    fill = (
        Fill.objects.select_related("prescription", "patient", "package__product", "owner")
        .filter(pharmacy_id=by.pharmacy_id, pk=fill_id)
        .first()
    )
    if fill is None:
        raise Http404
    given = VaccineGiven.objects.select_related("by", "lot").filter(fill=fill).first()
    state = FillState(fill.state)
    waits = given is None and fill.administration_usd is not None
    facts = {
        "fill": fill,
        "who": brief(fill.patient),
        "said": where(fill),
        "given": given,
        "open": state in BEFORE_THE_CLAIM,
        "vaccine": is_vaccine(fill.package.product.kind),
        "to_give": waits and state is FillState.READY,
        "waits": waits,
        "sites": Site.choices,
        "routes": GivenBy.choices,
        "pharmacists": pharmacists(by.pharmacy_id) if not by.is_pharmacist else [],
    }
    return render(request, "prescriptions/apart.html", facts)


def pharmacists(pharmacy_id: int) -> list[tuple[str, str]]:
    """Who may stand by while an intern gives a vaccine (1 query)."""
    roles = [Role.PHARMACIST.value, Role.IN_CHARGE.value]
    found = Person.objects.filter(pharmacy_id=pharmacy_id, role__in=roles).order_by("name")
    return [("", "choose"), *((str(one.pk), one.name) for one in found)]


@require_POST
def say_apart(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Say that a vaccine is given here, or that the drug was bought under 340B."""
    posted = request.POST
    said = Apart(
        administration_usd=amount(posted.get("administration_usd", ""), "administration_usd"),
        cost_340b_usd=amount(posted.get("cost_340b_usd", ""), "cost_340b_usd"),
        because_340b=posted.get("because_340b", ""),
    )
    bill_apart(by=request.worker, fill_id=fill_id, apart=said)
    return back(request, fill_id)


@require_POST
def give(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Write down that one has given it."""
    under = request.POST.get("under", "")
    give_vaccine(
        by=request.worker,
        fill_id=fill_id,
        site=request.POST.get("site", ""),
        route=request.POST.get("route", ""),
        under=int(under) if under.isascii() and under.isdigit() and len(under) < 19 else None,
    )
    return back(request, fill_id)


def back(request: StaffRequest, fill_id: int) -> HttpResponse:
    """The page again, by htmx or by a plain form."""
    if request.headers.get("HX-Request"):
        address = reverse("prescriptions:apart", args=[fill_id])
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect("prescriptions:apart", fill_id=fill_id)


def amount(text: str, name: str) -> Decimal | None:
    """Dollars and cents as typed; none when empty."""
    typed = text.strip().replace(",", "")
    if not typed:
        return None
    try:
        value = Decimal(typed) if typed.isascii() else None
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite() or abs(value.adjusted()) > MOST_DIGITS:
        raise refuse(f"{text!r} is no amount.", field=name, code="typed")
    if value != value.quantize(CENTS):
        raise refuse(f"{text!r} has more than two decimals.", field=name, code="typed")
    return value.quantize(CENTS)
