"""The pages of what expires: the sweep, the pull by scan, first expired first out."""

from datetime import timedelta
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apothecary.drugs.barcode import package_of
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.stock.expiring import actions, queries
from apothecary.stock.expiring.rules import AHEAD
from apothecary.stock.forms import number, once, read_code
from apothecary.stock.models import Balance

LOOKED_BACK = timedelta(days=90)


def expiring(request: StaffRequest) -> HttpResponse:
    """What has expired or will, the areas with their sweeps (3 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by, said = request.worker, request.GET.get("days", "")
    days = int(said) if said in {str(ahead) for ahead in AHEAD} else AHEAD[-1]
    area = request.GET.get("area")
    rows = queries.outdates(pharmacy_id=by.pharmacy_id, today=by.today, days=days, area=area)
    facts = {
        "rows": rows,
        "days": days,
        "ahead": AHEAD,
        "area": area,
        "worth": sum(row.value_usd for row in rows if row.value_usd is not None) or None,
        "areas": queries.areas(pharmacy_id=by.pharmacy_id, today=by.today),
        "sweeps": queries.sweeps(pharmacy_id=by.pharmacy_id),
        "key": uuid4().hex,
    }
    return render(request, "stock/expiring.html", facts)


@require_POST
def pull(request: StaffRequest) -> HttpResponse:
    """Carry what is free of a lot to quarantine."""
    request.worker.must(Duty.MANAGE_STOCK)
    actions.pull_outdate(
        by=request.worker,
        place_id=number(request.POST.get("place", ""), field="place"),
        lot_id=number(request.POST.get("lot", ""), field="lot"),
        key=f"pull-{once(request.POST)}",
    )
    return redirect("stock:expiring")


@require_POST
def pull_scan(request: StaffRequest) -> HttpResponse:
    """The same by a scan of the bottle: its lot, wherever it stands."""
    request.worker.must(Duty.MANAGE_STOCK)
    by, scan = request.worker, read_code(request.POST.get("code", ""))
    package = package_of(scan)
    here = Balance.objects.filter(
        pharmacy_id=by.pharmacy_id,
        lot__package=package,
        lot__number=scan.lot,
        on_hand__gt=0,
        place__kind__in=queries.KINDS,
    )
    found = list(here.select_related("place")[:2])
    if len(found) != 1:
        places = " and ".join(balance.place.name for balance in found)
        says = (
            f"It stands at {places}: choose the line." if found else "No such lot stands here."
        )
        raise refuse(says, code="lot-not-one", field="code")
    key = f"pull-{uuid4().hex}"
    actions.pull_outdate(by=by, place_id=found[0].place_id, lot_id=found[0].lot_id, key=key)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = reverse("stock:expiring")
    return response


@require_POST
def sign(request: StaffRequest) -> HttpResponse:
    """Put one's name to an area that was gone through."""
    request.worker.must(Duty.MANAGE_STOCK)
    days = number(request.POST.get("days", ""), field="days")
    actions.sign_sweep(by=request.worker, area=request.POST.get("area", ""), days=days)
    return redirect("stock:expiring")


def fefo(request: StaffRequest) -> HttpResponse:
    """Fills of the last quarter that passed an earlier lot over (1 query)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    rows = queries.later_first(pharmacy_id=by.pharmacy_id, since=by.at - LOOKED_BACK)
    facts = {"rows": rows, "days": LOOKED_BACK.days}
    return render(request, "stock/fefo.html", facts)
